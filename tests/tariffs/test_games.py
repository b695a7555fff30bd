"""Games: Gros's formula, Nash rates from which nobody moves, and the notebook's world of 2023."""

import numpy as np
import pandas as pd
import pytest

from research.tariffs.models.equilibrium import solve_equilibrium
from research.tariffs.models.games import (
    average_rate,
    balanced_world,
    best_by_set,
    best_rates,
    best_tariff,
    nash_tariffs,
    rate_curve,
)
from research.tariffs.models.solver import ConvergenceError
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import one_good

from .own_cases import flat, sold_by_japan_musd, thetas
from .random_worlds import flows, rates

THETA = 4.0
# A flat top: welfare is known to 1e-12, the rate to the root of that times its curvature.
RATE = 2e-5
# Steps of the curve around the best rate, a share.
STEP = 0.005
# Gros has two countries. Here the rest of the world is many, whose trade with each other moves.
MANY_COUNTRIES = 0.05


def gros(result, others):
    """One over theta times the home share of the other country, of two."""
    sold = result.flows_musd[others]
    return 1 / (THETA * sold[others] / sold.sum())


@pytest.fixture
def two():
    names = ["home", "abroad"]
    return pd.DataFrame([[9.0, 2.0], [2.0, 14.0]], names, names)


def test_the_best_tariff_is_that_of_gros(two):
    best = best_tariff(two, "home", theta=THETA, old_rate_share=two * 0)
    assert best.rate_share == pytest.approx(gros(best.equilibrium, "abroad"), abs=RATE)
    assert best.equilibrium.welfare_pct["home"] > 0
    new = two * 0
    new.loc["abroad", "home"] = best.rate_share
    alone = solve_equilibrium(two, theta=THETA, old_rate_share=two * 0, new_rate_share=new)
    assert best.equilibrium.welfare_pct.to_dict() == pytest.approx(alone.welfare_pct.to_dict())


@pytest.mark.parametrize("size", [0.5, 0.001])
def test_a_small_country_takes_one_over_theta(size):
    names = ["home", "abroad"]
    trade = pd.DataFrame([[6 * size, size], [size, 9.0]], names, names)
    best = best_tariff(trade, "home", theta=THETA, old_rate_share=trade * 0, highest_rate_share=1)
    assert best.rate_share == pytest.approx(gros(best.equilibrium, "abroad"), abs=2e-4)
    assert (abs(best.rate_share - 1 / THETA) < 1e-3) == (size < 0.01)


def test_the_best_tariff_on_some_is_the_top_of_a_fine_grid():
    trade = flows(4, 3)
    old = rates(trade, 4, top=0.1)
    best = best_tariff(trade, "c0", theta=THETA, old_rate_share=old, on=["c2", "c3"])
    welfare = {}
    for rate in np.arange(0, 0.8, 0.01):
        new = old.copy()
        new.loc[["c2", "c3"], "c0"] = rate
        result = solve_equilibrium(trade, theta=THETA, old_rate_share=old, new_rate_share=new)
        welfare[rate] = result.countries.loc["c0", "welfare_hat"]
    grid = pd.Series(welfare)
    assert best.rate_share == pytest.approx(grid.idxmax(), abs=0.01)
    assert best.equilibrium.countries.loc["c0", "welfare_hat"] >= grid.max()


def test_welfare_that_still_rises_is_an_error(two):
    with pytest.raises(ConvergenceError, match=r"welfare of home.*up to 0\.1"):
        best_tariff(two, "home", theta=THETA, old_rate_share=two * 0, highest_rate_share=0.1)


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
        solved = solve_equilibrium(
            trade, theta=THETA, old_rate_share=old, new_rate_share=new, **options
        )
        return solved.countries.loc[player, "welfare_hat"]

    for player in found.rate_share.index:
        stays = welfare(player, found.rate_share[player])
        assert stays == pytest.approx(found.equilibrium.countries.loc[player, "welfare_hat"])
        moves = np.r_[np.linspace(0, 1.5, 11), found.rate_share[player] + np.array([-0.01, 0.01])]
        assert max(welfare(player, rate) for rate in moves) < stays


def test_rates_that_still_move_are_an_error_with_the_trail(two, monkeypatch):
    monkeypatch.setattr("research.tariffs.models.games.MOST_ROUNDS", 2)
    with pytest.raises(ConvergenceError, match="in the last of 2 rounds"):
        nash_tariffs(two, ["home", "abroad"], theta=THETA, old_rate_share=two * 0)


# The world of 2023


@pytest.fixture(scope="module")
def world():
    return balanced_world(THETA)


