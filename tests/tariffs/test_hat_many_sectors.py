"""Many sectors: identities, the closed formula with inputs, one sector, scipy, world table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from research.data import load_table
from research.errors import InputError
from research.tariffs.hat_many_sectors import (
    accounts_of_world_io,
    ready_many_sectors,
    solve_many_sectors,
)
from research.tariffs.hat_one_sector import solve_one_sector

from .random_worlds import flows, inputs, rates, sector_flows

# Residuals of the equilibrium are below 1e-8.
SAME = 1e-8


def solve(trade, shares, theta, old, new, **more):
    return solve_many_sectors(
        trade, input_shares=shares, theta=theta, old_rate_share=old, new_rate_share=new, **more
    )


@pytest.fixture
def world():
    trade = sector_flows(3, 4, 7)
    theta = pd.Series([3.0, 5.0, 9.0], ["s0", "s1", "s2"])
    return trade, inputs(trade, 8), theta, rates(trade, 9, 0.1), rates(trade, 10)


def test_no_change_changes_nothing(world):
    trade, shares, theta, old, _ = world
    result = solve(trade, shares, theta, old, old)
    np.testing.assert_allclose(result.countries.filter(like="_hat"), 1, atol=SAME)
    np.testing.assert_allclose(result.price_hat, 1, atol=SAME)
    pd.testing.assert_frame_equal(result.flows_musd, trade, check_names=False, rtol=SAME)


def test_one_sector_without_inputs_is_the_model_with_one_sector():
    trade = flows(5, 11)
    old, new = rates(trade, 12), rates(trade, 13)
    one = solve_one_sector(trade, theta=4.0, old_rate_share=old, new_rate_share=new)
    trade, old, new = (pd.concat({"s": frame}) for frame in (trade, old, new))
    none = pd.DataFrame(0.0, pd.MultiIndex.from_product([trade.columns, ["s"]]), ["s"])
    many = solve(trade, none, pd.Series({"s": 4.0}), old, new)
    pd.testing.assert_frame_equal(
        one.countries, many.countries, check_names=False, rtol=SAME, atol=SAME
    )


def test_gains_follow_home_shares_through_the_inputs():
    # Without tariffs and deficits: log P - log w = (I - G')^-1 log(home share hat) / theta.
    trade = sector_flows(3, 4, 21, balanced=True)
    shares, theta = inputs(trade, 22), pd.Series([3.0, 5.0, 9.0], ["s0", "s1", "s2"])
    none = trade * 0
    cost = 1 + rates(trade, 23)
    result = solve(trade, shares, theta, none, none, trade_cost_hat=cost)
    for n, name in enumerate(trade.columns):
        g = shares.loc[name].to_numpy()
        old, new = (x.to_numpy().reshape(3, 4, 4)[:, :, n] for x in (trade, result.flows_musd))
        home = np.log(new[:, n] / new.sum(axis=1)) - np.log(old[:, n] / old.sum(axis=1))
        prices = np.linalg.solve(np.eye(3) - g.T, home / theta.to_numpy())
        output = trade.loc[(slice(None), name), :].sum(axis=1).to_numpy()
        final = old.sum(axis=1) - g @ output
        welfare = np.exp(-(final / final.sum()) @ prices)
        assert result.countries.loc[name, "welfare_hat"] == pytest.approx(welfare, rel=SAME)


def largest_gap(case, result, k, k_deficit):
    """Hold every condition against nominal results times ``k``, written out a country at a time."""
    trade, shares, theta, old, new = case
    s, n = len(theta), trade.shape[1]
    x, t0, t1 = (f.to_numpy().reshape(s, n, n) for f in (trade, old, new))
    flow, price = k * result.flows_musd.to_numpy().reshape(s, n, n), k * result.price_hat.to_numpy()
    wage = k * result.countries["wage_hat"].to_numpy()
    gaps = []
    for c, name in enumerate(trade.columns):
        g = shares.loc[name].to_numpy()
        v, made, sold = 1 - g.sum(axis=0), x[:, c].sum(axis=1), flow[:, c].sum(axis=1)
        gaps.append(v @ sold / (wage[c] * (v @ made)) - 1)
        spent0, spent = (
            (f[:, :, c] * (1 + t[:, :, c])).sum(axis=1) for f, t in ((x, t0), (flow, t1))
        )
        final = spent0 - g @ made
        deficit = k_deficit * (x[:, :, c].sum() - made.sum())
        income = wage[c] * (v @ made) + (flow * t1)[:, :, c].sum() + deficit
        gaps += list((final / final.sum() * income + g @ sold) / spent - 1)
        for i, seller in enumerate(trade.columns):
            inputs_of = shares.loc[seller].to_numpy()
            cost = wage[i] ** (1 - inputs_of.sum(axis=0)) * np.prod(
                price[:, [i]] ** inputs_of, axis=0
            )
            ratio = cost * (1 + t1[:, i, c]) / (1 + t0[:, i, c]) / price[:, c]
            share = x[:, i, c] * (1 + t0[:, i, c]) / spent0 * ratio ** -theta.to_numpy()
            gaps += list(flow[:, i, c] * (1 + t1[:, i, c]) / spent - share)
    return np.abs(gaps).max()


@pytest.mark.parametrize("n_sectors", [1, 3])
def test_conditions_are_homogeneous_in_prices(n_sectors):
    """Any numeraire will do: all nominal results times k, deficits too, are an equilibrium."""
    trade = sector_flows(n_sectors, 4, 7)
    names = trade.index.get_level_values(0).unique()
    theta = pd.Series(np.linspace(3, 9, n_sectors), names)
    shares = inputs(trade, 8) * (n_sectors > 1)
    case = trade, shares, theta, rates(trade, 9, 0.1), rates(trade, 10)
    result = solve(*case)
    for k in (1.0, 0.2, 7.3):
        assert largest_gap(case, result, k, k) < SAME
    assert largest_gap(case, result, 7.3, 1.0) > 0.01


def test_two_countries_and_two_sectors_by_scipy():
    trade = sector_flows(2, 2, 31)
    shares, theta = inputs(trade, 32), pd.Series({"s0": 3.0, "s1": 6.0})
    old, new = rates(trade, 33, 0.1), rates(trade, 34, 0.5)
    result = solve(trade, shares, theta, old, new)
    x, t0, t1 = (f.to_numpy().reshape(2, 2, 2) for f in (trade, old, new))
    g = {n: shares.loc[c].to_numpy() for n, c in enumerate(trade.columns)}
    spent0, output0 = (x * (1 + t0)).sum(axis=1), x.sum(axis=2)
    added = np.array([((1 - g[n].sum(axis=0)) * output0[:, n]).sum() for n in (0, 1)])
    final = np.array([spent0[:, n] - g[n] @ output0[:, n] for n in (0, 1)]).T
    deficit = x.sum(axis=(0, 1)) - output0.sum(axis=0)

    def gaps(v):
        w = np.array([v[0], (added.sum() - v[0] * added[0]) / added[1]])
        price, spent = np.exp(v[1:5].reshape(2, 2)), v[5:].reshape(2, 2)
        flow, index = np.zeros((2, 2, 2)), np.zeros((2, 2))
        for s in (0, 1):
            for n in (0, 1):
                offers = [
                    x[s, i, n]
                    * (1 + t0[s, i, n])
                    / spent0[s, n]
                    * (
                        w[i] ** (1 - g[i][:, s].sum())
                        * np.prod(price[:, i] ** g[i][:, s])
                        * (1 + t1[s, i, n])
                        / (1 + t0[s, i, n])
                    )
                    ** -theta.iloc[s]
                    for i in (0, 1)
                ]
                index[s, n] = sum(offers)
                flow[s, :, n] = np.array(offers) / sum(offers) * spent[s, n] / (1 + t1[s, :, n])
        output = flow.sum(axis=2)
        income = w * added + (t1 * flow).sum(axis=(0, 1)) + deficit
        demand = np.array([final[:, n] / final[:, n].sum() * income[n] for n in (0, 1)]).T
        demand += np.array([g[n] @ output[:, n] for n in (0, 1)]).T
        labour = ((1 - g[0].sum(axis=0)) * output[:, 0]).sum() - w[0] * added[0]
        indices = index - price ** -theta.to_numpy()[:, None]
        return np.r_[labour, indices.ravel(), (demand - spent).ravel()]

    root = optimize.root(gaps, np.r_[1, np.zeros(4), spent0.ravel()], tol=1e-13)
    assert np.abs(gaps(root.x)).max() < 1e-9
    assert result.countries["wage_hat"].iloc[0] == pytest.approx(root.x[0], rel=SAME)
    np.testing.assert_allclose(result.price_hat, np.exp(root.x[1:5].reshape(2, 2)), rtol=SAME)
    assert abs(root.x[0] - 1) > 1e-3


def test_the_first_order_is_the_derivative(world):
    trade, shares, theta, old, new = world
    step = 1e-4
    up, down = (
        solve(trade, shares, theta, old, old + sign * step * (new > 0)).countries
        for sign in (1, -1)
    )
    exact = (up["equivalent_variation_musd"] - down["equivalent_variation_musd"]) / (2 * step)
    first = (up["first_order_musd"] - down["first_order_musd"]) / (2 * step)
    np.testing.assert_allclose(exact, first, atol=1e-3)
    assert (exact.abs() > 0.01).all()


def test_units_and_order_do_not_matter(world):
    trade, shares, theta, old, new = world
    result = solve(trade, shares, theta, old, new)
    again = solve(
        1e3 * trade.iloc[::-1, ::-1], shares.iloc[::-1], theta.iloc[::-1], old.iloc[::-1], new
    )
    hats = ["wage_hat", "price_hat", "welfare_hat"]
    pd.testing.assert_frame_equal(
        result.countries[hats],
        again.countries[hats].loc[trade.columns],
        check_names=False,
        rtol=SAME,
    )


def test_what_a_country_buys_and_earns_adds_up(world):
    trade, shares, theta, old, new = world
    result = solve(trade, shares, theta, old, new)
    table, after = result.countries, result.flows_musd
    output = after.sum(axis=1).unstack("exporter")
    for name in trade.columns:
        added = (1 - shares.loc[name].sum()) @ output[name]
        income = added + (after * new)[name].sum() + after[name].sum() - output[name].sum()
        assert income == pytest.approx(
            table.at[name, "income_hat"] * table.at[name, "old_income_musd"]
        )
    assert table["deficit_musd"].sum() == pytest.approx(0, abs=1e-9)
    assert (result.residuals <= SAME).all()


def test_the_world_table_loses_only_what_is_listed():
    table = load_table("tariffs/world_io_2011_musd")
    accounts = accounts_of_world_io(table)
    cells = table.drop(columns="output")
    lost = accounts.set_to_zero["musd"].sum()
    assert accounts.flows_musd.sum(axis=None) - cells.sum(axis=None) == pytest.approx(-lost)
    assert set(accounts.set_to_zero["seller"]) == {"JPN_MIN", "KOR_MIN", "TWN_MIN"}
    trade = accounts.flows_musd
    steel = cells.loc["JPN_MET", [c for c in cells if "USA" in c]].sum()
    assert trade.loc[("MET", "JPN"), "USA"] == steel
    bought = cells.loc[[r for r in cells.index if r.endswith("_MET")], "JPN_TRQ"].sum()
    made = cells.loc["JPN_TRQ"].sum()
    assert accounts.input_shares.loc[("JPN", "MET"), "TRQ"] == pytest.approx(bought / made)
    with pytest.raises(InputError, match="USA_AGR"):
        accounts_of_world_io(table.drop(columns="USA_AGR"))


def test_a_tariff_on_japan_hurts_japan_and_the_table_is_solved():
    accounts = accounts_of_world_io(load_table("tariffs/world_io_2011_musd"))
    trade = accounts.flows_musd
    theta = pd.Series(4.0, trade.index.get_level_values(0).unique())
    new = trade * 0
    new.loc[(slice(None), "JPN"), "USA"] = 0.15
    result = solve(trade, accounts.input_shares, theta, trade * 0, new)
    assert result.countries["welfare_hat"].idxmin() == "JPN"
    summary = result.summary()
    assert summary.loc["USA", "revenue_change_musd"] == pytest.approx(
        0.15 * result.flows_musd.loc[(slice(None), "JPN"), "USA"].sum()
    )
    # First order overstates the gain of the country that taxes.
    assert summary.loc["USA", "first_order_pct"] > summary.loc["USA", "welfare_change_pct"]


def test_all_faults_are_told_at_once(world):
    trade, shares, theta, old, new = world
    shares, new = shares.copy(), new.copy()
    shares.loc[("c0", "s1"), "s2"] = 1.5
    new.loc[("s0", "c1"), "c2"] = 25
    with pytest.raises(InputError) as caught:
        solve(trade, shares, theta.replace(5.0, -5.0).drop("s2"), old, new)
    text = str(caught.value)
    for part in (
        "leave value added",
        "theta: asked for figures above 0; found s1: -5",
        "a figure for s2",
        "Write 15 % as 0.15",
    ):
        assert part in text


def test_a_world_made_ready_once_is_solved_for_many_elasticities(world):
    trade, shares, theta, old, new = world
    more = {"labour_supply_elasticity": 0.5, "revenue_use": "income_tax", "firm_pass_through": 0.7}
    ready = ready_many_sectors(
        trade, input_shares=shares, old_rate_share=old, new_rate_share=new, **more
    )
    for one in (theta, theta[::-1] * 2, theta):
        alone = solve(trade, shares, one, old, new, **more)
        pd.testing.assert_frame_equal(ready.solve(one).countries, alone.countries)
    with pytest.raises(InputError, match=r"theta: .*s1: -1"):
        ready.solve(theta - 6)


def test_a_world_that_is_made_ready_is_checked(world):
    trade, shares, _, old, new = world
    with pytest.raises(InputError) as caught:
        ready_many_sectors(
            trade,
            input_shares=shares * 10,
            old_rate_share=old,
            new_rate_share=new * 100,
            deficit_left_share=2.0,
        )
    for part in ("leave value added", "Write 15 % as 0.15", "deficit_left_share"):
        assert part in str(caught.value)


def test_inputs_beyond_what_is_bought_are_refused(world):
    trade, shares, theta, old, new = world
    trade = trade.copy()
    trade.loc["s0"] = 1e-3 * trade.loc["s0"].to_numpy()
    with pytest.raises(InputError, match="final spending: asked for zero or more"):
        solve(trade, shares, theta, old, new)
    trade.loc["s0"] = 0.0
    with pytest.raises(InputError, match="purchases of every sector"):
        solve(trade, shares, theta, old, new)
