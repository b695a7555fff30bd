"""Best tariffs against Gros's formula, and Nash tariffs from which no player gains by moving."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.tariffs.hat_one_sector import solve_one_sector
from research.tariffs.solver import ConvergenceError
from research.tariffs.tariff_games import best_tariff, nash_tariffs

from .random_worlds import flows, rates

THETA = 4.0
# A flat top: welfare is known to 1e-12, the rate to the root of that times its curvature.
RATE = 2e-5


def gros(result, others):
    """One over theta times the home share of the other country, of two."""
    sold = result.flows_musd[others]
    return 1 / (THETA * sold[others] / sold.sum())


@pytest.fixture
def two():
    names = ["home", "abroad"]
    return pd.DataFrame([[9.0, 2.0], [2.0, 14.0]], names, names)


@pytest.fixture
def twins():
    names = ["home", "abroad", "third"]
    values = np.full((3, 3), 1.5) + 6 * np.eye(3)
    return pd.DataFrame(values, names, names)


def test_the_best_tariff_is_that_of_gros(two):
    best = best_tariff(two, "home", theta=THETA, old_rate_share=two * 0)
    assert best.rate_share == pytest.approx(gros(best.equilibrium, "abroad"), abs=RATE)
    assert best.on == ("abroad",)
    row = best.curve.loc[best.rate_share]
    assert row["welfare_change_pct"] == best.summary().loc["home", "welfare_change_pct"] > 0
    assert row["revenue_musd"] == best.equilibrium.countries.loc["home", "new_revenue_musd"]
    assert list(best.curve.index[[0, -1]]) == [0, 2]


def test_the_best_tariff_on_some_is_the_top_of_a_fine_grid():
    trade = flows(4, 3)
    old = rates(trade, 4, top=0.1)
    best = best_tariff(trade, "c0", theta=THETA, old_rate_share=old, on=["c2", "c3"])
    welfare = {}
    for rate in np.arange(0, 0.8, 0.01):
        new = old.copy()
        new.loc[["c2", "c3"], "c0"] = rate
        result = solve_one_sector(trade, theta=THETA, old_rate_share=old, new_rate_share=new)
        welfare[rate] = result.countries.loc["c0", "welfare_hat"]
    grid = pd.Series(welfare)
    assert best.rate_share == pytest.approx(grid.idxmax(), abs=0.01)
    assert best.equilibrium.countries.loc["c0", "welfare_hat"] >= grid.max()


def test_a_country_that_answers_takes_the_others_new_rates(two):
    first = two * 0
    first.loc["abroad", "home"] = 0.3
    answer = best_tariff(two, "abroad", theta=THETA, old_rate_share=two * 0, new_rate_share=first)
    assert answer.rate_share == pytest.approx(gros(answer.equilibrium, "home"), abs=RATE)
    at = answer.curve["welfare_change_pct"]
    assert at[answer.rate_share] > at[0.0]
    alone = solve_one_sector(two, theta=THETA, old_rate_share=two * 0, new_rate_share=first)
    assert at[0.0] == pytest.approx(alone.summary().loc["abroad", "welfare_change_pct"])


def test_absorbed_tariffs_are_better_for_who_sets_them(two):
    passed, absorbed = (
        best_tariff(
            two, "home", theta=THETA, old_rate_share=two * 0, firm_pass_through=phi
        ).equilibrium.countries.loc["home", "welfare_hat"]
        for phi in (1.0, 0.8)
    )
    assert absorbed > passed > 1


def test_welfare_that_still_rises_is_an_error(two):
    with pytest.raises(ConvergenceError, match=r"welfare of home.*up to 0\.1"):
        best_tariff(two, "home", theta=THETA, old_rate_share=two * 0, highest_rate_share=0.1)


def test_nash_tariffs_of_equal_countries_are_equal_and_leave_each_worse_off(twins):
    players = list(twins)
    found = nash_tariffs(twins, players, theta=THETA, old_rate_share=twins * 0)
    summary = found.summary()
    np.testing.assert_allclose(summary["rate_share"], summary["rate_share"].iloc[0], atol=3 * RATE)
    np.testing.assert_allclose(
        summary["welfare_change_pct"], summary["welfare_change_pct"].iloc[0], atol=1e-3
    )
    assert (summary["welfare_change_pct"] < -0.1).all()
    assert list(found.trail.columns) == players
    assert found.trail.iloc[-1].equals(found.rate_share.rename(found.trail.index[-1]))


def test_nash_tariffs_of_two_are_both_those_of_gros(two):
    found = nash_tariffs(two, ["home", "abroad"], theta=THETA, old_rate_share=two * 0)
    for player, other in (("home", "abroad"), ("abroad", "home")):
        assert found.rate_share[player] == pytest.approx(gros(found.equilibrium, other), abs=RATE)


def test_no_player_gains_by_moving_alone():
    trade = flows(4, 8)
    old = rates(trade, 9, top=0.1)
    options = {"labour_supply_elasticity": 0.5, "revenue_use": "income_tax"}
    found = nash_tariffs(trade, ["c1", "c3"], theta=THETA, old_rate_share=old, **options)

    def welfare(player, rate):
        new = old.copy()
        for name, own in (found.rate_share.to_dict() | {player: rate}).items():
            new.loc[new.index != name, name] = own
        solved = solve_one_sector(
            trade, theta=THETA, old_rate_share=old, new_rate_share=new, **options
        )
        return solved.countries.loc[player, "welfare_hat"]

    for player in found.rate_share.index:
        stays = welfare(player, found.rate_share[player])
        assert stays == pytest.approx(found.equilibrium.countries.loc[player, "welfare_hat"])
        moves = np.r_[np.linspace(0, 1.5, 11), found.rate_share[player] + np.array([-0.01, 0.01])]
        assert max(welfare(player, rate) for rate in moves) < stays


def test_rates_that_still_move_are_an_error_with_the_trail(two):
    with pytest.raises(ConvergenceError, match="in the last of 2 rounds"):
        nash_tariffs(two, ["home", "abroad"], theta=THETA, old_rate_share=two * 0, most_rounds=2)


def test_all_faults_are_told_at_once(two):
    with pytest.raises(InputError) as caught:
        best_tariff(
            two,
            "mars",
            theta=-1,
            old_rate_share=two * 0 + 0.1,
            on=["abroad", "venus", "abroad"],
            labour_supply_elasticity=-1,
        )
    text = str(caught.value)
    for part in ("'mars'", "'venus'", "'abroad' more than once", "theta", "own goods", "labour"):
        assert part in text
    with pytest.raises(InputError, match="other than the country"):
        best_tariff(two, "home", theta=THETA, old_rate_share=two * 0, on=["home"])
    with pytest.raises(InputError, match="a finite rate above 0"):
        best_tariff(two, "home", theta=THETA, old_rate_share=two * 0, highest_rate_share=0)
    with pytest.raises(InputError, match="a finite rate above 0, as a share; found '1'"):
        best_tariff(two, "home", theta=THETA, old_rate_share=two * 0, highest_rate_share="1")
    with pytest.raises(InputError, match="players: asked for at least one country"):
        nash_tariffs(two, [], theta=THETA, old_rate_share=two * 0)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *(("tolerance_share", bad) for bad in ("small", 0, -1e-5, np.nan, True)),
        *(("most_rounds", bad) for bad in ("2", 0, 2.0, True, None)),
    ],
)
def test_limits_that_no_round_could_meet_are_refused(two, name, bad):
    with pytest.raises(InputError, match=f"{name}: asked for a"):
        nash_tariffs(two, ["home", "abroad"], theta=THETA, old_rate_share=two * 0, **{name: bad})
