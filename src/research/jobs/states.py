"""States: their jobs without blanks, what they buy from themselves, where a project is made.

Methods and sources: docs/methods/jobs.md, "States". Arrays are industry x state unless said
otherwise; E are jobs, A the coefficients ``W B`` without imports, USD a USD of output.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from research.jobs.projects import Array

Method = Literal["SLQ", "CILQ", "FLQ", "AFLQ"]

#: Location quotients, in the order in which they were proposed.
METHODS: tuple[Method, ...] = get_args(Method)

#: Printed row -> industries whose joint figure it is.
HELD_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "54": ("5411", "5415", "5412OP"),
    "HS": ("HS", "ORE"),
    "GFGN": ("GFGN", "GFE"),
    "GSLG": ("GSLG", "GSLE"),
}

#: Column of the nation.
NATION = "us_total"

# Codes of these NAICS sectors do not begin with the same two characters.
_WIDE = {"3": "31-33", "44": "44-45", "45": "44-45", "4A": "44-45", "48": "48-49", "49": "48-49"}
_WIDE |= {"HS": "53", "OR": "53", "G": "G"}


def impute_state_jobs(state_jobs: pd.DataFrame, employees: pd.Series) -> pd.DataFrame:
    """Fill the suppressed cells and split the joint rows of jobs by state.

    What the United States has beyond the printed states is spread over the blank ones, first by
    the jobs in lines without blanks, then by those in the other lines of the sector; a joint row
    is split by national employees. ``state_jobs`` are as ``jobs/bea_state_jobs_2018``;
    ``employees`` of every industry, in any one unit, give the order of the result.
    """
    lines = held_by(employees.index)
    known = state_jobs.reindex(pd.Index(lines.unique(), name="code"))
    jobs = filled(known, employees.groupby(lines.to_numpy()).sum())
    split = employees / employees.groupby(lines.to_numpy()).transform("sum")
    out = jobs.loc[lines].set_axis(employees.index).mul(split, axis=0)
    return out.rename_axis(index="code")


def sector(code: str) -> str:
    """Give the NAICS sector of a BEA summary code; government is one."""
    for length in (2, 1):
        if code[:length] in _WIDE:
            return _WIDE[code[:length]]
    return code[:2]


def held_by(codes: pd.Index) -> pd.Series:
    """Map each industry to the printed row that holds it."""
    holder = {code: line for line, held in HELD_TOGETHER.items() for code in held}
    return pd.Series([holder.get(code, code) for code in codes], codes)


def filled(known: pd.DataFrame, workers: pd.Series) -> pd.DataFrame:
    """Fill the blanks of printed lines (line x states and nation)."""
    jobs, sectors = known.drop(columns=NATION).astype(float), known.index.map(sector)
    printed, workers = known[NATION].astype(float), workers[known.index]
    found = workers.where(printed.notna())
    per_worker = printed.groupby(sectors).transform("sum") / found.groupby(sectors).transform("sum")
    rest = printed.fillna(workers * per_worker) - jobs.sum(axis=1)

    def spread(weights: pd.DataFrame) -> pd.DataFrame:
        """Spread what the nation has beyond the printed states over the blanks."""
        of_blanks = weights.where(jobs.isna())
        usable = of_blanks.sum(axis=1) > 0
        of_blanks = of_blanks.where(usable, size.where(jobs.isna()), axis=0)
        return jobs.fillna(of_blanks.mul(rest / of_blanks.sum(axis=1), axis=0))

    full = jobs.dropna().sum()
    size = pd.DataFrame([full] * len(jobs), jobs.index)
    first = spread(size)
    others = first.groupby(sectors).transform("sum") - first
    # A difference of sums: what is left of nothing is rounding.
    return spread(others.where(others > 1e-6, 0.0))


@dataclass(frozen=True, eq=False, slots=True)
class Regions:
    """The nation's and the states' inverses, ready for any first round.

    ``jobs`` and ``slq`` (simple location quotients, not cut) are industry x state;
    ``national_inverse`` is (I - A)^-1, ``state_inverses`` (states, industries, industries) the
    (I - R A)^-1 of each state.
    """

    jobs: pd.DataFrame
    slq: Array
    national_inverse: Array
    state_inverses: Array

    def place(self, first: Array, shares: Array, on_site: Sequence[str]) -> tuple[Array, Array]:
        """Place the output of the first round and of all rounds; nothing is checked.

        Industries on site work where the project stands. Of any other the project's state makes
        ``min(1, SLQ)`` of the first round, and the other states make the rest in proportion to
        their jobs in it.

        ``first`` (k, industries) is output of the first round of k projects, USD million;
        ``shares`` (k, states), adding up to 1, is where they stand. Gives (k, industries, states)
        of the first round, and of all: states add up to ``first`` and ``(I - A)^-1 first``.
        """
        kept = np.minimum(1.0, self.slq)
        kept[self.jobs.index.isin(on_site)] = 1
        d = first[:, :, None] * kept
        made = np.matmul(self.state_inverses, d.transpose(2, 1, 0)).transpose(2, 1, 0)
        total = first @ self.national_inverse.T
        # With coefficients of zero or more a state never makes more than the nation, rounding
        # apart; the few negative ones of a real table (sales of stocks) must not make it so.
        made = np.clip(made, 0, total[:, :, None])
        return self._placed(first, d, shares), self._placed(total, made, shares)

    def _placed(self, total: Array, made: Array, shares: Array) -> Array:
        """Add what each state makes of its own project to what it makes for the others'."""
        E, s = self.jobs.to_numpy(float), shares[:, None, :]
        apart = 1 - np.eye(E.shape[1])
        others = E @ apart
        alone = others == 0
        made = np.where(alone, total[:, :, None], made) * s
        rest = total[:, :, None] * s - made
        return np.asarray(made + E * ((rest / np.where(alone, 1, others)) @ apart))


