"""`event_study`: from labelled returns, benchmarks and events to a checked result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.checks import check_all
from research.events.models import Array, Fit, Labels, fit
from research.events.results import EventStudy
from research.events.settings import MIN_ESTIMATION, Settings
from research.sessions import sessions

# The calendar of an asset whose event row names none: the dates with a benchmark.
_BENCHMARK = "benchmark"

# Row of a day that lies outside the sample.
_OUTSIDE = -1


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
        ``market``, ``market_adjusted`` or ``mean``.
    window, estimation
        First and last session of the event and of the estimation window, relative to day 0.
    min_estimation
        Fewest usable estimation days; a unit with fewer is dropped and listed.

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
        window=cast(tuple[int, int], tuple(window)),
        estimation=cast(tuple[int, int], tuple(estimation)),
        min_estimation=min_estimation,
    )
    check_all(returns, factors, events, settings)
    own_sessions = _sessions_by_calendar(events, returns, factors)
    units = _place(events, own_sessions, returns.index)
    used = factors if model != "mean" else factors.iloc[:, :0]
    sample = _gather(units, own_sessions, returns, used, settings)
    fitted = fit(model, sample.y, sample.x, sample.y_window, sample.x_window)
    return _result(units, returns.index, sample, fitted, settings)


@dataclass(frozen=True, eq=False, slots=True)
class _Sample:
    """Values of each unit's windows; ``rows`` are positions in the dates of returns."""

    y: Array
    x: Array
    y_window: Array
    x_window: Array
    rows: Labels
    rows_window: Labels


def _sessions_by_calendar(
    events: pd.DataFrame, returns: pd.DataFrame, factors: pd.DataFrame
) -> dict[str, pd.DatetimeIndex]:
    """List the sessions of each calendar that the events name."""
    if "calendar" in events:
        first, last = returns.index[0], returns.index[-1]
        return {str(code): sessions(code, first, last) for code in events["calendar"].unique()}
    table = factors if factors.shape[1] else returns
    return {_BENCHMARK: pd.DatetimeIndex(returns.index[table.notna().any(axis=1)])}


def _place(
    events: pd.DataFrame, own_sessions: dict[str, pd.DatetimeIndex], index: pd.Index
) -> pd.DataFrame:
    """Add to each event row its calendar and the position of day 0 among its sessions."""
    units = events.reset_index(drop=True)[["event_id", "asset", "date"]].copy()
    units["calendar"] = events["calendar"].to_numpy() if "calendar" in events else _BENCHMARK
    units["position"] = -1
    for calendar, rows in units.groupby("calendar", sort=False):
        position = own_sessions[str(calendar)].get_indexer(pd.DatetimeIndex(rows["date"]))
        units.loc[rows.index, "position"] = position
    faults = [
        Fault(
            f"events row {row.Index} ({row.event_id} / {row.asset})",
            f"a {row.calendar} session between {index[0]:%Y-%m-%d} and {index[-1]:%Y-%m-%d}",
            f"{row.date:%Y-%m-%d}",
            "Map the news with research.events.day_zero, or bring a longer sample.",
        )
        for row in units[units["position"] < 0].itertuples()
    ]
    raise_if(InputError, "event_study cannot place day 0.", faults)
    return units


