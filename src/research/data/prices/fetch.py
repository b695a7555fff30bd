"""Bring live prices in, closing prices on sessions, with what was left out.

This and `yahoo` are the only code of the project that uses the network.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import tenacity
import yfinance

from research.data.prices import cache, yahoo
from research.data.prices.checks import price_faults
from research.data.prices.days import FX, fx_day_of_label, fx_today, last_settled, price_days
from research.data.prices.tickers import Listing
from research.data.prices.yahoo import ChartSession, SeriesError, daily_rows
from research.errors import DataError, Fault, FetchError, InputError
from research.labels import few

#: First day asked for: a week before the first bundled return, which needs a price before it.
FIRST_DAY = pd.Timestamp("2024-05-28")

#: How often one series is asked for, and how long to wait in between, doubled each time.
ATTEMPTS, FIRST_WAIT_S, LONGEST_WAIT_S = 4, 2.0, 60.0

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


def fetch_prices(
    wanted: Sequence[Listing],
    *,
    first: pd.Timestamp = FIRST_DAY,
    last: pd.Timestamp | None = None,
    allow_partial: bool = False,
    session: ChartSession | None = None,
    now: pd.Timestamp | None = None,
    watch: Callable[[Sequence[Listing]], Iterable[Listing]] = iter,
) -> cache.CachedPrices:
    """Fetch closing prices from Yahoo Finance and store them in ``data/cache``.

    Prices are adjusted for splits and dividends, as the bundled returns of shares are. Dates are
    both included; ``last`` defaults to the last session settled at the moment ``now``. With
    ``allow_partial`` what came is stored although series failed, or although the file on disk has
    more series; not when the fetch gave up half way. ``watch`` iterates, and may show how far.

    What failed is a `FetchError` and leaves the file on disk as it was; wrong dates, or series on
    disk that were not asked for, are an `InputError`.
    """
    now = pd.Timestamp.now("UTC") if now is None else now
    last = now.tz_convert("UTC").tz_localize(None).normalize() if last is None else last
    if not first < last:
        fault = Fault("--start", f"a day before {last:%F}", f"{first:%F}")
        raise InputError("These dates cannot be fetched.", [fault])
    if not allow_partial:
        _raise_if_poorer(wanted)
    asking = session or ChartSession()
    got: dict[str, Closes] = {}
    failed: dict[str, SeriesError] = {}

    # Again, after a while, where that may help.
    patiently = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda e: isinstance(e, SeriesError) and e.cause.again),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=tenacity.wait_exponential(FIRST_WAIT_S, LONGEST_WAIT_S),
        reraise=True,
    )

    def ask(listing: Listing) -> Closes:
        # A currency's close stands under a later label.
        end = last + pd.Timedelta(days=7 if listing.calendar == FX else 0)
        rows, figures = daily_rows(listing, asking, first, end)
        return closes(listing, rows, figures, last, now)

    for listing in watch(wanted):
        # A failure has come so often that the next series would fail as well.
        causes = [error.cause for error in failed.values()]
        if any(cause.ends_after and causes.count(cause) >= cause.ends_after for cause in causes):
            break
        try:
            got[listing.series_id] = patiently(ask, listing)
        except SeriesError as error:
            failed[listing.series_id] = error
    unasked = len(wanted) - len(got) - len(failed)
    if not got or unasked or (failed and not allow_partial):
        faults = [fault for error in failed.values() for fault in error.faults]
        if unasked:
            faults.append(Fault("the rest", "prices", f"{unasked} series not asked after this"))
        summary = f"{len(failed) + unasked} of {len(wanted)} series could not be fetched; the "
        raise FetchError(f"{summary}prices on disk, if any, are as they were.", faults)
    prices = pd.concat([part.prices for part in got.values()], axis=1, sort=True)
    listed = [item for item in wanted if item.series_id in got]
    return cache.write(prices.rename_axis("date"), _about(prices, listed, got, failed, now))


def _raise_if_poorer(wanted: Sequence[Listing]) -> None:
    try:
        there = cache.read().prices.columns
    except DataError:
        return
    lost = there.drop([listing.series_id for listing in wanted], errors="ignore")
    if len(lost):
        found = f"{len(there)} on disk, among them {few(lost)}, which would be lost"
        todo = "Fetch all, or use --allow-partial."
        fault = Fault("series", "every series of the file on disk", found, todo)
        raise InputError("The fetch would leave fewer series than there are.", [fault])


def _about(
    prices: pd.DataFrame,
    listed: Sequence[Listing],
    got: dict[str, Closes],
    failed: dict[str, SeriesError],
    now: pd.Timestamp,
) -> dict[str, Any]:
    series = {
        item.series_id: {"ticker": item.symbol, "currency": item.currency}
        | ({"stand_in": item.stand_in} if item.stand_in else {})
        for item in listed
    }
    return {
        "title": "Daily closing prices from Yahoo Finance, adjusted for splits and dividends",
        "unit": "currency of the listing (JPY, USD, index points, JPY per USD)",
        "period": f"{prices.index[0]:%F} to {prices.index[-1]:%F}",
        "authority": "Yahoo Finance",
        "rights": "for own use, not redistributed",
        "fetched_utc": now.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "yfinance": yfinance.__version__,
        "series": series,
        "missing": {name: str(error.faults[0]) for name, error in failed.items()},
        "left_out": [
            {"series": name, "date": str(day.date()), "reason": reason}
            for name, part in got.items()
            for day, reason in part.left_out
        ],
        "notes": [f"{item.series_id}: {item.caveat}" for item in listed if item.caveat],
    }


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
