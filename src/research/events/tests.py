"""Group tests of a mean abnormal return of zero: on CARs, on ranks and on signs.

One date hits all firms of a group at once, so their abnormal returns are not independent draws.
Tests that ignore this (`csect_t`, `hall_skew_t`, `patell_z`, `bmp_t`) reject far too often;
`adj_patell_z` and `kp_t` correct for the correlation of the residuals, `time_series_t` and
`portfolio_t` carry it in the variance of the portfolio.

On ranks and signs each day of a firm is held against the days of that firm. The yardstick of most
is the variance over time of the mean rank or sign of the group, which carries the correlation of
the firms. `grank_z`, `sign_z`, `gen_sign_z` and `wilcoxon` count each firm as a draw of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from research.events.groups import (
    Case,
    GroupSums,
    Members,
    Outcome,
    SharedDates,
    group_sums,
    kp_factor,
    patell_factor,
    reasons,
    shared_dates,
    t_outcome,
    t_pvalue,
    variance_of_mean,
    z_outcome,
)  # fmt: skip
from research.events.models import ROUNDING, Array

#: Name of each test, in the order of results. What each tests, its variant and where its formula
#: comes from stands in docs/methods/events.md.
TESTS = (
    *("csect_t", "hall_skew_t", "time_series_t", "patell_z", "adj_patell_z", "bmp_t", "kp_t"),
    *("portfolio_t", "corrado_rank_z", "corrado_zivney_rank_z", "cowan_rank_z"),
    *("sign_z", "cz_sign_z", "gen_sign_z", "wilcoxon", "grank_t", "grank_z"),
)

#: Tests of `EventStudy.summary`: the headline, those that stand beside it, and the usual ones that
#: show what ignoring the correlation costs.
SUMMARY = ("csect_t", "patell_z", "bmp_t", "kp_t", "adj_patell_z", "portfolio_t", "grank_t")

#: Fewest firms of a test that divides by a spread over firms. With five it would reject 9 % of true
#: nulls at nominal 5 %; from twelve on 7.5 % at most, also with fat tails (`studies.event_sizes`).
FEWEST_FIRMS = 12

#: Wilcoxon's p-value is exact for fewer firms, if no two CARs have the same size.
EXACT_BELOW = 50

_NO_VARIANCE = "variance of the mean over firms at or below zero"


def tests_frame(members: Members, labels: pd.MultiIndex, names: Collection[str]) -> pd.DataFrame:
    """Lay the tests named of every group out as a tidy frame, test by test.

    Columns: the levels of ``labels``, then test, statistic, df, pvalue, n, mean (mean CAR),
    correlation, overlap, reason (why a statistic is NaN).
    """
    sums, outcomes = outcomes_of(members, names)
    asked = [name for name in TESTS if name in names]
    every = [outcomes[name] for name in asked]
    row = np.tile(np.arange(len(labels)), len(asked))
    frame = labels.take(row).to_frame(index=False)
    frame["test"] = pd.array(asked, "str").repeat(len(labels))
    for name in ("statistic", "df", "pvalue"):
        frame[name] = np.concatenate([getattr(outcome, name) for outcome in every])
    shared = {"n": members.n, "mean": sums.caar, "correlation": sums.correlation}
    for name, values in {**shared, "overlap": members.overlap}.items():
        frame[name] = values[row]
    codes, known = pd.factorize(np.concatenate([outcome.reason for outcome in every]))
    frame["reason"] = pd.array(known, "str").take(codes)
    return frame


def outcomes_of(m: Members, names: Collection[str]) -> tuple[GroupSums, dict[str, Outcome]]:
    """Compute the sums of each group and at least the tests named."""
    sums = group_sums(m)
    outcomes = mean_tests(m, sums)
    if not outcomes.keys() >= {*names}:
        outcomes |= generalised_rank_tests(m, sums.correlation)
    if not outcomes.keys() >= {*names}:  # These take most of the time.
        ranks = average_ranks(m.returns)
        outcomes |= rank_tests(m, ranks, sums.correlation) | sign_tests(m, ranks)
    return sums, outcomes


def mean_tests(m: Members, sums: GroupSums) -> dict[str, Outcome]:
    """Compute the tests on CARs.

    With n firms, CAR_i, standardised S_i = CAR_i / se_i, g the skewness of the CARs, and r the mean
    correlation of two CARs (residual correlation times the share of event days in common):

    - ``csect_t = mean(CAR) / (sd(CAR) / sqrt(n))``
    - ``hall_skew_t = sqrt(n) (u + g u^2 / 3 + g^2 u^3 / 27 + g / (6 n))``, u = mean(CAR) / sd(CAR)
      (Hall 1992; Johnson's of 1978 lacks the cubic term)
    - ``time_series_t = mean(CAR) / se``, se as for ``portfolio_t`` without estimation error
    - ``patell_z = sum(S) / sqrt(sum(df_i / (df_i - 2)))``
    - ``adj_patell_z = patell_z / sqrt(1 + (n - 1) r)``
    - ``bmp_t = mean(S) / (sd(S) / sqrt(n))``
    - ``kp_t = bmp_t * sqrt((1 - r) / (1 + (n - 1) r))``
    - ``portfolio_t = mean(CAR) / se``, with ``n^2 se^2 = sum(se_i^2) + n (n - 1) cov`` and cov the
      mean covariance of two CARs
    """
    n, r = m.n.astype(float), sums.car_correlation
    df = np.where(m.n > 1, n - 1.0, np.nan)
    apart = m.without_shared_days(sums.correlation)
    low = (1 + r * (m.n - 1) <= ROUNDING, "mean correlation at or below -1/(n-1)")
    spread = m.without_spread(np.where(r >= 1, np.nan, sums.sd_car + sums.sd_scar))
    portfolio = [*apart, m.always("variance of the portfolio at or below zero")]
    centred = m.car - sums.caar[m.group]
    usual = m.fit.df / np.where(m.fit.df > 2, m.fit.df - 2.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        u, g = sums.caar / sums.sd_car, m.mean(centred**3) / sums.sd_car**3
        cubic = u + g * u**2 / 3 + g**2 * u**3 / 27 + g / (6 * n)
        bmp = np.sqrt(n) * sums.scaar / sums.sd_scar
        patell = n * sums.scaar / np.sqrt(m.total(usual))
        time_series, whole = sums.caar / sums.time_series_se, sums.caar / sums.portfolio_se
    return {
        "csect_t": t_outcome(np.sqrt(n) * u, df, spread),
        "hall_skew_t": t_outcome(np.sqrt(n) * cubic, df, spread),
        "time_series_t": t_outcome(time_series, sums.portfolio_df, portfolio),
        "patell_z": z_outcome(patell, spread[:1]),
        "adj_patell_z": z_outcome(patell * patell_factor(r, m.n), [*apart, low]),
        "bmp_t": t_outcome(bmp, df, spread),
        "kp_t": t_outcome(bmp * kp_factor(r, m.n), df, [*spread, *apart, low]),
        "portfolio_t": t_outcome(whole, sums.portfolio_df, portfolio),
    }


def adjusted(pvalues: pd.Series) -> pd.DataFrame:
    """Adjust a family of p-values for their number.

    Holm controls the chance of one false finding, Benjamini-Hochberg the share of them. A missing
    p-value is no member of the family and stays missing.

    Holm (1979), Scandinavian J. Statistics 6, 65-70; Benjamini and Hochberg (1995), J. Royal
    Statistical Society B 57, 289-300.
    """
    out = pd.DataFrame(np.nan, index=pvalues.index, columns=["holm_pvalue", "bh_pvalue"])
    family = pvalues.notna().to_numpy()
    p = pvalues.to_numpy(dtype=float)[family]
    order, place = np.argsort(p), np.arange(1, len(p) + 1)
    holm = np.maximum.accumulate(p[order] * place[::-1])
    shares = np.minimum.accumulate((p[order] * (len(p) / place))[::-1])[::-1]
    steps = np.minimum(np.column_stack([holm, shares]), 1.0)
    out.iloc[np.flatnonzero(family)[order]] = steps
    return out


def average_ranks(values: Array) -> Array:
    """Rank the values of each row, ties by their mean rank; NaN stays NaN."""
    return np.array(pd.DataFrame(values.T).rank().T, order="C")


def rank_tests(m: Members, ranks: Array, correlation: Array) -> dict[str, Outcome]:
    """Compute the tests on ranks, from those of `Members.returns`.

    ``correlation`` (G,) is the mean one of residuals. With K the rank of a day among the M days of
    a firm (estimation and event window), the bar the mean over the firms and days of a window of m
    days, and S^2 the variance over time of the mean over firms (`day_z`):

    - ``corrado_rank_z = sqrt(m) dbar / S``, d = K - (M + 1) / 2
    - ``cowan_rank_z``: the same, d = K / (M + 1) - 1 / 2
    - ``corrado_zivney_rank_z``: as Cowan, K the rank of a standardised abnormal return; those of an
      event day are divided by their spread over firms before

    The spread over firms is ``sd / sqrt(1 - r)``, r the correlation of two firms' values, as sd
    lacks what firms share. Below `FEWEST_FIRMS` firms what is divided by it has no value.

    Where a test ranks standardised residuals, ``garch`` standardises each day by its own
    conditional standard deviation, so that a day ranks high for its news and not for its time.
    Corrado's and Cowan's rank abnormal returns as they are, whatever the model.
    """
    middle = (m.whole.count[:, None] + 1) / 2
    return {
        "corrado_rank_z": day_z(m, m.whole, ranks - middle),
        "cowan_rank_z": day_z(m, m.whole, ranks / (2 * middle) - 0.5),
        "corrado_zivney_rank_z": _corrado_zivney(m, correlation),
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
    p = m.mean((m.fit.residuals > 0).sum(axis=1) / m.estimation.count)
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


def _corrado_zivney(m: Members, correlation: Array) -> Outcome:
    if not (m.n >= FEWEST_FIRMS).any():
        return z_outcome(np.full(m.n_groups, np.nan), _without(m, np.ones(m.n_groups), correlation))
    # All days are standardised, and those of the event once more by their spread over firms.
    spread = m.fit.error_variance + (m.fit.forecast_terms**2).sum(axis=2)
    event = m.fit.abnormal / np.sqrt(m.fit.sigma2[:, None] * spread)
    overlaps = [m.overlap_of(slice(day, day + 1)) for day in range(event.shape[1])]
    shared_r = [m.in_window(correlation, overlap) for overlap in overlaps]
    by_day = np.stack([_spread(m, *day) for day in zip(event.T, shared_r, strict=True)], axis=1)
    ranks = average_ranks(np.hstack([m.standardised, event / by_day[m.group]]))
    shared, ranked = m.whole, np.isfinite(ranks)
    # An event day on which firms have no spread is not ranked.
    if not np.array_equal(ranked[shared.rows], shared.used[shared.rows]):
        days = np.hstack([m.days, m.event_days])
        shared = shared_dates(m.group, m.n_groups, days, ranked)
    unranked = m.total(np.isnan(ranks[:, m.tested]).sum(axis=1))
    cases = _without(m, np.where(unranked > 0, np.nan, 1.0), m.in_window(correlation))
    return day_z(m, shared, ranks / (ranked.sum(axis=1, keepdims=True) + 1) - 0.5, cases)


def generalised_rank_tests(m: Members, correlation: Array) -> dict[str, Outcome]:
    """Rank the standardised CAR of each firm among its standardised residuals.

    - ``grank_t = (Ubar_event - Ubar_estimation) / (S sqrt(1 + 1 / T))``, U the rank of a
      standardised residual over T + 2; the event is one day more, with the standardised CAR divided
      by its spread over firms as in `rank_tests`
    - ``grank_z = sum(U_event - 1 / 2) / sqrt(sum(T / (12 (T + 2))))``

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
    share = average_ranks(np.column_stack([m.standardised, m.scar / sd[m.group]]))
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
    n, known = m.whole.count, m.whole.known(ranks)
    signs = np.sign(ranks - (n[:, None] + 1) / 2)
    # Squares of ranks sum to less where there are ties, which may stand across the median.
    tied = np.einsum("ud,ud->u", known, known) < n * (n + 1) * (2 * n + 1) / 6 - 0.1
    signs[tied] = np.sign(m.returns[tied] - np.nanmedian(m.returns[tied], axis=1, keepdims=True))
    return np.asarray(signs)


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
    n = cars.shape[1]
    ranks = np.nan_to_num(average_ranks(np.where(cars == 0, np.nan, np.abs(cars))))
    statistic = np.where((ranks > 0).any(axis=1), (np.sign(cars) * ranks).sum(axis=1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        pvalue = t_pvalue(statistic / np.sqrt((ranks**2).sum(axis=1)), np.inf)
    exact = (np.sort(ranks, axis=1) == np.arange(1, n + 1)).all(axis=1) & (n < EXACT_BELOW)
    if exact.any():
        from scipy.stats import wilcoxon  # Takes a second to import.

        pvalue[exact] = wilcoxon(cars[exact], axis=1, method="exact").pvalue
    return statistic, pvalue
