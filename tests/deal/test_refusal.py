"""Fund or refuse: sums by hand, and the ends of the option."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from research.deal import refusal
from research.deal.terms import Terms
from research.deal.value import irr, japan_net, npv

SWITCHES = {
    "compounding": "annual", "payment_order": "interest first", "crossing_year": "split",
    "loss_rule": "as cash", "claw_back": "none", "pooling": "project", "deemed_rate_pct": 6.0,
    "funding_cost_pct": 0.0,
}  # fmt: skip
A, B = (Terms(reading=one, **SWITCHES) for one in "AB")
SPAN = {"lasts_years": 3.0, "horizon_years": 2.3, "discount_pct": 4.8}


@pytest.mark.parametrize("hazard", [0.0, 0.3, 2.0])
def test_cost_is_the_integral_over_the_day_that_tariffs_come(hazard):
    rho = np.log(1.048)

    def after(day):
        owed = 6.5 * (np.exp(-rho * day) - np.exp(-rho * (day + 3))) / rho
        return hazard * np.exp(-hazard * day) * owed

    cost = refusal.snap_back_cost(6.5, hazard, **SPAN)
    assert cost == pytest.approx(quad(after, 0, 2.3)[0])


def test_certain_tariffs_cost_their_whole_time_at_once():
    whole = quad(lambda t: 6.5 * 1.048**-t, 0, 3)[0]
    assert refusal.snap_back_cost(6.5, float("inf"), **SPAN) == pytest.approx(whole)
    assert refusal.snap_back_cost(6.5, 1e7, **SPAN) == pytest.approx(whole, rel=1e-5)


def test_three_of_six_per_cent():
    assert irr(japan_net(6.0, B, 20)) == pytest.approx(3.0)
    assert irr(japan_net(6.0, A, 20)) == pytest.approx(-1.272, abs=5e-4)


@pytest.mark.parametrize("terms", [A, B])
def test_without_a_stake_japan_funds_only_above_its_cost(terms):
    lowest = refusal.lowest_irr_pct(0.0, terms, years=20, cost_pct=4.8)
    assert npv(japan_net(lowest, terms, 20), 4.8) == pytest.approx(0, abs=1e-6)
    assert irr(japan_net(lowest, terms, 20)) == pytest.approx(4.8)


def test_thin_project_gives_half_its_cash_to_the_threshold():
    # Reading A below recovery: half of the cash is worth the 25 that the stake leaves of 100.
    lowest = refusal.lowest_irr_pct(0.75, A, years=20, cost_pct=4.8)
    k, annuity = lowest / 100, (1 - 1.048**-20) / 0.048
    assert annuity * 100 * k / (1 - (1 + k) ** -20) / 2 == pytest.approx(25)


def test_huge_certain_tariffs_make_japan_fund_anything_and_a_reward_for_refusing_nothing():
    assert refusal.lowest_irr_pct(1.0, A, years=20, cost_pct=4.8) == float("-inf")
    assert np.isnan(refusal.lowest_irr_pct(-50.0, A, years=20, cost_pct=4.8))
    ends = [refusal.lowest_irr_pct(x, B, years=20, cost_pct=4.8) for x in (0, 0.1, 0.4, 0.9)]
    assert ends == sorted(ends, reverse=True)
