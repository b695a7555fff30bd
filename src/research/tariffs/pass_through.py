"""Pass-through of tariffs into a price: distributed lags and local projections by month.

Both regress changes of the log price on changes of the log power of the tariff, and give the
response to a change that lasts. Intervals are of Newey and West, with true distances in time where
months are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.labels import cell_faults, figure_faults
from research.tariffs.law import LARGEST_RATE_SHARE

_SUMMARY = "The pass-through cannot be estimated."

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


@dataclass(frozen=True, eq=False, slots=True)
class PassThrough:
    """Cumulated pass-through by month after a lasting change of the tariff.

    ``table``, by horizon (months since the change): response (log price per log power),
    pass_through (response, plus one if the price is before duty), se, low, high (of
    pass_through), n, df. Beside it the first and last month of the price changes used, and
    (horizon, month) -> reason for those between that were not.
    """

    table: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp
    dropped: dict[tuple[int, pd.Timestamp], str]


def estimate(
    design: Design,
    price_index: pd.Series,
    rate_share: pd.Series,
    *,
    horizon_months: int,
    before_duty: bool,
    controls: pd.DataFrame | None = None,
    first: str | pd.Timestamp | None = None,
) -> PassThrough:
    """Run the regressions of a design on one price; intervals of 95 %.

    By month: the index above zero, the rate as a share, NaN where not known; ``controls`` are
    regressors as they enter, e.g. changes of other logs. Of a price ``before_duty`` the buyer's
    pass-through is :math:`1 + B_h`. ``first`` is the first month of the price changes (default:
    all), earlier tariffs still enter as lags.

    Every fault of what is given is named in one `InputError`.
    """
    faults = _series_faults(price_index, rate_share, controls)
    faults += _count_faults(horizon_months, "horizon_months")
    raise_if(InputError, _SUMMARY, faults)
    prices, power = log_months(price_index.to_frame("the price"), rate_share)
    rows, used, dropped = {}, [], {}
    for h, (y, own, names, overlap) in enumerate(design(prices, power, horizon_months)):
        x = (own if controls is None else own.join(controls)).assign(constant=1.0)
        fit = least_squares(y.loc[first:], x, names, overlap)
        low, high = (float(end[0]) + before_duty for end in fit.interval())
        response = float(fit.response[0])
        row = {"response": response, "pass_through": response + before_duty, "se": fit.se[0]}
        rows[h] = row | {"low": low, "high": high, "n": fit.n, "df": fit.df}
        used += [fit.months[0], fit.months[-1]]
        both = x.reindex(y.index).join(y).loc[used[-2] : used[-1]]
        for month, known in both[both.isna().any(axis=1)].notna().iterrows():
            dropped[h, month] = f"no figure of {', '.join(map(str, known.index[~known]))}"
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")
    return PassThrough(table, min(used), max(used), dropped)


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
    faults = []
    if n <= k:
        todo = "Lengthen the months or shorten the horizon."
        faults = [Fault("months", f"more than the {k} coefficients", f"{n}", todo)]
    elif rank < k:
        todo = "Take months in which the tariff moves, fewer controls or a shorter horizon."
        faults = [Fault("regressors", f"{k} that differ", f"{rank} in {n} months", todo)]
    raise_if(InputError, _SUMMARY, faults)
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


def _series_faults(
    price_index: pd.Series, rate_share: pd.Series, controls: pd.DataFrame | None
) -> list[Fault]:
    """Word every fault of what is to be estimated, months in common among them."""
    given = {} if controls is None else dict(pd.DataFrame(controls))
    taken = [name for name in given if name == "constant" or str(name).startswith("lag ")]
    rates = month_faults(rate_share, "rate_share", at_least=0)
    faults = [
        *month_faults(price_index, "price_index", above=0),
        *rates,
        *(Fault("controls", "names of their own", repr(name), "Rename it.") for name in taken),
        *(f for name, one in given.items() for f in month_faults(one, f"controls, {name}")),
    ]
    if not rates:
        percent = rate_share[rate_share > LARGEST_RATE_SHARE]
        asked = f"shares from 0 to {LARGEST_RATE_SHARE:g}, 0.15 for 15 %"
        faults += cell_faults(percent, percent.notna(), "rate_share", asked)
    others = {"rate_share": rate_share} | {f"controls, {name}": one for name, one in given.items()}
    return faults or [
        Fault(where, f"months of the price, {_span(price_index)}", _span(values))
        for where, values in others.items()
        if not len(values.index.intersection(price_index.index))
    ]


def month_faults(values: object, where: str, **bounds: Any) -> list[Fault]:
    """Word what keeps ``values`` from being figures of months that follow each other."""
    index = values.index if isinstance(values, pd.Series) else None
    if not isinstance(values, pd.Series) or not isinstance(index, pd.DatetimeIndex):
        found = type(values if index is None else index).__name__
        todo = "Give every month its first day, as index.to_timestamp() does for periods."
        return [Fault(where, "a Series by month (DatetimeIndex)", found, todo)]
    if not len(index):
        return [Fault(where, "at least one month", "none")]
    wanted = pd.date_range(index.min(), index.max(), freq="MS")
    if not index.equals(wanted):
        todo = "Give every month its first day, once and in order, and NaN without a figure."
        odd = [*wanted.difference(index), *index[index.duplicated()], *index.difference(wanted)]
        named = f", such as {odd[0]:%Y-%m-%d}" if odd else ""
        found = f"{len(index)} dates with faults{named}"
        return [Fault(where, f"{len(wanted)} months without a gap", found, todo)]
    return figure_faults(values.dropna(), where, **bounds)


def _span(values: pd.Series) -> str:
    return f"{values.index[0]:%Y-%m} to {values.index[-1]:%Y-%m}"


def _count_faults(value: object, where: str) -> list[Fault]:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return [] if good else [Fault(where, "a whole number of 0 or more", repr(value))]
