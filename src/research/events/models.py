"""Normal-return models: what a share would have earned without the news.

Each model is a regression of the share's return on the columns of a design matrix over the
estimation window, forecast into the event window. Everything here works on arrays; labels and
checks are the business of `research.events.study`, lags that of `research.events.windows`, and
errors with a changing variance that of `research.events.garch`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Residuals smaller than this share of the returns are rounding errors.
ROUNDING = 1e-12

#: Units fitted at once: a design matrix and its QR are several times the size of the returns.
UNITS_AT_ONCE = 1000

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

    Attributes
    ----------
    coefficients
        (U, k): intercept first, where the model has one; ``garch`` adds omega, alpha and beta of
        its variance.
    residuals
        (U, T): residuals of the estimation window, NaN where the day is not used.
    abnormal
        (U, W): abnormal returns of the event window, NaN where a figure is missing.
    forecast_terms
        (U, W, k): rows ``z`` such that the estimation error of a sum of abnormal returns over a
        set of days adds ``sigma2 * |sum of z|^2`` to its variance.
    error_variance
        (U, W): variance of the error of each event day itself over sigma2: one, unless the model
        says that it changes from day to day.
    sigma2
        (U,): residual variance, SSR / (T - k).
    n_estimation, df
        (U,): days used, and T - k.
    failure
        (U,): why the estimator gave nothing; empty where it did.
    conditional_sd
        (U, T): standard deviation of the error of each estimation day, given the days before it
        (``garch``); (U, 0) where the model has one variance for all days.
    """

    coefficients: Array
    residuals: Array
    abnormal: Array
    forecast_terms: Array
    error_variance: Array
    sigma2: Array
    n_estimation: Labels
    df: Labels
    failure: NDArray[np.object_]
    conditional_sd: Array


def n_coefficients(model: str, n_columns: int) -> int:
    """Count what a model estimates (k) from the columns that it reads, lags included."""
    fixed = {"mean": 1, "market_adjusted": 0, "scholes_williams": 2, "garch": 4 + n_columns}
    return fixed.get(model, 1 + n_columns)


def fit(model: str, y: Array, x: Array, y_window: Array, x_window: Array) -> Fit:
    """Estimate a model for every unit and forecast its event window.

    With design matrix X (T x k), forecast rows X* and X = QR, the forecast errors of a unit have
    the covariance ``sigma2 * (I + X* (X'X)^-1 X*')``; ``forecast_terms`` holds ``X* R^-1``. With
    instruments Z = QR (``scholes_williams``) R becomes Q'X.

    Parameters
    ----------
    model
        A key of `MODELS`, except ``garch`` (`research.events.garch`).
    y, x
        (U, T) returns and (U, T, f) columns of the benchmark in the estimation window; NaN = not
        used. ``dimson`` takes each session's lags and leads as columns; ``scholes_williams`` three:
        the session before, the same, the session after.
    y_window, x_window
        (U, W) returns and (U, W, f) columns of the event window; one for ``scholes_williams``.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, section 4.4
    (covariance of the forecast errors); Dimson (1979), J. Financial Economics 7, 197-226; Scholes
    and Williams (1977), J. Financial Economics 5, 309-327.
    """
    starts = range(0, max(len(y), 1), UNITS_AT_ONCE)
    blocks = [slice(start, start + UNITS_AT_ONCE) for start in starts]
    fits = [_fit(model, *(part[block] for part in (y, x, y_window, x_window))) for block in blocks]
    return Fit(**{name: np.concatenate([getattr(f, name) for f in fits]) for name in Fit.__slots__})


def _fit(model: str, y: Array, x: Array, y_window: Array, x_window: Array) -> Fit:
    if model == "market_adjusted":
        y, y_window = y - x[..., 0], y_window - x_window[..., 0]
    used = np.isfinite(y) & np.isfinite(x).all(axis=-1)
    same_day = x[..., 1:2] if model == "scholes_williams" else x
    design = np.where(used[..., None], _design(model, same_day), 0.0)
    outcome = np.where(used, y, 0.0)
    if model == "scholes_williams":
        three_days = _design(model, x.sum(axis=-1, keepdims=True))
        instruments = np.where(used[..., None], three_days, 0.0)
        coefficients, error_root = _instrumental(design, instruments, outcome)
    else:
        coefficients, error_root = _least_squares(design, outcome)
    residuals = outcome - np.einsum("utk,uk->ut", design, coefficients)
    n_estimation = used.sum(axis=1)
    df = n_estimation - design.shape[-1]
    design_window = _design(model, x_window)
    return Fit(
        coefficients=coefficients,
        residuals=np.where(used, residuals, np.nan),
        abnormal=y_window - np.einsum("uwk,uk->uw", design_window, coefficients),
        forecast_terms=np.einsum("uwk,ukl->uwl", design_window, error_root),
        error_variance=np.ones(y_window.shape),
        sigma2=residual_variance(residuals, outcome, df),
        n_estimation=n_estimation,
        df=df,
        failure=np.full(len(y), "", dtype=object),
        conditional_sd=np.empty((len(y), 0)),
    )


def residual_variance(residuals: Array, outcome: Array, df: Labels) -> Array:
    """Compute SSR / (T - k) of each unit, (U,); a perfect fit has exactly zero."""
    ssr = (residuals**2).sum(axis=1)
    # A perfect fit leaves rounding errors, which are no variance to divide by.
    ssr = np.where(ssr <= ROUNDING**2 * (outcome**2).sum(axis=1), 0.0, ssr)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(df > 0, ssr / df, np.nan))


def _design(model: str, x: Array) -> Array:
    ones = np.ones((*x.shape[:-1], 1))
    if model in ("mean", "market_adjusted"):
        return ones if model == "mean" else ones[..., :0]
    return np.concatenate([ones, x], axis=-1)


def _least_squares(design: Array, outcome: Array) -> tuple[Array, Array]:
    """Solve by QR, which stays exact where the normal equations lose half of the digits."""
    n_units, _, k = design.shape
    if k == 0:
        return np.zeros((n_units, 0)), np.zeros((n_units, 0, 0))
    q, r = np.linalg.qr(design)
    return _solve(q, r, outcome)


def _instrumental(design: Array, instruments: Array, outcome: Array) -> tuple[Array, Array]:
    """Solve ``Z'(y - X b) = 0``: with Z = QR the same as ``Q'X b = Q'y``."""
    q, _ = np.linalg.qr(instruments)
    # Upper triangular, as Q's second column and the constant of X are orthogonal.
    return _solve(q, np.triu(np.einsum("utk,utl->ukl", q, design)), outcome)


def _solve(q: Array, r: Array, outcome: Array) -> tuple[Array, Array]:
    """Give the coefficients ``R^-1 Q'y`` and ``R^-1``, whose square is their covariance."""
    inverse_r = np.full_like(r, np.nan)
    # A design without full rank (a constant benchmark) has no inverse: NaN, reported upstream.
    scale = np.abs(np.diagonal(r, axis1=1, axis2=2))
    regular = scale.min(axis=1) > 1e-12 * np.maximum(scale.max(axis=1), 1e-300)
    inverse_r[regular] = np.linalg.inv(r[regular])
    projected = np.einsum("utk,ut->uk", q, outcome)
    return np.einsum("ukl,ul->uk", inverse_r, projected), inverse_r
