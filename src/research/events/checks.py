"""Checks of what `event_study` is given: every fault at once, with row and value."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.models import MODELS, n_coefficients
from research.events.settings import Settings
from research.sessions import EXCHANGES

#: A daily return above this (1,000 %) is taken for a price.
LARGEST_RETURN = 10.0

#: How many offending rows a fault names before it only counts the rest.
SHOWN = 3


def check_all(
    returns: pd.DataFrame,
    benchmark: pd.DataFrame,
    events: pd.DataFrame,
    settings: Settings,
) -> None:
    """Raise one `InputError` that lists every fault of the arguments.

    Raises
    ------
    InputError
        If any table or setting is not usable.
    """
    faults = [
        *_check_model(settings, benchmark),
        *_check_windows(settings, returns),
        *_check_table("returns", returns),
        *_check_total_losses(returns, settings),
        *_check_table("benchmark", benchmark),
        *_check_same_dates(returns, benchmark),
        *_check_events(events, returns),
    ]
    raise_if(InputError, "event_study cannot start.", faults)


def _check_same_dates(returns: pd.DataFrame, benchmark: pd.DataFrame) -> list[Fault]:
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
            f"{len(benchmark)} dates, {len(odd)} of them in one table only: {_shown(odd)}",
            "Reindex it to returns.index; a day without a value stays NaN.",
        )
    ]


def _check_model(settings: Settings, benchmark: pd.DataFrame) -> list[Fault]:
    faults = []
    model = settings.model
    n_factors = benchmark.shape[1] if isinstance(benchmark, pd.DataFrame) else 1
    if settings.returns_are not in ("simple", "log"):
        found = repr(settings.returns_are)
        faults.append(Fault("returns_are", "'simple' or 'log'", found, "Say which they are."))
    if model not in MODELS:
        near = get_close_matches(str(model), MODELS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        return [*faults, Fault("model", f"one of {', '.join(MODELS)}", repr(model), hint)]
    if model == "market_adjusted" and n_factors != 1:
        faults.append(Fault("benchmark", "one column for market_adjusted", f"{n_factors} columns"))
    if model == "market" and n_factors == 0:
        faults.append(Fault("benchmark", "at least one column for the market model", "none"))
    fewest = n_coefficients(model, n_factors) + 3
    if not _is_whole(settings.min_estimation) or settings.min_estimation < fewest:
        found = repr(settings.min_estimation)
        todo = "Patell's test needs T - k > 2."
        faults.append(Fault("min_estimation", f"at least {fewest} for this model", found, todo))
    return faults


def _check_windows(settings: Settings, returns: pd.DataFrame) -> list[Fault]:
    window, estimation = settings.window, settings.estimation
    faults = [
        Fault(name, "two whole numbers (first, last), first <= last", repr(pair))
        for name, pair in (("window", window), ("estimation", estimation))
        if not is_window(pair)
    ]
    if faults:
        return faults
    if estimation[1] >= window[0]:
        asked = f"an end before the event window starts at {window[0]}"
        todo = "The estimation window must not see the event."
        faults.append(Fault("estimation", asked, str(estimation[1]), todo))
    length = estimation[1] - estimation[0] + 1
    if _is_whole(settings.min_estimation) and length < settings.min_estimation:
        asked = f"at least min_estimation={settings.min_estimation} sessions"
        faults.append(Fault("estimation", asked, str(length)))
    span = max(window[1], 0) - min(estimation[0], 0) + 1
    if isinstance(returns, pd.DataFrame) and span > len(returns):
        asked = f"windows that fit into the {len(returns)} dates of returns"
        todo = "Shorten the windows or bring a longer sample."
        faults.append(Fault("window and estimation", asked, f"{span} sessions", todo))
    return faults


def is_window(pair: object) -> bool:
    """Tell whether ``pair`` is two whole numbers (first, last) with first <= last."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return False
    return _is_whole(pair[0]) and _is_whole(pair[1]) and pair[0] <= pair[1]


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_table(name: str, table: pd.DataFrame) -> list[Fault]:
    if not isinstance(table, pd.DataFrame):
        return [Fault(name, "a DataFrame, dates x columns", type(table).__name__)]
    faults = _check_dates(name, table.index) + _check_columns(name, table)
    return faults + _check_values(name, table.select_dtypes("number"))


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
        faults.append(Fault(f"{name}.index", "each date once", f"twice: {_shown(twice)}"))
    elif not index.is_monotonic_increasing:
        first = index[1:][np.diff(index.asi8) < 0][:1]
        faults.append(
            Fault(f"{name}.index", "dates in rising order", f"a step back at {_shown(first)}")
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
        faults.append(Fault(f"{name}.columns", "each column once", f"twice: {_shown(twice)}"))
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


def _check_total_losses(returns: pd.DataFrame, settings: Settings) -> list[Fault]:
    """Find simple returns below -100 %, which no share can earn: percent given as fractions."""
    if not isinstance(returns, pd.DataFrame) or settings.returns_are != "simple":
        return []
    table = returns.select_dtypes("number")
    values = table.to_numpy(dtype=float)
    impossible = (values < -1.0) & (values >= -LARGEST_RETURN)
    todo = "These look like per cent: give fractions, 0.01 for 1 %."
    return _fault_of_cells(
        "returns", table, impossible, "simple returns of at least -100 % (-1)", todo
    )


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


def _check_events(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    if not isinstance(events, pd.DataFrame):
        return [Fault("events", "a DataFrame", type(events).__name__)]
    missing = [c for c in ("event_id", "asset", "date") if c not in events]
    if missing:
        return [Fault("events", "columns event_id, asset, date", f"no {', '.join(missing)}")]
    if events.empty:
        return [Fault("events", "at least one row", "none")]
    return [
        *_check_event_keys(events),
        *_check_event_assets(events, returns),
        *_check_event_dates(events["date"]),
        *_check_calendars(events),
    ]


def _check_event_keys(events: pd.DataFrame) -> list[Fault]:
    keys = ["event_id", "asset"]
    faults = [
        Fault(f"events row {row}", "an event_id and an asset", f"no {column}")
        for column in keys
        for row in np.flatnonzero(events[column].isna())
    ]
    twice = events[events.duplicated(keys)]
    if len(twice):
        pairs = [f"{event} / {asset}" for event, asset in twice[keys].itertuples(index=False)]
        found = f"more than one for {_shown(pairs)}"
        faults.append(Fault("events", "one row for each event and asset", found))
    return faults


def _check_event_assets(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    if not isinstance(returns, pd.DataFrame):
        return []
    faults = []
    for asset in events["asset"].dropna().unique():
        if asset not in returns.columns:
            near = get_close_matches(str(asset), [str(c) for c in returns.columns], n=1)
            hint = f"Nearest: {near[0]}." if near else ""
            faults.append(Fault("events.asset", "a column of returns", repr(asset), hint))
    return faults


def _check_event_dates(dates: pd.Series) -> list[Fault]:
    todo = "Map news to sessions with research.events.day_zero."
    if not isinstance(dates.dtype, np.dtype) or dates.dtype.kind != "M":
        return [Fault("events.date", "dates without a time zone", str(dates.dtype), todo)]
    faults = [
        Fault(f"events row {row}", "a date", "none", todo) for row in np.flatnonzero(dates.isna())
    ]
    timed = dates.notna() & (dates != dates.dt.normalize())
    return faults + [
        Fault(f"events row {row}", "a date without a time of day", str(dates.iloc[row]), todo)
        for row in np.flatnonzero(timed)
    ]


def _check_calendars(events: pd.DataFrame) -> list[Fault]:
    if "calendar" not in events:
        return []
    known = events["calendar"].isin(list(EXCHANGES))
    todo = "Name the exchange in each row, or leave the column out."
    return [
        Fault(f"events row {row}", " or ".join(EXCHANGES), repr(events["calendar"].iloc[row]), todo)
        for row in np.flatnonzero(~known)
    ]


def _day(label: object) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def _shown(labels: Sequence[object] | pd.Index | pd.Series) -> str:
    names = [_day(label) for label in list(labels)[:SHOWN]]
    rest = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(names) + rest
