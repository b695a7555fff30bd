"""The new equilibrium: prices, flows, revenue, welfare, and how well each condition holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, raise_if
from research.tariffs.models.solver import Array, ConvergenceError
from research.tariffs.models.world import After, State, World, bought_inputs

#: Largest relative residual of an equilibrium condition; steps in logs are solved tighter.
CONDITION_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, slots=True)
class Equilibrium:
    """An equilibrium after a change of tariffs; nominal figures keep world value added fixed.

    ``countries`` has by country ``wage_hat``, ``labour_hat``, ``price_hat`` (final spending),
    ``income_hat``, ``welfare_hat`` (ratios to before; welfare is one plus equivalent variation over
    old income); ``equivalent_variation_musd`` (exact); ``first_order_musd`` and its parts
    ``terms_of_trade_musd``, ``volume_of_trade_musd``, ``trade_cost_musd``, ``labour_musd``,
    ``scale_musd``, ``deficit_change_musd``; ``old_income_musd``, ``old_revenue_musd``,
    ``new_revenue_musd``, ``profit_musd`` (zero before), ``deficit_musd`` (new). With a services
    share or selection no first order is derived: its columns are blank.

    ``price_hat`` is that of buyers, sector x country; ``seller_price_hat`` that before the tariff
    of each flow (ratios to before) and ``flows_musd`` new trade at it, labelled as the flows given;
    ``residuals`` the largest relative ones of each condition, ``trail`` of each iteration.
    """

    countries: pd.DataFrame
    price_hat: pd.DataFrame
    seller_price_hat: pd.DataFrame
    flows_musd: pd.DataFrame
    residuals: pd.Series
    trail: tuple[float, ...]

    @property
    def welfare_pct(self) -> pd.Series:
        """Equivalent variation by country, per cent of income before."""
        countries = self.countries
        return 100 * countries["equivalent_variation_musd"] / countries["old_income_musd"]


def labelled(
    world: World, state: State, labels: pd.DataFrame, sectors: pd.Index, trail: Array
) -> Equilibrium:
    """Label a solved state; a condition missed by `CONDITION_TOLERANCE` is a `ConvergenceError`."""
    after = After.of(world, state)
    residuals = _residuals(world, state, after)
    rows, importers = labels.axes
    price = (np.exp(after.log_price) * world.trade_cost_hat).reshape(labels.shape)
    return Equilibrium(
        countries=pd.DataFrame(
            {name: values[:, 0] for name, values in _by_country(world, state, after).items()},
            importers,
        ),
        price_hat=pd.DataFrame(state.price_hat[:, :, 0], sectors, importers),
        seller_price_hat=pd.DataFrame(price, rows, importers),
        flows_musd=pd.DataFrame(state.flows.reshape(labels.shape), rows, importers),
        residuals=pd.Series(residuals, name="residual"),
        trail=tuple(trail[:, 0].tolist()),
    )


def welfare_pct(world: World, state: State) -> Array:
    """Give `Equilibrium.welfare_pct` of solved states, their conditions held in the same way."""
    after = After.of(world, state)
    _residuals(world, state, after)
    return 100 * (_welfare_hat(world, state, after) - 1)


def _subsidy(world: World) -> Array:
    """Give what revenue added to a wage before, less what the state takes, as a share of it."""
    added = world.old_revenue / world.value_added - world.income_tax_share
    return np.asarray(world.revenue_on_wages * added)


def _welfare_hat(world: World, state: State, after: After) -> Array:
    old, psi = world.old_income, world.labour_supply_elasticity
    welfare_hat = after.income / old / np.exp(after.log_index)
    if psi > 0:
        # Less the change of the disutility of labour at old prices.
        slope = (1 + _subsidy(world)) * world.value_added * psi / (1 + psi)
        welfare_hat = welfare_hat - slope * (state.labour_hat ** (1 + 1 / psi) - 1) / old
    return welfare_hat


def _by_country(world: World, state: State, after: After) -> dict[str, Array]:
    old, welfare_hat = world.old_income, _welfare_hat(world, state, after)
    parts = _first_order(world, state, after)
    known = np.where((world.services_share == 0) & (world.selection == 1), 1.0, np.nan).min()
    return {
        "wage_hat": state.wage_hat,
        "labour_hat": state.labour_hat,
        "price_hat": np.exp(after.log_index),
        "income_hat": after.income / old,
        "welfare_hat": welfare_hat,
        "equivalent_variation_musd": (welfare_hat - 1) * old,
        "first_order_musd": known * np.sum(list(parts.values()), axis=0),
        **{name: known * part for name, part in parts.items()},
        "old_income_musd": old,
        "old_revenue_musd": world.old_revenue,
        "new_revenue_musd": after.duties,
        "profit_musd": after.profit,
        "deficit_musd": after.deficit,
    }


def _first_order(world: World, state: State, after: After) -> dict[str, Array]:
    trade_cost, price = np.log(world.trade_cost_hat), after.log_price
    traded = world.flows > 0
    ratio = np.where(traded, state.flows, 1.0) / np.where(traded, world.flows, 1.0)
    flow, labour = np.log(np.maximum(ratio, np.finfo(float).tiny)), np.log(state.labour_hat)
    duties, received = (world.old_power - 1) * world.flows, world.flows * price
    return {
        "terms_of_trade_musd": received.sum(axis=(0, 2)) - received.sum(axis=(0, 1)),
        "volume_of_trade_musd": (duties * (flow - price - trade_cost)).sum(axis=(0, 1)),
        "trade_cost_musd": -(world.flows * trade_cost).sum(axis=(0, 1)),
        "labour_musd": -_subsidy(world) * world.value_added * labour,
        "scale_musd": world.scale_elasticity * world.value_added * labour,
        "deficit_change_musd": after.deficit - world.deficit,
    }


def _residuals(world: World, state: State, after: After) -> dict[str, float]:
    """Give the largest relative residual of each condition, from the state alone.

    One above `CONDITION_TOLERANCE` is a `ConvergenceError`.
    """
    spent = (world.new_power * state.flows).sum(axis=1)
    labour = world.labour_hat(np.log(state.wage_hat), after.log_index, after.duties, after.wages)
    log_wedge = world.log_wedge - world.log_margin + after.log_price
    theta = world.theta[:, None, None]
    shares = world.old_shares
    log_spending, log_wage = np.log(spent / world.expenditure), np.log(state.wage_hat)
    log_core = np.log(state.price_hat) - world.log_variety(log_spending, log_wage)
    buyer = np.exp(-theta * (log_wedge - log_core[:, None]))
    flows = shares * buyer * spent[:, None] / world.new_power
    demand = world.final_shares * after.income + bought_inputs(world.input_shares, after.made)
    sold = after.made.sum(axis=0) + after.profit
    deficit = state.flows.sum(axis=(0, 1)) - sold - after.deficit
    earned = (world.value_added_shares * after.made).sum(axis=0)
    made = (after.wages + after.profit).sum(axis=0)
    gaps = {
        "price indices": (shares * buyer).sum(axis=1) - 1,
        "flows follow shares": (flows - state.flows) / spent[:, None],
        "goods are bought by budgets": (demand - spent) / spent,
        "labour is paid its value added": earned / after.wages - 1,
        "labour answers to its real wage": state.labour_hat / labour - 1,
        "deficits are the share left": deficit / after.income,
        "world value added is as before": made / world.value_added.sum() - 1,
    }
    residuals = {name: float(np.abs(gap).max()) for name, gap in gaps.items()}
    faults = [
        Fault(name, f"a residual of at most {CONDITION_TOLERANCE:.0e}", f"{value:.1e}")
        for name, value in residuals.items()
        if not value <= CONDITION_TOLERANCE
    ]
    raise_if(ConvergenceError, "The point found is not an equilibrium.", faults)
    return residuals
