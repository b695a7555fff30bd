"""General equilibrium: Walras' law at any wages, and the closed gains over autarky."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.hat_many_sectors import solve_many_sectors
from research.tariffs.hat_one_sector import solve_one_sector

from .random_worlds import flows, inputs, rates, sector_flows

# Residuals of the equilibrium are below 1e-8.
SAME = 1e-8
# Sums over a dozen of markets, each of the size of a country's value added.
ROUNDING = 1e-12
COUNTRIES = 4


def world(n_sectors, *, balanced=False):
    """One sector without inputs, or several that buy from each other; theta by sector."""
    if n_sectors == 1:
        trade = flows(COUNTRIES, 7, balanced=balanced)
        return trade, None, pd.Series({"s": 4.0})
    trade = sector_flows(n_sectors, COUNTRIES, 7, balanced=balanced)
    theta = pd.Series(np.linspace(3, 9, n_sectors), [f"s{k}" for k in range(n_sectors)])
    return trade, inputs(trade, 8), theta


def solve(trade, shares, theta, old, new, **more):
    more |= {"old_rate_share": old, "new_rate_share": new}
    if shares is None:
        return solve_one_sector(trade, theta=theta.iloc[0], **more)
    return solve_many_sectors(trade, input_shares=shares, theta=theta, **more)


def cubes(theta, *frames):
    """Give frames as sector x exporter x importer."""
    return [f.to_numpy(float).reshape(len(theta), COUNTRIES, COUNTRIES) for f in frames]


def input_cube(shares, theta):
    """Give inputs over output as country x input x using sector."""
    n = len(theta)
    return np.zeros((COUNTRIES, n, n)) if shares is None else shares.to_numpy().reshape(-1, n, n)


def excess_labour(case, wage):
    """Give what sellers pay for labour less what it costs at ``wage``, all goods markets cleared.

    Prices follow from wages by iteration, spending from prices as one linear system.
    """
    trade, shares, theta, old, new = case
    x, t0, t1 = cubes(theta, trade, old, new)
    g, power = input_cube(shares, theta), theta.to_numpy()[:, None]
    v = 1 - g.sum(axis=1).T
    spent0, made0 = (x * (1 + t0)).sum(axis=1), x.sum(axis=2)
    final0 = spent0 - np.einsum("nks,sn->kn", g, made0)
    alpha, deficit = final0 / final0.sum(axis=0), x.sum(axis=(0, 1)) - made0.sum(axis=0)
    log_price = np.zeros(spent0.shape)
    for _ in range(300):
        log_cost = v * np.log(wage) + np.einsum("nks,kn->sn", g, log_price)
        change = np.exp(log_cost)[:, :, None] * (1 + t1) / (1 + t0)
        offers = x * (1 + t0) / spent0[:, None, :] * change ** -power[:, :, None]
        log_price = -np.log(offers.sum(axis=1)) / power
    bought = offers / offers.sum(axis=1, keepdims=True) / (1 + t1)

    def made(spending):
        return (bought * spending[:, None, :]).sum(axis=2)

    def asked(spending):
        duties = (bought * t1 * spending[:, None, :]).sum(axis=(0, 1))
        income = wage * (v * made0).sum(axis=0) + duties + deficit
        return alpha * income + np.einsum("nks,sn->kn", g, made(spending))

    none = np.zeros(spent0.shape)
    units = np.eye(none.size).reshape(-1, *none.shape)
    slope = np.array([(asked(unit) - asked(none)).ravel() for unit in units]).T
    spending = np.linalg.solve(np.eye(none.size) - slope, asked(none).ravel())
    return (v * made(spending.reshape(none.shape))).sum(axis=0) - wage * (v * made0).sum(axis=0)


@pytest.mark.parametrize("n_sectors", [1, 3])
def test_walras_law(n_sectors):
    """Excess demands add up to zero at any wages, and are zero each at the solution alone."""
    trade, shares, theta = world(n_sectors)
    case = trade, shares, theta, rates(trade, 9, 0.1), rates(trade, 10, 0.5)
    size = trade.to_numpy().sum()
    for seed in range(5):
        wage = np.random.default_rng(seed).uniform(0.5, 2, COUNTRIES)
        excess = excess_labour(case, wage)
        assert abs(excess.sum()) < ROUNDING * size
        assert np.abs(excess).max() > 1e-3 * size
    solved = solve(*case).countries["wage_hat"].to_numpy()
    assert np.abs(excess_labour(case, solved)).max() < SAME * size


@pytest.mark.parametrize("n_sectors", [1, 3])
@pytest.mark.parametrize("top_rate_share", [0.0, 0.4])
def test_autarky_has_the_loss_of_arkolakis_costinot_and_rodriguez_clare(n_sectors, top_rate_share):
    """Welfare falls to prod_s (P_s / w)^(-alpha_s) times value added over final spending.

    With log P - log w = -(I - G')^-1 log(home share) / theta; one sector without inputs falls to
    home share^(1/theta). The second factor, one without tariffs, is the revenue that is lost
    (Felbermayr, Jung and Larch 2015).
    """
    trade, shares, theta = world(n_sectors, balanced=True)
    rate = rates(trade, 12, top_rate_share)
    away = np.not_equal.outer(trade.index.get_level_values(-1), trade.columns)
    barrier = pd.DataFrame(np.where(away, 1e7, 1.0), trade.index, trade.columns)
    table = solve(trade, shares, theta, rate, rate, trade_cost_hat=barrier).countries
    x, t = cubes(theta, trade, rate)
    g = input_cube(shares, theta)
    for n, name in enumerate(trade.columns):
        spent, made = (x * (1 + t))[:, :, n].sum(axis=1), x[:, n].sum(axis=1)
        prices = -np.log(x[:, n, n] / spent) / theta.to_numpy()
        prices = np.linalg.solve(np.eye(len(theta)) - g[n].T, prices)
        final = spent - g[n] @ made
        value_added = made.sum() - (g[n] @ made).sum()
        kept = value_added / final.sum()
        welfare = np.exp(-(final / final.sum()) @ prices) * kept
        assert table.at[name, "welfare_hat"] == pytest.approx(welfare, rel=SAME)
        assert (kept < 0.99) == (top_rate_share > 0)
        if n_sectors == 1:
            home = x[0, n, n] / spent[0]
            assert welfare == pytest.approx(home ** (1 / theta.iloc[0]) * kept)
