"""What was reported of a day, beside what the figures say."""

from __future__ import annotations

import pandas as pd

from research.data.sources import MarketData
from research.sessions import sessions

#: Unit of claims about the move of an index on a day.
_UNIT = "% day"

#: How a claim names the series that would test it.
_SERIES = {"^N225": "N225", "^TOPX": "TOPIX", "^GSPC": "SP500"}


def reported_moves(claims: pd.DataFrame, market: MarketData) -> pd.DataFrame:
    """Compare the daily index moves that claims state with the closing figures.

    Parameters
    ----------
    claims
        Table of `research.data.load_claims`; used are the rows whose unit begins with
        ``% day`` and whose ``testable_with`` names an index of the bundle.
    market
        Figures to compare with.

    Returns
    -------
    pandas.DataFrame
        Index claim_id; claimant, date, series_id, reported_pct, measured_pct, difference_pp,
        same_sign. ``measured_pct`` is NaN where the exchange had no session that day.
    """
    daily = claims[claims["unit"].str.startswith(_UNIT)].copy()
    daily["series_id"] = daily["testable_with"].map(_series_named)
    daily = daily[daily["series_id"].notna()]
    out = daily[["claimant", "quote_paraphrase", "series_id"]].copy()
    out["date"] = pd.to_datetime(daily["date"])
    number = daily["quantity"].str.extract(r"^\s*([+-]?\d+(?:\.\d+)?)", expand=False)
    out["reported_pct"] = number.astype(float)
    out["measured_pct"] = [
        100 * _return_on(market, row.series_id, row.date) for row in out.itertuples()
    ]
    out["difference_pp"] = out["measured_pct"] - out["reported_pct"]
    out["same_sign"] = out["measured_pct"] * out["reported_pct"] > 0
    return out


def day_returns(market: MarketData, date_by_calendar: pd.Series) -> pd.DataFrame:
    """Give the return of every index and fund on day 0 of its own exchange.

    Parameters
    ----------
    market
        Figures to read.
    date_by_calendar
        Day 0 of each exchange (index: exchange codes).

    Returns
    -------
    pandas.DataFrame
        Index series_id; name, calendar, date, return_pct.
    """
    chosen = market.series[market.series["group"].isin(["index", "etf"])]
    out = chosen.loc[chosen.index.isin(market.returns.columns), ["name", "calendar"]].copy()
    out["date"] = out["calendar"].map(date_by_calendar)
    out["return_pct"] = [100 * _return_on(market, row.Index, row.date) for row in out.itertuples()]
    return out


def _series_named(text: str) -> str | None:
    return next((series for ticker, series in _SERIES.items() if ticker in text), None)


def _return_on(market: MarketData, series_id: str, date: pd.Timestamp) -> float:
    calendar = str(market.series.at[series_id, "calendar"])
    if date not in sessions(calendar, date, date) or date not in market.returns.index:
        return float("nan")
    return float(market.returns.at[date, series_id])
