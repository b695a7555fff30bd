"""Poisson pseudo maximum likelihood with fixed effects: what can be used, and the fit itself.

Rows that no estimate can depend on are taken out first and named with the reason; the fit is that
of the package `pyfixest`, and is held against its first-order conditions here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.gravity_separation import uninformative
from research.tariffs.solver import Array, ConvergenceError

# Of the variance of a regressor: less than this within the fixed effects is rounding.
_LEAST_VARIATION_SHARE = 1e-10

# Spread of a regressor relative to its size: less is rounding of a constant.
_LEAST_SPREAD = 1e-12

# Largest first-order condition, relative to the sum of the flows that stand in it. Effects of the
# smallest flows are the last to meet it, when the coefficients have long stood still.
_TOLERANCE = 1e-5

# Of the projection on fixed effects, and of the deviance from step to step.
_PROJECTION = 1e-12
_DEVIANCE = 1e-13

_MOST_ITERATIONS = 200


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Coefficients and standard errors, of the rows that could be used.

    Attributes
    ----------
    coefficients
        (k,): by name of the regressor.
    standard_errors
        (k,): robust to any correlation within a cluster, small-sample factor included.
    used
        (n,): index of the rows of the panel.
    dropped
        Index of the panel -> reason.
    n_clusters
        Number of clusters among the rows used.
    small_sample_factor
        By which variances were multiplied.
    variation_left_share
        (k,): of the variance of each regressor, the part that neither fixed effects nor the other
        regressors explain.
    residual_share
        Largest first-order condition of regressors and fixed effects, relative to the flows.
    """

    coefficients: pd.Series
    standard_errors: pd.Series
    used: pd.Index
    dropped: pd.Series
    n_clusters: int
    small_sample_factor: float
    variation_left_share: pd.Series
    residual_share: float


def check_pyfixest() -> list[Fault]:
    """Find that the package `pyfixest` is missing."""
    if find_spec("pyfixest") is not None:
        return []
    todo = "Install it: .venv/bin/pip install -e '.[gravity]'."
    return [Fault("estimate", "the package pyfixest", "not installed", todo)]


def fit_ppml(
    flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame, cluster: pd.Series
) -> Fit:
    r"""Solve :math:`\sum_i (y_i - \mu_i) x_i = 0` with the same for every fixed effect.

    Parameters
    ----------
    flows
        (rows,): zero or more.
    regressors
        (rows, k).
    effects
        (rows, kinds): groups of each kind of fixed effect, by number.
    cluster
        (rows,): group within which errors may go together.

    Raises
    ------
    InputError
        If a regressor does not vary within the fixed effects, or there are too few rows.
    ConvergenceError
        If the first-order conditions do not hold at the end.

    Notes
    -----
    Correia, Guimaraes and Zylkin (2020), Stata Journal 20; separation: the same (2021),
    arXiv:1903.01633. The covariance is the sandwich times :math:`G / (G - 1)` for G clusters and
    :math:`(n - 1) / (n - p)`, with p all coefficients less those of fixed effects within clusters.
    """
    reasons = uninformative(flows, regressors / _scale(regressors), effects)
    data = _Data(flows, regressors, effects, cluster).without(reasons.index)
    varies = _checked_variation(data)
    return _result(data, _fepois(data), varies, reasons)


@dataclass(frozen=True, eq=False, slots=True)
class _Data:
    flows: pd.Series
    regressors: pd.DataFrame
    effects: pd.DataFrame
    cluster: pd.Series

    def without(self, rows: pd.Index) -> _Data:
        """Leave out rows."""
        left = self.flows.index.difference(rows, sort=False)
        parts = (self.flows, self.regressors, self.effects, self.cluster)
        return _Data(*(part.loc[left] for part in parts))

    def frame(self) -> pd.DataFrame:
        """Give neutral names and units: the package judges tolerances in absolute terms.

        Clusters have a name that no effect has: version 0.60 finds an effect of that name by its
        place in the formula, and its number of groups by its place among sorted names.
        """
        flows = pd.Series(self.flows.to_numpy(float) / self.flows.mean(), name="flow")
        scaled = (self.regressors / _scale(self.regressors)).to_numpy(float)
        x = pd.DataFrame(scaled, columns=[f"x{k}" for k in range(scaled.shape[1])])
        effects = self.effects.set_axis([f"fe{k}" for k in range(self.effects.shape[1])], axis=1)
        groups = effects.assign(pair=self.cluster).reset_index(drop=True)
        return pd.concat([flows, x, groups], axis=1)

    @property
    def n_coefficients(self) -> int:
        """Count regressors and effects outside clusters, one less for each kind but the first."""
        kinds = [self.effects[kind] for kind in self.effects]
        within = [self._in_clusters(kind) for kind in kinds]
        levels = sum(k.nunique() for k, nested in zip(kinds, within, strict=True) if not nested)
        return int(self.regressors.shape[1] + levels - (len(kinds) - 1) + sum(within))

    def _in_clusters(self, kind: pd.Series) -> bool:
        """Say whether every group lies within one cluster."""
        groups = self.cluster.groupby(kind)
        return bool((groups.min() == groups.max()).all())