def _gather(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    returns: pd.DataFrame,
    factors: pd.DataFrame,
    settings: Settings,
) -> _Sample:
    """Read every unit's windows by the sessions of its own calendar."""
    pairs = (settings.estimation, settings.window)
    offsets = [np.arange(first, last + 1) for first, last in pairs]
    rows = [np.full((len(units), len(offset)), _OUTSIDE) for offset in offsets]
    for calendar, members in units.groupby("calendar", sort=False):
        own = own_sessions[str(calendar)]
        lookup = np.append(returns.index.get_indexer(own), _OUTSIDE)
        for offset, target in zip(offsets, rows, strict=True):
            place = members["position"].to_numpy()[:, None] + offset
            outside = (place < 0) | (place >= len(own))
            target[members.index] = lookup[np.where(outside, len(own), place)]
    # One row of NaN at the end serves the days outside the sample (-1).
    columns = returns.columns.get_indexer(pd.Index(units["asset"]))[:, None]
    y = np.vstack([returns.to_numpy(dtype=float), np.full(returns.shape[1], np.nan)])
    x = np.vstack([factors.to_numpy(dtype=float), np.full(factors.shape[1], np.nan)])
    return _Sample(
        y=y[rows[0], columns],
        x=x[rows[0]],
        y_window=y[rows[1], columns],
        x_window=x[rows[1]],
        rows=rows[0],
        rows_window=rows[1],
    )


def _result(
    units: pd.DataFrame, dates: pd.Index, sample: _Sample, fitted: Fit, settings: Settings
) -> EventStudy:
    reason = _unit_reasons(fitted, settings.min_estimation)
    kept = reason == ""
    index = pd.MultiIndex.from_frame(units.loc[kept, ["event_id", "asset"]])
    fit_kept = Fit(**{name: getattr(fitted, name)[kept] for name in Fit.__slots__})
    days = pd.RangeIndex(settings.window[0], settings.window[1] + 1, name="day")
    return EventStudy(
        units=_describe(units[kept], fit_kept, index),
        abnormal=pd.DataFrame(fit_kept.abnormal, index=index, columns=days),
        dropped=_ledger(units, dates, sample, reason),
        settings=settings,
        _fit=fit_kept,
        _days=sample.rows[kept],
    )


def _unit_reasons(fitted: Fit, min_estimation: int) -> NDArray[np.object_]:
    """Say why a unit cannot be used; an empty text where it can."""
    reasons = np.full(len(fitted.df), "", dtype=object)
    reasons[~(fitted.sigma2 > 0)] = "no variation in the estimation window"
    short = fitted.n_estimation < min_estimation
    reasons[short] = [
        f"{n} usable estimation days, {min_estimation} needed" for n in fitted.n_estimation[short]
    ]
    return reasons


def _describe(units: pd.DataFrame, fitted: Fit, index: pd.MultiIndex) -> pd.DataFrame:
    out = units[["date", "calendar"]].set_axis(index)
    out["n_estimation"], out["df"] = fitted.n_estimation, fitted.df
    out["sigma"] = np.sqrt(fitted.sigma2)
    for number in range(fitted.coefficients.shape[1]):
        out[f"coefficient_{number}"] = fitted.coefficients[:, number]
    return out


def _ledger(
    units: pd.DataFrame, dates: pd.Index, sample: _Sample, reason: NDArray[np.object_]
) -> pd.DataFrame:
    """List every unit and every asset-day that was left out, with the reason."""
    gone = units[reason != ""]
    parts = [gone.assign(part="unit", reason=reason[reason != ""])]
    for part, y, x, rows in (
        ("estimation", sample.y, sample.x, sample.rows),
        ("window", sample.y_window, sample.x_window, sample.rows_window),
    ):
        no_benchmark = ~np.isfinite(x).all(axis=-1)
        missing = (~np.isfinite(y) | no_benchmark) & (reason == "")[:, None]
        unit, day = np.nonzero(missing)
        days = units.iloc[unit].drop(columns="date")
        days["date"] = dates[rows[unit, day]].where(rows[unit, day] != _OUTSIDE)
        days["part"] = part
        days["reason"] = np.select(
            [rows[unit, day] == _OUTSIDE, ~np.isfinite(y[unit, day])],
            ["outside the sample", "no return of the asset"],
            "no value of the benchmark",
        )
        parts.append(days)
    columns = ["event_id", "asset", "date", "part", "reason"]
    ledger: pd.DataFrame = pd.concat([part[columns] for part in parts], ignore_index=True)
    return ledger
