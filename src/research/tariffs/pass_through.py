"""Pass-through of tariffs into a price: distributed lags and local projections by month.

Both regress changes of the log price on changes of the log power of the tariff, and give the
response to a change that lasts. Intervals are of Newey and West, with true distances in time where
months are missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.tariffs.pass_through_checks import (
    bound_faults,
    count_faults,
    log_months,
    month_faults,
)


@dataclass(frozen=True, eq=False, slots=True)
class PassThrough:
    """Cumulated pass-through by month after a lasting change of the tariff.

    Attributes
    ----------
    table
        Index horizon (months since the change): response (log price per log power), pass_through
        (response, plus one if the price is before duty), se, low, high (of pass_through), n, df.
    method
        ``distributed_lags`` or ``local_projections``.
    before_duty
        Whether the price excludes the duty.
    level
        Share of intervals that miss the truth.
    hac_lags
        Lags of the covariance at each horizon.
    first, last
        First and last month of the price changes that could be used.
    dropped
        (horizon, month) -> reason, for months between ``first`` and ``last`` that were not used.
    """

    table: pd.DataFrame
    method: str
    before_duty: bool
    level: float
    hac_lags: pd.Series
    first: pd.Timestamp
    last: pd.Timestamp
    dropped: pd.Series

    def summary(self) -> pd.DataFrame:
        """Give the table with the width of each interval."""
        return self.table.assign(width=self.table["high"] - self.table["low"])


def collected_rate_share(
    duties_musd: pd.Series, imports_musd: pd.Series, *, duty_lag_months: int
) -> pd.Series:
    """Divide the duties received ``duty_lag_months`` later by the imports of each month.

    Duties come in some weeks after the goods, so the choice moves the rate in months in which
    tariffs change; it has no default.

    Returns
    -------
    (months,): share; NaN where one of both is missing.

    Raises
    ------
    InputError
        If the months do not match or follow each other, imports are not above zero, duties are
        negative, or the lag is negative.
    """
    duties, imports = (
        month_faults(values, where)
        for values, where in ((duties_musd, "duties_musd"), (imports_musd, "imports_musd"))
    )
    faults = [*duties, *imports, *count_faults(duty_lag_months, "duty_lag_months")]
    if not duties and not imports and not duties_musd.index.equals(imports_musd.index):
        asked, found = (
            f"{values.index[0]:%Y-%m} to {values.index[-1]:%Y-%m}"
            for values in (duties_musd, imports_musd)
        )
        faults.append(Fault("imports_musd", f"the months of the duties, {asked}", found))
    if not duties:
        faults += bound_faults(duties_musd, "duties_musd", duties_musd < 0, "zero or more")
    if not imports:
        faults += bound_faults(imports_musd, "imports_musd", imports_musd <= 0, "above zero")
    raise_if(InputError, "The collected rate cannot be computed.", faults)
    return (duties_musd.shift(-duty_lag_months) / imports_musd).rename("rate_share")


def distributed_lags(
    price_index: pd.Series,
    rate_share: pd.Series,
    *,
    horizon_months: int,
    before_duty: bool,
    controls: pd.DataFrame | None = None,
    level: float = 0.05,
    hac_lags: int | None = None,
    first: str | pd.Timestamp | None = None,
    last: str | pd.Timestamp | None = None,
) -> PassThrough:
    r"""Cumulate the coefficients of present and past changes of the tariff.

    .. math::
        \Delta \ln p_t = \alpha + \sum_{k=0}^{H} \beta_k \Delta \ln (1 + \tau_{t-k})
            + \gamma' z_t + u_t, \qquad B_h = \sum_{k=0}^{h} \beta_k

    Parameters
    ----------
    price_index
        (months,): above zero; NaN where not published.
    rate_share
        (months,): tariff rate as a share; NaN where not known.
    horizon_months
        :math:`H`.
    before_duty
        Whether the price excludes the duty: then the buyer's pass-through is :math:`1 + B_h`.
    controls
        (months, names): regressors as they enter, e.g. changes of other logs.
    level
        Share of intervals that miss the truth.
    hac_lags
        Of the covariance; default the whole part of ``4 (n / 100)^(2/9)``.
    first, last
        First and last month of the price changes (default: all there are). Earlier tariffs still
        enter as lags.

    Raises
    ------
    InputError
        If months do not follow each other, figures are out of range, nothing in the tariff varies,
        or there are no more months than coefficients.

    Notes
    -----
    Covariance: Newey and West (1987), Econometrica 55, Bartlett weights, scaled by ``n / (n - k)``;
    intervals by Student's t with ``n - k`` degrees of freedom.
    """
    months = log_months(
        price_index,
        rate_share,
        controls,
        horizon_months=horizon_months,
        level=level,
        hac_lags=hac_lags,
    )
    response = months["price"].diff().loc[first:last]
    lags = _lags(months["power"].diff(), range(horizon_months + 1))
    fit = _fit(response, _regressors(lags, controls), hac_lags)
    rows = {}
    for h in range(horizon_months + 1):
        weights = fit.weights(lags.columns[: h + 1])
        rows[h] = fit.row(weights, before_duty, level)
    dropped = {(h, month): reason for h in rows for month, reason in fit.dropped.items()}
    return _result(
        "distributed_lags",
        rows,
        dropped,
        dict.fromkeys(rows, fit),
        before_duty=before_duty,
        level=level,
    )


def local_projections(
    price_index: pd.Series,
    rate_share: pd.Series,
    *,
    horizon_months: int,
    before_duty: bool,
    controls: pd.DataFrame | None = None,
    level: float = 0.05,
    hac_lags: int | None = None,
    first: str | pd.Timestamp | None = None,
    last: str | pd.Timestamp | None = None,
) -> PassThrough:
    r"""Regress the price change over each horizon on the change of the tariff at its start.

    .. math::
        \ln p_{t+h} - \ln p_{t-1} = \alpha_h + B_h \Delta \ln (1 + \tau_t)
            + \sum_{k \ne 0,\, k=-h}^{H} \delta_{hk} \Delta \ln (1 + \tau_{t-k})
            + \gamma_h' z_t + u_{t,h}

    Changes between :math:`t` and :math:`t+h` are held fixed (negative k), so that :math:`B_h`
    answers to a change that lasts, and changes before it are too. One regression a horizon.

    Parameters
    ----------
    price_index, rate_share, horizon_months, before_duty, controls, level, first, last
        As in `distributed_lags`; months are those of :math:`t`.
    hac_lags
        Of the covariance; default the larger of the rule in `distributed_lags` and the horizon,
        over which residuals overlap.

    Raises
    ------
    InputError
        As in `distributed_lags`.

    Notes
    -----
    Jorda (2005), American Economic Review 95.
    """
    months = log_months(
        price_index,
        rate_share,
        controls,
        horizon_months=horizon_months,
        level=level,
        hac_lags=hac_lags,
    )
    change = months["power"].diff()
    rows: dict[int, dict[str, float]] = {}
    fits: dict[int, _Fit] = {}
    dropped: dict[tuple[int, pd.Timestamp], str] = {}
    for h in range(horizon_months + 1):
        response = (months["price"].shift(-h) - months["price"].shift(1)).loc[first:last]
        lags = _lags(change, range(-h, horizon_months + 1))
        fits[h] = _fit(response, _regressors(lags, controls), hac_lags, overlap=h)
        rows[h] = fits[h].row(fits[h].weights(["lag 0"]), before_duty, level)
        dropped |= {(h, month): reason for month, reason in fits[h].dropped.items()}
    return _result("local_projections", rows, dropped, fits, before_duty=before_duty, level=level)


@dataclass(frozen=True, eq=False, slots=True)
class _Fit:
    coefficients: pd.Series
    covariance: NDArray[np.float64]
    n: int
    hac_lags: int
    used: pd.DatetimeIndex
    dropped: dict[pd.Timestamp, str]

    def weights(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Mark the coefficients to be summed."""
        return np.asarray(self.coefficients.index.isin(names), dtype=float)

    def row(
        self, weights: NDArray[np.float64], before_duty: bool, level: float
    ) -> dict[str, float]:
        """Give the sum of the coefficients with its interval."""
        response = float(weights @ self.coefficients.to_numpy())
        se = math.sqrt(weights @ self.covariance @ weights)
        df = self.n - len(weights)
        centre, half = response + before_duty, stats.t.ppf(1 - level / 2, df) * se
        interval = {"low": centre - half, "high": centre + half}
        own = {"response": response, "pass_through": centre, "se": se}
        return own | interval | {"n": self.n, "df": df}


