"""From one answer of Yahoo Finance to closing prices on sessions, with what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from research.data.prices import errors
from research.data.prices.checks import price_faults
from research.data.prices.days import FX, fx_day_of_label, fx_today, last_settled, price_days
from research.data.prices.tickers import Listing
from research.data.prices.yahoo import Answer, missing_columns, where
from research.errors import Fault, raise_if

# Days without a price and prices without a session that an answer may have: a few, and a share
# of its days. Oil futures trade on some ten holidays of New York a year, 4 % of days; a table
# labelled a day off has two odd days every week.
_FEW_ODD_DAYS, _MOST_ODD_DAYS = 2, 0.06


@dataclass(frozen=True, eq=False, slots=True)
class Closes:
    """Closing prices of one series.

    Price in the currency of the listing by date, no gap filled; and the rows that were not used and
    the days that had none, each with its reason.
    """

    prices: pd.Series
    left_out: list[tuple[pd.Timestamp, str]] = field(default_factory=list)


def closes(
    listing: Listing,
    rows: pd.DataFrame,
    answer: Answer,
    *,
    auto_adjust: bool,
    last: pd.Timestamp,
    now: pd.Timestamp,
) -> Closes:
    """Check an answer and give its closing prices up to the last settled day.

    ``last`` is the last day asked for: the answer must have its price if that day is settled at the
    moment ``now``, which has a zone.
    A `research.data.prices.errors.SeriesError` of its own class says what is wrong with it.
    """
    missing = missing_columns(answer, adjusted=auto_adjust and listing.pays_dividends)
    missing += ["Close"] if "Close" not in rows and "close" not in missing else []
    todo = "Update yfinance or try again later."
    faults = [Fault(where(listing), f"the column {name}", "none", todo) for name in missing]
    raise_if(errors.MissingColumnsError, _summary(listing), faults)
    faults = [*_label_faults(listing, answer), *_double_faults(listing, answer)]
    raise_if(errors.BadPricesError, _summary(listing), faults)
    labelled = rows["Close"].astype(float)
    labelled.index = pd.DatetimeIndex(rows.index).tz_localize(None).as_unit("us")
    last = min(last, last_settled(listing.calendar, now))
    dated, left_out = _dated(listing, labelled, last, now)
    raise_if(errors.BadPricesError, _summary(listing), price_faults(where(listing), dated.dropna()))
    kept = _on_sessions(listing, dated, left_out)
    expected = price_days(listing.calendar, last - pd.Timedelta(days=14), last)[-1]
    found = kept.prices.index[-1]
    if found < expected:
        todo = f"Try again in an hour, or fetch up to {found.date()} with --end."
        fault = Fault(where(listing), f"a price of {expected.date()}", f"{found.date()} last", todo)
        raise errors.MissingLastSessionError(_summary(listing), [fault])
    return kept


def _summary(listing: Listing) -> str:
    return f"The prices of {listing.series_id} are not usable."


def _label_faults(listing: Listing, answer: Answer) -> list[Fault]:
    meta = answer.result.get("meta") or {}
    asked = (listing.symbol, listing.zone, listing.currency)
    return [
        Fault(f"{where(listing)}, {key}", value, repr(meta.get(key)))
        for key, value in zip(("symbol", "exchangeTimezoneName", "currency"), asked, strict=True)
        if meta.get(key) != value
    ]


def _double_faults(listing: Listing, answer: Answer) -> list[Fault]:
    """Find dates that come twice: yfinance keeps one of the rows without a word."""
    moments = pd.to_datetime(answer.result["timestamp"], unit="s", utc=True)
    days = pd.Series(moments.tz_convert(listing.zone).date)
    prices = answer.result["indicators"]["quote"][0]["close"]
    # The last row may be that of the running session, beside the one of its day.
    old = days.iloc[:-1]
    doubled = old[old.duplicated(keep=False)]
    return [
        Fault(
            f"{where(listing)}, {day}",
            "one price a day",
            " and ".join(str(prices[place]) for place in places.index),
        )
        for day, places in doubled.groupby(doubled)
    ]


def _dated(
    listing: Listing, labelled: pd.Series, last: pd.Timestamp, now: pd.Timestamp
) -> tuple[pd.Series, list[tuple[pd.Timestamp, str]]]:
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


def _on_sessions(
    listing: Listing, dated: pd.Series, left_out: list[tuple[pd.Timestamp, str]]
) -> Closes:
    """Keep the prices on sessions; name the others, and the sessions between without one."""
    prices = dated.dropna()
    if prices.empty:
        fault = Fault(where(listing), "closing prices", f"{len(dated)} rows without one")
        raise errors.EmptyAnswerError(_summary(listing), [fault])
    days = price_days(listing.calendar, prices.index[0].date(), prices.index[-1].date())
    odd = prices.index.difference(days)
    holes = days.difference(prices.index)
    if len(odd) + len(holes) > max(_FEW_ODD_DAYS, _MOST_ODD_DAYS * len(days)):
        found = f"{len(odd)} prices on other days, {len(holes)} of {len(days)} days without one"
        fault = Fault(where(listing), f"prices on the days of {listing.calendar}", found)
        raise errors.BadPricesError(_summary(listing), [fault])
    left_out = [
        *left_out,
        *((day, "price on a day without a session") for day in odd),
        *((day, "no price on this session") for day in holes),
    ]
    kept = prices[prices.index.isin(days)].rename(listing.series_id).rename_axis("date")
    return Closes(kept, sorted(left_out))
