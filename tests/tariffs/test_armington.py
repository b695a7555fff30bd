"""The one-importer model clears its markets, adds up, and meets the linear model at the limit."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from research.tariffs.models.armington import Market, laffer_curve
from research.tariffs.models.gsim import gsim

# A root found to 1e-14 in the logarithm of the index, times elasticities below 100.
EXACT = 1e-10

NAMES = ["Japan", "Mexico", "Korea", "home"]
TRADE = pd.Series([40.0, 60.0, 30.0, 200.0], NAMES)
BEFORE = pd.Series([1.025, 1.0, 1.0, 1.0], NAMES)
AFTER = pd.Series([1.15, 1.05, 1.25, 1.0], NAMES)
ELASTICITIES = {
    "import_demand_elasticity": -1.5,
    "export_supply_elasticity": 2.0,
    "substitution_elasticity_sigma": 4.0,
}


def market_of(trade, before, **changes):
    eta, supply, sigma = (ELASTICITIES | changes).values()
    return Market(trade.index, trade.to_numpy(), before[trade.index].to_numpy(), eta, supply, sigma)


def solve(trade=TRADE, before=BEFORE, after=AFTER, **changes):
    market = market_of(trade, before, **changes)
    suppliers, consumers = market.figures(after[trade.index].to_numpy())
    return SimpleNamespace(suppliers=pd.DataFrame(suppliers, trade.index), consumers=consumers)


def index_of(result, sigma):
    """The buyers' index, from their prices and the shares of spending before."""
    share, price = TRADE * BEFORE / (TRADE @ BEFORE), result.suppliers["buyer_price_ratio"]
    return (share @ price ** (1 - sigma)) ** (1 / (1 - sigma))


def test_one_supplier_by_hand():
    """With one supplier demand is P^eta and supply w^eps: w = tau^(eta / (eps - eta))."""
    trade, before, after = (pd.Series([x], ["Japan"]) for x in (100.0, 1.0, 1.21))
    result = solve(
        trade, before, after, import_demand_elasticity=-1.0, export_supply_elasticity=1.0
    )
    row = result.suppliers.loc["Japan"]
    assert row["world_price_ratio"] == pytest.approx(1 / 1.1)
    assert row["buyer_price_ratio"] == pytest.approx(1.1)
    assert row["trade_value"] == pytest.approx(100 / 1.21)
    assert row["revenue_change"] == pytest.approx(100 / 1.21 * 0.21)
    assert result.consumers == pytest.approx(-100 * np.log(1.1))
    assert row["producer_surplus_change"] == pytest.approx(-50 * (1 - 1 / 1.21))


def test_a_given_world_price_is_full_pass_through():
    rows = solve(export_supply_elasticity=float("inf")).suppliers
    assert list(rows["world_price_ratio"]) == pytest.approx([1.0] * 4)
    assert list(rows["buyer_price_ratio"]) == pytest.approx(list(AFTER / BEFORE))
    assert (rows["producer_surplus_change"] == 0).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(1.0, 2.5), min_size=4, max_size=4),
    st.floats(1.1, 20),
    st.floats(-4, -0.1),
    st.floats(0.1, 50),
)
def test_markets_clear_and_parts_add_up(powers, sigma, eta, epsilon):
    after = pd.Series(powers, NAMES)
    result = solve(
        after=after,
        substitution_elasticity_sigma=sigma,
        import_demand_elasticity=eta,
        export_supply_elasticity=epsilon,
    )
    rows, index = result.suppliers, index_of(result, sigma)
    quantity = rows["trade_value"] / TRADE / rows["world_price_ratio"]
    assert list(quantity) == pytest.approx(list(rows["world_price_ratio"] ** epsilon), rel=EXACT)
    spent, spent_before = rows["trade_value"] @ after, TRADE @ BEFORE
    assert spent == pytest.approx(spent_before * index ** (1 + eta))
    assert rows["revenue_change"].sum() == pytest.approx(
        rows["trade_value"] @ (after - 1) - TRADE @ (BEFORE - 1), abs=1e-9
    )


