"""Pass-through of tariffs into a price: distributed lags and local projections by month.

Both regress changes of the log price on changes of the log power of the tariff, and give the
response to a change that lasts. Intervals are of Newey and West, with true distances in time where
months are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.errors import Fault, InputError

#: A regression of one horizon: changes of log prices, regressors, those whose coefficients are
#: summed, months over which residuals overlap.
Regression = tuple[pd.DataFrame, pd.DataFrame, list[str], int]
Design = Callable[[pd.DataFrame, pd.Series, int], Iterator[Regression]]


def distributed_lags(prices: pd.DataFrame, power: pd.Series, horizon: int) -> Iterator[Regression]:
    r"""Cumulate the coefficients of present and past changes of the tariff.

    .. math::
        \Delta \ln p_t = \alpha + \sum_{k=0}^{H} \beta_k \Delta \ln (1 + \tau_{t-k})
            + \gamma' z_t + u_t, \qquad B_h = \sum_{k=0}^{h} \beta_k
    """
    x = _lags(power.diff(), range(horizon + 1))
    for h in range(horizon + 1):
        yield prices.diff(), x, list(x.columns[: h + 1]), 0


def local_projections(prices: pd.DataFrame, power: pd.Series, horizon: int) -> Iterator[Regression]:
    r"""Regress the price change over each horizon on the change of the tariff at its start.

    .. math::
        \ln p_{t+h} - \ln p_{t-1} = \alpha_h + B_h \Delta \ln (1 + \tau_t)
            + \sum_{k \ne 0,\, k=-h}^{H} \delta_{hk} \Delta \ln (1 + \tau_{t-k})
            + \gamma_h' z_t + u_{t,h}

    Changes between :math:`t` and :math:`t+h` are held fixed (negative k), so that :math:`B_h`
    answers to a change that lasts. Jorda (2005), American Economic Review 95.
    """
    for h in range(horizon + 1):
        x = _lags(power.diff(), range(-h, horizon + 1))
        yield prices.shift(-h) - prices.shift(1), x, ["lag 0"], h


def estimate(
    design: Design,
    price_index: pd.Series,
    rate_share: pd.Series,
    *,
    horizon_months: int,
    before_duty: bool,
    controls: pd.DataFrame | None = None,
    first: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Run the regressions of a design on one price: cumulated pass-through with 95 % intervals.

    By month: the index above zero, the rate as a share, NaN where not known; ``controls`` are
    regressors as they enter, e.g. changes of other logs. ``first`` is the first month of the price
    changes (default: all), earlier tariffs still enter as lags. Too few months, or a tariff that
    does not move in them, are an `InputError`.

    By horizon (months since a lasting change): ``response`` (log price per log power),
    ``pass_through`` (the buyer's: of a price ``before_duty`` :math:`1 + B_h`), ``se``, ``low``,
    ``high`` (of pass_through), ``n``, ``df``, ``first`` and ``last`` month used, and how many are
    ``missing`` between them.
    """
    prices, power = log_months(price_index.to_frame(), rate_share)
    rows = {}
    for h, (y, own, names, overlap) in enumerate(design(prices, power, horizon_months)):
        x = (own if controls is None else own.join(controls)).assign(constant=1.0)
        fit = least_squares(y.loc[first:], x, names, overlap)
        low, high = (float(end[0]) + before_duty for end in fit.interval())
        response, used = float(fit.response[0]), fit.months
        rows[h] = {
            "response": response,
            "pass_through": response + before_duty,
            "se": fit.se[0],
            "low": low,
            "high": high,
            "n": fit.n,
            "df": fit.df,
            "first": used[0],
            "last": used[-1],
            "missing": len(y.loc[used[0] : used[-1]]) - fit.n,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Sums of coefficients of many regressions on the same regressors, an entry for each price."""

    response: NDArray[np.float64]
    se: NDArray[np.float64]
    n: int
    df: int
    months: pd.DatetimeIndex

    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the ends of intervals of 95 %, by Student's t."""
        half = stats.t.ppf(0.975, self.df) * self.se
        return self.response - half, self.response + half


def least_squares(
    changes: pd.DataFrame, regressors: pd.DataFrame, summed: Sequence[str], overlap: int
) -> Fit:
    r"""Regress every column on the same regressors and sum coefficients, with their HAC error.

    A missing month is a row of zeros, so that time keeps its steps. With :math:`a = w'(X'X)^{-1}X'`
    and residuals :math:`u` the variance of :math:`w'b` is that of :math:`\sum_t a_t u_t`: Newey and
    West (1987), Econometrica 55, Bartlett weights, scaled by ``n / (n - k)``.
    Lags are the larger of the whole part of ``4 (n / 100)^(2/9)`` and ``overlap``, the months over
    which residuals do.
    """
    x = regressors.reindex(changes.index)
    good = (changes.notna().all(axis=1) & x.notna().all(axis=1)).to_numpy()
    n, k = int(good.sum()), x.shape[1]
    rank = int(np.linalg.matrix_rank(x[good].to_numpy())) if n > k else k
    if n <= k or rank < k:
        asked, found = f"more than {k}, and as many regressors that differ", f"{n}, {rank} differ"
        todo = "Take months in which the tariff moves, or a shorter horizon."
        fault = Fault("months", asked, found, todo)
        raise InputError("The pass-through cannot be estimated.", [fault])
    inside = slice(good.argmax(), len(good) - good[::-1].argmax())
    good = good[inside]
    regressor, response = (
        np.where(good[:, None], frame.to_numpy(float)[inside], 0.0) for frame in (x, changes)
    )
    inverse = np.linalg.pinv(regressor)
    weights = x.columns.isin(summed).astype(float)
    coefficients = inverse @ response
    scores = (weights @ inverse)[:, None] * (response - regressor @ coefficients)
    lags = max(overlap, int(4 * (n / 100) ** (2 / 9)))
    variance = (scores**2).sum(axis=0)
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (scores[lag:] * scores[:-lag]).sum(axis=0)
    months = pd.DatetimeIndex(changes.index[inside][good])
    return Fit(weights @ coefficients, np.sqrt(variance * n / (n - k)), n, n - k, months)


def log_months(prices: pd.DataFrame, rate_share: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Give log prices and the log power of the tariff on all months of both."""
    months = prices.index.union(rate_share.index)
    return np.log(prices).reindex(months), np.log1p(rate_share).reindex(months)


def _lags(change: pd.Series, lags: range) -> pd.DataFrame:
    return pd.DataFrame({f"lag {k}": change.shift(k) for k in lags})
