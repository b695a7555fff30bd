"""Group tests of a mean abnormal return of zero: those on CARs, and the table of all of them.

One date hits all firms of a group at once, so their abnormal returns are not independent draws.
Tests that ignore this (`csect_t`, `hall_skew_t`, `patell_z`, `bmp_t`) reject far too often;
`adj_patell_z` and `kp_t` correct for the correlation of the residuals, `time_series_t` and
`portfolio_t` carry it in the variance of the portfolio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.events.groups import Members, Outcome, t_outcome, variance_of_mean, z_outcome
from research.events.models import ROUNDING, Array, Labels
from research.events.tests_rank import average_ranks, rank_tests, sign_tests

#: Name of each test, in the order of results, and its variant. What each tests and where its
#: formula comes from stands in docs/methods/events.md.
TESTS = {
    "csect_t": "cross-sectional t of the CARs, n - 1 degrees of freedom",
    "hall_skew_t": "csect_t with Hall's (1992) cubic correction for skewness (moments over n, sd "
    "over n - 1), n - 1 degrees of freedom",
    "time_series_t": "crude dependence adjustment: mean CAR over the residual deviation of the "
    "portfolio (SSR over T - k) times the root of the days, without estimation error",
    "patell_z": "standardised CARs, variance of each known from the estimation window; normal",
    "adj_patell_z": "patell_z corrected for the mean residual correlation; normal",
    "bmp_t": "cross-sectional t of the standardised CARs, n - 1 degrees of freedom",
    "kp_t": "bmp_t corrected for the mean residual correlation, n - 1 degrees of freedom",
    "portfolio_t": "t of the equal-weighted portfolio with its own residual variance and "
    "estimation error",
    "corrado_rank_z": "ranks of abnormal returns among the firm's own days, variance of the mean "
    "rank over time; windows: sum of the daily statistics over the root of the days; normal",
    "corrado_zivney_rank_z": "ranks over M + 1 of standardised abnormal returns, event days "
    "divided by sd / sqrt(1 - r) over firms; windows as cowan_rank_z; normal",
    "cowan_rank_z": "mean rank over M + 1 of all firms and days of the window, variance of the "
    "mean rank over time; normal",
    "sign_z": "share of positive CARs against one half; normal",
    "cz_sign_z": "signs about the firm's own median, variance of the mean sign over time; windows: "
    "sum of the daily statistics over the root of the days; normal",
    "gen_sign_z": "share of positive CARs against that of positive residuals before; normal",
    "wilcoxon": "sum of signed ranks of the CARs; p exact below 50 firms without ties, else normal",
    "grank_t": "rank of the standardised CAR, divided by its sd / sqrt(1 - r) over firms, among "
    "the firm's standardised residuals; variance of the mean rank over time; T - 1 degrees of "
    "freedom",
    "grank_z": "as grank_t with the variance of independent uniform ranks; normal",
}

#: Tests of `EventStudy.summary`: the headline, those that stand beside it, and the usual ones that
#: show what ignoring the correlation costs.
SUMMARY = ("csect_t", "patell_z", "bmp_t", "kp_t", "adj_patell_z", "portfolio_t", "grank_t")


def tests_frame(members: Members, labels: pd.MultiIndex) -> pd.DataFrame:
    """Lay every test of every group out as a tidy frame, test by test.

    Columns: the levels of ``labels``, then test, statistic, df, pvalue, n, mean (mean CAR),
    correlation, overlap, variant, reason (why a statistic is NaN).
    """
    sums = group_sums(members)
    ranks = average_ranks(members.returns)
    outcomes = mean_tests(members, sums) | rank_tests(members, ranks, sums.correlation)
    outcomes |= sign_tests(members, ranks)
    every = [outcomes[name] for name in TESTS]
    row = np.tile(np.arange(len(labels)), len(TESTS))
    test = np.repeat(np.arange(len(TESTS)), len(labels))

    def words(texts: list[str], codes: NDArray[np.integer]) -> object:
        # Codes into few texts are many times faster than as many texts.
        return pd.array(texts, dtype="str").take(codes)

    frame = pd.DataFrame(
        {
            name: labels.levels[level].take(labels.codes[level].take(row))
            for level, name in enumerate(labels.names)
        }
    )
    frame["test"] = words(list(TESTS), test)
    for name in ("statistic", "df", "pvalue"):
        frame[name] = np.concatenate([getattr(outcome, name) for outcome in every])
    shared = {"n": members.n, "mean": sums.caar, "correlation": sums.correlation}
    for name, values in {**shared, "overlap": members.overlap}.items():
        frame[name] = values[row]
    frame["variant"] = words(list(TESTS.values()), test)
    codes, known = pd.factorize(np.concatenate([outcome.reason for outcome in every]))
    frame["reason"] = words(list(known), codes)
    return frame


@dataclass(frozen=True, eq=False, slots=True)
class GroupSums:
    """What the tests on CARs need of each of ``G`` groups (event x group): (G,) each.

    Correlations are means over pairs of firms, matched by calendar date. With complete data and one
    date ``portfolio_se`` is that of a regression of the equal-weighted portfolio; with ``garch``
    variances are forecasts and correlations those of standardised residuals.
    """

    caar: Array
    scaar: Array  # mean standardised CAR
    sd_car: Array  # over firms (n - 1); NaN without a spread
    sd_scar: Array
    correlation: Array  # of standardised residuals
    car_correlation: Array  # of two CARs: times the mean share of event days in common
    portfolio_se: Array  # of the mean CAR, from variances and covariances of residuals
    time_series_se: Array  # residuals of the mean variance, without estimation error
    portfolio_df: Array  # of both


def group_sums(m: Members) -> GroupSums:
    """Add up each group's firms."""
    shared, length = m.estimation, float(m.window_days.shape[1])
    k = np.zeros(m.n_groups)
    np.maximum.at(k, m.group, m.k)
    df = np.where(shared.dates > k, shared.dates - k, np.nan)
    # Without a second firm there is nothing to correlate with.
    unit_variance = _unit_variance(m.standardised) if len(shared.rows) else m.residuals
    correlation = shared.mean_product(unit_variance)
    # Residuals have lost k degrees of freedom, as in each firm's own sigma2.
    covariance = m.in_window(shared.mean_product(m.residuals) * shared.dates / df)
    of_cars = covariance * m.mean(m.spread)
    if m.variance_changes:
        # Variances change with the day, correlations do not: r_ij se_i se_j.
        of_cars = m.in_window(shared.mean_product(unit_variance * m.car_se[:, None]))
    portfolio = variance_of_mean(m.n, m.total(m.car_se**2), of_cars)
    time_series = variance_of_mean(m.n, m.total(m.sigma2 * length), covariance * length)
    return GroupSums(
        caar=m.mean(m.car),
        scaar=m.mean(m.scar),
        sd_car=m.sd(m.car),
        sd_scar=m.sd(m.scar),
        correlation=correlation,
        car_correlation=m.in_window(correlation),
        portfolio_se=np.sqrt(portfolio),
        time_series_se=np.sqrt(time_series),
        portfolio_df=df,
    )


