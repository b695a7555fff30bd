"""Group tests on ranks and signs: each day of a firm is held against the days of that firm.

The yardstick of most of them is the variance over time of the mean rank or sign of the group. A day
on which all firms move together moves that mean, so that this variance carries the correlation of
the firms and the tests keep their size with one common date. `grank_z`, `sign_z`, `gen_sign_z` and
`wilcoxon` count each firm as a draw of its own instead, and do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from research.events.groups import (
    Case,
    Members,
    Outcome,
    SharedDates,
    reasons,
    shared_dates,
    t_outcome,
    variance_of_mean,
    z_outcome,
    z_pvalue,
)
from research.events.models import Array

#: Rows ranked at once: their order and their copies stay small beside the values.
ROWS_AT_ONCE = 1000

#: Fewest firms of a test that divides by a spread over firms. With five it would reject 9 % of true
#: nulls at nominal 5 %; from twelve on 7.5 % at most, also with fat tails (`studies.event_sizes`).
FEWEST_FIRMS = 12

#: Wilcoxon's p-value is exact for fewer firms, if no two CARs have the same size.
EXACT_BELOW = 50

_NO_VARIANCE = "variance of the mean over firms at or below zero"


def average_ranks(values: Array) -> Array:
    """Rank the values of each row, ties by their mean rank; NaN stays NaN."""
    out = np.empty_like(values)
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        out[rows] = _average_ranks(values[rows])
    return out


def _average_ranks(values: Array) -> Array:
    unknown = np.isnan(values)
    # Infinity ranks last, and sorts faster than NaN.
    known = np.where(unknown, np.inf, values) if unknown.any() else values
    n_rows, n = values.shape
    order = np.argsort(known, axis=1) + n * np.arange(n_rows)[:, None]
    ordered, ranks = known.ravel().take(order), np.empty((n_rows, n))
    ranks.ravel()[order] = np.arange(1.0, n + 1)
    equal = ordered[:, 1:] == ordered[:, :-1]
    tied = (equal & np.isfinite(ordered[:, 1:])).any(axis=1)
    # The ties of all rows are numbered through; each takes the mean of its places.
    first = np.hstack([np.ones((tied.sum(), 1), dtype=bool), ~equal[tied]])
    number = np.cumsum(first).reshape(first.shape) - 1
    places = np.broadcast_to(np.arange(1.0, n + 1), first.shape)
    means = np.bincount(number.ravel(), places.ravel()) / np.bincount(number.ravel())
    ranks.ravel()[order[tied]] = means[number]
    ranks[unknown] = np.nan
    return ranks


def rank_tests(m: Members, ranks: Array, correlation: Array) -> dict[str, Outcome]:
    """Compute the tests on ranks, from those of `Members.returns`.

    ``correlation`` (G,) is the mean one of residuals. With K the rank of a day among the M days of
    a firm (estimation and event window), the bar the mean over the firms and days of a window of m
    days, and S^2 the variance over time of the mean over firms (`day_z`):

    - ``corrado_rank_z = sqrt(m) dbar / S``, d = K - (M + 1) / 2
    - ``cowan_rank_z``: the same, d = K / (M + 1) - 1 / 2
    - ``corrado_zivney_rank_z``: as Cowan, K the rank of a standardised abnormal return; those of an
      event day are divided by their spread over firms before
    - ``grank_t = (Ubar_event - Ubar_estimation) / (S sqrt(1 + 1 / T))``, U the rank of a
      standardised residual over T + 2; the event is one day more, with the standardised CAR divided
      by its spread over firms
    - ``grank_z = sum(U_event - 1 / 2) / sqrt(sum(T / (12 (T + 2))))``

    The spread over firms is ``sd / sqrt(1 - r)``, r the correlation of two firms' values, as sd
    lacks what firms share. Below `FEWEST_FIRMS` firms these three have no value.

    Where a test ranks standardised residuals, ``garch`` standardises each day by its own
    conditional standard deviation, so that a day ranks high for its news and not for its time.
    Corrado's and Cowan's rank abnormal returns as they are, whatever the model.
    """
    middle = (m.whole.count[:, None] + 1) / 2
    return {
        "corrado_rank_z": day_z(m, m.whole, ranks - middle),
        "cowan_rank_z": day_z(m, m.whole, ranks / (2 * middle) - 0.5),
        "corrado_zivney_rank_z": _corrado_zivney(m, correlation),
        **_generalised(m, correlation),
    }


def sign_tests(m: Members, ranks: Array) -> dict[str, Outcome]:
    """Compute the tests on signs, from the ranks of `Members.returns`.

    - ``sign_z = sum(sign(CAR)) / sqrt(n)``; a CAR of exactly zero counts nowhere
    - ``cz_sign_z = sqrt(m) Gbar / S``, G = sign(AR - median of the firm's days); S as for ranks
    - ``gen_sign_z = (w - n p) / sqrt(n p (1 - p))``, w firms with a CAR above zero, p the share of
      estimation days with a residual above zero, averaged over firms
    - ``wilcoxon``: the sum of sign(CAR) times the rank of its size

    A sign does not know the size of a residual, nor of its day: no test here standardises, with
    ``garch`` either.
    """
    flat = [m.nobody(), m.always("every CAR is zero")]
    moved = m.total((m.car != 0).astype(float))
    sign_z = m.total(np.sign(m.car)) / np.sqrt(np.where(moved > 0, moved, np.nan))
    p = m.mean((m.residuals > 0).sum(axis=1) / m.estimation.count)
    one_sided = ~((p > 0) & (p < 1))
    sd = np.sqrt(np.where(one_sided, np.nan, m.n * p * (1 - p)))
    words = "residuals of the estimation window all have one sign"
    gen_sign = (m.total(m.car > 0) - m.n * p) / sd
    return {
        "sign_z": z_outcome(sign_z, flat),
        "cz_sign_z": day_z(m, m.whole, _signs(m, ranks)),
        "gen_sign_z": z_outcome(gen_sign, [m.nobody(), (one_sided, words)]),
        "wilcoxon": _wilcoxon(m, flat),
    }


def day_z(m: Members, shared: SharedDates, values: Array, cases: Sequence[Case] = ()) -> Outcome:
    """Hold the mean of a window's daily values against the variance of a day's mean over time.

    ``z = sqrt(m) mean / S`` with ``n^2 S^2 = sum_i(mean_t v^2) + n (n - 1) tau c``: the firms'
    own variances, and the mean product c of two firms on the same date, for the share tau of event
    days that they have in common. With complete data and one common date S^2 is the mean over all
    days of the squared mean of v over the firms.
    """
    tested, values = values[:, m.tested].mean(axis=1), shared.known(values)
    with np.errstate(invalid="ignore"):
        own = np.einsum("ud,ud->u", values, values) / shared.count
    product = m.in_window(shared.mean_product(values))
    variance = variance_of_mean(m.n, m.total(own), product)
    z = m.mean(tested) * np.sqrt(m.window_days.shape[1] / variance)
    return z_outcome(z, [*cases, *m.without_shared_days(product), m.always(_NO_VARIANCE)])


def _middle(ranks: Array) -> Array:
    """Give the mean rank of each row, (U, 1)."""
    return np.asarray((np.isfinite(ranks).sum(axis=1, keepdims=True) + 1) / 2)


def _spread(m: Members, values: Array, r: Array) -> Array:
    """Compute ``sd / sqrt(1 - r)`` of (U,) values over firms, (G,).

    With variance v and the correlation r of any two firms, sd^2 is v (1 - r) on average.
    """
    apart = np.where((m.n >= FEWEST_FIRMS) & (r < 1), 1.0 - r, np.nan)
    return np.asarray(m.sd(values) / np.sqrt(apart))


def _without(m: Members, spread: Array, r: Array) -> list[Case]:
    """Say why a test that divides by a spread over firms cannot be taken."""
    nobody, alone, flat = m.without_spread(spread)
    words = f"fewer than {FEWEST_FIRMS} firms: their spread is too uncertain to divide by"
    return [nobody, alone, (m.n < FEWEST_FIRMS, words), *m.without_shared_days(r), flat]


def _ranks_of_several(m: Members, values: Array) -> Array:
    """Rank the rows of firms whose group has enough of them: for others no test is defined."""
    several = (m.n >= FEWEST_FIRMS)[m.group]
    if several.all():
        return average_ranks(values)
    out = np.full(values.shape, np.nan)
    out[several] = average_ranks(values[several])
    return out


def _corrado_zivney(m: Members, correlation: Array) -> Outcome:
    if not (m.n >= FEWEST_FIRMS).any():
        return z_outcome(np.full(m.n_groups, np.nan), _without(m, np.ones(m.n_groups), correlation))
    # All days are standardised, and those of the event once more by their spread over firms.
    event = m.abnormal / np.sqrt(m.sigma2[:, None] * m.day_spread)
    overlaps = [m.overlap_of(slice(day, day + 1)) for day in range(event.shape[1])]
    shared_r = [m.in_window(correlation, overlap) for overlap in overlaps]
    by_day = np.stack([_spread(m, *day) for day in zip(event.T, shared_r, strict=True)], axis=1)
    ranks = _ranks_of_several(m, np.hstack([m.standardised, event / by_day[m.group]]))
    shared, ranked = m.whole, np.isfinite(ranks)
    # An event day on which firms have no spread is not ranked.
    if not np.array_equal(ranked[shared.rows], shared.used[shared.rows]):
        days = np.hstack([m.days, m.event_days])
        shared = shared_dates(m.group, m.n_groups, days, ranked)
    unranked = m.total(np.isnan(ranks[:, m.tested]).sum(axis=1))
    cases = _without(m, np.where(unranked > 0, np.nan, 1.0), m.in_window(correlation))
    return day_z(m, shared, ranks / (2 * _middle(ranks)) - 0.5, cases)


def _generalised(m: Members, correlation: Array) -> dict[str, Outcome]:
    """Rank the standardised CAR of each firm among its standardised residuals.

    With complete data and one date ``grank_t`` is Kolari and Pynnonen's
    ``Z sqrt((T - 2) / (T - 1 - Z^2))`` with their T = estimation days + 1: ranks sum to a constant,
    so that the event's own rank drops out of the variance. They divide by sd, without r.
    """
    r, shared = m.in_window(correlation), m.estimation
    sd = _spread(m, m.scar, r)
    cases = _without(m, sd, r)
    if not (m.n >= FEWEST_FIRMS).any():
        nothing = np.full(m.n_groups, np.nan)
        dates = np.where(shared.dates > 1, shared.dates - 1.0, np.nan)
        return {"grank_t": t_outcome(nothing, dates, cases), "grank_z": z_outcome(nothing, cases)}
    days = shared.count
    share = _ranks_of_several(m, np.column_stack([m.standardised, m.scar / sd[m.group]]))
    share /= (days + 2.0)[:, None]
    independent = np.sqrt(m.total(days / (12.0 * (days + 2.0))))
    # The mean event rank is held against those of the estimation days, as a forecast.
    mean = shared.known(share[:, :-1]).sum(axis=1) / days
    centred = shared.known(share[:, :-1] - mean[:, None])
    own = np.einsum("ud,ud->u", centred, centred) / (days - 1.0) * (1.0 + 1.0 / days)
    df = np.where(shared.dates > 1, shared.dates - 1.0, np.nan)
    product = shared.mean_product(centred) * shared.dates / df * m.mean(1.0 + 1.0 / days)
    product = m.in_window(product)
    variance = variance_of_mean(m.n, m.total(own), product)
    t = m.mean(share[:, -1] - mean) / np.sqrt(variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = m.total(share[:, -1] - 0.5) / independent
    words = [*cases, m.always(_NO_VARIANCE)]
    return {"grank_t": t_outcome(t, df, words), "grank_z": z_outcome(z, cases)}


def _signs(m: Members, ranks: Array) -> Array:
    """Give the sign of each day about the firm's own median."""
    n, known = m.whole.count, m.whole.known(ranks)
    signs = np.sign(ranks - (n[:, None] + 1) / 2)
    # Squares of ranks sum to less where there are ties, which may stand across the median.
    tied = np.einsum("ud,ud->u", known, known) < n * (n + 1) * (2 * n + 1) / 6 - 0.1
    signs[tied] = np.sign(m.returns[tied] - _medians(m.returns[tied]))
    return np.asarray(signs)


def _medians(values: Array) -> Array:
    """Give the median of each row without its NaN, (U, 1)."""
    ordered, known = np.sort(values, axis=1), np.isfinite(values).sum(axis=1, keepdims=True)
    middle = np.hstack([np.maximum(known - 1, 0) // 2, known // 2])
    return np.asarray(np.take_along_axis(ordered, middle, axis=1).mean(axis=1, keepdims=True))


def _wilcoxon(m: Members, cases: list[Case]) -> Outcome:
    """Take groups of the same number of firms at once: each number has its own exact law."""
    statistic, pvalue = np.full((2, m.n_groups), np.nan)
    by_group = m.car[np.argsort(m.group, kind="stable")]
    start = np.cumsum(m.n) - m.n
    for size in np.unique(m.n[m.n > 0]).tolist():
        groups = np.flatnonzero(m.n == size)
        cars = by_group[start[groups, None] + np.arange(size)]
        statistic[groups], pvalue[groups] = _signed_ranks(cars)
    df = np.full(m.n_groups, np.nan)
    return Outcome(statistic, df, pvalue, reasons(statistic, cases))


def _signed_ranks(cars: Array) -> tuple[Array, Array]:
    """Compute signed-rank sums and two-sided p-values of rows of CARs."""
    n = cars.shape[1]
    ranks = np.nan_to_num(average_ranks(np.where(cars == 0, np.nan, np.abs(cars))))
    statistic = np.where((ranks > 0).any(axis=1), (np.sign(cars) * ranks).sum(axis=1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        pvalue = z_pvalue(statistic / np.sqrt((ranks**2).sum(axis=1)))
    exact = (np.sort(ranks, axis=1) == np.arange(1, n + 1)).all(axis=1) & (n < EXACT_BELOW)
    if exact.any():
        pvalue[exact] = _exact_p((statistic[exact] + n * (n + 1) / 2) / 2, n)
    return statistic, pvalue


def _exact_p(positive: Array, n: int) -> NDArray[np.float64]:
    """Compute two-sided p-values of sums of positive ranks: each rank is in by a fair coin."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1.0
    for rank in range(1, n + 1):
        ways[rank:] = ways[rank:] + ways[:-rank]
    below = np.cumsum(ways) / 2.0**n
    at = np.rint(positive).astype(int)
    above = 1 - below[at] + ways[at] / 2.0**n
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below[at], above)))
