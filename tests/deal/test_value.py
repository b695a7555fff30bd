"""Rates of return beside a root finder, their edges, and break-even beside closed forms."""

import numpy as np
import pytest
from scipy.optimize import brentq

from research.deal.terms import Terms
from research.deal.value import (
    asked_of_projects,
    break_even_project_irr,
    crossings_project_irr,
    irr,
    level_project,
    npv,
)
from research.deal.waterfall import share_out

#: Rates are solved to a relative 1e-12 of growth, in per cent.
SOLVED = 1e-8
YEARS = 20


def terms(reading, rate=6.0, **others):
    return Terms(
        **{
            "reading": reading, "compounding": "annual", "payment_order": "interest first",
            "crossing_year": "split", "loss_rule": "as cash", "claw_back": "none",
            "pooling": "project", "deemed_rate_pct": rate, "funding_cost_pct": 0.0,
        } | others
    )  # fmt: skip


def test_rates_of_return_are_those_of_a_root_finder():
    rng = np.random.default_rng(550)
    flows = rng.uniform(0, 20, (3, 40, 45)) * (rng.random((3, 40, 1)) < 0.9)
    flows[..., :3] -= rng.uniform(1, 150, (3, 40, 3)) + 21
    found = irr(flows)
    assert found.shape == (3, 40)
    for at in np.ndindex(3, 40):
        if (flows[at] <= 0).all():
            assert found[at] == -100
            continue
        root = brentq(lambda rate, x=flows[at]: npv(x, rate), -90, 1000, xtol=1e-12)
        assert found[at] == pytest.approx(root, abs=SOLVED)
    np.testing.assert_allclose(irr(7 * flows), found, atol=SOLVED)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 0, 121], 10),
        ([-100, 60, 40], 0),
        ([-100, 0, 0, 0, 1], 100 * (0.01**0.25 - 1)),
        ([-1, *np.zeros(119), 1e6], 100 * (1e6 ** (1 / 120) - 1)),
        # Nothing comes back: all is lost.
        ([-100, 0, 0], -100),
        # Nothing is paid in: the United States has no rate of return.
        ([0, 30, 30], np.nan),
        ([0, 0, 0], np.nan),
        # Roots at 10 and at 20 %: no single rate.
        ([-100, 230, -132], np.nan),
        # No rate at all.
        ([-100, 150, -100], np.nan),
    ],
)
def test_rates_of_return_at_the_edges(flows, rate):
    assert irr(flows) == pytest.approx(rate, abs=SOLVED, nan_ok=True)


def test_present_values_take_one_rate_or_one_for_each():
    flows = np.array([[-100.0, 110.0], [-100.0, 121.0]])
    np.testing.assert_allclose(npv(flows, [10, 21]), 0, atol=SOLVED)
    np.testing.assert_allclose(npv(flows, 0), [10, 21])


@pytest.mark.parametrize("target", [0.0, 4.8, 6.0])
def test_reading_a_asks_for_twice_the_annuity(target):
    """Up to the deemed rate Japan lives on its half: 200 over the annuity factor is the cash."""
    cash = level_project(target, YEARS, paid_in=200.0)
    cash[0] = -100
    found = break_even_project_irr(terms("A"), target, years=YEARS)
    assert found == pytest.approx(irr(cash), abs=1e-6)


def test_reading_b_asks_for_the_deemed_rate_where_japan_wants_half_of_it():
    for rate in (4.0, 6.0):
        found = break_even_project_irr(terms("B", rate), rate / 2, years=YEARS)
        assert found == pytest.approx(rate, abs=1e-6)
        dearer = terms("B", rate, funding_cost_pct=4.5)
        assert break_even_project_irr(dearer, rate / 2 + 4.5, years=YEARS) == pytest.approx(
            rate + 4.5, abs=1e-6
        )


def test_a_target_out_of_reach_has_no_break_even():
    assert np.isnan(break_even_project_irr(terms("A"), 80.0, years=YEARS))


def test_readings_are_worth_the_same_at_the_crossings_and_only_there():
    """The level case of 26.9 % stands between: worth more under A at 4 %, under B at 6 %."""
    found = crossings_project_irr(terms("A"), 4.0, years=YEARS)
    assert len(found) == 2
    assert found[0] < 26.9435 < found[1]
    at_6 = crossings_project_irr(terms("B"), 6.0, years=YEARS)
    assert at_6[1] < 26.9435
    cash = level_project([*found, 12.0, 20.0, 40.0], YEARS)
    paid_in = np.zeros_like(cash)
    paid_in[:, 0] = 100
    a, b = (npv(share_out(cash, paid_in, terms(x)).japan_net, 4.0) for x in "AB")
    np.testing.assert_allclose(a[:2], b[:2], atol=1e-6)
    assert list(np.sign(a - b)[2:]) == [-1, 1, -1]
    asked = asked_of_projects(terms("B"), {"back": 0.0, "funds": 4.8}, years=YEARS)
    assert asked.at["A", "funds"] == break_even_project_irr(terms("A"), 4.8, years=YEARS)
    assert (asked.loc["A"] > asked.loc["B"]).all()