def regions(
    direct_domestic: pd.DataFrame, jobs: pd.DataFrame, *, method: Method, delta: float
) -> Regions:
    """Build the inverses of the nation and of every state.

    A state's industries buy from the state what its quotients let them, ``R A`` cell by cell with
    R the quotients cut at 1, so that the rounds inside the state of a project are
    ``x = (I - R A)^-1 d``. ``jobs`` have the industries of ``direct_domestic`` (A, supplier x
    buyer) in any order; ``delta`` is the exponent of the size of the state.
    """
    industries = direct_domestic.index
    A = direct_domestic.reindex(columns=industries).to_numpy(float)
    jobs = jobs.reindex(industries).astype(float)
    E = jobs.to_numpy()
    R = np.minimum(1, quotients(E, method, delta))
    return Regions(jobs, simple_quotients(E), _inverse(A), _inverse(R * A))


def simple_quotients(E: Array) -> Array:
    """Compute ``SLQ_i = (E_ir / E_r) / (E_i / E)``, not cut at 1."""
    return np.asarray((E / E.sum(axis=0)) / (E.sum(axis=1, keepdims=True) / E.sum()))


def quotients(E: Array, method: Method, delta: float) -> Array:
    """Compute location quotients (states, supplying industries, buying industries), not cut at 1.

    CILQ_ij = SLQ_i / SLQ_j, FLQ = log2(1 + E_r / E)^delta CILQ, AFLQ = FLQ log2(1 + SLQ_j) where
    SLQ_j > 1. On the diagonal, and where the state has no job in the buying industry, CILQ is
    SLQ_i. SLQ is the same for every buyer.
    """
    slq = simple_quotients(E).T
    if method == "SLQ":
        return np.repeat(slq[:, :, None], len(E), axis=2)
    buyer = np.repeat(slq[:, None, :], len(E), axis=1)
    own = np.eye(len(E), dtype=bool)
    stack: Array = slq[:, :, None] / np.where(own | (buyer == 0), 1, buyer)
    if method == "CILQ":
        return stack
    stack *= (np.log2(1 + E.sum(axis=0) / E.sum()) ** delta)[:, None, None]
    if method == "AFLQ":
        stack *= np.where(slq > 1, np.log2(1 + slq), 1)[:, None, :]
    return stack


def _inverse(A: Array) -> Array:
    return np.asarray(np.linalg.inv(np.eye(A.shape[-1]) - A), dtype=np.float64)
