"""General equilibrium: closed forms, scipy in levels, identities, and what the door refuses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from research.data import load_table
from research.errors import InputError
from research.tariffs.models.equilibrium import prepare, solve_equilibrium
from research.tariffs.worlds import accounts_of_world_io

from .random_worlds import flows, inputs, rates, sector_flows

# Residuals of the equilibrium are below 1e-8.
SAME = 1e-8
# Sums over a dozen of markets, each of the size of a country's value added.
ROUNDING = 1e-12
THETA, COUNTRIES = 4.0, 4
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


def solve(case, **more):
    """Solve a case: trade, input shares, theta, old and new rates."""
    trade, shares, theta, old, new = case
    more |= {"old_rate_share": old, "new_rate_share": new}
    return solve_equilibrium(trade, theta=theta, input_shares=shares, **more)


def world(n_sectors, *, balanced=False, top=0.5):
    """One sector without inputs, or several that buy from each other."""
    if n_sectors == 1:
        trade = flows(COUNTRIES, 7, balanced=balanced)
        return trade, None, THETA, rates(trade, 9, 0.1), rates(trade, 10, top)
    trade = sector_flows(n_sectors, COUNTRIES, 7, balanced=balanced)
    theta = pd.Series(np.linspace(3, 9, n_sectors), [f"s{k}" for k in range(n_sectors)])
    return trade, inputs(trade, 8), theta, rates(trade, 9, 0.1), rates(trade, 10, top)


def cubes(theta, *frames):
    """Give frames as sector x exporter x importer."""
    return [f.to_numpy(float).reshape(np.size(theta), COUNTRIES, COUNTRIES) for f in frames]


def input_cube(shares, theta):
    """Give inputs over output as country x input x using sector."""
    n = np.size(theta)
    return np.zeros((COUNTRIES, n, n)) if shares is None else shares.to_numpy().reshape(-1, n, n)


# Closed forms


@pytest.mark.parametrize("n_sectors", [1, 3])
@pytest.mark.parametrize("top_rate_share", [0.0, 0.4])
def test_autarky_has_the_loss_of_arkolakis_costinot_and_rodriguez_clare(n_sectors, top_rate_share):
    """Welfare falls to prod_s (P_s / w)^(-alpha_s) times value added over final spending.

    With log P - log w = -(I - G')^-1 log(home share) / theta; one sector without inputs falls to
    home share^(1/theta). The second factor, one without tariffs, is the revenue that is lost
    (Felbermayr, Jung and Larch 2015).
    """
    trade, shares, theta, *_ = world(n_sectors, balanced=True)
    rate = rates(trade, 12, top_rate_share)
    away = np.not_equal.outer(trade.index.get_level_values(-1), trade.columns)
    barrier = pd.DataFrame(np.where(away, 1e7, 1.0), trade.index, trade.columns)
    table = solve((trade, shares, theta, rate, rate), trade_cost_hat=barrier).countries
    x, t = cubes(theta, trade, rate)
    g = input_cube(shares, theta)
    for n, name in enumerate(trade.columns):
        spent, made = (x * (1 + t))[:, :, n].sum(axis=1), x[:, n].sum(axis=1)
        prices = -np.log(x[:, n, n] / spent) / np.asarray(theta)
        prices = np.linalg.solve(np.eye(np.size(theta)) - g[n].T, prices)
        final = spent - g[n] @ made
        kept = (made.sum() - (g[n] @ made).sum()) / final.sum()
        welfare = np.exp(-(final / final.sum()) @ prices) * kept
        assert table.at[name, "welfare_hat"] == pytest.approx(welfare, rel=SAME)
        assert (kept < 0.99) == (top_rate_share > 0)
        if n_sectors == 1:
            assert welfare == pytest.approx((x[0, n, n] / spent[0]) ** (1 / theta) * kept)


def test_equal_countries_absorb_a_tariff_as_if_it_were_the_part_passed_through():
    names = ["home", "abroad"]
    trade = pd.DataFrame([[7.0, 3.0], [3.0, 7.0]], names, names)
    new = pd.DataFrame([[0, 0.4], [0.4, 0]], names, names)
    absorbed = solve((trade, None, THETA, trade * 0, new), firm_pass_through=0.3)
    power = 1.4**0.3
    passed = (0.7 + 0.3 * power**-THETA) ** (-1 / THETA)  # The price index over the wage.
    home = 0.7 * passed**THETA
    welfare = 1 / passed / (home + (1 - home) / power)
    np.testing.assert_allclose(absorbed.countries["welfare_hat"], welfare, rtol=SAME)
    smaller = solve((trade, None, THETA, trade * 0, new / 0.4 * (power - 1)))
    np.testing.assert_allclose(smaller.countries["welfare_hat"], welfare, rtol=SAME)
    lost = absorbed.flows_musd.loc["home", "abroad"] * (1 - 1.4**0.7)
    np.testing.assert_allclose(absorbed.countries["profit_musd"], lost, rtol=SAME)


def test_what_exporters_absorb_is_the_importers_terms_of_trade():
    trade = flows(4, 3, balanced=True)
    new = trade * 0
    new.loc["c1", "c0"] = 0.01
    passed, absorbed = (
        solve((trade, None, THETA, trade * 0, new), firm_pass_through=phi).countries
        for phi in (1, 0.4)
    )
    assert absorbed.loc["c0", "welfare_hat"] > passed.loc["c0", "welfare_hat"] > 1
    # What c1 receives of c0 falls by 0.6 of the tariff; all else is what wages do.
    cut, wage = 0.6 * np.log(1.01) * trade.loc["c1", "c0"], np.log(absorbed["wage_hat"])
    gain = trade.sum(axis=1) * wage - trade.mul(wage, axis=0).sum(axis=0)
    gain += pd.Series({"c0": cut, "c1": -cut}).reindex(gain.index, fill_value=0)
    np.testing.assert_allclose(absorbed["terms_of_trade_musd"], gain, atol=1e-9)


# The same equilibrium by scipy


def levels(case, options, margin=1.0):
    """Solve a CES economy in levels by scipy, the first wage as numeraire, hats nowhere.

    Before, all wages are one and prices are ``margin`` over wages.
    """
    trade, _, theta, old, new = case
    x, t0, t1 = (1 + f.to_numpy() - (f is trade) for f in (trade, old, new))
    n, psi, phi = len(x), options["labour_supply_elasticity"], options["firm_pass_through"]
    zeta = options.get("scale_elasticity", 0.0)
    kept = options["deficit_left_share"]
    g, nu, chi = (
        np.broadcast_to(np.asarray(options.get(name, default)), n)
        for name, default in (
            ("income_tax_share", 0.0),
            ("services_share", 0.0),
            ("selection", 1.0),
        )
    )
    on_wages = options["revenue_use"] == "income_tax"
    spent = (x * t0).sum(axis=0)
    taste = x * t0 / spent * t0 ** (theta * chi)  # At old prices of t0 these give the old shares.
    cut = (t1 / t0) ** -(1 - phi)

    def made(flow):
        return flow @ (1 - nu) + nu * flow.sum(axis=0)

    labour, deficit = made(x) / margin, x.sum(axis=0) - made(x)

    def income_of_labour(wage, duties, hours):
        return (1 - on_wages * g) * wage * hours + on_wages * duties

    def trades(wage, hours, spending):
        buyer = (wage * (hours / labour) ** -zeta)[:, None] * cut * t1**chi
        worth = taste * buyer**-theta
        flow = worth / worth.sum(axis=0) * spending / t1
        # Prices before are one in units of the old basket: the tastes add up to that.
        return flow, worth.sum(axis=0) ** (-1 / theta) * (spending / spent / wage) ** (1 - chi)

    base_duties = (x * (t0 - 1)).sum(axis=0)
    base_rate = income_of_labour(np.ones(n), base_duties, labour) / labour

    def gaps(v):
        wage = np.r_[1.0, np.exp(v[: n - 1])]
        hours, spending = np.exp(v[n - 1 : 2 * n - 1]) * labour, np.exp(v[2 * n - 1 :]) * spent
        flow, price = trades(wage, hours, spending)
        duties, bill = (flow * (t1 - 1)).sum(axis=0), made(flow / cut) / margin
        worth = income_of_labour(wage, duties, hours) / hours / price / base_rate
        earned = made(flow / cut) + (flow - flow / cut).sum(axis=1)
        budget = earned + duties + kept * deficit * flow.sum() / x.sum() - spending
        work = np.log(hours / labour) - psi * np.log(worth)
        # World purchases are world sales: one budget follows from the others.
        return np.r_[bill / (wage * hours) - 1, (budget / spent)[1:], work]

    root = optimize.root(gaps, np.zeros(3 * n - 1), tol=1e-13)
    assert np.abs(root.fun).max() < 1e-10
    wage = np.r_[1.0, np.exp(root.x[: n - 1])]
    hours, spending = np.exp(root.x[n - 1 : 2 * n - 1]), np.exp(root.x[2 * n - 1 :]) * spent
    flow, price = trades(wage, hours * labour, spending)
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


def agree(result, found):
    """Hold wages, hours, consumption and trade against those in levels; give the table."""
    table, after = result.countries, result.flows_musd.to_numpy()
    np.testing.assert_allclose(table["wage_hat"] / table["price_hat"], found.real_wage, rtol=SAME)
    np.testing.assert_allclose(table["labour_hat"], found.hours, rtol=SAME)
    real = table["income_hat"] * table["old_income_musd"] / table["price_hat"]
    np.testing.assert_allclose(real, found.consumption, rtol=SAME)
    np.testing.assert_allclose(after / after.sum(), found.trade_share, rtol=1e-7)
    return table


@pytest.mark.parametrize("use", ["lump_sum", "income_tax"])
@pytest.mark.parametrize("seed", [1, 4])
def test_all_options_in_levels_with_another_numeraire(use, seed):
    trade = flows(3, seed)
    old, new = rates(trade, seed + 1, top=0.2), rates(trade, seed + 2, top=0.8)
    options, case = ALL_ON | {"revenue_use": use}, (trade, None, THETA, old, new)
    found, result = levels(case, options), solve(case, **options)
    table = agree(result, found)
    gifts = [gift(found, n, options["labour_supply_elasticity"]) for n in range(3)]
    np.testing.assert_allclose(table["equivalent_variation_musd"], gifts, atol=1e-7)
    assert (np.abs(gifts) > 0.01).any()


REAL = {
    "income_tax_share": np.array([0.2, 0.0, 0.3]),
    "scale_elasticity": 0.17,
    "services_share": np.array([0.3, 0.1, 0.0]),
    "selection": np.array([1.4, 1.0, 1.2]),
}


@pytest.mark.parametrize("name", [*REAL, "all"])
def test_options_of_real_economies_in_levels(name):
    """A tax that revenue cuts, scale, services, selection: none was there."""
    trade = flows(3, 3)
    old, new = rates(trade, 4, top=0.2), rates(trade, 5, top=0.8)
    more = REAL if name == "all" else {name: REAL[name]}
    options = STANDARD | {"labour_supply_elasticity": 0.5, "revenue_use": "income_tax"} | more
    options |= {"firm_pass_through": 0.7} if name == "all" else {}
    case = (trade, None, THETA, old, new)
    by_name = {k: pd.Series(v, trade.columns) for k, v in more.items() if np.ndim(v)}
    found, result = levels(case, options), solve(case, **(options | by_name))
    table = agree(result, found)
    gifts = [gift(found, n, 0.5) for n in range(3)]
    np.testing.assert_allclose(table["equivalent_variation_musd"], gifts, atol=1e-6)
    plain = solve(case, **(options | dict.fromkeys(more, 0.0) | PLAIN)).countries
    assert (plain["welfare_hat"] - table["welfare_hat"]).abs().max() > 1e-4
    blank = {"services_share", "selection"} & set(more)
    assert table["first_order_musd"].isna().all() == bool(blank)


PLAIN = {"selection": 1.0}


def test_a_margin_common_to_all_destinations_changes_nothing_when_labour_is_fixed():
    options, case = STANDARD | {"firm_pass_through": 0.5, "deficit_left_share": 0.0}, world(1)
    found, table = levels(case, options, margin=1.3), solve(case, **options).countries
    welfare = found.consumption / table["old_income_musd"]
    np.testing.assert_allclose(table["welfare_hat"], welfare, rtol=SAME)


def two_by_two(case, alpha=None, left=1.0):
    """Give wages, prices and flows of two countries with two sectors by scipy."""
    trade, shares, theta, old, new = case
    x, t0, t1 = (f.to_numpy().reshape(2, 2, 2) for f in (trade, old, new))
    g = {n: shares.loc[c].to_numpy() for n, c in enumerate(trade.columns)}
    spent0, output0 = (x * (1 + t0)).sum(axis=1), x.sum(axis=2)
    added = np.array([((1 - g[n].sum(axis=0)) * output0[:, n]).sum() for n in (0, 1)])
    final = np.array([spent0[:, n] - g[n] @ output0[:, n] for n in (0, 1)]).T
    deficit = left * (x.sum(axis=(0, 1)) - output0.sum(axis=0))
    alpha = final / final.sum(axis=0) if alpha is None else alpha

    def solved(v):
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
        demand = alpha * income + np.array([g[n] @ output[:, n] for n in (0, 1)]).T
        labour = ((1 - g[0].sum(axis=0)) * output[:, 0]).sum() - w[0] * added[0]
        indices = index - price ** -theta.to_numpy()[:, None]
        return np.r_[labour, indices.ravel(), (demand - spent).ravel()], w, price, flow

    start = np.r_[1, np.zeros(4), spent0.ravel()]
    root = optimize.root(lambda v: solved(v)[0], start, tol=1e-13)
    gaps, *found = solved(root.x)
    assert np.abs(gaps).max() < 1e-9
    return found


def two_sectors():
    trade = sector_flows(2, 2, 31)
    shares, theta = inputs(trade, 32), pd.Series({"s0": 3.0, "s1": 6.0})
    return trade, shares, theta, rates(trade, 33, 0.1), rates(trade, 34, 0.5)


def test_two_countries_and_two_sectors_by_scipy():
    result, (wage, price, flow) = solve(two_sectors()), two_by_two(two_sectors())
    np.testing.assert_allclose(result.countries["wage_hat"], wage, rtol=SAME)
    np.testing.assert_allclose(result.price_hat, price, rtol=SAME)
    np.testing.assert_allclose(result.flows_musd, flow.reshape(4, 2), rtol=SAME)
    assert abs(wage[0] - 1) > 1e-3


# Tables as they are: stocks, negative inputs, budgets that are given


def ready(case, **more):
    trade, shares, theta, old, new = case
    given = {"old_rate_share": old, "new_rate_share": new, "input_shares": shares}
    return prepare(trade, theta=theta, **given, **more)


def after_base(case, economy, alpha, left):
    """Solve the base by scipy, then the tariffs from there: flows, wages and prices."""
    trade, shares, theta, old, new = case
    flow = two_by_two((trade, shares, theta, old, old), alpha, left)[2]
    base = pd.DataFrame(flow.reshape(4, 2), *trade.axes)
    np.testing.assert_allclose(economy.base().flows_musd, base, rtol=SAME)
    return two_by_two((base, shares, theta, old, new))


def test_final_shares_that_are_given_hold_from_the_base_on():
    """Final spending was what of purchases is no input, whatever a user knew of it."""
    case = two_sectors()
    alpha = np.array([[0.3, 0.8], [0.7, 0.2]])
    economy = ready(
        case, final_shares=pd.DataFrame(alpha, ["s0", "s1"], ["c0", "c1"]), deficit_left_share=0.0
    )
    with pytest.raises(InputError, match=r"final_shares: .*`Economy.base`"):
        economy.solve()
    with pytest.raises(InputError, match="final_shares"):
        economy.welfare_pct_at([case[4].to_numpy()])
    wage, price, flow = after_base(case, economy, alpha, 0.0)
    found = economy.base().solve()
    np.testing.assert_allclose(found.countries["wage_hat"], wage, rtol=SAME)
    np.testing.assert_allclose(found.price_hat, price, rtol=SAME)
    np.testing.assert_allclose(found.flows_musd, flow.reshape(4, 2), rtol=SAME)
    np.testing.assert_allclose(found.countries["deficit_musd"], 0, atol=SAME)


def test_the_first_order_by_hand():
    case = two_sectors()
    result = solve(case)
    x, t0, after = (f.to_numpy().reshape(2, 2, 2) for f in (case[0], case[3], result.flows_musd))
    log_price = np.log(result.seller_price_hat.to_numpy().reshape(2, 2, 2))
    terms = (x * log_price).sum(axis=(0, 2)) - (x * log_price).sum(axis=(0, 1))
    volume = (t0 * x * (np.log(after / x) - log_price)).sum(axis=(0, 1))
    np.testing.assert_allclose(result.countries["first_order_musd"], terms + volume, atol=1e-6)


# Identities


def excess_labour(case, wage):
    """Give what sellers pay for labour less what it costs at ``wage``, all goods markets cleared.

    Prices follow from wages by iteration, spending from prices as one linear system.
    """
    trade, shares, theta, old, new = case
    x, t0, t1 = cubes(theta, trade, old, new)
    g, power = input_cube(shares, theta), np.reshape(theta, (-1, 1))
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
    case = world(n_sectors)
    size = case[0].to_numpy().sum()
    for seed in range(5):
        wage = np.random.default_rng(seed).uniform(0.5, 2, COUNTRIES)
        excess = excess_labour(case, wage)
        assert abs(excess.sum()) < ROUNDING * size
        assert np.abs(excess).max() > 1e-3 * size
    solved = solve(case).countries["wage_hat"].to_numpy()
    assert np.abs(excess_labour(case, solved)).max() < SAME * size


def test_what_a_country_buys_makes_and_earns_adds_up():
    case = trade, shares, _, old, new = world(3)
    result = solve(case, **ALL_ON)
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


@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(1e-3, 1e6),
    theta=st.floats(1.5, 12),
    psi=st.floats(0, 3),
    use=st.sampled_from(["lump_sum", "income_tax"]),
    phi=st.floats(0.2, 1),
    left=st.floats(0, 1),
)
@settings(max_examples=25, deadline=None)
def test_units_and_order_do_not_matter_and_accounts_add_up(seed, scale, theta, psi, use, phi, left):
    trade = flows(4, seed)
    old, new = rates(trade, seed + 1), rates(trade, seed + 2, top=0.8)
    options = dict(zip(STANDARD, (psi, use, phi, left), strict=True))
    result = solve((trade, None, theta, old, new), **options)
    turned = trade.columns[::-1]
    case = (trade * scale).loc[turned, turned], None, theta, old[turned], new.loc[turned]
    again = solve(case, **options).countries[HATS].loc[trade.columns]
    usual = result.countries[HATS]
    pd.testing.assert_frame_equal(usual, again, check_names=False, rtol=SAME)
    after, table = result.flows_musd, result.countries
    sold, wages = after.sum(axis=1), table["wage_hat"] * table["labour_hat"] * trade.sum(axis=1)
    absorbed = ((1 + new) / (1 + old)) ** (1 - phi)
    np.testing.assert_allclose(wages, (after * absorbed).sum(axis=1), rtol=SAME)
    np.testing.assert_allclose(table["profit_musd"], sold - wages, atol=1e-6)
    np.testing.assert_allclose(after.sum(axis=0) - sold, table["deficit_musd"], atol=1e-6)
    gap = left * (trade.sum(axis=0) - trade.sum(axis=1))
    np.testing.assert_allclose(table["deficit_musd"], gap, atol=1e-9)
    assert sold.sum() == pytest.approx(trade.to_numpy().sum(), rel=SAME)
    spent = (after * (1 + new)).sum(axis=0)
    np.testing.assert_allclose(spent, table["income_hat"] * table["old_income_musd"], rtol=SAME)
    np.testing.assert_allclose(table["new_revenue_musd"], (after * new).sum(), rtol=SAME)
    assert (result.residuals <= SAME).all()


@given(seed=st.integers(0, 10_000), split=st.floats(0.05, 0.95))
@settings(max_examples=10, deadline=None)
def test_goods_and_countries_that_are_split_into_alike_parts_change_nothing(seed, split):
    """One good as two sectors without inputs, and a country as two halves, have one answer."""
    trade = flows(3, seed)
    case = trade, None, THETA, rates(trade, seed + 1, 0.1), rates(trade, seed + 2, 0.5)
    usual = solve(case, **ALL_ON).countries[HATS]
    goods = pd.concat({"a": split * trade, "b": (1 - split) * trade})
    none = pd.DataFrame(0.0, pd.MultiIndex.from_product([list(trade), ["a", "b"]]), ["a", "b"])
    old, new = (pd.concat({"a": frame, "b": frame}) for frame in case[3:])
    two = solve((goods, none, pd.Series(THETA, ["a", "b"]), old, new), **ALL_ON).countries[HATS]
    pd.testing.assert_frame_equal(usual, two, rtol=SAME, check_names=False)
    part = np.array([1.0, 1.0, split, 1 - split])
    of = ["c0", "c1", "c2", "c2"]
    names = ["c0", "c1", "c2", "other"]

    def both(frame, weights):
        values = frame.loc[of, of].to_numpy() * weights
        return pd.DataFrame(values, names, names)

    parts = (
        both(frame, weights)
        for frame, weights in ((trade, np.outer(part, part)), (case[3], 1.0), (case[4], 1.0))
    )
    more, old, new = parts
    split_up = solve((more, None, THETA, old, new), **ALL_ON).countries[HATS]
    pd.testing.assert_frame_equal(split_up.iloc[:3], usual, rtol=SAME, check_names=False)
    np.testing.assert_allclose(split_up.loc["other"], usual.loc["c2"], rtol=SAME)


@pytest.mark.parametrize("n_sectors", [1, 3])
@pytest.mark.parametrize("use", ["lump_sum", "income_tax"])
@pytest.mark.parametrize("real", [{}, {"scale_elasticity": 0.2, "income_tax_share": 0.25}])
def test_the_first_order_is_the_derivative(n_sectors, use, real):
    step, more = 1e-4, ALL_ON | {"revenue_use": use, "deficit_left_share": 1.0} | real
    *rest, old, new = world(n_sectors)
    up, down = (
        solve((*rest, old, old + sign * step * (new > 0)), **more).countries for sign in (1, -1)
    )
    exact = (up - down)["equivalent_variation_musd"] / (2 * step)
    # What is left of central differences is of the third order in the step.
    np.testing.assert_allclose(exact, (up - down)["first_order_musd"] / (2 * step), atol=1e-3)
    assert (exact.abs() > 0.01).all()
    assert ((up - down)["labour_musd"].abs() > 0).all() == (use == "income_tax")


@pytest.mark.parametrize(("seed", "theta"), [(2, 8.0), (5, 24.0), (46, 27.0)])
def test_large_tariffs_and_elasticities_are_solved_without_a_warning(seed, theta):
    trade = flows(2 + seed % 15, seed)
    old, new = rates(trade, seed, top=0.2), rates(trade, seed + 1, top=2.0)
    assert (solve((trade, None, theta, old, new)).residuals <= SAME).all()


def test_a_world_made_ready_once_is_solved_for_rates_in_turn():
    trade, shares, theta, old, new = world(3)
    more = {"labour_supply_elasticity": 0.5, "revenue_use": "income_tax", "firm_pass_through": 0.7}
    given = {"input_shares": shares, "old_rate_share": old, "new_rate_share": old, **more}
    moved = prepare(trade, theta=theta, **given).at(new.to_numpy())
    alone = solve((trade, shares, theta, old, new), **more)
    pd.testing.assert_frame_equal(moved.countries, alone.countries)
    with pytest.raises(InputError, match=r"theta: .*s1: 0"):
        prepare(trade, theta=theta - 6, **given)
    # A negative flow made a right theta look wrong.
    with pytest.raises(InputError) as error:
        prepare(trade.where(trade != trade.iloc[0, 1], -3.0), theta=theta, **given)
    assert [fault.where for fault in error.value.faults if "theta" in fault.where] == []


# The world table


def test_the_world_table_loses_only_what_is_listed():
    table = load_table("tariffs/world_io_2011_musd")
    accounts = accounts_of_world_io(table)
    cells = table.drop(columns="output")
    lost = cells.clip(upper=0).sum(axis=1)
    assert accounts.flows_musd.sum(axis=None) - cells.sum(axis=None) == pytest.approx(-lost.sum())
    assert set(lost.index[lost < 0]) == {"JPN_MIN", "KOR_MIN", "TWN_MIN"}
    trade = accounts.flows_musd
    steel = cells.loc["JPN_MET", [c for c in cells if "USA" in c]].sum()
    assert trade.loc[("MET", "JPN"), "USA"] == steel
    bought = cells.loc[[r for r in cells.index if r.endswith("_MET")], "JPN_TRQ"].sum()
    made = cells.loc["JPN_TRQ"].sum()
    assert accounts.input_shares.loc[("JPN", "MET"), "TRQ"] == pytest.approx(bought / made)


# The door


def refused(case, **more):
    with pytest.raises(InputError) as caught:
        solve(case, **more)
    return str(caught.value)


@pytest.mark.parametrize("n_sectors", [1, 3])
def test_all_faults_are_told_at_once(n_sectors):
    trade, shares, theta, old, new = world(n_sectors)
    bad = {
        "labour_supply_elasticity": -1.0,
        "revenue_use": "schools",
        "firm_pass_through": 1.5,
        "deficit_left_share": np.nan,
    }
    new = new.copy()
    new.iloc[0, 1], new.iloc[2, 2], new.iloc[3, 1] = 15, 0.1, -0.2
    told = refused((trade, shares, theta * -1, old.drop(columns="c3"), new), **bad)
    for part in (
        *bad,
        "lump_sum, income_tax",
        "1.5",
        "a figure for c3",
        "c0, c1: 15",
        "theta",
        "Write 15 % as 0.15",
        "c2, c2: 0.1",
        "-0.2",
    ):
        assert part in told
    flow = trade.copy()
    flow.iloc[1, 2] = -3
    assert "c1, c2: -3" in refused((flow, shares, theta, old, new))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("theta", [0, -4.0, np.nan, np.inf, "4", True, None]),
        ("highest_rate_share", ["2", 0, -1.0, np.nan, np.inf, True, None]),
        ("labour_supply_elasticity", ["0.5", True, None, np.inf, np.ones(2)]),
        ("deficit_left_share", ["0.5", True, None, -0.1, 1.1, np.ones(2)]),
        ("firm_pass_through", [0, -0.2, True, "all", 1.01, np.ones(2)]),
        ("revenue_use", ["roads", None, 1, ["lump_sum"]]),
        ("income_tax_share", [-0.1, 1.0, True, "all"]),
        ("scale_elasticity", [-0.1, np.inf, None]),
        ("services_share", [-0.1, 1.0, np.nan]),
        ("selection", [0.9, np.inf, True, pd.DataFrame([[1.0]])]),
    ],
)
def test_numbers_outside_their_range_are_refused_by_name(name, values):
    trade, _, theta, old, new = world(1)
    for value in values:
        given = {"theta": theta, "old_rate_share": old, "new_rate_share": new, name: value}
        if name == "theta" and value is None:
            continue
        with pytest.raises(InputError) as caught:
            solve_equilibrium(trade, **given)
        assert [fault.where for fault in caught.value.faults] == [name]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: (c[0].iloc[::-1].set_axis(range(12)), *c[1:]), "labels of text; found 0, 1"),
        (lambda c: (c[0].to_numpy(), *c[1:]), "asked for a DataFrame"),
        (lambda c: (c[0].rename(index={"c0": "x"}, level=1), *c[1:]), "a known label"),
        (lambda c: (c[0].loc[("s0",), ["c0"]], *c[1:]), "at least two countries"),
        (lambda c: (c[0], None, *c[2:]), "input_shares: asked for a DataFrame"),
        (lambda c: (c[0], c[1] * 10, *c[2:]), "inputs that leave value added"),
        (lambda c: (*c[:2], c[2].drop("s2"), *c[3:]), "theta: asked for a figure for s2"),
        (lambda c: (*c[:2], 4.0, *c[3:]), "theta: asked for a Series"),
        (lambda c: (less(c[0], 1e-3), *c[1:]), "final spending: asked for zero or more"),
        (lambda c: (less(c[0], 0.0), *c[1:]), "purchases of every sector"),
    ],
)
def test_frames_that_make_no_world_are_refused(change, told):
    assert told in refused(change(world(3)))


def less(trade, share):
    """Make little of the first sector, which others go on buying."""
    trade = trade.copy()
    trade.loc["s0"] = share * trade.loc["s0"].to_numpy()
    return trade


def test_options_by_country_and_budgets_are_held_to_labels_and_range():
    case = world(3)
    names, sectors = case[0].columns, ["s0", "s1", "s2"]
    bad = {
        "services_share": pd.Series(0.5, names[:-1]),
        "selection": pd.Series(1.0, names).mask(names == "c1", 0.5),
        "final_shares": pd.DataFrame(0.3, sectors, names),
    }
    told = refused(case, **bad)
    assert "services_share: asked for a figure for c3" in told
    assert "selection: asked for a finite number of at least 1; found c1: 0.5" in told
    assert "final_shares: asked for shares that add up to 1; found c0: 0.9" in told
    one = world(1)
    assert "final_shares: asked for flows by (sector, exporter)" in refused(
        one, final_shares=one[0]
    )


def test_countries_that_sell_or_spend_nothing_are_named():
    trade, _, theta, old, new = world(1)
    assert "flows by (sector, exporter)" in refused((trade, trade, theta, old, new))
    silent, poor = trade.copy(), trade.copy()
    silent.loc["c1"] = 0.0
    poor.loc["c1", "c1"] = 0.0
    poor["c1"] = 0.0
    assert "c1: 0" in refused((silent, None, theta, old, new))
    assert "c1: 0" in refused((poor, None, theta, old, new))


def test_trade_costs_have_the_labels_of_the_flows():
    case = world(1)
    told = refused(case, trade_cost_hat=0 * case[0].drop(columns="c3"))
    assert "a figure for c3" in told
    assert "trade_cost_hat: asked for figures above 0" in told


def test_a_high_rate_that_is_marked_is_taken():
    trade, _, theta, old, new = world(1)
    new = new.copy()
    new.loc["c0", "c1"] = 2.5
    found = solve((trade, None, theta, old, new), highest_rate_share=3.0)
    assert found.flows_musd.loc["c0", "c1"] < 0.2 * trade.loc["c0", "c1"]
