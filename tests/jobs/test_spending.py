"""Money on its way: what is left after each rung, when it is spent, and what is refused."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies.usual_jobs import usual_model

from research.data import load_table
from research.errors import InputError
from research.jobs.ladder import checked_rungs, load_ladder
from research.jobs.model import JobsModel
from research.jobs.projects import Portfolio
from research.jobs.spending import (
    best_building_bn,
    current_account_pct_gdp,
    spend,
)

from .random_tables import rungs

# Sums of some dozens of amounts in another order.
SAME = 1e-12

# Uniforms to draw rungs with.
THOUSANDTHS = st.integers(0, 1000)

RUNGS = len(load_ladder().names)

SETTINGS = {"years": (2026, 2060), "method": "SLQ", "delta": 0.0}


@cache
def whole_pledge():
    """All 550 bn, to the last year that can be modelled."""
    return usual_model(**SETTINGS)


@pytest.fixture
def pledge():
    return whole_pledge()


FULL = {
    "selected_share": 1.0,
    "financed_share": 1.0,
    "additional_share": 1.0,
    "delay_years": 0.0,
    "inflation_pct": 0.0,
}


def one_line(kernels, years=(2026, 2029)):
    """A gas plant of 10 bn in Ohio that begins with the year 2026."""
    lines = pd.DataFrame(
        {
            "template": "gas power",
            "status": "selected",
            "amount_bn_usd": 10.0,
            "start_year": 2026.0,
        },
        index=["plant"],
    )
    shares = pd.DataFrame({"Ohio": [1.0]}, index=["plant"])
    return JobsModel(Portfolio(lines, shares, "announced"), years, kernels)


class Group:
    """All that spending asks of kernels: which lines are added up."""

    groups = pd.DataFrame({"lines": [[0]]})


def test_one_plant_on_paper():
    """Four fifths of 10 bn over two years: 3 u^2 - 2 u^3 at a half is a half, then it runs."""
    build = 2.5, 3.5, 5.0
    found = load_table("jobs/project_templates").loc[
        ("gas power", "build_years"), ["low", "central", "high"]
    ]
    assert tuple(found) == build
    # Central building of 3.5 years, u = 2/7, 4/7, 6/7, 1 at the ends of the four years.
    u = np.array([0, 2, 4, 6, 7]) / 7
    by_year = np.diff(3 * u**2 - 2 * u**3)
    r = rungs(financed_share=0.8, additional_share=1, delay_years=0, inflation_pct=0)
    money = spend(one_line(Group), r)
    # Land 0.5 %, reserve 6 %, and 4.8 % a year on half of the cost: 0.084 of what is built.
    bought = 1 - 0.005 - 0.06 - 0.084 / 1.084
    np.testing.assert_allclose(money.capital[0, 0], 8_000 * bought * by_year, rtol=SAME)
    # 15 jobs a billion at 0.9 of the template, half of 2029; purchases of 1.5 % of the capital.
    np.testing.assert_allclose(money.staff[0, 0], [0, 0, 0, 0.5 * 8 * 15 * 0.9], rtol=SAME)
    np.testing.assert_allclose(money.operation[0, 0], [0, 0, 0, 0.5 * 8_000 * 0.015], rtol=SAME)
    assert money.permanent == pytest.approx(8 * 15 * 0.9)


@pytest.mark.parametrize("position", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_positions_lead_from_low_over_central_to_high(position):
    table = load_table("jobs/project_templates").loc["gas power"]
    table = table[["low", "central", "high"]].apply(
        lambda row: np.interp(position, [0, 0.5, 1], row), axis=1
    )
    r = rungs(
        build_time_position=position, operation_position=position, delay_years=0, inflation_pct=0
    )
    money = spend(one_line(Group, (2026, 2035)), r)
    amount = 10 * 0.65 * 0.4
    assert money.permanent[0] == pytest.approx(amount * table["staff_per_bn_usd"] * 0.9)
    assert np.count_nonzero(money.capital[0, 0]) == np.ceil(table["build_years"])
    last = 1_000 * amount * table["operating_cost_share"]
    assert money.operation[0, 0, -1] == pytest.approx(last)


def test_prices_eat_into_the_pledge():
    """10 bn in the middle of 2027 and 3 months, at 10 % a year: 10 / 1.1^2.75 of 2025."""
    r = rungs(financed_share=1, additional_share=1, delay_years=0, staff_factor=1, inflation_pct=10)
    money = spend(one_line(Group), r)
    real = 10 / 1.1**2.75
    assert money.permanent[0] == pytest.approx(15 * real)
    built, bought = (one[0] for one in money.money_bn[-2:])
    assert built == pytest.approx(10)
    assert money.paid_bn[0, 0] == pytest.approx(bought)
    assert money.capital.sum() == pytest.approx(100 * bought * real)
    assert money.dollars_2025[0] == pytest.approx(real / 10)


def test_the_building_of_the_best_year_in_dollars_of_another_year(pledge):
    """Dearer by the price of building, 43 % from 2017 to 2023, and the same work."""
    r = load_ladder().draw(3, np.random.default_rng(1))
    old, new = (best_building_bn(pledge, r, year) for year in (2017, 2023))
    np.testing.assert_allclose(new / old, 1.43, atol=0.005)


def test_full_rungs_spend_the_whole_pledge(pledge):
    r = rungs(2, **FULL, build_time_position=[0, 1])
    money = spend(pledge, r)
    for left in money.money_bn[:-1]:
        np.testing.assert_allclose(left, 550, rtol=SAME)
    bought = money.money_bn[-1]
    np.testing.assert_allclose(money.capital.sum(axis=(1, 2)), 1_000 * bought, rtol=SAME)
    # What is built slowly pays more interest; before, 550 bn bought 550 bn of work and goods.
    assert 0.6 * 550 < bought[1] < bought[0] < 0.95 * 550
    np.testing.assert_allclose(money.staff[:, :, -1].sum(axis=1), money.permanent, rtol=SAME)


@pytest.mark.parametrize("amount", [0.0, 10.0, 36.0, 100.0])
def test_no_more_is_selected_than_pledged(pledge, amount):
    money = spend(pledge, rungs(pledged_bn_usd=amount, selected_share=1.0))
    assert money.money_bn[1][0] == pytest.approx(amount, rel=SAME)


def test_what_is_selected_already_is_certain(pledge):
    lines = pledge.projects.lines
    certain = lines.loc[lines["status"] == "selected", "amount_bn_usd"].sum()
    shares = np.array([0.0, certain / 550, 0.5])
    money = spend(pledge, rungs(3, selected_share=shares))
    np.testing.assert_allclose(money.money_bn[1], [certain, certain, 275], rtol=SAME)


def test_candidates_are_selected_before_money_without_a_project(pledge):
    """Every dollar that was not selected yet was as likely as any other."""
    lines = pledge.projects.lines
    candidates = (lines["status"] == "candidate").to_numpy()
    amount = lines["amount_bn_usd"][candidates].sum()
    named = [i for i, one in enumerate(pledge.kernels.groups["lines"]) if candidates[one].all()]
    money = spend(pledge, rungs(3, **FULL | {"selected_share": [0.4, 0.6, 1.0]}))
    found = money.capital[:, named].sum(axis=(1, 2))
    # 184 bn are to be chosen beyond the 36, from three times 73 bn and 441.
    share = 3 * (220 - 36) / (3 * amount + 550 - 36 - amount)
    np.testing.assert_allclose(found / found[2], [share, 1, 1], rtol=1e-9)
    assert share == pytest.approx(0.84, abs=0.01)
    np.testing.assert_allclose(money.money_bn[1], [220, 330, 550], rtol=SAME)


def test_the_part_without_a_place_is_said(pledge):
    """Four fifths of the pledge name no state; the map of states did not say so."""
    projects = pledge.projects
    assert projects.share_without_place == pytest.approx(1 - 109 / 550)
    assert usual_model(scenario="announced", **SETTINGS).projects.share_without_place == 0


def test_scenarios_that_name_projects_take_them_as_selected():
    model = usual_model(scenario="announced", **SETTINGS)
    money = spend(model, rungs(2, selected_share=[0.0, 1.0]))
    amount = model.projects.lines["amount_bn_usd"].sum()
    np.testing.assert_allclose(money.money_bn[1], amount, rtol=SAME)


@given(st.lists(st.lists(THOUSANDTHS, min_size=RUNGS, max_size=RUNGS), min_size=1, max_size=4))
@settings(max_examples=20)
def test_each_rung_leaves_less(uniforms):
    money = spend(whole_pledge(), load_ladder().at(np.array(uniforms) / 1000))
    left = np.array(money.money_bn)
    assert (np.diff(left, axis=0) <= SAME * left[:-1]).all()
    assert (money.capital >= 0).all()
    assert (np.diff(money.staff, axis=2) >= -SAME).all()
    np.testing.assert_allclose(money.paid_bn.sum(axis=1), left[-1], rtol=1e-9)
    assert (money.capital.sum(axis=(1, 2)) <= 1_000 * left[-1] * (1 + SAME)).all()


def test_every_fault_of_the_rungs_is_named_at_once():
    wrong = rungs(3) | {"finance_share": np.zeros(3), "leak": np.zeros(2)}
    wrong |= {"selected_share": np.array([0.2, 1.2, 0.3]), "import_factor": np.full(3, -1.0)}
    wrong |= {"delay_years": np.full(3, np.nan), "pledged_bn_usd": np.full(3, np.inf)}
    del wrong["staff_factor"]
    with pytest.raises(InputError) as raised:
        checked_rungs(wrong)
    found = [str(fault) for fault in raised.value.faults]
    for start, word in (
        ("rungs", "asked for a figure for staff_factor; found none"),
        ("rungs", "'finance_share'"),
        ("rungs", "shapes (2,), (3,)"),
        ("rung selected_share", "1.2"),
        ("rung import_factor", "-1"),
        ("rung delay_years", "nan"),
        ("rung pledged_bn_usd", "inf"),
    ):
        assert any(line.startswith(start) and word in line for line in found), (start, found)
    assert len(found) == 7


def test_a_net_inflow_is_a_deficit_of_the_same_size(pledge):
    """The current account was not told: by identity it falls by what flows in, never rises."""
    r = rungs(**FULL)
    share = current_account_pct_gdp(pledge, r)
    assert (share <= 0).all()
    # 550 bn of 2025 in all, over the 27.72 trillion of 2023 (BEA) in dollars of 2025.
    deflator = load_table("jobs/gdp_deflator")
    gdp_bn = 27_720.7 * deflator[2025] / deflator[2023]
    assert share.sum() == pytest.approx(-100 * 550 / gdp_bn, rel=0.002)
