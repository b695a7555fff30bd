"""The search for an equilibrium: one map whose fixed point it is, in one step or in many."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from research.errors import Fault, raise_if
from research.tariffs.models.solver import Array, ConvergenceError, solve_fixed_points
from research.tariffs.models.world import After, State, World, bought_inputs

#: Largest step of a log wage, price or spending at the solution, relative to the largest of these
#: (at least one).
TOLERANCE = 1e-13

MOST_ITERATIONS = 5000

#: Where one step does not get there within so many iterations, so many steps are tried.
TRIED, STEPS = 2000, 10

# Unknowns move by so much to tell slopes, which pay for themselves up to so many for each case.
_APART, _MOST_UNKNOWNS = 1e-6, 100

# Spending and labour demand on the way to the solution stay above this share of before.
_FLOOR = 1e-6

# Final spending of this share of before is taken for none.
_NO_INCOME = 1e-3


def solve_world(
    world: World, countries: pd.Index, newton: Array | None = None
) -> tuple[State, Array]:
    """Give the new state of all cases of a world, and the trail of residuals.

    `newton_steps` of a case like these are tried first. Where one step does not get there, tariffs,
    trade costs and deficits move in `STEPS`, powers in equal ratios, each solved from the one
    before. Where no equilibrium is found, the error names countries whose income is gone.
    """
    if newton is not None:
        with suppress(ConvergenceError):
            return _go(world, countries, 1, TRIED, newton)
    try:
        return _go(world, countries, 1, TRIED)
    except ConvergenceError:
        return _go(world, countries, STEPS, MOST_ITERATIONS)


def newton_steps(world: World, cases: int) -> Array | None:
    r"""Give :math:`(I - G')^{-1}`: times what a round moves it is a step of Newton's method.

    :math:`G'` are the slopes of a round at the old equilibrium, by differences; nothing where that
    would take longer than so many cases do without.
    """
    still = _still(world, 1)
    if len(still) > _MOST_UNKNOWNS * cases:
        return None
    one = np.eye(len(still))
    slopes = (_step(world, _APART * one) - _step(world, still)) / _APART
    with suppress(np.linalg.LinAlgError):
        return np.asarray(np.linalg.inv(one - slopes))
    return None


def _go(
    world: World, countries: pd.Index, steps: int, most: int, newton: Array | None = None
) -> tuple[State, Array]:
    """Solve step after step; an error names who has no income left, or had least of it before."""
    x = _still(world, max(world.theta.shape[-1], world.new_power.shape[-1]))
    trails, before = [], list[Fault]()
    for step in range(1, steps + 1):
        way = world if step == steps else _part(world, step / steps)
        at = f"step {step} of {steps}"
        try:
            go = partial(_step, way, newton=newton)
            x, trail = solve_fixed_points(go, x, tolerance=TOLERANCE, most_iterations=most)
        except ConvergenceError as error:
            with np.errstate(all="ignore"):  # Such a point may be anywhere.
                gone = [] if error.point is None else _incomes(way, error.point, countries, at)
            raise ConvergenceError(error.summary, [*(gone or before), *error.faults]) from error
        trails.append(trail)
        none = "No equilibrium was found with these deficits."
        raise_if(ConvergenceError, none, _incomes(way, x, countries, at))
        if step < steps:
            before = _incomes(way, x, countries, f"{at}, nothing after it", least=np.inf)[:1]
    return _state(way, x), np.concatenate(trails)


def _part(world: World, share: float) -> World:
    """Go a share of the way: powers and trade costs in equal ratios, deficits in equal parts."""
    return replace(
        world,
        new_power=world.old_power * (world.new_power / world.old_power) ** share,
        trade_cost_hat=world.trade_cost_hat**share,
        deficit_left_share=1 - share * (1 - world.deficit_left_share),
    )


def _step(world: World, x: Array, newton: Array | None = None) -> Array:
    """Go once round: shares, budgets, labour, and what wages have to be to sell it."""
    log_wage, log_labour, log_price, _ = _parts(world, x)
    new_price, worth, paid = _trade(world, x)
    made, profit, received = _sales(world, worth, paid)
    earned = (world.value_added_shares * made).sum(axis=0)
    # Without inputs new prices are those of these wages.
    index_of = log_price if world.input_shares.any() else new_price
    index = (world.final_shares * index_of).sum(axis=0)
    labour = world.labour_hat(log_wage, index, received, earned)
    wages = np.exp(log_wage) * labour * world.value_added
    demand = world.final_shares * (wages + profit + received + world.deficit_left)
    demand = demand + bought_inputs(world.input_shares, made)
    spending = np.log(np.maximum(demand / world.expenditure, _FLOOR))
    log_new = log_wage + np.log(np.maximum(earned / wages, _FLOOR)) / world.pace
    world_value = (np.exp(log_new - log_wage) * wages + profit).sum(axis=0)
    log_new = log_new - np.log(np.maximum(world_value / world.value_added.sum(), _FLOOR))
    # Where labour has no effect on costs it is no unknown.
    log_labour = np.log(labour) if world.scale_elasticity else 0 * log_labour
    new = np.concatenate([log_new, log_labour, *new_price, *spending])
    return new if newton is None else x + newton @ (new - x)


def _state(world: World, x: Array) -> State:
    log_wage, _, log_price, _ = _parts(world, x)
    _, worth, paid = _trade(world, x)
    flows = (world.offers - world.duties) * worth[:, :, None] * paid[:, None]
    made, _, duties = _sales(world, worth, paid)
    earned = (world.value_added_shares * made).sum(axis=0)
    index = (world.final_shares * log_price).sum(axis=0)
    labour = world.labour_hat(log_wage, index, duties, earned)
    return State(np.exp(log_wage), labour, np.exp(log_price), flows)


def _incomes(
    world: World, x: Array, countries: pd.Index, at: str, least: float = _NO_INCOME
) -> list[Fault]:
    """Name countries with less income than this, lowest first, where it is least."""
    share = After.of(world, _state(world, x)).income / world.old_income
    share = np.where(np.isfinite(share), share, np.inf)
    share = share[:, int(np.argmin(share.min(axis=0)))]
    todo = "Its surplus may be more: give a deficit_left_share below 1."
    by_share = sorted(zip(share, countries, strict=True), key=lambda pair: pair[0])
    return [
        Fault(f"income of {name}", "more than none", f"{now:.1%} of before, {at}", todo)
        for now, name in by_share
        if -1 < now < least  # Far below nothing the search had left the numbers.
    ]


def _trade(world: World, x: Array) -> tuple[Array, Array, Array]:
    """Give new log prices, what sellers are worth by their costs, and what markets pay for it.

    Spending on a seller is its offer times both, so that `World.offers` are all that is added up.
    """
    log_wage, log_labour, log_price, log_spending = _parts(world, x)
    theta, variety = world.theta[:, None], world.log_variety(log_spending, log_wage)
    cost = theta * world.log_unit_cost(log_wage, log_labour, log_price)
    least = cost.min(axis=1)[:, None]
    worth = np.exp(least - cost)
    total = _by_buyer(world.offers, worth)
    paid = np.exp(log_spending) * world.expenditure / total
    return (least - np.log(total)) / theta + variety, worth, paid


def _sales(world: World, worth: Array, paid: Array) -> tuple[Array, Array, Array]:
    """Give what sectors x countries make, at cost; profit and duties by country."""
    served, profit = world.services_share, 0 * paid[0]
    made = worth * _by_seller(world.at_cost, (1 - served) * paid)
    if served.any():
        made = made + served * paid * _by_buyer(world.at_cost, worth)
    if world.pass_through < 1:
        margins = world.offers - world.duties - world.at_cost
        profit = (worth * _by_seller(margins, paid)).sum(axis=0)
    return made, profit, (paid * _by_buyer(world.duties, worth)).sum(axis=0)


# Sums over markets, and over suppliers.
_by_seller = partial(np.einsum, "sij...,sj...->si...")
_by_buyer = partial(np.einsum, "sij...,si...->sj...")


def _still(world: World, cases: int) -> Array:
    s, n, _ = world.expenditure.shape
    return np.zeros((2 * n + 2 * s * n, cases))


def _parts(world: World, x: Array) -> tuple[Array, Array, Array, Array]:
    s, n, _ = world.expenditure.shape
    prices, spending = x[2 * n :].reshape(2, s, n, -1)
    return x[:n], x[n : 2 * n], prices, spending
