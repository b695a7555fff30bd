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
        Days x assets: residuals of the estimation window (fractions; with ``garch`` brought to
        one variance for all days), NaN where not used.
    k
        Coefficients of the model.
    n_days
        Days of the event window.
    """

    car: pd.Series
    covariance: pd.DataFrame
    overlap: pd.DataFrame
    residuals: pd.DataFrame
    k: int
    n_days: int

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
        If the window is not inside every study's window.
    """
    holding = [study for study in studies if event_id in study.units.index.get_level_values(0)]
    table = pd.concat([study.car(window).loc[event_id] for study in holding]).dropna(subset="car")
    days = pd.concat([study.event_days(event_id, window) for study in holding]).loc[table.index]
    tables = [study.residuals(event_id, rescaled=True) for study in holding]
    residuals = pd.concat(tables, axis=1, sort=True)
    residuals, shared = residuals[table.index], shared_days(days, days)
    units = pd.concat([study.units.loc[event_id] for study in holding])
    correlation = residual_correlation(residuals, residuals) * shared
    correlation += overnight(residuals, days, units.loc[table.index, "calendar"])
    return JointCars(
        car=table["car"],
        covariance=correlation * np.outer(table["se"], table["se"]),
        overlap=shared,
        residuals=residuals,
        k=int((units["n_estimation"] - units["df"]).max()),
        n_days=days.shape[1],
    )


def events_of(studies: Sequence[EventStudy]) -> list[object]:
    """List the events of studies that can be read as one, each once, in their order.

    Raises
    ------
    InputError
        If a firm stands in two studies, or their windows or kinds of returns differ.
    """
    _check_as_one(studies)
    names = [study.units.index.get_level_values("event_id") for study in studies]
    return list(dict.fromkeys(name for index in names for name in index))


def residual_correlation(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Correlate residuals over the days that two firms have in common, first x second.

    ``sum_t e_it e_jt / sqrt(sum_t e_it^2 sum_t e_jt^2)`` over the days with both; residuals are
    not centred again, as in a residual variance. Zero where two firms share no day: what was never
    seen together is taken as unrelated.

    Parameters
    ----------
    first, second
        The same days x assets, NaN where a day is not used.
    """
    used, seen = (table.notna().to_numpy(dtype=float) for table in (first, second))
    e, f = (table.fillna(0.0).to_numpy() for table in (first, second))
    scale = np.sqrt(((e**2).T @ seen) * (used.T @ f**2))
    values = np.divide(e.T @ f, scale, out=np.zeros_like(scale), where=scale > 0)
    return pd.DataFrame(values, index=first.columns, columns=second.columns)


def shared_days(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Compute the share of event days that two firms have in common, first x second.

    Parameters
    ----------
    first, second
        Assets x days of the window: the calendar day of each.
    """
    codes = pd.factorize(np.concatenate([first.to_numpy().ravel(), second.to_numpy().ravel()]))[0]
    parts = np.split(codes, [first.size])
    held = [np.zeros((len(table), codes.max(initial=-1) + 1)) for table in (first, second)]
    for table, part, own in zip((first, second), parts, held, strict=True):
        own[np.arange(len(table))[:, None], part.reshape(table.shape)] = 1.0
    shares = held[0] @ held[1].T / first.shape[1]
    return pd.DataFrame(shares, index=first.index, columns=second.index)


def overnight(residuals: pd.DataFrame, days: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Correlate CARs through the night between New York's close and Tokyo's next one.

    Tokyo closes before New York does. What a date brings after Tokyo's close reaches Tokyo's
    shares on its next session, so a New York day also goes with the Tokyo session after it. The
    correlation of such residuals counts with the share of event days that follow each other so.

    Returns
    -------
    pandas.DataFrame
        Assets x assets: zero but between the two exchanges.
    """
    out = pd.DataFrame(0.0, index=calendars.index, columns=calendars.index)
    tokyo, york = (calendars.index[calendars == code] for code in ("XTKS", "XNYS"))
    if len(tokyo) and len(york):
        own = sessions("XTKS")
        follows = own[own.searchsorted(residuals.index, side="right")]
        next_day = residuals[tokyo].reindex(follows).set_axis(residuals.index)
        mapped = days.loc[york].map(lambda day: own[own.searchsorted(day, side="right")])
        share = shared_days(mapped, days.loc[tokyo])
        out.loc[york, tokyo] = residual_correlation(residuals[york], next_day) * share
        out.loc[tokyo, york] = out.loc[york, tokyo].T
    return out


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


def quiet_t(joint: JointCars, weights: pd.Series) -> Array:
    """Compute the t of a weighted portfolio over every run of days of the estimation window.

    The runs are as long as the event window; days on which a firm has no residual are left out.
    Empty where the firms do not share their event days, as no run of days stands for theirs.
    """
    firms = weights.index[weights != 0]
    if (joint.overlap.loc[firms, firms] < 1).any(axis=None):
        return np.empty(0)
    portfolio = (joint.residuals[firms].dropna() @ weights[firms]).to_numpy()
    df = len(portfolio) - joint.k
    squares = float((portfolio**2).sum())
    if df <= 0 or len(portfolio) < joint.n_days or squares == 0:
        return np.empty(0)
    sums = np.convolve(portfolio, np.ones(joint.n_days), mode="valid")
    return np.asarray(sums / np.sqrt(joint.n_days * squares / df))


def rank_pvalue(t: float, quiet: Array) -> float:
    """Rank a t among quiet ones, ``(1 + #{|quiet| >= |t|}) / (1 + N)``; NaN without any."""
    if not len(quiet) or np.isnan(t):
        return float("nan")
    return float((1 + (np.abs(quiet) >= abs(t)).sum()) / (1 + len(quiet)))


def _check_as_one(studies: Sequence[EventStudy]) -> None:
    assets = pd.Index([asset for study in studies for asset in study.units.index.unique("asset")])
    faults = [
        Fault("studies", "each firm in one study", f"{asset!r} in two")
        for asset in assets[assets.duplicated()].unique()
    ]
    kinds = {(study.settings.window, study.settings.returns_are) for study in studies}
    if len(kinds) > 1:
        faults.append(Fault("studies", "one window and one kind of returns", f"{sorted(kinds)}"))
    raise_if(InputError, "These studies cannot be read as one.", faults)
