"""General equilibrium of tariffs with one sector: exact changes from observed trade."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.hat_checks import (
    HIGHEST_RATE_SHARE,
    cell_faults,
    flow_faults,
    like_flows_faults,
    rates_faults,
    theta_faults,
)
from research.tariffs.hat_result import HatResult, State, World, hat_result
from research.tariffs.solver import Array, solve_fixed_point

#: Largest step of a log wage at the solution.
TOLERANCE = 1e-12

MOST_ITERATIONS = 2000

# Income and sales of a country on the way to the solution stay above this share of value added.
_FLOOR = 1e-3


def solve_one_sector(
    flows_musd: pd.DataFrame,
    *,
    theta: float,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    trade_cost_hat: pd.DataFrame | None = None,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
) -> HatResult:
    r"""Solve the new equilibrium of N countries that each make one good from labour.

    .. math::

        \hat P_n^{-\theta} = \sum_i \pi_{in} (\hat w_i \hat d_{in} \hat\tau_{in})^{-\theta},
        \quad
        \hat w_i Y_i = \sum_n \frac{\pi'_{in}}{\tau'_{in}} E'_n, \quad
        E'_n = \hat w_n Y_n + R'_n + D_n

    with :math:`\tau` one plus the rate, :math:`\pi` shares of spending, R revenue, which
    households receive, and D the trade deficit, fixed in units of world value added.

    Parameters
    ----------
    flows_musd
        Exporter x importer with domestic sales on the diagonal, USD million before the tariff.
    theta
        Elasticity of spending shares to buyers' prices: Armington sigma minus one, or the Frechet
        shape of Eaton and Kortum; flows before the tariff answer with 1 + theta.
    old_rate_share, new_rate_share
        Tariff rates as shares (0.15 is 15 %), labelled as the flows, zero on the diagonal.
    trade_cost_hat
        Ratios of iceberg trade costs, new to old; ``None`` leaves them.
    highest_rate_share
        A rate above this is taken for a mistyped per cent and refused.

    Raises
    ------
    InputError
        With every fault: labels, negative flows, countries that sell or buy nothing, rates that
        are no shares, ``theta`` of zero or less.
    ConvergenceError
        If the equilibrium is not found.

    References
    ----------
    Dekle, Eaton and Kortum 2008, IMF Staff Papers 55, 511-540; Costinot and Rodriguez-Clare 2014,
    Handbook of International Economics 4, 197-261.
    """
    summary = "The equilibrium with one sector cannot be solved."
    raise_if(InputError, summary, [*_flow_faults(flows_musd), *theta_faults(theta)])
    raise_if(
        InputError,
        summary,
        [
            *rates_faults(old_rate_share, new_rate_share, flows_musd, highest_rate_share),
            *trade_cost_faults(trade_cost_hat, flows_musd),
        ],
    )
    flows = flows_musd.reindex(columns=flows_musd.index).astype(float)
    old, new, cost = (
        like(values, flows) for values in (old_rate_share, new_rate_share, trade_cost_hat)
    )
    n = len(flows)
    world = World(
        flows=flows.to_numpy()[None],
        old_power=1 + old[None],
        new_power=1 + new[None],
        trade_cost_hat=cost[None],
        value_added_shares=np.ones((1, n)),
        input_shares=np.zeros((n, 1, 1)),
        theta=np.array([float(theta)]),
    )
    raise_if(InputError, summary, income_faults(world, flows.columns))
    state, trail = _solve(world)
    return hat_result(world, state, flows, pd.Index(["all goods"], name="sector"), trail)


def like(values: pd.DataFrame | None, flows: pd.DataFrame) -> Array:
    """Put a frame into the order of the flows; ``None`` is one everywhere."""
    if values is None:
        return np.ones(flows.shape)
    return np.asarray(values.reindex(index=flows.index, columns=flows.columns), dtype=float)


def trade_cost_faults(values: pd.DataFrame | None, flows_musd: pd.DataFrame) -> list[Fault]:
    """List why changes of trade costs are not ratios above zero."""
    where = "trade_cost_hat"
    faults = [] if values is None else like_flows_faults(values, flows_musd, where)
    if faults or values is None:
        return faults
    return cell_faults(values, values <= 0, where, "ratios above zero")


def income_faults(world: World, countries: pd.Index) -> list[Fault]:
    """List countries whose final spending is not above zero."""
    return [
        Fault(f"flows_musd, {name}", "final spending above zero", f"{income:g}")
        for name, income in zip(countries, world.old_income, strict=True)
        if income <= 0
    ]


def _flow_faults(flows_musd: pd.DataFrame) -> list[Fault]:
    faults = flow_faults(flows_musd)
    if faults:
        return faults
    if isinstance(flows_musd.index, pd.MultiIndex):
        return [Fault("flows_musd, rows", "exporters", "several levels", "Add up the sectors.")]
    sold, bought = flows_musd.sum(axis=1), flows_musd.sum(axis=0)
    return [
        Fault(f"flows_musd, {name}", f"a country that {what}", "zero", "Leave it out.")
        for what, totals in (("sells", sold), ("buys", bought))
        for name in totals.index[totals <= 0]
    ]


def _solve(world: World) -> tuple[State, tuple[float, ...]]:
    """Solve for log wages; prices and spending follow from them in closed form."""
    value_added, theta = world.value_added, float(world.theta[0])
    world_value_added = value_added.sum()

    def step(log_wage: Array) -> Array:
        wages = np.exp(log_wage) * value_added
        sold = _flows(world, log_wage)[1].sum(axis=1)
        log_new = log_wage + np.log(np.maximum(sold / wages, _FLOOR)) / (1 + theta)
        total = (np.exp(log_new) * value_added).sum()
        return np.asarray(log_new - np.log(total / world_value_added))

    found = solve_fixed_point(
        step, np.zeros(len(value_added)), tolerance=TOLERANCE, most_iterations=MOST_ITERATIONS
    )
    price_hat, flows = _flows(world, found.point)
    return State(np.exp(found.point), price_hat[None], flows[None]), found.trail


def _flows(world: World, log_wage: Array) -> tuple[Array, Array]:
    """Give price changes and flows before the tariff at given wages."""
    power, theta = world.new_power[0], float(world.theta[0])
    spending = world.flows[0] * world.old_power[0]
    change = world.trade_cost_hat[0] * power / world.old_power[0]
    shares = spending / spending.sum(axis=0)
    # The log of the best offer is taken out, so that none overflows.
    offers = -theta * (np.log(change) + log_wage[:, None])
    best = np.where(shares > 0, offers, -np.inf).max(axis=0)
    weights = shares * np.exp(np.minimum(offers - best, 0))
    total = weights.sum(axis=0)
    shares = weights / total
    before_tariff = shares / power
    income = np.exp(log_wage) * world.value_added + world.deficit
    income = np.maximum(income, _FLOOR * world.value_added)
    # Revenue is spent again: spending is income over the part that is no tariff.
    flows = before_tariff * income / before_tariff.sum(axis=0)
    return np.exp(-(best + np.log(total)) / theta), flows
