"""Event studies too large for memory: one batch of events after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.checks import event_faults
from research.events.models import Labels
from research.events.results import EventStudy
from research.events.study import event_study
from research.events.windows import place, sessions_by_calendar


def event_study_in_batches(
    returns: pd.DataFrame,
    benchmark: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    units_at_once: int = 10_000,
    **settings: Any,
) -> Iterator[EventStudy]:
    """Study a batch of events at a time, so that memory does not grow with their number.

    The rows of an ``event_id`` are never split, so that each group of firms is tested as a whole
    and ``pd.concat(study.tests() for study in batches)`` is what one call would give. Events come
    in the order of their first row. A batch needs about 40 kB for each row of ``events`` at 250
    days of estimation; what is kept of it is the caller's choice.

    Parameters
    ----------
    returns, benchmark, events
        As in `event_study`.
    units_at_once
        Rows of ``events`` in a batch. The last event of a batch may go beyond, and one event with
        more rows is a batch of its own.
    **settings
        All other arguments of `event_study`.

    Returns
    -------
    Iterator of EventStudy
        One a batch, computed when it is asked for.

    Raises
    ------
    InputError
        Before the first batch is given: as `event_study`, for all rows of ``events``; or if
        ``units_at_once`` is no whole number above zero.
    """
    if not isinstance(units_at_once, int | np.integer) or units_at_once < 1:
        fault = Fault("units_at_once", "a whole number, at least 1", repr(units_at_once))
        raise InputError("event_study cannot be done in batches.", [fault])
    raise_if(InputError, "event_study cannot start.", event_faults(events, returns))
    batches = _rows(events["event_id"], int(units_at_once))
    first = event_study(returns, benchmark, events.iloc[batches[0]], **settings)
    # The first study has checked the tables; now no later batch can fail for its events.
    factors = benchmark.to_frame() if isinstance(benchmark, pd.Series) else benchmark
    place(events, sessions_by_calendar(events, returns, factors), returns.index)
    rest = (event_study(returns, benchmark, events.iloc[rows], **settings) for rows in batches[1:])
    return chain([first], rest)


def _rows(event_id: pd.Series, units_at_once: int) -> list[Labels]:
    """Give the positions of the rows of each batch, those of one event together."""
    number, _ = pd.factorize(event_id)
    size = np.bincount(number)
    batch = (np.cumsum(size) - size) // units_at_once
    order = np.argsort(number, kind="stable")
    ends = np.flatnonzero(np.diff(batch[number[order]])) + 1
    return np.split(order, ends)
