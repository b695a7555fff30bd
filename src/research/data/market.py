"""Market figures from one of their sources, in one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from research import paths
from research.data.prices import cache as price_cache
from research.data.prices.days import FACTOR_CALENDARS, returns_from_prices
from research.data.prices.own import read_price_file
from research.data.tables import load_table
from research.errors import DataError, Fault, InputError, raise_if
from research.labels import few

#: Basis points in one.
BP = 1e4


@dataclass(frozen=True, eq=False, slots=True)
class MarketData:
    """Returns, factors and the list of series, from one source.

    Returns are dates x series ids, simple, per session, fractions; NaN = no session, not listed, or
    no price. The coverage in ``series`` is that of these returns. Factors are changes as fractions,
    dates x ``USDJPY``, ``WTI``; a file need not have them. ``source`` says what the figures are.
    """

    returns: pd.DataFrame
    series: pd.DataFrame
    factors: pd.DataFrame
    source: str


def load_market(
    source: str = "bundled", own_groups: Mapping[str, Sequence[str]] | None = None
) -> MarketData:
    """Load returns, factors and series from disk; the network is never used.

    The source is ``bundled``; ``yahoo``, the prices that ``research data fetch`` stored last; or
    the path of a CSV file, seen from the project's folder when it is relative (see
    `research.data.prices.own`). ``own_groups`` puts tickers that only the file has into groups; one
    that ends in ``.T`` trades in Tokyo, any other in New York. A file of nothing but such tickers
    stands beside the bundled figures.
    A source that is neither a name nor a file is an `InputError`; figures that are missing,
    damaged, stale or not what they are said to be are a `DataError`.
    """
    if source == "bundled":
        return _bundled()
    if source == "yahoo":
        listed = load_table("market/series")
        prices, about = price_cache.read()
        _raise_if_stale(prices, listed)
        returns = returns_from_prices(prices, _calendars(listed))
        return _market(returns, listed, _words(about))
    if Path(source).suffix:
        return _file(paths.root() / source, own_groups or {})
    fault = Fault("source", "bundled, yahoo or the path of a .csv file", repr(source))
    raise InputError("Unknown source.", [fault])


def _bundled() -> MarketData:
    returns, factors = (load_table(f"market/daily_{kind}_bp") for kind in ("returns", "factors"))
    words = f"bundled daily returns of {returns.shape[1]} series, {_span(returns)}"
    return MarketData(returns, load_table("market/series"), factors, words)


def _calendars(listed: pd.DataFrame) -> dict[str, str]:
    return {**listed["calendar"].astype(str), **FACTOR_CALENDARS}


def _words(about: dict[str, Any]) -> str:
    """Say in one line what fetched prices are; figures carry it as their source."""
    fetched = about["fetched_utc"].removesuffix("Z").replace("T", " ")
    parts = [f"Yahoo Finance, fetched {fetched} UTC, adjusted for dividends"]
    parts += [f"{name} is {what}" for name, what in about["stand_ins"].items()]
    if about["missing"]:
        parts.append(f"{len(about['missing'])} series missing ({few(about['missing'])})")
    return "; ".join(parts)


def _file(file: Path, own_groups: Mapping[str, Sequence[str]]) -> MarketData:
    bundle = load_table("market/series")
    own = pd.DataFrame(
        [
            {"series_id": one, "name": one, "group": group, "adjustment": "as in the file",
             "calendar": "XTKS" if one.endswith(".T") else "XNYS"}
            for group, tickers in own_groups.items()
            for one in tickers
        ],
        columns=["series_id", *bundle],
    ).set_index("series_id")  # fmt: skip
    listed = pd.concat([bundle, own]) if len(own) else bundle
    kind, figures = read_price_file(file, _calendars(listed))
    lacks = ", ".join(own.index.difference(figures.columns))
    if lacks:
        fault = Fault(f"{file.name}, columns", "every ticker of own_groups", f"no {lacks}")
        raise DataError(f"{file.name} lacks tickers.", [fault])
    if kind == "prices":
        figures = returns_from_prices(figures, _calendars(listed))
    market = _market(figures, listed, f"{kind} from the file {file.name}")
    if len(market.series.index.difference(own.index)):
        return market
    beside = _bundled()
    return MarketData(
        returns=beside.returns.join(market.returns, how="outer").rename_axis("date"),
        series=pd.concat([beside.series, market.series]),
        factors=beside.factors,
        source=f"{beside.source}; {market.source}",
    )


def _market(figures: pd.DataFrame, listed: pd.DataFrame, words: str) -> MarketData:
    """Sort returns into series, in the order of the list, and factors."""
    names = [str(name) for name in listed.index if name in figures]
    if not names:
        fault = Fault("source", "at least one series of market/series.csv", "factors only")
        raise DataError("The source has no series.", [fault])
    known = [name for name in FACTOR_CALENDARS if name in figures]
    returns, factors = (figures[some].dropna(how="all") for some in (names, known))
    returns = returns.rename_axis(columns="series_id")
    coverage = listed.loc[list(returns.columns)].assign(
        first_date=returns.apply(pd.Series.first_valid_index),
        last_date=returns.apply(pd.Series.last_valid_index),
        returns_count=returns.count(),
    )
    source = f"{words}; {_span(returns)}"
    return MarketData(returns, coverage, factors.rename_axis(columns=None), source)


def _raise_if_stale(prices: pd.DataFrame, listed: pd.DataFrame) -> None:
    """Refuse prices that end before the bundled figures, which would drop events unseen."""
    faults = []
    for name in prices.columns.intersection(listed.index):
        wanted, last = listed["last_date"][name], prices[name].last_valid_index()
        if last is None or last < wanted:
            asked = f"prices up to {wanted:%F}, where the bundled figures end"
            faults.append(Fault(str(name), asked, str(last)[:10], "Run `research data fetch`."))
    raise_if(DataError, "The live prices are older than the bundled figures.", faults)


def compare(
    bundled: MarketData, other: MarketData, *, tolerance_bp: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the returns and factors of two sources where both have a figure.

    First the returns further apart than the tolerance, the largest first (``difference_bp`` is
    other less bundled); then a row per series of either source, those with most differing dates
    first. Bundled returns are rounded to 0.1 bp: below a tolerance of 0.05 every one differs.
    """
    if not 0 <= tolerance_bp < float("inf"):
        fault = Fault("tolerance", "basis points, 0 or more", repr(tolerance_bp))
        raise InputError("The two sources cannot be compared.", [fault])
    ours, theirs = (
        pd.concat([market.returns, market.factors], axis=1, sort=True).mul(BP)
        for market in (bundled, other)
    )
    ours, theirs = ours.align(theirs)
    gap = theirs - ours
    far = gap.abs() > tolerance_bp
    tables = {"bundled_bp": ours, "other_bp": theirs, "difference_bp": gap}
    rows = pd.concat({name: one[far].unstack() for name, one in tables.items()}, axis=1).dropna()
    columns = {
        "compared": gap.count(),
        "differ": far.sum(),
        "largest_bp": gap.abs().max(),
        "mean_bp": gap.mean(),
        "correlation": ours.corrwith(theirs),
    }
    rows = rows.rename_axis(["series_id", "date"]).reset_index()
    by_series = pd.DataFrame(columns).rename_axis("series_id")
    return (
        rows.sort_values("difference_bp", key=abs, ascending=False, kind="stable"),
        by_series.sort_values(["differ", "largest_bp"], ascending=False),
    )


def _span(returns: pd.DataFrame) -> str:
    return f"{returns.index[0]:%F} to {returns.index[-1]:%F}"
