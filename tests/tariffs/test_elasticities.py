"""Elasticities: figures as published, the arithmetic of means, and draws that know the truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.data import load_table
from research.errors import InputError
from research.tariffs.elasticities import (
    ALL_GOODS,
    LOWEST_THETA,
    MIXTURE,
    draw_theta,
    draws_of,
    elasticity_sets,
    load_thetas,
    one_good_theta,
    sets_of,
    theta_table,
)

DRAWS = 20_000


def published(source, sector):
    table = load_table("tariffs/trade_elasticities").set_index(["source", "sector"])
    found = table[table.index.get_level_values(0).str.contains(source, regex=False)]
    return found.xs(sector, level="sector").iloc[0]


@pytest.mark.parametrize(
    ("name", "theta"),
    [
        ("boehm_short", 0.76 - 1),
        ("boehm_long_low", 1.75 - 1),
        ("boehm_long_high", 2.25 - 1),
        ("fontagne", 5.0 - 1),
        ("wto", 7.604 - 1),
        ("wits", 1.5 - 1),
    ],
)
def test_flows_before_duty_and_substitution_are_one_above_theta(name, theta):
    assert one_good_theta(name) == pytest.approx(theta)
    assert theta_table(name, "us_sectors")["theta"].to_numpy() == pytest.approx(theta)
    assert theta_table(name, "world_sectors")["theta"].to_numpy() == pytest.approx(theta)


@pytest.mark.parametrize(
    ("name", "source", "theta", "error"),
    [("cp_used", "used in NAFTA", 8.22, np.nan), ("cp_estimated", "re-estimated", 1.01, 0.80)],
)
def test_cars_are_estimated_at_one_and_used_at_eight(name, source, theta, error):
    assert published(source, "Auto")["elasticity"] == theta
    cars = theta_table(name, "us_sectors").loc["MVH"]
    assert cars["theta"] == theta
    assert cars["standard_error"] == pytest.approx(error, nan_ok=True)


def test_a_sector_with_several_estimates_has_their_mean():
    row = theta_table("cp_estimated", "us_sectors").loc["WPP"]
    wood, paper = (published("re-estimated", one) for one in ("Wood", "Paper"))
    assert row["theta"] == pytest.approx((wood["elasticity"] + paper["elasticity"]) / 2)
    errors = (wood["standard_error"], paper["standard_error"])
    assert row["standard_error"] == pytest.approx(np.hypot(*errors) / 2)


@pytest.mark.parametrize("name", ["cp_used", "cp_estimated", "ilms"])
def test_world_sectors_and_all_goods_are_means_by_imports_from_japan(name):
    us, world = (theta_table(name, level)["theta"] for level in ("us_sectors", "world_sectors"))
    japan, of = (
        load_table("tariffs/us_imports_2024_musd").loc["JPN"].drop("TOTAL"),
        load_table("tariffs/sector_codes"),
    )
    for sector in set(of):
        inside = of.index[of == sector]
        assert world[sector] == pytest.approx(np.average(us[inside], weights=japan[inside]))
    all_goods = np.average(us, weights=japan[us.index])
    assert one_good_theta(name) == pytest.approx(all_goods)
    assert world[["UTC", "TRD", "TRN", "SVC"]].to_numpy() == pytest.approx(all_goods)


def test_the_mixture_holds_the_sets_of_the_long_run_and_its_median():
    """Two sets of one study were two votes: cars stood at 3.80, the median of seven sets."""
    table = elasticity_sets()
    assert set(sets_of(MIXTURE)) == set(table.index) - {"boehm_short", "wits"}
    each = pd.DataFrame({one: theta_table(one, "us_sectors")["theta"] for one in sets_of(MIXTURE)})
    alone = each[["ilms", "fontagne", "wto"]]
    voted = pd.concat([each, alone], axis=1).median(axis=1)
    middle = load_thetas(MIXTURE)
    pd.testing.assert_series_equal(middle.us_sectors, voted, check_names=False)
    assert middle.us_sectors["MVH"] == pytest.approx((3.801 + 4) / 2)
    assert sets_of("wto") == ("wto",)


def test_sets_of_one_study_share_its_draws():
    """Each set had all draws, so that Caliendo-Parro and Boehm and others counted twice."""
    sets, studies = sets_of(MIXTURE), elasticity_sets()["study"]
    number = draws_of(sets, 75)
    assert number.groupby(studies).sum().tolist() == [75] * 5
    assert number[["cp_used", "cp_estimated", "wto"]].tolist() == [38, 37, 75]
    assert draws_of(["cp_used"], 75).tolist() == [75]


def test_draws_are_those_of_a_normal_cut_off_below():
    drawn = draw_theta("cp_estimated", "us_sectors", DRAWS, np.random.default_rng(1))
    table = theta_table("cp_estimated", "us_sectors")
    for sector in ("MVH", "MCH", "AGR"):
        theta, error = table.loc[sector, ["theta", "standard_error"]].astype(float)
        truth = stats.truncnorm((LOWEST_THETA - theta) / error, np.inf, loc=theta, scale=error)
        assert stats.kstest(drawn[sector], truth.cdf).pvalue > 0.01
        assert stats.kstest(drawn[sector], stats.norm(theta + error, error).cdf).pvalue < 1e-6
    assert drawn.min().min() >= LOWEST_THETA
    assert drawn["CHM"].nunique() == 1


def test_sectors_that_share_an_estimate_share_its_draw():
    drawn = draw_theta("cp_estimated", "us_sectors", 50, np.random.default_rng(2))
    assert (drawn["STL"] == drawn["NFM"]).all()
    assert np.corrcoef(drawn["STL"], drawn["FMP"])[0, 1] < 0.5


def test_spread_of_a_mean_is_its_standard_error_where_nothing_is_cut_off():
    drawn = draw_theta("ilms", "one_good", DRAWS, np.random.default_rng(3))[ALL_GOODS]
    row = theta_table("ilms", "one_good").loc[ALL_GOODS]
    assert drawn.mean() == pytest.approx(row["theta"], abs=4 * row["standard_error"] / DRAWS**0.5)
    assert drawn.std() == pytest.approx(row["standard_error"], rel=0.02)


@pytest.mark.parametrize("ask", [theta_table, lambda n, level: sets_of(n)])
def test_a_set_that_is_not_known_is_named_with_those_that_are(ask):
    with pytest.raises(InputError, match=r"one of cp_used, .*mixture; found 'cp_guess'"):
        ask("cp_guess", "one_good")


def test_an_elasticity_that_no_model_takes_is_refused():
    with pytest.raises(InputError) as caught:
        draw_theta("boehm_short", "one_good", 1, np.random.default_rng(5))
    assert [fault.found for fault in caught.value.faults] == ["-0.24"]
    assert "long run" in str(caught.value)
