"""What the cap is worth a year, against sums by hand from the tables on disk."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.deal_value import avoided_claim_bn_usd, avoided_duties, yearly_value
from research.tariffs.welfare import WelfareDraws

from .own_cases import raw


def diverted(revenue_bn_usd=-3.0):
    """Two sectors; the rate falls by 12.5 points on cars and by 10 on food."""
    return pd.DataFrame(
        {
            "imports_bn_usd": [50.0, 10.0],
            "old_rate_pct": [27.5, 30.0],
            "new_rate_pct": [15.0, 20.0],
            "revenue_bn_usd": [revenue_bn_usd, 0.0],
        },
        index=["MVH", "FOD"],
    )


def draws(japan, us, before=0.0):
    """Effects on two countries in points of income, over a counterfactual of any level."""
    effect = pd.DataFrame({"USA": us, "JPN": japan})
    old = effect * 0 + before
    return WelfareDraws(effect + old, old, pd.DataFrame(index=effect.index))


def test_the_claim_is_the_number_of_dollars_on_disk():
    row = raw("claims", "deal").loc["jp_04b"]
    assert (row["unit"], float(row["quantity_low"])) == ("USD bn", avoided_claim_bn_usd())


def test_avoided_duties_of_two_sectors_by_hand():
    table = avoided_duties(diverted()).set_index("goods")
    cars, others, everything = (row for _, row in table.iterrows())
    assert cars.to_dict() == pytest.approx(
        {"imports_bn_usd": 50, "old_rate_pct": 27.5, "new_rate_pct": 15, "avoided_bn_usd": 6.25}
    )
    assert others["avoided_bn_usd"] == pytest.approx(1)
    assert everything.to_dict() == pytest.approx(
        {
            "imports_bn_usd": 60,
            "old_rate_pct": (50 * 27.5 + 10 * 30) / 60,
            "new_rate_pct": (50 * 15 + 10 * 20) / 60,
            "avoided_bn_usd": 7.25,
        }
    )


def test_the_worth_of_a_year_by_hand():
    # A hundred and one draws: every hundredth is a quantile.
    effect = np.arange(101) / 1000
    kept = diverted(revenue_bn_usd=-0.5)
    table = yearly_value(
        kept, diverted(), draws(japan=effect, us=-effect, before=-2.0), of_deal=True
    )
    static, given, cut, japan, us = (row for _, row in table.iterrows())
    for row, value in ((static, 7.25), (given, 0.5), (cut, 3.0)):
        assert list(row[["low", "central", "high"]]) == pytest.approx([value] * 3)
    gdp = raw("world_regions_2023")["gdp_2023_musd"] / 1e3
    for row, country, points in (
        (japan, "JPN", [0.005, 0.05, 0.095]),
        (us, "USA", [-0.095, -0.05, -0.005]),
    ):
        bn = [gdp[country] * one / 100 for one in points]
        assert list(row[["low", "central", "high"]]) == pytest.approx(bn)
    assert (japan["what"], us["what"]) == ("Japan's real income", "US real income")


def test_years_of_the_claim_add_up_to_it_and_a_loss_never_does():
    effect = np.full(5, 0.1)
    table = yearly_value(diverted(), diverted(), draws(japan=effect, us=-effect), of_deal=True)
    gains = table[table["central"] > 0]
    assert len(gains) == 4
    assert (gains["claimed_years"] * gains["central"]).tolist() == pytest.approx(
        [avoided_claim_bn_usd()] * 4
    )
    assert table.loc[table["central"] < 0, "claimed_years"].isna().all()
    still = diverted(revenue_bn_usd=0.0)
    nothing = yearly_value(still, still, draws(japan=effect * 0, us=effect), of_deal=True)
    assert nothing["claimed_years"].isna().tolist() == [False, True, True, True, True]


def test_a_gain_of_the_united_states_is_no_part_of_what_japan_named():
    effect = np.full(5, 0.1)
    table = yearly_value(diverted(), diverted(), draws(japan=effect, us=effect), of_deal=True)
    assert table["claimed_years"].isna().tolist() == [False, False, False, False, True]


def test_the_claim_is_about_the_deal_alone():
    effect = np.full(5, 0.1)
    table = yearly_value(diverted(), diverted(), draws(japan=effect, us=effect), of_deal=False)
    assert table["claimed_years"].isna().all()
