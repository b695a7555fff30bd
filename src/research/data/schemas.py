"""The words in which tables are described to pandera, and pandera's answers as faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.engines import pandas_engine

from research.data.checksums import NAMED
from research.errors import Fault

#: What pandera calls its built-in checks, in words.
_WORDS = {
    "not_nullable": "a value",
    "field_uniqueness": "each value once",
    "multiple_fields_uniqueness": "each key once",
    "column_in_dataframe": "this column",
    "column_in_schema": "no such column",
    "column_ordered": "this column in this place",
}


def table(
    columns: Mapping[str, pa.Column], *, unique: Iterable[str] = (), index: pa.Index | None = None
) -> pa.DataFrameSchema:
    """Describe a table: these columns in this order and no other, cells converted from text.

    Parameters
    ----------
    columns
        Name to kind of column.
    unique
        Columns that together hold each key once.
    """
    return pa.DataFrameSchema(
        dict(columns),
        index=index,
        strict=True,
        ordered=True,
        coerce=True,
        unique=list(unique) or None,
    )


def text(
    *,
    one_of: Iterable[str] | None = None,
    pattern: str | None = None,
    blank: bool = False,
    unique: bool = False,
) -> pa.Column:
    """Describe a column of text, optionally from a list or of a form."""
    checks = []
    if one_of is not None:
        allowed = tuple(one_of)
        said = (
            "one of " + ", ".join(allowed) if len(allowed) <= 12 else f"one of {len(allowed)} codes"
        )
        checks.append(pa.Check.isin(allowed, error=said))
    if pattern is not None:
        checks.append(
            pa.Check.str_matches(rf"^(?:{pattern})$", error=f"text of the form {pattern}")
        )
    return pa.Column(pd.StringDtype(na_value=float("nan")), checks, nullable=blank, unique=unique)


def number(low: float, high: float, *, blank: bool = False) -> pa.Column:
    """Describe a column of decimal numbers between two bounds, both included."""
    check = pa.Check.in_range(low, high, error=f"a number from {low:g} to {high:g}")
    return pa.Column(float, check, nullable=blank)


def count(low: int, high: int) -> pa.Column:
    """Describe a column of whole numbers between two bounds, both included."""
    check = pa.Check.in_range(low, high, error=f"a whole number from {low} to {high}")
    return pa.Column("int64", check)


def date(
    first: str, last: str, *, form: str = "%Y-%m-%d", unique: bool = False, blank: bool = False
) -> pa.Column:
    """Describe a column of dates between two of them, both included, written in one form."""
    # pandera types this as a plain dtype, without its arguments.
    datetime_of: Any = pandas_engine.DateTime
    kind = datetime_of(to_datetime_kwargs={"format": form})
    low, high = pd.Timestamp(first), pd.Timestamp(last)
    check = pa.Check.in_range(low, high, error=f"a date from {first} to {last}")
    return pa.Column(kind, check, unique=unique, nullable=blank)


def faults_of(errors: pa.errors.SchemaErrors, file: str) -> list[Fault]:
    """Turn what pandera found into faults, grouped so that none hides behind many of a kind."""
    cases = errors.failure_cases
    faults: list[Fault] = []
    for (_, _), group in cases.groupby(["column", "check"], sort=False, dropna=False):
        faults += [_fault(case, file) for case in group.head(NAMED).to_dict("records")]
        if len(group) > NAMED:
            asked = _words(str(group["check"].iloc[0]))
            column = group["column"].iloc[0]
            faults.append(
                Fault(f"{file}, column {column}", asked, f"{len(group) - NAMED} more lines")
            )
    return faults


def _fault(case: Mapping[Any, Any], file: str) -> Fault:
    check, found, line = str(case["check"]), case["failure_case"], case["index"]
    if check in ("column_in_dataframe", "column_in_schema", "column_ordered"):
        absent = check == "column_in_dataframe"
        there = "none of that name" if absent else "it there"
        return Fault(f"{file}, column {found}", _words(check), there)
    place = file if pd.isna(line) else f"{file}, line {line}"
    column = f", column {case['column']}" if isinstance(case["column"], str) else ""
    blank = check == "not_nullable" or found is None
    return Fault(place + column, _words(check), "a blank" if blank else repr(found))


def _words(check: str) -> str:
    if check.startswith("coerce_dtype"):
        return {
            "coerce_dtype('int64')": "a whole number",
            "coerce_dtype('float64')": "a number",
        }.get(check, "a date" if "datetime" in check.lower() else check)
    return _WORDS.get(check, check)
