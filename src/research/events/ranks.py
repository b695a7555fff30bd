"""Group tests on ranks: each day of a firm is ranked among the days of that firm.

The yardstick of most of them is the variance over time of the mean rank of the group. A day on
which all firms move together moves the mean rank, so that this variance carries the correlation of
the firms and the tests keep their size with one common date. `grank_z` takes the variance of
independent ranks instead, and does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from research.events.clustering import Clusters, shared_dates, variance_of_mean
from research.events.members import Members, without_shared_days, without_spread
from research.events.models import Array
from research.events.outcomes import Case, Outcome, t_outcome, z_outcome

#: Rows ranked at once: their order and their copies stay small beside the values.
ROWS_AT_ONCE = 1000


def average_ranks(values: Array) -> Array:
    """Rank the values of each row, ties by their mean rank; NaN stays NaN."""
    out = np.empty_like(values)
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        out[rows] = _average_ranks(values[rows])
    return out


def _average_ranks(values: Array) -> Array:
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    ranks = np.empty_like(values)
    np.put_along_axis(ranks, order, np.arange(1.0, values.shape[1] + 1)[None, :], axis=1)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    unknown = np.isnan(values)
    # scipy ranks ties, at five times the cost: only where there are any. Infinity ranks last.
    ranks[tied] = stats.rankdata(np.where(unknown, np.inf, values)[tied], axis=1)
    ranks[unknown] = np.nan
    return ranks


def rank_tests(members: Members, matched: Clusters) -> dict[str, Outcome]:
    """Compute the tests on ranks.

    With K the rank of a day among the M days of a firm (estimation and event window), the bar the
    mean over the firms and days of a window of m days, and S^2 the variance over time of the mean
    over firms (`day_z`):

    - ``corrado_rank_z = sqrt(m) dbar / S``, d = K - (M + 1) / 2
    - ``cowan_rank_z``: the same, d = K / (M + 1) - 1 / 2
    - ``corrado_zivney_rank_z``: as Cowan, K the rank of a standardised abnormal return; those of an
      event day are divided by their standard deviation over firms before
    - ``grank_t = (Ubar_event - Ubar_estimation) / (S sqrt(1 + 1 / T))``, U the rank of a
      standardised residual over T + 2; the event is one day more, with the standardised CAR divided
      by its standard deviation over firms
    - ``grank_z = sum(U_event - 1 / 2) / sqrt(sum(T / (12 (T + 2))))``

    Where a test ranks standardised residuals, ``garch`` standardises each day by its own
    conditional standard deviation, so that a day ranks high for its news and not for its time.
    Corrado's and Cowan's rank abnormal returns as they are, whatever the model.

    Parameters
    ----------
    members
        Firms with a CAR.
    matched
        How they share the calendar.
    """
    return {
        **_plain(members, matched),
        "corrado_zivney_rank_z": _corrado_zivney(members, matched),
        **_generalised(members, matched),
    }


def day_z(
    members: Members, matched: Clusters, values: Array, cases: Sequence[Case] = ()
) -> Outcome:
    """Hold the mean of a window's daily values against the variance of a day's mean over time.

    ``z = sqrt(m) mean / S`` with ``n^2 S^2 = sum_i(mean_t v^2) + n (n - 1) tau c``: the firms'
    own variances, and the mean product c of two firms on the same date, for the share tau of event
    days that they have in common. With complete data and one common date S^2 is the mean over all
    days of the squared mean of v over the firms.

    Parameters
    ----------
    values
        (U, T + W): daily values with mean zero; NaN where there is none.
    cases
        Further reasons why there is no statistic.
    """
    m, shared = members, matched.whole
    tested = values[:, m.tested].mean(axis=1)
    values = np.where(shared.used, values, 0.0)
    own = np.einsum("ud,ud->u", values, values) / shared.used.sum(axis=1)
    product = matched.in_window(shared.mean_product(values))
    variance = variance_of_mean(m.n, m.total(own), product)
    z = m.mean(tested) * np.sqrt(m.window_days.shape[1] / variance)
    return z_outcome(z, [*cases, *without_shared_days(m, product), _no_variance(m)])


def _no_variance(m: Members) -> Case:
    every = np.ones(m.n_groups, dtype=bool)
    return every, "variance of the mean over firms at or below zero"


def _plain(m: Members, matched: Clusters) -> dict[str, Outcome]:
    ranks = average_ranks(m.returns)
    return {
        "corrado_rank_z": day_z(m, matched, ranks - _middle(ranks)),
        "cowan_rank_z": day_z(m, matched, _relative(ranks)),
    }


def _corrado_zivney(m: Members, matched: Clusters) -> Outcome:
    ranks = average_ranks(_rescaled(m))
    ranked = np.isfinite(ranks)
    # An event day on which firms have no spread is not ranked.
    if not np.array_equal(ranked, matched.whole.used):
        whole = shared_dates(m.group, m.n_groups, m.dates, ranked)
        matched = replace(matched, whole=whole)
    unranked = m.total(np.isnan(ranks[:, m.tested]).sum(axis=1))
    cases = without_spread(m, np.where(unranked > 0, np.nan, 1.0))
    return day_z(m, matched, _relative(ranks), cases)


def _middle(ranks: Array) -> Array:
    """Give the mean rank of each row, (U, 1)."""
    return np.asarray((np.isfinite(ranks).sum(axis=1, keepdims=True) + 1) / 2)


def _relative(ranks: Array) -> Array:
    return ranks / (2 * _middle(ranks)) - 0.5


def _rescaled(m: Members) -> Array:
    """Standardise all days, and those of the event once more by their spread over firms."""
    event = m.abnormal / np.sqrt(m.sigma2[:, None] * m.day_spread)
    by_day = [m.sd(event[:, day]) for day in range(event.shape[1])]
    return np.hstack([m.standardised, event / np.stack(by_day, axis=1)[m.group]])


def _generalised(m: Members, matched: Clusters) -> dict[str, Outcome]:
    """Rank the standardised CAR of each firm among its standardised residuals."""
    sd = m.sd(m.scar)
    event = m.scar / sd[m.group]
    days = matched.estimation.used.sum(axis=1)
    share = average_ranks(np.column_stack([m.standardised, event]))
    share /= (days + 2.0)[:, None]
    cases = without_spread(m, sd)
    independent = np.sqrt(m.total(days / (12.0 * (days + 2.0))))
    with np.errstate(invalid="ignore"):
        z = m.total(share[:, -1] - 0.5) / independent
    return {
        "grank_t": _prediction_t(m, matched, share, cases),
        "grank_z": z_outcome(z, cases),
    }


def _prediction_t(m: Members, matched: Clusters, share: Array, cases: list[Case]) -> Outcome:
    """Hold the mean event rank against the mean ranks of the estimation days, as a forecast.

    With complete data and one date this is Kolari and Pynnonen's
    ``Z sqrt((T - 2) / (T - 1 - Z^2))`` with their T = estimation days + 1: ranks sum to a constant,
    so that the event's own rank drops out of the variance.
    """
    estimation = matched.estimation
    days = estimation.used.sum(axis=1)
    mean = np.where(estimation.used, share[:, :-1], 0.0).sum(axis=1) / days
    centred = share[:, :-1] - mean[:, None]
    centred[~estimation.used] = 0.0
    own = np.einsum("ud,ud->u", centred, centred) / (days - 1.0) * (1.0 + 1.0 / days)
    df = np.where(estimation.dates > 1, estimation.dates - 1.0, np.nan)
    product = estimation.mean_product(centred) * estimation.dates / df * m.mean(1.0 + 1.0 / days)
    product = matched.in_window(product)
    variance = variance_of_mean(m.n, m.total(own), product)
    t = m.mean(share[:, -1] - mean) / np.sqrt(variance)
    return t_outcome(t, df, [*cases, *without_shared_days(m, product), _no_variance(m)])
