"""Group tests on signs, and Wilcoxon's on signed ranks: how many firms rose, not by how much.

`cz_sign_z` has the variance over time of the mean sign as its yardstick and keeps its size with one
common date; the others count each firm as a draw of its own, and do not.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from research.events.clustering import Clusters
from research.events.members import Members, nobody
from research.events.models import Array, Labels
from research.events.outcomes import Case, Outcome, reasons, z_outcome
from research.events.ranks import average_ranks, day_z

#: Wilcoxon's p-value is exact for fewer firms, if no two CARs have the same size.
EXACT_BELOW = 50


def sign_tests(members: Members, matched: Clusters) -> dict[str, Outcome]:
    """Compute the tests on signs.

    - ``sign_z = sum(sign(CAR)) / sqrt(n)``; a CAR of exactly zero counts nowhere
    - ``cz_sign_z = sqrt(m) Gbar / S``, G = sign(AR - median of the firm's days); S as for ranks
      (`research.events.ranks.day_z`)
    - ``gen_sign_z = (w - n p) / sqrt(n p (1 - p))``, w firms with a CAR above zero, p the share of
      estimation days with a residual above zero, averaged over firms
    - ``wilcoxon``: the sum of sign(CAR) times the rank of its size

    A sign does not know the size of a residual, nor of its day: no test here standardises, with
    ``garch`` either.

    Parameters
    ----------
    members
        Firms with a CAR.
    matched
        How they share the calendar.
    """
    m = members
    flat = (np.ones(m.n_groups, dtype=bool), "every CAR is zero")
    signs = np.sign(m.returns - _medians(m.returns))
    return {
        "sign_z": z_outcome(_sign_z(m), [nobody(m), flat]),
        "cz_sign_z": day_z(m, matched, signs),
        "gen_sign_z": _gen_sign(m),
        "wilcoxon": _wilcoxon(m, [nobody(m), flat]),
    }


def _medians(values: Array) -> Array:
    """Give the median of each row without its NaN, (U, 1)."""
    ordered = np.sort(values, axis=1)
    known = np.isfinite(values).sum(axis=1, keepdims=True)
    middle = np.hstack([np.maximum(known - 1, 0) // 2, known // 2])
    return np.asarray(np.take_along_axis(ordered, middle, axis=1).mean(axis=1, keepdims=True))


def _sign_z(m: Members) -> Array:
    moved = m.total((m.car != 0).astype(float))
    return m.total(np.sign(m.car)) / np.sqrt(np.where(moved > 0, moved, np.nan))


def _gen_sign(m: Members) -> Outcome:
    usual = (m.residuals > 0).sum(axis=1) / np.isfinite(m.residuals).sum(axis=1)
    p = m.mean(usual)
    one_sided = ~((p > 0) & (p < 1))
    sd = np.sqrt(np.where(one_sided, np.nan, m.n * p * (1 - p)))
    words = "residuals of the estimation window all have one sign"
    return z_outcome((m.total(m.car > 0) - m.n * p) / sd, [nobody(m), (one_sided, words)])


def _wilcoxon(m: Members, cases: list[Case]) -> Outcome:
    """Take groups of the same number of firms at once: each number has its own exact law."""
    statistic, pvalue = np.full((2, m.n_groups), np.nan)
    by_group = m.car[np.argsort(m.group, kind="stable")]
    start = np.cumsum(m.n) - m.n
    for size in np.unique(m.n[m.n > 0]):
        groups = np.flatnonzero(m.n == size)
        cars = by_group[start[groups, None] + np.arange(size)]
        statistic[groups], pvalue[groups] = _signed_ranks(cars)
    df = np.full(m.n_groups, np.nan)
    return Outcome(statistic, df, pvalue, reasons(statistic, cases))


def _signed_ranks(cars: Array) -> tuple[Array, Array]:
    """Compute signed-rank sums and two-sided p-values of rows of CARs."""
    sizes = np.where(cars == 0, np.nan, np.abs(cars))
    ranks = np.nan_to_num(average_ranks(sizes))
    statistic = np.where((ranks > 0).any(axis=1), (np.sign(cars) * ranks).sum(axis=1), np.nan)
    with np.errstate(invalid="ignore"):
        pvalue = 2 * stats.norm.sf(np.abs(statistic) / np.sqrt((ranks**2).sum(axis=1)))
    exact = _no_ties(ranks) & (cars.shape[1] < EXACT_BELOW)
    if exact.any():
        pvalue[exact] = stats.wilcoxon(cars[exact], axis=1, method="exact").pvalue
    return statistic, pvalue


def _no_ties(ranks: Array) -> Labels:
    """Tell which rows hold each rank from 1 to n once."""
    whole = np.arange(1, ranks.shape[1] + 1)
    return np.asarray((np.sort(ranks, axis=1) == whole).all(axis=1))
