"""Tables that a caller brings: what may be written, prices to returns, faults of returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, nearest, raise_if
from research.labels import cell_faults, few

#: A daily return above this (1,000 %) is taken for a price.
LARGEST_RETURN = 10.0

#: A column of which half is above this size (10 % a session) is taken for per cent. Half of all
#: days and not of the days with a move: a share of few yen moves by a tenth of its price at once.
LARGEST_USUAL_RETURN = 0.1

#: A column with fewer values is not judged by its usual size: they may all be days of news.
FEWEST_TO_JUDGE = 20

_ONCE = "Keep one row of each: .loc[~table.index.duplicated()]."
_PER_CENT = "These look like per cent or prices: give fractions, 0.01 for 1 %."


def returns_faults(
    returns: pd.DataFrame, others: Mapping[str, pd.DataFrame], *, simple: bool = True
) -> list[Fault]:
    """Find what is wrong with returns and the tables that share their dates."""
    faults = _table_faults("returns", returns, simple)
    for name, table in others.items():
        faults += _table_faults(name, table, simple)
        if not isinstance(returns, pd.DataFrame) or not isinstance(table, pd.DataFrame):
            continue
        # Without odd ones, the same dates stand twice or in another order, which is said above.
        is_same = table.index.equals(returns.index)
        odd = table.index[:0] if is_same else table.index.symmetric_difference(returns.index, False)
        if len(odd):
            found = f"{len(table)} dates, {len(odd)} of them in one table only: {few(odd)}"
            todo = "Reindex it to returns.index; a day without a value stays NaN."
            faults.append(Fault(name, f"the {len(returns)} dates of returns", found, todo))
    return faults


def _table_faults(name: str, table: pd.DataFrame, simple: bool) -> list[Fault]:
    if not isinstance(table, pd.DataFrame):
        return [Fault(name, "a DataFrame, dates x columns", type(table).__name__)]
    faults = index_faults(name, table.index)
    if columns := column_faults(name, table):
        return faults + columns
    values = table.to_numpy(dtype=float)
    sizes = np.abs(values)
    # The usual table is done here.
    if not np.fmax.reduce(sizes, axis=None, initial=0.0) > LARGEST_USUAL_RETURN:
        return faults
    wild = f"returns as fractions, at most {LARGEST_RETURN:.0%} in size"
    prices = "These look like prices or basis points: research.events.returns_of makes returns."
    below = (values < -1.0) & (sizes <= LARGEST_RETURN) & simple
    for asked, bad, todo in (
        ("finite returns", np.isinf(values), "Is a price zero?"),
        (wild, (sizes > LARGEST_RETURN) & np.isfinite(values), prices),
        ("simple returns of at least -100 % (-1)", below, _PER_CENT),
    ):
        faults += cell_faults(table, bad, name, asked, todo)
    n_values = np.isfinite(values).sum(axis=0)
    large = (sizes > LARGEST_USUAL_RETURN).sum(axis=0)
    often = (large > n_values / 2) & (n_values >= FEWEST_TO_JUDGE)
    medians = table.loc[:, often].abs().median() if often.any() else pd.Series()
    # Larger ones are prices, named cell by cell.
    texts = [f"{column}: {m:g}" for column, m in medians.items() if m <= LARGEST_RETURN]
    if texts:
        asked = f"returns as fractions, their median at most {LARGEST_USUAL_RETURN:.0%} in size"
        faults.append(Fault(name, asked, f"a median of {few(texts)}", _PER_CENT))
    return faults


def index_faults(name: str, index: pd.Index) -> list[Fault]:
    """Find that rows are not dates, each once and in rising order."""
    where = f"{name}.index"
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or index.hasnans:
        todo = "Write 2025-07-23 in each row: pd.to_datetime(...), .tz_localize(None)."
        return [Fault(where, "a DatetimeIndex without gaps or time zone", str(index.dtype), todo)]
    if index.is_unique and index.is_monotonic_increasing and index.is_normalized:
        return []
    back = index[1:][np.diff(index.asi8) < 0]
    rules = [
        ("each date once", index[index.duplicated()], _ONCE),
        ("dates in rising order", back, "Use .sort_index()."),
        ("dates without a time of day", index[index != index.normalize()], "Use .normalize()."),
    ]
    return [Fault(where, asked, few(bad), todo) for asked, bad, todo in rules if len(bad)]


def column_faults(name: str, table: pd.DataFrame) -> list[Fault]:
    """Find columns that are named twice or hold no real numbers."""
    faults, columns = [], table.columns
    if columns.nlevels > 1 or columns.has_duplicates:
        twice = f"twice: {few(columns[columns.duplicated()])}"
        found = f"{columns.nlevels} levels" if columns.nlevels > 1 else twice
        todo = "Keep one level, .droplevel(...), and each name once."
        faults.append(Fault(f"{name}.columns", "each column once, in one level", found, todo))
    real = {dtype: _is_real(dtype) for dtype in set(table.dtypes)}
    for place, dtype in enumerate(table.dtypes):
        if real[dtype]:
            continue
        values = table.iloc[:, place]
        text = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
        example = f", for example {text.iloc[0]!r} on {few(text.index[:1])}" if len(text) else ""
        faults.append(Fault(f"{name}[{columns[place]!r}]", "real numbers", f"{dtype}{example}"))
    return faults


def _is_real(dtype: object) -> bool:
    """Tell numbers from what pandas also counts as such: truth values, complex, durations."""
    kinds = pd.api.types
    odd = kinds.is_bool_dtype(dtype) or kinds.is_complex_dtype(dtype)
    return kinds.is_numeric_dtype(dtype) and not odd


#: Days 0: one date for all assets, several, those of each asset, or rows of a table.
Events: TypeAlias = str | date | Collection[str | date] | Mapping[str, Any] | pd.DataFrame


def returns_of(prices: pd.DataFrame, *, returns_are: Literal["simple", "log"]) -> pd.DataFrame:
    r"""Turn prices into returns, from one row to the next.

    ``simple`` is :math:`P_t / P_{t-1} - 1`, ``log`` is :math:`\ln P_t - \ln P_{t-1}`. A row without
    a price has no return, nor has the row after it: no gap is bridged. In a table of several
    exchanges a holiday of one is such a row: take the returns of each exchange alone.

    ``prices`` are dates (ISO text will do) x assets, above zero, NaN where there is none. What
    comes back has all rows but the first, as fractions.
    Dates or prices that are not usable, and figures that look like returns, are an `InputError`.
    """
    table = dated(prices)
    faults = [Fault("prices", "a DataFrame, dates x assets", type(prices).__name__)]
    if isinstance(table, pd.DataFrame):
        faults = index_faults("prices", table.index) + column_faults("prices", table)
    if returns_are not in ("simple", "log"):
        faults.append(Fault("returns_are", "'simple' or 'log'", repr(returns_are), "Say which."))
    if not faults:
        bad, asked = (table <= 0) | np.isinf(table), "finite prices above zero"
        todo = "If these are returns, give them to event_study as they are."
        faults += cell_faults(table, bad, "prices", asked, todo)
    raise_if(InputError, "These prices cannot be turned into returns.", faults)
    ratio = (table / table.shift(1)).iloc[1:]
    return ratio - 1 if returns_are == "simple" else np.log(ratio)


def dated(table: Any) -> Any:
    """Read an index of ISO text as dates; anything else is left for the checks."""
    if not isinstance(table, pd.Series | pd.DataFrame):
        return table
    index = as_dates(table.index.to_series())
    return table if index.dtype == table.index.dtype else table.set_axis(pd.DatetimeIndex(index))


def as_dates(values: pd.Series) -> pd.Series:
    """Read a column of ISO text or of Python's dates; anything else is left for the checks."""
    if values.dtype.kind == "M" or not all(type(value) in (str, date) for value in values):
        return values
    read = pd.to_datetime(values.astype(str), format="%Y-%m-%d", errors="coerce")
    return values if read.isna().any() else read


