"""The simulator draws what its design asks for, the same for the same seed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from studies.event_simulator import Design, simulate

from research.errors import InputError

CLUSTERED = Design(n_firms=30, correlation=0.1)


def test_each_pair_of_firms_has_the_correlation_asked_for():
    drawn, returns = residuals_of(Design(n_firms=2, correlation=0.4), replications=300)
    noise = returns - np.outer(drawn.benchmark, np.ones(returns.shape[1]))
    pairs = [np.corrcoef(noise[:, i], noise[:, i + 1])[0, 1] for i in range(0, 600, 2)]
    # Betas differ from one, which leaves a little of the benchmark in the noise of a pair.
    assert np.mean(pairs) == pytest.approx(0.4, abs=0.02)
    strangers = np.corrcoef(noise[:, 0], noise[:, 2])[0, 1]
    assert abs(strangers) < 0.25


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


def test_clustered_variance_keeps_its_mean_and_remembers_squares():
    design = Design(n_firms=1, garch=(0.15, 0.8), estimation=(-500, -1))
    drawn, returns = residuals_of(design, replications=300)
    errors = returns - np.outer(drawn.benchmark, drawn.beta)
    _, plain = residuals_of(replace(design, garch=(0.0, 0.0)), replications=300)
    constant = plain - np.outer(drawn.benchmark, drawn.beta)
    assert errors.std() == pytest.approx(constant.std(), rel=0.05)
    scaled = (errors / constant.std(axis=0)) ** 2, (constant / constant.std(axis=0)) ** 2
    memory = [np.corrcoef(s[1:].ravel(), s[:-1].ravel())[0, 1] for s in scaled]
    assert memory[0] > 0.15
    assert abs(memory[1]) < 0.02


def test_the_true_betas_are_those_of_the_returns():
    drawn, returns = residuals_of(Design(n_firms=20, estimation=(-2000, -1)), replications=1)
    x = drawn.benchmark - drawn.benchmark.mean()
    slopes = returns.T @ x / (x @ x)
    # Standard errors of 0.02 to 0.07.
    assert slopes == pytest.approx(drawn.beta.to_numpy(), abs=0.25)
    assert list(drawn.beta.index) == list(drawn.returns.columns)
    assert np.corrcoef(slopes, drawn.beta)[0, 1] > 0.9


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"correlation": 1.0}, "design.correlation"),
        ({"correlation": -0.1}, "design.correlation"),
        ({"missing_share": 1.5}, "design.missing_share"),
        ({"n_firms": 0}, "design.n_firms"),
        ({"tail_df": 2.0}, "design.tail_df"),
        ({"stagger": -1}, "design.stagger"),
        ({"garch": (0.3, 0.7)}, "design.garch"),
        ({"garch": (-0.1, 0.7)}, "design.garch"),
    ],
)
def test_designs_that_cannot_be_drawn(change, where):
    with pytest.raises(InputError) as caught:
        simulate(replace(CLUSTERED, **change), replications=1, seed=1)
    assert [fault.where for fault in caught.value.faults] == [where]
