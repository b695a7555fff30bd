"""Time placebo: the same statistic on every quiet date, and the rank of the true one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from research.errors import Fault, InputError, raise_if
from research.events.design import Benchmark
from research.events.models import Array, Labels
from research.events.study import event_study
from research.events.tests import TESTS
from research.sessions import sessions


@dataclass(frozen=True, eq=False, slots=True)
class Placebo:
    """A group's statistics on quiet dates.

    Attributes
    ----------
    table
        Index: quiet dates (day 0); columns: mean (CAAR, fraction), one column a test, and its
        p-value as ``<test>_pvalue``.
    every
        The same on every session whose windows lie inside the sample, quiet or not.
    """

    table: pd.DataFrame
    every: pd.DataFrame

    def rank(self, actual: ArrayLike, statistic: str) -> tuple[Array, Labels, int]:
        """Rank the size of a statistic among the quiet dates.

        ``p = (1 + #{|placebo| >= |actual|}) / (1 + N)``: exact when the true date is as likely
        as any quiet one under the null (Phipson and Smyth 2010,
        Statistical Applications in Genetics and Molecular Biology 9, article 39).

        Gives p and the number of quiet dates at least as large, shaped as ``actual``, and of all.
        """
        quiet = np.sort(self.table[statistic].dropna().abs().to_numpy())
        larger = len(quiet) - quiet.searchsorted(np.abs(actual))
        p = np.where(np.isnan(actual) | (len(quiet) == 0), np.nan, (1 + larger) / (1 + len(quiet)))
        return p[()], larger, len(quiet)


def time_placebo(
    returns: pd.DataFrame,
    benchmark: Benchmark,
    *,
    calendar: str,
    busy: Collection[pd.Timestamp],
    window: Sequence[int],
    estimation: Sequence[int],
    tests: Collection[str] = tuple(TESTS),
    **settings: Any,
) -> Placebo:
    """Move the whole cross-section to every session and take the same ``tests`` there.

    A session is quiet when no date of ``busy`` lies in its event window, and admissible when
    both windows lie inside the sample.

    All ``returns`` are those of one group on the exchange ``calendar``; ``busy`` holds day 0 of
    every known event there.
    """
    own = sessions(calendar, returns.index[0], returns.index[-1])
    days = pd.DatetimeIndex(list(busy))
    odd = days[(days >= own[0]) & (days <= own[-1])].difference(own)
    todo = "Map news with research.events.day_zero."
    faults = [Fault("busy", f"sessions of {calendar}", f"{day}", todo) for day in odd]
    raise_if(InputError, "These events cannot be kept out of a placebo.", faults)
    occupied = np.asarray(own.isin(days))
    events_before = np.concatenate([[0], np.cumsum(occupied)])
    positions = np.arange(max(-estimation[0], 0), len(own) - max(window[1], 0))
    in_window = events_before[positions + window[1] + 1] - events_before[positions + window[0]]
    dates, quiet = own[positions], in_window == 0
    if not quiet.any():
        todo = "Shorten the estimation window or bring a longer sample."
        fault = Fault("busy", "a session without an event", f"{occupied.sum()} events", todo)
        raise InputError("No quiet date is left for a placebo.", [fault])
    rows = pd.MultiIndex.from_product([dates, returns.columns], names=["date", "asset"])
    ids = np.repeat(dates.strftime("%Y-%m-%d"), returns.shape[1])
    events = rows.to_frame(index=False).assign(event_id=ids, calendar=calendar)
    settings |= {"window": window, "estimation": estimation, "allow_empty": True}
    # Test by test, each with all dates.
    found = event_study(returns, benchmark, events, **settings).tests(names=tests)
    columns, names = {"mean": found["mean"].to_numpy()[: len(dates)]}, found["test"].unique()
    for values, suffix in (("statistic", ""), ("pvalue", "_pvalue")):
        each = found[values].to_numpy().reshape(len(names), len(dates))
        columns |= {f"{name}{suffix}": one for name, one in zip(names, each, strict=True)}
    table = pd.DataFrame(columns, index=dates.rename("date"))
    return Placebo(table=table[quiet], every=table)
