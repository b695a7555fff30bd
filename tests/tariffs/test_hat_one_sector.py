"""One sector: identities, closed formulas, and the same equilibrium found by scipy in levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from research.errors import InputError
from research.tariffs.hat_one_sector import solve_one_sector

from .random_worlds import flows, rates

# Residuals of the equilibrium are below 1e-8.
SAME = 1e-8
THETA = 4.0


def solve(trade, old, new, theta=THETA, **more):
    return solve_one_sector(trade, theta=theta, old_rate_share=old, new_rate_share=new, **more)


@pytest.fixture
def world():
    trade = flows(5, 1)
    return trade, rates(trade, 2), rates(trade, 3)


def test_no_change_changes_nothing(world):
    trade, old, _ = world
    result = solve(trade, old, old)
    hats = result.countries[["wage_hat", "price_hat", "income_hat", "welfare_hat"]]
    np.testing.assert_allclose(hats, 1, atol=SAME)
    pd.testing.assert_frame_equal(result.flows_musd, trade, check_names=False, rtol=SAME)


def levels_by_scipy(trade, old, new, theta):
    """Solve wages and incomes of two countries as a CES economy in levels, hats nowhere."""
    x, t0, t1 = trade.to_numpy(), old.to_numpy(), new.to_numpy()
    taste = x * (1 + t0)  # At old wages of one, tastes are spending times power to the theta.
    taste = taste / taste.sum(axis=0) * (1 + t0) ** theta
    labour, deficit = x.sum(axis=1), x.sum(axis=0) - x.sum(axis=1)

    def offers(w):
        return taste * (w[:, None] * (1 + t1)) ** -theta

    def gaps(v):
        w, spent = np.array([v[0], (labour.sum() - v[0] * labour[0]) / labour[1]]), v[1:]
        paid = offers(w) / offers(w).sum(axis=0) * spent
        duties = (paid * t1 / (1 + t1)).sum(axis=0)
        sold = (paid / (1 + t1)).sum(axis=1)
        return np.r_[sold[0] - w[0] * labour[0], spent - w * labour - duties - deficit]

    root = optimize.root(gaps, np.r_[1, (x * (1 + t0)).sum(axis=0)], tol=1e-13)
    w = np.array([root.x[0], (labour.sum() - root.x[0] * labour[0]) / labour[1]])
    old_price = (taste * (1 + t0) ** -theta).sum(axis=0) ** (-1 / theta)
    return (
        w,
        root.x[1:] / (x * (1 + t0)).sum(axis=0),
        offers(w).sum(axis=0) ** (-1 / theta) / old_price,
    )


def test_two_countries_in_levels_by_scipy():
    names = ["home", "abroad"]
    trade = pd.DataFrame([[60.0, 12.0], [20.0, 150.0]], names, names)
    old = pd.DataFrame([[0, 0.1], [0.025, 0]], names, names)
    new = pd.DataFrame([[0, 0.3], [0.25, 0]], names, names)
    result = solve(trade, old, new).countries
    wage, income, price = levels_by_scipy(trade, old, new, THETA)
    np.testing.assert_allclose(result["wage_hat"], wage, rtol=SAME)
    np.testing.assert_allclose(result["income_hat"], income, rtol=SAME)
    np.testing.assert_allclose(result["welfare_hat"], income / price, rtol=SAME)


@pytest.mark.parametrize("size", [0.5, 0.001])
def test_the_best_tariff_of_one_country_is_one_over_theta_times_the_others_home_share(size):
    # Gros 1987; a small country leaves the others' home share at one.
    names = ["home", "abroad"]
    trade = pd.DataFrame([[6 * size, size], [size, 9.0]], names, names)
    none = trade * 0

    def at(rate):
        new = none.copy()
        new.loc["abroad", "home"] = rate
        return solve(trade, none, new)

    best = optimize.minimize_scalar(
        lambda rate: -at(rate).countries.loc["home", "welfare_hat"],
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-7},
    ).x
    sold = at(best).flows_musd["abroad"]
    # A flat top: welfare is known to 1e-10, the rate to its root.
    assert best == pytest.approx(1 / (THETA * sold["abroad"] / sold.sum()), abs=2e-4)
    if size < 0.01:
        assert best == pytest.approx(1 / THETA, abs=1e-3)


def test_the_first_order_is_the_derivative(world):
    trade, old, new = world
    step = 1e-4
    up, down = (solve(trade, old, old + sign * step * (new > 0)) for sign in (1, -1))
    exact = up.countries["equivalent_variation_musd"] - down.countries["equivalent_variation_musd"]
    first = up.countries["first_order_musd"] - down.countries["first_order_musd"]
    # What is left of central differences is of the third order in the step.
    np.testing.assert_allclose(exact / (2 * step), first / (2 * step), atol=1e-4)
    assert (exact.abs() / (2 * step) > 0.01).all()


@given(seed=st.integers(0, 10_000), scale=st.floats(1e-3, 1e6), theta=st.floats(1.5, 12))
@settings(max_examples=20, deadline=None)
def test_units_and_order_do_not_matter_and_accounts_add_up(seed, scale, theta):
    trade = flows(4, seed)
    old, new = rates(trade, seed + 1), rates(trade, seed + 2, top=0.8)
    result = solve(trade, old, new, theta)
    turned = trade.columns[::-1]
    again = solve((trade * scale).loc[turned, turned], old[turned], new.loc[turned], theta)
    hats = ["wage_hat", "price_hat", "welfare_hat"]
    pd.testing.assert_frame_equal(
        result.countries[hats], again.countries[hats].loc[trade.columns], check_names=False
    )
    after, table = result.flows_musd, result.countries
    made = table["wage_hat"] * trade.sum(axis=1)
    np.testing.assert_allclose(after.sum(axis=1), made, rtol=SAME)
    np.testing.assert_allclose(after.sum(axis=0) - made, table["deficit_musd"], atol=1e-6)
    np.testing.assert_allclose(made.sum(), trade.to_numpy().sum())
    np.testing.assert_allclose(table["new_revenue_musd"], (after * new).sum(), rtol=SAME)
    spent = after.sum(axis=0) + table["new_revenue_musd"]
    np.testing.assert_allclose(spent, table["income_hat"] * table["old_income_musd"], rtol=SAME)


def test_all_faults_are_told_at_once(world):
    trade, old, new = world
    new = new.copy()
    new.loc["c0", "c1"], new.loc["c2", "c2"], new.loc["c3", "c1"] = 15, 0.1, -0.2
    with pytest.raises(InputError) as caught:
        solve(trade, old.drop(columns="c4"), new)
    text = str(caught.value)
    for part in ("a figure for c4", "c0, c1: 15", "Write 15 % as 0.15", "c2, c2: 0.1", "-0.2"):
        assert part in text


def test_a_high_rate_that_is_marked_is_taken(world):
    trade, old, new = world
    new = new.copy()
    new.loc["c0", "c1"] = 2.5
    assert solve(trade, old, new, highest_rate_share=3.0).flows_musd.loc["c0", "c1"] < 0.05


@pytest.mark.parametrize("theta", [0, -4.0, np.nan, np.inf, "4", True, None, 10**400])
def test_theta_is_above_zero(world, theta):
    with pytest.raises(InputError, match="share elasticity above 0"):
        solve(*world, theta=theta)


@pytest.mark.parametrize("highest", ["2", 0, -1.0, np.nan, np.inf, True, None, 10**400])
def test_the_highest_rate_is_a_number_above_zero_and_told_with_the_rest(world, highest):
    with pytest.raises(InputError) as caught:
        solve(*world, theta=0, highest_rate_share=highest)
    found = [fault.where for fault in caught.value.faults]
    assert sorted(found) == ["highest_rate_share", "theta"]


def test_flows_are_checked(world):
    trade, old, new = world
    bad = trade.copy()
    bad.loc["c1", "c2"] = -3
    with pytest.raises(InputError, match="c1, c2: -3"):
        solve(bad, old, new)
    with pytest.raises(InputError, match="a known label"):
        solve(trade.rename(index={"c0": "x"}), old, new)
    with pytest.raises(InputError, match="labels of text; found 0, 1"):
        solve(pd.DataFrame(trade.to_numpy()), old, new)
    with pytest.raises(InputError, match="trade_cost_hat: asked for figures above 0"):
        solve(trade, old, new, trade_cost_hat=trade * 0)


@pytest.mark.parametrize(("seed", "theta"), [(2, 8.0), (5, 24.0), (46, 27.0)])
def test_large_tariffs_and_elasticities_are_solved_without_a_warning(seed, theta):
    trade = flows(2 + seed % 15, seed)
    result = solve(trade, rates(trade, seed, top=0.2), rates(trade, seed + 1, top=2.0), theta)
    assert (result.residuals <= SAME).all()
