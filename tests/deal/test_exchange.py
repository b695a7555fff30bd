"""Both sides of the deal in sums by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.deal import exchange

AVOIDED = pd.DataFrame(
    {"low": [10.0, -4.0], "central": [20.0, 1.0], "high": [30.0, 2.0]},
    index=["letter", "day_before"],
)


@pytest.fixture
def table():
    cost = pd.DataFrame({"grant": [10.0, 10.0], "loss": [0.0, 20.0], "total": [10.0, 30.0]})
    found = exchange.quid_pro_quo(
        cost,
        np.array([60.0, 80.0]),
        AVOIDED,
        (0.5, 0.8, 1.0),
        (1e5, 2e5, 3e5),
        years=4,
        jpy_per_usd=150,
    )
    return found.set_index(["counterfactual", "side", "line"])


def test_both_sides_by_hand(table):
    ends, letter = ["low", "central", "high"], table.loc["letter"]
    japan, us = letter.loc["Japan"], letter.loc["United States"]
    # Sellers bear 0 to half of 10 to 30; losses are drawn at 1 and 19 (5 and 95 %).
    sellers = japan.loc["duties that its sellers are spared", ends]
    assert sellers.to_list() == pytest.approx([0, 4, 15])
    assert japan.loc["expected losses", ends].to_list() == pytest.approx([-19, -10, -1])
    assert japan.loc["net", ends].to_list() == pytest.approx([0 - 29, 4 - 20, 15 - 11])
    assert us.loc["duties forgone", ends].to_list() == [-30, -20, -10]
    assert us.loc["duties that its buyers are spared", ends].to_list() == pytest.approx([5, 16, 30])
    assert us.loc["net", ends].to_list() == pytest.approx([61 - 15, 70 - 4, 79 - 0])
    assert japan.at["net", "jpy_tn_year"] == pytest.approx(-16 * 0.15 / 4)
    assert us.loc["jobs in the best year", ends].to_list() == [1e5, 2e5, 3e5]
    assert us.at["jobs in the best year", "unit"] == "jobs"
    assert np.isnan(us.at["jobs in the best year", "jpy_tn_year"])


def test_duties_only_move_between_pockets(table):
    money = table[table["unit"] == "bn_usd"]["central"].unstack("line")
    names = [name for name in money if "duties" in name]
    assert money[names].groupby("counterfactual").sum().sum(axis=1).to_list() == pytest.approx(
        [0, 0]
    )


def test_duties_that_the_deal_raised_turn_the_ends(table):
    buyers = table.loc[("day_before", "United States", "duties that its buyers are spared")]
    assert buyers[["low", "central", "high"]].to_list() == pytest.approx([-4, 0.8, 2])
