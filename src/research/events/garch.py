"""Market model whose errors have a GARCH(1,1) variance, through the package `arch`.

Loud days follow loud days. Where the estimation window ends in a calm or in a storm, the variance
of the event day is not the mean one; here it is forecast from the last estimation day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from research.errors import Fault
from research.events.models import Array, Fit, Labels, fit

# arch is made for returns in per cent: variances near 1e-4 would stop its optimiser too early.
_PERCENT = 100.0

#: Parameters of the variance: omega, alpha and beta.
N_VARIANCE = 3


@dataclass(frozen=True, eq=False, slots=True)
class _Likelihood:
    """One unit at its maximum, in fractions.

    ``parameters`` (k,), ``residuals`` and ``variance`` (T,), ``root`` whose square is the
    covariance of the mean's coefficients, and why there is no maximum.
    """

    parameters: Array
    residuals: Array
    variance: Array
    root: Array
    failure: str


def check_arch(model: str) -> list[Fault]:
    """Find that the package `arch` is missing where the model needs it."""
    if model != "garch" or find_spec("arch") is not None:
        return []
    todo = "Install it: .venv/bin/pip install -e '.[garch]'."
    return [Fault("model", "the package arch for the model 'garch'", "not installed", todo)]


def fit_garch(y: Array, x: Array, y_window: Array, x_window: Array, steps: Labels) -> Fit:
    """Estimate market model and variance of every unit by maximum likelihood, one by one.

    The variance follows ``h_t = omega + alpha e_(t-1)^2 + beta h_(t-1)`` and is forecast over the
    gap and the event window from the last estimation day, so that the event does not widen its own
    band. The estimation error of the mean has the covariance ``(X' H^-1 X)^-1``, H = diag(h). Days
    without a figure are closed up: the next usable day counts as the next day.

    Parameters
    ----------
    y, x, y_window, x_window
        As in `research.events.models.fit`.
    steps
        (W,): sessions from the last estimation day to each day of the event window.

    References
    ----------
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
        found = _maximise(y[unit, days], x[unit, days])
        if found.failure:
            out.failure[unit] = found.failure
            continue
        design_window = np.column_stack([np.ones(len(steps)), x_window[unit]])
        sigma2 = (found.residuals**2).sum() / out.df[unit]
        out.coefficients[unit] = found.parameters
        out.residuals[unit, days] = found.residuals
        conditional_sd[unit, days] = np.sqrt(found.variance)
        out.abnormal[unit] = y_window[unit] - design_window @ found.parameters[:-N_VARIANCE]
        out.sigma2[unit] = sigma2
        # Both over sigma2, by which the variance of a CAR multiplies them.
        out.forecast_terms[unit] = design_window @ found.root / np.sqrt(sigma2)
        out.error_variance[unit] = _ahead(found, steps) / sigma2
    return out


def _maximise(y: Array, x: Array) -> _Likelihood:
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
    if result.convergence_flag or not np.isfinite(parameters).all() or not (variance > 0).all():
        failure = f"GARCH did not converge: {result.optimization_result.message}"
        return _Likelihood(parameters, residuals, variance, np.empty((0, 0)), failure)
    weighted = np.column_stack([np.ones(len(y)), x]) / np.sqrt(variance)[:, None]
    root = np.linalg.inv(np.linalg.qr(weighted)[1])
    return _Likelihood(parameters, residuals, variance, root, "")


def _ahead(found: _Likelihood, steps: Labels) -> Array:
    """Forecast the variance: ``h_(T+1)`` from the last day, then ``omega + (alpha + beta) h``."""
    omega, alpha, beta = found.parameters[-N_VARIANCE:]
    path = [omega + alpha * found.residuals[-1] ** 2 + beta * found.variance[-1]]
    for _ in range(int(steps.max()) - 1):
        path.append(omega + (alpha + beta) * path[-1])
    return np.asarray(path)[steps - 1]
