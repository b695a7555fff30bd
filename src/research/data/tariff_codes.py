"""One code for each country and sector, beside the codes that the sources of trade use."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.tables import Check, Table, place
from research.data.tariffs import IMPORTS, SECTORS, sector_codes
from research.data.world import IO_REGIONS, IO_SECTORS, REGIONS
from research.errors import Fault

_COUNTRIES, _WORLD_SECTORS = "tariffs/region_codes", "tariffs/sector_codes"

#: Columns of the codes of each source, with what a source is called in messages.
SOURCES = ("us_imports_2024", "world_trade_2023", "world_io_2011")


def load_region_codes() -> pd.DataFrame:
    """Load the code of each country or group of countries in each source of trade.

    Returns
    -------
    Codes of scenarios and models x ``country_name`` and `SOURCES`; an empty text where the source
    does not tell the country apart.

    Raises
    ------
    DataError
        If the table is not as compiled, or its codes are not those of the sources.
    """
    return tables.load(COUNTRIES).set_index("country").fillna("")


def load_sector_codes() -> pd.Series:
    """Load the sector of the world table that holds each sector of US imports.

    Returns
    -------
    18 sectors of `load_us_imports` -> sectors of `load_world_io`.

    Raises
    ------
    DataError
        If the table is not as compiled, or its codes are not those of the sources.
    """
    return tables.load(WORLD_SECTORS).set_index("sector")["world_sector"]


def _countries_schema() -> pa.DataFrameSchema:
    columns = {
        "country": schemas.text(pattern="[A-Z]{2,3}", unique=True),
        "country_name": schemas.text(unique=True),
    }
    return schemas.table(
        columns | {source: schemas.text(pattern="[A-Z0-9]{3,5}", blank=True) for source in SOURCES}
    )


def _world_sectors_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "sector": schemas.text(one_of=sector_codes(), unique=True),
            "world_sector": schemas.text(one_of=IO_SECTORS),
        }
    )


def _country_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for each code of each source once, and for no other."""
    found = {
        "us_imports_2024": [str(one) for one in tables.read(IMPORTS)["partner"] if one != "WORLD"],
        "world_trade_2023": [str(one) for one in tables.read(REGIONS)["region"]],
        "world_io_2011": list(IO_REGIONS),
    }
    faults = []
    for source, known in found.items():
        ours = frame[source].dropna()
        where = place(_COUNTRIES, column=source)
        faults += [
            Fault(place(_COUNTRIES, line, source), f"a code of {source}", repr(code))
            for line, code in ours.items()
            if code not in known
        ]
        counts = ours.value_counts()
        faults += [
            Fault(where, f"{code} once", f"{counts.get(code, 0)} times")
            for code in known
            if counts.get(code, 0) != 1
        ]
    return faults


def _sector_faults(frame: pd.DataFrame) -> list[Fault]:
    missing = [code for code in sector_codes() if code not in set(frame["sector"])]
    return [Fault(place(_WORLD_SECTORS), f"a row {code}", "none") for code in missing]


COUNTRIES = Table(
    _COUNTRIES,
    _countries_schema,
    (Check("each code of each source stands once", _country_faults),),
    needs=(IMPORTS.name, REGIONS.name),
)
WORLD_SECTORS = Table(
    _WORLD_SECTORS,
    _world_sectors_schema,
    (Check("every sector of the import table has a row", _sector_faults),),
    needs=(SECTORS.name,),
)
TABLES = (COUNTRIES, WORLD_SECTORS)
