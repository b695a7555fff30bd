"""Tariffs on Japan, US imports and prices, and trade elasticities."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.identities import dates_rise, differences
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Imports are printed to 0.1 million, so a sum is off by at most half of that for each part,
#: and the printed total by as much again.
IMPORTS_ROUNDING_MUSD = 0.05

#: The source's total stands 1.3e-5 above the sum of its five parts in every row; six digits
#: are printed.
RATE_GAP_SHARE = 2e-5

#: How a rate adds to the MFN rate; ``metal_content`` and ``full_value`` are add-ons that say what
#: value they are taken of.
BASES = (
    *("add_on", "floor", "cap", "metal_content", "full_value"),
    *("exempt", "suspended", "threat", "ends"),
)

_SECTORS, _IMPORTS = "tariffs/us_mfn_2025_by_sector", "tariffs/us_imports_2024_musd"
_TIMELINE, _RATES = "tariffs/us_tariff_timeline_japan", "tariffs/japan_statutory_rate"
_COVERAGE, _MONTHS = "tariffs/japan_coverage_2024", "tariffs/us_monthly_duties_and_prices"

_RATE_PARTS = ("base_share", "ieepa_share", "s122_share", "s232_share", "s301_share")
_RATE_232_PARTS = tuple(
    f"s232_{goods}_share" for goods in ("autos", "auto_parts", "steel", "aluminum", "copper", "mhd")
)
_EVIDENCE = ("federal_register", "white_house", "press", "tracker", "several")
_DEFINITIONS = (
    "theta: share elasticity",
    "tariff elasticity",
    "tariff elasticity of trade flows",
    "ln(1+MFN)",
    "Armington sigma",
    "supply elasticity",
)
_INDICES = (
    "import_price_nonpetroleum_index",
    "import_price_all_index",
    "import_price_fuels_index",
    "cpi_all_index",
    "cpi_durables_index",
    "cpi_core_goods_index",
    "cpi_services_less_energy_index",
)


def load_us_imports() -> pd.DataFrame:
    """Load US imports for consumption of 2024.

    Returns
    -------
    21 partners and ``WORLD`` x 18 sectors and ``TOTAL``, USD million.

    Raises
    ------
    DataError
        If the table is not as compiled or does not add up.
    """
    return tables.load(IMPORTS).set_index("partner").rename_axis(columns="sector")


def load_tariff_timeline() -> pd.DataFrame:
    """Load the US measures on Japan in order of effect: dates, rate (share), basis, citation.

    ``announced_date`` is text, because one of the days is known to the month only.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TIMELINE).reset_index(drop=True)


def load_statutory_rate() -> pd.DataFrame:
    """Load the average statutory rate on Japan by authority, as shares of customs value.

    Returns
    -------
    31 change points x authorities; each row holds until the next.

    Raises
    ------
    DataError
        If the table is not as compiled or the parts do not add up.
    """
    return tables.load(RATES).set_index("date")


def load_mfn_rates() -> pd.DataFrame:
    """Load name, simple average and median MFN rate (share) and line count of 18 sectors.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(SECTORS).set_index("sector")


def load_japan_coverage() -> pd.DataFrame:
    """Load the share of 2024 imports from Japan in scope of each measure, by date of scope.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(COVERAGE).reset_index(drop=True)


def load_monthly_duties_and_prices() -> pd.DataFrame:
    """Load duties and imports (USD million) and price indices by month.

    Returns
    -------
    First days of the months 2015-01 to 2026-02 x series; NaN = not published.

    Raises
    ------
    DataError
        If the table is not as compiled or a month is missing.
    """
    return tables.load(MONTHS).set_index("month")


