"""States: where the output of all rounds is made that a project's first round calls for.

A state's industries buy from the state what its location quotients let them, ``R A`` cell by cell
with R the quotients cut at 1, and the rest from the other states. So the rounds inside the state
of the project are ``x = (I - R A)^-1 d``, with d the part of the first round that the state makes,
and all the rest of the nation's output ``X = (I - A)^-1 f`` is made in the other states, by their
jobs in each industry. Orders that come back to the state from the others are counted with the
others: the state's share is a lower bound in this respect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.quotients import (
    Array,
    Method,
    jobs_faults,
    method_faults,
    quotient_stack,
)
from research.labels import frame_faults, one_of, series_faults

# Shares are typed or computed by people: a sum this far from 1 is rounding.
_SHARE_TOLERANCE = 1e-9

# Rounding of an inverse; anything further below zero is a table that does not add up.
_ROUNDING = 1e-10


@dataclass(frozen=True, eq=False, slots=True)
class Regions:
    """The nation's and the states' inverses, ready for any first round.

    Attributes
    ----------
    method, delta
        How the quotients were made.
    jobs
        Industry x state, jobs, in the order of the coefficients.
    slq
        Industry x state: simple location quotients, not cut.
    national_inverse
        Industry x industry, (I - A)^-1.
    state_inverses
        (states, industries, industries): (I - R A)^-1 of each state, in the order of ``jobs``.
    """

    method: Method
    delta: float
    jobs: pd.DataFrame
    slq: pd.DataFrame
    national_inverse: pd.DataFrame
    state_inverses: Array

    def direct(
        self, first_round: pd.Series, state_shares: pd.Series, on_site: Sequence[str] = ("23",)
    ) -> pd.DataFrame:
        """Place the output of the first round.

        Industries on site work where the project stands. Of any other the project's state makes
        ``min(1, SLQ)``, and the other states make the rest in proportion to their jobs in it.

        Parameters
        ----------
        first_round
            Output of every industry, USD million.
        state_shares
            Share of the project in each state, adding up to 1; a state without an entry has none.
        on_site
            Industries that work on site.

        Returns
        -------
        pandas.DataFrame
            Industry x state, USD million; the states of a row add up to the first round.

        Raises
        ------
        InputError
            If labels do not match, a figure is negative or missing, or shares do not add up to 1.
        """
        f, s = self._aligned(first_round, state_shares, on_site)
        kept = f[:, None] * self._kept(on_site)
        return self._frame(self._placed(f, kept, s))

    def spread(
        self, first_round: pd.Series, state_shares: pd.Series, on_site: Sequence[str] = ("23",)
    ) -> pd.DataFrame:
        """Place the output of all rounds.

        Parameters
        ----------
        first_round, state_shares, on_site
            As in `direct`.

        Returns
        -------
        pandas.DataFrame
            Industry x state, USD million, the first round included; the states of a row add up to
            ``(I - A)^-1 f``.

        Raises
        ------
        InputError
            As `direct`.
        """
        f, s = self._aligned(first_round, state_shares, on_site)
        d = f[:, None] * self._kept(on_site)
        made = np.einsum("rij,jr->ir", self.state_inverses, d)
        total = self.national_inverse.to_numpy() @ f
        # With coefficients of zero or more a state never makes more than the nation, rounding
        # apart; the few negative ones of a real table (sales of stocks) must not make it so.
        return self._frame(self._placed(total, np.clip(made, 0, total[:, None]), s))

    def _kept(self, on_site: Sequence[str]) -> Array:
        """Give the share of the first round that the project's state makes, industry x state."""
        kept: Array = np.minimum(1.0, self.slq.to_numpy())
        kept[self.jobs.index.isin(on_site)] = 1
        return kept

    def _placed(self, total: Array, made: Array, s: Array) -> Array:
        """Add what each state makes of its own project to what it makes for the others'."""
        E = self.jobs.to_numpy(float)
        apart = 1 - np.eye(E.shape[1])
        others = E @ apart
        alone = others == 0
        made = np.where(alone, total[:, None], made) * s
        rest = total[:, None] * s - made
        placed: Array = made + E * ((rest / np.where(alone, 1, others)) @ apart)
        return placed

    def _frame(self, values: Array) -> pd.DataFrame:
        return pd.DataFrame(values, self.jobs.index, self.jobs.columns)

    def _aligned(
        self, first_round: pd.Series, state_shares: pd.Series, on_site: Sequence[str]
    ) -> tuple[Array, Array]:
        """Check, and put both in the order of the tables."""
        industries, states = self.jobs.index, self.jobs.columns
        faults = series_faults(first_round, "first_round", industries, at_least=0)
        shares = series_faults(state_shares, "state_shares", states, whole=False, at_least=0)
        total = 0.0 if shares else float(state_shares.sum())
        if not shares and abs(total - 1) > _SHARE_TOLERANCE:
            shares.append(Fault("state_shares", "a sum of 1", f"{total:.10g}", "Divide by it."))
        unknown = [name for name in on_site if name not in industries]
        site = [Fault("on_site", one_of(industries), repr(name)) for name in unknown]
        raise_if(InputError, "This project cannot be placed.", [*faults, *shares, *site])
        f = first_round.reindex(industries).to_numpy(float)
        return f, state_shares.reindex(states, fill_value=0).to_numpy(float)


