"""Day 0 of an event on each exchange, and what another exchange did between two own closes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.sessions import EXCHANGES, closing_times, first_session


def day_zero(events: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Map every event to its first session on the exchange of every asset.

    Parameters
    ----------
    events
        Index ``event_id``; ``moment_utc`` (with a zone) of the news, as ``deal/events``
        gives it.
    calendars
        Exchange code of each asset (index: assets).

    Table: one row an event and asset: event_id, asset, date (day 0), calendar, asked_utc (the
    moment of the news), phase (before open, in session, after close, no session that day).
    """
    raise_if(InputError, "day_zero cannot start.", _faults(events, calendars))
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


def _faults(events: object, calendars: object) -> list[Fault]:
    faults = []
    if not isinstance(calendars, pd.Series):
        asked = "a Series of exchange codes, index: assets"
        faults.append(Fault("calendars", asked, type(calendars).__name__))
    else:
        faults += [
            Fault(f"calendars[{asset!r}]", " or ".join(EXCHANGES), repr(code))
            for asset, code in calendars.items()
            if not isinstance(code, str) or code not in EXCHANGES
        ]
    if not isinstance(events, pd.DataFrame):
        faults.append(Fault("events", "a DataFrame, index: event_id", type(events).__name__))
    elif list(events.columns).count("moment_utc") != 1:
        found = ", ".join(map(str, events.columns)) or "none"
        faults.append(Fault("events", "one column moment_utc", found))
    for name, table in (("calendars", calendars), ("events", events)):
        if isinstance(table, pd.Series | pd.DataFrame):
            twice = table.index[table.index.duplicated()].unique()
            faults += [
                Fault(name, "each label once", f"{label!r} more than once") for label in twice
            ]
    return faults


def previous_sessions(returns: pd.Series, source: str, target: str) -> pd.DataFrame:
    """Compound what ``source`` earned between two closes of ``target``.

    A Tokyo session knows the New York sessions that closed after Tokyo's previous close and
    before its own. After a Tokyo holiday that is two or more of them (compounded); after a New
    York holiday it is none, and the return is exactly zero because nothing was traded.

    ``returns`` are simple, on the sessions of ``source`` (fractions).

    Table: index: sessions of ``target`` that the returns cover; ``return`` (fraction) and
    ``sessions`` (how many source sessions were compounded). NaN where one of those has no return,
    also before the first return of the sample.
    """
    closes, targets = closing_times(source), closing_times(target)
    own = returns.dropna()
    if own.empty or own.index.has_duplicates or not own.index.isin(closes.index).all():
        odd = own.index[own.index.duplicated() | ~own.index.isin(closes.index)]
        found = f"{len(odd)} other values, first on {odd[0]}" if len(odd) else "none"
        asked = f"at least one value, on sessions of {source} alone, each once"
        summary = "The returns cannot be brought to another exchange."
        raise InputError(summary, [Fault("returns", asked, found)])
    growth = np.log1p(own.reindex(closes.index).to_numpy(dtype=float))
    # Position of the first target close after each source close.
    slot = targets.searchsorted(closes.to_numpy(), side="right")
    inside = slot < len(targets)
    total = np.bincount(slot[inside], weights=growth[inside], minlength=len(targets))
    count = np.bincount(slot[inside], minlength=len(targets))
    out = pd.DataFrame({"return": np.expm1(total), "sessions": count}, index=targets.index)
    covered = (targets > closes[own.index[0]]) & (targets.index <= own.index[-1])
    return out[covered.to_numpy()]
