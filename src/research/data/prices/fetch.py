"""Bring live prices in: the only code of the project that uses the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import tenacity
import yfinance

from research.data.prices import cache as price_cache
from research.data.prices import errors
from research.data.prices.closes import Closes, closes
from research.data.prices.days import FX
from research.data.prices.tickers import Listing
from research.data.prices.yahoo import ChartSession, daily_rows
from research.errors import DataError, Fault, FetchError, InputError

#: First day asked for: a week before the first bundled return, which needs a price before it.
FIRST_DAY = "2024-05-28"

#: Called with a series id and what happens to it: ``asked``, ``waiting 2 s``, ``done``, ``failed``.
Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to ask for one series, and how long to wait in between, doubled each time.

    A service that names a time is given it, up to the longest.
    """

    attempts: int = 4
    first_wait_s: float = 2.0
    longest_wait_s: float = 60.0


@dataclass(frozen=True, eq=False, slots=True)
class Fetched:
    """Prices (dates x series ids), their description as stored, and why others are missing."""

    prices: pd.DataFrame
    about: dict[str, Any]
    failed: dict[str, errors.SeriesError]


@dataclass(frozen=True, eq=False, slots=True)
class _Question:
    session: ChartSession
    patience: Patience
    span: tuple[pd.Timestamp, pd.Timestamp]
    auto_adjust: bool
    now: pd.Timestamp
    report: Report


class _NotAskedError(errors.SeriesError):
    """The fetch had given up before this series."""


def fetch_prices(
    listings: Iterable[Listing],
    *,
    auto_adjust: bool,
    first: str = FIRST_DAY,
    last: str | None = None,
    allow_partial: bool = False,
    session: ChartSession | None = None,
    patience: Patience | None = None,
    now: pd.Timestamp | None = None,
    report: Report = lambda _series, _what: None,
) -> Fetched:
    """Fetch closing prices from Yahoo Finance and store them in ``data/cache``.

    With ``auto_adjust`` prices are adjusted for dividends, as the bundled returns of shares are.
    Dates are both included; ``last`` defaults to the last session settled at the moment ``now``.
    With ``allow_partial`` what came is stored although series failed, or although the file on
    disk has more series; not when the fetch gave up half way. ``report`` is told of each step.

    Raises
    ------
    FetchError
        If series failed and ``allow_partial`` is off, all failed, or the fetch gave up. When
        all failed in the same way it is of the class that names it
        (`research.data.prices.errors`). The file on disk is then as it was.
    InputError
        If the dates are wrong, or the file on disk has series that were not asked for.
    """
    wanted = list(listings)
    moment = pd.Timestamp.now("UTC") if now is None else now
    span = _span(first, last, moment)
    if not allow_partial:
        _raise_if_poorer(wanted)
    asking = ChartSession() if session is None else session
    question = _Question(asking, patience or Patience(), span, auto_adjust, moment, report)
    got, failed = _ask_all(wanted, question)
    gave_up = any(isinstance(error, _NotAskedError) for error in failed.values())
    if not got or gave_up or (failed and not allow_partial):
        raise _summed_up(failed, len(wanted))
    prices = pd.concat([part.prices for part in got.values()], axis=1, sort=True)
    about = _about([item for item in wanted if item.series_id in got], got, failed, question)
    price_cache.write(prices.rename_axis("date"), about)
    return Fetched(prices, price_cache.read_description(), failed)


