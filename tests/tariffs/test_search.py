"""How an equilibrium is looked for: tolerance, steps; who is named where there is none."""

import numpy as np
import pandas as pd
import pytest

from research.tariffs.models import search
from research.tariffs.models.equilibrium import prepare
from research.tariffs.models.solver import ConvergenceError, solve_fixed_points

from .random_worlds import flows, rates
from .test_equilibrium import SAME, excess_labour

THETA = 8.0


def everywhere(seed, rate_share, theta=THETA, **more):
    """Give a world of four whose every border takes the same rate, and its case as in the tests."""
    trade = flows(4, seed)
    new = (rates(trade, 1) > 0) * rate_share
    given = {"old_rate_share": trade * 0, "new_rate_share": new, "highest_rate_share": 10.0}
    economy = prepare(trade, theta=theta, **given, **more)
    return economy, (trade, None, theta, trade * 0, new)


def test_tariffs_of_500_per_cent_everywhere_are_solved_in_steps(monkeypatch):
    """One step ended without an answer; markets written out by hand clear at the wages found."""
    economy, case = everywhere(1, 5.0)
    found = economy.solve()
    excess = excess_labour(case, found.countries["wage_hat"].to_numpy())
    np.testing.assert_allclose(excess / case[0].sum(axis=1), 0, atol=SAME)
    monkeypatch.setattr(search, "STEPS", 30)
    finer = everywhere(1, 5.0)[0].solve()
    np.testing.assert_allclose(finer.welfare_pct, found.welfare_pct, rtol=SAME)
    monkeypatch.setattr(search, "STEPS", 1)
    with pytest.raises(ConvergenceError, match="Ask a smaller change"):
        everywhere(1, 5.0)[0].solve()


def test_a_country_whose_surplus_outgrows_its_income_is_named():
    """The search ended with residuals alone; with deficits closed in part there is an answer."""
    economy, case = everywhere(6, 5.0)
    with pytest.raises(ConvergenceError) as caught:
        economy.solve()
    assert caught.value.faults[0].where == "income of c3"
    assert "of before, step" in str(caught.value)
    assert "deficit_left_share below 1" in str(caught.value)
    gap = case[0].sum(axis=0) - case[0].sum(axis=1)
    assert gap.idxmin() == "c3"
    closed = everywhere(6, 5.0, deficit_left_share=0.5)[0].solve()
    assert (closed.countries["income_hat"] > 0).all()


def test_two_countries_have_no_equilibrium_at_any_wage_where_one_is_named():
    """Its surplus of 3 is more than what is left to sell, down to the wage that eats it up."""
    trade = pd.DataFrame([[6.0, 4.0], [1.0, 9.0]], ["home", "away"], ["home", "away"])
    new = pd.DataFrame([[0.0, 9.0], [9.0, 0.0]], *trade.axes)
    given = {"old_rate_share": trade * 0, "new_rate_share": new, "highest_rate_share": 10.0}
    with pytest.raises(ConvergenceError, match="income of home"):
        prepare(trade, theta=4.0, **given).solve()
    wage = np.linspace(0.3, 1.9, 2000)  # At 0.3 it earns the 3 that it gives away.
    other = 2 - wage
    at_home = 6 / (6 + 1 * (other / wage * 10) ** -4.0)
    abroad = 4 / (4 + 9 * (other / wage / 10) ** -4.0)
    budget = (10 * wage - 3) / (1 - 0.9 * (1 - at_home))
    theirs = (10 * other + 3) / (1 - 0.9 * abroad)
    sold = budget * at_home + theirs * abroad / 10
    assert (sold < 10 * wage).all()  # At no wage is all of its labour asked for.


def test_the_tolerance_is_relative_and_holds_the_conditions(monkeypatch):
    """Figures of a million never came to rest at a step of 1e-13."""
    big = np.pi * 1e6
    more = {"tolerance": 1e-13, "most_iterations": 200}
    points, _ = solve_fixed_points(lambda x: big + 1e-8 * np.sin(1e9 * x), np.ones((1, 1)), **more)
    assert points[0, 0] == pytest.approx(big, rel=1e-14)
    monkeypatch.setattr(search, "TOLERANCE", 1e-4)
    with pytest.raises(ConvergenceError, match="not an equilibrium"):
        everywhere(2, 0.3)[0].solve()


def test_half_way_powers_and_trade_costs_are_square_roots_and_deficits_half_closed(monkeypatch):
    monkeypatch.setattr(search, "TRIED", 1)
    trade = flows(4, 2)
    cost = 1 + rates(trade, 3)

    def solved(rate_share, cost_hat, left, steps):
        monkeypatch.setattr(search, "STEPS", steps)
        more = {"deficit_left_share": left, "trade_cost_hat": cost_hat}
        return everywhere(2, rate_share, **more)[0].solve().trail

    path, half = solved(0.44, cost, 0.5, 2), solved(0.2, cost**0.5, 0.75, 1)
    assert path[: len(half)] == pytest.approx(half)
    assert len(half) < len(path)


def test_who_had_least_before_the_search_got_lost_is_named(monkeypatch):
    monkeypatch.setattr(search, "MOST_ITERATIONS", 400)
    with pytest.raises(ConvergenceError) as caught:
        everywhere(7, 5.0, theta=12.0)[0].solve()
    first, last = caught.value.faults
    assert first.where == "income of c1"
    assert "of before, step 9 of 10, nothing after it" in first.found
    assert last.where == "largest residual"


def test_a_base_closes_deficits_once_and_leaves_trade_costs_to_what_follows():
    trade = flows(4, 2)
    economy, _ = everywhere(2, 0.3, deficit_left_share=0.5, trade_cost_hat=1 + rates(trade, 3))
    still, _ = everywhere(2, 0.0, deficit_left_share=0.5)
    base = economy.base()
    np.testing.assert_allclose(base.flows_musd, still.solve().flows_musd, rtol=SAME)
    gap = trade.sum(axis=0) - trade.sum(axis=1)
    np.testing.assert_allclose(base.solve().countries["deficit_musd"], gap / 2, rtol=1e-7)
    assert (base.solve().countries["trade_cost_musd"] < 0).all()


def test_countries_that_hardly_know_of_each_other_are_solved_without_newton(monkeypatch):
    """Where no wage ties two pairs together there is no step of Newton's method to find."""
    monkeypatch.setattr(search, "TRIED", 100)
    trade = flows(4, 3)
    trade.iloc[:2, 2:] = trade.iloc[2:, :2] = 0.0
    new, more = rates(trade, 4), {"theta": THETA, "deficit_left_share": 0.0}
    economy, half = (
        prepare(trade, old_rate_share=trade * 0, new_rate_share=share * new, **more)
        for share in (1, 0.5)
    )
    many = economy.welfare_pct_at([new.to_numpy(), 0.5 * new.to_numpy()])
    np.testing.assert_allclose(many.iloc[0], economy.solve().welfare_pct, atol=1e-10)
    np.testing.assert_allclose(many.iloc[1], half.solve().welfare_pct, atol=1e-10)
