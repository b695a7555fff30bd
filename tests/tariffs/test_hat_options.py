"""Elastic labour, revenue on wages, absorbed tariffs, balanced trade: closed forms, scipy, sums."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from research.errors import InputError
from research.tariffs.hat_many_sectors import solve_many_sectors
from research.tariffs.hat_one_sector import solve_one_sector

from .random_worlds import flows, inputs, rates, sector_flows

# Residuals of the equilibrium are below 1e-8.
SAME = 1e-8
THETA = 4.0
STANDARD = {
    "labour_supply_elasticity": 0.0,
    "revenue_use": "lump_sum",
    "firm_pass_through": 1.0,
    "deficit_left_share": 1.0,
}
ALL_ON = {
    "labour_supply_elasticity": 0.5,
    "revenue_use": "income_tax",
    "firm_pass_through": 0.6,
    "deficit_left_share": 0.25,
}
HATS = ["wage_hat", "labour_hat", "price_hat", "income_hat", "welfare_hat"]


def solve(trade, old, new, theta=THETA, **more):
    return solve_one_sector(trade, theta=theta, old_rate_share=old, new_rate_share=new, **more)


def solve_many(world, **more):
    trade, shares, theta, old, new = world
    return solve_many_sectors(
        trade, input_shares=shares, theta=theta, old_rate_share=old, new_rate_share=new, **more
    )


@pytest.fixture
def world():
    trade = flows(4, 1)
    return trade, rates(trade, 2), rates(trade, 3, top=0.6)


@pytest.fixture
def sectors():
    trade = sector_flows(3, 4, 7)
    theta = pd.Series([3.0, 5.0, 9.0], ["s0", "s1", "s2"])
    return trade, inputs(trade, 8), theta, rates(trade, 9, 0.1), rates(trade, 10)


@pytest.mark.parametrize("more", [STANDARD, {"firm_pass_through": None}])
def test_the_standard_case_is_what_comes_without_options(world, more):
    if more["firm_pass_through"] is None:
        more = {"firm_pass_through": world[0] * 0 + 1}
    pd.testing.assert_frame_equal(solve(*world).countries, solve(*world, **more).countries)


@pytest.mark.parametrize("name", [*STANDARD])
def test_each_option_near_its_standard_is_near_the_standard_case(world, name):
    close = {
        "labour_supply_elasticity": 1e-7,
        "revenue_use": "income_tax",
        "firm_pass_through": 1 - 1e-7,
        "deficit_left_share": 1 - 1e-7,
    }
    usual, near, far = (
        solve(*world, **more).countries[HATS]
        for more in ({}, {name: close[name]}, {"labour_supply_elasticity": 0.3, name: ALL_ON[name]})
    )
    np.testing.assert_allclose(usual, near, atol=1e-6)
    assert (usual - far).abs().max().max() > 1e-3


def test_revenue_lowers_the_tax_or_comes_as_it_is_all_the_same_when_labour_is_fixed(world, sectors):
    for call, case in ((lambda w, **m: solve(*w, **m), world), (solve_many, sectors)):
        more = {"firm_pass_through": 0.7, "deficit_left_share": 0.5}
        one, other = (
            call(case, revenue_use=use, **more).countries for use in ("lump_sum", "income_tax")
        )
        pd.testing.assert_frame_equal(one, other, rtol=SAME)


def test_no_change_changes_nothing(world, sectors):
    more = ALL_ON | {"deficit_left_share": 1.0}
    trade, old, _ = world
    one = solve(trade, old, old, **more)
    many = solve_many((*sectors[:3], sectors[3], sectors[3]), **more)
    for result, before in ((one, trade), (many, sectors[0])):
        np.testing.assert_allclose(result.countries[HATS], 1, atol=SAME)
        np.testing.assert_allclose(result.countries["profit_musd"], 0, atol=SAME)
        pd.testing.assert_frame_equal(result.flows_musd, before, check_names=False, rtol=SAME)


@pytest.mark.parametrize("psi", [0.5, 2.0])
def test_autarky_with_elastic_labour(psi):
    # The real wage falls to (home share)^(1/theta); consumption to that times labour.
    trade = flows(4, 5, balanced=True)
    none, barrier = trade * 0, np.full(trade.shape, 1e6)
    np.fill_diagonal(barrier, 1)
    cost = pd.DataFrame(barrier, *trade.axes)
    table = solve(trade, none, none, trade_cost_hat=cost, labour_supply_elasticity=psi).countries
    real_wage = (np.diag(trade) / trade.sum(axis=0)) ** (1 / THETA)
    np.testing.assert_allclose(table["labour_hat"], real_wage**psi, rtol=SAME)
    welfare = 1 + (real_wage ** (1 + psi) - 1) / (1 + psi)
    np.testing.assert_allclose(table["welfare_hat"], welfare, rtol=SAME)


def test_equal_countries_absorb_a_tariff_as_if_it_were_the_part_passed_through():
    names = ["home", "abroad"]
    trade = pd.DataFrame([[7.0, 3.0], [3.0, 7.0]], names, names)
    new = pd.DataFrame([[0, 0.4], [0.4, 0]], names, names)
    absorbed = solve(trade, trade * 0, new, firm_pass_through=0.3)
    power = 1.4**0.3
    passed = (0.7 + 0.3 * power**-THETA) ** (-1 / THETA)  # The price index over the wage.
    home = 0.7 * passed**THETA
    welfare = 1 / passed / (home + (1 - home) / power)
    np.testing.assert_allclose(absorbed.countries["welfare_hat"], welfare, rtol=SAME)
    smaller = solve(trade, trade * 0, new / 0.4 * (power - 1))
    np.testing.assert_allclose(smaller.countries["welfare_hat"], welfare, rtol=SAME)
    lost = absorbed.flows_musd.loc["home", "abroad"] * (1 - 1.4**0.7)
    np.testing.assert_allclose(absorbed.countries["profit_musd"], lost, rtol=SAME)


def test_what_exporters_absorb_is_the_importers_terms_of_trade():
    trade = flows(4, 3, balanced=True)
    new = trade * 0
    new.loc["c1", "c0"] = 0.01
    passed, absorbed = (
        solve(trade, trade * 0, new, firm_pass_through=phi).countries for phi in (1, 0.4)
    )
    assert absorbed.loc["c0", "welfare_hat"] > passed.loc["c0", "welfare_hat"] > 1
    # What c1 receives of c0 falls by 0.6 of the tariff; all else is what wages do.
    cut, wage = 0.6 * np.log(1.01) * trade.loc["c1", "c0"], np.log(absorbed["wage_hat"])
    gain = trade.sum(axis=1) * wage - trade.mul(wage, axis=0).sum(axis=0)
    gain += pd.Series({"c0": cut, "c1": -cut}).reindex(gain.index, fill_value=0)
    np.testing.assert_allclose(absorbed["terms_of_trade_musd"], gain, atol=1e-9)
    assert gain["c0"] > 0.5 * cut


def levels(trade, old, new, theta, options, margin=1.0):
    """Solve a CES economy in levels by scipy, the first wage as numeraire, hats nowhere.

    Before, all wages are one and prices are ``margin`` over wages.
    """
    x, t0, t1 = (1 + f.to_numpy() - (f is trade) for f in (trade, old, new))
    n, psi, phi = len(x), options["labour_supply_elasticity"], options["firm_pass_through"]
    on_wages = options["revenue_use"] == "income_tax"
    spent = (x * t0).sum(axis=0)
    taste = x * t0 / spent * t0**theta  # At old prices of t0 these give the old shares.
    labour, deficit = x.sum(axis=1) / margin, x.sum(axis=0) - x.sum(axis=1)
    cut = (t1 / t0) ** -(1 - phi)

    def income_of_labour(wage, duties, hours):
        return wage * hours + on_wages * duties

    def trades(wage, spending):
        buyer = wage[:, None] * cut * t1
        worth = taste * buyer**-theta
        flow = worth / worth.sum(axis=0) * spending / t1
        # Prices before are one in units of the old basket: the tastes add up to that.
        return flow, (worth.sum(axis=0) ** (-1 / theta))

    base_duties = (x * (t0 - 1)).sum(axis=0)
    base_rate = income_of_labour(np.ones(n), base_duties, labour) / labour

    def gaps(v):
        wage = np.r_[1.0, np.exp(v[: n - 1])]
        hours, spending = np.exp(v[n - 1 : 2 * n - 1]) * labour, np.exp(v[2 * n - 1 :]) * spent
        flow, price = trades(wage, spending)
        duties, sold = (flow * (t1 - 1)).sum(axis=0), flow.sum(axis=1)
        bill = (flow / cut).sum(axis=1) / margin
        worth = income_of_labour(wage, duties, hours) / hours / price / base_rate
        left = options["deficit_left_share"] * deficit * sold.sum() / x.sum()
        budget = sold + duties + left - spending
        work = np.log(hours / labour) - psi * np.log(worth)
        # World purchases are world sales: one budget follows from the others.
        return np.r_[bill / (wage * hours) - 1, (budget / spent)[1:], work]

    root = optimize.root(gaps, np.zeros(3 * n - 1), tol=1e-13)
    assert np.abs(root.fun).max() < 1e-10
    wage = np.r_[1.0, np.exp(root.x[: n - 1])]
    hours, spending = np.exp(root.x[n - 1 : 2 * n - 1]), np.exp(root.x[2 * n - 1 :]) * spent
    flow, price = trades(wage, spending)
    return SimpleNamespace(
        real_wage=wage / price,
        hours=hours,
        consumption=spending / price,
        relative_wage=wage,
        rate=base_rate,
        spent=spent,
        trade_share=flow / flow.sum(),
        labour=labour,
    )


def gift(found, n, psi):
    """Find by scipy the money at old prices that makes the old choice as good as the new one."""

    def disutility(hours):  # Its slope at old hours is the old after-tax wage.
        return (
            found.rate[n] * found.labour[n] ** (-1 / psi) * hours ** (1 + 1 / psi) / (1 + 1 / psi)
        )

    def best(money):
        other = found.spent[n] - found.rate[n] * found.labour[n] + money
        top = optimize.minimize_scalar(
            lambda log: (
                disutility(found.labour[n] * np.exp(log))
                - found.rate[n] * found.labour[n] * np.exp(log)
            ),
            bounds=(-1, 1),
            method="bounded",
            options={"xatol": 1e-9},
        )
        return other - top.fun

    reached = found.consumption[n] - disutility(found.labour[n] * found.hours[n])
    width = found.spent[n]
    return optimize.brentq(lambda money: best(money) - reached, -width, width, xtol=1e-12)


@pytest.mark.parametrize("use", ["lump_sum", "income_tax"])
@pytest.mark.parametrize("seed", [1, 4])
def test_all_options_in_levels_with_another_numeraire(use, seed):
    trade = flows(3, seed)
    old, new = rates(trade, seed + 1, top=0.2), rates(trade, seed + 2, top=0.8)
    through = rates(trade, seed + 3, top=0.6) + 0.4
    options = ALL_ON | {"revenue_use": use}
    found = levels(trade, old, new, THETA, options | {"firm_pass_through": through.to_numpy()})
    result = solve(trade, old, new, **(options | {"firm_pass_through": through}))
    table, after = result.countries, result.flows_musd.to_numpy()
    np.testing.assert_allclose(table["wage_hat"] / table["price_hat"], found.real_wage, rtol=SAME)
    np.testing.assert_allclose(table["labour_hat"], found.hours, rtol=SAME)
    real = table["income_hat"] * table["old_income_musd"] / table["price_hat"]
    np.testing.assert_allclose(real, found.consumption, rtol=SAME)
    np.testing.assert_allclose(after / after.sum(), found.trade_share, rtol=1e-7)
    gifts = [gift(found, n, options["labour_supply_elasticity"]) for n in range(3)]
    np.testing.assert_allclose(table["equivalent_variation_musd"], gifts, atol=1e-7)
    assert (np.abs(gifts) > 0.01).any()


def test_a_margin_common_to_all_destinations_changes_nothing_when_labour_is_fixed(world):
    options = STANDARD | {"firm_pass_through": 0.5, "deficit_left_share": 0.0}
    found = levels(*world, THETA, options, margin=1.3)
    table = solve(*world, **options).countries
    np.testing.assert_allclose(
        table["welfare_hat"], found.consumption / table["old_income_musd"], rtol=SAME
    )


@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(1e-3, 1e6),
    psi=st.floats(0, 3),
    use=st.sampled_from(["lump_sum", "income_tax"]),
    phi=st.floats(0.2, 1),
    left=st.floats(0, 1),
)
@settings(max_examples=25, deadline=None)
def test_units_and_order_do_not_matter_and_accounts_add_up(seed, scale, psi, use, phi, left):
    trade = flows(4, seed)
    old, new = rates(trade, seed + 1), rates(trade, seed + 2, top=0.8)
    options = dict(zip(STANDARD, (psi, use, phi, left), strict=True))
    result = solve(trade, old, new, **options)
    turned = trade.columns[::-1]
    again = solve((trade * scale).loc[turned, turned], old[turned], new.loc[turned], **options)
    pd.testing.assert_frame_equal(
        result.countries[HATS],
        again.countries[HATS].loc[trade.columns],
        check_names=False,
        rtol=SAME,
    )
    after, table = result.flows_musd, result.countries
    sold, wages = after.sum(axis=1), table["wage_hat"] * table["labour_hat"] * trade.sum(axis=1)
    absorbed = ((1 + new) / (1 + old)) ** (1 - phi)
    np.testing.assert_allclose(wages, (after * absorbed).sum(axis=1), rtol=SAME)
    np.testing.assert_allclose(table["profit_musd"], sold - wages, atol=1e-6)
    np.testing.assert_allclose(after.sum(axis=0) - sold, table["deficit_musd"], atol=1e-6)
    np.testing.assert_allclose(
        table["deficit_musd"], left * (trade.sum(axis=0) - trade.sum(axis=1)), atol=1e-9
    )
    assert sold.sum() == pytest.approx(trade.to_numpy().sum(), rel=SAME)
    spent = (after * (1 + new)).sum(axis=0)
    np.testing.assert_allclose(spent, table["income_hat"] * table["old_income_musd"], rtol=SAME)
    assert (result.residuals <= SAME).all()


@pytest.mark.parametrize("use", ["lump_sum", "income_tax"])
def test_the_first_order_is_the_derivative(world, sectors, use):
    more = ALL_ON | {"revenue_use": use, "deficit_left_share": 1.0}
    step = 1e-4
    trade, old, new = world
    many = solve_many, (*sectors[:4], sectors[4])
    one = (lambda w, **m: solve(*w, **m)), (trade, old, new)
    for call, case in (one, many):
        *rest, before, after = case
        up, down = (
            call((*rest, before, before + sign * step * (after > 0)), **more).countries
            for sign in (1, -1)
        )
        exact = (up - down)["equivalent_variation_musd"] / (2 * step)
        np.testing.assert_allclose(exact, (up - down)["first_order_musd"] / (2 * step), atol=1e-3)
        assert (exact.abs() > 0.01).all()
        worked = (up - down)["labour_musd"].abs() > 0
        assert worked.all() == (use == "income_tax")


def test_balanced_trade_is_reached_and_counted(world):
    trade, old, _ = world
    result = solve(trade, old, old, deficit_left_share=0.0)
    after = result.flows_musd
    np.testing.assert_allclose(after.sum(axis=0), after.sum(axis=1), rtol=SAME)
    gap = trade.sum(axis=0) - trade.sum(axis=1)
    np.testing.assert_allclose(result.countries["deficit_change_musd"], -gap)
    welfare = result.countries["welfare_hat"]
    assert welfare[gap.idxmax()] < 1 < welfare[gap.idxmin()]


def test_one_sector_without_inputs_is_the_model_with_one_sector(world):
    trade, old, new = world
    through = rates(trade, 20, top=0.5) + 0.5
    one = solve(trade, old, new, **(ALL_ON | {"firm_pass_through": through})).countries
    trade, old, new, through = (pd.concat({"s": f}) for f in (trade, old, new, through))
    none = pd.DataFrame(0.0, pd.MultiIndex.from_product([trade.columns, ["s"]]), ["s"])
    case = trade, none, pd.Series({"s": THETA}), old, new
    many = solve_many(case, **(ALL_ON | {"firm_pass_through": through})).countries
    pd.testing.assert_frame_equal(one, many, check_names=False, rtol=SAME, atol=SAME)


def test_many_sectors_add_up(sectors):
    trade, shares, _, old, new = sectors
    result = solve_many(sectors, **ALL_ON)
    table, after = result.countries, result.flows_musd
    cost = (after * ((1 + new) / (1 + old)) ** 0.4).sum(axis=1).unstack("exporter")
    sold = after.sum(axis=1).unstack("exporter")
    for name in trade.columns:
        bought = shares.loc[name].sum() @ cost[name]
        duties = (after * new)[name].sum()
        row = table.loc[name]
        made = (
            row["wage_hat"]
            * row["labour_hat"]
            * ((1 - shares.loc[name].sum()) @ trade.xs(name, level=1).sum(axis=1))
        )
        assert made == pytest.approx((cost[name] - shares.loc[name].sum() * cost[name]).sum())
        income = sold[name].sum() - bought + duties + row["deficit_musd"]
        assert income == pytest.approx(row["income_hat"] * row["old_income_musd"])
        real = row["wage_hat"] / row["price_hat"]
        old_duties = (trade * old)[name].sum() / (made / row["wage_hat"] / row["labour_hat"])
        worth = real * (1 + duties / made) / (1 + old_duties)
        assert row["labour_hat"] == pytest.approx(worth**0.5)


def test_all_faults_are_told_at_once(world, sectors):
    bad = {
        "labour_supply_elasticity": -1.0,
        "revenue_use": "schools",
        "firm_pass_through": 1.5,
        "deficit_left_share": np.nan,
    }
    trade, old, new = world
    for call in (
        lambda: solve(trade, old, new * 100, theta=0, **bad),
        lambda: solve_many((*sectors[:4], sectors[4] * 100), **bad),
    ):
        with pytest.raises(InputError) as caught:
            call()
        for part in (*bad, "lump_sum, income_tax", "1.5", "Write 15 % as 0.15"):
            assert part in str(caught.value)


@pytest.mark.parametrize("option", ["labour_supply_elasticity", "deficit_left_share"])
@pytest.mark.parametrize("bad", ["0.5", True, None, np.inf, 10**400, np.ones(2)])
def test_an_option_is_one_number(world, sectors, option, bad):
    for call in (
        lambda: solve(*world, **{option: bad}),
        lambda: solve_many(sectors, **{option: bad}),
    ):
        with pytest.raises(InputError, match=f"{option}: asked for a"):
            call()


def test_many_sectors_check_the_highest_rate_too(sectors):
    with pytest.raises(InputError, match="highest_rate_share: asked for a finite rate above 0"):
        solve_many(sectors, highest_rate_share="2")


@pytest.mark.parametrize("bad", [0, -0.2, True, "all", 10**400, np.ones(2)])
def test_pass_through_is_a_share_above_zero(world, bad):
    with pytest.raises(InputError, match="firm_pass_through"):
        solve(*world, firm_pass_through=bad)


def test_a_frame_of_pass_through_has_the_labels_of_the_flows(world):
    through = world[0] * 0 + 1
    through.loc["c0", "c1"] = 80
    with pytest.raises(InputError, match="c0, c1: 80"):
        solve(*world, firm_pass_through=through)
    with pytest.raises(InputError, match="a figure for c3"):
        solve(*world, firm_pass_through=through.drop(columns="c3"))
