"""Market figures from one of their sources, in one shape."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from research.data.market import load_daily_factors, load_daily_returns, load_series
from research.errors import Fault, InputError


@dataclass(frozen=True, eq=False, slots=True)
class MarketData:
    """Returns, factors and the list of series, from one source.

    Attributes
    ----------
    returns
        Dates x series ids, simple returns per session as fractions; NaN = no session or not
        listed.
    series
        One row per series id: name, group, calendar and coverage.
    factors
        Dates x ``USDJPY``, ``WTI``, changes as fractions.
    source
        What the figures are, in words.
    """

    returns: pd.DataFrame
    series: pd.DataFrame
    factors: pd.DataFrame
    source: str


def load_market(source: str = "bundled") -> MarketData:
    """Load returns, factors and series from a source.

    Raises
    ------
    InputError
        If the source is not known.
    DataError
        If the bundled tables are not as compiled.
    """
    if source != "bundled":
        raise InputError("Unknown source.", [Fault("source", "bundled", repr(source))])
    returns = load_daily_returns()
    span = f"{returns.index[0]:%Y-%m-%d} to {returns.index[-1]:%Y-%m-%d}"
    return MarketData(
        returns=returns,
        series=load_series(),
        factors=load_daily_factors(),
        source=f"bundled daily returns of {returns.shape[1]} series, {span}",
    )
