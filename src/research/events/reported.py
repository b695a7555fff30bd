"""What was reported of a day, beside what the figures say."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from research.data.sources import MarketData
from research.errors import Fault, InputError
from research.events.reactions import members

#: Indices and funds that the story of a day is told with.
NEEDED = ("N225", "TOPIX", "SP500", "SMH", "XLE")

#: Unit of claims about the move of an index on a day.
_UNIT = "% day"

#: How a claim names the series that would test it.
_SERIES = {"^N225": "N225", "^TOPX": "TOPIX", "^GSPC": "SP500"}


def reported_moves(claims: pd.DataFrame, market: MarketData) -> pd.DataFrame:
    """Compare the daily index moves that claims state with the closing figures.

    Parameters
    ----------
    claims
        Table of ``deal/claims``; used are the rows whose unit begins with
        ``% day`` and whose ``testable_with`` names an index of the bundle.
    market
        Figures to compare with.

    Returns
    -------
    pandas.DataFrame
        Index claim_id; claimant, quote_paraphrase, series_id, date, reported_pct,
        measured_pct, difference_pp, same_sign. ``measured_pct`` is NaN where the exchange had
        no session that day.
    """
    daily = claims[claims["unit"].str.startswith(_UNIT)].copy()
    daily["series_id"] = daily["testable_with"].map(_series_named)
    daily = daily[daily["series_id"].notna()]
    out = daily[["claimant", "quote_paraphrase", "series_id"]].copy()
    out["date"] = pd.to_datetime(daily["date"])
    number = daily["quantity"].str.extract(r"^\s*([+-]?\d+(?:\.\d+)?)", expand=False)
    out["reported_pct"] = number.astype(float)
    out["measured_pct"] = 100 * _returns_on(market, out["series_id"], out["date"])
    out["difference_pp"] = out["measured_pct"] - out["reported_pct"]
    out["same_sign"] = out["measured_pct"] * out["reported_pct"] > 0
    return out


def day_moves(
    market: MarketData, day_zero: pd.DataFrame, groups: Collection[str], reported: pd.DataFrame
) -> pd.DataFrame:
    """Give the return of each index, fund and group on day 0 of its own exchange.

    Parameters
    ----------
    market
        Figures to read.
    day_zero
        One event's rows of `research.events.day_zero`: asset, calendar, date.
    groups
        Groups whose plain mean return is wanted.
    reported
        Result of `reported_moves`, to set beside.

    Returns
    -------
    pandas.DataFrame
        Index series id or group; kind (``index``, ``fund``, ``group``), label, calendar, date,
        return_pct, n, reported_pct.

    Raises
    ------
    InputError
        If an index or fund of `NEEDED`, or a share of the groups, has no returns.
    """
    absent = [name for name in NEEDED if name not in market.returns]
    if absent:
        todo = "Bring them in: the story of a day is told with them."
        raise InputError(
            "The day cannot be told.",
            [Fault("returns", ", ".join(NEEDED), f"no {', '.join(absent)}", todo)],
        )
    dates = day_zero.drop_duplicates("calendar").set_index("calendar")["date"]
    series = market.series[market.series.index.isin(market.returns.columns)]
    single = series[series["group"].isin(["index", "etf"]) & series["calendar"].isin(dates.index)]
    rows = single[["calendar"]].assign(
        label=single["name"], n=1, kind=single["group"].replace("etf", "fund")
    )
    rows["date"] = rows["calendar"].map(dates)
    rows["return_pct"] = 100 * _returns_on(market, rows.index.to_series(), rows["date"])
    shares = members(market, groups).to_frame("group")
    shares["calendar"] = series["calendar"].reindex(shares.index)
    shares["date"] = shares["calendar"].map(dates)
    shares["return_pct"] = 100 * _returns_on(market, shares.index.to_series(), shares["date"])
    means = shares.groupby("group", sort=False).agg(
        calendar=("calendar", "first"),
        date=("date", "first"),
        return_pct=("return_pct", "mean"),
        n=("return_pct", "count"),
    )
    out = pd.concat([rows, means.assign(kind="group", label=means.index)])
    out["reported_pct"] = [
        _reported_on(reported, str(name), date) for name, date in out["date"].items()
    ]
    columns = ["kind", "label", "calendar", "date", "return_pct", "n", "reported_pct"]
    return out[columns].rename_axis("id")


def _series_named(text: str) -> str | None:
    return next((series for ticker, series in _SERIES.items() if ticker in text), None)


def _returns_on(market: MarketData, series: pd.Series, dates: pd.Series) -> pd.Series:
    """Look up one return a row by series and date; NaN where there is none."""
    wanted = pd.MultiIndex.from_arrays([series.to_numpy(), dates.to_numpy()])
    found = market.returns.unstack().reindex(wanted)
    return pd.Series(found.to_numpy(), index=series.index)


def _reported_on(reported: pd.DataFrame, series_id: str, date: object) -> float:
    hits = reported[(reported["series_id"] == series_id) & (reported["date"] == date)]
    return float(hits["reported_pct"].iloc[0]) if len(hits) else float("nan")
