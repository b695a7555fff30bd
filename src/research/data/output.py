"""Gross output of the industries, its prices, and the GDP deflator."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.accounts import MAKE, SAME_FIGURE_MUSD
from research.data.bea_codes import CODES, codes_of, industries_in_order
from research.data.identities import differences
from research.data.tables import Check, Table, place
from research.errors import Fault

_YEARS = tuple(str(year) for year in range(2012, 2024))
_OUTPUT, _PRICES = "jobs/bea_gross_output_musd", "jobs/bea_price_index_2017eq100"


def load_bea_gross_output() -> pd.DataFrame:
    """Load gross output, industries x years 2012 to 2023 (whole numbers), USD million.

    Raises
    ------
    DataError
        If the table is not as compiled or its 2023 is not the Make table's.
    """
    return _by_year(OUTPUT)


def load_bea_price_index() -> pd.DataFrame:
    """Load the price index of gross output, industries x years 2012 to 2023, 2017 = 100.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return _by_year(PRICES)


def load_gdp_deflator() -> pd.Series:
    """Load the GDP deflator by calendar year, 2017 = 100.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(DEFLATOR).set_index("year")["gdp_deflator_2017eq100"]


def _by_year(table: Table) -> pd.DataFrame:
    frame = tables.load(table).set_index("code").rename_axis(index="industry", columns="year")
    return frame.set_axis(frame.columns.astype(int), axis=1).rename_axis(columns="year")


def _years_schema(low: float, high: float) -> pa.DataFrameSchema:
    years = {year: schemas.number(low, high) for year in _YEARS}
    return schemas.table({"code": schemas.text(unique=True)} | years)


def _deflator_schema() -> pa.DataFrameSchema:
    column = pa.Column("int64", pa.Check.in_range(2017, 2025), unique=True)
    return schemas.table({"year": column, "gdp_deflator_2017eq100": schemas.number(90, 200)})


def _output_faults(frame: pd.DataFrame) -> list[Fault]:
    make = tables.read(MAKE).set_index("code").loc[codes_of("industry"), "total_industry_output"]
    output = frame.set_index("code")["2023"]
    what = "industry output of the Make table"
    return differences(make, output, SAME_FIGURE_MUSD, place(_OUTPUT), what)


def _base_faults(frame: pd.DataFrame) -> list[Fault]:
    off = frame.loc[frame["2017"] != 100]
    return [
        Fault(place(_PRICES, line, "2017"), "100: the base year", f"{value:g}")
        for line, value in off["2017"].items()
    ]


OUTPUT = Table(
    _OUTPUT,
    lambda: _years_schema(0, 6e6),
    (industries_in_order(_OUTPUT), Check("2023 as in the Make table", _output_faults)),
    needs=(CODES.name, MAKE.name),
)
PRICES = Table(
    _PRICES,
    lambda: _years_schema(30, 300),
    (industries_in_order(_PRICES), Check("2017 is 100", _base_faults)),
    needs=(CODES.name,),
)
DEFLATOR = Table("jobs/gdp_deflator", _deflator_schema)
TABLES = (OUTPUT, PRICES, DEFLATOR)
