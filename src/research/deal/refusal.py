"""Fund or refuse: the right to put tariffs back as an option of the United States."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from research.deal.terms import Terms
from research.deal.value import Array, level_project, npv
from research.deal.waterfall import share_out
from research.errors import Fault, InputError, raise_if

#: Returns of a project between which the lowest one that Japan funds is looked for, per cent.
LOWEST_PCT, HIGHEST_PCT = -50.0, 100.0


def snap_back_cost(
    burden: float, hazard: float, *, lasts_years: float, horizon_years: float, discount_pct: float
) -> float:
    r"""Give the expected present value of tariffs that may come back, in the unit of the burden.

    They come once, at a hazard :math:`h` a year until :math:`T`, and cost a burden :math:`B` a year
    for :math:`D` years. With :math:`\rho = \ln(1 + d)`

    .. math:: C(h) = B \, \frac{1 - e^{-\rho D}}{\rho} \cdot \frac{h}{h + \rho}
        \left(1 - e^{-(h + \rho) T}\right)

    Negative figures, or a discount that is not above zero: `InputError`.
    """
    given = {"hazard": hazard, "lasts_years": lasts_years, "horizon_years": horizon_years}
    faults = [Fault(name, "0 or more", f"{x:g}") for name, x in given.items() if not x >= 0]
    if not discount_pct > 0:
        faults.append(Fault("discount_pct", "above 0", f"{discount_pct:g}"))
    raise_if(InputError, "There are no tariffs that could come back.", faults)
    rho = np.log1p(discount_pct / 100)
    both = hazard + rho
    comes = 1.0 if np.isinf(hazard) else hazard / both * -np.expm1(-both * horizon_years)
    return float(burden * comes * -np.expm1(-rho * lasts_years) / rho)


def japan_net(project_irr_pct: float, terms: Terms, years: int) -> Array:
    """Give Japan's flows of a project with level cash, a dollar paid in: years 0 to ``years``.

    Their rate of return is Katz's "3 % of 6 %": under reading B with interest first, a project that
    just earns the deemed rate gives Japan all principal and half the interest. Under A it is less.
    """
    cash = level_project(project_irr_pct, years, 1.0)
    return share_out(cash, np.eye(1, years + 1)[0], terms).japan_net


def lowest_irr_pct(stake_share: float, terms: Terms, *, years: int, cost_pct: float) -> float:
    r"""Give the return of a project below which Japan would rather have the tariffs, per cent.

    The root of :math:`v(r) + s = 0`: present value of `japan_net` at Japan's cost of funds, and the
    stake, what refusing costs more than funding (`snap_back_cost` at the hazard of each, and what
    is clawed back) over the project's size. Minus infinity where Japan funds anything, infinity
    where it funds nothing, from `LOWEST_PCT` to `HIGHEST_PCT`.
    """

    def gain(irr_pct: float) -> float:
        return float(npv(japan_net(irr_pct, terms, years), cost_pct)) + stake_share

    if gain(LOWEST_PCT) >= 0:
        return float("-inf")
    return float(brentq(gain, LOWEST_PCT, HIGHEST_PCT)) if gain(HIGHEST_PCT) > 0 else float("inf")
