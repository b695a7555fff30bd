"""Bring live prices in, closing prices on sessions, with what was left out.

This and `yahoo` are the only code of the project that uses the network.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
import tenacity
import yfinance

from research.data.prices import cache
from research.data.prices.checks import price_faults
from research.data.prices.days import (
    FACTOR_CALENDARS,
    FX,
    ZONES,
    fx_day_of_label,
    last_settled,
    price_days,
)
from research.data.prices.yahoo import STAND_INS, ChartSession, Listing, MayPassError, daily_rows
from research.errors import DataError, Fault, FetchError, InputError, raise_if
from research.labels import few

#: First day asked for: a week before the first bundled return, which needs a price before it.
FIRST_DAY = pd.Timestamp("2024-05-28")

#: How often one series is asked for, and how long to wait in between, doubled each time.
ATTEMPTS, FIRST_WAIT_S, LONGEST_WAIT_S = 4, 2.0, 60.0

# Days without a price and prices without a session that an answer may have: a few, and a share
# of its days. Oil futures trade on some ten holidays of New York a year, 4 % of days; a table
# labelled a day off has two odd days every week.
_FEW_ODD_DAYS, _MOST_ODD_DAYS = 2, 0.06


def fetch_prices(
    wanted: Sequence[Listing],
    *,
    first: pd.Timestamp = FIRST_DAY,
    last: pd.Timestamp | None = None,
    allow_partial: bool = False,
    session: ChartSession | None = None,
    now: pd.Timestamp | None = None,
    watch: Callable[[Sequence[Listing]], Iterable[Listing]] = iter,
) -> dict[str, Any]:
    """Store closing prices from Yahoo Finance in ``data/cache``, and give their description.

    Prices are adjusted for splits and dividends, as the bundled returns of shares are. Dates are
    both included; ``last`` defaults to the last session settled at the moment ``now``. With
    ``allow_partial`` what came is stored although series failed, or although the file on disk has
    more series. A question without an answer after several attempts ends the fetch, with nothing
    stored. ``watch`` iterates, and may show how far.

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
    patiently = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(MayPassError),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=tenacity.wait_exponential(FIRST_WAIT_S, LONGEST_WAIT_S),
        reraise=True,
    )
    got: dict[str, pd.Series] = {}
    failed: dict[str, Sequence[Fault]] = {}
    left_out: list[dict[str, str]] = []
    for listing in watch(wanted):
        # A currency's close stands under a later label.
        end = last + pd.Timedelta(days=7 if listing.calendar == FX else 0)
        try:
            rows, figures = patiently(daily_rows, listing, asking, first, end)
            got[listing.series_id], odd = closes(listing, rows, figures, last, now)
            left_out += odd
        except MayPassError:  # It would say no more of the next series.
            raise
        except FetchError as error:
            failed[listing.series_id] = error.faults
    if not got or (failed and not allow_partial):
        summary = f"{len(failed)} of {len(wanted)} series could not be fetched; the "
        faults = [fault for some in failed.values() for fault in some]
        raise FetchError(f"{summary}prices on disk, if any, are as they were.", faults)
    prices = pd.concat(got, axis=1, sort=True).rename_axis("date")
    about = {
        "title": "Daily closing prices from Yahoo Finance, adjusted for splits and dividends",
        "unit": "currency of the listing (JPY, USD, index points, JPY per USD)",
        "period": f"{prices.index[0]:%F} to {prices.index[-1]:%F}",
        "rights": "for own use, not redistributed",
        "fetched_utc": now.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "yfinance": yfinance.__version__,
        "series": {one.series_id: one.symbol for one in wanted if one.series_id in got},
        "stand_ins": {name: words for name, words in STAND_INS.items() if name in got},
        "missing": {name: str(some[0]) for name, some in failed.items()},
        "left_out": left_out,
    }
    cache.write(prices, about)
    return about


