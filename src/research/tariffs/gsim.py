"""The global simulation model: one good, many countries, tariffs from each to each.

Goods differ by country of origin, demand is of constant elasticity of substitution, and all
responses are linear in relative changes, as published; large changes have the error of that step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import cell_faults, frame_faults
from research.tariffs import flow_checks as checks
from research.tariffs.flow_checks import LARGEST_RATE_SHARE, Elasticity


@dataclass(frozen=True, eq=False, slots=True)
class GsimResult:
    """Prices, trade and welfare after a change of tariffs; money in the unit of the flows.

    Attributes
    ----------
    world_price_change_share
        (origins,): relative change of the price that exporters receive.
    internal_price_change_share
        (origins, destinations): relative change of the price that buyers pay.
    quantity_change_share
        (origins, destinations): relative change of quantities.
    trade_value
        (origins, destinations): new flows at new world prices.
    composite_price_change_share
        (destinations,): relative change of the buyers' price index.
    producer_surplus_change
        (origins,).
    consumer_surplus_change, revenue_change
        (destinations,).
    residual_share
        Largest excess of export demand over supply in any market, as a share of exports.
    """

    world_price_change_share: pd.Series
    internal_price_change_share: pd.DataFrame
    quantity_change_share: pd.DataFrame
    trade_value: pd.DataFrame
    composite_price_change_share: pd.Series
    producer_surplus_change: pd.Series
    consumer_surplus_change: pd.Series
    revenue_change: pd.Series
    residual_share: float

    def summary(self) -> pd.DataFrame:
        """Give each country's surpluses, revenue and their sum ``net_welfare_change``.

        A country that does not export has no producers in the model, one that does not import no
        consumers: their figures are zero.
        """
        origins = self.producer_surplus_change.index
        countries = origins.append(self.consumer_surplus_change.index.difference(origins))
        parts = {
            "producer_surplus_change": self.producer_surplus_change,
            "consumer_surplus_change": self.consumer_surplus_change,
            "revenue_change": self.revenue_change,
        }
        table = pd.DataFrame(
            {name: part.reindex(countries, fill_value=0.0) for name, part in parts.items()}
        )
        return table.assign(net_welfare_change=table.sum(axis=1)).rename_axis("country")


class GsimElasticities(TypedDict):
    """Elasticities that one step and paths of steps take, as in `gsim`."""

    import_demand_elasticity: Elasticity
    export_supply_elasticity: Elasticity
    substitution_elasticity_sigma: Elasticity


def gsim(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    import_demand_elasticity: Elasticity,
    export_supply_elasticity: Elasticity,
    substitution_elasticity_sigma: Elasticity,
    largest_rate_share: float = LARGEST_RATE_SHARE,
) -> GsimResult:
    r"""Solve for the world prices that clear every exporter's market after a change of tariffs.

    With the expenditure shares :math:`\theta_{rv}` of origin r in destination v at internal
    prices, and the shares :math:`\varphi_{rv}` of destination v in r's exports at world prices:

    .. math::
        \hat M_{rv} = -E_s (\hat p_r + \hat T_{rv})
            + (E_m + E_s) \sum_s \theta_{sv} (\hat p_s + \hat T_{sv}),
        \qquad E_x \hat p_r = \sum_v \varphi_{rv} \hat M_{rv}

    Parameters
    ----------
    trade
        Origins x destinations: flows at world prices, any unit of money. Sales at home may be on
        the diagonal.
    power_before, power_after
        Origins x destinations: 1 + tariff rate as a share.
    import_demand_elasticity
        Of a destination's composite, below 0: one, or one for each destination.
    export_supply_elasticity
        Above 0 and finite: one, or one for each origin.
    substitution_elasticity_sigma
        Armington elasticity between origins, above 0: one, or one for each destination.
    largest_rate_share
        Rates above this share are refused as probably in per cent.

    Returns
    -------
    GsimResult

    Raises
    ------
    InputError
        If labels do not match, a flow is negative, a country of the table does not trade, a power
        is below 1 or its rate above the bound, or an elasticity is not admissible.

    Notes
    -----
    Surpluses are trapezoids on linear curves. Source: Francois and Hall (2003), Global Simulation
    Analysis of Industry-Level Trade Policy.
    """
    powers = {"power_before": power_before, "power_after": power_after}
    _check(trade, powers, largest_rate_share)
    _check_elasticities(
        trade, import_demand_elasticity, export_supply_elasticity, substitution_elasticity_sigma
    )
    before, after = (power.reindex_like(trade).astype(float) for power in powers.values())
    demand = checks.per_label(import_demand_elasticity, trade.columns)
    supply = checks.per_label(export_supply_elasticity, trade.index)
    sigma = checks.per_label(substitution_elasticity_sigma, trade.columns)
    spending = trade * before
    theta, phi = spending / spending.sum(), trade.div(trade.sum(axis=1), axis=0)
    power_change = after / before - 1
    price = _world_prices(theta, phi, power_change, demand=demand, supply=supply, sigma=sigma)
    internal = power_change.add(price, axis=0)
    composite = (theta * internal).sum()
    quantity = (demand + sigma) * composite - internal * sigma
    value = trade * (1 + quantity).mul(1 + price, axis=0)
    excess = (phi * quantity).sum(axis=1) - supply * price
    return GsimResult(
        world_price_change_share=price,
        internal_price_change_share=internal,
        quantity_change_share=quantity,
        trade_value=value,
        composite_price_change_share=composite,
        producer_surplus_change=trade.sum(axis=1) * price * (1 + supply * price / 2),
        consumer_surplus_change=-spending.sum() * composite * (1 + demand * composite / 2),
        revenue_change=(value * (after - 1) - trade * (before - 1)).sum(),
        residual_share=float(excess.abs().max()),
    )


def _world_prices(
    theta: pd.DataFrame,
    phi: pd.DataFrame,
    power_change: pd.DataFrame,
    *,
    demand: pd.Series,
    supply: pd.Series,
    sigma: pd.Series,
) -> pd.Series:
    """Solve (E_x - sum_v phi_v N_v) p = sum_v phi_v N_v T_v, N_v the price elasticities in v."""
    share, weight, own = theta.to_numpy(), phi.to_numpy(), sigma.to_numpy()
    cross, power = demand.to_numpy() + own, power_change.to_numpy()
    system = np.diag(supply.to_numpy() + weight @ own) - (weight * cross) @ share.T
    shift = (weight * (cross * (share * power).sum(axis=0) - own * power)).sum(axis=1)
    return pd.Series(np.linalg.solve(system, shift), theta.index)


def _check(trade: pd.DataFrame, powers: dict[str, pd.DataFrame], largest_rate_share: float) -> None:
    faults = frame_faults(trade, "trade")
    raise_if(InputError, "The flows of the model cannot be used.", faults)
    faults = cell_faults(trade, trade < 0, "trade", "flows of zero or more", "Correct the flow.")
    for axis, role in ((1, "origin"), (0, "destination")):
        total = trade.sum(axis=axis)
        faults += [
            Fault(f"trade, {role} {name}", "some trade", "none", f"Leave out the {role}.")
            for name in total.index[total == 0]
        ]
    for name, power in powers.items():
        found = frame_faults(power, name, *trade.axes)
        faults += found or checks.power_faults(power, name, largest_rate_share)
    raise_if(InputError, "The flows or tariffs of the model cannot be used.", faults)


def _check_elasticities(
    trade: pd.DataFrame, demand: Elasticity, supply: Elasticity, sigma: Elasticity
) -> None:
    def positive(x: float) -> bool:
        return 0 < x < math.inf

    above, destinations = "a finite number above 0", trade.columns
    faults = checks.elasticity_faults(
        demand,
        "import_demand_elasticity",
        destinations,
        lambda x: -math.inf < x < 0,
        "a finite number below 0",
    )
    faults += checks.elasticity_faults(
        supply, "export_supply_elasticity", trade.index, positive, above
    )
    faults += checks.elasticity_faults(
        sigma, "substitution_elasticity_sigma", destinations, positive, above
    )
    raise_if(InputError, "The elasticities of the model cannot be used.", faults)
