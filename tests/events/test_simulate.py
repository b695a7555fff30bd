"""The simulator knows the truth; the tests reject true nulls as often as they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.errors import InputError
from research.events import event_study
from research.events.simulate import Design, rejections, simulate, statistics

# Shares of 2,000 replications at 5 % vary by 0.5 points (one standard error), at 32 % by 1.0.
# Seeds are fixed, so these bounds decide how large an error of size goes unseen: three of them.
REPLICATIONS = 2000
NOMINAL = pytest.approx(0.05, abs=0.015)
THIRD = 0.032

RHO, N = 0.1, 30
CLUSTERED = Design(n_firms=N, correlation=RHO)
SMALLER = Design(n_firms=15, correlation=RHO, estimation=(-120, -1))


@pytest.fixture(scope="module")
def clustered():
    return statistics(CLUSTERED, replications=REPLICATIONS, seed=1)


def share(tests, name):
    return float((tests.loc[tests["test"] == name, "pvalue"] < 0.05).mean())


@pytest.mark.parametrize("name", ["kp_t", "portfolio_t"])
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


def test_the_correlation_is_found(clustered):
    found = clustered.loc[clustered["test"] == "kp_t", "correlation"]
    assert found.mean() == pytest.approx(RHO, abs=0.002)


def test_with_independent_firms_every_test_keeps_its_size():
    found = rejections(replace(SMALLER, correlation=0.0), replications=REPLICATIONS, seed=2)
    assert found.to_dict() == dict.fromkeys(found.index, NOMINAL)


def test_event_volatility_leaves_kp_alone_in_its_size():
    loud = replace(SMALLER, event_sd_ratio=2.0)
    found = rejections(loud, replications=REPLICATIONS, seed=3)
    assert found["kp_t"] == NOMINAL
    assert found["patell_z"] > 0.4
    assert found["portfolio_t"] > 0.25


def test_staggered_dates_keep_their_size():
    """Correcting for a common date that is none once meant no rejection at all."""
    spread = replace(SMALLER, stagger=20)
    found = rejections(spread, replications=REPLICATIONS, seed=4)
    assert found["kp_t"] == NOMINAL
    assert found["portfolio_t"] == NOMINAL


def test_missing_days_keep_the_size():
    holed = replace(SMALLER, missing_share=0.1)
    found = rejections(holed, replications=REPLICATIONS, seed=5)
    assert found["kp_t"] == NOMINAL
    assert found["portfolio_t"] == NOMINAL


def test_a_long_car_after_a_short_estimation_keeps_its_size():
    """21 days after 30: without the estimation error of the sum this t rejects far too often."""
    design = Design(n_firms=20, window=(0, 20), estimation=(-30, -1))
    drawn = simulate(design, replications=300, seed=6)
    car = event_study(
        drawn.returns,
        drawn.benchmark,
        drawn.events,
        returns_are="log",
        model="market",
        window=design.window,
        estimation=design.estimation,
        min_estimation=30,
    )
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


def test_power_grows_with_the_effect():
    found = [
        rejections(replace(SMALLER, effect=effect), replications=400, seed=8)["kp_t"]
        for effect in (0.0, 0.01, 0.02, 0.04)
    ]
    assert found == sorted(found)
    assert found[-1] > 0.95


def residuals_of(design, seed=9, replications=40):
    drawn = simulate(design, replications=replications, seed=seed)
    return drawn, drawn.returns.to_numpy()


def test_the_same_seed_draws_the_same_tables():
    one, other = (simulate(CLUSTERED, replications=2, seed=10) for _ in range(2))
    pd.testing.assert_frame_equal(one.returns, other.returns)
    pd.testing.assert_frame_equal(one.events, other.events)
    third = simulate(CLUSTERED, replications=2, seed=11)
    assert not np.isclose(one.returns, third.returns).any()


def test_missing_and_thin_shares():
    _, holed = residuals_of(Design(missing_share=0.2))
    assert np.isnan(holed).mean() == pytest.approx(0.2, abs=0.01)
    _, thin = residuals_of(Design(thin_share=0.3))
    assert (thin == 0).mean() == pytest.approx(0.3, abs=0.01)


def test_thin_trading_loses_no_return():
    """What was not traded is made up for at the next trade: prices end where they would have."""
    _, full = residuals_of(Design())
    _, thin = residuals_of(Design(thin_share=0.3))
    gap = np.abs(thin.sum(axis=0) - full.sum(axis=0))
    # Only those whose last day had no trade are still behind.
    assert (gap < 1e-12).mean() == pytest.approx((thin[-1] != 0).mean(), abs=0.001)


def test_late_firms_trade_a_session_after_the_others():
    design = Design(n_firms=10, late_share=0.3)
    _, now = residuals_of(replace(design, late_share=0.0), replications=1)
    _, late = residuals_of(design, replications=1)
    np.testing.assert_array_equal(late[1:, :3], now[:-1, :3])
    np.testing.assert_array_equal(late[:, 3:], now[:, 3:])


def test_staggered_and_common_dates():
    assert residuals_of(Design(), replications=3)[0].events["date"].nunique() == 1
    spread = residuals_of(Design(stagger=4))[0].events["date"].value_counts(normalize=True)
    assert len(spread) == 5
    assert spread.min() > 0.15


def test_event_volatility_and_tails():
    drawn, loud = residuals_of(Design(event_sd_ratio=3.0, window=(0, 1)), replications=200)
    zero = drawn.returns.index.get_loc(drawn.events["date"].iloc[0])
    noise = loud - np.outer(drawn.benchmark, np.ones(loud.shape[1]))
    ratio = noise[zero : zero + 2].std() / noise[:zero].std()
    assert ratio == pytest.approx(3.0, rel=0.1)
    _, heavy = residuals_of(Design(tail_df=3.0))
    assert stats.kurtosis(heavy, axis=None) > 3 * stats.kurtosis(loud[:zero], axis=None) + 3


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"correlation": 1.0}, "design.correlation"),
        ({"correlation": -0.1}, "design.correlation"),
        ({"missing_share": 1.5}, "design.missing_share"),
        ({"n_firms": 0}, "design.n_firms"),
        ({"tail_df": 2.0}, "design.tail_df"),
        ({"stagger": -1}, "design.stagger"),
    ],
)
def test_designs_that_cannot_be_drawn(change, where):
    with pytest.raises(InputError) as caught:
        simulate(replace(CLUSTERED, **change), replications=1, seed=1)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_all_faults_of_a_design_at_once():
    bad = Design(n_firms=0, correlation=2.0, thin_share=-0.1)
    with pytest.raises(InputError) as caught:
        simulate(bad, replications=0, seed=1)
    assert len(caught.value.faults) == 4