def _raise_if_poorer(wanted: Sequence[Listing]) -> None:
    try:
        there = cache.read()[0].columns
    except DataError:
        return
    lost = there.drop([listing.series_id for listing in wanted], errors="ignore")
    if len(lost):
        found = f"{len(there)} on disk, among them {few(lost)}, which would be lost"
        todo = "Fetch all, or use --allow-partial."
        fault = Fault("series", "every series of the file on disk", found, todo)
        raise InputError("The fetch would leave fewer series than there are.", [fault])


def closes(
    listing: Listing,
    rows: pd.DataFrame,
    figures: dict[str, Any],
    last: pd.Timestamp,
    now: pd.Timestamp,
) -> tuple[pd.Series, list[dict[str, str]]]:
    """Check an answer; give its closing prices up to the last settled day, and what was left out.

    ``last`` is the last day asked for: the answer must have its price if that day is settled at the
    moment ``now``, which has a zone. A `FetchError` says all that is wrong with it.
    """
    where, meta = listing.series_id, figures.get("meta") or {}
    zone = ZONES[listing.calendar]
    # yfinance keeps one of two rows with a date without a word. The last row may be that of the
    # running session, beside the one of its day.
    moments = pd.to_datetime(figures["timestamp"], unit="s", utc=True).tz_convert(zone)
    labels = pd.Series(moments.date[:-1])
    labelled = rows["Close"].astype(float)
    labelled.index = pd.DatetimeIndex(rows.index).tz_localize(None).as_unit("us")
    if listing.calendar == FX:
        labelled.index = pd.DatetimeIndex([fx_day_of_label(day) for day in labelled.index])
    # After a holiday two rows of a currency belong to one day; the earlier is nearer to its end.
    again = labelled.index.duplicated()
    second, labelled = labelled.index[again], labelled[~again]
    last = min(last, last_settled(listing.calendar, now))
    late = labelled.index > last
    prices = labelled[~late].dropna()
    first = prices.index[0] if len(prices) else last
    days = price_days(listing.calendar, first.date(), last.date())
    odd, holes = prices.index.difference(days), days.difference(prices.index)

    # An index (a caret before its ticker) pays no dividends; the fund that stands in for one does.
    pays = listing.symbol[0] != "^" and listing.series_id not in FACTOR_CALENDARS
    twice = few(labels[labels.duplicated()])
    currency = "USD" if listing.calendar == "XNYS" else "JPY"
    asked = {"symbol": listing.symbol, "exchangeTimezoneName": zone, "currency": currency}
    faults = [
        Fault(f"{where}, {key}", value, repr(meta.get(key)))
        for key, value in asked.items()
        if meta.get(key) != value
    ]
    if pays and "adjclose" not in figures["indicators"]:
        faults.append(Fault(where, "prices adjusted for dividends", "none"))
    if twice:
        faults.append(Fault(where, "one price a day", f"two on {twice}"))
    faults += price_faults(where, prices)
    if len(odd) + len(holes) > max(_FEW_ODD_DAYS, _MOST_ODD_DAYS * len(days)):
        found = f"{len(odd)} prices on other days, {len(holes)} of {len(days)} days without one"
        faults.append(Fault(where, f"prices on days of {listing.calendar}", found))
    elif prices.empty or not days[-1:].isin(prices.index).all():
        found = few(f"{day:%F} last" for day in prices.index[-1:]) or "no price"
        todo = "Try again in an hour, or fetch up to the day before with --end."
        faults.append(Fault(where, f"a price of the last session up to {last:%F}", found, todo))
    raise_if(FetchError, f"{where} could not be fetched.", faults)
    reasons = {
        "session not settled, or after the last day asked for": labelled.index[late],
        "price on a day without a session": odd,
        "no price on this session": holes,
        "a second price of this day, from the row after a holiday": second,
    }
    left_out = [
        {"series": where, "date": f"{day:%F}", "reason": reason}
        for reason, found_days in reasons.items()
        for day in found_days
    ]
    return prices.drop(odd).rename(where), left_out
