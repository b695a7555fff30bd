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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yfinance
from curl_cffi.requests import Session
from yfinance.data import YfData

from research.data.prices.checks import unknown_series
from research.data.prices.days import FACTOR_CALENDARS
from research.errors import Fault, FetchError, InputError, raise_if

_TIMEOUT_S = 20

_SYMBOLS = {"N225": "^N225", "SP500": "^GSPC", "TOPIX": "1306.T", "USDJPY": "JPY=X", "WTI": "CL=F"}

#: What a series is at Yahoo where it is not the same thing, in two or three words.
STAND_INS = {"TOPIX": "the fund 1306.T", "WTI": "the future CL=F"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A series as Yahoo Finance has it: its ticker, and the calendar of its exchange."""

    series_id: str
    symbol: str
    calendar: str


def listings(series: pd.DataFrame, wanted: Iterable[str] | None = None) -> list[Listing]:
    """Give the listing of each series wanted; of all series and factors when none is named."""
    known = {**series["calendar"].astype(str), **FACTOR_CALENDARS}
    ids = list(known if wanted is None else wanted)
    faults = [unknown_series("series", name, known) for name in ids if name not in known]
    raise_if(InputError, "These series cannot be fetched.", faults)
    return [Listing(name, _SYMBOLS.get(name, name), known[name]) for name in dict.fromkeys(ids)]


class MayPassError(FetchError):
    """No answer, or one that says to come again."""


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
    _prepare_client()
    # It keeps answers for the life of the process, bad ones too: a retry would only get the
    # same page again.
    YfData.cache_get.cache_clear()
    rows, words = pd.DataFrame(), "no price in it"
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
        # The client appends a reference to its own manual.
        words = f"{type(error).__name__}: {error}".partition(". See ")[0]
    answer = session.answer
    if answer is not None and answer.status_code == 200 and not rows.empty:
        return rows, answer.json()["chart"]["result"][0]
    if answer is None:
        found, passes = f"no answer ({words})", True
    else:
        status, text = answer.status_code, " ".join(answer.text[:60].split())
        found, passes = f"HTTP {status}, {words}: {text!r}", status == 429 or status >= 500
    todo = "Check the connection, or wait." if passes else "Delisted, or yfinance out of date?"
    fault = Fault(listing.series_id, f"daily prices of {listing.symbol}", found, todo)
    kind = MayPassError if passes else FetchError
    raise kind(f"{listing.series_id} could not be fetched.", [fault])


@functools.cache
def _prepare_client() -> None:
    """Have yfinance raise rather than log, and give it a folder of its own for this process.

    It pickles cookies into a database in the user's home, and unpickles what it finds there.
    Without any folder it would ask for a cookie before every question.
    """
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    folder = tempfile.mkdtemp(prefix="prices-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yfinance.set_tz_cache_location(folder)
