"""Benchmarks that trade on another exchange, brought to the sessions that they can explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import Fault, InputError
from research.events.settings import Settings
from research.sessions import EXCHANGES, closing_times


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
        return, also before the first return of the sample.

    Raises
    ------
    InputError
        If ``returns`` has no value, a date twice, or a value on a day without a session.
    """
    closes, targets = closing_times(source), closing_times(target)
    own = returns.dropna()
    _check_sessions(own, closes.index, source)
    growth = np.log1p(own.reindex(closes.index).to_numpy(dtype=float))
    # Position of the first target close after each source close.
    slot = targets.searchsorted(closes.to_numpy(), side="right")
    inside = slot < len(targets)
    total = np.bincount(slot[inside], weights=growth[inside], minlength=len(targets))
    count = np.bincount(slot[inside], minlength=len(targets))
    out = pd.DataFrame({"return": np.expm1(total), "sessions": count}, index=targets.index)
    covered = (targets > closes[own.index[0]]) & (targets.index <= own.index[-1])
    return out[covered.to_numpy()]


def benchmark_of(factors: pd.DataFrame, calendar: str, settings: Settings) -> pd.DataFrame:
    """Give the benchmark as the shares of one exchange can know it at their own closes.

    Where ``settings.benchmark_calendar`` names another exchange, each column is compounded over
    that exchange's sessions since the last own close (`previous_sessions`).

    Raises
    ------
    InputError
        As `previous_sessions`.
    """
    source = settings.benchmark_calendar
    if source is None or source == calendar:
        return factors
    log = settings.returns_are == "log"
    out = {}
    for column in factors:
        simple = np.expm1(factors[column]) if log else factors[column]
        known = previous_sessions(simple, source, calendar)["return"].reindex(factors.index)
        out[column] = np.log1p(known) if log else known
    return pd.DataFrame(out, index=factors.index)


def check_benchmark_calendar(settings: Settings, events: pd.DataFrame) -> list[Fault]:
    """Find an exchange of the benchmark that is unknown or cannot be used."""
    code, where = settings.benchmark_calendar, "benchmark_calendar"
    if code is None:
        return []
    faults = []
    if not isinstance(code, str) or code not in EXCHANGES:
        faults.append(Fault(where, " or ".join(EXCHANGES), repr(code)))
    if isinstance(settings.model, str) and settings.model == "mean":
        todo = "Leave it out: this model has no benchmark."
        faults.append(Fault(where, "nothing for the model 'mean'", repr(code), todo))
    if isinstance(events, pd.DataFrame) and "calendar" not in events:
        todo = "research.events.day_zero names the exchange of each asset."
        faults.append(Fault(where, "events with a column calendar", "none", todo))
    return faults


def _check_sessions(own: pd.Series, known: pd.Index, source: str) -> None:
    if own.empty:
        fault = Fault("returns", "at least one value", "none")
    elif own.index.has_duplicates:
        twice = own.index[own.index.duplicated()][0]
        fault = Fault("returns", "each date once", f"{twice} twice")
    elif not own.index.isin(known).all():
        odd = own.index[~own.index.isin(known)]
        found = f"values on {len(odd)} other days, first {odd[0]}"
        fault = Fault("returns", f"values on sessions of {source} alone", found)
    else:
        return
    raise InputError("The returns cannot be brought to another exchange.", [fault])
