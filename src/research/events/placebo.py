"""Time placebo: the same statistic on every quiet date, and the rank of the true one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.study import event_study
from research.sessions import sessions


@dataclass(frozen=True, eq=False, slots=True)
class Placebo:
    """A group's statistics on quiet dates.

    Attributes
    ----------
    table
        Index: quiet dates (day 0); columns: mean (CAAR, fraction), one column a test, its degrees
        of freedom as ``<test>_df`` and its p-value as ``<test>_pvalue``.
    group
        Name of the group.
    busy
        Dates left out because an event falls into their window.
    """

    table: pd.DataFrame
    group: str
    busy: pd.DatetimeIndex

    def rank(self, actual: float, statistic: str) -> tuple[float, int, int]:
        """Rank the size of a statistic among the quiet dates.

        ``p = (1 + #{|placebo| >= |actual|}) / (1 + N)``: exact when the true date is as likely
        as any quiet one under the null (Phipson and Smyth 2010,
        Statistical Applications in Genetics and Molecular Biology 9, article 39).

        Returns
        -------
        tuple
            p-value, number of quiet dates at least as large, number of quiet dates.
        """
        quiet = self.table[statistic].dropna().abs()
        larger = int((quiet >= abs(actual)).sum())
        if np.isnan(actual) or quiet.empty:
            return float("nan"), larger, len(quiet)
        return (1 + larger) / (1 + len(quiet)), larger, len(quiet)


def time_placebo(
    returns: pd.DataFrame,
    benchmark: pd.Series | pd.DataFrame,
    group: str,
    *,
    calendar: str,
    busy: Collection[pd.Timestamp],
    returns_are: str,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
    lags: int | None = None,
    leads: int | None = None,
    benchmark_calendar: str | None = None,
) -> Placebo:
    """Move the whole cross-section to every quiet session and take the same tests there.

    A session is quiet when no date of ``busy`` lies in its event window, and admissible when
    both windows lie inside the sample.

    Parameters
    ----------
    returns
        Dates x the assets of one group on one exchange (fractions).
    benchmark
        As in `event_study`.
    group
        Name of the group, for the result.
    calendar
        Exchange of the assets.
    busy
        Day 0 of every known event on that exchange.
    returns_are, model, window, estimation, lags, leads, benchmark_calendar
        As in `event_study`.

    Raises
    ------
    InputError
        If no quiet session is left, or a date of ``busy`` inside the sample is no session.
    """
    own = sessions(calendar, returns.index[0], returns.index[-1])
    occupied = _occupied(own, busy, calendar)
    dates = own[_quiet_positions(occupied, window, estimation)]
    rows = pd.MultiIndex.from_product([dates, returns.columns], names=["date", "asset"])
    events = rows.to_frame(index=False)
    events["event_id"] = events["date"].dt.strftime("%Y-%m-%d")
    events["calendar"] = calendar
    study = event_study(
        returns,
        benchmark,
        events,
        returns_are=returns_are,
        model=model,
        window=window,
        estimation=estimation,
        lags=lags,
        leads=leads,
        benchmark_calendar=benchmark_calendar,
    )
    tests = study.tests()
    values = tests.pivot(index="event_id", columns="test", values="statistic")
    for name in ("df", "pvalue"):
        wide = tests.pivot(index="event_id", columns="test", values=name)
        values = values.join(wide.add_suffix(f"_{name}"))
    values.insert(0, "mean", tests.drop_duplicates("event_id").set_index("event_id")["mean"])
    values.index = pd.DatetimeIndex(values.index, name="date")
    values.columns.name = None
    return Placebo(table=values, group=group, busy=own[occupied])


def _occupied(
    own: pd.DatetimeIndex, busy: Collection[pd.Timestamp], calendar: str
) -> NDArray[np.bool_]:
    """Mark the sessions that are day 0 of an event."""
    days = pd.DatetimeIndex(list(busy))
    inside = days[(days >= own[0]) & (days <= own[-1])]
    faults = [
        Fault(
            "busy", f"sessions of {calendar}", f"{day}", "Map news with research.events.day_zero."
        )
        for day in inside.difference(own)
    ]
    raise_if(InputError, "These events cannot be kept out of a placebo.", faults)
    return np.asarray(own.isin(days))


def _quiet_positions(
    occupied: NDArray[np.bool_], window: Sequence[int], estimation: Sequence[int]
) -> NDArray[np.int64]:
    """Find the sessions whose windows fit in the sample and whose event window is free."""
    events_before = np.concatenate([[0], np.cumsum(occupied)])
    positions = np.arange(max(-estimation[0], 0), len(occupied) - max(window[1], 0))
    in_window = events_before[positions + window[1] + 1] - events_before[positions + window[0]]
    quiet: NDArray[np.int64] = positions[in_window == 0]
    if not len(quiet):
        todo = "Shorten the estimation window or bring a longer sample."
        raise InputError(
            "No quiet date is left for a placebo.",
            [Fault("busy", "a session without an event", f"{occupied.sum()} events", todo)],
        )
    return quiet
