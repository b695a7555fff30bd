"""Day 0 of each event for each asset: the first session of its exchange that can react."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.sessions import EXCHANGES, first_session


def day_zero(events: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Map every event to its first session on the exchange of every asset.

    Parameters
    ----------
    events
        Index ``event_id``; ``moment_utc`` (with a zone) of the news, as ``deal/events``
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
        If a table is none, a label stands twice, an asset has no known calendar, or an event no
        usable moment.
    """
    faults = [*_faults_of_calendars(calendars), *_faults_of_events(events)]
    raise_if(InputError, "day_zero cannot start.", faults)
    rows, faults = [], []
    for event_id, when in events["moment_utc"].items():
        for code in calendars.unique():
            try:
                found = first_session(when, code)
            except InputError as error:
                faults += [replace(f, where=f"events[{event_id!r}]") for f in error.faults]
                continue
            for asset in calendars.index[calendars == code]:
                rows.append((event_id, asset, found.used, code, found.asked, found.phase))
    raise_if(InputError, "day_zero cannot place these events.", list(dict.fromkeys(faults)))
    columns = ["event_id", "asset", "date", "calendar", "asked_utc", "phase"]
    return pd.DataFrame(rows, columns=columns)


def _faults_of_calendars(calendars: object) -> list[Fault]:
    if not isinstance(calendars, pd.Series):
        asked = "a Series of exchange codes, index: assets"
        return [Fault("calendars", asked, type(calendars).__name__)]
    unknown = [
        Fault(f"calendars[{asset!r}]", " or ".join(EXCHANGES), repr(code))
        for asset, code in calendars.items()
        if not isinstance(code, str) or code not in EXCHANGES
    ]
    return unknown + _faults_of_index("calendars", calendars.index)


def _faults_of_events(events: object) -> list[Fault]:
    if not isinstance(events, pd.DataFrame):
        return [Fault("events", "a DataFrame, index: event_id", type(events).__name__)]
    faults = []
    if list(events.columns).count("moment_utc") != 1:
        found = ", ".join(map(str, events.columns)) or "none"
        faults.append(Fault("events", "one column moment_utc", found))
    return faults + _faults_of_index("events", events.index)


def _faults_of_index(name: str, index: pd.Index) -> list[Fault]:
    twice = index[index.duplicated()].unique()
    return [Fault(name, "each label once", f"{label!r} more than once") for label in twice]
