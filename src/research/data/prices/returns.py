"""From prices to returns, each series on the days of its own exchange, no gap bridged unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.data.prices.days import FX, price_days

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Calendars of the two factors; days without a fixing are usual in both.
FACTOR_CALENDARS = {"USDJPY": FX, "WTI": "XNYS"}

#: Columns of a ledger of gaps.
GAP_COLUMNS = ["series_id", "date", "reason"]


def returns_from_prices(
    prices: pd.DataFrame, calendars: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Compute simple returns from one session of a series' exchange to the next.

    :math:`R_t = P_t / P_{t-1} - 1` where ``t-1`` is the session before ``t`` on the calendar of
    the series, so that a holiday in Tokyo leaves no gap after it. Where a session inside has no
    price, neither its return nor the next is known: both are NaN and stand in the ledger.

    Both tables are dates x series ids; returns are fractions, the ledger has ``GAP_COLUMNS``.
    """
    parts, gaps = {}, []
    for name in prices:
        known = prices[name].dropna()
        days = price_days(calendars[str(name)], known.index[0].date(), known.index[-1].date())
        on_days = known.reindex(days)
        parts[name] = (on_days / on_days.shift(1) - 1).iloc[1:]
        gaps += _gaps(str(name), on_days)
    returns = pd.concat(parts, axis=1, sort=True).rename_axis(index="date", columns="series_id")
    return returns, pd.DataFrame(gaps, columns=GAP_COLUMNS)


def changes_of_factors(prices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute simple changes of factors from one fixing to the next.

    Unlike a share, a factor has days without a fixing that are no failure (bank holidays). The
    next change then spans more than one day, as it does in the bundled table; the ledger names
    each such day.
    """
    parts, gaps = {}, []
    for name in prices:
        known = prices[name].dropna()
        parts[name] = (known / known.shift(1) - 1).iloc[1:]
        first, last = (day.date() for day in known.index[[0, -1]])
        days = price_days(FACTOR_CALENDARS[str(name)], first, last).difference(known.index)
        gaps += [[name, day, "no fixing; the next change spans this day"] for day in days]
    changes = pd.concat(parts, axis=1, sort=True) if parts else pd.DataFrame(index=prices.index[:0])
    return changes.rename_axis("date"), pd.DataFrame(gaps, columns=GAP_COLUMNS)


def gaps_of_returns(returns: pd.DataFrame, calendars: Mapping[str, str]) -> pd.DataFrame:
    """List the sessions between the first and the last return of a series that have none."""
    gaps: list[list[object]] = []
    for name in returns:
        known = returns[name].dropna().index
        days = price_days(calendars[str(name)], known[0].date(), known[-1].date())
        gaps += [[name, day, "no return on this session"] for day in days.difference(known)]
    return pd.DataFrame(gaps, columns=GAP_COLUMNS)


def _gaps(name: str, on_days: pd.Series) -> list[list[object]]:
    blank = on_days.isna()
    after = blank.shift(1, fill_value=False) & ~blank
    return [
        *([name, day, "no price on this session"] for day in on_days.index[blank]),
        *([name, day, "no price on the session before"] for day in on_days.index[after]),
    ]
