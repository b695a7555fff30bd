"""Checks of what `event_study` is given: every fault at once, with row and value.

Model, windows and events here; the tables of numbers in `research.events.table_checks`.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.alignment import check_benchmark_calendar
from research.events.confounders import check_exclude
from research.events.garch import check_arch
from research.events.lags import check_lags, check_leads_end_before_the_event, estimation_shifts
from research.events.models import MODELS, n_coefficients
from research.events.settings import Settings
from research.events.table_checks import (
    check_same_dates,
    check_table,
    check_total_losses,
    shown,
)
from research.sessions import EXCHANGES

# Models that are made for one benchmark.
_ONE_COLUMN = ("market_adjusted", "scholes_williams")
_COLUMNS = ("event_id", "asset", "date", "calendar")


def check_all(
    returns: pd.DataFrame,
    benchmark: pd.DataFrame,
    events: pd.DataFrame,
    settings: Settings,
    exclude: object = None,
) -> None:
    """Raise one `InputError` that lists every fault of the arguments.

    Raises
    ------
    InputError
        If any table or setting is not usable.
    """
    faults = [
        *_check_model(settings, benchmark, returns),
        *_check_windows(settings, returns),
        *check_table("returns", returns),
        *check_table("benchmark", benchmark),
        *_check_losses(settings, returns, benchmark),
        *check_same_dates(returns, benchmark),
        *event_faults(events, returns),
        *check_benchmark_calendar(settings, events),
        *check_exclude(exclude, events),
    ]
    raise_if(InputError, "event_study cannot start.", faults)


def _check_losses(
    settings: Settings, returns: pd.DataFrame, benchmark: pd.DataFrame
) -> list[Fault]:
    # Any object can stand here: an array has no plain answer to ==.
    if not isinstance(settings.returns_are, str) or settings.returns_are != "simple":
        return []
    return [*check_total_losses(returns), *check_total_losses(benchmark, "benchmark")]


def _check_model(settings: Settings, benchmark: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    faults = []
    model = settings.model
    n_factors = benchmark.shape[1] if isinstance(benchmark, pd.DataFrame) else 1
    if not _is_one_of(settings.returns_are, ("simple", "log")):
        found = repr(settings.returns_are)
        faults.append(Fault("returns_are", "'simple' or 'log'", found, "Say which they are."))
    if not _is_one_of(model, MODELS):
        near = get_close_matches(str(model), MODELS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        return [*faults, Fault("model", f"one of {', '.join(MODELS)}", repr(model), hint)]
    if model in _ONE_COLUMN and n_factors != 1:
        faults.append(Fault("benchmark", f"one column for {model}", f"{n_factors} columns"))
    elif model != "mean" and n_factors == 0:
        faults.append(Fault("benchmark", f"at least one column for the {model} model", "none"))
    of_lags = check_lags(settings, returns)
    faults += [*check_arch(model), *of_lags]
    n_columns = n_factors * (1 if of_lags else len(estimation_shifts(settings)))
    fewest = n_coefficients(model, n_columns) + 3
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
    elif _is_one_of(settings.model, MODELS) and not check_lags(settings, returns):
        faults += check_leads_end_before_the_event(settings)
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


def is_label(value: object) -> bool:
    """Tell whether a value can name a thing; a list or an array cannot."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _is_one_of(value: object, names: Collection[str]) -> bool:
    # Lists and arrays cannot be looked up.
    return isinstance(value, str) and value in names


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def event_faults(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with a table of events: columns, keys, assets, dates, calendars."""
    if not isinstance(events, pd.DataFrame):
        return [Fault("events", "a DataFrame", type(events).__name__)]
    missing = [c for c in ("event_id", "asset", "date") if c not in events]
    if missing:
        return [Fault("events", "columns event_id, asset, date", f"no {', '.join(missing)}")]
    twice = sorted({c for c in _COLUMNS if (events.columns == c).sum() > 1})
    if twice:
        return [Fault("events", "each column once", f"more than one {', '.join(twice)}")]
    if events.empty:
        return [Fault("events", "at least one row", "none")]
    return [
        *_check_event_keys(events),
        *_check_event_assets(events, returns),
        *_check_event_dates(events["date"]),
        *_check_events_inside(events, returns),
        *_check_calendars(events),
    ]


def _check_event_keys(events: pd.DataFrame) -> list[Fault]:
    keys = ["event_id", "asset"]
    faults = [
        Fault(f"events row {row}", "an event_id and an asset", f"no {column}")
        for column in keys
        for row in np.flatnonzero(events[column].isna())
    ]
    named = events[keys].map(is_label)
    faults += [
        Fault(f"events row {row}", f"a name as {column}", repr(events[column].iloc[row]))
        for column in keys
        for row in np.flatnonzero(~named[column])
    ]
    pairs_named = events.loc[named.all(axis=1).to_numpy(), keys]
    twice = pairs_named[pairs_named.duplicated()]
    if len(twice):
        pairs = [f"{event} / {asset}" for event, asset in twice.itertuples(index=False)]
        found = f"more than one for {shown(pairs)}"
        faults.append(Fault("events", "one row for each event and asset", found))
    return faults


def _check_event_assets(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    if not isinstance(returns, pd.DataFrame):
        return []
    faults = []
    names = [asset for asset in events["asset"].dropna() if is_label(asset)]
    for asset in dict.fromkeys(names):
        if asset not in returns.columns:
            near = get_close_matches(str(asset), [str(c) for c in returns.columns], n=1)
            hint = f"Nearest: {near[0]}." if near else ""
            faults.append(Fault("events.asset", "a column of returns", repr(asset), hint))
    return faults


def _check_event_dates(dates: pd.Series) -> list[Fault]:
    todo = "Map news to sessions with research.events.day_zero."
    if not isinstance(dates.dtype, np.dtype) or dates.dtype.kind != "M":
        found = f"{dates.dtype}, first {dates.iloc[0]!r}"
        return [Fault("events.date", "a column of dates without a time zone", found, todo)]
    faults = [
        Fault(f"events row {row}", "a date", "none", todo) for row in np.flatnonzero(dates.isna())
    ]
    timed = dates.notna() & (dates != dates.dt.normalize())
    return faults + [
        Fault(f"events row {row}", "a date without a time of day", str(dates.iloc[row]), todo)
        for row in np.flatnonzero(timed)
    ]


def _check_events_inside(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    """Find dates before the first and after the last date of returns."""
    days = returns.index if isinstance(returns, pd.DataFrame) else None
    dates = events["date"]
    if not (isinstance(days, pd.DatetimeIndex) and len(days.dropna()) and days.tz is None):
        return []
    if not isinstance(dates.dtype, np.dtype) or dates.dtype.kind != "M":
        return []
    first, last = days.min(), days.max()
    outside = np.flatnonzero((dates < first) | (dates > last))
    rows = events.iloc[outside]
    return [
        Fault(
            f"events row {number} ({row.event_id} / {row.asset})",
            f"a session between {first:%Y-%m-%d} and {last:%Y-%m-%d}",
            f"{row.date:%Y-%m-%d}",
            "Map the news with research.events.day_zero, or bring a longer sample.",
        )
        for number, row in zip(outside, rows.itertuples(), strict=True)
    ]


def _check_calendars(events: pd.DataFrame) -> list[Fault]:
    if "calendar" not in events:
        return []
    known = np.array([_is_one_of(code, EXCHANGES) for code in events["calendar"]])
    todo = "Name the exchange in each row, or leave the column out."
    return [
        Fault(f"events row {row}", " or ".join(EXCHANGES), repr(events["calendar"].iloc[row]), todo)
        for row in np.flatnonzero(~known)
    ]