def _fit(
    response: pd.Series, regressors: pd.DataFrame, hac_lags: int | None, overlap: int = 0
) -> _Fit:
    """Regress by least squares; a missing month is a row of zeros, so that time keeps its steps."""
    x = regressors.reindex(response.index)
    good = response.notna() & x.notna().all(axis=1)
    used = response.index[good]
    n, k = int(good.sum()), x.shape[1]
    if n > k:
        rank = int(np.linalg.matrix_rank(x[good].to_numpy()))
        _check_rank(rank, k, n)
    else:
        todo = "Lengthen the months or shorten the horizon."
        fault = Fault("months", f"more than the {k} coefficients", f"{n}", todo)
        raise_if(InputError, "The pass-through cannot be estimated.", [fault])
    inside = slice(used[0], used[-1])
    y, x, good = response.loc[inside], x.loc[inside], good.loc[inside]
    lags = max(overlap, int(4 * (n / 100) ** (2 / 9))) if hac_lags is None else hac_lags
    model = sm.OLS(y.where(good, 0.0), x.where(good, 0.0))
    kwds = {"maxlags": lags, "use_correction": False}
    fitted = model.fit(cov_type="HAC", cov_kwds=kwds)
    return _Fit(
        coefficients=fitted.params,
        covariance=np.asarray(fitted.cov_params()) * n / (n - k),
        n=n,
        hac_lags=lags,
        used=used,
        dropped=_reasons(y[~good], x[~good]),
    )


