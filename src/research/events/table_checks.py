"""Checks of tables of returns: dates, columns and values, each fault with its row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault

#: A daily return above this (1,000 %) is taken for a price.
LARGEST_RETURN = 10.0

#: Half of a column above this size (10 % a session) is taken for per cent: even the loudest
#: listed shares move less on most days, and daily figures in per cent rarely stay below 0.1.
#: Half of all days and not of the days with a move, so that a share of few yen, whose smallest
#: step is a tenth of its price, passes.
LARGEST_USUAL_RETURN = 0.1

#: A column with fewer values is not judged by its usual size: they may all be days of news.
FEWEST_TO_JUDGE = 20

#: How many offending rows a fault names before it only counts the rest.
SHOWN = 3

_PER_CENT = "These look like per cent: give fractions, 0.01 for 1 %."


def check_table(name: str, table: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with a table of dates x columns of fractions."""
    if not isinstance(table, pd.DataFrame):
        return [Fault(name, "a DataFrame, dates x columns", type(table).__name__)]
    faults = _check_dates(name, table.index) + _check_columns(name, table)
    numbers = _real_columns(table)
    return faults + _check_values(name, numbers) + _check_scale(name, numbers)


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
    if odd.empty:
        # The same dates twice or in another order: `check_table` names them.
        return []
    return [
        Fault(
            "benchmark",
            f"the {len(returns)} dates of returns",
            f"{len(benchmark)} dates, {len(odd)} of them in one table only: {shown(odd)}",
            "Reindex it to returns.index; a day without a value stays NaN.",
        )
    ]


def check_total_losses(table: pd.DataFrame, name: str = "returns") -> list[Fault]:
    """Find simple returns below -100 %, which no share can earn: percent given as fractions."""
    if not isinstance(table, pd.DataFrame):
        return []
    numbers = _real_columns(table)
    values = numbers.to_numpy(dtype=float)
    impossible = (values < -1.0) & (values >= -LARGEST_RETURN)
    asked = "simple returns of at least -100 % (-1)"
    return _fault_of_cells(name, numbers, impossible, asked, _PER_CENT)


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
    blank = index.isna()
    if blank.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(blank)[:SHOWN])
        faults.append(Fault(f"{name}.index", "a date in each row", f"none in row {rows}"))
        # What is no date is neither a date twice nor a step back.
        index = index[~blank]
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        faults.append(Fault(f"{name}.index", "each date once", f"twice: {shown(twice)}"))
    elif not index.is_monotonic_increasing:
        first = index[1:][np.diff(index.asi8) < 0][:1]
        faults.append(
            Fault(f"{name}.index", "dates in rising order", f"a step back at {shown(first)}")
        )
    timed = index[index != index.normalize()]
    if len(timed):
        todo = "Use .normalize(): a session is a date."
        faults.append(Fault(f"{name}.index", "dates without a time of day", str(timed[0]), todo))
    return faults


def _check_columns(name: str, table: pd.DataFrame) -> list[Fault]:
    faults = []
    if table.columns.nlevels > 1:
        todo = "Keep one level: .droplevel(...)."
        found = f"{table.columns.nlevels} levels"
        faults.append(Fault(f"{name}.columns", "one label a column", found, todo))
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique()
        faults.append(Fault(f"{name}.columns", "each column once", f"twice: {shown(twice)}"))
    for position, (column, dtype) in enumerate(table.dtypes.items()):
        if _is_real(dtype):
            continue
        values = table.iloc[:, position]
        text = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
        example = f", for example {text.iloc[0]!r} on {_day(text.index[0])}" if len(text) else ""
        faults.append(Fault(f"{name}[{column!r}]", "real numbers", f"{dtype}{example}"))
    return faults


def _is_real(dtype: object) -> bool:
    """Tell numbers from what pandas also counts as such: truth values, complex, durations."""
    kinds = pd.api.types
    odd = kinds.is_bool_dtype(dtype) or kinds.is_complex_dtype(dtype)
    return kinds.is_numeric_dtype(dtype) and not odd


def _real_columns(table: pd.DataFrame) -> pd.DataFrame:
    return table.loc[:, [_is_real(dtype) for dtype in table.dtypes]]


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


def _check_scale(name: str, table: pd.DataFrame) -> list[Fault]:
    """Find columns that are per cent by their usual size, which log returns can be as well."""
    sizes = np.abs(table.to_numpy(dtype=float))
    n_values = np.isfinite(sizes).sum(axis=0)
    often_large = (sizes > LARGEST_USUAL_RETURN).sum(axis=0) > n_values / 2
    columns = np.flatnonzero(often_large & (n_values >= FEWEST_TO_JUDGE))
    medians = [np.nanmedian(sizes[:, column]) for column in columns]
    # Larger ones are prices, named cell by cell.
    found = [
        f"{table.columns[column]}: {median:g}"
        for column, median in zip(columns, medians, strict=True)
        if median <= LARGEST_RETURN
    ]
    asked = f"returns as fractions, their median at most {LARGEST_USUAL_RETURN:.0%} in size"
    return [Fault(name, asked, f"a median of {shown(found)}", _PER_CENT)] if found else []


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
