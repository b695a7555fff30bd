"""Portfolios: amounts that add up, states that add up, and rules for the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from research.data import load_table
from research.jobs.projects import (
    REST_RULES,
    SCENARIOS,
    portfolio,
    rest_weights,
    spent_by,
    trades_shares,
)

# Sums of at most 51 shares.
CLOSE = 1e-12

BOTH = [(scenario, rule) for scenario in SCENARIOS for rule in REST_RULES]


@pytest.mark.parametrize(("scenario", "rule"), BOTH)
def test_lines_and_states_have_the_shapes_of_the_model(scenario, rule):
    found = portfolio(scenario, rule)
    assert found.lines.notna().all(axis=None)
    assert found.lines.index.is_unique
    assert found.lines["start_year"].between(2026, 2031).all()
    assert found.state_shares.index.equals(found.lines.index)
    assert (
        found.state_shares.columns.to_list()
        == load_table("jobs/bea_state_jobs_2018").columns[:-1].to_list()
    )
    assert found.state_shares.shape[1] == 51
    assert found.state_shares.sum(axis=1).to_numpy() == pytest.approx(1, abs=CLOSE)


def test_announced_is_the_sum_of_the_rounds():
    announced = portfolio("announced", "mou_sectors").lines
    assert announced["amount_bn_usd"].sum() == pytest.approx(
        load_table("deal/project_rounds")["total_bn_usd"].sum(), abs=0.2
    )
    assert set(announced["status"]) == {"selected", "candidate"}


@pytest.mark.parametrize("rule", REST_RULES)
def test_the_pledge_is_all_of_it_and_the_rest_is_what_no_project_is_named_for(rule):
    pledge = portfolio("pledge", rule).lines
    assert pledge["amount_bn_usd"].sum() == pytest.approx(550)
    rest = pledge[pledge["status"] == "rest"].groupby("template")["amount_bn_usd"].sum()
    assert (rest / rest.sum()).to_dict() == pytest.approx(rest_weights(rule).to_dict())


def test_sectors_of_the_memorandum_weigh_the_same():
    rules = load_table("jobs/rest_rules").query("rule == 'mou_sectors'")
    assert rules["item"].nunique() == 7
    assert rest_weights("mou_sectors")["semiconductor fab"] == pytest.approx(1 / 7)


def test_expressions_weigh_by_their_amounts():
    """Westinghouse and GE Vernova Hitachi stood twice: in the list and as named projects."""
    amounts = load_table("deal/expressions_of_interest")["amount_bn_usd"]
    weights = rest_weights("expressions")
    # Taken off: 100 of 100, 40 of 100, 25 of 25 (Ohio), 0.5 of 0.5 (Georgia), 2 of 5 (copper).
    left = amounts.sum() - 167.5
    # Half of Bechtel and Kiewit are all that is left for large reactors.
    large = (amounts["Bechtel"] + amounts["Kiewit"]) / 2
    assert weights["large nuclear"] == pytest.approx(large / left)
    assert weights["small modular nuclear"] == pytest.approx(60 / left)
    assert weights["critical minerals"] == pytest.approx(3.35 / left)


def test_projects_stand_in_their_states():
    shares = portfolio("named", "mou_sectors").state_shares
    assert shares.loc["Portsmouth gas power, 9.2 GW", "Ohio"] == 1
    reactors = shares.filter(like="GE Vernova", axis=0).iloc[0]
    assert reactors[reactors > 0].to_dict() == {"Alabama": 0.5, "Tennessee": 0.5}


def test_projects_without_a_state_follow_the_building_trades():
    trades = load_table("jobs/oews_2025_state_trades_jobs")["470000"].drop(
        ["Guam", "Puerto Rico", "Virgin Islands"]
    )
    expected = trades / trades.sum()
    assert trades_shares().to_dict() == pytest.approx(expected.to_dict())
    shares = portfolio("pledge", "mou_sectors").state_shares
    for line in ("Westinghouse reactors", "Copper smelter", shares.index[-1]):
        assert shares.loc[line].to_dict() == pytest.approx(expected.to_dict())


years = st.floats(2026, 2040)
lengths = st.floats(0.25, 20)
delays = st.floats(0, 10)


@given(start=years, build=lengths, delay=delays)
def test_the_curve_is_the_distribution_function_of_a_beta(start, build, delay):
    moments = np.linspace(2025, 2065, 81)
    expected = stats.beta(2, 2, loc=start + delay, scale=build).cdf(moments)
    assert spent_by(moments, start + delay, build) == pytest.approx(expected, abs=1e-9)
