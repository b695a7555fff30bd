"""Trading sessions of an exchange and the first of them that can react to a piece of news."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import exchange_calendars
import pandas as pd

from research.errors import Fault, InputError, raise_if

#: Exchanges in use: code of exchange_calendars, city.
EXCHANGES = {"XTKS": "Tokyo", "XNYS": "New York"}

#: Days with known sessions: wide enough for the bundled figures and live prices of the near future.
FIRST_DAY, LAST_DAY = "2015-01-01", "2027-06-30"


@dataclass(frozen=True, slots=True)
class FirstSession:
    """The first session that can react to news.

    ``asked`` is the moment of the news, ``closes`` that of the session's close, the moment day 0 is
    measured at, both in UTC; ``used`` is the date of the session. The phase (``before open``, ``in
    session``, ``after close``, ``no session that day``) is seen from the exchange's own date.
    """

    asked: pd.Timestamp
    used: pd.Timestamp
    closes: pd.Timestamp
    phase: str


@lru_cache(maxsize=8)
def _calendar(code: str) -> exchange_calendars.ExchangeCalendar:
    return exchange_calendars.get_calendar(code, start=FIRST_DAY, end=LAST_DAY)


@lru_cache(maxsize=8)
def _days(code: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(_calendar(code).sessions.to_numpy()).as_unit("us")


def sessions(calendar: str, first: object = None, last: object = None) -> pd.DatetimeIndex:
    """List the sessions of an exchange between two dates, both included.

    Dates have no zone; ``None`` leaves that side open. A date outside the years that the calendar
    is known for is an `InputError`.
    """
    days = _days(calendar)
    low = days[0] if first is None else pd.Timestamp(str(first))
    high = days[-1] if last is None else pd.Timestamp(str(last))
    if low < pd.Timestamp(FIRST_DAY) or high > pd.Timestamp(LAST_DAY):
        asked, found = f"dates from {FIRST_DAY} to {LAST_DAY}", f"{low:%F} to {high:%F}"
        fault = Fault("first, last", asked, found, "Shorten the sample.")
        city = EXCHANGES[calendar]
        raise InputError(f"The sessions of {city} are not known for these dates.", [fault])
    return days[(days >= low) & (days <= high)]


@lru_cache(maxsize=8)
def closing_times(calendar: str) -> pd.Series:
    """Give the closing moment (UTC) of each session, early closes included."""
    closes = _calendar(calendar).schedule["close"]
    return pd.Series(closes.array, index=sessions(calendar), name="close")


def first_session(when: pd.Timestamp, calendar: str) -> FirstSession:
    """Map a moment to the first session whose close comes after it.

    News before or during a session is in that session's closing price; news at or after the
    close is first priced at the next session's close. A calendar that is unknown, and a moment
    without a zone or outside the calendar's years, are an `InputError`.
    """
    faults = []
    if calendar not in [*EXCHANGES]:
        faults.append(Fault("calendar", " or ".join(EXCHANGES), repr(calendar)))
    if not isinstance(when, datetime) or when.tzinfo is None:
        todo = "Use .tz_localize('...')."
        faults.append(Fault("when", "a time stamp with a zone", repr(when), todo))
    raise_if(InputError, "A piece of news cannot be given its first session.", faults)
    asked = pd.Timestamp(when).tz_convert("UTC")
    closes = closing_times(calendar)
    if not closes.index[0].tz_localize("UTC") <= asked < closes.iloc[-1]:
        fault = Fault("when", f"a moment from {FIRST_DAY} to {LAST_DAY}", str(when))
        raise InputError("The news lies outside the exchange calendar.", [fault])
    return _first_session(asked, calendar)


@lru_cache(maxsize=4096)
def _first_session(asked: pd.Timestamp, calendar: str) -> FirstSession:
    closes, exchange = closing_times(calendar), _calendar(calendar)
    # `right`: news at the very close belongs to the next session.
    position = int(closes.searchsorted(asked, side="right"))
    local_day = asked.tz_convert(exchange.tz).tz_localize(None).normalize()
    if not exchange.is_session(local_day):
        phase = "no session that day"
    elif asked < exchange.session_open(local_day):
        phase = "before open"
    else:
        phase = "in session" if asked < exchange.session_close(local_day) else "after close"
    return FirstSession(asked, closes.index[position], closes.iloc[position], phase)
