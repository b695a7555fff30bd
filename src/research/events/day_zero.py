"""Day 0 of each event for each asset: the first session of its exchange that can react."""

from __future__ import annotations

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.sessions import first_session


def day_zero(events: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Map every event to its first session on the exchange of every asset.

    Parameters
    ----------
    events
        Index ``event_id``; ``moment_utc`` (with a zone) of the news, as `research.data.load_events`
        gives it.
    calendars
        Exchange code of each asset (index: assets).

    Returns
    -------
    pandas.DataFrame
        One row an event and asset: event_id, asset, date (day 0), calendar, asked_utc (the
        moment of the news), phase (before open, in session, after close, no session that day).

    Raises
    ------
    InputError
        If an asset has no calendar or an event no moment.
    """
    faults = [
        Fault(f"calendars[{asset!r}]", "an exchange code", "none")
        for asset in calendars.index[calendars.isna()]
    ]
    faults += [
        Fault(f"events[{event!r}]", "a moment with a time zone", "none")
        for event in events.index[events["moment_utc"].isna()]
    ]
    raise_if(InputError, "day_zero needs a calendar and a moment for each pair.", faults)
    rows = []
    for event_id, when in events["moment_utc"].items():
        for code in calendars.unique():
            found = first_session(when, code)
            for asset in calendars.index[calendars == code]:
                rows.append((event_id, asset, found.used, code, found.asked, found.phase))
    columns = ["event_id", "asset", "date", "calendar", "asked_utc", "phase"]
    return pd.DataFrame(rows, columns=columns)
