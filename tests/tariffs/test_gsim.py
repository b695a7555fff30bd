"""GSIM: the published example, identities, and steps whose limit is the exact model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies.validation import tariffs as published

from research.errors import InputError
from research.tariffs.models.armington import Market
from research.tariffs.models.gsim import gsim, gsim_limit

# Rounding of a linear system of four equations.
EXACT = 1e-11

EXAMPLE = published.example()
ELASTICITIES = {
    "import_demand_elasticity": -1.0,
    "export_supply_elasticity": 1.5,
    "substitution_elasticity_sigma": 5.0,
}


def without_tariffs(one, other):
    power = EXAMPLE.tariff_power.copy()
    power.loc[one, other] = power.loc[other, one] = 1.0
    return power


def solve(trade=EXAMPLE.trade, before=EXAMPLE.tariff_power, after=None, **changes):
    elasticities = {
        "import_demand_elasticity": EXAMPLE.import_demand_elasticity,
        "export_supply_elasticity": EXAMPLE.export_supply_elasticity,
        "substitution_elasticity_sigma": EXAMPLE.substitution_elasticity,
    }
    after = without_tariffs("US", "EU") if after is None else after
    return gsim(trade, before, after, **(elasticities | changes))


def test_every_market_clears_when_written_out_by_hand():
    result, after = solve(), without_tariffs("US", "EU")
    countries, em, es, ex = EXAMPLE.trade.index, -1.25, 5.0, 1.5
    price = result.world_price_ratio - 1
    for r in countries:
        demand = 0.0
        for v in countries:
            spending = EXAMPLE.trade[v] * EXAMPLE.tariff_power[v]
            theta = spending / spending.sum()
            change = after[v] / EXAMPLE.tariff_power[v] - 1 + price
            own = theta[r] * em - (1 - theta[r]) * es
            quantity = own * change[r]
            for s in countries.drop(r):
                quantity += theta[s] * (em + es) * change[s]
            sold = EXAMPLE.trade.loc[r, v] * (1 + quantity) * (1 + price[r])
            assert result.trade_value.loc[r, v] == pytest.approx(sold, rel=EXACT)
            demand += EXAMPLE.trade.loc[r, v] / EXAMPLE.trade.loc[r].sum() * quantity
        assert demand == pytest.approx(ex * price[r], abs=EXACT)


def test_surpluses_are_areas_under_linear_curves_and_welfare_is_their_sum():
    result, after = solve(), without_tariffs("US", "EU")
    price, welfare = result.world_price_ratio - 1, result.welfare
    before = EXAMPLE.tariff_power
    for country in EXAMPLE.trade.index:
        exports = EXAMPLE.trade.loc[country].sum()
        supplied = exports * (1 + 1.5 * np.array([0, price[country]]))
        area = np.trapezoid(supplied, [0, price[country]])
        row = welfare.loc[country]
        assert row["producer_surplus_change"] == pytest.approx(area)
        spending = EXAMPLE.trade[country] * before[country]
        composite = spending @ (after[country] / before[country] - 1 + price) / spending.sum()
        bought = spending.sum() * (1 - 1.25 * np.array([0, composite]))
        area = -np.trapezoid(bought, [0, composite])
        assert row["consumer_surplus_change"] == pytest.approx(area)
        duties = result.trade_value[country] @ (after[country] - 1)
        duties -= EXAMPLE.trade[country] @ (before[country] - 1)
        assert row["revenue_change"] == pytest.approx(duties)
        assert row["net_welfare_change"] == pytest.approx(row.iloc[:3].sum())


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)), st.permutations(range(4)), st.floats(1e-3, 1e3))
def test_order_of_labels_and_unit_of_money_do_not_matter(rows, columns, unit):
    usual = solve()
    turned = solve(trade=EXAMPLE.trade.iloc[rows, columns] * unit)
    pd.testing.assert_series_equal(
        usual.world_price_ratio,
        turned.world_price_ratio.reindex(usual.welfare.index),
        check_names=False,
    )
    pd.testing.assert_frame_equal(
        usual.welfare * unit, turned.welfare.loc[usual.welfare.index], rtol=1e-8
    )


def test_a_country_that_only_imports_has_no_producers():
    trade, after = EXAMPLE.trade.drop("RW"), without_tariffs("US", "EU").drop("RW")
    table = solve(trade, EXAMPLE.tariff_power.drop("RW"), after).welfare
    assert table.loc["RW", "producer_surplus_change"] == 0
    assert table.loc["RW", "consumer_surplus_change"] != 0


# Small steps


def one_importer(rate):
    """Three suppliers, one of them at home; the rate falls on the first."""
    trade = pd.DataFrame({"home": [30.0, 50.0, 400.0]}, ["a", "b", "home"])
    before = trade * 0 + 1
    after = before.copy()
    after.loc["a"] = 1 + rate
    return trade, before, after


def example():
    elasticities = {
        "import_demand_elasticity": EXAMPLE.import_demand_elasticity,
        "export_supply_elasticity": EXAMPLE.export_supply_elasticity,
        "substitution_elasticity_sigma": EXAMPLE.substitution_elasticity,
    }
    return (EXAMPLE.trade, EXAMPLE.tariff_power, without_tariffs("US", "EU")), elasticities


@pytest.mark.parametrize("rate", [0.05, 0.25, 1.0])
def test_the_limit_is_the_exact_model_of_one_importer(rate):
    trade, before, after = one_importer(rate)
    arrays = (frame["home"].to_numpy() for frame in (trade, before))
    market = Market(trade.index, *arrays, *ELASTICITIES.values())
    exact, consumers = market.figures(after["home"].to_numpy())
    errors = []
    for steps in (8, 16, 32):
        path = gsim_limit(trade, before, after, steps=steps, **ELASTICITIES)
        gap = path.trade_value["home"] / exact["trade_value"] - 1
        errors.append(gap.abs().max())
    assert errors[-1] < 2e-3 * rate**2
    assert np.divide(errors[:-1], errors[1:]) == pytest.approx(4, abs=0.6)  # second order
    assert path.world_price_ratio.to_numpy() == pytest.approx(
        exact["world_price_ratio"], rel=5e-4 * rate
    )
    assert path.welfare["consumer_surplus_change"].sum() == pytest.approx(consumers, rel=2e-3)


def test_the_limit_is_told_from_two_paths():
    case, elasticities = example()
    short, long = (gsim(*case, steps=steps, **elasticities) for steps in (10, 20))
    limit = gsim_limit(*case, steps=10, **elasticities)
    log_price = 2 * np.log(long.world_price_ratio) - np.log(short.world_price_ratio)
    assert np.log(limit.world_price_ratio).to_numpy() == pytest.approx(log_price.to_numpy())
    pd.testing.assert_frame_equal(limit.welfare, 2 * long.welfare - short.welfare)
    far = gsim(*case, steps=400, **elasticities)
    assert limit.trade_value.to_numpy() == pytest.approx(far.trade_value.to_numpy(), rel=0.01)
    assert (limit.trade_value.to_numpy() == 0).sum() == (case[0].to_numpy() == 0).sum()


def test_a_step_that_wipes_out_a_flow_is_refused_by_name():
    trade, before, after = one_importer(1.0)
    steep = ELASTICITIES | {"substitution_elasticity_sigma": 30.0, "export_supply_elasticity": 20.0}
    with pytest.raises(
        InputError, match=r"trade: asked for flows above zero after each step; found a, home"
    ):
        gsim(trade, before, after, steps=2, **steep)
    path = gsim(trade, before, after, steps=50, **steep)
    assert path.trade_value.min().min() > 0


def test_one_step_beyond_its_range_gave_negative_trade_and_revenue_in_silence():
    """The linear answer wipes out a's sales at a rate of 100 %: it was returned as a figure."""
    case = one_importer(1.0)
    with pytest.raises(InputError, match=r"found a, home: -.*ask `gsim_limit`"):
        gsim(*case, **ELASTICITIES)
    limit = gsim_limit(*case, **ELASTICITIES)
    assert 0 < limit.trade_value.loc["a", "home"] < 30
    assert limit.welfare.loc["home", "revenue_change"] > 0


def test_a_price_and_a_quantity_below_zero_are_no_trade():
    """Their product is above zero: the sign of the flow alone does not tell."""
    trade, before, after = one_importer(2.0)
    loose = ELASTICITIES | {"export_supply_elasticity": 0.2}
    with pytest.raises(InputError, match=r"world_price_ratio: .*found a: -.*ask `gsim_limit`"):
        gsim(trade, before, after, **loose)


# The door


def test_powers_that_are_labelled_otherwise_are_refused():
    after = EXAMPLE.tariff_power.rename(columns={"RW": "CN"})
    with pytest.raises(InputError, match=r"power_after, columns: .*'CN'(.|\n)*a figure for RW"):
        solve(after=after)
