"""Dated events of the deal, the claims made for it, its terms and its projects."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research import sessions
from research.data import schemas, tables
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Zone of the exchange behind each of the two session columns.
_SESSION_COLUMNS = {"first_tokyo_session": "XTKS", "first_ny_session": "XNYS"}

CATEGORIES = (
    "court",
    "deal",
    "investment_step",
    "macro_confounder",
    "project",
    "tariff_change",
    "tariff_threat",
)
_FIRST_DAY, _LAST_DAY = "2025-01-01", "2026-12-31"


def load_events() -> pd.DataFrame:
    """Load the dated events around the deal.

    Returns
    -------
    One row per ``event_id``. Besides the columns of the table, ``moment_utc`` is the moment
    that ``date_local``, ``time_used`` and ``timezone`` stand for.

    Raises
    ------
    DataError
        If the table is not as compiled, or a first session differs from the one that
        `research.sessions.first_session` computes from the moment.
    """
    frame = tables.load(EVENTS)
    position = list(frame.columns).index("timezone") + 1
    frame.insert(position, "moment_utc", moments(frame))
    return frame.set_index("event_id")


def load_claims() -> pd.DataFrame:
    """Load the claims made about the deal, with what would test each.

    Returns
    -------
    One row per ``claim_id``, all text; ids that begin with ``bad_`` are figures known to be
    false, kept to try the checks on.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(CLAIMS).set_index("claim_id")


def moments(events: pd.DataFrame) -> pd.Series:
    """Give the moment of each event in UTC, from its local date, time used and zone."""
    stamps = [
        pd.Timestamp(f"{day:%F} {time}", tz=zone).tz_convert("UTC")
        for day, time, zone in zip(
            events["date_local"], events["time_used"], events["timezone"], strict=True
        )
    ]
    return pd.Series(pd.DatetimeIndex(stamps).as_unit("us"), index=events.index)


def _events_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "event_id": schemas.text(pattern="[a-z0-9_]+", unique=True),
            "date_local": schemas.date(_FIRST_DAY, _LAST_DAY),
            "time_used": schemas.text(pattern=r"([01]\d|2[0-3]):[0-5]\d"),
            "timezone": schemas.text(one_of=("America/New_York", "Asia/Tokyo")),
            "time_status": schemas.text(one_of=("sourced", "assumed")),
            "time_note": schemas.text(blank=True),
            "first_tokyo_session": schemas.date(_FIRST_DAY, _LAST_DAY),
            "first_ny_session": schemas.date(_FIRST_DAY, _LAST_DAY),
            "title": schemas.text(unique=True),
            "category": schemas.text(one_of=CATEGORIES),
            "expected_sign_japan": schemas.text(one_of=("+", "-", "?")),
            "what_changed": schemas.text(),
            "rate_before": schemas.text(blank=True),
            "rate_after": schemas.text(blank=True),
            "observed_move_from_news": schemas.text(blank=True),
            "same_window_confounders": schemas.text(blank=True),
            "source_disagreement": schemas.text(blank=True),
            "source_urls": schemas.text(pattern=r"https?://\S+( \| https?://\S+)*"),
            "extra_source_urls": schemas.text(
                pattern=r"https?://\S+( \| https?://\S+)*", blank=True
            ),
            "confidence": schemas.text(one_of=("high", "medium", "low")),
        }
    )


def _claims_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "claim_id": schemas.text(pattern=r"[a-z]+_\d\d", unique=True),
            "quote_paraphrase": schemas.text(),
            "claimant": schemas.text(),
            "date": schemas.text(pattern=r"20\d\d-[01]\d(-[0-3]\d)?"),
            "quantity": schemas.text(),
            "unit": schemas.text(),
            "source_urls": schemas.text(pattern=r"https?://\S+( \| https?://\S+)*"),
            "testable_with": schemas.text(),
            "notes": schemas.text(blank=True),
        }
    )


def _first_session_faults(frame: pd.DataFrame) -> list[Fault]:
    faults = []
    for column, calendar in _SESSION_COLUMNS.items():
        for (line, moment), written in zip(moments(frame).items(), frame[column], strict=True):
            computed = sessions.first_session(moment, calendar).used
            if computed != written:
                asked = f"{computed:%F}, computed from {moment:%F %H:%M} UTC"
                faults.append(Fault(place("deal/events", line, column), asked, f"{written:%F}"))
    return faults


def _note_faults(frame: pd.DataFrame) -> list[Fault]:
    bare = frame[(frame["time_status"] == "assumed") & frame["time_note"].isna()]
    return [
        Fault(place("deal/events", line, "time_note"), "the reason of an assumed time", "a blank")
        for line in bare.index
    ]


EVENTS = Table(
    "deal/events",
    _events_schema,
    (
        Check("first sessions as computed from the moment", _first_session_faults),
        Check("assumed times have a reason", _note_faults),
    ),
)
CLAIMS = Table("deal/claims", _claims_schema)
TABLES = (EVENTS, CLAIMS)
