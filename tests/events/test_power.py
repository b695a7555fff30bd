"""Power against statsmodels, draws of the law it describes, and simulated event studies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.power import ttest_power
from studies.event_simulator import Design, simulate, studied
from studies.event_sizes import rejections

from research.errors import InputError
from research.events import minimal_detectable_effect, power, power_curve
from research.events.power import POWER_TESTS, kp_power, portfolio_power

# Two routines for the same noncentral t.
SAME = 1e-6

# Gauss-Legendre mean over the spread of firms.
NODES = 2e-5

# A share of 100,000 draws varies by at most 0.16 points (one standard error); three of them.
DRAWN = 0.005

# Shares of 400 replications vary by 2.5 points, the prediction by less; three of them.
SIMULATED = 0.075

GROUPS = pd.Series(list("aaaabbbb"), index=[f"firm{n}" for n in range(8)])


@pytest.mark.parametrize("effect", [0.0, 0.01, -0.03])
@pytest.mark.parametrize("df", [20, 118])
def test_portfolio_power_is_that_of_a_t_test(effect, df):
    expected = ttest_power(abs(effect) / 0.012 / np.sqrt(df + 1), df + 1, 0.05)
    assert portfolio_power(effect, 0.012, df) == pytest.approx(expected, abs=SAME)


def test_an_effect_of_many_bounds_is_seen():
    assert portfolio_power(0.1025, 0.005, 117) == pytest.approx(1, abs=SAME)


@pytest.mark.parametrize("n", [3, 8, 30])
def test_equal_firms_without_correlation_are_a_t_test(n):
    expected = ttest_power(0.01 / 0.02, n, 0.05)
    assert kp_power(0.01, np.full(n, 0.02), 0.0) == pytest.approx(expected, abs=NODES)


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.5, -0.05])
def test_without_an_effect_power_is_the_size(correlation):
    se = np.linspace(0.01, 0.03, 12)
    assert kp_power(0.0, se, correlation) == pytest.approx(0.05, abs=NODES)


@pytest.mark.parametrize(("n", "correlation"), [(3, 0.2), (12, 0.1), (30, 0.3)])
def test_unequal_firms_by_drawing_them(n, correlation):
    """Equal effects and unequal errors: the spread that they make is in the yardstick."""
    rng = np.random.default_rng(n)
    se, effect = rng.uniform(0.01, 0.03, n), 0.03
    shared = np.sqrt(correlation) * rng.standard_normal((100_000, 1))
    s = shared + np.sqrt(1 - correlation) * rng.standard_normal((100_000, n)) + effect / se
    t = s.mean(axis=1) / (s.std(axis=1, ddof=1) / np.sqrt(n))
    t *= np.sqrt((1 - correlation) / (1 + (n - 1) * correlation))
    share = (np.abs(t) > stats.t.ppf(0.975, n - 1)).mean()
    assert kp_power(effect, se, correlation) == pytest.approx(share, abs=DRAWN)


@pytest.mark.parametrize(("n", "correlation"), [(1, 0.0), (3, -0.5), (3, 1.0)])
def test_power_of_an_undefined_test_is_undefined(n, correlation):
    assert np.isnan(kp_power(0.02, np.full(n, 0.02), correlation))


def test_the_prediction_comes_true_in_simulation():
    """Each sample predicts how often a known effect is seen; fresh samples count it."""
    design = Design(n_firms=12, correlation=0.2, effect=0.015, estimation=(-120, -1))
    seen = rejections(design, replications=400, seed=31)
    drawn = simulate(replace(design, effect=0.0), replications=30, seed=32)
    curve = power_curve(studied(drawn), effects=[0.0, 0.015])
    means = curve.groupby(["effect", "test"])[["power", "power_resampled"]].mean()
    for test in POWER_TESTS:
        predicted = means.loc[(0.015, test)]
        assert 0.2 < seen[test] < 0.95
        assert predicted.to_numpy() == pytest.approx(seen[test], abs=SIMULATED)
        assert means.loc[(0.0, test)].to_numpy() == pytest.approx(0.05, abs=0.03)


def test_an_effect_of_this_size_has_this_power(panel):
    study = panel(n_firms=8).study(window=(0, 1), groups=GROUPS)
    for share in (0.5, 0.8):
        table = minimal_detectable_effect(study, power=share)
        assert list(table.index) == [("news", "a"), ("news", "b")]
        for (event, group), row in table.iterrows():
            for test in POWER_TESTS:
                effects = [row[f"{test}_mde"], row[f"{test}_resampled"]]
                curve = power_curve(study, effects=effects)
                curve = curve[(curve["group"] == group) & (curve["test"] == test)]
                assert (curve["event_id"] == event).all()
                assert curve["power"].iloc[0] == pytest.approx(share, abs=1e-4)
                assert curve["power_resampled"].iloc[1] == pytest.approx(share, abs=1e-3)


def test_resampled_power_by_a_loop_over_draws(panel, monkeypatch):
    monkeypatch.setattr(power, "REPLICATIONS", 200)
    drawn = panel(n_firms=4)
    study = drawn.study(window=(0, 1))
    effect, replications = 0.03, 200
    residuals = study.residuals("news").to_numpy()
    se = study.car().loc["news", "se"].to_numpy()
    tests = study.tests().set_index("test")
    portfolio_se = tests.at["portfolio_t", "mean"] / tests.at["portfolio_t", "statistic"]
    r = tests.at["kp_t", "correlation"]
    rows = np.random.default_rng(power.SEED).integers(len(residuals), size=(replications, 2))
    hits = dict.fromkeys(POWER_TESTS, 0)
    for first, second in rows:
        car = []
        for firm in range(4):
            spread = np.sqrt(2 * np.mean(residuals[:, firm] ** 2))
            total = residuals[first, firm] + residuals[second, firm]
            car.append(total / spread * se[firm] + effect)
        s = np.array(car) / se
        kp = s.mean() / (s.std(ddof=1) / 2) * np.sqrt((1 - r) / (1 + 3 * r))
        hits["kp_t"] += abs(kp) > stats.t.ppf(0.975, 3)
        hits["portfolio_t"] += abs(np.mean(car) / portfolio_se) > stats.t.ppf(0.975, 88)
    curve = power_curve(study, effects=[effect])
    found = curve.set_index("test")["power_resampled"].to_dict()
    assert found == pytest.approx({test: count / replications for test, count in hits.items()})


def test_one_firm_has_a_portfolio_and_no_spread(panel):
    table = minimal_detectable_effect(panel(n_firms=1).study())
    assert table[["kp_t_mde", "kp_t_resampled"]].isna().all(axis=None)
    assert table["portfolio_t_mde"].iloc[0] > 0


def test_firms_with_dates_of_their_own_are_not_resampled(panel):
    drawn = panel(n_firms=4)
    events = drawn.events.assign(date=[drawn.returns.index[p] for p in (130, 130, 129, 128)])
    row = minimal_detectable_effect(type(drawn)(drawn.returns, drawn.benchmark, events).study())
    assert row["reason"].iloc[0] == "the firms do not share their event days"
    assert row[["portfolio_t_resampled", "kp_t_resampled"]].isna().all(axis=None)
    assert row[["portfolio_t_mde", "kp_t_mde"]].notna().all(axis=None)


@pytest.mark.parametrize("power", [80, 0.04])
def test_a_power_that_is_no_share_is_refused(panel, power):
    with pytest.raises(InputError, match=r"a share above 0\.05 and below 1"):
        minimal_detectable_effect(panel().study(), power=power)


def test_an_event_without_a_figure_says_so(panel):
    drawn = panel(n_firms=8)
    drawn.returns.iloc[130] = np.nan
    study = drawn.study(groups=GROUPS)
    table = minimal_detectable_effect(study)
    assert list(table.index) == [("news", "a"), ("news", "b")]
    assert (table["n"] == 0).all()
    assert (table["reason"] == "no firm has every day of the window").all()
    columns = [f"{test}_{kind}" for test in POWER_TESTS for kind in ("mde", "resampled")]
    assert table[columns].isna().all(axis=None)
    curve = power_curve(study, effects=[0.01])
    assert curve[["power", "power_resampled"]].isna().all(axis=None)
