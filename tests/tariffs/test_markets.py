"""US markets by sector, against closed forms of one seller and of spending that does not move."""

import numpy as np
import pandas as pd
import pytest

from research.tariffs.elasticities import load_thetas
from research.tariffs.markets import (
    RATES_SHARE,
    buyers_share,
    by_set,
    diversion,
    laffer,
    lost_exports_pct,
    peak_pct,
)
from research.tariffs.models.registry import Case, us_market_states
from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import us_markets

from .own_cases import raw, sold_by_japan_musd, thetas

THETA, SUPPLY = 4.0, 1.5
# A seller with a thousandth of the market moves its price index by about as much.
SMALL_SHARE = 0.01


def states():
    return load_scenario("deal_15"), load_scenario("letter_25")


def japan(scenario):
    return us_rates(scenario).loc["JPN"]


def mfn():
    return japan(load_scenario("mfn"))


def with_prices_given(sector, rate_share):
    """Japan's value before duty where no seller cuts its price and all spending stays."""
    market, sigma = us_markets()[sector], 1 + THETA
    spent = market * (1 + us_rates(load_scenario("mfn"))[sector].reindex(market.index).fillna(0))
    share = spent["JPN"] / spent.sum()
    power = (1 + np.asarray(rate_share)) / (1 + mfn()[sector])
    index = share * power ** (1 - sigma) + 1 - share
    return market["JPN"] * power**-sigma / index


@pytest.fixture(scope="module")
def table():
    return diversion(thetas(THETA), *states(), SUPPLY)


def test_revenue_at_given_prices_has_its_closed_form():
    names = raw("us_mfn_2025_by_sector")["sector_name"]
    for sector in ("MVH", "FOD"):
        curve = laffer(thetas(THETA), sector, np.inf)
        assert (curve["sector"] == names[sector]).all()
        rate = curve["rate_pct"].to_numpy() / 100
        assert set(RATES_SHARE) <= set(np.round(rate, 12))
        assert len(rate) == len(RATES_SHARE) + 1
        revenue = rate * with_prices_given(sector, rate) / 1e3
        assert curve["revenue_bn_usd"].to_numpy() == pytest.approx(revenue, abs=1e-9)


def test_revenue_of_buyers_that_spend_the_same_does_not_hang_on_supply():
    rate, sold = np.array(RATES_SHARE), sold_by_japan_musd()["MCH"]
    revenue = rate * sold * (1 + mfn()["MCH"]) / (1 + rate) / 1e3
    for supply in (0.7, SUPPLY, np.inf):
        curve = laffer(thetas(0.0), "MCH", supply)["revenue_bn_usd"]
        assert curve.to_numpy() == pytest.approx(revenue)


@pytest.mark.parametrize("supply", [SUPPLY, np.inf])
def test_revenue_beside_a_duty_on_all_others_is_that_of_such_a_state(supply):
    """Others paid nothing on every curve."""
    curve = laffer(thetas(THETA), "MVH", supply, 0.1).set_index("rate_pct")["revenue_bn_usd"]
    line = {"importer": "USA", "exporters": ["JPN"], "rate_share": 0.25}
    about = {"title": "own", "reason": "a test", "rates": [line], "on_others_share": 0.1}
    bought = us_market_states(Case(scenario_of(about, "own"), thetas(THETA)), supply)[1]
    assert curve[25.0] == pytest.approx(bought.at[("MVH", "JPN"), "trade_value"] * 0.25e-3)
    alone = laffer(thetas(THETA), "MVH", supply).set_index("rate_pct")["revenue_bn_usd"]
    assert curve[25.0] > 1.01 * alone[25.0]


def test_sets_of_elasticities_lie_far_apart():
    """One peak of revenue from cars stood there, and one change of imports."""
    new, old = states()
    names = ["boehm_long_low", "wto"]
    table = by_set(names, new, old, "MVH")
    assert table["theta"].tolist() == pytest.approx([0.75, 6.604])
    for name, (_, row) in zip(names, table.iterrows(), strict=True):
        kept = diversion(load_thetas(name), new, old, np.inf)
        before = kept["counterfactual_bn_usd"]
        after = before @ (1 + kept["imports_pct"] / 100)
        assert row["kept_pct"] == pytest.approx(100 * (after / before.sum() - 1))
        # A small seller at given prices has its peak at one over theta.
        assert row["kept_peak_pct"] == pytest.approx(100 / row["theta"], rel=0.1)
    assert table["kept_pct"].iloc[1] > 4 * table["kept_pct"].iloc[0]


