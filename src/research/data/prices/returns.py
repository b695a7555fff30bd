"""From prices to returns, each series on the days of its own exchange, no gap bridged unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.data.prices.days import FX, price_days

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Calendars of the two factors; days without a fixing are usual in both.
FACTOR_CALENDARS = {"USDJPY": FX, "WTI": "XNYS"}


def returns_from_prices(prices: pd.DataFrame, calendars: Mapping[str, str]) -> pd.DataFrame:
    r"""Compute simple returns from one session of a series' exchange to the next, as fractions.

    :math:`R_t = P_t / P_{t-1} - 1` where ``t-1`` is the session before ``t`` on the calendar of
    the series, so that a holiday in Tokyo leaves no gap after it. Where a session has no price,
    its return and the next are NaN. Factors alone have days without a fixing that are no failure:
    their next change spans such days, as in the bundled table. Tables are dates x series ids.
    """
    parts = {}
    for name in map(str, prices):
        known = prices[name].dropna()
        if name not in FACTOR_CALENDARS:
            first, last = (day.date() for day in known.index[[0, -1]])
            known = known.reindex(price_days(calendars[name], first, last))
        parts[name] = (known / known.shift(1) - 1).iloc[1:]
    returns = pd.concat(parts, axis=1, sort=True) if parts else prices
    return returns.rename_axis(index="date", columns="series_id")
