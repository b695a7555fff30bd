"""The new equilibrium: prices, flows, revenue, welfare, and how well each condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault
from research.tariffs.hat_world import (
    State,
    World,
    bought_inputs,
    labour_hat,
    log_unit_cost,
    revenue,
)
from research.tariffs.solver import Array, ConvergenceError

#: Largest relative residual of an equilibrium condition; steps in logs are solved tighter.
CONDITION_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, slots=True)
class HatResult:
    """An equilibrium after a change of tariffs; nominal figures keep world value added fixed.

    Attributes
    ----------
    countries
        By country: ``wage_hat``, ``labour_hat``, ``price_hat`` (final spending), ``income_hat``,
        ``welfare_hat`` (ratios to before; welfare is one plus equivalent variation over old
        income); ``equivalent_variation_musd`` (exact); ``first_order_musd`` and its parts
        ``terms_of_trade_musd``, ``volume_of_trade_musd``, ``trade_cost_musd``, ``labour_musd``,
        ``deficit_change_musd``; ``old_income_musd``, ``old_revenue_musd``, ``new_revenue_musd``,
        ``profit_musd`` (zero before), ``deficit_musd`` (new).
    price_hat
        Buyers' price of each sector, sector x country, ratio to before.
    seller_price_hat
        Price before the tariff of each flow, labelled as the flows given, ratio to before.
    flows_musd
        New trade at prices before the tariff, labelled as the flows given.
    residuals
        Largest relative residual of each equilibrium condition.
    trail
        Largest residual of each iteration of the solver.
    """

    countries: pd.DataFrame
    price_hat: pd.DataFrame
    seller_price_hat: pd.DataFrame
    flows_musd: pd.DataFrame
    residuals: pd.Series
    trail: tuple[float, ...]

    def summary(self) -> pd.DataFrame:
        """Give welfare and revenue by country: exact, first-order and its parts."""
        table = self.countries
        return pd.DataFrame(
            {
                "welfare_change_pct": 100 * (table["welfare_hat"] - 1),
                "first_order_pct": 100 * table["first_order_musd"] / table["old_income_musd"],
                "price_change_pct": 100 * (table["price_hat"] - 1),
                "wage_change_pct": 100 * (table["wage_hat"] - 1),
                "revenue_change_musd": table["new_revenue_musd"] - table["old_revenue_musd"],
            }
        )


def hat_result(
    world: World, state: State, labels: pd.DataFrame, sectors: pd.Index, trail: tuple[float, ...]
) -> HatResult:
    """Label a solved state and check every condition of equilibrium.

    Raises
    ------
    ConvergenceError
        If a condition misses by more than ``CONDITION_TOLERANCE``.
    """
    residuals = _residuals(world, state)
    faults = [
        Fault(str(name), f"a residual of at most {CONDITION_TOLERANCE:.0e}", f"{value:.1e}")
        for name, value in residuals.items()
        if not value <= CONDITION_TOLERANCE
    ]
    if faults:
        raise ConvergenceError("The point found is not an equilibrium.", faults)
    importers = labels.columns
    return HatResult(
        countries=pd.DataFrame(_by_country(world, state), index=importers),
        price_hat=pd.DataFrame(state.price_hat, sectors, importers),
        seller_price_hat=pd.DataFrame(
            _seller_price(world, state).reshape(labels.shape), labels.index, importers
        ),
        flows_musd=pd.DataFrame(state.flows.reshape(labels.shape), labels.index, importers),
        residuals=pd.Series(residuals, name="residual"),
        trail=trail,
    )


def _seller_price(world: World, state: State) -> Array:
    """Give the change of the price before the tariff of each flow: cost, margin and transport."""
    cost = log_unit_cost(world, np.log(state.wage_hat), np.log(state.price_hat))
    return np.asarray(np.exp(cost[:, :, None] + world.log_margin) * world.trade_cost_hat)


def _cost(world: World, state: State) -> Array:
    """Give what output cost to make, sector x country: sales less profits."""
    return np.asarray((state.flows * np.exp(-world.log_margin)).sum(axis=2))


def _new_income(world: World, state: State) -> Array:
    wages = state.wage_hat * state.labour_hat * world.value_added
    profit = (state.flows.sum(axis=2) - _cost(world, state)).sum(axis=0)
    return np.asarray(wages + profit + revenue(world.new_power, state.flows) + world.new_deficit)


def _price_index(world: World, state: State) -> Array:
    return np.asarray(np.exp((world.final_shares * np.log(state.price_hat)).sum(axis=0)))


def _subsidy(world: World) -> Array:
    """Give the old revenue that was paid on wages, over wages."""
    return np.asarray(world.revenue_on_wages * world.old_revenue / world.value_added)


def _disutility(world: World, state: State) -> Array:
    """Give the change of the disutility of labour at old prices, USD million."""
    psi = world.labour_supply_elasticity
    if psi == 0:
        return np.zeros(len(state.wage_hat))
    before = (1 + _subsidy(world)) * world.value_added * psi / (1 + psi)
    return np.asarray(before * (state.labour_hat ** (1 + 1 / psi) - 1))


def _by_country(world: World, state: State) -> dict[str, Array]:
    old, new = world.old_income, _new_income(world, state)
    price_hat = _price_index(world, state)
    welfare_hat = new / old / price_hat - _disutility(world, state) / old
    parts = _first_order(world, state)
    return {
        "wage_hat": state.wage_hat,
        "labour_hat": state.labour_hat,
        "price_hat": price_hat,
        "income_hat": new / old,
        "welfare_hat": welfare_hat,
        "equivalent_variation_musd": (welfare_hat - 1) * old,
        "first_order_musd": np.sum(list(parts.values()), axis=0),
        **parts,
        "old_income_musd": old,
        "old_revenue_musd": world.old_revenue,
        "new_revenue_musd": revenue(world.new_power, state.flows),
        "profit_musd": (state.flows.sum(axis=2) - _cost(world, state)).sum(axis=0),
        "deficit_musd": world.new_deficit,
    }


def _first_order(world: World, state: State) -> Mapping[str, Array]:
    """Split the first-order change of welfare, USD million."""
    cost = log_unit_cost(world, np.log(state.wage_hat), np.log(state.price_hat))
    trade_cost = np.log(world.trade_cost_hat)
    price = cost[:, :, None] + world.log_margin
    traded = world.flows > 0
    ratio = np.where(traded, state.flows, 1.0) / np.where(traded, world.flows, 1.0)
    log_flow = np.log(np.maximum(ratio, np.finfo(float).tiny))
    duties = (world.old_power - 1) * world.flows
    earned = (world.flows * price).sum(axis=(0, 2))
    paid = (world.flows * price).sum(axis=(0, 1))
    return {
        "terms_of_trade_musd": earned - paid,
        "volume_of_trade_musd": (duties * (log_flow - price - trade_cost)).sum(axis=(0, 1)),
        "trade_cost_musd": -(world.flows * trade_cost).sum(axis=(0, 1)),
        "labour_musd": -_subsidy(world) * world.value_added * np.log(state.labour_hat),
        "deficit_change_musd": world.new_deficit - world.deficit,
    }


def _residuals(world: World, state: State) -> dict[str, float]:
    """Give the largest relative residual of each condition, from the state alone."""
    income, output, made = _new_income(world, state), state.flows.sum(axis=2), _cost(world, state)
    spent = (world.new_power * state.flows).sum(axis=1)
    wages = state.wage_hat * state.labour_hat * world.value_added
    duties = revenue(world.new_power, state.flows)
    labour = labour_hat(
        world, np.log(state.wage_hat), np.log(_price_index(world, state)), duties, wages
    )
    cost = np.exp(log_unit_cost(world, np.log(state.wage_hat), np.log(state.price_hat)))
    change = np.exp(world.log_wedge)
    theta = world.theta[:, None, None]
    shares = world.flows * world.old_power / world.expenditure[:, None, :]
    buyer = np.exp(-theta * np.log(cost[:, :, None] * change / state.price_hat[:, None, :]))
    flows = shares * buyer * spent[:, None, :] / world.new_power
    demand = world.final_shares * income + bought_inputs(world.input_shares, made)
    imports, exports = state.flows.sum(axis=(0, 1)), output.sum(axis=0)
    gaps = {
        "price indices": (shares * buyer).sum(axis=1) - 1,
        "flows follow shares": (flows - state.flows) / spent[:, None, :],
        "goods are bought by budgets": (demand - spent) / spent,
        "labour is paid its value added": (world.value_added_shares * made).sum(axis=0) / wages - 1,
        "labour answers to its real wage": state.labour_hat / labour - 1,
        "deficits are the share left": (imports - exports - world.new_deficit) / income,
        "world value added is as before": (wages.sum() + (output - made).sum())
        / world.value_added.sum()
        - 1,
    }
    return {name: float(np.abs(gap).max()) for name, gap in gaps.items()}
