"""What flows are worth: rates of return and present values, and what terms ask of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, elementwise

from research.deal.terms import Terms
from research.deal.waterfall import BLOCK, Waterfall, share_out

Array = NDArray[np.float64]

#: Growth a year at which the sign of a value is looked at.
_GROWTH = np.geomspace(1e-2, 1e2, 81)

#: Project returns among which break-even is looked for, per cent a year: first, last, step.
PROJECT_IRR_PCT = (-20.0, 200.0, 0.25)


def npv(flows: ArrayLike, rate_pct: ArrayLike) -> Array:
    r"""Give :math:`\sum_t x_t (1 + r/100)^{-t}` of flows at year ends, ... x years from year 0.

    ``rate_pct`` is one rate, per cent a year, or one for each of the leading axes.
    """
    values = np.asarray(flows, dtype=float)
    growth = 1 + np.asarray(rate_pct, dtype=float)[..., None] / 100
    return np.asarray((values * growth ** -np.arange(values.shape[-1])).sum(axis=-1))


def irr(flows: ArrayLike) -> Array:
    """Give the rate at which `npv` of flows, ... x years, is zero, per cent a year.

    NaN where there is none, or more than one: a side that pays nothing in, such as the United
    States, has no rate of return. -100 where money is paid in and nothing comes back. Looked for
    between -99 and 9,900 % a year.
    """
    values = np.asarray(flows, dtype=float)
    rows = values.reshape(-1, values.shape[-1])
    parts = [_irr(rows[start : start + BLOCK].T.copy()) for start in range(0, len(rows), BLOCK)]
    return np.concatenate(parts).reshape(values.shape[:-1])


def _irr(flows: Array) -> Array:
    """Give the rates of return of years x flows, per cent a year."""
    years = np.arange(len(flows))
    # Below a growth of one the value at the end of the last year has the same sign and is finite.
    weights = _GROWTH[:, None] ** (np.where(_GROWTH < 1, years[-1], 0)[:, None] - years)
    turns = np.diff(weights @ flows > 0, axis=0)
    one, at = np.flatnonzero(turns.sum(axis=0) == 1), turns.argmax(axis=0)

    def value(growth: Array, which: Array) -> Array:
        total = np.zeros_like(growth)
        for year in flows[::-1]:
            total = total / growth + year[which.astype(int)]
        return total

    ends = _GROWTH[at[one]], _GROWTH[at[one] + 1]
    found = np.where((flows <= 0).all(axis=0) & (flows < 0).any(axis=0), -100, np.nan)
    found[one] = 100 * (elementwise.find_root(value, ends, args=(one,)).x - 1)
    return found


def level_project(project_irr_pct: ArrayLike, years: int, paid_in: float = 100.0) -> Array:
    r"""Give the cash of projects that pay the same each year: cost at year 0, cash from year 1 on.

    .. math:: c = k P / (1 - (1 + k)^{-n})

    ``project_irr_pct`` per cent a year above -100; shape: its own x (years + 1).
    """
    k = np.asarray(project_irr_pct, dtype=float)[..., None] / 100
    factor = ((1 + k) ** -np.arange(1, years + 1)).sum(axis=-1, keepdims=True)
    cash = np.broadcast_to(paid_in / factor, (*k.shape[:-1], years))
    return np.concatenate([np.zeros_like(k), cash], axis=-1)


def break_even_project_irr(
    terms: Terms, target_pct: float, *, years: int, stake: float = 0.0
) -> float:
    """Give the project's return from which Japan earns a target, both per cent a year.

    The project costs 100 at year 0 and pays the same in each of ``years``; Japan pays all of it.
    The lowest of `PROJECT_IRR_PCT` at which Japan's `npv` at ``target_pct`` turns positive, solved;
    NaN where none does. Targets: 0 gets the money back, the cost of funds, the deemed rate. A
    ``stake`` is worth so much more to Japan if it funds the project (`refusal`): minus infinity
    where it then funds any.
    """
    value = _japan_npv(terms, target_pct, years)
    grid = np.arange(*PROJECT_IRR_PCT)
    above = value(grid) + stake >= 0
    if not above.any() or above[0]:
        return float("-inf") if above.any() else float("nan")
    first = int(above.argmax())
    return float(brentq(lambda x: value(x) + stake, *grid[first - 1 : first + 1], xtol=1e-9))


def crossings_project_irr(terms: Terms, rate_pct: float, *, years: int) -> list[float]:
    """Give the project returns, per cent a year, at which readings A and B are worth the same.

    Worth: Japan's `npv` at ``rate_pct`` of a level project as in `break_even_project_irr`. Below
    the first B is worth more to Japan, between the first two A is, and so on.
    """
    a, b = (
        _japan_npv(terms.model_copy(update={"reading": reading}), rate_pct, years)
        for reading in ("A", "B")
    )
    grid = np.arange(*PROJECT_IRR_PCT)
    # Where neither recoups, both may be the same to the last digit but one.
    apart = np.round(a(grid) - b(grid), 9)
    at = np.flatnonzero(apart[:-1] * apart[1:] < 0)
    return [float(brentq(lambda x: a(x) - b(x), *grid[k : k + 2], xtol=1e-9)) for k in at]


def asked_of_projects(
    terms: Terms, targets_pct: Mapping[str, float], *, years: int
) -> pd.DataFrame:
    """Give `break_even_project_irr` of each target (columns) under readings A and B (rows)."""
    of = {reading: terms.model_copy(update={"reading": reading}) for reading in ("A", "B")}
    return pd.DataFrame(
        {
            name: {r: break_even_project_irr(one, target, years=years) for r, one in of.items()}
            for name, target in targets_pct.items()
        }
    )


def _japan_npv(terms: Terms, rate_pct: float, years: int) -> Callable[[ArrayLike], Array]:
    return lambda project_irr_pct: npv(japan_net(project_irr_pct, terms, years), rate_pct)


def japan_net(project_irr_pct: ArrayLike, terms: Terms, years: int) -> Array:
    """Give Japan's flows of a level project as in `break_even_project_irr`: its own x (years + 1).

    Their `irr` is Katz's "3 % of 6 %": under reading B with interest first, a project that just
    earns the deemed rate gives Japan all principal and half the interest. Under A it is less.
    """
    cash = level_project(project_irr_pct, years)
    paid_in = np.zeros_like(cash)
    paid_in[..., 0] = 100
    return share_out(cash, paid_in, terms).japan_net


def outcomes(shared: Waterfall, rate_pct: float) -> pd.DataFrame:
    """Sum up each draw of a portfolio (rows), in present values at ``rate_pct`` a year, USD bn.

    ``japan_npv`` is net of what Japan pays in; ``us_npv`` is all that the United States receive, as
    they pay nothing in, and ``us_npv_share`` its fraction of all cash; ``us_cash_share`` is without
    discount. ``japan_irr_pct`` and ``project_irr_pct`` are of the whole portfolio. ``japan_loss``
    and ``project_loss`` add up, undiscounted, what each losing project does not bring back to
    Japan, and at all.
    """
    cash = shared.japan + shared.us
    net, all_net = shared.japan_net, cash - shared.paid_in
    us, worth = (npv(x.sum(axis=-2), rate_pct) for x in (shared.us, cash))
    with np.errstate(invalid="ignore"):
        shares = us / worth, shared.us.sum(axis=(-2, -1)) / cash.sum(axis=(-2, -1))
    found = {
        "japan_npv": npv(net.sum(axis=-2), rate_pct),
        "us_npv": us,
        "us_npv_share": shares[0],
        "us_cash_share": shares[1],
    }
    for side, flows in (("japan", net), ("project", all_net)):
        found[f"{side}_irr_pct"] = irr(flows.sum(axis=-2))
        found[f"{side}_loss"] = np.maximum(-flows.sum(axis=-1), 0).sum(axis=-1)
    return pd.DataFrame(found)
