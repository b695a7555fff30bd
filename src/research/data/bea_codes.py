"""Codes of the input-output accounts, in the order that all their tables keep."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.identities import labels_are
from research.data.tables import Check, Table


def load_bea_codes() -> pd.DataFrame:
    """Load the codes of industries, commodities, final demand and value added, in BEA order.

    Returns
    -------
    Columns ``code``, ``name``, ``kind``; 71 codes are both industry and commodity.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(CODES).reset_index(drop=True)


def codes_of(kind: str) -> list[str]:
    """List the codes of a kind (industry, commodity, final_demand, value_added) in BEA order."""
    codes = tables.read(CODES)
    return [str(code) for code in codes.loc[codes["kind"] == kind, "code"]]


def _codes_schema() -> pa.DataFrameSchema:
    kinds = ("industry", "commodity", "final_demand", "value_added")
    columns = {
        "code": schemas.text(pattern="[0-9A-Za-z]{2,6}"),
        "name": schemas.text(),
        "kind": schemas.text(one_of=kinds),
    }
    return schemas.table(columns, unique=("code", "kind"))


def industries_in_order(name: str) -> Check:
    """Check that the ``code`` column of a table holds the 71 industries in BEA order."""
    return labels_are(name, "code", lambda: codes_of("industry"), "71 industries in BEA order")


CODES = Table("jobs/bea_codes", _codes_schema)
TABLES = (CODES,)
