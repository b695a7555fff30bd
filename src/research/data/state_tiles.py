"""A map of the states as equal tiles, so that small states are seen as well as large ones."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.employment import OCCUPATIONS, TRADES, state_names
from research.data.identities import labels_are
from research.data.tables import Table

_TILES = "jobs/state_tiles"


def load_state_tiles() -> pd.DataFrame:
    """Load the tile of each of the 50 states and the District of Columbia.

    Returns
    -------
    One row per ``state``: ``abbreviation``, ``row`` (0 in the north), ``column`` (0 in the west).

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TILES).set_index("state")


def _tiles_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "state": schemas.text(one_of=state_names(), unique=True),
            "abbreviation": schemas.text(pattern="[A-Z]{2}", unique=True),
            "row": schemas.count(0, 7),
            "column": schemas.count(0, 11),
        },
        unique=("row", "column"),
    )


TILES = Table(
    _TILES,
    _tiles_schema,
    (labels_are(_TILES, "state", state_names, "each state has its tile"),),
    needs=(TRADES.name, OCCUPATIONS.name),
)
TABLES = (TILES,)
