"""One importer, many suppliers, constant elasticities: exact answers to a change of tariffs.

A domestic supplier may be among them, with a power of one. Its producers' surplus then belongs to
the importing country and is in the table of suppliers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize

from research.tariffs.models.solver import Array

# Logarithm of the price index: as near as floating point carries.
_TOLERANCE = 1e-14


def laffer_curve(market: Market, taxed: str, others: Array, rates_share: ArrayLike) -> pd.Series:
    """Give the duty on the ``taxed`` supplier at each rate, with powers of ``others``."""
    here, rates, revenue = market.names == taxed, np.asarray(rates_share), []
    for rate in rates:
        power = np.where(here, 1 + rate, others)
        value = market.figures(power)[0]["trade_value"]
        revenue.append((value * (power - 1))[here].sum())
    return pd.Series(revenue, pd.Index(rates, name="rate_share"))


@dataclass(frozen=True, eq=False, slots=True)
class Market:
    r"""A market before the change: suppliers, flows at world prices above zero, powers (1 + rate).

    With expenditure shares :math:`s_r`, change of power :math:`\tau_r`, world prices :math:`w_r`
    and price index :math:`P`, all after over before:

    .. math::
        w_r^{\epsilon} = (w_r \tau_r)^{-\sigma} P^{\sigma + \eta}, \qquad
        P^{1 - \sigma} = \sum_r s_r (w_r \tau_r)^{1 - \sigma}

    World prices follow from :math:`P`, the one root of the second equation; :math:`\eta < 0` is the
    elasticity of import demand, :math:`\epsilon > 0` of supply (infinite: world price given),
    :math:`\sigma > 0` of substitution (1 is Cobb-Douglas). Armington (1969), IMF Staff Papers 16.
    """

    names: pd.Index
    trade: Array
    before: Array
    eta: float
    supply: float
    sigma: float

    def figures(self, after: Array) -> tuple[dict[str, Array], float]:
        """Solve for new powers, suppliers as in ``names``; money is in the unit of the flows.

        By supplier world_price_ratio, buyer_price_ratio (after over before), trade_value (at new
        world prices), revenue_change, producer_surplus_change; then the change of consumers'
        surplus. Surpluses are areas beside the exact curves.
        """
        spending, log_power = self.trade * self.before, np.log(after / self.before)
        log_index, log_price = self._prices(spending / spending.sum(), log_power)
        log_buyer = log_price + log_power
        log_quantity = (self.sigma + self.eta) * log_index - self.sigma * log_buyer
        value = self.trade * np.exp(log_price + log_quantity)
        # Where the price is given, supply has no surplus.
        surplus = 0 * value if math.isinf(self.supply) else _area(log_price, self.supply)
        suppliers = {
            "world_price_ratio": np.exp(log_price),
            "buyer_price_ratio": np.exp(log_buyer),
            "trade_value": value,
            "revenue_change": value * (after - 1) - self.trade * (self.before - 1),
            "producer_surplus_change": self.trade * surplus,
        }
        return suppliers, -float(spending.sum() * _area(log_index, self.eta))

    def _prices(self, share: Array, log_power: Array) -> tuple[float, Array]:
        sigma, slopes = self.sigma, self.supply + self.sigma

        def prices(log_index: float) -> Array:
            found: Array = ((sigma + self.eta) * log_index - sigma * log_power) / slopes
            return found

        def gap(log_index: float) -> float:
            return _log_index(share, prices(log_index) + log_power, sigma) - log_index

        # The gap falls: every log price rises by less than the log index, as eta < 0 < supply.
        edge = float(np.abs(log_power).max())
        if edge == 0 or math.isinf(self.supply):
            given = prices(0.0)
            return _log_index(share, given + log_power, sigma) if edge else 0.0, given
        low, high = -edge, edge
        while gap(low) < 0:
            low *= 2
        while gap(high) > 0:
            high *= 2
        root = optimize.brentq(gap, low, high, xtol=_TOLERANCE, rtol=4 * np.finfo(float).eps)
        return float(root), prices(float(root))


def _log_index(share: Array, log_price: Array, sigma: float) -> float:
    """Give the logarithm of the CES price index; Cobb-Douglas where sigma is 1."""
    if abs(1 - sigma) < 1e-9:
        return float(share @ log_price)
    exponent = (1 - sigma) * log_price
    largest = exponent.max()
    return float((largest + np.log(share @ np.exp(exponent - largest))) / (1 - sigma))


def _area(log_price: Array | float, elasticity: float) -> Array:
    power = 1 + elasticity
    return np.asarray(np.expm1(power * log_price) / power if power else log_price)
