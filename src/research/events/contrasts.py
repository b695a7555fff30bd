"""Differences of two groups' mean CARs on one date, with their joint covariance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.events.covariance import JointCars, events_of, joint_cars, quiet_t, rank_pvalue
from research.events.models import ROUNDING
from research.events.multiple import adjusted
from research.events.results import EventStudy


def contrasts(
    studies: EventStudy | Sequence[EventStudy],
    pairs: Sequence[tuple[str, str]],
    *,
    groups: pd.Series,
    window: Sequence[int] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare the mean CARs of pairs of groups at every event.

    With weights w of 1/n_a for the firms of the first group and -1/n_b for those of the second,
    and V the covariance of the CARs (`research.events.covariance`), the difference ``w'CAR`` has
    the standard error ``sqrt(w'V w)``. With complete data on one exchange its t is that of a
    regression of the long-short portfolio on the benchmark.

    Parameters
    ----------
    studies
        A study, or the studies of several exchanges, each with day 0 and benchmark of its own.
    pairs
        (first, second) groups: first minus second.
    groups
        Group of each asset (index: assets).
    window
        First and last day inside the studies' window (default: all of it).
    level
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        One row an event and pair: event_id, first, second, n_first, n_second, mean_first,
        mean_second, difference, se, low, high (fractions), t, df, pvalue, holm_pvalue, bh_pvalue
        (family: all rows with a p), correlation (of the two means), overlap (mean share of event
        days in common across the groups), rank_pvalue (among the runs of days of the estimation
        window), n_quiet, reason (why a row has no test).

    Raises
    ------
    InputError
        If a group is unknown or stands on both sides, a firm is in two studies, or the window
        does not fit.
    """
    every = [studies] if isinstance(studies, EventStudy) else list(studies)
    _check(every, pairs, groups, level)
    rows = []
    for event_id in events_of(every):
        joint = joint_cars(every, event_id, window)
        rows += [
            {"event_id": event_id, "first": first, "second": second}
            | _compare(joint, groups, first, second)
            for first, second in pairs
        ]
    return _with_inference(pd.DataFrame(rows), level)


def _compare(joint: JointCars, groups: pd.Series, first: str, second: str) -> dict[str, object]:
    """Compute one difference with its standard error and degrees of freedom."""
    own = groups.reindex(joint.car.index).to_numpy()
    a, b = np.flatnonzero(own == first), np.flatnonzero(own == second)
    row: dict[str, object] = {"n_first": len(a), "n_second": len(b)}
    if not len(a) or not len(b):
        empty = second if len(a) else first
        return row | {"reason": f"no firm of {empty} has every day of the window"}
    car, V = joint.car.to_numpy(), joint.covariance.to_numpy()
    row |= {"mean_first": car[a].mean(), "mean_second": car[b].mean()}
    row["overlap"] = joint.overlap.to_numpy()[np.ix_(a, b)].mean()
    row["difference"] = difference = car[a].mean() - car[b].mean()
    aa, bb, ab = (V[np.ix_(i, j)].mean() for i, j in ((a, a), (b, b), (a, b)))
    variance = aa + bb - 2 * ab
    # Two portfolios that are the same leave rounding errors, which are no variance.
    if variance <= ROUNDING * (aa + bb):
        return row | {"reason": "variance of the difference at or below zero"}
    firms = joint.car.index[np.r_[a, b]]
    weights = np.r_[np.full(len(a), 1 / len(a)), np.full(len(b), -1 / len(b))]
    quiet = quiet_t(joint, pd.Series(weights, firms))
    return row | {
        "se": np.sqrt(variance),
        "df": min(joint.df(firms[: len(a)]), joint.df(firms[len(a) :])),
        "correlation": ab / np.sqrt(aa * bb),
        "rank_pvalue": rank_pvalue(difference / np.sqrt(variance), quiet),
        "n_quiet": len(quiet),
        "reason": "",
    }


_COLUMNS = [
    "event_id", "first", "second", "n_first", "n_second", "mean_first", "mean_second",
    "difference", "se", "low", "high", "t", "df", "pvalue", "holm_pvalue", "bh_pvalue",
    "correlation", "overlap", "rank_pvalue", "n_quiet", "reason",
]  # fmt: skip


def _with_inference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add t, p and interval, and adjust the p-values of all rows together."""
    out = rows.reindex(columns=_COLUMNS)
    half = stats.t.ppf(0.5 + level / 2, out["df"]) * out["se"]
    out["low"], out["high"] = out["difference"] - half, out["difference"] + half
    out["t"] = out["difference"] / out["se"]
    out["pvalue"] = 2 * stats.t.sf(out["t"].abs(), out["df"])
    family = adjusted(out["pvalue"])
    return out.assign(holm_pvalue=family["holm_pvalue"], bh_pvalue=family["bh_pvalue"])


def _check(
    studies: Sequence[EventStudy],
    pairs: Sequence[tuple[str, str]],
    groups: pd.Series,
    level: float,
) -> None:
    faults = []
    known = list(groups.dropna().unique())
    for first, second in pairs:
        faults += [
            Fault("pairs", f"one of {', '.join(map(str, known))}", repr(name))
            for name in (first, second)
            if name not in known
        ]
        if first == second:
            faults.append(Fault("pairs", "two different groups", f"{first!r} twice"))
    if not pairs or not studies:
        faults.append(Fault("pairs and studies", "at least one of each", "none"))
    if not 0 < level < 1:
        faults.append(Fault("level", "a share between 0 and 1", repr(level)))
    if groups.index.has_duplicates:
        twice = groups.index[groups.index.duplicated()][0]
        faults.append(Fault("groups", "each asset once", f"{twice} twice"))
    raise_if(InputError, "These groups cannot be compared.", faults)
