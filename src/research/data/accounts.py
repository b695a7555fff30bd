"""Input-output accounts of the United States: make, use and import tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.bea_codes import CODES, codes_of
from research.data.identities import differences, labels_are
from research.data.tables import Check, Table, place
from research.errors import Fault

VALUE_ADDED = ("V001", "V002", "V003")

#: Rows of margins and insurance in which the import matrix and the use table count imports
#: differently.
IMPORTS_DIFFER = ("42", "481", "482", "483", "484", "487OS", "524")

#: Cells are rounded to a million each, so a sum of 73 to 93 of them is off by 2.5 to 2.8 (one
#: standard deviation, cells / 12 under the root); the largest gap in the source is 7.
ROUNDING_MUSD = 10

#: One figure printed in two tables, each rounded to a million.
SAME_FIGURE_MUSD = 1

_MAKE, _USE = "jobs/bea_make_2023_musd", "jobs/bea_use_2023_musd"
_IMPORTS = "jobs/bea_imports_2023_musd"


def load_bea_make() -> pd.DataFrame:
    """Load the Make table of 2023.

    Returns
    -------
    Industries x commodities, USD million, with row ``total_commodity_output`` and column
    ``total_industry_output``.

    Raises
    ------
    DataError
        If the table is not as compiled or does not add up.
    """
    return _labelled(MAKE, rows="industry", columns="commodity")


def load_bea_use() -> pd.DataFrame:
    """Load the Use table of 2023, at producer prices.

    Returns
    -------
    Commodities, ``total_intermediate``, value added and totals x industries,
    ``total_intermediate``, final demand and totals; USD million.

    Raises
    ------
    DataError
        If the table is not as compiled, does not add up or contradicts the Make table.
    """
    return _labelled(USE, rows="commodity", columns="use")


def load_bea_imports() -> pd.DataFrame:
    """Load the import matrix of 2023.

    Returns
    -------
    Commodities x industries, ``total_intermediate``, final demand and ``total_final_uses``;
    USD million, ``F050`` is minus the imports.

    Raises
    ------
    DataError
        If the table is not as compiled, does not add up or contradicts the Use table.
    """
    return _labelled(IMPORTS, rows="commodity", columns="use")


def _labelled(table: Table, rows: str, columns: str) -> pd.DataFrame:
    return tables.load(table).set_index("code").rename_axis(index=rows, columns=columns)


def _make_rows() -> list[str]:
    return [*codes_of("industry"), "total_commodity_output"]


def _use_rows() -> list[str]:
    totals = ["total_value_added", "total_industry_output"]
    return [*codes_of("commodity"), "total_intermediate", *VALUE_ADDED, *totals]


def _import_columns() -> list[str]:
    demand = codes_of("final_demand")
    return [*codes_of("industry"), "total_intermediate", *demand, "total_final_uses"]


def _matrix_schema(columns: Callable[[], list[str]]) -> pa.DataFrameSchema:
    # From the smallest cell (imports of all goods) to the largest (all output).
    cells = {name: schemas.count(-5_000_000, 60_000_000) for name in columns()}
    return schemas.table({"code": schemas.text(unique=True)} | cells)


def _make_faults(frame: pd.DataFrame) -> list[Fault]:
    make = frame.set_index("code")
    industries, commodities = codes_of("industry"), codes_of("commodity")
    cells = make.loc[industries, commodities]
    agree = partial(differences, tolerance=ROUNDING_MUSD, where=place(_MAKE))
    return [
        *agree(
            cells.sum(axis=1),
            make.loc[industries, "total_industry_output"],
            what="sum over commodities",
        ),
        *agree(
            cells.sum(),
            make.loc["total_commodity_output", commodities],
            what="sum over industries",
        ),
    ]


def _use_faults(frame: pd.DataFrame) -> list[Fault]:
    use = frame.set_index("code")
    industries, commodities = codes_of("industry"), codes_of("commodity")
    inputs = use.loc[commodities, industries]
    agree = partial(differences, tolerance=ROUNDING_MUSD, where=place(_USE))
    down = {
        "total_intermediate": inputs.sum(),
        "total_value_added": use.loc[list(VALUE_ADDED), industries].sum(),
        "total_industry_output": use.loc[
            ["total_intermediate", "total_value_added"], industries
        ].sum(),
    }
    faults = [
        fault
        for total, sums in down.items()
        for fault in agree(sums, use.loc[total, industries], what=f"sum to {total}")
    ]
    return [*faults, *_across(use, inputs, _USE), *_commodity_output_faults(use)]


def _across(uses: pd.DataFrame, inputs: pd.DataFrame, name: str) -> list[Fault]:
    rows = inputs.index
    sums = {
        "total_intermediate": inputs.sum(axis=1),
        "total_final_uses": uses.loc[rows, codes_of("final_demand")].sum(axis=1),
    }
    return [
        fault
        for total, across in sums.items()
        for fault in differences(
            across, uses.loc[rows, total], ROUNDING_MUSD, place(name), f"sum to {total}"
        )
    ]


def _commodity_output_faults(use: pd.DataFrame) -> list[Fault]:
    rows = use.loc[codes_of("commodity")]
    both = rows["total_intermediate"] + rows["total_final_uses"]
    return differences(
        both,
        rows["total_commodity_output"],
        ROUNDING_MUSD,
        place(_USE),
        "intermediate and final uses",
    )


def _same_output_faults(frame: pd.DataFrame) -> list[Fault]:
    use, make = frame.set_index("code"), tables.read(MAKE).set_index("code")
    industries, commodities = codes_of("industry"), codes_of("commodity")
    return [
        *differences(
            make.loc[industries, "total_industry_output"],
            use.loc["total_industry_output", industries],
            SAME_FIGURE_MUSD,
            place(_USE),
            "industry output of the Make table",
        ),
        *differences(
            make.loc["total_commodity_output", commodities],
            use.loc[commodities, "total_commodity_output"],
            SAME_FIGURE_MUSD,
            place(_USE),
            "commodity output of the Make table",
        ),
    ]


def _import_faults(frame: pd.DataFrame) -> list[Fault]:
    imports = frame.set_index("code")
    faults = _across(imports, imports[codes_of("industry")], _IMPORTS)
    use = tables.read(USE).set_index("code")
    same = [code for code in codes_of("commodity") if code not in IMPORTS_DIFFER]
    return [
        *faults,
        *differences(
            use.loc[same, "F050"],
            imports.loc[same, "F050"],
            SAME_FIGURE_MUSD,
            place(_IMPORTS),
            "imports of the Use table",
        ),
    ]


MAKE = Table(
    _MAKE,
    lambda: _matrix_schema(lambda: [*codes_of("commodity"), "total_industry_output"]),
    (
        labels_are(_MAKE, "code", _make_rows, "rows in BEA order"),
        Check("rows and columns add up to the printed totals", _make_faults),
    ),
    needs=(CODES.name,),
)
USE = Table(
    _USE,
    lambda: _matrix_schema(lambda: [*_import_columns(), "total_commodity_output"]),
    (
        labels_are(_USE, "code", _use_rows, "rows in BEA order"),
        Check("rows and columns add up to the printed totals", _use_faults),
        Check("output as in the Make table", _same_output_faults),
    ),
    needs=(CODES.name, _MAKE),
)
IMPORTS = Table(
    _IMPORTS,
    lambda: _matrix_schema(_import_columns),
    (
        labels_are(_IMPORTS, "code", lambda: codes_of("commodity"), "rows in BEA order"),
        Check("rows add up; imports as in the Use table, seven rows apart", _import_faults),
    ),
    needs=(CODES.name, _MAKE, _USE),
)
TABLES = (MAKE, USE, IMPORTS)
