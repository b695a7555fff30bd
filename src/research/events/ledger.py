"""What an event study left out, and why: units, days without a figure, days off the calendar."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.events.models import Fit
from research.events.windows import OUTSIDE, Sample

_COLUMNS = ["event_id", "asset", "date", "part", "reason"]


def ledger(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    returns: pd.DataFrame,
    sample: Sample,
    reason: NDArray[np.object_],
) -> pd.DataFrame:
    """List everything that an event study left out.

    Parameters
    ----------
    units, own_sessions, returns, sample
        As `research.events.windows` makes them.
    reason
        Why each unit was dropped; empty where it was kept (`unit_reasons`).

    Returns
    -------
    pandas.DataFrame
        event_id, asset, date, part (``unit``, ``estimation``, ``window``, ``off session``), reason.
    """
    parts = [
        units.assign(part="unit", reason=reason)[reason != ""],
        _left_out_days(units, returns.index, sample, reason),
        _off_session_days(units, own_sessions, returns, sample, reason),
    ]
    return pd.concat([part[_COLUMNS] for part in parts], ignore_index=True)


def unit_reasons(fitted: Fit, min_estimation: int) -> NDArray[np.object_]:
    """Say why a unit cannot be used; an empty text where it can."""
    reasons = np.full(len(fitted.df), "", dtype=object)
    reasons[~(fitted.sigma2 > 0)] = "no variation in the estimation window"
    reasons[np.isnan(fitted.coefficients).any(axis=1)] = (
        "benchmark constant or collinear in the estimation window"
    )
    failed = fitted.failure != ""
    reasons[failed] = fitted.failure[failed]
    short = fitted.n_estimation < min_estimation
    reasons[short] = [
        f"{n} usable estimation days, {min_estimation} needed" for n in fitted.n_estimation[short]
    ]
    return reasons


def _left_out_days(
    units: pd.DataFrame, dates: pd.Index, sample: Sample, reason: NDArray[np.object_]
) -> pd.DataFrame:
    """List every asset-day of the windows that is not used, with the reason."""
    parts = []
    whole = np.zeros(sample.y_window.shape, dtype=bool)
    for part, y, x, rows, cut in (
        ("estimation", sample.y, sample.x, sample.rows, sample.cut),
        ("window", sample.y_window, sample.x_window, sample.rows_window, whole),
    ):
        no_benchmark = np.asarray(~np.isfinite(x).all(axis=-1))
        missing = (~np.isfinite(y) | no_benchmark | cut) & (reason == "")[:, None]
        unit, day = np.nonzero(missing)
        days = units.iloc[unit].drop(columns="date")
        days["date"] = dates[rows[unit, day]].where(rows[unit, day] != OUTSIDE)
        days["part"] = part
        days["reason"] = "inside the window of another event"
        days.loc[no_benchmark[unit, day], "reason"] = "no value of the benchmark"
        days.loc[~np.isfinite(y[unit, day]), "reason"] = "no return of the asset"
        days.loc[rows[unit, day] == OUTSIDE, "reason"] = "outside the sample"
        parts.append(days)
    return pd.concat(parts)


def _off_session_days(
    units: pd.DataFrame,
    own_sessions: dict[str, pd.DatetimeIndex],
    returns: pd.DataFrame,
    sample: Sample,
    reason: NDArray[np.object_],
) -> pd.DataFrame:
    """List returns that stand between a unit's sessions, on days when its calendar has none."""
    inside = np.hstack([sample.rows, sample.rows_window])
    first = np.where(inside == OUTSIDE, len(returns), inside).min(axis=1)
    last = inside.max(axis=1)
    parts = [units.iloc[:0].assign(part="", reason="")]
    for calendar, members in units[reason == ""].groupby("calendar", sort=False):
        off = np.flatnonzero(~returns.index.isin(own_sessions[str(calendar)]))
        columns = returns.columns.get_indexer(pd.Index(members["asset"]))
        held = np.isfinite(returns.iloc[off].to_numpy(dtype=float)[:, columns].T)
        held &= (off > first[members.index, None]) & (off < last[members.index, None])
        unit, day = np.nonzero(held)
        days = members.iloc[unit].assign(date=returns.index[off[day]], part="off session")
        parts.append(days.assign(reason=f"a return on a day that is no {calendar} session"))
    return pd.concat(parts)