def _unit_variance(values: Array) -> Array:
    """Give each firm's values mean zero and variance one over its own days; NaN becomes zero."""
    used = np.isfinite(values)
    count = np.maximum(used.sum(axis=1, keepdims=True), 1)
    mean = values.sum(axis=1, keepdims=True, where=used) / count
    centred = np.where(used, values - mean, 0.0)
    scale = np.sqrt(np.einsum("ut,ut->u", centred, centred)[:, None] / count)
    return np.asarray(np.divide(centred, scale, out=centred, where=scale > 0))


def mean_tests(m: Members, sums: GroupSums) -> dict[str, Outcome]:
    """Compute the tests on CARs.

    With n firms, CAR_i, standardised S_i = CAR_i / se_i, g the skewness of the CARs, and r the mean
    correlation of two CARs (residual correlation times the share of event days in common):

    - ``csect_t = mean(CAR) / (sd(CAR) / sqrt(n))``
    - ``hall_skew_t = sqrt(n) (u + g u^2 / 3 + g^2 u^3 / 27 + g / (6 n))``, u = mean(CAR) / sd(CAR)
      (Hall 1992; Johnson's of 1978 lacks the cubic term: `research.events.horizons`)
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
    usual = np.where(m.df > 2, m.df / np.where(m.df > 2, m.df - 2.0, np.nan), np.nan)
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


def kp_factor(correlation: Array, n: Labels) -> Array:
    """Compute Kolari and Pynnonen's factor for `bmp_t`, ``sqrt((1 - r) / (1 + (n - 1) r))``.

    NaN where it is undefined: fewer than two firms, or r at or below ``-1 / (n - 1)``.
    """
    defined = (n > 1) & (correlation < 1)
    alike = np.sqrt(np.where(defined, 1.0 - correlation, np.nan))
    return np.asarray(alike * patell_factor(correlation, n))


def patell_factor(correlation: Array, n: Labels) -> Array:
    """Compute Kolari and Pynnonen's factor for `patell_z`, ``1 / sqrt(1 + (n - 1) r)``.

    One for one firm; NaN where r is at or below ``-1 / (n - 1)``.
    """
    inflation = np.where(n > 1, 1.0 + (n - 1) * correlation, 1.0)
    return np.asarray(1.0 / np.sqrt(np.where(inflation > ROUNDING, inflation, np.nan)))


def adjusted(pvalues: pd.Series) -> pd.DataFrame:
    """Adjust a family of p-values for their number.

    Holm controls the chance of one false finding, Benjamini-Hochberg the share of them. A missing
    p-value is no member of the family and stays missing.

    References
    ----------
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
