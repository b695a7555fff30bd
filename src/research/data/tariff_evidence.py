"""What others found: elasticities by set and sector, forecasts of Japan's domestic product."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.deal import CLAIMS
from research.data.tables import Check, Table, place
from research.data.tariffs import ELASTICITIES, SECTORS, sector_codes
from research.errors import Fault

#: Stands for the sectors that have no row of their own in a set.
REST = "REST"

#: How soon flows answer; a convention is no estimate at all.
HORIZONS = ("long", "short", "convention")

#: What a figure is: theta of spending shares, minus theta, minus (1 + theta) of flows before duty,
#: or 1 + theta of substitution between suppliers.
READINGS = ("share", "minus_share", "customs_value", "substitution")

#: What a forecast is of.
EFFECT_KINDS = ("level", "growth", "forecast cut")

#: What the rate of a forecast is on. Most goods: with the other duties of the day.
RATES_OF = ("most goods", "reciprocal alone", "cars", "average")

_SETS, _FORECASTS = "tariffs/elasticity_sets", "tariffs/gdp_forecasts"
_SEPARATOR = "; "


def load_elasticity_sets() -> pd.DataFrame:
    """Load which estimates make up each set of elasticities.

    Returns
    -------
    One row per ``set`` and ``sector`` (of `load_us_imports`, or ``REST``): ``horizon``,
    ``source`` and ``source_sectors`` (tuple: rows of `load_trade_elasticities`, of equal weight),
    ``reading`` (of `READINGS`), ``note`` (NaN = none).

    Raises
    ------
    DataError
        If the table is not as compiled, or names an estimate that is not there.
    """
    table = tables.load(SETS).reset_index(drop=True)
    return table.assign(source_sectors=[_split(cell) for cell in table["source_sectors"]])


def load_gdp_forecasts() -> pd.DataFrame:
    """Load forecasts of what the tariffs do to Japan's gross domestic product.

    Returns
    -------
    One row per forecast: ``claim_id`` (of `load_claims`), ``forecaster``, ``scenario_words``,
    ``rate_on_japan_pct``, ``rate_of`` (of `RATES_OF`), ``horizon``, ``effect_pct``,
    ``effect_kind`` (of `EFFECT_KINDS`), ``note`` (NaN = none).

    Raises
    ------
    DataError
        If the table is not as compiled, or a figure is not in its claim.
    """
    return tables.load(FORECASTS).reset_index(drop=True)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(_SEPARATOR))


def _sets_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "set": schemas.text(pattern="[a-z_]+"),
            "horizon": schemas.text(one_of=HORIZONS),
            "sector": schemas.text(one_of=[*sector_codes(), REST]),
            "source": schemas.text(),
            "source_sectors": schemas.text(),
            "reading": schemas.text(one_of=READINGS),
            "note": schemas.text(blank=True),
        },
        unique=("set", "sector"),
    )


def _forecasts_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "claim_id": schemas.text(pattern="[a-z]+_[0-9]+"),
            "forecaster": schemas.text(),
            "scenario_words": schemas.text(),
            "rate_on_japan_pct": schemas.number(0, 100),
            "rate_of": schemas.text(one_of=RATES_OF),
            "horizon": schemas.text(),
            "effect_pct": schemas.number(-20, 20),
            "effect_kind": schemas.text(one_of=EFFECT_KINDS),
            "note": schemas.text(blank=True),
        },
        unique=("claim_id", "scenario_words", "horizon"),
    )


def _estimate_faults(frame: pd.DataFrame) -> list[Fault]:
    estimates = tables.read(ELASTICITIES)
    known = set(zip(estimates["source"], estimates["sector"], strict=True))
    return [
        Fault(place(_SETS, line), f"a row of {ELASTICITIES.name}", f"{row['source']}: {name}")
        for line, row in frame.iterrows()
        for name in _split(row["source_sectors"])
        if (row["source"], name) not in known
    ]


def _set_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask each set for every sector and for one horizon."""
    faults = []
    for name, rows in frame.groupby("set", sort=False):
        where = f"{place(_SETS)}, set {name}"
        found = set(rows["sector"])
        missing = [] if REST in found else [one for one in sector_codes() if one not in found]
        faults += [Fault(where, f"a row {one} or {REST}", "none") for one in missing]
        horizons = rows["horizon"].unique()
        if len(horizons) > 1:
            faults.append(Fault(where, "one horizon", ", ".join(horizons)))
    return faults


def _forecast_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask that a figure stands in the words of its claim, or of the note beside them."""
    claims = tables.read(CLAIMS).set_index("claim_id")[["quantity", "notes"]].fillna("")
    told = (claims["quantity"] + ". " + claims["notes"]).str.removesuffix(". ")
    faults = []
    for line, row in frame.iterrows():
        words = str(told.get(row["claim_id"], ""))
        figure = f"{row['effect_pct']:g}"
        if figure not in words:
            where = place(_FORECASTS, line, "effect_pct")
            faults.append(Fault(where, f"a figure of claim {row['claim_id']}: {words}", figure))
    return faults


SETS = Table(
    _SETS,
    _sets_schema,
    (
        Check("estimates exist", _estimate_faults),
        Check("sets have every sector and one horizon", _set_faults),
    ),
    needs=(ELASTICITIES.name, SECTORS.name),
)
FORECASTS = Table(
    _FORECASTS,
    _forecasts_schema,
    (Check("figures stand in their claims", _forecast_faults),),
    needs=(CLAIMS.name,),
)
TABLES = (SETS, FORECASTS)