def _span(first: str, last: str | None, now: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    faults, days = [], []
    today = now.tz_convert("UTC").tz_localize(None).normalize()
    for name, value in (("start", first), ("end", last)):
        try:
            days.append(today if value is None else pd.Timestamp(date.fromisoformat(value)))
        except ValueError:
            faults.append(Fault(name, "a date such as 2025-12-24", repr(value)))
    if not faults and not days[0] < days[1]:
        faults.append(Fault("start", f"a day before {days[1].date()}", str(days[0].date())))
    if faults:
        raise InputError("These dates cannot be fetched.", faults)
    return days[0], days[1]


def _raise_if_poorer(wanted: list[Listing]) -> None:
    """Refuse to replace the file on disk by one with fewer series."""
    try:
        there = list(price_cache.read_description()["series"])
    except DataError:
        return
    lost = [name for name in there if name not in {listing.series_id for listing in wanted}]
    if lost:
        found = f"{len(there)} on disk, among them {', '.join(lost[:5])}, which would be lost"
        todo = "Fetch all, or use --allow-partial."
        fault = Fault("series", "every series of the file on disk", found, todo)
        raise InputError("The fetch would leave fewer series than there are.", [fault])


def _ask_all(
    wanted: list[Listing], question: _Question
) -> tuple[dict[str, Closes], dict[str, errors.SeriesError]]:
    got: dict[str, Closes] = {}
    failed: dict[str, errors.SeriesError] = {}
    for listing in wanted:
        name, kinds = listing.series_id, [type(error) for error in failed.values()]
        # A failure has come so often that the next series would fail as well.
        if any(k.ends_fetch_after and kinds.count(k) >= k.ends_fetch_after for k in kinds):
            fault = Fault(name, "prices", "not asked: the fetch gave up before")
            failed[name] = _NotAskedError(f"{name} was not asked for.", [fault])
            continue
        question.report(name, "asked")
        try:
            got[name] = _ask_patiently(listing, question)
        except errors.SeriesError as error:
            failed[name] = error
        question.report(name, "done" if name in got else "failed")
    return got, failed


def _ask_patiently(listing: Listing, question: _Question) -> Closes:
    patience = question.patience
    backoff = tenacity.wait_exponential(patience.first_wait_s, patience.longest_wait_s)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_for = getattr(error, "retry_after_s", 0.0)
        return max(backoff(state), min(asked_for, patience.longest_wait_s))

    def tell(state: tenacity.RetryCallState) -> None:
        seconds = f" {state.next_action.sleep:g} s" if state.next_action else ""
        question.report(listing.series_id, f"waiting{seconds}")

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: getattr(error, "worth_retrying", False)),
        stop=tenacity.stop_after_attempt(patience.attempts),
        wait=wait,
        before_sleep=tell,
        reraise=True,
    )
    return retrying(_ask, listing, question)


def _ask(listing: Listing, question: _Question) -> Closes:
    (first, last), adjust = question.span, question.auto_adjust
    # A currency's close stands under a later label.
    end = last + pd.Timedelta(days=7 if listing.calendar == FX else 0)
    rows, answer = daily_rows(listing, question.session, first=first, last=end, auto_adjust=adjust)
    return closes(listing, rows, answer, auto_adjust=adjust, last=last, now=question.now)


def _about(
    listed: list[Listing],
    got: dict[str, Closes],
    failed: dict[str, errors.SeriesError],
    question: _Question,
) -> dict[str, Any]:
    """Describe fetched prices: when, from where, under which ticker, what is missing."""
    series = {}
    for item in listed:
        days = got[item.series_id].prices.index
        span = {"first": str(days[0].date()), "last": str(days[-1].date()), "rows": len(days)}
        stand_in = {"stand_in": item.stand_in} if item.stand_in else {}
        series[item.series_id] = {
            "ticker": item.symbol, **stand_in, "currency": item.currency, **span
        }  # fmt: skip
    first, last = (
        pick(str(one[end]) for one in series.values())
        for pick, end in ((min, "first"), (max, "last"))
    )
    adjusted = f"adjusted for splits {'and dividends' if question.auto_adjust else 'only'}"
    return {
        "title": "Daily closing prices from Yahoo Finance",
        "description": "One column a series, one row a date; an empty cell is a day without one.",
        "figures": "prices",
        "unit": f"currency of the listing (JPY, USD, index points, JPY per USD), {adjusted}",
        "period": f"{first} to {last}",
        "authority": "Yahoo Finance",
        "rights": "for own use, not redistributed",
        "fetched_utc": question.now.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "auto_adjust": question.auto_adjust,
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


def _summed_up(failed: dict[str, errors.SeriesError], wanted: int) -> FetchError:
    """Put the errors of all series into one, of their common class if they have one."""
    asked = [error for error in failed.values() if not isinstance(error, _NotAskedError)]
    kinds = {type(error) for error in asked}
    kind = kinds.pop() if len(kinds) == 1 else FetchError
    faults = [fault for error in asked for fault in error.faults]
    left = len(failed) - len(asked)
    if left:
        faults.append(Fault("the rest", "prices", f"{left} series not asked after this"))
    summary = f"{len(failed)} of {wanted} series could not be fetched; the prices on disk, if any, "
    return kind(f"{summary}are as they were.", faults)
