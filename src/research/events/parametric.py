"""Group tests on the CARs themselves: t and z statistics of a mean.

One date hits all firms of a group at once, so their abnormal returns are not independent draws.
Tests that ignore this (`csect_t`, `skew_adj_t`, `patell_z`, `bmp_t`) reject far too often;
`adj_patell_z` and `kp_t` correct for the correlation of the residuals, `time_series_t` and
`portfolio_t` carry it in the variance of the portfolio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from research.events.clustering import Clusters, variance_of_mean
from research.events.members import Members, without_shared_days, without_spread
from research.events.models import ROUNDING, Array, Labels
from research.events.outcomes import Case, Outcome, t_outcome, z_outcome


@dataclass(frozen=True, eq=False, slots=True)
class GroupSums:
    """What the tests on CARs need of each of ``G`` groups (event x group).

    Attributes
    ----------
    n
        (G,): firms with a CAR in the window.
    caar, scaar
        (G,): mean CAR and mean standardised CAR.
    sd_car, sd_scar
        (G,): their standard deviations over firms (n - 1); NaN without a spread.
    skewness
        (G,): third moment of the CARs about their mean over ``sd_car^3``.
    patell_sd
        (G,): standard deviation of the sum of standardised CARs under independence.
    correlation
        (G,): mean correlation of standardised residuals over the pairs of firms, matched by
        calendar date; with ``garch`` each is divided by the conditional sd of its day.
    overlap
        (G,): mean share of event days that a pair of firms has in common: 1 on one common date.
    car_correlation
        (G,): the product of both, which is the mean correlation of two CARs.
    portfolio_se
        (G,): standard error of the mean CAR from variances and covariances of residuals. With
        complete data and one date it is that of a regression of the equal-weighted portfolio; with
        ``garch`` variances are forecasts and correlations those of standardised residuals.
    time_series_se
        (G,): that of residuals of the mean variance, without the estimation error of the model.
    portfolio_df
        (G,): degrees of freedom of both.
    """

    n: Labels
    caar: Array
    scaar: Array
    sd_car: Array
    sd_scar: Array
    skewness: Array
    patell_sd: Array
    correlation: Array
    overlap: Array
    car_correlation: Array
    portfolio_se: Array
    time_series_se: Array
    portfolio_df: Array


def group_sums(members: Members, matched: Clusters) -> GroupSums:
    """Add up each group's firms.

    Parameters
    ----------
    members
        Firms with a CAR.
    matched
        How they share the calendar.
    """
    m, shared = members, matched.estimation
    df = np.where(shared.dates > m.k, shared.dates - float(m.k), np.nan)
    unit_variance = _unit_variance(m.standardised)
    correlation = shared.mean_product(unit_variance)
    portfolio, time_series = _variances_of_mean(m, matched, unit_variance, df)
    return GroupSums(
        n=m.n,
        caar=m.mean(m.car),
        scaar=m.mean(m.scar),
        sd_car=m.sd(m.car),
        sd_scar=m.sd(m.scar),
        skewness=_skewness(m),
        patell_sd=np.sqrt(m.total(_patell_variance(m.df))),
        correlation=correlation,
        overlap=matched.overlap,
        car_correlation=matched.in_window(correlation),
        portfolio_se=np.sqrt(portfolio),
        time_series_se=np.sqrt(time_series),
        portfolio_df=df,
    )


def _variances_of_mean(
    m: Members, matched: Clusters, unit_variance: Array, df: Array
) -> tuple[Array, Array]:
    """Compute the variance of each mean CAR, with and without estimation error, (G,) each."""
    shared, length = matched.estimation, float(m.window_days.shape[1])
    # Residuals have lost k degrees of freedom, as in each firm's own sigma2.
    covariance = matched.in_window(shared.mean_product(m.residuals) * shared.dates / df)
    of_cars = covariance * m.mean(m.spread)
    if m.variance_changes:
        # Variances change with the day, correlations do not: r_ij se_i se_j.
        of_cars = matched.in_window(shared.mean_product(unit_variance * m.car_se[:, None]))
    return (
        variance_of_mean(m.n, m.total(m.car_se**2), of_cars),
        variance_of_mean(m.n, m.total(m.sigma2 * length), covariance * length),
    )


def _skewness(m: Members) -> Array:
    centred = m.car - m.mean(m.car)[m.group]
    return m.mean(centred**3) / m.sd(m.car) ** 3


def _patell_variance(df: Labels) -> Array:
    return np.where(df > 2, df / np.where(df > 2, df - 2.0, np.nan), np.nan)


def _unit_variance(values: Array) -> Array:
    """Give each firm's values mean zero and variance one over its own days; NaN becomes zero."""
    used = np.isfinite(values)
    count = np.maximum(used.sum(axis=1, keepdims=True), 1)
    mean = values.sum(axis=1, keepdims=True, where=used) / count
    centred = np.where(used, values - mean, 0.0)
    scale = np.sqrt(np.einsum("ut,ut->u", centred, centred)[:, None] / count)
    return np.asarray(np.divide(centred, scale, out=centred, where=scale > 0))


