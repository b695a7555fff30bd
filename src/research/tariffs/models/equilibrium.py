"""General equilibrium of tariffs: exact changes from observed trade, any number of sectors.

One sector without inputs is the model of Dekle, Eaton and Kortum; many sectors that buy from each
other are that of Caliendo and Parro.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from research.errors import InputError, raise_if
from research.labels import frame_faults
from research.tariffs.models import door
from research.tariffs.models.door import HIGHEST_RATE_SHARE, Elasticity, RevenueUse
from research.tariffs.models.result import Equilibrium, labelled, welfare_pct
from research.tariffs.models.solver import Array, solve_fixed_points
from research.tariffs.models.world import State, World, bought_inputs, revenue

#: Largest step of a log wage, price or spending at the solution, of one sector and of many.
TOLERANCES = 1e-13, 1e-11

MOST_ITERATIONS = 5000

# Spending and labour demand on the way to the solution stay above this share of before.
_FLOOR = 1e-6

# Cases solved together: their arrays stay in the processor's cache.
_TOGETHER = 64

_SUMMARY = "The equilibrium cannot be solved."


@dataclass(frozen=True, eq=False, slots=True)
class Economy:
    """A checked world to be solved in turn; flows and ``sectors`` in the order of ``world``."""

    world: World
    flows_musd: pd.DataFrame
    sectors: pd.Index

    def solve(self, theta: Elasticity | None = None) -> Equilibrium:
        """Solve with these elasticities, or with those of `prepare`."""
        world = self.world
        if theta is not None:
            faults = door.theta_faults(theta, door.sectors_of(self.flows_musd))
            raise_if(InputError, _SUMMARY, faults)
            world = replace(world, theta=door.per_label(theta, self.sectors)[:, None])
        state, trail = _solve(world)
        return labelled(world, state, self.flows_musd, self.sectors, trail)

    def at(self, new_rate_share: Array) -> Equilibrium:
        """Solve with other new rates, exporter x importer in the order of the flows."""
        return replace(
            self, world=replace(self.world, new_power=self._power(new_rate_share))
        ).solve()

    def welfare_pct(self, thetas: pd.DataFrame) -> pd.DataFrame:
        """Give `Equilibrium.welfare_pct` for many elasticities, cases x sectors, at once."""
        named = thetas.set_axis([str(case) for case in thetas.index])
        faults = frame_faults(named, "thetas", None, self.sectors, above=0)
        raise_if(InputError, _SUMMARY, faults)
        rows = thetas[self.sectors].to_numpy(float).T
        parts = (replace(self.world, theta=part) for part in _split(rows))
        return self._together(parts).set_axis(thetas.index)

    def welfare_pct_at(self, new_rates_share: Sequence[Array]) -> pd.DataFrame:
        """Give `Equilibrium.welfare_pct` for many new rates, a row each, at once."""
        rows = np.concatenate([self._power(one) for one in new_rates_share], axis=-1)
        return self._together(replace(self.world, new_power=part) for part in _split(rows))

    def _together(self, worlds: Iterable[World]) -> pd.DataFrame:
        found = [welfare_pct(world, _solve(world)[0]) for world in worlds]
        return pd.DataFrame(np.concatenate(found, axis=-1).T, columns=self.flows_musd.columns)

    def _power(self, rate_share: Array) -> Array:
        return np.asarray(1 + rate_share.reshape(self.world.flows.shape))


def solve_equilibrium(flows_musd: pd.DataFrame, *, theta: Elasticity, **more: Any) -> Equilibrium:
    """Solve for the equilibrium after a change: `prepare` with its parameters, then `solve`."""
    return prepare(flows_musd, theta=theta, **more).solve()


def prepare(
    flows_musd: pd.DataFrame,
    *,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    theta: Elasticity | None = None,
    input_shares: pd.DataFrame | None = None,
    trade_cost_hat: pd.DataFrame | None = None,
    labour_supply_elasticity: float = 0.0,
    revenue_use: RevenueUse = "lump_sum",
    firm_pass_through: float | pd.DataFrame = 1.0,
    deficit_left_share: float = 1.0,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
) -> Economy:
    r"""Check a world of N countries and S sectors, to be solved once or many times.

    Equations, symbols and options stand in docs/methods/tariffs.md, general equilibrium (Dekle,
    Eaton and Kortum 2008, IMF Staff Papers 55, 511-540; Costinot and Rodriguez-Clare 2014, Handbook
    of International Economics 4, 197-261; Caliendo and Parro 2015, Review of Economic Studies 82).

    Parameters
    ----------
    flows_musd
        Exporter x importer, or (sector, exporter) x importer, with domestic sales; USD million
        before the tariff. All other frames are labelled so, but for ``input_shares``.
    old_rate_share, new_rate_share
        Shares (0.15 is 15 %), zero on own goods; above ``highest_rate_share`` they are refused.
    theta
        Elasticity of spending shares to buyers' prices (Armington sigma minus one, or the Frechet
        shape of Eaton and Kortum): a number, with sectors a Series; ``None``: given to `solve`.
    input_shares
        (country, input sector) x using sector: cost of the input, tariff paid, over output.
    trade_cost_hat
        Ratios of iceberg trade costs, new to old; ``None`` leaves them.
    labour_supply_elasticity
        :math:`\psi` of labour to the after-tax real wage; zero fixes labour.
    revenue_use
        ``lump_sum``, or ``income_tax``: it lowers a proportional tax on wages, before as after.
    firm_pass_through
        :math:`\phi`, one or by flow: the price before the tariff moves by
        :math:`\hat\tau^{\phi - 1}` at given cost, out of the profits of the exporting country.
    deficit_left_share
        :math:`\delta`, share of each deficit that stays; zero balances trade.

    Every fault of what is given is named in one `InputError`.
    """
    frames = {
        "old_rate_share": old_rate_share,
        "new_rate_share": new_rate_share,
        "trade_cost_hat": trade_cost_hat,
        "input_shares": input_shares,
        "theta": theta,
    }
    numbers = {
        "labour_supply_elasticity": labour_supply_elasticity,
        "revenue_use": revenue_use,
        "firm_pass_through": firm_pass_through,
        "deficit_left_share": deficit_left_share,
        "highest_rate_share": highest_rate_share,
    }
    raise_if(InputError, _SUMMARY, door.equilibrium_faults(flows_musd, frames, numbers))
    sectors = door.sectors_of(flows_musd)
    if sectors is None:
        flows = flows_musd.reindex(columns=flows_musd.index).astype(float)
        sectors, countries = pd.Index(["all goods"], name="sector"), flows.columns
    else:
        countries = flows_musd.columns
        order = pd.MultiIndex.from_product([sectors, countries], names=["sector", "exporter"])
        flows = flows_musd.reindex(order).astype(float)
    s, n = len(sectors), len(countries)
    shares = np.zeros((n, s, s))
    if input_shares is not None:
        buying = pd.MultiIndex.from_product([countries, sectors])
        shares = input_shares.reindex(index=buying, columns=sectors).to_numpy(float)
        shares = shares.reshape(n, s, s)
    old, new, cost, through = (
        _like(values, flows).reshape(s, n, n, 1)
        for values in (old_rate_share, new_rate_share, trade_cost_hat, firm_pass_through)
    )
    world = World(
        flows=flows.to_numpy().reshape(s, n, n, 1),
        old_power=1 + old,
        new_power=1 + new,
        trade_cost_hat=cost,
        pass_through=through,
        value_added_shares=(1 - shares.sum(axis=1).T)[:, :, None],
        input_shares=shares,
        theta=door.per_label(np.nan if theta is None else theta, sectors)[:, None],
        labour_supply_elasticity=float(labour_supply_elasticity),
        revenue_on_wages=revenue_use == "income_tax",
        deficit_left_share=float(deficit_left_share),
    )
    raise_if(InputError, _SUMMARY, door.world_faults(world, sectors, countries))
    return Economy(world, flows, sectors)


def _split(rows: Array) -> list[Array]:
    return np.split(rows, range(_TOGETHER, rows.shape[-1], _TOGETHER), axis=-1)


def _like(values: pd.DataFrame | float | None, flows: pd.DataFrame) -> Array:
    """Put a frame into the order of the flows; a number everywhere, ``None`` is one."""
    if not isinstance(values, pd.DataFrame):
        return np.full(flows.shape, 1.0 if values is None else float(values))
    return np.asarray(values.reindex(index=flows.index, columns=flows.columns), dtype=float)


def _solve(world: World) -> tuple[State, Array]:
    """Solve for log wages, prices and spending at once, for all cases of the world."""
    n_sectors, n, _ = world.expenditure.shape
    expenditure, value_added, deficit = world.expenditure, world.value_added, world.new_deficit
    final_shares, world_value_added = world.final_shares, value_added.sum()
    labour_shares = world.value_added_shares * world.output / value_added
    pace = 1 + (labour_shares * world.theta[:, None]).sum(axis=0) + world.labour_supply_elasticity
    revenue_shares, old_shares = 1 - 1 / world.new_power, world.old_shares
    # A flow of zero stays zero: its log is minus infinity.
    nothing = np.full(old_shares.shape, -np.inf)
    log_offers = np.log(old_shares, out=nothing, where=old_shares > 0)
    log_offers = log_offers - world.theta[:, None, None] * world.log_wedge
    cost_share, with_inputs = np.exp(-world.log_margin), bool(world.input_shares.any())

    def step(x: Array) -> Array:
        log_wage, log_price, log_spending = _parts(x, n_sectors, n)
        shares, new_price = _shares(world, log_offers, log_wage, log_price)
        paid = shares * (np.exp(log_spending) * expenditure)[:, None]
        duties = paid * revenue_shares
        sold, received = paid - duties, duties.sum(axis=(0, 1))
        cost = (sold * cost_share).sum(axis=2)
        profit = (sold.sum(axis=2) - cost).sum(axis=0)
        earned = (world.value_added_shares * cost).sum(axis=0)
        # Without inputs new prices are those of these wages.
        index = (final_shares * (log_price if with_inputs else new_price)).sum(axis=0)
        labour = world.labour_hat(log_wage, index, received, earned)
        wages = np.exp(log_wage) * labour * value_added
        demand = final_shares * (wages + profit + received + deficit)
        demand = demand + bought_inputs(world.input_shares, cost)
        spending = np.log(np.maximum(demand / expenditure, _FLOOR))
        log_new = log_wage + np.log(np.maximum(earned / wages, _FLOOR)) / pace
        made = (np.exp(log_new - log_wage) * wages + profit).sum(axis=0) / world_value_added
        log_new = log_new - np.log(np.maximum(made, _FLOOR))
        return np.concatenate([log_new, *new_price, *spending])

    start = np.zeros((n + 2 * n_sectors * n, log_offers.shape[-1]))
    tolerance = TOLERANCES[n_sectors > 1]
    found = solve_fixed_points(step, start, tolerance=tolerance, most_iterations=MOST_ITERATIONS)
    log_wage, log_price, log_spending = _parts(found.points, n_sectors, n)
    shares = _shares(world, log_offers, log_wage, log_price)[0]
    flows = shares * (np.exp(log_spending) * expenditure)[:, None] / world.new_power
    earned = (world.value_added_shares * (flows * cost_share).sum(axis=2)).sum(axis=0)
    index, duties = (final_shares * log_price).sum(axis=0), revenue(world.new_power, flows)
    worked = world.labour_hat(log_wage, index, duties, earned)
    return State(np.exp(log_wage), worked, np.exp(log_price), flows), found.trail


def _parts(x: Array, n_sectors: int, n: int) -> tuple[Array, Array, Array]:
    prices, spending = x[n:].reshape(2, n_sectors, n, -1)
    return x[:n], prices, spending


def _shares(
    world: World, log_offers: Array, log_wage: Array, log_price: Array
) -> tuple[Array, Array]:
    """Give new shares of spending, and the log prices that they lead to."""
    theta = world.theta[:, None]
    offers = log_offers - (theta * world.log_unit_cost(log_wage, log_price))[:, :, None]
    best = offers.max(axis=1)
    weights = np.exp(offers - best[:, None])
    total = weights.sum(axis=1)
    return weights / total[:, None], -(best + np.log(total)) / theta