def regions(
    direct_domestic: pd.DataFrame, jobs: pd.DataFrame, *, method: Method, delta: float
) -> Regions:
    """Build the inverses of the nation and of every state.

    Parameters
    ----------
    direct_domestic
        A = W B without imports, industry (supplies) x industry (buys): USD a USD of output.
    jobs
        Industry x state, jobs; the same industries in any order.
    method, delta
        As in `research.jobs.quotients.quotients`.

    Returns
    -------
    Regions
        In the order of the industries of ``direct_domestic`` and the states of ``jobs``.

    Raises
    ------
    InputError
        If a table is unlabelled or has blanks, industries differ, ``(I - A)`` has no inverse of
        zero or more, the method is unknown or ``delta`` out of range.
    """
    industries = direct_domestic.index if isinstance(direct_domestic, pd.DataFrame) else None
    faults = [
        *frame_faults(direct_domestic, "direct_domestic", columns=industries),
        *jobs_faults(jobs, industries),
        *method_faults(method, delta),
    ]
    summary = "The output of states cannot be computed."
    raise_if(InputError, summary, faults)
    A = direct_domestic.reindex(columns=industries).to_numpy(float)
    raise_if(InputError, summary, _inverse_faults(A))
    jobs = jobs.reindex(industries).astype(float)
    R = np.minimum(1, quotient_stack(jobs, method, delta))
    slq = quotient_stack(jobs, "SLQ", 0)[:, :, 0].T
    return Regions(
        method=method,
        delta=delta,
        jobs=jobs,
        slq=pd.DataFrame(slq, industries, jobs.columns),
        national_inverse=pd.DataFrame(_inverse(A), industries, industries),
        state_inverses=_inverse(R * A),
    )


def _inverse(A: Array) -> Array:
    """Invert I - A, one matrix or a stack of them."""
    return np.asarray(np.linalg.inv(np.eye(A.shape[-1]) - A), dtype=np.float64)


def _inverse_faults(A: Array) -> list[Fault]:
    """Find a system whose rounds do not die out, or that gives negative output."""
    where = "direct_domestic"
    radius = float(np.abs(np.linalg.eigvals(A)).max())
    if radius >= 1:
        todo = "An industry buys for more than its output: check columns and units."
        return [Fault(where, "a largest eigenvalue below 1", f"{radius:.4g}", todo)]
    lowest = float(_inverse(A).min())
    if lowest < -_ROUNDING:
        todo = "Remove negative coefficients."
        return [Fault(where, "an inverse (I - A)^-1 of zero or more", f"{lowest:.4g}", todo)]
    return []
