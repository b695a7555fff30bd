"""General equilibrium of tariffs with many sectors and input-output links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd

from research.errors import InputError, raise_if
from research.labels import label_faults, series_faults
from research.tariffs.hat_checks import HIGHEST_RATE_SHARE
from research.tariffs.hat_many_checks import many_sectors_faults, sectors_of, world_faults
from research.tariffs.hat_one_sector import like
from research.tariffs.hat_options import Options, PassThrough, RevenueUse
from research.tariffs.hat_result import HatResult, hat_result
from research.tariffs.hat_world import (
    State,
    World,
    bought_inputs,
    labour_hat,
    log_unit_cost,
    revenue,
)
from research.tariffs.solver import Array, solve_fixed_point

#: Largest step of a log wage, price or spending at the solution.
TOLERANCE = 1e-11

MOST_ITERATIONS = 5000

# Spending and labour demand on the way to the solution stay above this share of before.
_FLOOR = 1e-6

_SUMMARY = "The equilibrium with many sectors cannot be solved."


@dataclass(frozen=True, eq=False, slots=True)
class Accounts:
    """Trade and input shares of a world input-output table.

    Attributes
    ----------
    flows_musd
        (sector, exporter) x importer, all uses, USD million.
    input_shares
        (country, input) x using sector: inputs of any origin over output.
    set_to_zero
        Negative cells of the table that were set to zero: ``seller``, ``buyer``, ``musd``.
    """

    flows_musd: pd.DataFrame
    input_shares: pd.DataFrame
    set_to_zero: pd.DataFrame


@dataclass(frozen=True, eq=False, slots=True)
class ManySectors:
    """A checked world before and after a change, to be solved for elasticities.

    Attributes
    ----------
    world
        As arrays, without elasticities.
    flows_musd
        (sector, exporter) x importer, in the order of the arrays.
    sectors
        In the order of the arrays.
    """

    world: World
    flows_musd: pd.DataFrame
    sectors: pd.Index

    def solve(self, theta: pd.Series) -> HatResult:
        """Solve for elasticities by sector, as `solve_many_sectors`.

        Raises
        ------
        InputError
            If ``theta`` is not a share elasticity above zero for each sector.
        ConvergenceError
            If the equilibrium is not found.
        """
        raise_if(InputError, _SUMMARY, series_faults(theta, "theta", self.sectors, above=0))
        world = replace(self.world, theta=theta.reindex(self.sectors).to_numpy(float))
        state, trail = _solve(world)
        return hat_result(world, state, self.flows_musd, self.sectors, trail)


def accounts_of_world_io(table: pd.DataFrame) -> Accounts:
    """Read flows and input shares off a table as ``tariffs/world_io_2011_musd`` gives it.

    Output is the sum of a row. Negative cells (stocks that were run down) are set to zero and
    listed.

    Raises
    ------
    InputError
        If columns do not match rows.
    """
    rows = table.index
    final = [name for name in table.columns if str(name).startswith("FD_")]
    whole = pd.Index([*rows, *final, "output"])
    raise_if(
        InputError,
        "The world table cannot be read.",
        label_faults(table.columns, "columns", whole),
    )
    figures = table[[*rows, *final]].astype(float)
    kept = figures.clip(lower=0)
    long = figures.rename_axis("seller").melt(
        var_name="buyer", value_name="musd", ignore_index=False
    )
    negative = long[long["musd"] < 0].reset_index()
    of = pd.MultiIndex.from_tuples([name.rsplit("_", 1) for name in rows])
    buyers = [*of.get_level_values(0), *(name.removeprefix("FD_") for name in final)]
    sellers = pd.MultiIndex.from_arrays(
        [of.get_level_values(1), of.get_level_values(0)], names=["sector", "exporter"]
    )
    countries = pd.Index(of.get_level_values(0).unique(), name="importer")
    flows = (
        kept.T.groupby(buyers).sum().T.set_axis(sellers)[countries].rename_axis(columns="importer")
    )
    inputs = kept[rows].groupby(sellers.get_level_values(0)).sum() / kept.sum(axis=1)
    inputs = inputs.rename_axis("input").set_axis(of.set_names(["country", "sector"]), axis=1)
    shares = pd.concat({name: inputs[name] for name in countries}, names=["country"])
    return Accounts(flows, shares, negative)


def solve_many_sectors(
    flows_musd: pd.DataFrame,
    *,
    input_shares: pd.DataFrame,
    theta: pd.Series,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    trade_cost_hat: pd.DataFrame | None = None,
    labour_supply_elasticity: float = 0.0,
    revenue_use: RevenueUse = "lump_sum",
    firm_pass_through: PassThrough = 1.0,
    deficit_left_share: float = 1.0,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
) -> HatResult:
    r"""Solve the new equilibrium of N countries and S sectors that buy from each other.

    .. math::

        \hat c_{sn} &= \hat w_n^{v_{sn}} \prod_k \hat P_{kn}^{\gamma_{nks}}, \qquad
        \hat P_{sn}^{-\theta_s} = \sum_i \pi_{sin}
            (\hat c_{si} \hat d_{sin} \hat\tau_{sin})^{-\theta_s} \\
        E'_{sn} &= \alpha_{sn} (\hat w_n V_n + R'_n + D_n) + \sum_k \gamma_{nsk} Y'_{kn}, \qquad
        Y'_{si} = \sum_n \pi'_{sin} E'_{sn} / \tau'_{sin}

    with value added V and its share v, :math:`\hat w_n V_n = \sum_s v_{sn} Y'_{sn}`, and trade
    deficits D fixed in units of world value added. The options enter as in `solve_one_sector`:
    unit cost, in place of the wage, is what margins stand on.

    Parameters
    ----------
    flows_musd
        (sector, exporter) x importer with domestic sales, USD million before the tariff.
    input_shares
        (country, input sector) x using sector: cost of the input, tariff paid, over output.
    theta
        By sector: elasticity of spending shares to buyers' prices, as in `solve_one_sector`.
    old_rate_share, new_rate_share, trade_cost_hat, highest_rate_share
        As in `solve_one_sector`, labelled as the flows.
    labour_supply_elasticity, revenue_use, firm_pass_through, deficit_left_share
        As in `solve_one_sector`; a frame of pass-through is labelled as the flows.

    Raises
    ------
    InputError
        With every fault: those of `solve_one_sector`, input shares that leave no value added, and
        inputs that exceed what a country buys.
    ConvergenceError
        If the equilibrium is not found.

    References
    ----------
    Caliendo and Parro 2015, Review of Economic Studies 82, 1-44.
    """
    options = Options(
        trade_cost_hat=trade_cost_hat,
        labour_supply_elasticity=labour_supply_elasticity,
        revenue_use=revenue_use,
        firm_pass_through=firm_pass_through,
        deficit_left_share=deficit_left_share,
    )
    faults = many_sectors_faults(
        flows_musd,
        input_shares=input_shares,
        theta=theta,
        old_rate_share=old_rate_share,
        new_rate_share=new_rate_share,
        highest_rate_share=highest_rate_share,
        **options,
    )
    raise_if(InputError, _SUMMARY, faults)
    rates = old_rate_share, new_rate_share
    return _many_sectors(flows_musd, input_shares, rates, options).solve(theta)


def ready_many_sectors(
    flows_musd: pd.DataFrame,
    *,
    input_shares: pd.DataFrame,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
    **options: Unpack[Options],
) -> ManySectors:
    """Check what `solve_many_sectors` takes but the elasticities, to solve for many of them.

    Raises
    ------
    InputError
        As `solve_many_sectors`.
    """
    faults = many_sectors_faults(
        flows_musd,
        input_shares=input_shares,
        theta=None,
        old_rate_share=old_rate_share,
        new_rate_share=new_rate_share,
        highest_rate_share=highest_rate_share,
        **options,
    )
    raise_if(InputError, _SUMMARY, faults)
    return _many_sectors(flows_musd, input_shares, (old_rate_share, new_rate_share), options)


def _many_sectors(
    flows_musd: pd.DataFrame,
    input_shares: pd.DataFrame,
    rates: tuple[pd.DataFrame, pd.DataFrame],
    options: Options,
) -> ManySectors:
    sectors, countries = sectors_of(flows_musd), flows_musd.columns
    order = pd.MultiIndex.from_product([sectors, countries], names=["sector", "exporter"])
    flows = flows_musd.reindex(order).astype(float)
    world = _world(flows, input_shares, rates, options)
    raise_if(InputError, _SUMMARY, world_faults(world, sectors, countries))
    return ManySectors(world, flows, sectors)


def _world(
    flows: pd.DataFrame,
    input_shares: pd.DataFrame,
    rates: tuple[pd.DataFrame, pd.DataFrame],
    options: Options,
) -> World:
    """Put checked frames into arrays, in the order of the flows; elasticities are still to come."""
    sectors, countries = sectors_of(flows), flows.columns
    shape = (len(sectors), len(countries), len(countries))
    by_pair = *rates, options.get("trade_cost_hat"), options.get("firm_pass_through", 1.0)
    old, new, cost, through = (like(values, flows).reshape(shape) for values in by_pair)
    buying = pd.MultiIndex.from_product([countries, sectors])
    shares = input_shares.reindex(index=buying, columns=sectors).to_numpy(float)
    shares = shares.reshape(len(countries), len(sectors), len(sectors))
    return World(
        flows=flows.to_numpy().reshape(shape),
        old_power=1 + old,
        new_power=1 + new,
        trade_cost_hat=cost,
        value_added_shares=1 - shares.sum(axis=1).T,
        input_shares=shares,
        theta=np.full(len(sectors), np.nan),
        pass_through=through,
        labour_supply_elasticity=float(options.get("labour_supply_elasticity", 0.0)),
        revenue_on_wages=options.get("revenue_use") == "income_tax",
        deficit_left_share=float(options.get("deficit_left_share", 1.0)),
    )


def _solve(world: World) -> tuple[State, tuple[float, ...]]:
    """Solve for log wages, prices and spending at once."""
    n_sectors, n = world.expenditure.shape
    expenditure, value_added, deficit = world.expenditure, world.value_added, world.new_deficit
    final_shares, world_value_added = world.final_shares, value_added.sum()
    labour_shares = world.value_added_shares * world.output / value_added
    pace = 1 + (labour_shares * world.theta[:, None]).sum(axis=0) + world.labour_supply_elasticity
    log_offers, revenue_shares = _log_offers(world), 1 - 1 / world.new_power
    cost_share = np.exp(-world.log_margin)

    def labour(log_wage: Array, log_price: Array, duties: Array, wages: Array) -> Array:
        return labour_hat(world, log_wage, (final_shares * log_price).sum(axis=0), duties, wages)

    def step(x: Array) -> Array:
        log_wage, log_price, log_spending = _parts(x, n_sectors, n)
        shares, new_price = _shares(world, log_offers, log_wage, log_price)
        paid = shares * (np.exp(log_spending) * expenditure)[:, None, :]
        duties = paid * revenue_shares
        sold, received = paid - duties, duties.sum(axis=(0, 1))
        cost = (sold * cost_share).sum(axis=2)
        profit = (sold.sum(axis=2) - cost).sum(axis=0)
        earned = (world.value_added_shares * cost).sum(axis=0)
        wages = np.exp(log_wage) * labour(log_wage, log_price, received, earned) * value_added
        demand = final_shares * (wages + profit + received + deficit)
        demand = demand + bought_inputs(world.input_shares, cost)
        spending = np.log(np.maximum(demand / expenditure, _FLOOR))
        log_new = log_wage + np.log(np.maximum(earned / wages, _FLOOR)) / pace
        made = (np.exp(log_new - log_wage) * wages + profit).sum() / world_value_added
        log_new = log_new - np.log(np.maximum(made, _FLOOR))
        return np.concatenate([log_new, new_price.ravel(), spending.ravel()])

    start = np.zeros(n + 2 * n_sectors * n)
    found = solve_fixed_point(step, start, tolerance=TOLERANCE, most_iterations=MOST_ITERATIONS)
    log_wage, log_price, log_spending = _parts(found.point, n_sectors, n)
    shares = _shares(world, log_offers, log_wage, log_price)[0]
    flows = shares * (np.exp(log_spending) * expenditure)[:, None, :] / world.new_power
    earned = (world.value_added_shares * (flows * cost_share).sum(axis=2)).sum(axis=0)
    worked = labour(log_wage, log_price, revenue(world.new_power, flows), earned)
    return State(np.exp(log_wage), worked, np.exp(log_price), flows), found.trail


def _parts(x: Array, n_sectors: int, n: int) -> tuple[Array, Array, Array]:
    prices, spending = x[n:].reshape(2, n_sectors, n)
    return x[:n], prices, spending


def _log_offers(world: World) -> Array:
    """Give the log of share times change of trade cost and tariff to the power of -theta."""
    shares = world.flows * world.old_power / world.expenditure[:, None, :]
    # A flow of zero stays zero: its log is minus infinity.
    log_shares = np.log(shares, out=np.full(shares.shape, -np.inf), where=shares > 0)
    return np.asarray(log_shares - world.theta[:, None, None] * world.log_wedge)


def _shares(
    world: World, log_offers: Array, log_wage: Array, log_price: Array
) -> tuple[Array, Array]:
    """Give new shares of spending, and the log prices that they lead to."""
    theta = world.theta[:, None]
    offers = log_offers - (theta * log_unit_cost(world, log_wage, log_price))[:, :, None]
    best = offers.max(axis=1)
    weights = np.exp(offers - best[:, None, :])
    total = weights.sum(axis=1)
    return weights / total[:, None, :], -(best + np.log(total)) / theta
