"""One importer, many suppliers, constant elasticities: exact answers to a change of tariffs.

A domestic supplier may be among them, with a power of one. Its producers' surplus then belongs to
the importing country and is in the table of suppliers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from research.errors import Fault, InputError, raise_if
from research.labels import cell_faults, series_faults
from research.tariffs import flow_checks as checks
from research.tariffs.flow_checks import LARGEST_RATE_SHARE, Elasticity
from research.tariffs.solver import Array

# Logarithm of the price index: as near as floating point carries.
_TOLERANCE = 1e-14


@dataclass(frozen=True, eq=False, slots=True)
class ArmingtonResult:
    """Prices, quantities and welfare after a change of tariffs; money in the unit of the flows.

    Attributes
    ----------
    suppliers
        One row a supplier: world_price_ratio, buyer_price_ratio, quantity_ratio (after over
        before); trade_value (at new world prices); diversion and expansion (changes of the
        quantity at old world prices: from and to other suppliers; by the whole market), which add
        up to the change of the quantity; producer_surplus_change; revenue_change.
    price_index_ratio
        Buyers' price index, after over before.
    consumer_surplus_change, producer_surplus_change, revenue_change
        Areas beside the exact curves, and the duties, of all suppliers.
    residual_share
        Largest gap of demand and supply in a market, relative to supply.
    """

    suppliers: pd.DataFrame
    price_index_ratio: float
    consumer_surplus_change: float
    producer_surplus_change: float
    revenue_change: float
    residual_share: float

    @property
    def buyers_and_treasury_change(self) -> float:
        """Consumer surplus and revenue: the importer's welfare without home producers."""
        return self.consumer_surplus_change + self.revenue_change

    @property
    def world_welfare_change(self) -> float:
        """Consumer surplus, revenue and all suppliers' surplus."""
        return self.buyers_and_treasury_change + self.producer_surplus_change

    def summary(self) -> pd.Series:
        """Give the totals."""
        names = (
            "price_index_ratio",
            "consumer_surplus_change",
            "revenue_change",
            "buyers_and_treasury_change",
            "producer_surplus_change",
            "world_welfare_change",
            "residual_share",
        )
        return pd.Series({name: float(getattr(self, name)) for name in names})


def armington(
    trade: pd.Series,
    power_before: pd.Series,
    power_after: pd.Series,
    *,
    import_demand_elasticity: float,
    export_supply_elasticity: Elasticity,
    substitution_elasticity_sigma: float,
    largest_rate_share: float = LARGEST_RATE_SHARE,
) -> ArmingtonResult:
    r"""Solve one importer's market for the prices at which every supplier sells what it makes.

    With expenditure shares :math:`s_r`, change of power :math:`\tau_r`, world prices :math:`w_r`
    and price index :math:`P`, all after over before, and :math:`\eta < 0`:

    .. math::
        w_r^{\epsilon_r} = (w_r \tau_r)^{-\sigma} P^{\sigma + \eta}, \qquad
        P^{1 - \sigma} = \sum_r s_r (w_r \tau_r)^{1 - \sigma}

    World prices follow from :math:`P`, which is found as the one root of the second equation.

    Parameters
    ----------
    trade
        (suppliers,): imports at world prices, above zero, any unit of money.
    power_before, power_after
        (suppliers,): 1 + tariff rate as a share.
    import_demand_elasticity
        :math:`\eta` of all suppliers together, below 0.
    export_supply_elasticity
        :math:`\epsilon` above 0: one, or one for each supplier; infinite: world price given.
    substitution_elasticity_sigma
        :math:`\sigma` above 0; 1 is Cobb-Douglas.
    largest_rate_share
        Rates above this share are refused as probably in per cent.

    Raises
    ------
    InputError
        If labels do not match, a flow is not above zero, a power is below 1 or its rate above the
        bound, or an elasticity is not admissible.

    Notes
    -----
    Demand by place of production: Armington (1969), IMF Staff Papers 16.
    """
    _check(trade, {"power_before": power_before, "power_after": power_after}, largest_rate_share)
    eta, sigma = import_demand_elasticity, substitution_elasticity_sigma
    _check_elasticities(trade.index, eta, export_supply_elasticity, sigma)
    before = power_before.reindex(trade.index).astype(float)
    after = power_after.reindex(trade.index).astype(float)
    supply = checks.per_label(export_supply_elasticity, trade.index)
    spending = trade * before
    log_index, log_price = _solve(spending / spending.sum(), after / before, eta, supply, sigma)
    log_buyer = log_price + np.log(after / before)
    log_quantity = (sigma + eta) * log_index - sigma * log_buyer
    rows = _suppliers(
        trade,
        before,
        after,
        log_price=log_price,
        log_buyer=log_buyer,
        log_quantity=log_quantity,
        log_market=eta * log_index,
    )
    rows["producer_surplus_change"] = trade * _area(log_price, supply)
    return ArmingtonResult(
        suppliers=rows.rename_axis("supplier"),
        price_index_ratio=math.exp(log_index),
        consumer_surplus_change=-float(spending.sum() * _area(log_index, eta)),
        producer_surplus_change=float(rows["producer_surplus_change"].sum()),
        revenue_change=float(rows["revenue_change"].sum()),
        residual_share=_residual(log_price, log_quantity, supply),
    )


