"""The new equilibrium: prices, flows, revenue, welfare, and how well each condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault
from research.tariffs.solver import Array, ConvergenceError

#: Largest relative residual of an equilibrium condition; steps in logs are solved tighter.
CONDITION_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """Arrays of a world before and after a change; S sectors, N countries.

    Attributes
    ----------
    flows
        Before, sector x exporter x importer, at prices before the tariff, USD million.
    old_power, new_power
        One plus the rate, same shape.
    trade_cost_hat
        Change of iceberg trade costs, same shape.
    value_added_shares
        Value added in output, sector x country.
    input_shares
        Inputs in output at buyers' prices, country x input x using sector.
    theta
        Share elasticity of each sector.
    """

    flows: Array
    old_power: Array
    new_power: Array
    trade_cost_hat: Array
    value_added_shares: Array
    input_shares: Array
    theta: Array

    @property
    def output(self) -> Array:
        """Sector x country."""
        return np.asarray(self.flows.sum(axis=2))

    @property
    def expenditure(self) -> Array:
        """Sector x country, with tariffs."""
        return np.asarray((self.flows * self.old_power).sum(axis=1))

    @property
    def value_added(self) -> Array:
        """By country."""
        return np.asarray((self.value_added_shares * self.output).sum(axis=0))

    @property
    def deficit(self) -> Array:
        """Imports minus exports by country, before tariffs."""
        return np.asarray(self.flows.sum(axis=(0, 1)) - self.output.sum(axis=0))

    @property
    def old_income(self) -> Array:
        """Final spending by country: value added, revenue and deficit."""
        revenue = ((self.old_power - 1) * self.flows).sum(axis=(0, 1))
        return np.asarray(self.value_added + revenue + self.deficit)

    @property
    def final_shares(self) -> Array:
        """Sector x country: shares of final spending."""
        inputs = bought_inputs(self.input_shares, self.output)
        return np.asarray((self.expenditure - inputs) / self.old_income)


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """What was solved for: wages by country, prices and flows."""

    wage_hat: Array
    price_hat: Array
    flows: Array


@dataclass(frozen=True, eq=False, slots=True)
class HatResult:
    """An equilibrium after a change of tariffs; nominal figures keep world value added fixed.

    Attributes
    ----------
    countries
        By country: ``wage_hat``, ``price_hat`` (final spending), ``income_hat``, ``welfare_hat``
        (ratios to before); ``equivalent_variation_musd`` (exact); ``first_order_musd`` and its
        parts ``terms_of_trade_musd``, ``volume_of_trade_musd``, ``trade_cost_musd``;
        ``old_income_musd``, ``old_revenue_musd``, ``new_revenue_musd``, ``deficit_musd``.
    price_hat
        Buyers' price of each sector, sector x country, ratio to before.
    flows_musd
        New trade at prices before the tariff, labelled as the flows given.
    residuals
        Largest relative residual of each equilibrium condition.
    trail
        Largest residual of each iteration of the solver.
    """

    countries: pd.DataFrame
    price_hat: pd.DataFrame
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


def bought_inputs(input_shares: Array, output: Array) -> Array:
    """Give what producers buy, input x country, from output by sector x country."""
    return np.asarray((input_shares @ output.T[:, :, None])[:, :, 0].T)


def log_unit_cost(world: World, log_wage: Array, log_price: Array) -> Array:
    r"""Give :math:`v_{sn} \ln\hat w_n + \sum_k \gamma_{nks} \ln\hat P_{kn}`, sector x country."""
    inputs = (world.input_shares.transpose(0, 2, 1) @ log_price.T[:, :, None])[:, :, 0].T
    return np.asarray(world.value_added_shares * log_wage + inputs)


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
        flows_musd=pd.DataFrame(state.flows.reshape(labels.shape), labels.index, importers),
        residuals=pd.Series(residuals, name="residual"),
        trail=trail,
    )


def _revenue(power: Array, flows: Array) -> Array:
    return np.asarray(((power - 1) * flows).sum(axis=(0, 1)))


def _new_income(world: World, state: State) -> Array:
    wages = state.wage_hat * world.value_added
    return np.asarray(wages + _revenue(world.new_power, state.flows) + world.deficit)


def _by_country(world: World, state: State) -> dict[str, Array]:
    old, new = world.old_income, _new_income(world, state)
    price_hat = np.exp((world.final_shares * np.log(state.price_hat)).sum(axis=0))
    welfare_hat = new / old / price_hat
    parts = _first_order(world, state)
    return {
        "wage_hat": state.wage_hat,
        "price_hat": price_hat,
        "income_hat": new / old,
        "welfare_hat": welfare_hat,
        "equivalent_variation_musd": (welfare_hat - 1) * old,
        "first_order_musd": np.sum(list(parts.values()), axis=0),
        **parts,
        "old_income_musd": old,
        "old_revenue_musd": _revenue(world.old_power, world.flows),
        "new_revenue_musd": _revenue(world.new_power, state.flows),
        "deficit_musd": world.deficit,
    }


def _first_order(world: World, state: State) -> Mapping[str, Array]:
    """Split the first-order change of welfare, USD million."""
    cost = log_unit_cost(world, np.log(state.wage_hat), np.log(state.price_hat))
    trade_cost = np.log(world.trade_cost_hat)
    seller = cost[:, :, None] + trade_cost
    traded = world.flows > 0
    ratio = np.where(traded, state.flows, 1.0) / np.where(traded, world.flows, 1.0)
    log_flow = np.log(np.maximum(ratio, np.finfo(float).tiny))
    duties = (world.old_power - 1) * world.flows
    earned = (world.output * cost).sum(axis=0)
    paid = (world.flows * cost[:, :, None]).sum(axis=(0, 1))
    return {
        "terms_of_trade_musd": earned - paid,
        "volume_of_trade_musd": (duties * (log_flow - seller)).sum(axis=(0, 1)),
        "trade_cost_musd": -(world.flows * trade_cost).sum(axis=(0, 1)),
    }


def _residuals(world: World, state: State) -> dict[str, float]:
    """Give the largest relative residual of each condition, from the state alone."""
    income, output = _new_income(world, state), state.flows.sum(axis=2)
    spent = (world.new_power * state.flows).sum(axis=1)
    wages = state.wage_hat * world.value_added
    cost = np.exp(log_unit_cost(world, np.log(state.wage_hat), np.log(state.price_hat)))
    change = world.new_power / world.old_power * world.trade_cost_hat
    theta = world.theta[:, None, None]
    shares = world.flows * world.old_power / world.expenditure[:, None, :]
    buyer = np.exp(-theta * np.log(cost[:, :, None] * change / state.price_hat[:, None, :]))
    flows = shares * buyer * spent[:, None, :] / world.new_power
    demand = world.final_shares * income + bought_inputs(world.input_shares, output)
    imports, exports = state.flows.sum(axis=(0, 1)), output.sum(axis=0)
    gaps = {
        "price indices": (shares * buyer).sum(axis=1) - 1,
        "flows follow shares": (flows - state.flows) / spent[:, None, :],
        "goods are bought by budgets": (demand - spent) / spent,
        "labour is paid its value added": (world.value_added_shares * output).sum(axis=0) / wages
        - 1,
        "deficits are as before": (imports - exports - world.deficit) / income,
        "world value added is as before": wages.sum() / world.value_added.sum() - 1,
    }
    return {name: float(np.abs(gap).max()) for name, gap in gaps.items()}
