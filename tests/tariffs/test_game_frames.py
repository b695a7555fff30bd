"""The tariff game, against gravity, a second solver of wages, and the formula of Gros."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from research.tariffs.game_frames import (
    average_rate,
    balanced_world,
    best_by_set,
    best_rates,
    rate_curve,
    rates_looked_at,
)
from research.tariffs.hat_one_sector import solve_one_sector
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import one_good

from .own_cases import flat, sold_by_japan_musd, thetas

THETA = 4.0
# Steps of the curve around the best rate, a share.
STEP = 0.005
# Gros has two countries. Here the rest of the world is many, whose trade with each other moves.
MANY_COUNTRIES = 0.05


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


def welfare_by_wages(flows, base, rate):
    """Solve for wages that sell all output, by a root finder; welfare over the base, per cent."""
    trade, old = flows.to_numpy(), 1 + base.to_numpy()
    new = old.copy()
    new[flows.index.get_loc("JPN"), flows.columns.get_loc("USA")] = 1 + rate
    output = trade.sum(axis=1)
    income = (trade * old).sum(axis=0)
    shares = trade * old / income

    def state(log_wage):
        wage = np.exp(log_wage)
        weights = shares * (wage[:, None] * new / old) ** -THETA
        price = weights.sum(axis=0) ** (-1 / THETA)
        spent = weights / weights.sum(axis=0)
        # Income is wages and revenue; revenue is a share of spending.
        earned = wage * output / (1 - (spent * (1 - 1 / new)).sum(axis=0))
        return (spent / new * earned).sum(axis=1), earned / price

    def gaps(log_wage):
        sold, _ = state(log_wage)
        gap = sold / output - np.exp(log_wage)
        gap[-1] = np.average(np.exp(log_wage), weights=output) - 1
        return gap

    found = optimize.root(gaps, np.zeros(len(output)), tol=1e-13)
    assert np.abs(gaps(found.x)).max() < 1e-10
    return pd.Series(100 * (state(found.x)[1] / income - 1), flows.index)


def test_trade_is_balanced_and_output_of_the_world_as_before(world):
    flows, _ = world
    start = one_good(2023).flows_musd
    deficit = start.sum() - start.sum(axis=1)
    assert deficit["USA"] > 1e5  # there was something to close
    np.testing.assert_allclose(flows.sum(), flows.sum(axis=1), rtol=1e-9)
    assert flows.to_numpy().sum() == pytest.approx(start.to_numpy().sum())
    assert ((flows > 0) == (start > 0)).all(axis=None)


def test_closing_deficits_moves_trade_by_wages_of_sellers_and_prices_of_buyers_alone(world):
    """Flows change by a factor of exporter times one of importer; that of sellers is w^-theta."""
    flows, _ = world
    start = one_good(2023).flows_musd
    change = np.log((flows / start).where(start > 0))
    seller = change.sub(change.loc["USA"]).mean(axis=1)
    apart = change.sub(seller, axis=0)
    assert (apart.max() - apart.min()).max() < 1e-9
    log_wage = np.log(flows.sum(axis=1) / start.sum(axis=1))
    wanted = -THETA * (log_wage - log_wage["USA"])
    np.testing.assert_allclose(seller, wanted, atol=1e-9)
    assert log_wage["USA"] < 0  # who bought more than it sold gets cheaper


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


def test_nobody_gains_or_loses_at_the_rate_of_the_base(world):
    base = world[1].at["JPN", "USA"]
    assert curve_of([base]).to_numpy() == pytest.approx(0, abs=1e-9)


def test_welfare_on_the_curve_is_that_of_wages_found_another_way(world):
    curve = curve_of([0.0, 0.15, 0.6])
    for rate_pct, row in curve.iterrows():
        other = welfare_by_wages(*world, rate_pct / 100)
        assert row.to_dict() == pytest.approx(other[["USA", "JPN"]].to_dict(), abs=1e-8)


def test_the_curve_has_a_row_for_each_rate_and_side_in_order():
    frame = rate_curve(thetas(THETA), [0.3, 0.1])
    assert frame["rate_pct"].tolist() == pytest.approx([30, 30, 10, 10])
    assert frame["country"].tolist() == ["United States", "Japan"] * 2


def test_every_higher_rate_costs_japan_more_and_the_united_states_have_one_best():
    curve = curve_of(np.arange(0, 0.61, 0.05))
    assert (curve["JPN"].diff().iloc[1:] < 0).all()
    signs = np.sign(curve["USA"].diff().iloc[1:])
    assert signs.iloc[0] == 1
    assert (signs.diff().iloc[1:] != 0).sum() == 1


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
    assert alone["japan_welfare_pct"] < 0
    assert everybody["japan_welfare_pct"] < 0


def test_japan_keeps_its_rates_but_in_the_game_of_both(games):
    assert games["japan_rate_pct"].isna().tolist() == [True, True, False]
    assert games["japan_rate_pct"].iloc[2] == pytest.approx(100 / THETA, rel=MANY_COUNTRIES)
    assert games["game"].is_unique


@pytest.mark.parametrize(
    ("best", "average", "end"), [(11.5, 16.4, 0.6), (72.0, 16.4, 0.9), (11.5, 80.0, 1.0)]
)
def test_the_curve_goes_beyond_the_best_rate_and_the_one_in_force(best, average, end):
    games = pd.DataFrame({"us_rate_pct": [best, 400.0]})
    rates = rates_looked_at(games, average)
    assert (rates[0], rates[-1], len(rates)) == (0.0, pytest.approx(end), 61)


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
        solved = solve_one_sector(flows, theta=4.0, old_rate_share=base, new_rate_share=new)
        return solved.countries.loc["USA", "welfare_hat"]

    best = four["best_others_pct"] / 100
    assert welfare(best) > max(welfare(best - STEP), welfare(best + STEP))
    assert best > four["best_pct"] / 100
