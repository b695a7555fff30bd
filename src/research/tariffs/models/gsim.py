"""The global simulation model: one good, many countries, tariffs from each to each.

Goods differ by country of origin, demand is of constant elasticity of substitution, and all
responses are linear in relative changes, as published. Large changes go in small steps, whose limit
is the model with constant elasticities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import cell_faults, frame_faults
from research.tariffs.models import door
from research.tariffs.models.door import HIGHEST_RATE_SHARE, Elasticity
from research.tariffs.models.solver import Array

#: Steps of the shorter of two paths, after which the limit is told.
STEPS = 32


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
        names = ("producer_surplus_change", "consumer_surplus_change", "revenue_change")
        origins = self.producer_surplus_change.index
        countries = origins.append(self.consumer_surplus_change.index.difference(origins))
        parts = {name: getattr(self, name).reindex(countries, fill_value=0.0) for name in names}
        table = pd.DataFrame(parts)
        return table.assign(net_welfare_change=table.sum(axis=1)).rename_axis("country")


@dataclass(frozen=True, eq=False, slots=True)
class GsimPath:
    """Where a path of small steps ends; money in the unit of the flows.

    Attributes
    ----------
    world_price_ratio
        (origins,): price that exporters receive, ratio to before.
    trade_value
        (origins, destinations): flows at the end, at the world prices there.
    welfare
        Countries x ``producer_surplus_change``, ``consumer_surplus_change``, ``revenue_change``
        and ``net_welfare_change``: sums over the steps.
    """

    world_price_ratio: pd.Series
    trade_value: pd.DataFrame
    welfare: pd.DataFrame


def gsim(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    import_demand_elasticity: Elasticity,
    export_supply_elasticity: Elasticity,
    substitution_elasticity_sigma: Elasticity,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
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
    highest_rate_share
        Rates above this share are refused as probably in per cent.

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
    market, after = _market(
        trade,
        power_before,
        power_after,
        import_demand_elasticity=import_demand_elasticity,
        export_supply_elasticity=export_supply_elasticity,
        substitution_elasticity_sigma=substitution_elasticity_sigma,
        highest_rate_share=highest_rate_share,
    )
    return market.step(after)


def gsim_in_steps(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    steps: int,
    **elasticities: Any,
) -> GsimPath:
    r"""Follow world prices and trade from one set of tariffs to another.

    The powers move in equal ratios, :math:`T_k = T_0 (T_1 / T_0)^{k/K}`; each of the K ``steps`` is
    one `gsim` from where the last one ended. As K grows, the end is that of the model with constant
    elasticities: the linear responses are then exact at every point of the path.

    Raises
    ------
    InputError
        As `gsim`; if ``steps`` is not above zero, or a step is so long that a flow falls to zero.

    References
    ----------
    Francois and Hall (2003) for the step; solving linear responses along a path is the method of
    Johansen and Euler, as in Dixon, Parmenter, Sutton and Vincent (1982), ORANI.
    """
    if steps < 1:
        raise InputError("There is no path.", [Fault("steps", "at least 1", str(steps))])
    market, after = _market(trade, power_before, power_after, **elasticities)
    return market.path(after, steps)


def gsim_limit(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    steps: int = STEPS,
    **elasticities: Any,
) -> GsimPath:
    r"""Tell where ever smaller steps end from a path of K steps and one of 2 K.

    The error of a path is close to a multiple of :math:`1/K`, so that for logs of prices and
    flows, and for welfare, :math:`y_\infty \approx 2\, y_{2K} - y_K` with an error close to a
    multiple of :math:`1/K^2`. Parameters and errors are those of `gsim_in_steps`.

    References
    ----------
    Harrison and Pearson (1996), Computational Economics 9, on extrapolation from multi-step
    solutions of linearised models.
    """
    market, after = _market(trade, power_before, power_after, **elasticities)
    short, long = (market.path(after, number) for number in (steps, 2 * steps))
    moved = (long.trade_value / short.trade_value).fillna(1.0)  # no flow stays none
    return GsimPath(
        long.world_price_ratio**2 / short.world_price_ratio,
        long.trade_value * moved,
        2 * long.welfare - short.welfare,
    )


def _market(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
    **elasticities: Elasticity,
) -> tuple[_Market, pd.DataFrame]:
    """Check everything that users give; put it, and the new powers, into the order of the flows."""
    summary = "The markets cannot be solved."
    raise_if(InputError, summary, frame_faults(trade, "trade"))
    faults = cell_faults(trade, trade < 0, "trade", "flows of zero or more", "Correct the flow.")
    for axis, role in ((1, "origin"), (0, "destination")):
        total = trade.sum(axis=axis)
        faults += [
            Fault(f"trade, {role} {name}", "some trade", "none", f"Leave out the {role}.")
            for name in total.index[total == 0]
        ]
    asked = {
        "import_demand_elasticity": (trade.columns, door.BELOW),
        "export_supply_elasticity": (trade.index, door.ABOVE),
        "substitution_elasticity_sigma": (trade.columns, door.ABOVE),
    }
    each = {name: (elasticities[name], *rule) for name, rule in asked.items()}
    powers = {"power_before": power_before, "power_after": power_after}
    faults += door.market_faults(trade, powers, each, highest_rate_share)
    raise_if(InputError, summary, faults)
    before, after = (power.reindex_like(trade).astype(float) for power in powers.values())
    figures = (
        value.reindex(known).astype(float)
        if isinstance(value, pd.Series)
        else pd.Series(float(value), known)
        for value, known, _ in each.values()
    )
    return _Market(trade.astype(float), before, *figures), after


@dataclass(frozen=True, eq=False, slots=True)
class _Market:
    """Markets before a step: flows and powers by pair, elasticities by country."""

    trade: pd.DataFrame
    before: pd.DataFrame
    demand: pd.Series
    supply: pd.Series
    sigma: pd.Series

    def step(self, after: pd.DataFrame) -> GsimResult:
        """Answer to new powers at once."""
        trade, before = self.trade, self.before
        spending = trade * before
        theta, phi = spending / spending.sum(), trade.div(trade.sum(axis=1), axis=0)
        power_change = after / before - 1
        price = pd.Series(
            self._world_prices(theta.to_numpy(), phi.to_numpy(), power_change.to_numpy()),
            trade.index,
        )
        internal = power_change.add(price, axis=0)
        composite = (theta * internal).sum()
        quantity = (self.demand + self.sigma) * composite - internal * self.sigma
        value = trade * (1 + quantity).mul(1 + price, axis=0)
        excess = (phi * quantity).sum(axis=1) - self.supply * price
        half = 1 + self.demand * composite / 2
        return GsimResult(
            world_price_change_share=price,
            internal_price_change_share=internal,
            quantity_change_share=quantity,
            trade_value=value,
            composite_price_change_share=composite,
            producer_surplus_change=trade.sum(axis=1) * price * (1 + self.supply * price / 2),
            consumer_surplus_change=-spending.sum() * composite * half,
            revenue_change=(value * (after - 1) - trade * (before - 1)).sum(),
            residual_share=float(excess.abs().max()),
        )

    def _world_prices(self, share: Array, weight: Array, power: Array) -> Array:
        """Solve (E_x - sum_v phi_v N_v) p = sum_v phi_v N_v T_v, N_v the elasticities in v."""
        own = self.sigma.to_numpy()
        cross = self.demand.to_numpy() + own
        system = np.diag(self.supply.to_numpy() + weight @ own) - (weight * cross) @ share.T
        shift = (weight * (cross * (share * power).sum(axis=0) - own * power)).sum(axis=1)
        return np.asarray(np.linalg.solve(system, shift))

    def path(self, after: pd.DataFrame, steps: int) -> GsimPath:
        """Answer in so many steps of equal ratios."""
        ratio, here, parts = (after / self.before) ** (1 / steps), self, []
        price = pd.Series(1.0, self.trade.index)
        for step in range(steps):
            power = after if step == steps - 1 else here.before * ratio
            result = here.step(power)
            _check_positive(here.trade, result.trade_value, steps)
            price = price * (1 + result.world_price_change_share)
            parts.append(result.summary())
            here = replace(here, trade=result.trade_value, before=power)
        welfare = pd.concat(parts).groupby(level="country", sort=False).sum()
        return GsimPath(price, here.trade, welfare)


def _check_positive(before: pd.DataFrame, after: pd.DataFrame, steps: int) -> None:
    """Refuse a step in which a flow that was there falls to zero or below."""
    gone = (before > 0) & (after <= 0)
    todo = f"Take more than {steps} steps, or a smaller change of tariffs."
    faults = cell_faults(after, gone, "trade", "flows above zero after each step", todo)
    raise_if(InputError, "The change is too large for steps of this length.", faults)
