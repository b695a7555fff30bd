"""Fund or refuse: the right to put tariffs back as an option of the United States."""

from __future__ import annotations

import numpy as np

from research.deal.terms import Terms
from research.deal.value import break_even_project_irr


def snap_back_cost(
    burden: float, hazard: float, *, lasts_years: float, horizon_years: float, discount_pct: float
) -> float:
    r"""Give the expected present value of tariffs that may come back, in the unit of the burden.

    They come once, at a hazard :math:`h` a year until :math:`T`, and cost a burden :math:`B` a year
    for :math:`D` years. With :math:`\rho = \ln(1 + d)`

    .. math:: C(h) = B \, \frac{1 - e^{-\rho D}}{\rho} \cdot \frac{h}{h + \rho}
        \left(1 - e^{-(h + \rho) T}\right)
    """
    rho = np.log1p(discount_pct / 100)
    both = hazard + rho
    comes = 1.0 if np.isinf(hazard) else hazard / both * -np.expm1(-both * horizon_years)
    return float(burden * comes * -np.expm1(-rho * lasts_years) / rho)


def lowest_irr_pct(stake_share: float, terms: Terms, *, years: int, cost_pct: float) -> float:
    """Give the return of a project below which Japan would rather have the tariffs, per cent.

    `break_even_project_irr` at Japan's cost of funds with a stake: what refusing costs more than
    funding does, over the project's size. Minus infinity where Japan funds any.
    """
    return break_even_project_irr(terms, cost_pct, years=years, stake=100 * stake_share)
