"""One question to Yahoo Finance through yfinance: the prices, or an error that says why not.

yfinance reports most failures by a log line and an empty table, forgets the HTTP status, drops
the first of two rows with one date and takes unadjusted prices where the adjusted ones are
missing. So the session keeps the answer as it came, and the answer is looked at as well.
"""

import atexit
import functools
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd
import yfinance
from curl_cffi.requests import Session
from curl_cffi.requests.exceptions import RequestException
from yfinance.data import YfData

from research.data.prices.tickers import Listing
from research.errors import Fault, FetchError

_TIMEOUT_S = 20


class Cause(NamedTuple):
    """What to do; whether to ask again; after how many such failures to give up, 0 for never."""

    todo: str
    again: bool = False
    ends_after: int = 0


OFFLINE = Cause("Check the connection, then run `research data fetch` again.", True, 1)
LIMITED = Cause("Wait an hour, or fetch fewer series with --series.", True, 1)
BROKEN = Cause("Yahoo is out of order: try again later.", True, 3)
NO_FIGURES = Cause("A consent page, or a proxy's login?", ends_after=3)
REFUSED = Cause("Yahoo may have changed: update yfinance.", ends_after=3)
UNKNOWN = Cause("Delisted or renamed?")
EARLY = Cause("Try again in an hour, or fetch up to the day before with --end.")
EMPTY = Cause("Check --start and --end.")
COLUMNS = Cause("Yahoo may have changed: update yfinance or try again later.")
UNUSABLE = Cause("Look at the series on the site, or leave it out with --allow-partial.")


class SeriesError(FetchError):
    """One series could not be fetched."""

    def __init__(self, listing: Listing, cause: Cause, *faults: Fault) -> None:
        told = [replace(fault, todo=fault.todo or cause.todo) for fault in faults]
        super().__init__(f"{listing.series_id} could not be fetched.", told)
        self.cause = cause


class ChartSession(Session[Any]):
    """A browser-like HTTP session that keeps the last answer of the chart service."""

    answer: Any = None

    def __init__(self, **settings: Any) -> None:
        super().__init__(impersonate="chrome", **settings)

    def request(self, method: Any, url: str, *rest: Any, **arguments: Any) -> Any:
        """Send a request; forget the last answer before a new question."""
        asks_chart = "/v8/finance/chart/" in url
        self.answer = None if asks_chart else self.answer
        response = super().request(method, url, *rest, **arguments)
        self.answer = response if asks_chart else self.answer
        return response


def daily_rows(
    listing: Listing, session: ChartSession, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Ask for the daily rows of one series, and give the service's own answer beside them.

    Dates are both included; ``Close`` is adjusted for splits and dividends.
    """
    rows, failure = pd.DataFrame(), None
    with _outspoken_client():
        try:
            rows = yfinance.Ticker(listing.symbol, session=session).history(
                start=first.date().isoformat(),
                end=(last + pd.Timedelta(days=1)).date().isoformat(),
                interval="1d",
                auto_adjust=True,
                actions=False,
                keepna=True,
                timeout=_TIMEOUT_S,
            )
        except Exception as error:
            failure = error
    if failure or rows.empty or session.answer is None or session.answer.status_code != 200:
        raise _explained(listing, session.answer, failure) from failure
    return rows, result_of(session.answer)


@contextmanager
def _outspoken_client() -> Iterator[None]:
    """Have yfinance raise rather than log, and forget what it was answered before."""
    _keep_client_files_apart()
    # It keeps answers for the life of the process, bad ones too: a retry would only get the
    # same page again.
    YfData.cache_get.cache_clear()
    debug, log = yfinance.config.debug, logging.getLogger("yfinance")
    hidden, level = debug.hide_exceptions, log.level
    debug.hide_exceptions = False
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # Its use of pandas is its own matter.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module="yfinance")
            yield
    finally:
        debug.hide_exceptions = hidden
        log.setLevel(level)


@functools.cache
def _keep_client_files_apart() -> None:
    """Give yfinance a folder of its own for this process.

    It pickles cookies into a database in the user's home, and unpickles what it finds there.
    Without any folder it would ask for a cookie before every question.
    """
    folder = tempfile.mkdtemp(prefix="prices-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yfinance.set_tz_cache_location(folder)


def result_of(answer: Any) -> dict[str, Any]:
    """Give the part of an answer with the figures; empty where it has no such part."""
    try:
        return dict(answer.json()["chart"]["result"][0])
    except (ValueError, TypeError, LookupError):
        return {}


def _explained(listing: Listing, answer: Any, error: Exception | None) -> SeriesError:
    """Turn what is known of a failure into an error with the first cause that applies."""
    if answer is None:
        # The client appends a reference to its own manual.
        found = f"no answer ({str(error).partition('. See ')[0]})"
        cause = OFFLINE if isinstance(error, RequestException) else REFUSED
        return SeriesError(listing, cause, Fault(listing.where, "daily prices as JSON", found))
    status, text = answer.status_code, " ".join(answer.text[:60].split())
    page = f"HTTP {status}, {answer.headers.get('content-type', 'no type')}: {text!r}"
    figures = result_of(answer)
    causes = (
        (status == 429, LIMITED, page),
        (status >= 500, BROKEN, page),
        (not answer.text.startswith("{"), NO_FIGURES, page),
        (status == 404 or '"Not Found"' in answer.text, UNKNOWN, page),
        (status >= 400, REFUSED, page),
        (not figures.get("timestamp"), EMPTY, "an answer without a price"),
        (True, COLUMNS, f"{type(error).__name__}: {error}" if error else "an empty table"),
    )
    cause, found = next((cause, found) for applies, cause, found in causes if applies)
    return SeriesError(listing, cause, Fault(listing.where, "daily prices as JSON", found))
