"""Benchmarks that trade on another exchange, brought to the sessions that they can explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.sessions import closing_times


def previous_sessions(returns: pd.Series, source: str, target: str) -> pd.DataFrame:
    """Compound what ``source`` earned between two closes of ``target``.

    A Tokyo session knows the New York sessions that closed after Tokyo's previous close and
    before its own. After a Tokyo holiday that is two or more of them (compounded); after a New
    York holiday it is none, and the return is exactly zero because nothing was traded.

    Parameters
    ----------
    returns
        Simple returns of an index on the sessions of ``source`` (fractions).
    source, target
        Exchange codes, for example ``XNYS`` and ``XTKS``.

    Returns
    -------
    pandas.DataFrame
        Index: sessions of ``target`` that the returns cover; ``return`` (fraction) and
        ``sessions`` (how many source sessions were compounded). NaN where one of those has no
        return.
    """
    closes = closing_times(source)
    own = returns.dropna()
    closes = closes[(closes.index >= own.index[0]) & (closes.index <= own.index[-1])]
    growth = np.log1p(returns.reindex(closes.index).to_numpy(dtype=float))
    targets = closing_times(target)
    targets = targets[(targets > closes.iloc[0]) & (targets.index <= own.index[-1])]
    # Position of the first target close after each source close.
    slot = targets.searchsorted(closes.to_numpy(), side="right")
    inside = slot < len(targets)
    total = np.bincount(slot[inside], weights=growth[inside], minlength=len(targets))
    count = np.bincount(slot[inside], minlength=len(targets))
    return pd.DataFrame({"return": np.expm1(total), "sessions": count}, index=targets.index)