@pytest.fixture(scope="module")
def games():
    return best_rates(thetas(THETA))


def curve_of(rates, theta=THETA):
    frame = rate_curve(thetas(theta), rates)
    table = frame.pivot(index="rate_pct", columns="country", values="welfare_pct")
    return table[["United States", "Japan"]].set_axis(["USA", "JPN"], axis=1)


def test_trade_is_balanced_and_output_of_the_world_as_before(world):
    flows, _ = world
    start = one_good(2023)
    deficit = start.sum() - start.sum(axis=1)
    assert deficit["USA"] > 1e5  # there was something to close
    np.testing.assert_allclose(flows.sum(), flows.sum(axis=1), rtol=1e-9)
    assert flows.to_numpy().sum() == pytest.approx(start.to_numpy().sum())
    assert ((flows > 0) == (start > 0)).all(axis=None)


def test_only_japan_pays_a_duty_in_the_balanced_world(world):
    _, base = world
    sold = sold_by_japan_musd()
    mean = (us_rates(load_scenario("mfn")).loc["JPN"] * sold).sum() / sold.sum()
    assert base.at["JPN", "USA"] == pytest.approx(mean)
    assert base.to_numpy().sum() == base.at["JPN", "USA"]


def test_the_average_rate_weighs_sectors_by_imports():
    assert average_rate(flat(0.15)) == pytest.approx(0.15)
    sold = sold_by_japan_musd()
    for name in ("deal_15", "letter_25"):
        rates = us_rates(load_scenario(name)).loc["JPN"]
        assert average_rate(load_scenario(name)) == pytest.approx((rates * sold).sum() / sold.sum())


def test_the_top_of_the_curve_is_the_best_rate_on_japan(games):
    best = games.iloc[0]
    around = best["us_rate_pct"] / 100 + STEP * np.arange(-2, 3)
    curve = curve_of(around)
    assert curve["USA"].idxmax() == pytest.approx(best["us_rate_pct"])
    top = curve.iloc[2]
    assert list(top) == pytest.approx([best["us_welfare_pct"], best["japan_welfare_pct"]])


def test_the_best_rate_on_everybody_is_near_that_of_gros(games):
    """One over theta times the share that the others buy of each other; less as theta rises."""
    for theta, table in ((THETA, games), (12.0, best_rates(thetas(12.0)))):
        flows, _ = balanced_world(theta)
        others = flows.drop(columns="USA")
        home = others.drop(index="USA").to_numpy().sum() / others.to_numpy().sum()
        wanted = 100 / (theta * home)
        assert table["us_rate_pct"].iloc[1] == pytest.approx(wanted, rel=MANY_COUNTRIES)


def test_a_rate_on_one_seller_is_below_that_on_all_and_more_choice_is_never_worse(games):
    alone, everybody, nash = (row for _, row in games.iterrows())
    assert alone["us_rate_pct"] < everybody["us_rate_pct"]
    assert 0 < alone["us_welfare_pct"] < everybody["us_welfare_pct"]
    assert nash["us_welfare_pct"] < everybody["us_welfare_pct"]
    assert (games["japan_welfare_pct"].iloc[:2] < 0).all()
    assert games["japan_rate_pct"].isna().tolist() == [True, True, False]
    assert nash["japan_rate_pct"] == pytest.approx(100 / THETA, rel=MANY_COUNTRIES)


def test_every_set_has_its_best_rate_and_one_beside_duties_on_all_others():
    """Alone it is that of the game; beside duties on others both sides of the sum are equal."""
    table = best_by_set(["fontagne", "boehm_long_low"], 0.1).set_index("elasticities")
    four, low = (
        table.loc[words] for words in ("Fontagne and others", "Boehm and others long run low")
    )
    assert (four["theta"], low["theta"]) == (4.0, 0.75)
    assert four["best_pct"] == pytest.approx(best_rates(thetas(4.0))["us_rate_pct"].iloc[0])
    assert low["best_pct"] > four["best_pct"]  # whose buyers turn elsewhere less can ask for more
    flows, base = balanced_world(4.0)

    def welfare(rate):
        new = base.copy()
        new["USA"] = np.where(new.index == "USA", 0.0, 0.1)
        new.loc["JPN", "USA"] = rate
        solved = solve_equilibrium(flows, theta=4.0, old_rate_share=base, new_rate_share=new)
        return solved.countries.loc["USA", "welfare_hat"]

    best = four["best_others_pct"] / 100
    assert welfare(best) > max(welfare(best - STEP), welfare(best + STEP))
    assert best > four["best_pct"] / 100
