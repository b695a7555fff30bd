"""Bring live prices in: the only code of the project that uses the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
import tenacity
import yfinance

from research.data.prices import cache
from research.data.prices.closes import Closes, closes
from research.data.prices.days import FX
from research.data.prices.tickers import Listing
from research.data.prices.yahoo import ChartSession, SeriesError, daily_rows
from research.errors import DataError, Fault, FetchError, InputError
from research.labels import few

#: First day asked for: a week before the first bundled return, which needs a price before it.
FIRST_DAY = pd.Timestamp("2024-05-28")

#: How often one series is asked for, and how long to wait in between, doubled each time. A service
#: that names a time is given it, up to the longest.
ATTEMPTS, FIRST_WAIT_S, LONGEST_WAIT_S = 4, 2.0, 60.0


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
            got[listing.series_id] = _patient()(ask, listing)
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
    return cache.write(prices.rename_axis("date"), _about(listed, got, failed, now))


def _raise_if_poorer(wanted: Sequence[Listing]) -> None:
    """Refuse to replace the file on disk by one with fewer series."""
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


def _patient() -> tenacity.Retrying:
    """Ask again, after a while, where that may help."""
    backoff = tenacity.wait_exponential(FIRST_WAIT_S, LONGEST_WAIT_S)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(backoff(state), min(getattr(error, "wait_s", 0.0), LONGEST_WAIT_S))

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda e: isinstance(e, SeriesError) and e.cause.again),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=wait,
        reraise=True,
    )


def _about(
    listed: Sequence[Listing],
    got: dict[str, Closes],
    failed: dict[str, SeriesError],
    now: pd.Timestamp,
) -> dict[str, Any]:
    series = {}
    for item in listed:
        days = got[item.series_id].prices.index
        about: dict[str, Any] = {"ticker": item.symbol, "stand_in": item.stand_in}
        about |= {"currency": item.currency, "first": f"{days[0]:%F}", "last": f"{days[-1]:%F}"}
        about = {key: told for key, told in about.items() if told}
        series[item.series_id] = about | {"rows": len(days)}
    first = min(one["first"] for one in series.values())
    last = max(one["last"] for one in series.values())
    return {
        "title": "Daily closing prices from Yahoo Finance, adjusted for splits and dividends",
        "unit": "currency of the listing (JPY, USD, index points, JPY per USD)",
        "period": f"{first} to {last}",
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
