"""Normal-return models: what a share would have earned without the news.

Each model is a regression of the share's return on the columns of a design matrix over the
estimation window, forecast into the event window. Everything here works on arrays; labels, lags and
checks are the business of `research.events.windows` and `research.events.design`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

#: Residuals smaller than this share of the returns are rounding errors.
ROUNDING = 1e-12

#: Units fitted at once: a design matrix and its QR are several times the size of the returns.
UNITS_AT_ONCE = 1000

#: Parameters of the variance of ``garch``: omega, alpha and beta.
N_VARIANCE = 3

# arch is made for returns in per cent: variances near 1e-4 would stop its optimiser too early.
_PERCENT = 100.0

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Name of the model, what it assumes.
MODELS = {
    "market": "R = a + b * benchmark + e (several benchmarks: one b each)",
    "market_adjusted": "R = benchmark + e: every share has a beta of one",
    "mean": "R = a + e: the share's own mean return",
    "dimson": "R = a + sum of b_j * benchmark of session t + j + e, from lags to leads",
    "scholes_williams": "R = a + b * benchmark + e, b for trades a session early or late",
    "garch": "R = a + b * benchmark + e, the variance of e a GARCH(1,1)",
}


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Fitted models of ``U`` units (event x asset).

    ``forecast_terms`` are rows z such that the estimation error of a sum of abnormal returns over a
    set of days adds ``sigma2 * |sum of z|^2`` to its variance.
    """

    coefficients: Array  # (U, k): intercept first; garch adds omega, alpha, beta of its variance
    residuals: Array  # (U, T), NaN where the day is not used
    abnormal: Array  # (U, W), NaN where a figure is missing
    forecast_terms: Array  # (U, W, k)
    error_variance: Array  # (U, W), over sigma2: one, unless the variance changes by day
    sigma2: Array  # (U,): SSR / (T - k)
    n_estimation: Labels  # (U,): days used
    df: Labels  # (U,): T - k
    failure: NDArray[np.object_]  # (U,): why the estimator gave nothing; empty where it did
    conditional_sd: Array  # (U, T): sd of the error given the days before (garch), or (U, 0)

    def take(self, rows: slice | NDArray[np.bool_] | Labels) -> Fit:
        """Give the fits of some units; a slice takes no copy."""
        return Fit(**{name: getattr(self, name)[rows] for name in Fit.__slots__})


def join(fits: Sequence[Fit]) -> Fit:
    """Put fits of several units into one; where one has fewer coefficients, they are missing."""
    if len(fits) == 1:
        return fits[0]
    parts = {name: [getattr(fit, name) for fit in fits] for name in Fit.__slots__}
    for name, blank in (("coefficients", np.nan), ("forecast_terms", 0.0)):
        k = max(part.shape[-1] for part in parts[name])
        for place, part in enumerate(parts[name]):
            more = np.full((*part.shape[:-1], k - part.shape[-1]), blank)
            parts[name][place] = np.concatenate([part, more], axis=-1)
    return Fit(**{name: np.concatenate(some) for name, some in parts.items()})


def n_coefficients(model: str, n_columns: int) -> int:
    """Count what a model estimates (k) from the columns that it reads, lags included."""
    fixed = {"mean": 1, "market_adjusted": 0, "scholes_williams": 2, "garch": 4 + n_columns}
    return fixed.get(model, 1 + n_columns)


def fit(model: str, y: Array, x: Array, y_window: Array, x_window: Array) -> Fit:
    """Estimate a model for every unit and forecast its event window.

    With design matrix X (T x k), forecast rows X* and X = QR, the forecast errors of a unit have
    the covariance ``sigma2 * (I + X* (X'X)^-1 X*')``; ``forecast_terms`` holds ``X* R^-1``. With
    instruments Z = QR (``scholes_williams``) R becomes Q'X.

    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, section 4.4
    (covariance of the forecast errors); Dimson (1979), J. Financial Economics 7, 197-226; Scholes
    and Williams (1977), J. Financial Economics 5, 309-327.
    """
    starts = range(0, max(len(y), 1), UNITS_AT_ONCE)
    blocks = [slice(start, start + UNITS_AT_ONCE) for start in starts]
    return join([_fit(model, y[b], x[b], y_window[b], x_window[b]) for b in blocks])


def _fit(model: str, y: Array, x: Array, y_window: Array, x_window: Array) -> Fit:
    if model == "market_adjusted":
        y, y_window = y - x[..., 0], y_window - x_window[..., 0]
    used = np.isfinite(y) & np.isfinite(x).all(axis=-1)
    same_day = x[..., 1:2] if model == "scholes_williams" else x
    design = np.where(used[..., None], _design(model, same_day), 0.0)
    outcome = np.where(used, y, 0.0)
    if model == "scholes_williams":
        # Z'(y - X b) = 0 with Z = QR is Q'X b = Q'y. Q'X is upper triangular, as Q's second column
        # and the constant of X are orthogonal.
        three_days = _design(model, x.sum(axis=-1, keepdims=True))
        q, _ = np.linalg.qr(np.where(used[..., None], three_days, 0.0))
        coefficients, error_root = _solve(q, np.triu(q.swapaxes(1, 2) @ design), outcome)
    elif design.shape[-1]:
        # QR stays exact where the normal equations lose half of the digits.
        coefficients, error_root = _solve(*np.linalg.qr(design), outcome)
    else:
        coefficients, error_root = np.zeros((len(y), 0)), np.zeros((len(y), 0, 0))
    residuals = outcome - (design @ coefficients[..., None])[..., 0]
    n_estimation = used.sum(axis=1)
    df = n_estimation - design.shape[-1]
    design_window = _design(model, x_window)
    return Fit(
        coefficients=coefficients,
        residuals=np.where(used, residuals, np.nan),
        abnormal=y_window - (design_window @ coefficients[..., None])[..., 0],
        forecast_terms=design_window @ error_root,
        error_variance=np.ones(y_window.shape),
        sigma2=residual_variance(residuals, outcome, df),
        n_estimation=n_estimation,
        df=df,
        failure=np.full(len(y), "", dtype=object),
        conditional_sd=np.empty((len(y), 0)),
    )


