"""Event and estimation windows: which rows of the tables each unit (event x asset) reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.alignment import benchmark_of
from research.events.lags import estimation_shifts, window_shifts
from research.events.models import Array, Labels
from research.events.settings import Settings
from research.sessions import sessions

#: Row of a day that lies outside the sample.
OUTSIDE = -1

# The calendar of an asset whose event row names none: the dates with a benchmark.
_BENCHMARK = "benchmark"


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """Values of each unit's windows; ``rows`` are positions in the dates of returns.

    ``x`` has the columns of the benchmark once for each session that the model reads
    (`research.events.lags`), the earliest first. ``cut`` marks estimation days that are left out
    for another event (`research.events.confounders`).
    """

    y: Array
    x: Array
    y_window: Array
    x_window: Array
    rows: Labels
    rows_window: Labels
    cut: NDArray[np.bool_]


def sessions_by_calendar(
    events: pd.DataFrame, returns: pd.DataFrame, factors: pd.DataFrame
) -> dict[str, pd.DatetimeIndex]:
    """List the sessions of each calendar that the events name."""
    if "calendar" in events:
        first, last = returns.index[0], returns.index[-1]
        return {str(code): sessions(code, first, last) for code in events["calendar"].unique()}
    table = factors if factors.shape[1] else returns
    return {_BENCHMARK: pd.DatetimeIndex(returns.index[table.notna().any(axis=1)])}


def with_every_session(
    returns: pd.DataFrame, factors: pd.DataFrame, own_sessions: dict[str, pd.DatetimeIndex]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each session a row: a day that the tables lack is a day without a value."""
    every = returns.index
    for own in own_sessions.values():
        every = every.union(own)
    return returns.reindex(every), factors.reindex(every)


def place(
    events: pd.DataFrame, own_sessions: dict[str, pd.DatetimeIndex], index: pd.Index
) -> pd.DataFrame:
    """Add to each event row its calendar and the position of day 0 among its sessions."""
    units = events.reset_index(drop=True)[["event_id", "asset", "date"]].copy()
    units["calendar"] = events["calendar"].to_numpy() if "calendar" in events else _BENCHMARK
    units["position"] = -1
    for calendar, rows in units.groupby("calendar", sort=False):
        position = own_sessions[str(calendar)].get_indexer(pd.DatetimeIndex(rows["date"]))
        units.loc[rows.index, "position"] = position
    faults = [
        Fault(
            f"events row {row.Index} ({row.event_id} / {row.asset})",
            f"a {row.calendar} session between {index[0]:%Y-%m-%d} and {index[-1]:%Y-%m-%d}",
            f"{row.date:%Y-%m-%d}",
            "Map the news with research.events.day_zero, or bring a longer sample.",
        )
        for row in units[units["position"] < 0].itertuples()
    ]
    raise_if(InputError, "event_study cannot place day 0.", faults)
    return units


def gather(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    returns: pd.DataFrame,
    factors: pd.DataFrame,
    settings: Settings,
) -> Sample:
    """Read every unit's windows by the sessions of its own calendar, lags and leads included."""
    estimation, window = (
        np.arange(first, last + 1) for first, last in (settings.estimation, settings.window)
    )
    index = returns.index
    rows = _rows(units, own_sessions, index, estimation)
    rows_window = _rows(units, own_sessions, index, window)
    columns = returns.columns.get_indexer(pd.Index(units["asset"]))[:, None]
    y = _with_outside(returns)
    x = np.stack([_with_outside(benchmark_of(factors, c, settings)) for c in own_sessions])
    own = pd.Index(own_sessions).get_indexer(pd.Index(units["calendar"]))[:, None]

    def benchmark(offset: Labels, shifts: Sequence[int]) -> Array:
        shifted = [_rows(units, own_sessions, index, offset + shift) for shift in shifts]
        return np.concatenate([x[own, place] for place in shifted], axis=-1)

    return Sample(
        y=y[rows, columns],
        x=benchmark(estimation, estimation_shifts(settings)),
        y_window=y[rows_window, columns],
        x_window=benchmark(window, window_shifts(settings)),
        rows=rows,
        rows_window=rows_window,
        cut=np.zeros(rows.shape, dtype=bool),
    )


def _with_outside(table: pd.DataFrame) -> Array:
    """Give the values with one row of NaN at the end: the row of days outside the sample (-1)."""
    return np.vstack([table.to_numpy(dtype=float), np.full(table.shape[1], np.nan)])


def _rows(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    index: pd.Index,
    offset: Labels,
) -> Labels:
    """Find the rows of the sessions ``offset`` after each unit's day 0, (U, days)."""
    out = np.full((len(units), len(offset)), OUTSIDE)
    for calendar, members in units.groupby("calendar", sort=False):
        own = own_sessions[str(calendar)]
        lookup = np.append(index.get_indexer(own), OUTSIDE)
        place = members["position"].to_numpy()[:, None] + offset
        place[(place < 0) | (place >= len(own))] = len(own)
        out[members.index] = lookup[place]
    return out
