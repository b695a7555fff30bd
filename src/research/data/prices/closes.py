"""From one answer of Yahoo Finance to closing prices on sessions, with what was left out."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from research.data.prices import yahoo
from research.data.prices.checks import price_faults
from research.data.prices.days import FX, fx_day_of_label, fx_today, last_settled, price_days
from research.data.prices.tickers import Listing
from research.data.prices.yahoo import SeriesError
from research.errors import Fault

# Days without a price and prices without a session that an answer may have: a few, and a share
# of its days. Oil futures trade on some ten holidays of New York a year, 4 % of days; a table
# labelled a day off has two odd days every week.
_FEW_ODD_DAYS, _MOST_ODD_DAYS = 2, 0.06

#: Dates that were not used, or had no price, with the reason.
Odd = list[tuple[pd.Timestamp, str]]


class Closes(NamedTuple):
    """Closing prices of one series by date, in the currency of the listing, no gap filled."""

    prices: pd.Series
    left_out: Odd


def closes(
    listing: Listing,
    rows: pd.DataFrame,
    figures: dict[str, Any],
    last: pd.Timestamp,
    now: pd.Timestamp,
) -> Closes:
    """Check an answer and give its closing prices up to the last settled day.

    ``last`` is the last day asked for: the answer must have its price if that day is settled at the
    moment ``now``, which has a zone. A `SeriesError` says what is wrong with it.
    """
    if listing.pays_dividends and "adjclose" not in figures["indicators"]:
        fault = Fault(listing.where, "prices adjusted for dividends", "none")
        raise SeriesError(listing, yahoo.COLUMNS, fault)
    meta = figures.get("meta") or {}
    asked = (listing.symbol, listing.zone, listing.currency)
    keys = ("symbol", "exchangeTimezoneName", "currency")
    faults = [
        Fault(f"{listing.where}, {key}", value, repr(meta.get(key)))
        for key, value in zip(keys, asked, strict=True)
        if meta.get(key) != value
    ]
    # yfinance keeps one of two rows with a date without a word. The last row may be that of the
    # running session, beside the one of its day.
    moments = pd.to_datetime(figures["timestamp"], unit="s", utc=True).tz_convert(listing.zone)
    days = pd.Series(moments.date[:-1])
    again = days[days.duplicated()]
    faults += [Fault(f"{listing.where}, {day}", "one price a day", "two") for day in again]
    _refuse(listing, faults)
    labelled = rows["Close"].astype(float)
    labelled.index = pd.DatetimeIndex(rows.index).tz_localize(None).as_unit("us")
    last = min(last, last_settled(listing.calendar, now))
    dated, left_out = _dated(listing, labelled, last, now)
    _refuse(listing, price_faults(listing.where, dated.dropna()))
    kept = _on_sessions(listing, dated, left_out)
    expected = price_days(listing.calendar, last - pd.Timedelta(days=14), last)[-1]
    found = kept.prices.index[-1]
    if found < expected:
        fault = Fault(listing.where, f"a price of {expected:%F}", f"{found:%F} last")
        raise SeriesError(listing, yahoo.EARLY, fault)
    return kept


def _refuse(listing: Listing, faults: list[Fault]) -> None:
    if faults:
        raise SeriesError(listing, yahoo.UNUSABLE, *faults)


def _dated(
    listing: Listing, labelled: pd.Series, last: pd.Timestamp, now: pd.Timestamp
) -> tuple[pd.Series, Odd]:
    """File each price under its day and leave out what is not settled."""
    if listing.calendar != FX:
        running = labelled.index > last
        reason = "session not settled, or after the last day asked for"
        return labelled[~running], [(day, reason) for day in labelled.index[running]]
    unfinished = labelled.index >= fx_today(now)
    left_out = [(day, "day not over in London") for day in labelled.index[unfinished]]
    finished = labelled[~unfinished]
    dated = finished.set_axis(pd.DatetimeIndex([fx_day_of_label(day) for day in finished.index]))
    # After a holiday two rows belong to one day; the earlier is nearer to its end.
    again = dated.index.duplicated()
    left_out += [(day, "row of a currency holiday") for day in finished.index[again]]
    dated = dated[~again]
    return dated[dated.index <= last].rename_axis("date"), left_out


def _on_sessions(listing: Listing, dated: pd.Series, left_out: Odd) -> Closes:
    """Keep the prices on sessions; name the others, and the sessions between without one."""
    prices = dated.dropna()
    if prices.empty:
        fault = Fault(listing.where, "closing prices", f"{len(dated)} rows without one")
        raise SeriesError(listing, yahoo.EMPTY, fault)
    days = price_days(listing.calendar, prices.index[0].date(), prices.index[-1].date())
    odd, holes = prices.index.difference(days), days.difference(prices.index)
    if len(odd) + len(holes) > max(_FEW_ODD_DAYS, _MOST_ODD_DAYS * len(days)):
        found = f"{len(odd)} prices on other days, {len(holes)} of {len(days)} days without one"
        _refuse(listing, [Fault(listing.where, f"prices on days of {listing.calendar}", found)])
    left_out = [
        *left_out,
        *((day, "price on a day without a session") for day in odd),
        *((day, "no price on this session") for day in holes),
    ]
    kept = prices[prices.index.isin(days)].rename(listing.series_id).rename_axis("date")
    return Closes(kept, sorted(left_out))
