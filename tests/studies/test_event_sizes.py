"""Group tests reject true nulls as often as they should, and known effects as often as they can."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from studies.event_simulator import Design, simulate, studied
from studies.event_sizes import few_firms, rejections, statistics

from research.events import TESTS
from research.events.tests import FEWEST_FIRMS

# Shares of 1,000 replications at 5 % vary by 0.7 points (one standard error), at 32 % by 1.5.
# Seeds are fixed, so these bounds decide how large an error of size goes unseen: three of them.
REPLICATIONS = 1000
NOMINAL = pytest.approx(0.05, abs=0.021)
THIRD = 0.045

# Corrections by a spread or a skewness that fifteen firms do not pin down.
SPREAD_OF_FEW = ["hall_skew_t", "corrado_zivney_rank_z", "grank_t", "grank_z"]

RHO, N = 0.1, 30
CLUSTERED = Design(n_firms=N, correlation=RHO)
SMALLER = Design(n_firms=15, correlation=RHO, estimation=(-120, -1))


@pytest.fixture(scope="module")
def clustered():
    return statistics(CLUSTERED, replications=REPLICATIONS, seed=1)


def share(tests, name):
    return float((tests.loc[tests["test"] == name, "pvalue"] < 0.05).mean())


KNOW_OF_CORRELATION = [
    *("time_series_t", "adj_patell_z", "kp_t", "portfolio_t"),
    *("corrado_rank_z", "corrado_zivney_rank_z", "cowan_rank_z", "cz_sign_z", "grank_t"),
]


@pytest.mark.parametrize("name", KNOW_OF_CORRELATION)
def test_tests_that_know_of_correlation_keep_their_size(clustered, name):
    assert share(clustered, name) == NOMINAL


def test_patell_rejects_as_often_as_theory_says(clustered):
    """n standardised CARs of correlation rho: their sum has variance n (1 + (n - 1) rho)."""
    exact = 2 * stats.norm.sf(1.96 / np.sqrt(1 + (N - 1) * RHO))
    assert exact == pytest.approx(0.321, abs=0.0005)
    assert share(clustered, "patell_z") == pytest.approx(exact, abs=THIRD)


@pytest.mark.parametrize("name", ["bmp_t", "csect_t"])
def test_cross_sectional_tests_reject_as_often_as_theory_says(clustered, name):
    """The spread over firms also lacks what they share, so the t is inflated once more."""
    inflation = np.sqrt((1 + (N - 1) * RHO) / (1 - RHO))
    exact = 2 * stats.t.sf(stats.t.ppf(0.975, N - 1) / inflation, N - 1)
    assert exact == pytest.approx(0.334, abs=0.0005)
    assert share(clustered, name) == pytest.approx(exact, abs=THIRD)


@pytest.mark.parametrize("name", sorted(set(TESTS) - set(KNOW_OF_CORRELATION)))
def test_all_others_reject_true_nulls_far_too_often(clustered, name):
    assert share(clustered, name) > 0.2


def test_the_correlation_is_found(clustered):
    found = clustered.loc[clustered["test"] == "kp_t", "correlation"]
    assert found.mean() == pytest.approx(RHO, abs=0.003)


def test_with_independent_firms_every_test_keeps_its_size():
    found = rejections(replace(SMALLER, correlation=0.0), replications=REPLICATIONS, seed=2)
    few = found[SPREAD_OF_FEW]
    rest = found.drop(SPREAD_OF_FEW)
    assert rest.to_dict() == dict.fromkeys(rest.index, NOMINAL)
    assert few.to_dict() == dict.fromkeys(few.index, pytest.approx(0.065, abs=0.025))


def test_event_volatility_leaves_kp_alone_in_its_size():
    """Of the tests on CARs; of the others those that rescale the event day, and signs."""
    loud = replace(SMALLER, event_sd_ratio=2.0)
    found = rejections(loud, replications=REPLICATIONS, seed=3)
    assert found["kp_t"] == NOMINAL
    assert found["patell_z"] > 0.4
    quiet = ["time_series_t", "adj_patell_z", "portfolio_t"]
    assert (found[quiet] > 0.25).all()
    assert found["cz_sign_z"] == NOMINAL
    few = found[["corrado_zivney_rank_z", "grank_t"]]
    assert few.to_dict() == dict.fromkeys(few.index, pytest.approx(0.065, abs=0.025))
    # Ranks cannot grow without end: Corrado's suffers, but less.
    assert 0.08 < found["corrado_rank_z"] < 0.2


@pytest.mark.parametrize(("change", "seed"), [({"stagger": 20}, 4), ({"missing_share": 0.1}, 5)])
def test_staggered_dates_and_missing_days_keep_the_size(change, seed):
    """Correcting for a common date that is none once meant no rejection at all."""
    found = rejections(replace(SMALLER, **change), replications=REPLICATIONS, seed=seed)
    hold = found[["kp_t", "portfolio_t", "adj_patell_z", "corrado_rank_z", "cz_sign_z"]]
    assert hold.to_dict() == dict.fromkeys(hold.index, NOMINAL)


def test_a_long_car_after_a_short_estimation_keeps_its_size():
    """21 days after 30: without the estimation error of the sum this t rejects far too often."""
    design = Design(n_firms=20, window=(0, 20), estimation=(-30, -1))
    drawn = simulate(design, replications=300, seed=6)
    car = studied(drawn, min_estimation=30)
    table = car.car()
    assert len(table) == 6000
    assert (table["pvalue"] < 0.05).mean() == pytest.approx(0.05, abs=0.01)
    naive = table["car"] / (car.units["sigma"] * np.sqrt(21))
    assert (2 * stats.t.sf(naive.abs(), table["df"]) < 0.05).mean() > 0.12


@pytest.mark.parametrize("effect", [0.01, -0.02])
def test_the_known_effect_is_found_without_bias(effect):
    tests = statistics(replace(CLUSTERED, effect=effect), replications=500, seed=7)
    mean = tests.loc[tests["test"] == "kp_t", "mean"]
    error = mean.std() / np.sqrt(len(mean))
    assert mean.mean() == pytest.approx(effect, abs=3 * error)
    assert error < 0.001


def test_ranks_of_correlated_firms_keep_their_size():
    """Divided by the plain spread over firms they rejected 7.3 % of true nulls at r = 0.3."""
    design = replace(CLUSTERED, n_firms=20, correlation=0.5, estimation=(-120, -1))
    found = rejections(design, replications=2500, seed=12)
    assert 0.035 < found["grank_t"] < 0.062
    assert 0.035 < found["corrado_zivney_rank_z"] < 0.062


def test_below_twelve_firms_tests_by_the_spread_over_firms_would_reject_too_often():
    """They had a value from two firms on, and rejected 27 % of true nulls there, 10 % with five."""
    firms = [2, 5, FEWEST_FIRMS]
    sizes = few_firms(replications=1000, seed=13, firms=firms, correlations=[0.0, 0.3])
    for test in ("grank_t", "corrado_zivney_rank_z"):
        two, five, twelve = sizes[test].groupby("firms").mean()
        assert two > 20 > 12 > five > 8.5 > 7.5 > twelve
    kept = rejections(Design(n_firms=FEWEST_FIRMS - 1), replications=5, seed=1)
    assert (kept[["grank_t", "grank_z", "corrado_zivney_rank_z"]] == 0).all()
