"""`event_study`: from labelled returns, benchmarks and events to a checked result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from research.events.checks import check_all
from research.events.confounders import other_events
from research.events.garch import fit_garch
from research.events.ledger import ledger, unit_reasons
from research.events.models import Fit, fit
from research.events.results import EventStudy
from research.events.settings import MIN_ESTIMATION, Settings
from research.events.windows import (
    Sample,
    gather,
    place,
    sessions_by_calendar,
    with_every_session,
)


def event_study(
    returns: pd.DataFrame,
    benchmark: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    returns_are: str,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
    min_estimation: int = MIN_ESTIMATION,
    lags: int | None = None,
    leads: int | None = None,
    benchmark_calendar: str | None = None,
    exclude: pd.DataFrame | None = None,
) -> EventStudy:
    """Measure abnormal returns around events.

    Parameters
    ----------
    returns
        Dates x assets, fractions (0.01 is 1 %); NaN where the asset has no return.
    benchmark
        Same dates: a Series, or a DataFrame with one column a factor. The model ``mean`` does
        not use it beyond telling which dates are sessions.
    events
        One row for each ``event_id`` and ``asset`` with ``date``, its day 0: the first session
        that can react (`research.events.day_zero`). A column ``calendar`` names the exchange of
        the asset; without it, the dates with a benchmark are the sessions.
    returns_are
        ``simple`` or ``log``: what a sum of them means is the caller's to say.
    model
        ``market``, ``market_adjusted``, ``mean``, ``dimson``, ``scholes_williams`` or ``garch``
        (needs the package arch), see `research.events.MODELS`.
    window, estimation
        First and last session of the event and of the estimation window, relative to day 0.
    min_estimation
        Fewest usable estimation days; a unit with fewer is dropped and listed.
    lags, leads
        For ``dimson``: how many sessions of the asset's own exchange before and after each day
        enter with a beta of their own.
    benchmark_calendar
        Exchange that the benchmark trades on. Shares of another exchange are then measured
        against what it earned between their own closes (`research.events.previous_sessions`):
        for Tokyo and ``XNYS``, against New York's previous close.
    exclude
        Other events: event_id, date (day 0) and calendar where ``events`` has one; a column asset
        limits a row to that asset. Estimation days inside their event windows are not used and
        listed in ``dropped``; ``units.confounded`` flags event windows that hold their day 0. An
        event does not exclude itself.

    Returns
    -------
    EventStudy
        Abnormal returns, CARs, group tests, and what was dropped with the reason.

    Raises
    ------
    InputError
        If a table or a setting is not usable; lists every fault.
    """
    factors = benchmark.to_frame() if isinstance(benchmark, pd.Series) else benchmark
    settings = Settings(
        returns_are=returns_are,
        model=model,
        window=_pair(window),
        estimation=_pair(estimation),
        min_estimation=min_estimation,
        lags=lags,
        leads=leads,
        benchmark_calendar=benchmark_calendar,
    )
    check_all(returns, factors, events, settings, exclude)
    own_sessions = sessions_by_calendar(events, returns, factors)
    returns, factors = with_every_session(returns, factors, own_sessions)
    units = place(events, own_sessions, returns.index)
    used = factors if model != "mean" else factors.iloc[:, :0]
    sample = gather(units, own_sessions, returns, used, settings)
    if exclude is not None:
        cut, units["confounded"] = other_events(units, own_sessions, exclude, settings)
        sample = replace(sample, cut=cut)
    fitted = _fit(sample, settings)
    reason = unit_reasons(fitted, settings.min_estimation)
    estimated = reason == ""
    # A slice takes no copy.
    kept = slice(None) if estimated.all() else estimated
    index = pd.MultiIndex.from_frame(units.loc[estimated, ["event_id", "asset"]])
    fit_kept = Fit(**{name: getattr(fitted, name)[kept] for name in Fit.__slots__})
    days = pd.RangeIndex(settings.window[0], settings.window[1] + 1, name="day")
    return EventStudy(
        units=_describe(units[estimated], fit_kept, index, used.columns, settings),
        abnormal=pd.DataFrame(fit_kept.abnormal, index=index, columns=days),
        dropped=ledger(units, own_sessions, returns, sample, reason),
        settings=settings,
        _fit=fit_kept,
        _days=sample.rows[kept],
        _window_days=sample.rows_window[kept],
    )


def _fit(sample: Sample, settings: Settings) -> Fit:
    y = np.where(sample.cut, np.nan, sample.y) if sample.cut.any() else sample.y
    if settings.model != "garch":
        return fit(settings.model, y, sample.x, sample.y_window, sample.x_window)
    steps = np.arange(settings.window[0], settings.window[1] + 1) - settings.estimation[1]
    return fit_garch(y, sample.x, sample.y_window, sample.x_window, steps)


def _pair(window: Sequence[int]) -> tuple[int, int]:
    # What is no pair is left as it is, for the checks to name.
    return cast(tuple[int, int], tuple(window) if isinstance(window, list | tuple) else window)


def _describe(
    units: pd.DataFrame, fitted: Fit, index: pd.MultiIndex, factors: pd.Index, settings: Settings
) -> pd.DataFrame:
    columns = [c for c in ("date", "calendar", "confounded") if c in units]
    out = units[columns].set_axis(index)
    out["n_estimation"], out["df"] = fitted.n_estimation, fitted.df
    out["sigma"] = np.sqrt(fitted.sigma2)
    for number in range(fitted.coefficients.shape[1]):
        out[f"coefficient_{number}"] = fitted.coefficients[:, number]
    if settings.model == "dimson":
        by_shift = fitted.coefficients[:, 1:].reshape(len(out), -1, len(factors))
        out[[f"beta_{name}" for name in factors]] = by_shift.sum(axis=1)
    return out
