"""The running text of the tariff notebook: each number from the tables it speaks of."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from research.data import load_table
from research.tariffs import notebook_words
from research.tariffs.elasticities import elasticity_sets, sets_of, theta_table
from research.tariffs.law import Measure, japan_schedule, not_applied
from research.tariffs.rates import effective_rate, japan_goods


def numbers(text):
    return [float(one) for one in re.findall(r"\d+(?:\.\d+)?", text)]


def test_markets_are_those_of_the_import_table():
    partners, sectors = (
        load_table("tariffs/us_imports_2024_musd").drop(index="WORLD", columns="TOTAL").shape
    )
    markets, year, of_partners, *_ = numbers(notebook_words.markets_sentence())
    assert (markets, year, of_partners) == (sectors, 2024, partners)


def test_the_two_elasticities_of_cars_are_those_published():
    table = load_table("tariffs/trade_elasticities")
    cars = table[table["sector"] == "Auto"]
    used = cars.loc[cars["source"].str.contains("used"), "elasticity"].item()
    estimate = cars[cars["source"].str.contains("full sample")].iloc[0]
    text = notebook_words.sets_sentence(sets_of("mixture"))
    assert f"at {estimate['elasticity']:.2f} with a standard error of" in text
    assert f"of {estimate['standard_error']:.2f}, and {used:.2f} was used" in text


def test_the_range_is_that_of_the_sets_asked_for():
    low, high = 3.339, 4.056
    thetas = theta_table("ilms", "us_sectors")["theta"]
    assert (thetas.min(), thetas.max()) == pytest.approx((low, high), abs=5e-4)
    assert f"from {low:.2g} to {high:.2g}" in notebook_words.sets_sentence(("ilms",))
    assert "from 0.75 to 1.2" in notebook_words.sets_sentence(("boehm_long_low", "boehm_long_high"))


def test_the_claim_is_quoted_with_its_currency_in_front():
    claim = load_table("deal/claims").loc["jp_04"]
    text = notebook_words.avoided_sentence()
    assert claim["claimant"] in text
    assert "JPY 10 tn (68 USD bn)" in text


def test_the_exemption_that_is_left_out_is_told_from_its_row():
    left = not_applied()
    text = notebook_words.not_exempt_sentence(left)
    assert text.startswith("One exemption of the law is not applied: civil aircraft and parts")
    assert "from 16 September 2025 (no bundled figure says what share civil aircraft have)" in text
    assert "so that what it avoids or wins against another one is too little" in text
    exempt = left[left["basis"] == "exempt"]
    more = pd.concat([left, exempt.assign(scope_japan="generic medicines exempt")])
    two = notebook_words.not_exempt_sentence(more)
    assert two.startswith("Two exemptions of the law are not applied: civil aircraft")
    assert "; generic medicines exempt from 16 September" in two
    none = notebook_words.not_exempt_sentence(left.drop(index=exempt.index))
    assert none == "Every exemption in the timeline is applied."


def test_aircraft_at_the_rate_of_other_goods_lower_what_the_deal_avoids():
    """The direction that the sentence gives: a good of 2 % of imports, taken out of the deal."""
    schedule, goods = japan_schedule(), japan_goods()
    share, rest = goods.at["general", "import_share"], goods.at["exempt", "import_share"]
    spared = goods.copy()
    spared.loc[["general", "exempt"], "import_share"] = [share - 0.02, rest + 0.02]
    letter = Measure(
        track="ieepa",
        goods=("general",),
        rate_share=0.25,
        basis="add_on",
        effective_date=date(2025, 8, 8),
        known_date=date(2025, 8, 8),
        source="letter",
    )

    def total(law, mix):
        return effective_rate(law, mix, on="2025-09-16", known_on=None)["total_share"]

    high = total(schedule.with_measures(letter), goods)
    avoided, in_law = high - total(schedule, goods), high - total(schedule, spared)
    assert avoided < in_law


def test_the_factor_between_sets_is_of_the_sets_asked_for():
    sets = ("boehm_long_low", "fontagne")
    thetas = elasticity_sets()["one_good_theta"]
    factor = thetas["fontagne"] / thetas["boehm_long_low"]
    assert f"a factor of {factor:.1f}," in notebook_words.limits(sets)[0]
    assert "One set alone" in notebook_words.limits(("wto",))[0]


def test_the_share_of_japan_in_2023_is_that_of_the_trade_table():
    bought = load_table("tariffs/world_trade_2023_musd")["USA"].drop("USA")
    share = 100 * bought["JPN"] / bought.sum()
    assert f"and {share:.1f} % in 2023" in notebook_words.limits(("wto",))[1]


@pytest.mark.parametrize(("low", "words"), [(20.0, "within"), (49.0, "outside")])
def test_the_part_of_buyers_is_held_against_the_months(low, words):
    """Duties fall by a tenth of the price, and buyers' prices by a quarter of that, in logs."""
    quarter = 100 * ((1.1 / 1.21) ** 0.25 - 1)
    cut = pd.DataFrame(
        {
            "counterfactual_bn_usd": [1.0],
            "buyer_price_pct": quarter,
            "old_rate_pct": 21.0,
            "new_rate_pct": 10.0,
        }
    )
    rows = [("a", "local projections", 80.0, low, 111.0), ("b", "local projections", 1.0, 0.0, 2.0)]
    path = pd.DataFrame(rows, columns=["price", "method", "share_pct", "low_pct", "high_pct"])
    text = notebook_words.buyers_sentence(cut, path)
    assert "buyers have 25 % of the change of duties" in text
    assert f"say 80 % ({low:.0f} to 111): the first is {words} that interval" in text
