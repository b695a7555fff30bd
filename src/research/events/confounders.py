"""Other events: estimation days inside their windows, and event windows that hold their day 0.

An event elsewhere in the estimation window makes a share look louder than it is; one inside the
event window leaves it open which of the two was measured.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.models import Labels
from research.events.settings import Settings
from research.sessions import EXCHANGES, sessions

Mask = NDArray[np.bool_]


def other_events(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    exclude: pd.DataFrame,
    settings: Settings,
) -> tuple[Mask, Mask]:
    """Mark what other events disturb; an event never disturbs units of its own ``event_id``.

    Parameters
    ----------
    units, own_sessions
        As `research.events.windows.place` and `sessions_by_calendar` make them.
    exclude
        One row an event: event_id, date (its day 0) and, where the units name their exchanges,
        calendar. A row concerns all assets of its exchange; with a column asset, that one alone.
        An event outside the sample counts as far as its window reaches into it, which only the
        calendar of an exchange can tell.

    Returns
    -------
    tuple
        (U, T): the estimation day lies in the event window of another event. (U,): the unit's
        event window contains the day 0 of another event.

    Raises
    ------
    InputError
        If a date inside the sample is no session of its calendar.
    """
    offsets = np.arange(settings.estimation[0], settings.estimation[1] + 1)
    first, last = settings.window
    cut = np.zeros((len(units), len(offsets)), dtype=bool)
    confounded = np.zeros(len(units), dtype=bool)
    placed = _place(exclude, own_sessions)
    keys = ["calendar", *(["asset"] if "asset" in exclude else [])]
    rows = dict(iter(placed.groupby(keys)))
    for key, members in units.groupby(keys, sort=False):
        if key not in rows:
            continue
        zero = members["position"].to_numpy()
        days = zero[:, None] + offsets
        events, own = rows[key], members["event_id"]
        cut[members.index] = _any_other(events, own, days - last, days - first)
        confounded[members.index] = _any_other(events, own, zero + first, zero + last)
    return cut, confounded


def check_exclude(exclude: object, events: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with the table of other events."""
    if exclude is None:
        return []
    if not isinstance(exclude, pd.DataFrame):
        return [Fault("exclude", "a DataFrame of events", type(exclude).__name__)]
    by_exchange = isinstance(events, pd.DataFrame) and "calendar" in events
    needed = ["event_id", "date", *(["calendar"] if by_exchange else [])]
    missing = [column for column in needed if column not in exclude]
    if missing:
        todo = "research.events.day_zero makes such a table."
        asked = f"columns {', '.join(needed)}"
        return [Fault("exclude", asked, f"no {', '.join(missing)}", todo)]
    dates = exclude["date"]
    if not isinstance(dates.dtype, np.dtype) or dates.dtype.kind != "M":
        return [Fault("exclude.date", "dates without a time zone", str(dates.dtype))]
    if not by_exchange and "calendar" in exclude:
        todo = "Name the exchange of each event row, too."
        return [Fault("exclude", "no calendar, as events name none", "a column calendar", todo)]
    return _check_rows(exclude, needed)


def _check_rows(exclude: pd.DataFrame, needed: list[str]) -> list[Fault]:
    faults = [
        Fault(f"exclude row {row}", f"a value of {column}", "none")
        for column in needed
        for row in np.flatnonzero(exclude[column].isna())
    ]
    if "calendar" in needed:
        faults += [
            Fault(f"exclude row {row}", " or ".join(EXCHANGES), repr(code))
            for row, code in enumerate(exclude["calendar"])
            if pd.notna(code) and code not in EXCHANGES
        ]
    keys = [c for c in ("calendar", "asset", "event_id") if c in exclude]
    moments = exclude.drop_duplicates([*keys, "date"])
    return faults + [
        Fault("exclude", f"one date for event {event_id!r}", "several", "Give each its own id.")
        for event_id in moments.loc[moments.duplicated(keys), "event_id"].unique()
    ]


def _any_other(rows: pd.DataFrame, event_id: pd.Series, low: Labels, high: Labels) -> Mask:
    """Tell whether the day 0 of another event lies between two positions, both included.

    ``low`` and ``high`` are (U, ...) and ``event_id`` is (U,).
    """
    positions = np.sort(rows["position"].to_numpy())
    found = np.searchsorted(positions, high, "right") - np.searchsorted(positions, low, "left")
    own = rows.set_index("event_id")["position"].reindex(event_id).to_numpy(dtype=float)
    own = own.reshape(-1, *[1] * (low.ndim - 1))
    return np.asarray(found > ((low <= own) & (own <= high)))


def _place(exclude: pd.DataFrame, own_sessions: dict[str, pd.DatetimeIndex]) -> pd.DataFrame:
    """Add each event's position, counted in sessions from the first one of the sample."""
    out = exclude.reset_index(drop=True)
    if "calendar" not in out:
        out["calendar"] = next(iter(own_sessions))
    out["position"] = np.nan
    faults = []
    for calendar, rows in out.groupby("calendar"):
        if calendar not in own_sessions:
            continue
        own = own_sessions[str(calendar)]
        known = sessions(str(calendar)) if calendar in EXCHANGES else own
        position = known.get_indexer(pd.DatetimeIndex(rows["date"]))
        out.loc[rows.index, "position"] = np.where(
            position < 0, np.nan, position - known.get_loc(own[0])
        )
        odd = rows[(position < 0) & rows["date"].between(own[0], own[-1])]
        for row in odd.itertuples():
            where = f"exclude row {row.Index} ({row.event_id})"
            todo = "Map the news with research.events.day_zero."
            faults.append(Fault(where, f"a {calendar} session", f"{row.date:%Y-%m-%d}", todo))
    raise_if(InputError, "event_study cannot place the events to exclude.", faults)
    keys = [c for c in ("calendar", "asset", "event_id") if c in out]
    return out.dropna(subset="position").drop_duplicates(keys).astype({"position": int})
