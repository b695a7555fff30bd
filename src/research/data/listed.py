"""Values that a user may choose because a bundled table lists them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from research.data import catalog
from research.errors import DataError, raise_if


def listed(
    table: str, column: str, *, other_than: Sequence[str] = (), also: Sequence[str] = ()
) -> AfterValidator:
    """Give the check of a field whose value stands in a column of a bundled table."""

    def check(value: str) -> str:
        known = dict.fromkeys([*read_column(table, column), *also])
        choices = [one for one in known if one not in other_than]
        if value not in choices:
            # A value may be unknown because its row was lost.
            damage = catalog.digest_faults(table)
            raise_if(DataError, "A table that lists valid values is damaged.", damage)
            asked = f"a value that {table} lists"
            asked += f", other than {' and '.join(other_than)}" if other_than else ""
            raise PydanticCustomError("listed", "{asked}", {"asked": asked, "known": choices})
        return value

    return AfterValidator(check)


def read_column(table: str, column: str) -> list[str]:
    """Read one column of a bundled table, as text and without loading pandas."""
    file = catalog.path(table)
    try:
        return _column(file, file.stat().st_mtime_ns, column)
    except (OSError, ValueError, csv.Error, KeyError):
        damage = catalog.digest_faults(table)
        raise DataError("A table that lists valid values cannot be read.", damage) from None


@lru_cache(maxsize=32)
def _column(file: Path, _changed_ns: int, column: str) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [row[column] for row in csv.DictReader(lines)]