def laffer_curve(
    trade: pd.Series,
    power_before: pd.Series,
    taxed: Sequence[str],
    rates_share: Sequence[float],
    *,
    import_demand_elasticity: float,
    export_supply_elasticity: Elasticity,
    substitution_elasticity_sigma: float,
    largest_rate_share: float = LARGEST_RATE_SHARE,
) -> pd.DataFrame:
    """Set the tariff on the ``taxed`` suppliers to one rate after the other.

    Returns
    -------
    pandas.DataFrame
        Index rate_share; revenue (all suppliers, level), revenue_taxed, and the totals of
        `ArmingtonResult.summary`.

    Raises
    ------
    InputError
        As `armington`, and if a taxed supplier is not in ``trade``.
    """
    known = trade.index
    faults = [
        Fault("taxed", f"one of {', '.join(map(str, known))}", repr(name))
        for name in taxed
        if name not in known
    ]
    raise_if(InputError, "The rates cannot be set.", faults)
    rows = {}
    for rate in map(float, rates_share):
        after = power_before.astype(float).copy()
        after.loc[list(taxed)] = 1 + rate
        result = armington(
            trade,
            power_before,
            after,
            import_demand_elasticity=import_demand_elasticity,
            export_supply_elasticity=export_supply_elasticity,
            substitution_elasticity_sigma=substitution_elasticity_sigma,
            largest_rate_share=largest_rate_share,
        )
        revenue = result.suppliers["trade_value"] * (after.reindex(known) - 1)
        levels = {"revenue": revenue.sum(), "revenue_taxed": revenue[list(taxed)].sum()}
        rows[rate] = levels | result.summary().to_dict()
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("rate_share")


def _solve(
    share: pd.Series, power_ratio: pd.Series, eta: float, supply: pd.Series, sigma: float
) -> tuple[float, pd.Series]:
    """Find the logarithms of the price index and of the world prices."""
    weights: Array = share.to_numpy(float)
    log_power: Array = np.log(power_ratio.to_numpy(float))
    slopes: Array = supply.to_numpy(float) + sigma

    def prices(log_index: float) -> Array:
        found: Array = ((sigma + eta) * log_index - sigma * log_power) / slopes
        return found

    def gap(log_index: float) -> float:
        return _log_index(weights, prices(log_index) + log_power, sigma) - log_index

    # The gap falls: every log price rises by less than the log index, as eta < 0 < supply.
    edge = float(np.abs(log_power).max())
    if edge == 0:
        return 0.0, pd.Series(prices(0.0), share.index)
    low, high = -edge, edge
    while gap(low) < 0:
        low *= 2
    while gap(high) > 0:
        high *= 2
    root = float(optimize.brentq(gap, low, high, xtol=_TOLERANCE, rtol=4 * np.finfo(float).eps))
    return root, pd.Series(prices(root), share.index)


