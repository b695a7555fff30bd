"""Normal-return models: what a share would have earned without the news.

Each model is a regression of the share's return on the columns of a design matrix over the
estimation window, forecast into the event window. Everything here works on arrays; labels and
checks are the business of `research.events.study`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Residuals smaller than this share of the returns are rounding errors.
ROUNDING = 1e-12

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Name of the model, what it assumes.
MODELS = {
    "market": "R = a + b * benchmark + e (several benchmarks: one b each)",
    "market_adjusted": "R = benchmark + e: every share has a beta of one",
    "mean": "R = a + e: the share's own mean return",
}


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Fitted models of ``U`` units (event x asset).

    Attributes
    ----------
    coefficients
        (U, k): intercept first, where the model has one.
    residuals
        (U, T): residuals of the estimation window, NaN where the day is not used.
    abnormal
        (U, W): abnormal returns of the event window, NaN where a figure is missing.
    forecast_terms
        (U, W, k): rows ``z`` such that the estimation error of a sum of abnormal returns over a
        set of days adds ``sigma2 * |sum of z|^2`` to its variance.
    sigma2
        (U,): residual variance, SSR / (T - k).
    n_estimation, df
        (U,): days used, and T - k.
    """

    coefficients: Array
    residuals: Array
    abnormal: Array
    forecast_terms: Array
    sigma2: Array
    n_estimation: Labels
    df: Labels


def n_coefficients(model: str, n_factors: int) -> int:
    """Count the coefficients that a model estimates (k)."""
    return {"market": 1 + n_factors, "mean": 1, "market_adjusted": 0}[model]


def fit(model: str, y: Array, x: Array, y_window: Array, x_window: Array) -> Fit:
    """Estimate a model for every unit at once and forecast its event window.

    With design matrix X (T x k), forecast rows X* and X = QR, the forecast errors of a unit have
    the covariance ``sigma2 * (I + X* (X'X)^-1 X*')``; ``forecast_terms`` holds ``X* R^-1``.

    Parameters
    ----------
    model
        A key of `MODELS`.
    y, x
        (U, T) returns and (U, T, f) factors of the estimation window; NaN = not used.
    y_window, x_window
        (U, W) returns and (U, W, f) factors of the event window.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, section 4.4
    (covariance of the forecast errors).
    """
    if model == "market_adjusted":
        y, y_window = y - x[..., 0], y_window - x_window[..., 0]
    design, design_window = _design(model, x), _design(model, x_window)
    used = np.isfinite(y) & np.isfinite(x).all(axis=-1)
    design = np.where(used[..., None], design, 0.0)
    outcome = np.where(used, y, 0.0)

    coefficients, inverse_r = _least_squares(design, outcome)
    residuals = outcome - np.einsum("utk,uk->ut", design, coefficients)
    n_estimation = used.sum(axis=1)
    df = n_estimation - design.shape[-1]
    ssr = (residuals**2).sum(axis=1)
    # A perfect fit leaves rounding errors, which are no variance to divide by.
    ssr = np.where(ssr <= ROUNDING**2 * (outcome**2).sum(axis=1), 0.0, ssr)
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma2 = np.where(df > 0, ssr / df, np.nan)
    return Fit(
        coefficients=coefficients,
        residuals=np.where(used, residuals, np.nan),
        abnormal=y_window - np.einsum("uwk,uk->uw", design_window, coefficients),
        forecast_terms=np.einsum("uwk,ukl->uwl", design_window, inverse_r),
        sigma2=sigma2,
        n_estimation=n_estimation,
        df=df,
    )


def _design(model: str, x: Array) -> Array:
    ones = np.ones((*x.shape[:-1], 1))
    if model == "market":
        return np.concatenate([ones, x], axis=-1)
    return ones if model == "mean" else ones[..., :0]


def _least_squares(design: Array, outcome: Array) -> tuple[Array, Array]:
    """Solve by QR, which stays exact where the normal equations lose half of the digits."""
    n_units, _, k = design.shape
    if k == 0:
        return np.zeros((n_units, 0)), np.zeros((n_units, 0, 0))
    q, r = np.linalg.qr(design)
    inverse_r = np.full_like(r, np.nan)
    # A design without full rank (a constant benchmark) has no inverse: NaN, reported upstream.
    scale = np.abs(np.diagonal(r, axis1=1, axis2=2))
    regular = scale.min(axis=1) > 1e-12 * np.maximum(scale.max(axis=1), 1e-300)
    inverse_r[regular] = np.linalg.inv(r[regular])
    projected = np.einsum("utk,ut->uk", q, outcome)
    return np.einsum("ukl,ul->uk", inverse_r, projected), inverse_r