@pytest.mark.parametrize("sigma", [0.5, 1.0, 4.0])
def test_all_equations_at_once_give_the_same_prices(sigma):
    """Eight unknowns solved as a system, with no price index in closed form."""
    share, tau = (TRADE * BEFORE / (TRADE @ BEFORE)).to_numpy(), (AFTER / BEFORE).to_numpy()

    def gaps(x):
        price, index = np.exp(x[:4]), np.exp(x[4])
        demand = (price * tau / index) ** -sigma * index**-1.5
        if sigma == 1:
            return [*(demand - price**2), np.log(index) - share @ np.log(price * tau)]
        return [*(demand - price**2), index ** (1 - sigma) - share @ (price * tau) ** (1 - sigma)]

    x = optimize.fsolve(gaps, np.zeros(5), xtol=1e-13)
    ours = solve(substitution_elasticity_sigma=sigma)
    assert list(ours.suppliers["world_price_ratio"]) == pytest.approx(list(np.exp(x[:4])))


def test_surpluses_are_areas_beside_the_curves():
    result = solve()
    area, _ = integrate.quad(lambda p: (TRADE @ BEFORE) * p**-1.5, 1, index_of(result, 4.0))
    assert result.consumers == pytest.approx(-area)
    for name, row in result.suppliers.iterrows():
        area, _ = integrate.quad(lambda w, x=TRADE[name]: x * w**2.0, 1, row["world_price_ratio"])
        assert row["producer_surplus_change"] == pytest.approx(area)


def gaps_to_gsim(step, exact, linear):
    """Compare both models after ``step`` of the way from the old to the new tariffs."""
    after = BEFORE + step * (AFTER - BEFORE)
    ces = solve(after=after, **exact)
    one = gsim(*(x.to_frame("US") for x in (TRADE, BEFORE, after)), **(ELASTICITIES | linear))
    rows, spent, welfare = ces.suppliers, TRADE @ BEFORE, one.welfare
    consumers, revenue = (
        welfare[f"{name}_change"].sum() for name in ("consumer_surplus", "revenue")
    )
    gaps = {
        "world prices": rows["world_price_ratio"] - one.world_price_ratio,
        "values": rows["trade_value"] / TRADE - one.trade_value["US"] / TRADE,
        "consumers": (ces.consumers - consumers) / spent,
        "producers": (rows["producer_surplus_change"] - welfare["producer_surplus_change"]) / spent,
        "revenue": (rows["revenue_change"].sum() - revenue) / spent,
    }
    return pd.Series({name: abs(gap).max() for name, gap in gaps.items()})


@pytest.mark.parametrize(
    "elasticities",
    [
        {},
        {"substitution_elasticity_sigma": 1.0},
        {"import_demand_elasticity": -0.4, "export_supply_elasticity": 0.5},
    ],
)
def test_gsim_with_one_importer_is_the_exact_ces_model_in_the_limit_of_small_changes(elasticities):
    """The gap to the linear model falls with the square of the change: order two."""
    large, small = (gaps_to_gsim(step, elasticities, elasticities) for step in (1e-2, 1e-3))
    assert large.between(1e-9, 1e-3).all()
    order = np.log10(large / small)
    np.testing.assert_allclose(order.drop("revenue"), 2, atol=0.1)
    # Rates times the gap in values: old rates make it of order two, their change of order three.
    assert 1.9 < order["revenue"] < 3


def test_laffer_curve_peaks_where_the_closed_form_has_it():
    """One supplier at a given price: revenue t (1 + t)^eta peaks at t = -1 / (1 + eta)."""
    one, free = pd.Series([10.0], ["Japan"]), pd.Series([1.0], ["Japan"])
    rates = np.round(np.arange(0, 1.001, 0.01), 2)
    changes = {"import_demand_elasticity": -3.0, "export_supply_elasticity": float("inf")}
    curve = laffer_curve(market_of(one, free, **changes), "Japan", free.to_numpy(), rates)
    assert curve.idxmax() == 0.5
    assert list(curve) == pytest.approx(list(10 * rates * (1 + rates) ** -3.0))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(4)), st.floats(1e-3, 1e3))
def test_order_of_suppliers_and_unit_of_money_do_not_matter(order, unit):
    usual, turned = solve(), solve(TRADE.iloc[order] * unit)
    assert turned.consumers == pytest.approx(usual.consumers * unit)
    money = usual.suppliers[["trade_value", "producer_surplus_change", "revenue_change"]] * unit
    pd.testing.assert_frame_equal(turned.suppliers[list(money)].loc[NAMES], money)