def residual_variance(residuals: Array, outcome: Array, df: Labels) -> Array:
    """Compute SSR / (T - k) of each unit, (U,); a perfect fit has exactly zero."""
    ssr = np.einsum("ut,ut->u", residuals, residuals)
    # A perfect fit leaves rounding errors, which are no variance to divide by.
    ssr = np.where(ssr <= ROUNDING**2 * np.einsum("ut,ut->u", outcome, outcome), 0.0, ssr)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(df > 0, ssr / df, np.nan))


def _design(model: str, x: Array) -> Array:
    ones = np.ones((*x.shape[:-1], 1))
    if model in ("mean", "market_adjusted"):
        return ones if model == "mean" else ones[..., :0]
    return np.concatenate([ones, x], axis=-1)


def _solve(q: Array, r: Array, outcome: Array) -> tuple[Array, Array]:
    """Give the coefficients ``R^-1 Q'y`` and ``R^-1``, whose square is their covariance."""
    inverse_r = np.full_like(r, np.nan)
    # A design without full rank (a constant benchmark) has no inverse: NaN, reported upstream.
    scale = np.abs(np.diagonal(r, axis1=1, axis2=2))
    regular = scale.min(axis=1) > 1e-12 * np.maximum(scale.max(axis=1), 1e-300)
    inverse_r[regular] = np.linalg.inv(r[regular])
    projected = q.swapaxes(1, 2) @ outcome[..., None]
    return np.asarray((inverse_r @ projected)[..., 0]), inverse_r


def fit_garch(y: Array, x: Array, y_window: Array, x_window: Array, steps: Labels) -> Fit:
    """Estimate market model and variance of every unit by maximum likelihood, one by one.

    Loud days follow loud days: the variance ``h_t = omega + alpha e_(t-1)^2 + beta h_(t-1)`` is
    forecast over the gap and the event window from the last estimation day, so that the event does
    not widen its own band. The estimation error of the mean has the covariance
    ``(X' H^-1 X)^-1``, H = diag(h). Days without a figure are closed up: the next usable day counts
    as the next day.

    Bollerslev (1986), J. Econometrics 31, 307-327; normal likelihood and starting values of
    `arch.univariate.ARX`.
    """
    plain = fit("market", y, x, y_window, x_window)
    conditional_sd = np.full(plain.residuals.shape, np.nan)
    # A unit that least squares cannot fit stays as it is, and is dropped with its reason.
    out = replace(
        plain,
        coefficients=np.pad(plain.coefficients, ((0, 0), (0, N_VARIANCE))),
        forecast_terms=plain.forecast_terms.copy(),
        df=plain.df - N_VARIANCE,
        conditional_sd=conditional_sd,
    )
    for unit in np.flatnonzero((plain.sigma2 > 0) & (out.df > 0)).tolist():
        days = np.isfinite(plain.residuals[unit])
        parameters, residuals, variance, out.failure[unit] = _maximise(y[unit, days], x[unit, days])
        if out.failure[unit]:
            continue
        ones = np.ones((len(variance), 1))
        weighted = np.hstack([ones, x[unit, days]]) / np.sqrt(variance)[:, None]
        root = np.linalg.inv(np.linalg.qr(weighted)[1])
        design_window = np.column_stack([np.ones(len(steps)), x_window[unit]])
        sigma2 = (residuals**2).sum() / out.df[unit]
        out.coefficients[unit] = parameters
        out.residuals[unit, days] = residuals
        conditional_sd[unit, days] = np.sqrt(variance)
        out.abnormal[unit] = y_window[unit] - design_window @ parameters[:-N_VARIANCE]
        out.sigma2[unit] = sigma2
        # Both over sigma2, by which the variance of a CAR multiplies them.
        out.forecast_terms[unit] = design_window @ root / np.sqrt(sigma2)
        omega, alpha, beta = parameters[-N_VARIANCE:]
        path = [omega + alpha * residuals[-1] ** 2 + beta * variance[-1]]
        for _ in range(int(steps.max()) - 1):
            path.append(omega + (alpha + beta) * path[-1])
        out.error_variance[unit] = np.asarray(path)[steps - 1] / sigma2
    return out


def _maximise(y: Array, x: Array) -> tuple[Array, Array, Array, str]:
    """Give parameters, residuals and variances at the maximum, and why there is none."""
    from arch.univariate import ARX, GARCH

    scaled = ARX(
        _PERCENT * y, _PERCENT * x, lags=0, constant=True, volatility=GARCH(), rescale=False
    )
    result = scaled.fit(disp="off", show_warning=False)
    parameters = result.params.to_numpy().copy()
    # The intercept is a return, omega a variance; all others have no unit.
    parameters[0] /= _PERCENT
    parameters[-N_VARIANCE] /= _PERCENT**2
    variance = (np.asarray(result.conditional_volatility) / _PERCENT) ** 2
    residuals = np.asarray(result.resid) / _PERCENT
    usable = np.isfinite(parameters).all() and (variance > 0).all()
    failed = result.convergence_flag or not usable
    message = f"GARCH did not converge: {result.optimization_result.message}" if failed else ""
    return parameters, residuals, variance, message
