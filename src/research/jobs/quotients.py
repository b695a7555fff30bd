"""Location quotients: how much of what a state's industries buy the state makes itself.

With E jobs, i the industry that supplies, j the one that buys, r a state and no index a total:

- ``SLQ_i = (E_ir / E_r) / (E_i / E)``, the simple quotient;
- ``CILQ_ij = SLQ_i / SLQ_j``, the cross-industry quotient;
- ``FLQ_ij = lambda CILQ_ij`` with ``lambda = log2(1 + E_r / E) ** delta``: the smaller a state,
  the more it buys elsewhere (Flegg, Webber and Elliott 1995, *Regional Studies* 29, 547-561;
  lambda in the form of Flegg and Webber 1997, *Regional Studies* 31, 795-805);
- ``AFLQ_ij = FLQ_ij log2(1 + SLQ_j)`` where ``SLQ_j > 1``, else FLQ (Flegg and Webber 2000,
  *Regional Studies* 34, 563-569).

On the diagonal CILQ is SLQ_i, not 1, so that an industry's purchases from itself depend on its
size in the state. The same stands in for the quotient where the state has no job in the buying
industry and SLQ_j is zero.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.labels import cell_faults, frame_faults

Method = Literal["SLQ", "CILQ", "FLQ", "AFLQ"]

#: The methods, in the order in which they were proposed.
METHODS: tuple[Method, ...] = get_args(Method)

Array = NDArray[np.float64]


def quotients(jobs: pd.DataFrame, method: Method, delta: float) -> pd.DataFrame:
    """Compute the location quotients of every state, not cut at 1.

    Parameters
    ----------
    jobs
        Industry x state, jobs; no blanks, no state or industry without any job.
    method
        One of `METHODS`.
    delta
        Exponent of the size of the state, 0 <= delta < 1; SLQ and CILQ do not depend on it, and
        with 0 FLQ is CILQ.

    Returns
    -------
    pandas.DataFrame
        SLQ: industry x state. The others: rows (state, supplying industry), columns buying
        industry, so that ``.loc[state]`` is industry x industry.

    Raises
    ------
    InputError
        If the table is unlabelled or has blanks, negative figures or empty rows or columns, the
        method is unknown, or ``delta`` is out of range.
    """
    faults = [*jobs_faults(jobs), *method_faults(method, delta)]
    raise_if(InputError, "Location quotients cannot be computed.", faults)
    if method == "SLQ":
        return pd.DataFrame(_simple(jobs.to_numpy(float)), jobs.index, jobs.columns)
    stack = quotient_stack(jobs, method, delta)
    rows = pd.MultiIndex.from_product([jobs.columns, jobs.index], names=["state", "supplies"])
    buys = jobs.index.rename("buys")
    return pd.DataFrame(stack.reshape(-1, len(jobs)), rows, buys)


def quotient_stack(jobs: pd.DataFrame, method: Method, delta: float) -> Array:
    """Stack the quotients, (states, supplying industries, buying industries); nothing is checked.

    SLQ is the same for every buyer.
    """
    E = jobs.to_numpy(float)
    slq = _simple(E).T
    if method == "SLQ":
        return np.repeat(slq[:, :, None], len(jobs), axis=2)
    stack = _cross_industry(slq)
    if method == "CILQ":
        return stack
    stack *= (np.log2(1 + E.sum(axis=0) / E.sum()) ** delta)[:, None, None]
    if method == "AFLQ":
        stack *= np.where(slq > 1, np.log2(1 + slq), 1)[:, None, :]
    return stack


def _simple(E: Array) -> Array:
    """Compute SLQ, industry x state."""
    slq: Array = (E / E.sum(axis=0)) / (E.sum(axis=1, keepdims=True) / E.sum())
    return slq


def _cross_industry(slq: Array) -> Array:
    """Compute CILQ from SLQ (states, industries), the diagonal and absent buyers being SLQ_i."""
    buyer = np.repeat(slq[:, None, :], slq.shape[1], axis=1)
    own = np.eye(slq.shape[1], dtype=bool)
    stack: Array = slq[:, :, None] / np.where(own | (buyer == 0), 1, buyer)
    return stack


def method_faults(method: str, delta: float) -> list[Fault]:
    """List what is wrong with the method and its exponent."""
    faults = []
    if method not in METHODS:
        faults.append(Fault("method", f"one of {', '.join(METHODS)}", repr(method)))
    if isinstance(delta, bool) or not isinstance(delta, (int, float)) or not 0 <= delta < 1:
        faults.append(Fault("delta", "a number from 0 up to, not including, 1", repr(delta)))
    return faults


def jobs_faults(jobs: Any, industries: pd.Index | None = None) -> list[Fault]:
    """List what is wrong with a table of jobs by industry (``None``: any) and state."""
    faults = frame_faults(jobs, "jobs", industries, allow_blank=True)
    if faults:
        return faults
    values, todo = jobs.to_numpy(float), "`impute_state_jobs` fills suppressed cells."
    faults = [
        *cell_faults(jobs, np.isnan(values), "jobs", "figures without blanks", todo),
        *cell_faults(jobs, values < 0, "jobs", "figures of zero or more"),
    ]
    for axis, what in ((1, "industry"), (0, "state")):
        labels = jobs.index if axis else jobs.columns
        empty = np.nansum(values, axis=axis) == 0
        faults += [
            Fault(f"jobs, {what} {name}", "at least one job", "none", "Leave it out or fill it.")
            for name in labels[empty]
        ]
    return faults
