"""The search for an equilibrium: one map whose fixed point it is, in one step or in many."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from research.errors import Fault, raise_if
from research.tariffs.models.solver import Array, ConvergenceError, solve_fixed_points
from research.tariffs.models.world import State, World, bought_inputs, revenue

#: Largest step of a log wage, price or spending at the solution, one sector and many, relative to
#: the largest of these (at least one).
TOLERANCES = 1e-13, 1e-11

MOST_ITERATIONS = 5000

#: Where one step does not get there within so many iterations, so many steps are tried.
TRIED, STEPS = 2000, 10

# Spending and labour demand on the way to the solution stay above this share of before.
_FLOOR = 1e-6

# Final spending of this share of before is taken for none.
_NO_INCOME = 1e-3


def solve_world(world: World, countries: pd.Index) -> tuple[State, Array]:
    """Give the new state of all cases of a world, and the trail of residuals.

    Where one step does not get there, tariffs, trade costs and deficits move in `STEPS`, powers in
    equal ratios, each solved from the one before. Where no equilibrium is found, the error names
    countries whose income is gone.
    """
    try:
        return _go(world, countries, 1, TRIED)
    except ConvergenceError:
        return _go(world, countries, STEPS, MOST_ITERATIONS)


def _go(world: World, countries: pd.Index, steps: int, most_iterations: int) -> tuple[State, Array]:
    """Solve step after step; an error names who has no income left, or had least of it before."""
    n_sectors, n, _ = world.expenditure.shape
    cases = max(world.theta.shape[-1], world.new_power.shape[-1])
    x, tolerance = np.zeros((2 * n + 2 * n_sectors * n, cases)), TOLERANCES[n_sectors > 1]
    trails, before = [], list[Fault]()
    for step in range(1, steps + 1):
        way = _Map.of(world if step == steps else _part(world, step / steps))
        at = f"step {step} of {steps}"
        try:
            found = solve_fixed_points(
                way.step, x, tolerance=tolerance, most_iterations=most_iterations
            )
        except ConvergenceError as error:
            with np.errstate(all="ignore"):  # Such a point may be anywhere.
                gone = [] if error.point is None else way.incomes(error.point, countries, at)
            raise ConvergenceError(error.summary, [*(gone or before), *error.faults]) from error
        x = found.points
        trails.append(found.trail)
        none = "No equilibrium was found with these deficits."
        raise_if(ConvergenceError, none, way.incomes(x, countries, at))
        before = way.incomes(x, countries, f"{at}, nothing after it", least=np.inf)[:1]
    return way.state(x), np.concatenate(trails)


def _part(world: World, share: float) -> World:
    """Go a share of the way: powers and trade costs in equal ratios, deficits in equal parts."""
    return replace(
        world,
        new_power=world.old_power * (world.new_power / world.old_power) ** share,
        trade_cost_hat=world.trade_cost_hat**share,
        deficit_left_share=1 - share * (1 - world.deficit_left_share),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Map:
    """The map of logs of wages, labour, prices and spending whose fixed point is sought."""

    world: World
    log_offers: Array
    expenditure: Array
    value_added: Array
    final_shares: Array
    cost_share: Array
    revenue_share: Array
    pace: Array

    @classmethod
    def of(cls, world: World) -> _Map:
        value_added, old_shares = world.value_added, world.old_shares
        labour_shares = world.value_added_shares * world.output / value_added
        pace = 1 + (labour_shares * world.theta[:, None]).sum(axis=0)
        # A flow of zero stays zero: its log is minus infinity.
        nothing = np.full(old_shares.shape, -np.inf)
        log_offers = np.log(old_shares, out=nothing, where=old_shares > 0)
        return cls(
            world,
            log_offers - world.theta[:, None, None] * world.log_wedge,
            world.expenditure,
            value_added,
            world.final_shares,
            np.exp(-world.log_margin),
            1 - 1 / world.new_power,
            pace + world.labour_supply_elasticity,
        )

    def step(self, x: Array) -> Array:
        """Go once round: shares, budgets, labour, and what wages have to be to sell it."""
        world, (log_wage, log_labour, log_price, _) = self.world, self._parts(x)
        new_price, sold, made, received = self._trade(x)
        profit = (sold * (1 - self.cost_share)).sum(axis=(0, 2))
        earned = (world.value_added_shares * made).sum(axis=0)
        # Without inputs new prices are those of these wages.
        index_of = log_price if world.input_shares.any() else new_price
        index = (self.final_shares * index_of).sum(axis=0)
        labour = world.labour_hat(log_wage, index, received, earned)
        wages = np.exp(log_wage) * labour * self.value_added
        demand = self.final_shares * (wages + profit + received + world.deficit_left)
        demand = demand + bought_inputs(world.input_shares, made)
        spending = np.log(np.maximum(demand / self.expenditure, _FLOOR))
        log_new = log_wage + np.log(np.maximum(earned / wages, _FLOOR)) / self.pace
        world_value = (np.exp(log_new - log_wage) * wages + profit).sum(axis=0)
        log_new = log_new - np.log(np.maximum(world_value / self.value_added.sum(), _FLOOR))
        # Where labour has no effect on costs it is no unknown.
        log_labour = np.log(labour) if world.scale_elasticity else 0 * log_labour
        return np.concatenate([log_new, log_labour, *new_price, *spending])

    def state(self, x: Array) -> State:
        """Give the state at a point found."""
        world, (log_wage, _, log_price, _) = self.world, self._parts(x)
        _, flows, made, duties = self._trade(x)
        earned = (world.value_added_shares * made).sum(axis=0)
        index = (self.final_shares * log_price).sum(axis=0)
        labour = world.labour_hat(log_wage, index, duties, earned)
        return State(np.exp(log_wage), labour, np.exp(log_price), flows)

    def incomes(
        self, x: Array, countries: pd.Index, at: str, least: float = _NO_INCOME
    ) -> list[Fault]:
        """Name countries with less income than this, lowest first, where it is least."""
        world, state = self.world, self.state(x)
        wages = state.wage_hat * state.labour_hat * self.value_added
        profit = (state.flows * (1 - self.cost_share)).sum(axis=(0, 2))
        duties = revenue(world.new_power, state.flows)
        share = (wages + profit + duties + world.deficit_left) / world.old_income
        share = np.where(np.isfinite(share), share, np.inf)
        share = share[:, int(np.argmin(share.min(axis=0)))]
        todo = "Its surplus may be more: give a deficit_left_share below 1."
        by_share = sorted(zip(share, countries, strict=True), key=lambda pair: pair[0])
        return [
            Fault(f"income of {name}", "more than none", f"{now:.1%} of before, {at}", todo)
            for now, name in by_share
            if -1 < now < least  # Far below nothing the search had left the numbers.
        ]

    def _trade(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Give new log prices, flows before the tariff, what is made at cost, and duties."""
        world, (log_wage, log_labour, log_price, log_spending) = self.world, self._parts(x)
        theta = world.theta[:, None]
        cost = world.log_unit_cost(log_wage, log_labour, log_price)
        offers = self.log_offers - (theta * cost)[:, :, None]
        best = offers.max(axis=1)
        weights = np.exp(offers - best[:, None])
        total = weights.sum(axis=1)
        new_price = -(best + np.log(total)) / theta + world.log_variety(log_spending, log_wage)
        paid = weights / total[:, None] * (np.exp(log_spending) * self.expenditure)[:, None]
        duties = paid * self.revenue_share
        sold = paid - duties
        return new_price, sold, world.receipts(sold * self.cost_share), duties.sum(axis=(0, 1))

    def _parts(self, x: Array) -> tuple[Array, Array, Array, Array]:
        s, n, _ = self.expenditure.shape
        prices, spending = x[2 * n :].reshape(2, s, n, -1)
        return x[:n], x[n : 2 * n], prices, spending
