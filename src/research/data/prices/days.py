"""The days on which a series has a closing price, and which of them are final."""

from __future__ import annotations

import pandas as pd

from research.errors import Fault, InputError
from research.sessions import closing_times, sessions

#: Code of the days on which currencies trade: Monday to Friday without the two days below.
FX = "FX"

#: Month and day on which no currency market of weight is open.
_FX_HOLIDAYS = {(1, 1), (12, 25)}
_FX_ZONE = "Europe/London"

#: A close counts as final this long after the official close: prices of Tokyo come with a
#: delay of twenty minutes, and closing auctions are corrected within the hour.
SETTLED_AFTER = pd.Timedelta(hours=2)


def price_days(calendar: str, first: object, last: object) -> pd.DatetimeIndex:
    """List the days with a closing price between two dates, both included."""
    if calendar != FX:
        return sessions(calendar, first, last)
    days = pd.bdate_range(str(first), str(last)).as_unit("us")
    days.freq = None
    holiday = [(day.month, day.day) in _FX_HOLIDAYS for day in days]
    return days[[not closed for closed in holiday]]


def last_settled(calendar: str, now: pd.Timestamp) -> pd.Timestamp:
    """Give the last day whose closing price is final at a moment.

    For ``FX`` it is the day before the last finished one, because a rate is published under
    the label of the following day (see `fx_day_of_label`).
    """
    if calendar == FX:
        today = fx_today(now)
        return price_days(FX, today - pd.Timedelta(days=14), today - pd.Timedelta(days=1))[-2]
    closes = closing_times(calendar)
    if not closes.iloc[0] <= now <= closes.iloc[-1]:
        span = f"{closes.index[0].date()} to {closes.index[-1].date()}"
        fault = Fault("now", f"a moment within the exchange calendar, {span}", str(now))
        raise InputError("The exchange calendar does not reach this day.", [fault])
    return closes.index[closes + SETTLED_AFTER <= now][-1]


def fx_today(now: pd.Timestamp) -> pd.Timestamp:
    """Give the date of a moment in London, whose midnights cut the days of currency rates."""
    return now.tz_convert(_FX_ZONE).tz_localize(None).normalize()


def fx_day_of_label(label: pd.Timestamp) -> pd.Timestamp:
    """Give the day whose closing rate Yahoo publishes under a label.

    The daily close of a currency at Yahoo equals the open of the same row, the rate at the
    London midnight on which that day begins. It is thus the close of the trading day before:
    Monday's row holds Friday's rate. Without this rule the yen reacts a day after the news.

    Source: issues 991 and 1071 of the yfinance project; the same rates in the Federal
    Reserve's release H.10 carry the earlier date.
    """
    return price_days(FX, label - pd.Timedelta(days=7), label - pd.Timedelta(days=1))[-1]
