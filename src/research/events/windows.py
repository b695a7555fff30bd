"""Event and estimation windows: which rows of the tables each unit (event x asset) reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.models import Array, Labels
from research.events.settings import Settings
from research.sessions import sessions

#: Row of a day that lies outside the sample.
OUTSIDE = -1

# The calendar of an asset whose event row names none: the dates with a benchmark.
_BENCHMARK = "benchmark"


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """Values of each unit's windows; ``rows`` are positions in the dates of returns."""

    y: Array
    x: Array
    y_window: Array
    x_window: Array
    rows: Labels
    rows_window: Labels


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
    """Read every unit's windows by the sessions of its own calendar."""
    pairs = (settings.estimation, settings.window)
    offsets = [np.arange(first, last + 1) for first, last in pairs]
    rows = [np.full((len(units), len(offset)), OUTSIDE) for offset in offsets]
    for calendar, members in units.groupby("calendar", sort=False):
        own = own_sessions[str(calendar)]
        lookup = np.append(returns.index.get_indexer(own), OUTSIDE)
        for offset, target in zip(offsets, rows, strict=True):
            place = members["position"].to_numpy()[:, None] + offset
            outside = (place < 0) | (place >= len(own))
            target[members.index] = lookup[np.where(outside, len(own), place)]
    # One row of NaN at the end serves the days outside the sample (-1).
    columns = returns.columns.get_indexer(pd.Index(units["asset"]))[:, None]
    y = np.vstack([returns.to_numpy(dtype=float), np.full(returns.shape[1], np.nan)])
    x = np.vstack([factors.to_numpy(dtype=float), np.full(factors.shape[1], np.nan)])
    return Sample(
        y=y[rows[0], columns],
        x=x[rows[0]],
        y_window=y[rows[1], columns],
        x_window=x[rows[1]],
        rows=rows[0],
        rows_window=rows[1],
    )