def parametric_tests(members: Members, sums: GroupSums) -> dict[str, Outcome]:
    """Compute the tests on CARs.

    With n firms, CAR_i, standardised S_i = CAR_i / se_i, g the skewness of the CARs, and r the mean
    correlation of two CARs (residual correlation times the share of event days in common):

    - ``csect_t = mean(CAR) / (sd(CAR) / sqrt(n))``
    - ``skew_adj_t = sqrt(n) (u + g u^2 / 3 + g^2 u^3 / 27 + g / (6 n))``, u = mean(CAR) / sd(CAR)
    - ``time_series_t = mean(CAR) / se``, se as for ``portfolio_t`` without estimation error
    - ``patell_z = sum(S) / sqrt(sum(df_i / (df_i - 2)))``
    - ``adj_patell_z = patell_z / sqrt(1 + (n - 1) r)``
    - ``bmp_t = mean(S) / (sd(S) / sqrt(n))``
    - ``kp_t = bmp_t * sqrt((1 - r) / (1 + (n - 1) r))``
    - ``portfolio_t = mean(CAR) / se``, with ``n^2 se^2 = sum(se_i^2) + n (n - 1) cov`` and cov the
      mean covariance of two CARs
    """
    n, r = sums.n.astype(float), sums.car_correlation
    df = np.where(sums.n > 1, n - 1.0, np.nan)
    spread, clustered, portfolio = _cases(members, sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = sums.caar / sums.sd_car
        bmp = np.sqrt(n) * sums.scaar / sums.sd_scar
        patell = n * sums.scaar / sums.patell_sd
        time_series, whole = sums.caar / sums.time_series_se, sums.caar / sums.portfolio_se
    return {
        "csect_t": t_outcome(np.sqrt(n) * u, df, spread),
        "skew_adj_t": t_outcome(_hall(u, sums.skewness, n), df, spread),
        "time_series_t": t_outcome(time_series, sums.portfolio_df, portfolio),
        "patell_z": z_outcome(patell, spread[:1]),
        "adj_patell_z": z_outcome(patell * patell_factor(r, sums.n), clustered),
        "bmp_t": t_outcome(bmp, df, spread),
        "kp_t": t_outcome(bmp * kp_factor(r, sums.n), df, [*spread, *clustered]),
        "portfolio_t": t_outcome(whole, sums.portfolio_df, portfolio),
    }


def _hall(u: Array, skewness: Array, n: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        cubic = u + skewness * u**2 / 3 + skewness**2 * u**3 / 27 + skewness / (6 * n)
        return np.asarray(np.sqrt(n) * cubic)


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


def _cases(members: Members, sums: GroupSums) -> tuple[list[Case], list[Case], list[Case]]:
    """List why a test over the spread, with the mean correlation, of the portfolio may be NaN."""
    r, apart = sums.car_correlation, without_shared_days(members, sums.correlation)
    every = np.ones(sums.n.shape, dtype=bool)
    return (
        without_spread(members, np.where(r >= 1, np.nan, sums.sd_car + sums.sd_scar)),
        [*apart, (1 + r * (sums.n - 1) <= ROUNDING, "mean correlation at or below -1/(n-1)")],
        [*apart, (every, "variance of the portfolio at or below zero")],
    )