def test_sellers_that_cut_prices_move_the_peak_to_where_theory_puts_it():
    """Of a small seller, value falls with tau to sigma (1 + epsilon) / (sigma + epsilon)."""
    curve = laffer(thetas(THETA), "FOD", SUPPLY)
    sigma, rate = 1 + THETA, curve["rate_pct"].to_numpy() / 100
    power = sigma * (1 + SUPPLY) / (sigma + SUPPLY)
    value = sold_by_japan_musd()["FOD"] * ((1 + rate) / (1 + mfn()["FOD"])) ** -power
    assert curve["revenue_bn_usd"].to_numpy() == pytest.approx(rate * value / 1e3, rel=SMALL_SHARE)
    peak = curve.loc[curve["revenue_bn_usd"].idxmax(), "rate_pct"]
    assert peak == pytest.approx(100 / (power - 1), rel=0.05)


def test_buyers_that_spend_the_same_turn_to_nobody_else():
    new, old = states()
    table = diversion(thetas(0.0), new, old, SUPPLY)
    ratio = (1 + japan(old)) / (1 + japan(new))
    assert table["imports_pct"].to_dict() == pytest.approx((100 * (ratio - 1)).to_dict())
    assert table[["home_bn_usd", "others_bn_usd"]].to_numpy() == pytest.approx(0, abs=1e-9)
    price = 100 * (ratio ** (1 / (1 + SUPPLY)) - 1)
    assert table["price_pct"].to_dict() == pytest.approx(price.to_dict())


def test_what_buyers_spend_on_a_sector_with_duty_stays(table):
    """With a demand elasticity of minus one: more for some is less for others."""
    sold = sold_by_japan_musd().reindex(table.index) / 1e3
    rates = {name: 100 * japan(one) for name, one in zip(("new", "old"), states(), strict=True)}
    for name, rate in rates.items():
        assert table[f"{name}_rate_pct"].to_dict() == pytest.approx(rate.to_dict())
    assert table["imports_bn_usd"].to_dict() == pytest.approx(sold.to_dict())
    untouched = table["new_rate_pct"] == table["old_rate_pct"]
    assert 0 < untouched.sum() < 5
    changes = ["imports_pct", "home_bn_usd", "others_bn_usd", "revenue_bn_usd", "price_pct"]
    assert table.loc[untouched, changes].to_numpy() == pytest.approx(0, abs=1e-9)
    # Value before duty in the counterfactual v0, from revenue r1 v1 - r0 v0 and v1 / v0.
    moved = table[~untouched]
    ratio, revenue = 1 + moved["imports_pct"] / 100, moved["revenue_bn_usd"]
    before = 100 * revenue / (moved["new_rate_pct"] * ratio - moved["old_rate_pct"])
    on_japan = before * (ratio - 1) + revenue
    total = on_japan + moved["home_bn_usd"] + moved["others_bn_usd"]
    assert total.to_numpy() == pytest.approx(0, abs=1e-8)
    assert (on_japan.abs() > 1e-6).all()


def test_buyers_have_all_of_a_change_at_given_prices_and_less_with_finite_supply(table):
    kept = diversion(thetas(THETA), *states(), np.inf)
    assert buyers_share(kept) == pytest.approx(1)
    assert 0 < buyers_share(table) < 1
    weights = table["counterfactual_bn_usd"] / table["counterfactual_bn_usd"].sum()
    ratio = (1 + table["new_rate_pct"] / 100) / (1 + table["old_rate_pct"] / 100)
    seller = (weights * np.log1p(table["price_pct"] / 100)).sum()
    duty = (weights * np.log(ratio)).sum()
    assert buyers_share(table) == pytest.approx(1 + seller / duty)


def test_a_duty_that_does_not_change_has_no_share_of_buyers():
    deal, _ = states()
    assert np.isnan(buyers_share(diversion(thetas(THETA), deal, deal, SUPPLY)))


def test_a_peak_is_the_highest_revenue_and_a_curve_that_still_rises_has_none():
    curve = pd.DataFrame({"rate_pct": [0.0, 50.0, 400.0], "revenue_bn_usd": [0.0, 9.0, 8.0]})
    assert peak_pct(curve) == 50
    assert np.isnan(peak_pct(curve.replace(8.0, 9.5)))


def test_exports_lost_at_given_prices_have_their_closed_form():
    deal = load_scenario("deal_15")
    lost = sum(
        with_prices_given(sector, japan(deal)[sector]) - sold
        for sector, sold in sold_by_japan_musd().items()
    )
    ours = lost_exports_pct(Case(deal, thetas(THETA)), np.inf)
    assert ours == pytest.approx(100 * lost / gdp_of_japan_musd())
    assert ours < 0
    assert lost_exports_pct(Case(load_scenario("mfn"), thetas(THETA)), 1.5) == pytest.approx(0)


def gdp_of_japan_musd():
    return raw("world_regions_2023").at["JPN", "gdp_2023_musd"]
