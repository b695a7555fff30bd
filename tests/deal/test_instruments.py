"""Instruments, room and clauses against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest

from research.deal import instruments
from research.deal.terms import Terms

TERMS = Terms(
    reading="A", compounding="annual", payment_order="interest first", crossing_year="split",
    loss_rule="as cash", claw_back="none", pooling="project", deemed_rate_pct=6.0,
    funding_cost_pct=0.0,
)  # fmt: skip


def flows(*cash):
    """Projects (one a list) of 100 paid at year 0, in one draw."""
    cash = np.array(cash, dtype=float)[None]
    paid = np.zeros_like(cash)
    paid[..., 0] = 100
    return cash, paid


def test_equity_loses_all_and_lenders_what_is_not_recovered():
    table = instruments.default_losses(100, cover_share=0.9, recovery_share=0.8, hazard_pct=1)
    assert table["exposure"].to_list() == pytest.approx([1.5, 31.8, 60.03, 6.67])
    assert table["loss"].to_list() == pytest.approx([1.5, 6.36, 12.006, 1.334])
    assert table["a_year"].sum() == pytest.approx(0.212)
    assert table["fee"].to_dict() == pytest.approx(
        {"equity": 0, "loans": 0, "guarantees": 0.008 * 60.03, "uncovered loans": 0}
    )


def test_limits_by_hand():
    found = instruments.limits(179.0)
    assert found["gdp_pct"] == pytest.approx(100 * 550 / 4212.9)
    assert found["guaranteed_gdp_pct"] == pytest.approx(66.7 * 550 / 4212.9)
    assert found["times_ceiling"] == pytest.approx(8.95)
    assert found["years_at_ceiling"] == pytest.approx(27.5)


def test_cover_of_fifty_trillion_is_too_little_from_136_yen_on():
    table = instruments.yen_table([136.2, 136.4, 158.0], 179.0)
    assert np.sign(table["nexi_left"]).to_list() == [1, -1, -1]
    last = table.iloc[-1]
    # 550 x 158 / 1000; 66.7 % of it; 33.3 % of it over a line of 7.18.
    assert last[["pledge", "nexi_need", "jbic_years"]].to_list() == (
        pytest.approx([86.9, 57.96, 4.03], abs=0.01)
    )
    assert last["needed_a_year"] == pytest.approx(28.28, abs=0.01)


def test_tens_of_billions_is_a_year_of_dividends():
    # 40 points of 6 % on 5.5, 8.25 and 11 bn at 150 yen.
    assert instruments.dividend_cost(6.0, TERMS, 150).to_list() == pytest.approx([19.8, 29.7, 39.6])


def test_split_costs_nothing_where_nothing_is_recovered():
    # Japan recovers 106 out of the first 212; of the other 88 it has 8.8, not 44.
    cost = instruments.split_cost(*flows([0, 300]), TERMS, cost_pct=10.0, jpy_per_usd=150)
    assert cost.loc[0].to_list() == pytest.approx([150 * 35.2, 150 * 35.2 / 1.1])
    thin = instruments.split_cost(*flows([0, 200]), TERMS, cost_pct=10.0, jpy_per_usd=150)
    assert thin.loc[0].to_list() == [0, 0]


def test_koreas_clauses_one_by_one():
    # At a cost of 6 %: 300 gives Japan 114.8, in value 108.30 of 100; 53 a year of 106 gives 50.
    cash, paid = flows([0, 300], [0, 106])
    table = instruments.korea_clauses(cash, paid, TERMS, cost_pct=6.0, years=5.5)
    good, thin = 114.8 / 1.06 - 100, 53 / 1.06 - 100
    central = table["central"]
    assert central["as signed"] == pytest.approx((good + thin) / 2)
    # All 106 repay principal and interest, and nothing is left.
    assert central["re-set"] == pytest.approx((good + 0) / 2)
    # Both return 6 % or more, so nothing is left out.
    assert central["reasonable"] == central["as signed"]
    rho = np.log(1.06)
    slower = 5.5 * (1 - np.exp(-rho * 27.5)) / (27.5 * (1 - np.exp(-rho * 5.5)))
    value = table["value_bn_usd"]
    assert value["ceiling"] == pytest.approx(slower * value["as signed"])
    assert table["a_year_bn_usd"].to_dict() == pytest.approx(
        {"as signed": 100, "ceiling": 20, "re-set": 100, "reasonable": 100}
    )
    cash[0, 1, 1] = 105  # less than the deemed rate
    table = instruments.korea_clauses(cash, paid, TERMS, cost_pct=6.0, years=5.5)
    row = table.loc["reasonable"]
    assert row["central"] == pytest.approx(good)
    assert row[["a_year_bn_usd", "value_bn_usd"]].to_list() == pytest.approx([50, 2.75 * good])
