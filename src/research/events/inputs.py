"""What a caller may write for tables: dates as text, groups as a dict, a column's name; prices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, nearest, raise_if
from research.events.returns import column_faults, index_faults, shown

#: Days 0: one date for all assets, several, those of each asset, or rows of a table.
Events: TypeAlias = str | date | Collection[str | date] | Mapping[str, Any] | pd.DataFrame


def returns_of(prices: pd.DataFrame, *, returns_are: Literal["simple", "log"]) -> pd.DataFrame:
    r"""Turn prices into returns, from one row to the next.

    ``simple`` is :math:`P_t / P_{t-1} - 1`, ``log`` is :math:`\ln P_t - \ln P_{t-1}`. A row without
    a price has no return, nor has the row after it: no gap is bridged. In a table of several
    exchanges a holiday of one is such a row: take the returns of each exchange alone.

    ``prices`` are dates (ISO text will do) x assets, above zero, NaN where there is none. What
    comes back has all rows but the first, as fractions.

    Raises
    ------
    InputError
        If dates or prices are not usable, or the figures look like returns; lists every fault.
    """
    table = dated(prices)
    faults = [Fault("prices", "a DataFrame, dates x assets", type(prices).__name__)]
    if isinstance(table, pd.DataFrame):
        faults = index_faults("prices", table.index) + column_faults("prices", table)
    if returns_are not in ("simple", "log"):
        faults.append(Fault("returns_are", "'simple' or 'log'", repr(returns_are), "Say which."))
    if not faults:
        places = np.argwhere((table <= 0) | np.isinf(table))
        cells = [
            f"{table.columns[c]} on {table.index[r]:%Y-%m-%d}: {table.iloc[r, c]:g}"
            for r, c in places
        ]
        todo = "If these are returns, give them to event_study as they are."
        faults += [Fault("prices", "finite prices above zero", shown(cells), todo)] * bool(cells)
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
    return returns, benchmark, _event_rows(events, assets, pool=pool), groups, faults


def _event_rows(events: Any, assets: Collection[object], *, pool: bool) -> Any:
    """Write events as rows of event_id, asset and date; without an id a date is the event's own."""
    single = (str, date, np.datetime64)
    if isinstance(events, Mapping):
        days = {a: [d] if isinstance(d, single) else list(d) for a, d in events.items()}
        pairs = [(asset, day) for asset, listed in days.items() for day in listed]
        events = pd.DataFrame(pairs, columns=["asset", "date"])
    elif isinstance(events, (*single, list, tuple, pd.DatetimeIndex)):
        listed = [events] if isinstance(events, single) else list(events)
        pairs = [(asset, day) for day in listed for asset in assets]
        events = pd.DataFrame(pairs, columns=["asset", "date"])
    if not isinstance(events, pd.DataFrame) or (events.columns == "date").sum() != 1:
        return events
    rows = events.assign(date=as_dates(events["date"]))
    words = rows["date"].astype(str)
    if "event_id" not in rows:
        return rows.assign(event_id=words)
    if pool and {"asset"} <= set(rows) and rows.columns.is_unique:
        twice = rows[["event_id", "asset"]].astype(str).duplicated().any()
        return rows.assign(event_id=rows["event_id"].astype(str) + " " + words) if twice else rows
    return rows


def _group_series(
    groups: Mapping[Any, Any], assets: Collection[object]
) -> tuple[pd.Series, list[Fault]]:
    """Read a dict of groups, each with a list of its assets."""
    known = list(map(str, assets))
    faults = [
        Fault(f"groups[{name!r}]", "a list of assets", repr(listed))
        for name, listed in groups.items()
        if not isinstance(listed, list | tuple)
    ]
    pairs = [(one, name) for name, listed in groups.items() if isinstance(listed, list | tuple)
             for one in listed]  # fmt: skip
    own = pd.Series([name for _, name in pairs], [one for one, _ in pairs], dtype=object)
    faults += [
        Fault(f"groups[{name!r}]", "columns of returns", repr(one), nearest(str(one), known))
        for one, name in pairs
        if one not in assets
    ]
    faults += [
        Fault("groups", "each asset in one group", f"{one!r} in {' and '.join(map(str, own[one]))}")
        for one in own.index[own.index.duplicated()].unique()
    ]
    return own, faults