def load_trade_elasticities() -> pd.DataFrame:
    """Load trade elasticities with standard errors; signs differ with ``definition``.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(ELASTICITIES).reset_index(drop=True)


def sector_codes() -> list[str]:
    """Give the codes of the 18 sectors of US imports, in order."""
    return [str(sector) for sector in tables.read(SECTORS)["sector"]]


def _sectors_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "sector": schemas.text(pattern="[A-Z]{3}", unique=True),
            "sector_name": schemas.text(unique=True),
            "mfn_simple_average_share": schemas.number(0, 0.5),
            "mfn_median_share": schemas.number(0, 0.5),
            "lines_count": schemas.count(1, 5000),
        }
    )


def _imports_schema() -> pa.DataFrameSchema:
    sectors = {sector: schemas.number(0, 4e6) for sector in [*sector_codes(), "TOTAL"]}
    return schemas.table({"partner": schemas.text(pattern="[A-Z0-9]{3,5}", unique=True)} | sectors)


def _timeline_schema() -> pa.DataFrameSchema:
    columns = {
        "effective_date": schemas.date("2018-01-01", "2026-12-31"),
        "announced_date": schemas.text(pattern=r"20\d\d-[01]\d(-[0-3]\d)?"),
        "authority": schemas.text(pattern="[a-z0-9_]+"),
        "scope_japan": schemas.text(),
        "rate_share": schemas.number(0, 1),
        "basis": schemas.text(one_of=BASES),
        "basis_note": schemas.text(blank=True),
        "source": schemas.text(),
        "evidence": schemas.text(one_of=_EVIDENCE),
    }
    return schemas.table(columns, unique=("effective_date", "authority", "scope_japan"))


def _rates_schema() -> pa.DataFrameSchema:
    order = [*_RATE_PARTS[:4], *_RATE_232_PARTS, _RATE_PARTS[4], "total_share"]
    columns = {"date": schemas.date("2025-01-01", "2026-12-31", unique=True)}
    return schemas.table(columns | {part: schemas.number(0, 0.5) for part in order})


def _coverage_schema() -> pa.DataFrameSchema:
    columns = {
        "authority": schemas.text(one_of=tables.read(TIMELINE)["authority"].unique()),
        "from_date": schemas.date("2025-01-01", "2026-12-31"),
        "covered_share": schemas.number(0, 1),
        "scope": schemas.text(),
    }
    return schemas.table(columns, unique=("authority", "from_date"))


def _months_schema() -> pa.DataFrameSchema:
    columns = {
        "month": schemas.date("2015-01", "2026-12", form="%Y-%m", unique=True),
        "customs_duties_musd": schemas.number(0, 1e5),
        "imports_value_musd": schemas.number(1e5, 1e6, blank=True),
    }
    return schemas.table(columns | {name: schemas.number(50, 600, blank=True) for name in _INDICES})


def _elasticities_schema() -> pa.DataFrameSchema:
    columns = {
        "source": schemas.text(),
        "sector": schemas.text(),
        "elasticity": schemas.number(-100, 100),
        "standard_error": schemas.number(0, 100, blank=True),
        "observations_count": schemas.number(1, 1e7, blank=True),
        "definition": schemas.text(one_of=_DEFINITIONS),
    }
    return schemas.table(columns, unique=("source", "sector"))


def _import_sum_faults(frame: pd.DataFrame) -> list[Fault]:
    imports, where = frame.set_index("partner"), place(_IMPORTS)
    if "WORLD" not in imports.index:
        return [Fault(place(_IMPORTS, column="partner"), "a row WORLD", "none")]
    partners = imports.drop(index="WORLD")
    sectors = imports.drop(columns="TOTAL")
    down, across = (
        IMPORTS_ROUNDING_MUSD * (size + 1) for size in (len(partners), sectors.shape[1])
    )
    return [
        *differences(partners.sum(), imports.loc["WORLD"], down, where, "sum over partners"),
        *differences(sectors.sum(axis=1), imports["TOTAL"], across, where, "sum over sectors"),
    ]


def _rate_sum_faults(frame: pd.DataFrame) -> list[Fault]:
    rates, where = frame.set_index(frame["date"].dt.strftime("%Y-%m-%d")), place(_RATES)
    parts_232 = rates[list(_RATE_232_PARTS)].sum(axis=1)
    above = rates.index[parts_232 > rates["s232_share"] + RATE_GAP_SHARE]
    total = rates[list(_RATE_PARTS)].sum(axis=1)
    return [
        *differences(total, rates["total_share"], RATE_GAP_SHARE, where, "sum of five parts"),
        *(
            Fault(
                f"{where}, {day}",
                f"Section 232 parts of at most {rates['s232_share'][day]:g}",
                f"{parts_232[day]:g}",
            )
            for day in above
        ),
    ]


def _month_faults(frame: pd.DataFrame) -> list[Fault]:
    months = pd.DatetimeIndex(frame["month"])
    every = pd.date_range(months.min(), months.max(), freq="MS")
    return [
        Fault(place(_MONTHS, column="month"), f"a row {month:%Y-%m}", "none")
        for month in every.difference(months)
    ]


SECTORS = Table(_SECTORS, _sectors_schema)
IMPORTS = Table(
    _IMPORTS,
    _imports_schema,
    (Check("sectors and partners add up to TOTAL and WORLD", _import_sum_faults),),
    needs=(_SECTORS,),
)
TIMELINE = Table(_TIMELINE, _timeline_schema)
RATES = Table(
    _RATES,
    _rates_schema,
    (dates_rise(_RATES), Check("parts add up to the total", _rate_sum_faults)),
)
COVERAGE = Table(_COVERAGE, _coverage_schema, needs=(_TIMELINE,))
MONTHS = Table(
    _MONTHS,
    _months_schema,
    (dates_rise(_MONTHS, "month"), Check("no month is missing", _month_faults)),
)
ELASTICITIES = Table("tariffs/trade_elasticities", _elasticities_schema)
TABLES = (SECTORS, IMPORTS, TIMELINE, RATES, COVERAGE, MONTHS, ELASTICITIES)
