"""The days on which a series has a closing price, which of them are final, and its returns."""

from collections.abc import Mapping

import pandas as pd

from research.errors import Fault, InputError
from research.sessions import closing_times, sessions

#: Code of the days on which currencies trade: Monday to Friday without the two days below.
FX = "FX"

#: Calendars of the two factors; days without a fixing are usual in both.
FACTOR_CALENDARS = {"USDJPY": FX, "WTI": "XNYS"}

#: Time zone of each calendar, whose midnights cut its days.
ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York", FX: "Europe/London"}

#: Month and day on which no currency market of weight is open.
_FX_HOLIDAYS = ["01-01", "12-25"]

#: A close counts as final this long after the official close: prices of Tokyo come with a
#: delay of twenty minutes, and closing auctions are corrected within the hour.
SETTLED_AFTER = pd.Timedelta(hours=2)


def price_days(calendar: str, first: object, last: object) -> pd.DatetimeIndex:
    """List the days with a closing price between two dates, both included."""
    if calendar != FX:
        return sessions(calendar, first, last)
    days = pd.bdate_range(str(first), str(last)).as_unit("us")
    return days[~days.strftime("%m-%d").isin(_FX_HOLIDAYS)]


def last_settled(calendar: str, now: pd.Timestamp) -> pd.Timestamp:
    """Give the last day whose closing price is final at a moment.

    For ``FX`` it is the day before the last finished one, because a rate is published under
    the label of the following day (see `fx_day_of_label`).
    """
    if calendar == FX:
        today = now.tz_convert(ZONES[FX]).tz_localize(None).normalize()
        return price_days(FX, today - pd.Timedelta(days=14), today - pd.Timedelta(days=1))[-2]
    closes = closing_times(calendar)
    if not closes.iloc[0] <= now <= closes.iloc[-1]:
        span = f"{closes.index[0].date()} to {closes.index[-1].date()}"
        fault = Fault("now", f"a moment within the exchange calendar, {span}", str(now))
        raise InputError("The exchange calendar does not reach this day.", [fault])
    return closes.index[closes + SETTLED_AFTER <= now][-1]


def fx_day_of_label(label: pd.Timestamp) -> pd.Timestamp:
    """Give the day whose closing rate Yahoo publishes under a label.

    The daily close of a currency at Yahoo equals the open of the same row, the rate at the
    London midnight on which that day begins. It is thus the close of the trading day before:
    Monday's row holds Friday's rate. Without this rule the yen reacts a day after the news.

    Source: issues 991 and 1071 of the yfinance project; the same rates in the Federal
    Reserve's release H.10 carry the earlier date.
    """
    return price_days(FX, label - pd.Timedelta(days=7), label - pd.Timedelta(days=1))[-1]


def returns_from_prices(prices: pd.DataFrame, calendars: Mapping[str, str]) -> pd.DataFrame:
    r"""Compute simple returns from one session of a series' exchange to the next, as fractions.

    :math:`R_t = P_t / P_{t-1} - 1` where ``t-1`` is the session before ``t`` on the calendar of
    the series, so that a holiday in Tokyo leaves no gap after it. Where a session has no price,
    its return and the next are NaN. Factors alone have days without a fixing that are no failure:
    their next change spans such days, as in the bundled table. Tables are dates x series ids.
    """
    parts = {}
    for name in map(str, prices):
        known = prices[name].dropna()
        if name not in FACTOR_CALENDARS:
            first, last = (day.date() for day in known.index[[0, -1]])
            known = known.reindex(price_days(calendars[name], first, last))
        parts[name] = (known / known.shift(1) - 1).iloc[1:]
    returns = pd.concat(parts, axis=1, sort=True) if parts else prices
    return returns.rename_axis(index="date", columns="series_id")
