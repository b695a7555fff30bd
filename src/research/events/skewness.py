"""t of a mean of skewed values, with bounds from a bootstrap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.events.models import Array

# Lyon, Barber and Tsai (1999) draw resamples of a quarter of the firms.
_RESAMPLE_SHARE = 0.25

#: Fewest values, so that a resample has five of them.
FEWEST_FIRMS = 20

_FIGURES = ("sd", "skewness", "t", "skew_adj_t", "low_bound", "high_bound", "pvalue")


def skewness_adjusted_t(values: Array, *, replications: int = 1000, seed: int = 550) -> pd.Series:
    """Test a mean of zero with a t corrected for skewness and bootstrapped bounds.

    With S = mean / sd and g the skewness, ``t_sa = sqrt(n) (S + g S^2 / 3 + g / (6 n))``. Its
    distribution under the null is that of resamples of n / 4 values, each measured from the mean
    of the sample; p is twice the smaller tail, the sample itself counted among the resamples.

    Parameters
    ----------
    values
        (n,): independent values, for example BHARs of firms with dates of their own.
    replications, seed
        Of the bootstrap.

    Returns
    -------
    pandas.Series
        n, mean, sd (n - 1), skewness, t (without the correction), skew_adj_t, low_bound and
        high_bound (2.5 and 97.5 % of the bootstrap), pvalue, reason (why it is missing).

    References
    ----------
    Johnson (1978), J. American Statistical Association 73, 536-544; Lyon, Barber and Tsai (1999),
    J. Finance 54, 165-201.
    """
    n = len(values)
    row: dict[str, object] = {"n": n, "mean": values.mean() if n else np.nan}
    if n < FEWEST_FIRMS or np.ptp(values) == 0:
        few = f"{n} firms, {FEWEST_FIRMS} needed"
        reason = few if n < FEWEST_FIRMS else "no spread over firms"
        return pd.Series(row | dict.fromkeys(_FIGURES, np.nan) | {"reason": reason})
    mean, sd = values.mean(), values.std(ddof=1)
    drawn = np.random.default_rng(seed).choice(values, (replications, int(n * _RESAMPLE_SHARE)))
    t, null = adjusted_t(values[None])[0], adjusted_t(drawn - mean)
    smaller_tail = 1 + min((null <= t).sum(), (null >= t).sum())
    skewness = ((values - mean) ** 3).mean() / sd**3
    pvalue = min(1.0, 2 * smaller_tail / (1 + replications))
    bounds = np.quantile(null, [0.025, 0.975])
    figures = (sd, skewness, np.sqrt(n) * mean / sd, t, *bounds, pvalue)
    return pd.Series(row | dict(zip(_FIGURES, figures, strict=True)) | {"reason": ""})


def adjusted_t(samples: Array) -> Array:
    """Compute the skewness-adjusted t of each row, (rows,).

    A row of one value over and over has no skewness; its t is infinite with the sign of the value.
    """
    n, mean = samples.shape[1], samples.mean(axis=1)
    sd = samples.std(axis=1, ddof=1)
    third = ((samples - mean[:, None]) ** 3).mean(axis=1)
    spread = np.where(sd > 0, sd, 1.0)
    s, g = mean / spread, third / spread**3
    t = np.sqrt(n) * (s + g * s**2 / 3 + g / (6 * n))
    return np.asarray(np.where(sd > 0, t, np.inf * np.sign(mean)))