def _scale(regressors: pd.DataFrame) -> pd.Series:
    """Give the spread of each regressor, one where it is nothing but rounding."""
    spread = regressors.std(ddof=0)
    return spread.where(spread > _LEAST_SPREAD * regressors.abs().max(), 1.0)


def _formula(left: str, right: str, data: _Data) -> str:
    return f"{left} ~ {right} | {' + '.join(f'fe{k}' for k in range(data.effects.shape[1]))}"


def _demeaner() -> Any:
    from pyfixest import LsmrDemeaner

    return LsmrDemeaner(fixef_atol=_PROJECTION, fixef_btol=_PROJECTION)


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out warnings of the package: rows and regressors are counted here, not there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _residuals(formula: str, frame: pd.DataFrame) -> Array:
    """Regress by least squares with fixed effects."""
    from pyfixest import feols

    with _quiet():
        found = feols(formula, frame, fixef_rm="none", demeaner=_demeaner())
    return np.asarray(found.resid(), dtype=float)


def _fepois(data: _Data) -> Any:
    from pyfixest import fepois, ssc

    names = [f"x{k}" for k in range(data.regressors.shape[1])]
    with _quiet():
        found = fepois(
            _formula("flow", " + ".join(names), data),
            data.frame(),
            vcov={"CRV1": "pair"},
            ssc=ssc(k_adj=True, k_fixef="nonnested", G_adj=True),
            fixef_rm="none",
            separation_check=[],
            iwls_tol=_DEVIANCE,
            iwls_maxiter=_MOST_ITERATIONS,
            demeaner=_demeaner(),
        )
    if list(found.coef().index) != names:
        what = f"{list(found.coef().index)} of {names}"
        fault = Fault(
            "regressors", "all of them in the fit", what, "Leave out what repeats others."
        )
        raise InputError("The elasticity cannot be estimated.", [fault])
    return found


def _checked_variation(data: _Data) -> pd.Series:
    """Give the share of variance left of each regressor; none, or too few rows, is an error."""
    n, needed = len(data.flows), data.n_coefficients
    todo = "Add years, countries or sectors; groups of zeros and single flows do not count."
    few = [Fault("rows that can be used", f"more than {needed} coefficients", f"{n}", todo)]
    raise_if(InputError, "The elasticity cannot be estimated.", few if n <= needed else [])
    left = _variation_left(data)
    todo = (
        "Its effect cannot be told from that of exporters, importers, pairs and other regressors. "
        "Take years, partners or home sales between which it differs, or leave out a regressor."
    )
    faults = [
        Fault(str(name), "variation of its own within the fixed effects", f"{share:.1e}", todo)
        for name, share in left[left < _LEAST_VARIATION_SHARE].items()
    ]
    raise_if(InputError, "The elasticity cannot be estimated.", faults)
    return left


def _variation_left(data: _Data) -> pd.Series:
    frame, names = data.frame(), list(data.regressors)
    columns = [_residuals(_formula(f"x{k}", "1", data), frame) for k in range(len(names))]
    within = np.column_stack(columns)
    shares = {}
    for k, name in enumerate(names):
        x, others = within[:, k], np.delete(within, k, axis=1)
        rest = x - others @ np.linalg.lstsq(others, x, rcond=1e-10)[0]
        whole = frame[f"x{k}"].to_numpy()
        total = float(((whole - whole.mean()) ** 2).sum())
        varies = total > _LEAST_SPREAD**2 * float(whole @ whole)
        shares[name] = float(rest @ rest) / total if varies else 0.0
    return pd.Series(shares)


def _result(data: _Data, found: Any, varies: pd.Series, reasons: pd.Series) -> Fit:
    residual_share = _residual_share(data, np.asarray(found.resid(), dtype=float))
    if not residual_share <= _TOLERANCE:
        todo = "Look for regressors that are nearly collinear, or flows of very different size."
        what = f"{residual_share:.1e} within {_MOST_ITERATIONS} iterations"
        fault = Fault("largest first-order condition", f"at most {_TOLERANCE:.0e}", what, todo)
        raise ConvergenceError("The elasticity was not found.", [fault])
    names, scale = list(data.regressors), _scale(data.regressors).to_numpy()
    n, clusters = len(data.flows), data.cluster.nunique()
    return Fit(
        coefficients=pd.Series(found.coef().to_numpy() / scale, names),
        standard_errors=pd.Series(found.se().to_numpy() / scale, names),
        used=data.flows.index,
        dropped=reasons,
        n_clusters=clusters,
        small_sample_factor=clusters / (clusters - 1) * (n - 1) / (n - data.n_coefficients),
        variation_left_share=varies,
        residual_share=residual_share,
    )


def _residual_share(data: _Data, residuals: Array) -> float:
    """Put the sums of residuals over the sums of flows: by fixed effect and by regressor."""
    frame = data.frame()
    flows, gap = frame["flow"], pd.Series(residuals)
    worst = [
        float((gap.groupby(frame[kind]).sum().abs() / flows.groupby(frame[kind]).sum()).max())
        for kind in frame
        if str(kind).startswith("fe")
    ]
    for name in (name for name in frame if str(name).startswith("x")):
        x = frame[name] - frame[name].mean()
        worst.append(abs(float(gap @ x)) / float(flows @ x.abs()))
    return max(worst)
