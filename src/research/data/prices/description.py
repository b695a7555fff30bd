"""What stands beside fetched prices: when, from where, under which ticker, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yfinance

from research.data.prices.closes import Closes
from research.data.prices.errors import SeriesError
from research.data.prices.tickers import Listing


def describe(
    listings: Sequence[Listing],
    got: Mapping[str, Closes],
    failed: Mapping[str, SeriesError],
    *,
    auto_adjust: bool,
    now: pd.Timestamp,
) -> dict[str, Any]:
    """Write the description of fetched prices, as `research.data.prices.cache` stores it.

    Parameters
    ----------
    listings
        The series that came, in the order of the columns.
    got, failed
        By series id: the prices that came, and why the others did not.
    auto_adjust, now
        As asked: adjusted for dividends or not, and when.
    """
    adjusted = f"adjusted for splits {'and dividends' if auto_adjust else 'only'}"
    return {
        "title": "Daily closing prices from Yahoo Finance",
        "description": "One column a series, one row a date; an empty cell is a day without one.",
        "figures": "prices",
        "unit": f"currency of the listing (JPY, USD, index points, JPY per USD), {adjusted}",
        "period": _period(got),
        "authority": "Yahoo Finance",
        "rights": "for own use, not redistributed",
        "fetched_utc": now.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "auto_adjust": auto_adjust,
        "yfinance": yfinance.__version__,
        "series": {item.series_id: _series_entry(item, got[item.series_id]) for item in listings},
        "missing": {name: str(error.faults[0]) for name, error in failed.items()},
        "left_out": [
            {"series": name, "date": str(day.date()), "reason": reason}
            for name, part in got.items()
            for day, reason in part.left_out
        ],
        "notes": [f"{item.series_id}: {item.caveat}" for item in listings if item.caveat],
    }


def _period(got: Mapping[str, Closes]) -> str:
    first = min(part.prices.index[0] for part in got.values())
    last = max(part.prices.index[-1] for part in got.values())
    return f"{first.date()} to {last.date()}"


def _series_entry(listing: Listing, part: Closes) -> dict[str, Any]:
    stand_in = {"stand_in": listing.stand_in} if listing.stand_in else {}
    return {
        "ticker": listing.symbol,
        **stand_in,
        "currency": listing.currency,
        "first": str(part.prices.index[0].date()),
        "last": str(part.prices.index[-1].date()),
        "rows": len(part.prices),
    }
