"""General equilibrium of tariffs with one sector: exact changes from observed trade."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import frame_faults
from research.tariffs.hat_checks import (
    HIGHEST_RATE_SHARE,
    flow_faults,
    rates_faults,
    theta_faults,
)
from research.tariffs.hat_options import (
    Options,
    PassThrough,
    RevenueUse,
    option_faults,
    pass_through_faults,
)
from research.tariffs.hat_result import HatResult, hat_result
from research.tariffs.hat_world import State, World, labour_hat, revenue
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
    labour_supply_elasticity: float = 0.0,
    revenue_use: RevenueUse = "lump_sum",
    firm_pass_through: PassThrough = 1.0,
    deficit_left_share: float = 1.0,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
) -> HatResult:
    r"""Solve the new equilibrium of N countries that each make one good from labour.

    .. math::

        \hat P_n^{-\theta} &= \sum_i \pi_{in}
            (\hat w_i \hat d_{in} \hat\tau_{in}^{\phi_{in}})^{-\theta}, \qquad
        \hat w_i \hat L_i Y_i = \sum_n \hat\tau_{in}^{1 - \phi_{in}} X'_{in}, \\
        X'_{in} &= \pi'_{in} E'_n / \tau'_{in}, \qquad
        E'_n = \sum_m X'_{nm} + R'_n + \delta D_n, \qquad
        \hat L_n = (\hat w_n \hat\kappa_n / \hat P_n)^\psi

    with :math:`\tau` one plus the rate, :math:`\pi` shares of spending, X flows before the
    tariff, R revenue, and D the trade deficit, fixed in units of world value added.
    :math:`\kappa` is one where households receive the revenue as they are, and one plus
    revenue over wages where it lowers the tax on wages.

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
    labour_supply_elasticity
        :math:`\psi` of labour to the after-tax real wage; zero fixes labour.
    revenue_use
        ``lump_sum``: households receive revenue as they are; ``income_tax``: it lowers a
        proportional tax on wages, before as after.
    firm_pass_through
        :math:`\phi`, one or by pair: the price before the tariff moves by
        :math:`\hat\tau^{\phi - 1}` at given cost, out of the profits of the exporting country,
        which are zero before.
    deficit_left_share
        :math:`\delta`, share of each deficit that stays; zero balances trade.
    highest_rate_share
        A rate above this is taken for a mistyped per cent and refused.

    Raises
    ------
    InputError
        With every fault: labels, negative flows, countries that sell or buy nothing, rates that
        are no shares, ``theta`` of zero or less, options outside their range.
    ConvergenceError
        If the equilibrium is not found.

    References
    ----------
    Dekle, Eaton and Kortum 2008, IMF Staff Papers 55, 511-540; Costinot and Rodriguez-Clare 2014,
    Handbook of International Economics 4, 197-261. The options are derived in docs/methods.md.
    """
    options = Options(
        trade_cost_hat=trade_cost_hat,
        labour_supply_elasticity=labour_supply_elasticity,
        revenue_use=revenue_use,
        firm_pass_through=firm_pass_through,
        deficit_left_share=deficit_left_share,
    )
    faults = one_sector_faults(
        flows_musd,
        theta=theta,
        old_rate_share=old_rate_share,
        new_rate_share=new_rate_share,
        highest_rate_share=highest_rate_share,
        **options,
    )
    raise_if(InputError, "The equilibrium with one sector cannot be solved.", faults)
    return solve_checked(
        flows_musd,
        theta=theta,
        old_rate_share=old_rate_share,
        new_rate_share=new_rate_share,
        **options,
    )


def one_sector_faults(
    flows_musd: pd.DataFrame,
    *,
    theta: float,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    highest_rate_share: float,
    **options: Unpack[Options],
) -> list[Fault]:
    """List every reason why `solve_one_sector` would refuse this."""
    through = options.get("firm_pass_through", 1.0)
    # Rates are held against the labels of the flows, once these are good.
    faults = _flow_faults(flows_musd) or [
        *rates_faults(old_rate_share, new_rate_share, flows_musd, highest_rate_share),
        *trade_cost_faults(options.get("trade_cost_hat"), flows_musd),
        *pass_through_faults(through, flows_musd),
    ]
    others = option_faults(
        options.get("labour_supply_elasticity", 0.0),
        options.get("revenue_use", "lump_sum"),
        through,
        options.get("deficit_left_share", 1.0),
    )
    return [*faults, *theta_faults(theta), *others]


def solve_checked(
    flows_musd: pd.DataFrame,
    *,
    theta: float,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    **options: Unpack[Options],
) -> HatResult:
    """Solve as `solve_one_sector` does, what has no `one_sector_faults`: for many rates in turn."""
    flows = flows_musd.reindex(columns=flows_musd.index).astype(float)
    by_pair = (
        old_rate_share,
        new_rate_share,
        options.get("trade_cost_hat"),
        options.get("firm_pass_through", 1.0),
    )
    old, new, cost, through = (like(values, flows)[None] for values in by_pair)
    n = len(flows)
    world = World(
        flows=flows.to_numpy()[None],
        old_power=1 + old,
        new_power=1 + new,
        trade_cost_hat=cost,
        value_added_shares=np.ones((1, n)),
        input_shares=np.zeros((n, 1, 1)),
        theta=np.array([float(theta)]),
        pass_through=through,
        labour_supply_elasticity=float(options.get("labour_supply_elasticity", 0.0)),
        revenue_on_wages=options.get("revenue_use") == "income_tax",
        deficit_left_share=float(options.get("deficit_left_share", 1.0)),
    )
    state, trail = _solve(world)
    return hat_result(world, state, flows, pd.Index(["all goods"], name="sector"), trail)


def like(values: pd.DataFrame | float | None, flows: pd.DataFrame) -> Array:
    """Put a frame into the order of the flows; a number everywhere, ``None`` is one."""
    if not isinstance(values, pd.DataFrame):
        return np.full(flows.shape, 1.0 if values is None else float(values))
    return np.asarray(values.reindex(index=flows.index, columns=flows.columns), dtype=float)


def trade_cost_faults(values: pd.DataFrame | None, flows_musd: pd.DataFrame) -> list[Fault]:
    """List why changes of trade costs are not ratios above zero."""
    if values is None:
        return []
    return frame_faults(values, "trade_cost_hat", *flows_musd.axes, above=0)


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
    """Solve for log wages, and log sales over what old labour would earn at these wages."""
    value_added, theta, psi = world.value_added, world.theta, world.labour_supply_elasticity
    world_value_added, n = value_added.sum(), len(value_added)
    cost_share = np.exp(-world.log_margin[0])
    spending, deficit = world.flows[0] * world.old_power[0], world.new_deficit
    shares, log_wedge = spending / spending.sum(axis=0), world.log_wedge[0]
    # Labour and profits move sales apart from wages; without them wages are all there is to find.
    start = np.zeros(n if psi == 0 and (cost_share == 1).all() else 2 * n)

    def made(x: Array) -> tuple[Array, Array, Array, Array]:
        sales = np.exp(x.reshape(-1, n).sum(axis=0)) * value_added
        income = np.maximum(sales + deficit, _FLOOR * value_added)
        log_price, flows = _flows(world, shares, log_wedge + x[:n, None], income)
        paid = (flows * cost_share).sum(axis=1)
        duties = revenue(world.new_power, flows[None])
        return log_price, flows, paid, labour_hat(world, x[:n], log_price, duties, paid)

    def step(x: Array) -> Array:
        log_wage, (_, flows, paid, labour) = x[:n], made(x)
        wages = np.exp(log_wage) * labour * value_added
        log_new = log_wage + np.log(np.maximum(paid / wages, _FLOOR)) / (1 + theta + psi)
        log_ratio = np.log(labour * flows.sum(axis=1) / paid)
        total = (np.exp(log_new + log_ratio) * value_added).sum()
        return np.concatenate([log_new - np.log(total / world_value_added), log_ratio])[: len(x)]

    found = solve_fixed_point(step, start, tolerance=TOLERANCE, most_iterations=MOST_ITERATIONS)
    log_price, flows, _, labour = made(found.point)
    wage_hat, price_hat = np.exp(found.point[:n]), np.exp(log_price)
    return State(wage_hat, labour, price_hat[None], flows[None]), found.trail


def _flows(world: World, shares: Array, log_cost: Array, income: Array) -> tuple[Array, Array]:
    """Give log price changes and flows before the tariff; income is that without revenue."""
    theta, power = float(world.theta[0]), world.new_power[0]
    offers = -theta * log_cost
    # The log of the best offer is taken out, so that none overflows.
    best = np.where(shares > 0, offers, -np.inf).max(axis=0)
    weights = shares * np.exp(np.minimum(offers - best, 0))
    total = weights.sum(axis=0)
    before_tariff = weights / total / power
    # Revenue is spent again: spending is income over the part that is no tariff.
    flows = before_tariff * income / before_tariff.sum(axis=0)
    return np.asarray(-(best + np.log(total)) / theta), flows
