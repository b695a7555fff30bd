"""One question to Yahoo Finance through yfinance: the prices, or an error that says why not.

yfinance reports most failures by a log line and an empty table, forgets the HTTP status, drops
the first of two rows with one date and takes unadjusted prices where the adjusted ones are
missing. So the session keeps the answer as it came, and the answer is looked at as well.
"""

from __future__ import annotations

import atexit
import functools
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import pandas as pd
import yfinance
from curl_cffi.requests import Session
from curl_cffi.requests.exceptions import RequestException
from yfinance.data import YfData

from research.data.prices import errors
from research.data.prices.tickers import Listing
from research.errors import Fault

#: Path of the service that gives daily prices.
CHART_PATH = "/v8/finance/chart/"

#: Largest answer that is read, after unpacking; two years of one series take 60,000 bytes.
MOST_BYTES = 5_000_000

_TIMEOUT_S = 20
_MOST_REDIRECTS = 5


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What the chart service answered last.

    ``text_head`` is its first 60 characters, ``body`` its JSON object, ``None`` if it is none, and
    ``retry_after_s`` the seconds that the service asked to wait, 0 when it named none.
    """

    status: int
    content_type: str
    text_head: str
    body: dict[str, Any] | None
    retry_after_s: float

    @property
    def result(self) -> dict[str, Any]:
        """The part with the figures; empty when there is none."""
        chart = (self.body or {}).get("chart")
        results = chart.get("result") if isinstance(chart, dict) else None
        first = results[0] if isinstance(results, list) and results else None
        return first if isinstance(first, dict) else {}


class ChartSession(Session[Any]):
    """A browser-like HTTP session that keeps the last answer of the chart service."""

    answer: Answer | None = None

    def __init__(self, **settings: Any) -> None:
        super().__init__(impersonate="chrome", **settings)

    def request(self, method: Any, url: str, *rest: Any, **arguments: Any) -> Any:
        """Send a request; forget the last answer before a new question.

        An answer is cut off at `MOST_BYTES`, unpacked, and only redirects within the same host
        are followed.
        """
        asks_chart = CHART_PATH in url
        if asks_chart:
            self.answer = None
        arguments |= {"stream": True, "allow_redirects": False}
        for _ in range(_MOST_REDIRECTS):
            response = super().request(method, url, *rest, **arguments)
            whole = _take(response)
            target = urljoin(url, response.headers.get("location", url))
            if target == url or urlsplit(target)[:2] != urlsplit(url)[:2]:
                break
            url = target
        if asks_chart:
            self.answer = _answer(response)
        if not whole:
            raise ValueError(f"an answer of more than {MOST_BYTES:,} bytes")
        return response


def _take(response: Any) -> bool:
    """Read an answer as it comes, up to the limit, and say whether it is whole."""
    content = bytearray()
    for chunk in response.iter_content():
        content += chunk
        if len(content) > MOST_BYTES:
            response.content = f"more than {MOST_BYTES:,} bytes".encode()
            response.close()
            return False
    response.content = bytes(content)
    response.close()
    return True


def daily_rows(
    listing: Listing,
    session: ChartSession,
    *,
    first: pd.Timestamp,
    last: pd.Timestamp,
    auto_adjust: bool,
) -> tuple[pd.DataFrame, Answer]:
    """Ask for the daily rows of one series.

    Dates have no zone and are both included. ``Close`` is always adjusted for splits, and for
    dividends with ``auto_adjust``. A `SeriesError` says what went wrong.
    """
    with _outspoken_client():
        try:
            rows = yfinance.Ticker(listing.symbol, session=session).history(
                start=first.date().isoformat(),
                end=(last + pd.Timedelta(days=1)).date().isoformat(),
                interval="1d",
                auto_adjust=auto_adjust,
                actions=False,
                keepna=True,
                timeout=_TIMEOUT_S,
            )
        except Exception as error:
            raise _explained(listing, session.answer, error) from error
    if session.answer is None or session.answer.status != 200 or rows.empty:
        raise _explained(listing, session.answer, None)
    return rows, session.answer


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


def _answer(response: Any) -> Answer:
    try:
        body = response.json()
    except ValueError:
        body = None
    try:
        retry_after_s = max(0.0, float(response.headers.get("retry-after", 0)))
    except ValueError:
        # A date is allowed here too; our own waiting times serve as well.
        retry_after_s = 0.0
    return Answer(
        status=response.status_code,
        content_type=response.headers.get("content-type", "no type"),
        text_head=" ".join(response.text[:60].split()),
        body=body if isinstance(body, dict) else None,
        retry_after_s=retry_after_s,
    )


def _explained(
    listing: Listing, answer: Answer | None, error: Exception | None
) -> errors.SeriesError:
    """Turn what is known of a failure into the error that names its cause."""
    if answer is None:
        kind = errors.OfflineError if isinstance(error, RequestException) else errors.SeriesError
        # The client appends a reference to its own manual.
        found = f"no answer ({str(error).partition('. See ')[0]})" if error else "no question sent"
        todo = "Check the connection, then run `research data fetch` again."
    else:
        kind, found, todo = _cause(listing, answer, error)
    fault = Fault(where(listing), "daily prices as JSON", found, todo)
    explained = kind(f"{listing.series_id} could not be fetched.", [fault])
    explained.retry_after_s = answer.retry_after_s if answer else 0.0
    return explained


def where(listing: Listing) -> str:
    """Name a series and its ticker for messages."""
    same = listing.series_id == listing.symbol
    return listing.symbol if same else f"{listing.series_id} ({listing.symbol})"


def _cause(
    listing: Listing, answer: Answer, error: Exception | None
) -> tuple[type[errors.SeriesError], str, str]:
    """Give the error, what was found and what to do, of the first cause that applies."""
    status, chart = answer.status, (answer.body or {}).get("chart")
    refusal = chart.get("error") if isinstance(chart, dict) else None
    unknown = isinstance(refusal, dict) and refusal.get("code") == "Not Found"
    page = f"HTTP {status}, {answer.content_type}: {answer.text_head!r}"
    missing = ", ".join(missing_columns(answer, adjusted=False))
    odd = f"{type(error).__name__}: {error}" if error else "an empty table from yfinance"
    update, delisted = "Yahoo may have changed: update yfinance.", "Delisted or renamed?"
    wait = "Wait an hour, or fetch fewer series with --series."
    empty, given = "an answer without a price", "Check --start and --end."
    causes = (
        (status == 429, errors.RateLimitedError, page, wait),
        (status >= 500, errors.ServerError, page, "Yahoo is out of order: try again later."),
        (300 <= status < 400, errors.RefusedError, page, "A way to another host: not followed."),
        (answer.body is None, errors.NotJsonError, page, "A consent page, or a proxy's login?"),
        (status == 404 or unknown, errors.UnknownTickerError, page, delisted),
        (status >= 400, errors.RefusedError, page, update),
        (not answer.result.get("timestamp"), errors.EmptyAnswerError, empty, given),
        (bool(missing), errors.MissingColumnsError, f"no column {missing}", update),
        (True, errors.SeriesError, odd, "Report this with the version of yfinance."),
    )
    return next(cause[1:] for cause in causes if cause[0])


def missing_columns(answer: Answer, *, adjusted: bool) -> list[str]:
    """List the columns of prices that an answer lacks."""
    quote, adjusted_part = _columns(answer, "quote"), _columns(answer, "adjclose")
    missing = [name for name in ("open", "high", "low", "close", "volume") if not quote.get(name)]
    return [*missing, *(["adjclose"] if adjusted and not adjusted_part.get("adjclose") else [])]


def _columns(answer: Answer, part: str) -> dict[str, Any]:
    indicators = answer.result.get("indicators")
    parts = indicators.get(part) if isinstance(indicators, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    return first if isinstance(first, dict) else {}
