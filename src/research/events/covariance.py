"""Joint covariance of the CARs of one event, from residuals matched by calendar day.

Contrasts of groups, regressions on firm characteristics and power all ask how the CARs of many
firms vary together on one date. They take it from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.models import Array, Labels
from research.sessions import EXCHANGES, sessions

if TYPE_CHECKING:
    from research.events.results import EventStudy


@dataclass(frozen=True, eq=False, slots=True)
class JointCars:
    """CARs of one event with their joint covariance, firms of one or more studies.

    Attributes
    ----------
    car
        Index asset: CAR (fraction); firms without one are left out.
    covariance
        Assets x assets: covariance of the CARs (fractions squared).
    overlap
        Assets x assets: share of event days that two firms have in common.
    residuals
        Days x assets: residuals of the estimation window (fractions), NaN where not used.
    k
        Coefficients of the model.
    """

    car: pd.Series
    covariance: pd.DataFrame
    overlap: pd.DataFrame
    residuals: pd.DataFrame
    k: int

    def df(self, assets: pd.Index) -> int:
        """Count the days with a residual of any of these firms, less k."""
        return int(self.residuals[assets].notna().any(axis=1).sum()) - self.k


def joint_cars(
    studies: Sequence[EventStudy], event_id: object, window: Sequence[int] | None = None
) -> JointCars:
    """Put the CARs of one event together, also from studies with benchmarks of their own.

    Raises
    ------
    InputError
        If a firm stands in two studies, or the window is not inside every study's window.
    """
    holding = [study for study in studies if event_id in study.units.index.get_level_values(0)]
    table = pd.concat([study.car(window).loc[event_id] for study in holding]).dropna(subset="car")
    _check_firms_once(table.index)
    days = pd.concat([study.event_days(event_id, window) for study in holding]).loc[table.index]
    residuals = pd.concat([study.residuals(event_id) for study in holding], axis=1).sort_index()
    residuals, shared = residuals[table.index], shared_days(days)
    counts = pd.concat([study.units.loc[event_id] for study in holding])
    return JointCars(
        car=table["car"],
        covariance=residual_correlation(residuals) * shared * np.outer(table["se"], table["se"]),
        overlap=shared,
        residuals=residuals,
        k=int((counts["n_estimation"] - counts["df"]).max()),
    )


def events_of(studies: Sequence[EventStudy]) -> list[object]:
    """List the events of some studies, each once, in their order."""
    names = [study.units.index.get_level_values("event_id") for study in studies]
    return list(dict.fromkeys(name for index in names for name in index))


def residual_correlation(residuals: pd.DataFrame) -> pd.DataFrame:
    """Correlate residuals over the days that two firms have in common, assets x assets.

    ``sum_t e_it e_jt / sqrt(sum_t e_it^2 sum_t e_jt^2)`` over the days with both; residuals are
    not centred again, as in a residual variance. Zero where two firms share no day: what was never
    seen together is taken as unrelated.
    """
    used = residuals.notna().to_numpy(dtype=float)
    e = residuals.fillna(0.0).to_numpy()
    squares = (e**2).T @ used
    scale = np.sqrt(squares * squares.T)
    values = np.divide(e.T @ e, scale, out=np.zeros_like(scale), where=scale > 0)
    return pd.DataFrame(values, index=residuals.columns, columns=residuals.columns)


def shared_days(days: pd.DataFrame) -> pd.DataFrame:
    """Compute the share of event days that two firms have in common, assets x assets.

    Parameters
    ----------
    days
        Assets x days of the window: the calendar day of each.
    """
    codes = pd.factorize(days.to_numpy().ravel())[0].reshape(days.shape)
    held = np.zeros((len(days), codes.max(initial=-1) + 1))
    held[np.arange(len(days))[:, None], codes] = 1.0
    return pd.DataFrame(held @ held.T / days.shape[1], index=days.index, columns=days.index)


def calendar_days(units: pd.DataFrame, rows: Labels, first: int) -> np.ndarray:
    """Name the calendar day of each cell of a window, (U, days).

    Parameters
    ----------
    units
        date (day 0) and calendar of each unit.
    rows
        (U, days): number of the day in the table of returns.
    first
        First day of the window relative to day 0.

    Returns
    -------
    numpy.ndarray
        Dates where the calendar is an exchange, so that days of two studies can be matched; else
        the numbers as they are.
    """
    if not units["calendar"].isin(list(EXCHANGES)).all():
        return rows
    out = np.empty(rows.shape, dtype="datetime64[us]")
    offsets = np.arange(first, first + rows.shape[1])
    for calendar in units["calendar"].unique():
        own, mine = sessions(calendar), (units["calendar"] == calendar).to_numpy()
        zero = own.get_indexer(pd.DatetimeIndex(units.loc[mine, "date"]))
        out[mine] = own.to_numpy()[zero[:, None] + offsets]
    return out


def quiet_t(joint: JointCars, weights: pd.Series, n_days: int) -> Array:
    """Compute the t of a weighted portfolio over every run of days of the estimation window.

    The runs are as long as the event window; days on which a firm has no residual are left out.
    Empty where the firms do not share their event days, as no run of days stands for theirs.
    """
    firms = weights.index[weights != 0]
    if (joint.overlap.loc[firms, firms] < 1).any(axis=None):
        return np.empty(0)
    portfolio = (joint.residuals[firms].dropna() @ weights[firms]).to_numpy()
    df = len(portfolio) - joint.k
    if df <= 0 or len(portfolio) < n_days:
        return np.empty(0)
    sums = np.convolve(portfolio, np.ones(n_days), mode="valid")
    return np.asarray(sums / np.sqrt(n_days * (portfolio**2).sum() / df))


def rank_pvalue(t: float, quiet: Array) -> float:
    """Rank a t among quiet ones, ``(1 + #{|quiet| >= |t|}) / (1 + N)``; NaN without any."""
    if not len(quiet) or np.isnan(t):
        return float("nan")
    return float((1 + (np.abs(quiet) >= abs(t)).sum()) / (1 + len(quiet)))


def _check_firms_once(assets: pd.Index) -> None:
    faults = [
        Fault("studies", "each firm in one study", f"{asset!r} in two")
        for asset in assets[assets.duplicated()].unique()
    ]
    raise_if(InputError, "These studies cannot be read as one.", faults)