def read_tables(
    returns: Any, benchmark: Any, events: Any, groups: Any, *, pool: bool
) -> tuple[Any, Any, Any, Any, list[Fault]]:
    """Bring what a caller wrote into the one form that is checked and computed with."""
    returns, benchmark = dated(returns), dated(benchmark)
    faults: list[Fault] = []
    names = [benchmark] if isinstance(benchmark, str) else benchmark
    is_named = isinstance(names, list) and names and all(isinstance(one, str) for one in names)
    if is_named and isinstance(returns, pd.DataFrame):
        known = list(map(str, returns.columns))
        faults += [
            Fault("benchmark", "a column of returns", repr(one), nearest(str(one), known))
            for one in names
            if str(one) not in known
        ]
        # With a wrong name any column will do: nothing is computed.
        benchmark = returns.iloc[:, :1] if faults else returns[names]
        returns = returns if faults else returns.drop(columns=names)
    assets = list(returns.columns) if isinstance(returns, pd.DataFrame) else []
    if isinstance(groups, Mapping):
        groups, wrong = _group_series(groups, assets)
        faults += wrong
        # A date for all is one for those that are in a group.
        assets = [one for one in assets if one in groups.index] or assets
    return returns, benchmark, _event_rows(events, assets, pool=pool), groups, faults


def _event_rows(events: Any, assets: Collection[object], *, pool: bool) -> Any:
    """Write events as rows of event_id, asset and date; without an id a date is the event's own."""
    if isinstance(events, str | date | list | tuple | pd.DatetimeIndex):
        events = dict.fromkeys(assets, events)
    if isinstance(events, Mapping):
        days = {a: [d] if isinstance(d, str | date) else list(d) for a, d in events.items()}
        pairs = [(asset, day) for asset, listed in days.items() for day in listed]
        events = pd.DataFrame(pairs, columns=["asset", "date"])
    if not isinstance(events, pd.DataFrame) or (events.columns == "date").sum() != 1:
        return events
    rows = events.assign(date=as_dates(events["date"]))
    if "event_id" in rows and not pool:
        return rows
    words = rows["date"].astype(str)
    before = rows["event_id"].astype(str) + " " if "event_id" in rows else ""
    return rows.assign(event_id=before + words)


def _group_series(
    groups: Mapping[Any, Any], assets: Collection[object]
) -> tuple[pd.Series, list[Fault]]:
    listed = {name: pd.Series(own, dtype=object) for name, own in groups.items()}
    pairs = [(asset, name) for name, own in listed.items() for asset in own]
    known = list(map(str, assets))
    faults = [
        Fault(f"groups[{name!r}]", "columns of returns", repr(one), nearest(str(one), known))
        for one, name in pairs
        if one not in assets
    ]
    own = pd.Series([name for _, name in pairs], [one for one, _ in pairs], dtype=object)
    return own, faults
