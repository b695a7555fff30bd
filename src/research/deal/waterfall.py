"""Who gets the cash of a project: phase one until the deemed allocation, then phase two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from research.deal.terms import Terms

Array = NDArray[np.float64]

#: What is unpaid counts as repaid below this share of what was paid in: rounding of sums.
REPAID = 1e-9

#: Projects (over all draws) that are shared out at a time, so that a year stays in fast memory.
BLOCK = 8192


@dataclass(frozen=True, eq=False, slots=True)
class Waterfall:
    """Cash to each side, USD bn, shaped as the cash shared out: ... x projects x years.

    ``unpaid`` is what is left of principal and deemed interest at year ends; ``recoupment_year``
    (... x projects) the year, counted from that of the first flows, from which nothing is, NaN if
    it never comes. Pooled projects are one project.
    """

    japan: Array
    us: Array
    unpaid: Array
    recoupment_year: Array
    paid_in: Array

    @property
    def japan_net(self) -> Array:
        """What Japan receives less what it pays in, USD bn."""
        return self.japan - self.paid_in


def share_out(
    cash: ArrayLike,
    paid_in: ArrayLike,
    terms: Terms,
    *,
    salvage: ArrayLike | None = None,
    unfunded: ArrayLike | None = None,
) -> Waterfall:
    r"""Share out the cash of projects year by year, USD bn, ... x projects x years from year 0.

    .. math:: I_t = I_{t-1} + r (P_{t-1} + a I_{t-1}), \quad P_t = (1 + f) P_{t-1} + \text{paid}_t

    is what is owed before the cash of a year end is shared: unpaid deemed interest at rate
    :math:`r`, with :math:`a` 1 where it compounds yearly, else 0, and principal with funding cost
    :math:`f`. Reading A: Japan's share of phase one repays both. Reading B: all cash does, I shared
    as in phase one, P to Japan alone. The rest is shared as in phase two.

    ``salvage`` is the part of ``cash`` that a failed project brings back. ``unfunded`` (... x
    years) is what Japan refused: under ``claw_back`` its cash goes to the United States until that
    is filled, and still counts as received.
    """
    flows = {"cash": cash, "paid_in": paid_in, "salvage": salvage, "unfunded": unfunded}
    given = {name: np.asarray(x, dtype=float) for name, x in flows.items() if x is not None}
    refused = given.pop("unfunded", None)
    if single := given["cash"].ndim == 1:
        given = {name: values[None] for name, values in given.items()}
    if terms.pooling == "pooled":
        given = {name: values.sum(axis=-2, keepdims=True) for name, values in given.items()}
    shape = given["cash"].shape
    rows = {name: values.reshape(-1, shape[-1]) for name, values in given.items()}
    # Years first, so that the figures of a year stand side by side.
    found = np.empty((3, shape[-1], len(rows["cash"])))
    for start in range(0, len(rows["cash"]), BLOCK):
        block = slice(start, start + BLOCK)
        parts = [np.ascontiguousarray(values[block].T) for values in rows.values()]
        _share(*parts, terms=terms, out=found[..., block])
    owed = found[2] > REPAID * rows["paid_in"].sum(axis=1)
    # The year after the last one that ends with something unpaid.
    year = shape[-1] - owed[::-1].argmax(axis=0).astype(float)
    year[~owed.any(axis=0) | owed[-1]] = np.nan
    japan, us, unpaid = np.moveaxis(found.reshape(3, shape[-1], *shape[:-1]), 1, -1)
    if refused is not None and terms.claw_back == "until filled":
        _claw_back(japan, us, refused)
    arrays = (japan, us, unpaid, year.reshape(shape[:-1]), given["paid_in"])
    japan, us, unpaid, year, paid = (x[0] if single else x for x in arrays)
    return Waterfall(japan, us, unpaid, year, paid)


def _share(
    cash: Array, paid_in: Array, salvage: Array | None = None, *, terms: Terms, out: Array
) -> None:
    """Share out arrays of years x projects into ``out``: to Japan, to the US, what is unpaid."""
    rate, growth = terms.deemed_rate_pct / 100, 1 + terms.funding_cost_pct / 100
    one, one_us = terms.phase_one_japan_share, terms.phase_one_us_share
    two, two_us = terms.phase_two_japan_share, terms.phase_two_us_share
    of_a, whole = terms.reading == "A", terms.crossing_year == "whole"
    principal, interest, paid = np.zeros((3, cash.shape[1]))
    japan, us, unpaid = out
    for t, pot in enumerate(cash):
        owed = principal + interest if terms.compounding == "annual" else principal
        interest = interest + rate * owed
        principal, paid = principal * growth + paid_in[t], paid + paid_in[t]
        japan[t] = 0
        if salvage is not None and terms.loss_rule == "Japan first":
            japan[t] = np.minimum(salvage[t], principal)
            principal = principal - japan[t]
            pot = pot - japan[t]  # noqa: PLW2901
        open_before = principal + interest > REPAID * paid
        able = one * pot if of_a else pot
        if terms.payment_order == "interest first":
            to_interest = np.minimum(able, interest)
            to_principal = np.minimum(able - to_interest, principal)
        else:
            to_principal = np.minimum(able, principal)
            to_interest = np.minimum(able - to_principal, interest)
        interest, principal = interest - to_interest, principal - to_principal
        own = to_interest * (1 if of_a else one) + to_principal
        others = own * one_us / one if of_a else to_interest * one_us
        rest = np.maximum(pot - own - others, 0)
        as_before = open_before & whole
        japan[t] += own + np.where(as_before, one, two) * rest
        us[t] = others + np.where(as_before, one_us, two_us) * rest
        unpaid[t] = principal + interest


def _claw_back(japan: Array, us: Array, unfunded: Array) -> None:
    """Move Japan's cash to the United States, in place, until it equals what was not funded."""
    gap = np.zeros(japan.shape[:-2])
    for t in range(japan.shape[-1]):
        gap = gap + unfunded[..., t]
        total = japan[..., t].sum(axis=-1)
        taken = np.minimum(gap, total)
        gap = gap - taken
        share = np.divide(taken, total, out=np.zeros_like(total), where=total > 0)[..., None]
        us[..., t] += share * japan[..., t]
        japan[..., t] *= 1 - share
