"""Sessions around a day whose benchmark a model reads: lags before it, leads after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.errors import Fault
from research.events.settings import Settings

#: Models that read the benchmark of other sessions; Scholes and Williams read one on each side.
_NEIGHBOURS = {"scholes_williams": (1, 1)}


def estimation_shifts(settings: Settings) -> Sequence[int]:
    """List the sessions, relative to each estimation day, whose benchmark is read (-1: before)."""
    lags, leads = _NEIGHBOURS.get(settings.model, (settings.lags or 0, settings.leads or 0))
    return range(-lags, leads + 1)


def window_shifts(settings: Settings) -> Sequence[int]:
    """List the sessions, relative to each event day, whose benchmark is read."""
    # The neighbours of Scholes and Williams serve to find beta; the forecast needs the day alone.
    return (0,) if settings.model in _NEIGHBOURS else estimation_shifts(settings)


def check_lags(settings: Settings, returns: pd.DataFrame) -> list[Fault]:
    """Find lags and leads that are missing, not usable, not for this model or too long."""
    given = {"lags": settings.lags, "leads": settings.leads}
    if settings.model != "dimson":
        todo = "Leave it out, or use model='dimson'."
        return [
            Fault(name, f"nothing for the model {settings.model!r}", repr(value), todo)
            for name, value in given.items()
            if value is not None
        ]
    todo = "Say how many sessions: 1 for trades a session late, more for shares that trade rarely."
    faults = [
        Fault(name, "a whole number from 0 for the model 'dimson'", repr(value), todo)
        for name, value in given.items()
        if not _is_count(value)
    ]
    return faults or _check_length(settings, returns)


def check_leads_end_before_the_event(settings: Settings) -> list[Fault]:
    """Find leads that carry the last estimation days into the event window."""
    leads = estimation_shifts(settings)[-1]
    if settings.estimation[1] + leads < settings.window[0] or leads == 0:
        return []
    asked = f"an end at or before {settings.window[0] - leads - 1}, so that its benchmark "
    asked += f"{leads} ahead ends before the event window starts at {settings.window[0]}"
    todo = "The estimation window must not see the event."
    return [Fault("estimation", asked, str(settings.estimation[1]), todo)]


def _is_count(value: object) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value >= 0  # type: ignore[operator]


def _check_length(settings: Settings, returns: pd.DataFrame) -> list[Fault]:
    shifts = estimation_shifts(settings)
    if not isinstance(returns, pd.DataFrame) or len(shifts) <= len(returns):
        return []
    asked = f"fewer sessions than the {len(returns)} dates of returns"
    todo = "Take fewer lags and leads, or bring a longer sample."
    return [Fault("lags and leads", asked, f"{len(shifts) - 1} around each day", todo)]
