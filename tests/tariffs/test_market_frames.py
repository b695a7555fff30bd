"""US markets by sector, against closed forms of one seller and of spending that does not move."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.market_frames import (
    RATES_SHARE,
    around_peaks,
    buyers_share,
    diversion,
    laffer,
    largest_sectors,
    rates_in_force,
)
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import us_markets

from .own_cases import flat, raw, sold_by_japan_musd, thetas

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
def curves():
    return laffer(thetas(THETA), ["MVH", "FOD"], np.inf)


@pytest.fixture(scope="module")
def table():
    return diversion(thetas(THETA), *states())


def test_the_largest_sectors_are_those_of_the_table_on_disk():
    sold = sold_by_japan_musd().sort_values(ascending=False)
    assert largest_sectors(5) == list(sold.index[:5])
    assert set(largest_sectors(18)) == set(sold.index)


def test_revenue_at_given_prices_has_its_closed_form(curves):
    names = raw("us_mfn_2025_by_sector")["sector_name"]
    for sector in ("MVH", "FOD"):
        curve = curves[curves["sector"] == names[sector]]
        rate = curve["rate_pct"].to_numpy() / 100
        assert set(RATES_SHARE) <= set(np.round(rate, 12))
        assert len(rate) == len(RATES_SHARE) + 1
        revenue = rate * with_prices_given(sector, rate) / 1e3
        assert curve["revenue_bn_usd"].to_numpy() == pytest.approx(revenue, abs=1e-9)


def test_revenue_of_buyers_that_spend_the_same_does_not_hang_on_supply():
    rate, sold = np.array(RATES_SHARE), sold_by_japan_musd()["MCH"]
    revenue = rate * sold * (1 + mfn()["MCH"]) / (1 + rate) / 1e3
    for supply in (0.7, SUPPLY, np.inf):
        curve = laffer(thetas(0.0), ["MCH"], supply)["revenue_bn_usd"]
        assert curve.to_numpy() == pytest.approx(revenue)


def test_sellers_that_cut_prices_move_the_peak_to_where_theory_puts_it():
    """Of a small seller, value falls with tau to sigma (1 + epsilon) / (sigma + epsilon)."""
    curve = laffer(thetas(THETA), ["FOD"], SUPPLY)
    sigma, rate = 1 + THETA, curve["rate_pct"].to_numpy() / 100
    power = sigma * (1 + SUPPLY) / (sigma + SUPPLY)
    value = sold_by_japan_musd()["FOD"] * ((1 + rate) / (1 + mfn()["FOD"])) ** -power
    assert curve["revenue_bn_usd"].to_numpy() == pytest.approx(rate * value / 1e3, rel=SMALL_SHARE)
    peak = curve.loc[curve["revenue_bn_usd"].idxmax(), "rate_pct"]
    assert peak == pytest.approx(100 / (power - 1), rel=0.05)


def test_around_peaks_keeps_every_peak_and_the_rates_in_force(curves):
    in_force = rates_in_force(load_scenario("letter_25"), ["MVH", "FOD"])
    kept = around_peaks(curves, in_force)
    assert len(kept) < len(curves)
    pd.testing.assert_frame_equal(kept, curves.loc[kept.index])
    for _, whole in curves.groupby("sector"):
        assert whole["revenue_bn_usd"].idxmax() in kept.index
    assert kept["rate_pct"].max() >= in_force.max()


@pytest.mark.parametrize(
    ("in_force", "last"),
    [(5.0, 40.0), (30.0, 60.0), (500.0, 100.0)],
)
def test_around_peaks_ends_at_twice_the_highest_peak_or_rate_in_force(in_force, last):
    rates = np.arange(0, 101, 10.0)
    early, late = -((rates - 10) ** 2), -((rates - 20) ** 2)
    curves = pd.DataFrame(
        {
            "sector": np.repeat(["early", "late"], len(rates)),
            "rate_pct": np.tile(rates, 2),
            "revenue_bn_usd": np.concatenate([early, late]),
        }
    )
    kept = around_peaks(curves, pd.Series({"early": in_force, "late": 1.0}))
    for _, curve in kept.groupby("sector"):
        assert curve["rate_pct"].tolist() == [rate for rate in rates if rate <= last]


def test_rates_in_force_are_named_by_sector_in_the_order_asked_for():
    names = raw("us_mfn_2025_by_sector")["sector_name"]
    found = rates_in_force(flat(0.15), ["MVH", "AGR"])
    assert found.to_dict() == pytest.approx({names["MVH"]: 15, names["AGR"]: 15})
    deal = rates_in_force(load_scenario("deal_15"), ["STL", "MVH"])
    assert list(deal.index) == [names["STL"], names["MVH"]]
    assert deal.iloc[0] == pytest.approx(50 + 100 * mfn()["STL"])  # metals kept their 50 %
    assert deal.iloc[1] == pytest.approx(15, abs=0.1)


def test_buyers_that_spend_the_same_turn_to_nobody_else():
    new, old = states()
    table = diversion(thetas(0.0), new, old)
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


def test_a_lower_rate_takes_sales_from_home_and_from_others(table):
    lower = table[table["new_rate_pct"] < table["old_rate_pct"] - 0.1]
    assert len(lower) > 10
    assert (lower["imports_pct"] > 0).all()
    assert (lower["home_bn_usd"] < 0).all()
    assert (lower["others_bn_usd"] < 0).all()
    assert (lower["price_pct"] > 0).all()
    assert (lower["buyer_price_pct"] < 0).all()


def test_states_the_other_way_round_give_the_way_back(table):
    new, old = states()
    back = diversion(thetas(THETA), old, new).reindex(table.index)
    for column in ("home_bn_usd", "others_bn_usd", "revenue_bn_usd"):
        assert back[column].to_numpy() == pytest.approx(-table[column].to_numpy(), abs=1e-9)
    there, again = (1 + frame["imports_pct"] / 100 for frame in (table, back))
    assert (there * again).to_numpy() == pytest.approx(1)


def test_rows_are_named_sectors_with_the_largest_imports_first(table):
    sold = sold_by_japan_musd().sort_values(ascending=False)
    assert list(table.index) == list(sold.index)
    names = raw("us_mfn_2025_by_sector")["sector_name"]
    assert list(table["sector_name"]) == list(names[table.index])


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
    assert np.isnan(buyers_share(diversion(thetas(THETA), deal, deal)))
