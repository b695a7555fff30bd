"""Group tests of a mean abnormal return of zero.

One date hits all firms of a group at once, so their abnormal returns are not independent draws.
Tests that ignore this (`csect_t`, `patell_z`, `bmp_t`) reject far too often; `kp_t` corrects for
the correlation of the residuals, `portfolio_t` carries it in the variance of the portfolio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.events.clustering import correlation_and_covariance, overlap
from research.events.models import ROUNDING, Array, Labels


@dataclass(frozen=True, slots=True)
class GroupTest:
    """What a group test is: its variant, the null it tests, where its formula stands."""

    name: str
    variant: str
    null: str
    source: str


_MEAN_ZERO = "the mean abnormal return of the group is zero"
TESTS = {
    test.name: test
    for test in (
        GroupTest(
            "csect_t",
            "cross-sectional t of the CARs, n - 1 degrees of freedom",
            f"{_MEAN_ZERO}; firms independent",
            "Brown and Warner (1985), J. Financial Economics 14, 3-31",
        ),
        GroupTest(
            "patell_z",
            "standardised CARs, variance of each known from the estimation window; normal",
            f"{_MEAN_ZERO}; firms independent; the event does not raise the variance",
            "Patell (1976), J. Accounting Research 14, 246-276",
        ),
        GroupTest(
            "bmp_t",
            "cross-sectional t of the standardised CARs, n - 1 degrees of freedom",
            f"{_MEAN_ZERO}; firms independent; the event may raise the variance",
            "Boehmer, Musumeci and Poulsen (1991), J. Financial Economics 30, 253-272",
        ),
        GroupTest(
            "kp_t",
            "bmp_t corrected for the mean residual correlation, n - 1 degrees of freedom",
            f"{_MEAN_ZERO}; firms correlated; the event may raise the variance",
            "Kolari and Pynnonen (2010), Rev. Financial Studies 23, 3996-4025; partly overlapping "
            "windows after Kolari, Pape and Pynnonen (2018)",
        ),
        GroupTest(
            "portfolio_t",
            "t of the equal-weighted portfolio with its own residual variance",
            f"{_MEAN_ZERO}; firms correlated; the event does not raise the variance",
            "Brown and Warner (1980), J. Financial Economics 8, 205-258: crude dependence "
            "adjustment",
        ),
    )
}


@dataclass(frozen=True, eq=False, slots=True)
class GroupSums:
    """What the group tests need of each of ``G`` groups (event x group).

    Attributes
    ----------
    n
        (G,): firms with a CAR in the window.
    caar, scaar
        (G,): mean CAR and mean standardised CAR.
    sd_car, sd_scar
        (G,): their standard deviations over firms (n - 1).
    patell_sd
        (G,): standard deviation of the sum of standardised CARs under independence.
    correlation
        (G,): mean residual correlation over the pairs of firms, matched by calendar date.
    overlap
        (G,): mean share of event days that a pair of firms has in common: 1 on one common date.
    portfolio_se
        (G,): standard error of the mean CAR from variances and covariances of residuals. With
        complete data and one date it is that of a regression of the equal-weighted portfolio.
    portfolio_df
        (G,): degrees of freedom of that standard error.
    """

    n: Labels
    caar: Array
    scaar: Array
    sd_car: Array
    sd_scar: Array
    patell_sd: Array
    correlation: Array
    overlap: Array
    portfolio_se: Array
    portfolio_df: Array


def statistics(sums: GroupSums) -> dict[str, tuple[Array, Array]]:
    """Compute every group test as (statistic, degrees of freedom), each (G,).

    With n firms, CAR_i, standardised S_i = CAR_i / se_i, and r the mean correlation of two CARs
    (residual correlation times the share of event days in common, `research.events.clustering`):

    - ``csect_t = mean(CAR) / (sd(CAR) / sqrt(n))``
    - ``patell_z = sum(S) / sqrt(sum(df_i / (df_i - 2)))``
    - ``bmp_t = mean(S) / (sd(S) / sqrt(n))``
    - ``kp_t = bmp_t * sqrt((1 - r) / (1 + (n - 1) r))``
    - ``portfolio_t = mean(CAR) / se``, with ``n^2 se^2 = sum(se_i^2) + n (n - 1) cov`` and cov the
      mean covariance of two CARs

    A statistic without meaning (one firm, no spread, r at or below -1/(n - 1)) is NaN.
    """
    n, df = sums.n.astype(float), np.where(sums.n > 1, sums.n - 1.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        csect = sums.caar / (_spread_or_nan(sums.sd_car, sums.caar) / np.sqrt(n))
        bmp = sums.scaar / (_spread_or_nan(sums.sd_scar, sums.scaar) / np.sqrt(n))
        return {
            "csect_t": (csect, df),
            "patell_z": (n * sums.scaar / sums.patell_sd, np.full_like(df, np.inf)),
            "bmp_t": (bmp, df),
            "kp_t": (bmp * kp_factor(sums.correlation * sums.overlap, sums.n), df),
            "portfolio_t": (sums.caar / sums.portfolio_se, sums.portfolio_df),
        }


def _spread_or_nan(sd: Array, mean: Array) -> Array:
    """Give NaN where firms differ by rounding alone (the same share twice)."""
    return np.where(sd > ROUNDING * np.abs(mean), sd, np.nan)


def kp_factor(correlation: Array, n: Labels) -> Array:
    """Compute Kolari and Pynnonen's factor ``sqrt((1 - r) / (1 + (n - 1) r))``.

    NaN where it is undefined: fewer than two firms, or r at or below ``-1 / (n - 1)``.
    """
    denominator = 1.0 + (n - 1) * correlation
    defined = (n > 1) & (denominator > 0) & (correlation < 1)
    ratio = np.divide(
        1.0 - correlation, denominator, out=np.full(denominator.shape, np.nan), where=defined
    )
    return np.asarray(np.sqrt(ratio))


def two_sided_p(statistic: Array, df: Array) -> Array:
    """Compute the two-sided p-value of a t (finite ``df``) or a z (infinite ``df``)."""
    with np.errstate(invalid="ignore"):
        return np.asarray(2.0 * stats.t.sf(np.abs(statistic), df))


def undefined_reason(sums: GroupSums) -> NDArray[np.object_]:
    """Say for each group why a test of it that is NaN is so."""
    reasons = np.full(sums.n.shape, "variance of the portfolio at or below zero", dtype=object)
    reasons[np.isnan(sums.correlation)] = "no two firms share a day of the estimation window"
    r = sums.correlation * sums.overlap
    reasons[r * (sums.n - 1) <= -1] = "mean correlation at or below -1/(n-1)"
    same = np.isnan(_spread_or_nan(sums.sd_scar, sums.scaar)) | (r >= 1)
    reasons[same] = "no spread over firms"
    reasons[sums.n == 1] = "one firm: no spread over firms"
    reasons[sums.n == 0] = "no firm has every day of the window"
    return reasons


def group_sums(
    *,
    group: Labels,
    n_groups: int,
    car: Array,
    car_se: Array,
    df: Labels,
    residuals: Array,
    days: Labels,
    window_days: Labels,
    spread: Array,
    k: int,
) -> GroupSums:
    """Add up each group's units; a unit without a CAR counts nowhere.

    Parameters
    ----------
    group
        (U,): number of the group of each unit, 0 to ``n_groups - 1``.
    car, car_se, df
        (U,): cumulative abnormal return, its standard error, degrees of freedom.
    residuals, days
        (U, T): residuals (NaN = not used) and the calendar day of each as a number, so that
        residuals are matched by date and not by their place in the window.
    window_days
        (U, W): the calendar days of the CAR, numbered likewise.
    spread
        (U,): variance of the CAR over sigma2 (days plus estimation error).
    k
        Coefficients of the model.
    """
    present = np.isfinite(car) & np.isfinite(car_se)
    group, car, car_se, df = group[present], car[present], car_se[present], df[present]
    n = np.bincount(group, minlength=n_groups)

    def total(values: Array) -> Array:
        return np.bincount(group, weights=values, minlength=n_groups).astype(float)

    scar = car / car_se
    with np.errstate(divide="ignore", invalid="ignore"):
        caar, scaar = total(car) / n, total(scar) / n
        sd_car = np.sqrt(total((car - caar[group]) ** 2) / (n - 1))
        sd_scar = np.sqrt(total((scar - scaar[group]) ** 2) / (n - 1))
        patell_sd = np.sqrt(total(np.where(df > 2, df / (df - 2.0), np.nan)))
        mean_spread = total(spread[present]) / n
    together = overlap(group, n_groups, window_days[present])
    correlation, covariance, dates = correlation_and_covariance(
        group, n_groups, residuals[present], days[present]
    )
    portfolio_df = np.where(dates > k, dates - float(k), np.nan)
    # Residuals have lost k degrees of freedom, as in each firm's own sigma2.
    covariance = covariance * dates / portfolio_df * mean_spread * together
    return GroupSums(
        n=n,
        caar=caar,
        scaar=scaar,
        sd_car=sd_car,
        sd_scar=sd_scar,
        patell_sd=patell_sd,
        correlation=correlation,
        overlap=together,
        portfolio_se=_portfolio_se(n, total(car_se**2), covariance),
        portfolio_df=portfolio_df,
    )


def _portfolio_se(n: Labels, own: Array, covariance: Array) -> Array:
    """Compute the standard error of a mean from n variances (their sum) and a mean covariance."""
    cross = np.where(n > 1, n * (n - 1.0) * covariance, 0.0)
    variance = np.where(n > 0, own + cross, np.nan) / np.maximum(n, 1) ** 2.0
    return np.sqrt(np.where(variance > 0, variance, np.nan))


def tests_frame(sums: GroupSums, labels: pd.MultiIndex) -> pd.DataFrame:
    """Lay every test of every group out as a tidy frame.

    Columns: the levels of ``labels``, then test, statistic, df, pvalue, n, mean (mean CAR),
    correlation, overlap, variant, reason (why a statistic is NaN).
    """
    reason = undefined_reason(sums)
    parts = []
    for name, (statistic, df) in statistics(sums).items():
        part = pd.DataFrame(index=labels).reset_index()
        part["test"] = name
        part["statistic"], part["df"] = statistic, df
        part["pvalue"] = two_sided_p(statistic, df)
        part["n"], part["mean"], part["correlation"] = sums.n, sums.caar, sums.correlation
        part["overlap"] = sums.overlap
        part["variant"] = TESTS[name].variant
        part["reason"] = np.where(np.isnan(statistic), reason, "")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
