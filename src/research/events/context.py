"""An event in its context: what is known of it, who could react when, what else happened."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.sessions import EXCHANGES, first_session, sessions
from research.words import day_words

_DIRECTIONS = {"+": "up", "-": "down", "?": "open"}

_ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York"}


def describe(event: pd.Series) -> str:
    """Say in Markdown what happened, when, and how sure the time is.

    Parameters
    ----------
    event
        Row of ``deal/events``.
    """
    note = f": {event['time_note']}" if _known(event["time_note"]) else ""
    rates = [event["rate_before"], event["rate_after"]]
    change = f" Rate: {rates[0]} before, {rates[1]} after." if all(map(_known, rates)) else ""
    return (
        f"**{event['title']}.** {event['what_changed']}{change}\n\n"
        f"Time used: {day_words(event['date_local'])}, {event['time_used']} {event['timezone']} "
        f"({event['time_status']}{note}). Expected effect on Japanese shares: "
        f"{_DIRECTIONS[event['expected_sign_japan']]}. Confidence: {event['confidence']}."
    )


def press_moves(event: pd.Series) -> str:
    """Say in Markdown which market moves the sources of the event reported."""
    text = event["observed_move_from_news"]
    return f"What the news reported of the market: {text if _known(text) else 'nothing noted'}."


def caveats(event: pd.Series) -> str:
    """Say in Markdown what the sources name beside the event, and where they disagree."""
    texts = {
        "Named by the sources for the same window": event["same_window_confounders"],
        "Where sources disagree": event["source_disagreement"],
    }
    return "\n\n".join(
        f"{head}: {text if _known(text) else 'nothing noted'}." for head, text in texts.items()
    )


def _known(text: object) -> bool:
    return isinstance(text, str) and bool(text)


def who_reacts_when(event: pd.Series) -> pd.DataFrame:
    """Say for each exchange when the news came and which session is day 0.

    Parameters
    ----------
    event
        Row of ``deal/events``.

    Returns
    -------
    pandas.DataFrame
        Index exchange code; city, local_time of the news, phase, day_zero, closes (local).
    """
    rows = {}
    for code, city in EXCHANGES.items():
        found = first_session(event["moment_utc"], code)
        rows[code] = {
            "city": city,
            "local_time": found.asked.tz_convert(_ZONES[code]),
            "phase": found.phase,
            "day_zero": found.used,
            "closes": found.closes.tz_convert(_ZONES[code]),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("calendar")


def confounders(events: pd.DataFrame, event_id: str, window: Sequence[int]) -> pd.DataFrame:
    """List the other events whose day 0 falls into the window, exchange by exchange.

    Parameters
    ----------
    events
        Table of ``deal/events``.
    event_id
        The event studied.
    window
        First and last session relative to its day 0.

    Returns
    -------
    pandas.DataFrame
        event_id, title, category, and for each exchange the distance of its day 0 in sessions
        (missing where it lies outside the window there).
    """
    columns = {"XTKS": "first_tokyo_session", "XNYS": "first_ny_session"}
    out = events[["title", "category"]].copy()
    for code, column in columns.items():
        days = sessions(code)
        positions = days.get_indexer(pd.DatetimeIndex(events[column]))
        own = positions[events.index.get_loc(event_id)]
        distance = pd.Series(positions - own, index=events.index, dtype="Int64")
        out[EXCHANGES[code]] = distance.where(distance.between(window[0], window[1]))
    found = out.drop(index=event_id).dropna(how="all", subset=list(EXCHANGES.values()))
    return found.reset_index()
