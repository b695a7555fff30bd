"""Checks of what `event_study` is given: every fault at once, with row and value."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.models import MODELS, n_coefficients
from research.events.settings import Settings

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
        *_check_windows(settings),
        *_check_table("returns", returns),
        *_check_table("benchmark", benchmark),
        *_check_events(events, returns),
    ]
    if isinstance(returns, pd.DataFrame) and not benchmark.index.equals(returns.index):
        odd = benchmark.index.symmetric_difference(returns.index)
        faults.append(
            Fault(
                "benchmark",
                f"the {len(returns)} dates of returns",
                f"{len(benchmark)} dates, {len(odd)} of them in one table only {_shown(odd)}",
                "Reindex it to returns.index; a day without a value stays NaN.",
            )
        )
    raise_if(InputError, "event_study cannot start.", faults)


def _check_model(settings: Settings, benchmark: pd.DataFrame) -> list[Fault]:
    faults = []
    model, n_factors = settings.model, benchmark.shape[1]
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
    if settings.min_estimation < fewest:
        found = str(settings.min_estimation)
        todo = "Patell's test needs T - k > 2."
        faults.append(Fault("min_estimation", f"at least {fewest} for this model", found, todo))
    return faults


def _check_windows(settings: Settings) -> list[Fault]:
    window, estimation = settings.window, settings.estimation
    faults = []
    for name, pair in (("window", window), ("estimation", estimation)):
        is_pair = len(pair) == 2 and all(isinstance(day, int | np.integer) for day in pair)
        if not is_pair or pair[0] > pair[1]:
            asked = "two whole numbers (first, last), first <= last"
            faults.append(Fault(name, asked, repr(tuple(pair))))
    if faults:
        return faults
    if estimation[1] >= window[0]:
        asked = f"an end before the event window starts at {window[0]}"
        todo = "The estimation window must not see the event."
        faults.append(Fault("estimation", asked, str(estimation[1]), todo))
    length = estimation[1] - estimation[0] + 1
    if length < settings.min_estimation:
        asked = f"at least min_estimation={settings.min_estimation} sessions"
        faults.append(Fault("estimation", asked, str(length)))
    return faults


def _check_table(name: str, table: pd.DataFrame) -> list[Fault]:
    if not isinstance(table, pd.DataFrame):
        return [Fault(name, "a DataFrame, dates x columns", type(table).__name__)]
    faults = _check_dates(name, table.index) + _check_columns(name, table)
    numeric = [c for c in table if pd.api.types.is_numeric_dtype(table[c])]
    if name == "returns" or numeric:
        faults += _check_values(name, table.loc[:, numeric])
    return faults


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
    return faults


def _check_columns(name: str, table: pd.DataFrame) -> list[Fault]:
    faults = []
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique()
        faults.append(Fault(f"{name}.columns", "each column once", f"twice: {_shown(twice)}"))
    for position, column in enumerate(table.columns):
        values = table.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            text = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
            example = (
                f", for example {text.iloc[0]!r} on {_day(text.index[0])}" if len(text) else ""
            )
            faults.append(Fault(f"{name}[{column!r}]", "numbers", f"{values.dtype}{example}"))
    return faults


def _check_values(name: str, table: pd.DataFrame) -> list[Fault]:
    values = table.to_numpy(dtype=float)
    faults = []
    for bad, asked, todo in (
        (np.isinf(values), "finite returns", "Look for a price of zero."),
        (
            np.isfinite(values) & (np.abs(values) > LARGEST_RETURN),
            f"returns as fractions, at most {LARGEST_RETURN:.0%} in size",
            "These look like prices or basis points: give fractions, 0.01 for 1 %.",
        ),
    ):
        rows, columns = np.nonzero(bad)
        if len(rows):
            cells = [
                f"{table.columns[c]} on {_day(table.index[r])}: {values[r, c]:g}"
                for r, c in zip(rows[:SHOWN], columns[:SHOWN], strict=True)
            ]
            rest = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
            faults.append(Fault(name, asked, "; ".join(cells) + rest, todo))
    return faults


def _check_events(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    if not isinstance(events, pd.DataFrame):
        return [Fault("events", "a DataFrame", type(events).__name__)]
    missing = [c for c in ("event_id", "asset", "date") if c not in events]
    if missing:
        return [Fault("events", "columns event_id, asset, date", f"no {', '.join(missing)}")]
    if events.empty:
        return [Fault("events", "at least one row", "none")]
    faults = []
    twice = events[events.duplicated(["event_id", "asset"])]
    if len(twice):
        pairs = twice[["event_id", "asset"]].agg(" / ".join, axis=1)
        faults.append(Fault("events", "one row for each event and asset", _shown(pairs)))
    if isinstance(returns, pd.DataFrame):
        for asset in events["asset"].unique():
            if asset not in returns.columns:
                near = get_close_matches(str(asset), [str(c) for c in returns.columns], n=1)
                hint = f"Nearest: {near[0]}." if near else ""
                faults.append(Fault("events.asset", "a column of returns", repr(asset), hint))
    if not isinstance(events["date"].dtype, np.dtype) or events["date"].dtype.kind != "M":
        todo = "Map news to sessions with research.events.day_zero."
        found = str(events["date"].dtype)
        faults.append(Fault("events.date", "dates without a time zone", found, todo))
    return faults


def _day(label: object) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def _shown(labels: Sequence[object] | pd.Index | pd.Series) -> str:
    names = [_day(label) for label in list(labels)[:SHOWN]]
    rest = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(names) + rest