def _log_index(share: Array, log_price: Array, sigma: float) -> float:
    """Give the logarithm of the CES price index; Cobb-Douglas where sigma is 1."""
    if abs(1 - sigma) < 1e-9:
        return float(share @ log_price)
    exponent = (1 - sigma) * log_price
    largest = exponent.max()
    return float((largest + np.log(share @ np.exp(exponent - largest))) / (1 - sigma))


def _area(log_price: pd.Series | float, elasticity: pd.Series | float) -> pd.Series | float:
    """Integrate u^elasticity from 1 to the price; zero where supply is infinitely elastic."""
    power = np.where(np.isinf(elasticity), 0.0, 1 + np.asarray(elasticity, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        area = np.where(power == 0, log_price, np.expm1(power * log_price) / power)
    area = np.where(np.isinf(elasticity), 0.0, area)
    return pd.Series(area, log_price.index) if isinstance(log_price, pd.Series) else float(area)


def _suppliers(
    trade: pd.Series,
    before: pd.Series,
    after: pd.Series,
    *,
    log_price: pd.Series,
    log_buyer: pd.Series,
    log_quantity: pd.Series,
    log_market: float,
) -> pd.DataFrame:
    value = trade * np.exp(log_price + log_quantity)
    return pd.DataFrame(
        {
            "world_price_ratio": np.exp(log_price),
            "buyer_price_ratio": np.exp(log_buyer),
            "quantity_ratio": np.exp(log_quantity),
            "trade_value": value,
            "diversion": trade * np.expm1(log_quantity - log_market) * math.exp(log_market),
            "expansion": trade * math.expm1(log_market),
            "revenue_change": value * (after - 1) - trade * (before - 1),
        }
    )


def _residual(log_price: pd.Series, log_quantity: pd.Series, supply: pd.Series) -> float:
    """Compare demand with supply; with an infinite elasticity, the price with the given one."""
    given = np.isinf(supply.to_numpy())
    finite = np.where(given, 0.0, supply)
    gaps = np.where(given, log_price, log_quantity - finite * log_price)
    return float(np.abs(np.expm1(gaps)).max())


def _check(trade: pd.Series, powers: dict[str, pd.Series], largest_rate_share: float) -> None:
    faults = series_faults(trade, "trade")
    raise_if(InputError, "The imports of the model cannot be used.", faults)
    todo = "Leave out suppliers that do not sell."
    faults = cell_faults(trade, trade <= 0, "trade", "flows above zero", todo)
    for name, power in powers.items():
        found = series_faults(power, name, trade.index)
        faults += found or checks.power_faults(power, name, largest_rate_share)
    raise_if(InputError, "The imports or tariffs of the model cannot be used.", faults)


def _check_elasticities(suppliers: pd.Index, demand: object, supply: object, sigma: object) -> None:
    faults = [
        Fault(name, "one number", "a Series", "The model has one importer.")
        for name, value in (
            ("import_demand_elasticity", demand),
            ("substitution_elasticity_sigma", sigma),
        )
        if isinstance(value, pd.Series)
    ]
    faults = faults or [
        *checks.elasticity_faults(
            demand,
            "import_demand_elasticity",
            suppliers,
            lambda x: -math.inf < x < 0,
            "a finite number below 0",
        ),
        *checks.elasticity_faults(
            sigma,
            "substitution_elasticity_sigma",
            suppliers,
            lambda x: 0 < x < math.inf,
            "a finite number above 0",
        ),
    ]
    faults += checks.elasticity_faults(
        supply, "export_supply_elasticity", suppliers, lambda x: x > 0, "a number above 0"
    )
    raise_if(InputError, "The elasticities of the model cannot be used.", faults)
