"""Checks of tables of returns: dates, columns and values, each fault with its row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault

#: A daily return above this (1,000 %) is taken for a price.
LARGEST_RETURN = 10.0

#: How many offending rows a fault names before it only counts the rest.
SHOWN = 3


def check_table(name: str, table: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with a table of dates x columns of fractions."""
    if not isinstance(table, pd.DataFrame):
        return [Fault(name, "a DataFrame, dates x columns", type(table).__name__)]
    faults = _check_dates(name, table.index) + _check_columns(name, table)
    return faults + _check_values(name, table.select_dtypes("number"))


def check_same_dates(returns: pd.DataFrame, benchmark: pd.DataFrame) -> list[Fault]:
    """Find dates that stand in one of two tables only."""
    tables = (returns, benchmark)
    if not all(isinstance(table, pd.DataFrame) for table in tables):
        return []
    if not all(isinstance(table.index, pd.DatetimeIndex) for table in tables):
        return []
    if benchmark.index.equals(returns.index):
        return []
    odd = benchmark.index.symmetric_difference(returns.index)
    return [
        Fault(
            "benchmark",
            f"the {len(returns)} dates of returns",
            f"{len(benchmark)} dates, {len(odd)} of them in one table only: {shown(odd)}",
            "Reindex it to returns.index; a day without a value stays NaN.",
        )
    ]


def check_total_losses(returns: pd.DataFrame) -> list[Fault]:
    """Find simple returns below -100 %, which no share can earn: percent given as fractions."""
    if not isinstance(returns, pd.DataFrame):
        return []
    table = returns.select_dtypes("number")
    values = table.to_numpy(dtype=float)
    impossible = (values < -1.0) & (values >= -LARGEST_RETURN)
    todo = "These look like per cent: give fractions, 0.01 for 1 %."
    return _fault_of_cells(
        "returns", table, impossible, "simple returns of at least -100 % (-1)", todo
    )


def _check_dates(name: str, index: pd.Index) -> list[Fault]:
    if not isinstance(index, pd.DatetimeIndex):
        return [
            Fault(f"{name}.index", "a DatetimeIndex", f"{type(index).__name__} of {index.dtype}")
        ]
    faults = []
    if index.tz is not None:
        faults.append(
            Fault(
                f"{name}.index",
                "dates without a time zone",
                str(index.tz),
                "A session is a date of its exchange: use .tz_localize(None).",
            )
        )
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        faults.append(Fault(f"{name}.index", "each date once", f"twice: {shown(twice)}"))
    elif not index.is_monotonic_increasing:
        first = index[1:][np.diff(index.asi8) < 0][:1]
        faults.append(
            Fault(f"{name}.index", "dates in rising order", f"a step back at {shown(first)}")
        )
    blank = index.isna()
    if blank.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(blank)[:SHOWN])
        faults.append(Fault(f"{name}.index", "a date in each row", f"none in row {rows}"))
    timed = index[(index != index.normalize()) & ~blank]
    if len(timed):
        todo = "Use .normalize(): a session is a date."
        faults.append(Fault(f"{name}.index", "dates without a time of day", str(timed[0]), todo))
    return faults


def _check_columns(name: str, table: pd.DataFrame) -> list[Fault]:
    faults = []
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique()
        faults.append(Fault(f"{name}.columns", "each column once", f"twice: {shown(twice)}"))
    for position, (column, dtype) in enumerate(table.dtypes.items()):
        if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
            continue
        values = table.iloc[:, position]
        text = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
        example = f", for example {text.iloc[0]!r} on {_day(text.index[0])}" if len(text) else ""
        faults.append(Fault(f"{name}[{column!r}]", "numbers", f"{dtype}{example}"))
    return faults


def _check_values(name: str, table: pd.DataFrame) -> list[Fault]:
    values = table.to_numpy(dtype=float)
    large = np.isfinite(values) & (np.abs(values) > LARGEST_RETURN)
    return [
        *_fault_of_cells(name, table, np.isinf(values), "finite returns", "Is a price zero?"),
        *_fault_of_cells(
            name,
            table,
            large,
            f"returns as fractions, at most {LARGEST_RETURN:.0%} in size",
            "These look like prices or basis points: give fractions, 0.01 for 1 %.",
        ),
    ]


def _fault_of_cells(
    name: str, table: pd.DataFrame, bad: NDArray[np.bool_], asked: str, todo: str
) -> list[Fault]:
    """Give one fault that names the first bad cells of a table and counts the others."""
    rows, columns = np.nonzero(bad)
    if not len(rows):
        return []
    cells = [
        f"{table.columns[c]} on {_day(table.index[r])}: {table.iloc[r, c]:g}"
        for r, c in zip(rows[:SHOWN], columns[:SHOWN], strict=True)
    ]
    rest = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return [Fault(name, asked, "; ".join(cells) + rest, todo)]


def shown(labels: Sequence[object] | pd.Index | pd.Series) -> str:
    """Name the first labels and count the others."""
    names = [_day(label) for label in list(labels)[:SHOWN]]
    rest = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(names) + rest


def _day(label: object) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)