def _check_rank(rank: int, k: int, n: int) -> None:
    if rank < k:
        todo = "Take months in which the tariff moves, fewer controls or a shorter horizon."
        fault = Fault("regressors", f"{k} that differ", f"{rank} in {n} months", todo)
        raise_if(InputError, "The pass-through cannot be estimated.", [fault])


def _reasons(response: pd.Series, regressors: pd.DataFrame) -> dict[pd.Timestamp, str]:
    """Word what each month that was not used lacks."""
    reasons = {}
    for month, row in regressors.iterrows():
        lacking = ["the price"] if np.isnan(response[month]) else []
        lacking += [str(name) for name in row.index[row.isna()]]
        reasons[month] = f"no figure of {', '.join(lacking)}"
    return reasons


def _lags(change: pd.Series, lags: range) -> pd.DataFrame:
    return pd.DataFrame({f"lag {k}": change.shift(k) for k in lags})


def _regressors(lags: pd.DataFrame, controls: pd.DataFrame | None) -> pd.DataFrame:
    own = lags if controls is None else lags.join(controls)
    return own.assign(constant=1.0)


def _result(
    method: str,
    rows: dict[int, dict[str, float]],
    dropped: dict[tuple[int, pd.Timestamp], str],
    fits: dict[int, _Fit],
    *,
    before_duty: bool,
    level: float,
) -> PassThrough:
    index = pd.MultiIndex.from_tuples(dropped, names=["horizon", "month"]) if dropped else None
    return PassThrough(
        table=pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon"),
        method=method,
        before_duty=before_duty,
        level=level,
        hac_lags=pd.Series({h: fit.hac_lags for h, fit in fits.items()}).rename_axis("horizon"),
        first=min(fit.used[0] for fit in fits.values()),
        last=max(fit.used[-1] for fit in fits.values()),
        dropped=pd.Series(dropped, index=index, dtype=object),
    )
