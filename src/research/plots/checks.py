"""Refusal of frames that a plot could only draw wrongly."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if


def check_frame(
    frame: pd.DataFrame,
    *,
    numbers: Sequence[str],
    words: Sequence[str] = (),
    gaps: Sequence[str] = (),
    rising: Sequence[str] = (),
    key: Sequence[str] = (),
    days: Sequence[str] = (),
) -> None:
    """Refuse a frame without rows or columns, with figures that are missing or out of order.

    Parameters
    ----------
    frame
        What is to be drawn.
    numbers, words
        Columns that must be there, with a finite number and with a text in every row.
    gaps
        Columns that must be there and may be NaN.
    rising
        Columns that must not fall from the first to the last; NaN is passed over.
    key
        Columns that name a row: none may stand twice.
    days
        Columns that must be there, with a day in every row.

    Raises
    ------
    InputError
        With every fault found.
    """
    summary = "This frame cannot be drawn."
    raise_if(InputError, summary, _shape_faults(frame, [*words, *numbers, *gaps, *days]))
    faults = [fault for name in numbers for fault in _number_faults(frame, name, gaps=False)]
    faults += [fault for name in gaps for fault in _number_faults(frame, name, gaps=True)]
    faults += [
        Fault(f"{name}, row {row}", "a text", repr(value))
        for name in words
        for row, value in enumerate(frame[name])
        if not (isinstance(value, str) and value.strip())
    ]
    faults += [Fault(name, "days", "others") for name in days if not _all_days(frame[name])]
    raise_if(InputError, summary, faults)
    raise_if(InputError, summary, [*_order_faults(frame, rising), *_key_faults(frame, key)])


def check_marks(marks: pd.Series, *, above_zero: bool = False) -> None:
    """Refuse marks without a name of their own or a finite number.

    Raises
    ------
    InputError
        With every fault found.
    """
    faults = [
        Fault("marks", "each label once", f"{label!r} twice")
        for label in marks.index[marks.index.duplicated()].unique()
    ]
    if len(marks) and not pd.api.types.is_numeric_dtype(marks):
        faults.append(Fault("marks", "numbers", f"values of type {marks.dtype}"))
        raise_if(InputError, "These marks cannot be drawn.", faults)
    for label, value in marks.items():
        if not np.isfinite(value):
            faults.append(Fault(f"mark {label!r}", "a finite number", str(value)))
        elif above_zero and value <= 0:
            asked = "a number above zero, for an axis in logs"
            faults.append(Fault(f"mark {label!r}", asked, f"{value:,.6g}"))
    raise_if(InputError, "These marks cannot be drawn.", faults)


def check_words(frame: pd.DataFrame, column: str, known: Sequence[str]) -> None:
    """Refuse words that a column may not hold.

    Raises
    ------
    InputError
        With every one of them.
    """
    strange = [word for word in frame[column].unique() if word not in known]
    faults = [Fault(column, " or ".join(map(repr, known)), repr(word)) for word in strange]
    raise_if(InputError, "This frame cannot be drawn.", faults)


def check_not_below_zero(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse figures below zero.

    Raises
    ------
    InputError
        With every one of them.
    """
    faults = [
        Fault(f"{name}, row {row}", "zero or more", f"{value:,.6g}")
        for name in columns
        for row, value in enumerate(frame[name])
        if value < 0
    ]
    raise_if(InputError, "This frame cannot be drawn.", faults)


def check_some_figure(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Refuse rows in which no figure is known.

    Raises
    ------
    InputError
        With what stands in column ``name`` of each.
    """
    empty = frame.loc[frame[list(columns)].isna().all(axis=1), name]
    faults = [Fault(f"row {label!r}", "at least one figure", "none") for label in empty]
    raise_if(InputError, "This frame cannot be drawn.", faults)


def check_at_most(where: str, found: int, most: int) -> None:
    """Refuse more lines, panels or patterns than a picture can tell apart.

    Raises
    ------
    InputError
        With the count found.
    """
    faults = [Fault(where, f"{most} at most", str(found))] if found > most else []
    raise_if(InputError, "This frame cannot be drawn.", faults)


def check_days(where: str, index: pd.Index) -> None:
    """Refuse an index that is not of days that rise.

    Raises
    ------
    InputError
        With what the index is.
    """
    fault = None
    if not isinstance(index, pd.DatetimeIndex):
        fault = Fault(where, "an index of days", f"one of type {index.dtype}")
    elif index.hasnans or not (index.is_monotonic_increasing and index.is_unique):
        fault = Fault(where, "days that rise, each once", "some that do not")
    raise_if(InputError, "This frame cannot be drawn.", [fault] if fault else [])


def _shape_faults(frame: pd.DataFrame, columns: Sequence[str]) -> list[Fault]:
    lost = [name for name in columns if name not in frame.columns]
    found = ", ".join(map(str, frame.columns)) or "no column"
    faults = [Fault("frame", f"a column {name}", found) for name in lost]
    return faults if len(frame) else [*faults, Fault("frame", "at least one row", "none")]


def _number_faults(frame: pd.DataFrame, name: str, *, gaps: bool) -> list[Fault]:
    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column):
        return [Fault(name, "numbers", f"values of type {column.dtype}")]
    values = column.to_numpy(dtype=float, na_value=np.nan)
    bad = np.isinf(values) if gaps else ~np.isfinite(values)
    asked = "a finite number" + (" or NaN" if gaps else "")
    todo = "" if gaps else "Leave the row out if nothing is known."
    return [Fault(f"{name}, row {row}", asked, str(values[row]), todo) for row in bad.nonzero()[0]]


def _all_days(column: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column) and not column.hasnans


def _order_faults(frame: pd.DataFrame, rising: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            f"{before} and {after}, row {row}",
            "figures that do not fall",
            f"{low:,.6g}, {high:,.6g}",
        )
        for before, after in itertools.pairwise(rising)
        for row, (low, high) in enumerate(zip(frame[before], frame[after], strict=True))
        if low > high
    ]


def _key_faults(frame: pd.DataFrame, key: Sequence[str]) -> list[Fault]:
    if not key:
        return []
    twice = frame.loc[frame.duplicated(list(key)), list(key)].drop_duplicates()
    asked = f"one row for each {' and '.join(key)}"
    return [
        Fault("frame", asked, f"two of {', '.join(map(str, row))}")
        for row in twice.itertuples(index=False)
    ]
