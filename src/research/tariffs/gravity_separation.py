"""Rows from which a Poisson fit with fixed effects learns nothing, each with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, sparse
from scipy.sparse.linalg import lsmr

from research.errors import Fault
from research.tariffs.solver import ConvergenceError

#: The reason of a zero that a sum of regressors and fixed effects tells apart from all flows.
SEPARATED = "separated: regressors and fixed effects together fit this zero without an error"

# Relative gap below which a sum of rows is taken for one of other rows; a miss costs time alone.
_IN_SPAN = 1e-9

_SPAN_ITERATIONS = 5_000


def uninformative(flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame) -> pd.Series:
    """Name rows alone in a fixed effect, in one with zeros alone, or separated, until none is left.

    Parameters
    ----------
    flows
        (rows,): zero or more.
    regressors
        (rows, k): of similar size.
    effects
        (rows, kinds): groups of each kind of fixed effect, by number.

    Returns
    -------
    Index of ``flows`` -> reason, for the rows named.

    Raises
    ------
    ConvergenceError
        If the search for separated rows fails.
    """
    reasons: dict[object, str] = {}
    while True:
        rows = flows.index[~flows.index.isin(list(reasons))]
        found = _in_poor_groups(flows[rows], effects.loc[rows])
        rows = rows[~rows.isin(list(found))]
        apart = separated(flows[rows], regressors.loc[rows], effects.loc[rows])
        reasons |= found | dict.fromkeys(apart, SEPARATED)
        if apart.empty:
            return pd.Series(reasons, dtype=object)


def separated(flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame) -> pd.Index:
    r"""Find zeros that let the likelihood rise without end.

    These are the zeros with :math:`x_i'\gamma > 0` for a :math:`\gamma` that has
    :math:`x_j'\gamma = 0` at all flows above zero and :math:`x_j'\gamma \ge 0` at all others: one
    linear programme finds the most there can be. It is not needed if the sum of the :math:`x_i`
    of all zeros is a sum of those of flows, for :math:`\sum_i x_i'\gamma` is zero then.

    Notes
    -----
    Correia, Guimaraes and Zylkin (2021), arXiv:1903.01633.
    """
    zero = (flows == 0).to_numpy()
    if not zero.any() or zero.all():
        return flows.index[zero]
    design = _design(regressors, effects)
    zeros, others = design[zero], design[~zero]
    total = np.asarray(zeros.sum(axis=0)).ravel()
    found = lsmr(others.T.tocsr(), total, atol=1e-13, btol=1e-13, maxiter=_SPAN_ITERATIONS)
    if found[3] <= _IN_SPAN * np.linalg.norm(total):
        return flows.index[:0]
    return flows.index[zero][_programme(zeros, others)]


def _programme(zeros: sparse.csr_array, others: sparse.csr_array) -> np.ndarray:
    """Mark the zeros that can be told apart: at the maximum every one has a sum of one or more."""
    n, k = zeros.shape
    below = sparse.hstack([-zeros, sparse.eye_array(n)]).tocsr()
    equal = sparse.hstack([others, sparse.csr_array((others.shape[0], n))]).tocsr()
    found = optimize.linprog(
        np.r_[np.zeros(k), -np.ones(n)],
        A_ub=below,
        b_ub=np.zeros(n),
        A_eq=equal,
        b_eq=np.zeros(others.shape[0]),
        bounds=[(None, None)] * k + [(0, 1)] * n,
    )
    if found.status != 0:
        fault = Fault("separation", "a search for separated zeros that ends", found.message)
        raise ConvergenceError("The elasticity was not found.", [fault])
    return np.asarray(found.x[k:] > 0.5)


def _design(regressors: pd.DataFrame, effects: pd.DataFrame) -> sparse.csr_array:
    """Put regressors and a column for every group side by side."""
    place = np.arange(len(effects))
    columns = [sparse.csr_array(regressors.to_numpy(float))]
    for kind in effects:
        group = pd.factorize(effects[kind])[0]
        columns.append(sparse.csr_array((np.ones(len(place)), (place, group))))
    return sparse.hstack(columns).tocsr()


def _in_poor_groups(flows: pd.Series, effects: pd.DataFrame) -> dict[object, str]:
    """Name rows alone in a fixed effect or in one with zeros alone, until none is left."""
    reasons: dict[object, str] = {}
    rows = flows.index
    while True:
        before = len(rows)
        for kind in effects:
            groups = effects.loc[rows, kind]
            zeros = flows[rows].groupby(groups).transform("max") == 0
            alone = (groups.groupby(groups).transform("size") == 1) & ~zeros
            reasons |= dict.fromkeys(rows[zeros], f"all flows of its {kind} are zero")
            reasons |= dict.fromkeys(rows[alone], f"the only flow of its {kind}")
            rows = rows[~(zeros | alone)]
        if len(rows) == before:
            return reasons
