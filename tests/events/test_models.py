"""Abnormal returns, CARs and their errors against a regression with event-day dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

# Both solve the same least squares problem in double precision.
SAME = 1e-10

WINDOWS = [(0, 0), (-1, 1), (-5, 10)]
MODELS = [("market", 1), ("market", 2), ("mean", 1), ("market_adjusted", 1)]


def dummy_regression(panel, asset, model, window, estimation):
    """Put estimation and event days into one regression, with a dummy for each event day."""
    days = panel.returns.index
    zero = days.get_loc(panel.events["date"].iloc[0])
    ahead = days[zero + window[0] : zero + window[1] + 1]
    every = days[zero + estimation[0] : zero + estimation[1] + 1].append(ahead)
    y, factors = panel.returns[asset], panel.benchmark
    regressors = pd.get_dummies(every).set_axis(every)[list(ahead)].astype(float)
    if model == "market_adjusted":
        y = y - factors.iloc[:, 0]
    else:
        regressors["one"] = 1.0
    if model == "market":
        regressors = regressors.join(factors)
    used = y[every].notna() & regressors.notna().all(axis=1)
    result = sm.OLS(y[every][used], regressors[used]).fit()
    covariance = result.cov_params().loc[ahead, ahead].to_numpy()
    return result.params[ahead].to_numpy(), np.sqrt(covariance.sum()), result.df_resid


@pytest.mark.parametrize(("model", "n_factors"), MODELS)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_dummies_give_the_same(panel, model, n_factors, window, missing):
    drawn = panel(n_factors=n_factors, missing=missing)
    event_days = drawn.returns.index[130 + window[0] : 130 + window[1] + 1]
    drawn.returns.loc[event_days] = drawn.returns.loc[event_days].fillna(0.01)
    estimation = (-100, -11)
    study = drawn.study(model=model, window=window, estimation=estimation)
    car = study.car()
    for asset in drawn.returns:
        abnormal, se, df = dummy_regression(drawn, asset, model, window, estimation)
        row = car.loc[("news", asset)]
        assert study.abnormal.loc[("news", asset)].to_numpy() == pytest.approx(abnormal, abs=SAME)
        assert row["car"] == pytest.approx(abnormal.sum(), abs=SAME)
        assert row["se"] == pytest.approx(se, abs=SAME)
        assert row["t"] == pytest.approx(abnormal.sum() / se, abs=1e3 * SAME)
        assert row["df"] == df


def test_a_missing_benchmark_day_is_left_out_as_a_missing_return_is(panel, reference):
    drawn = panel(n_factors=2)
    drawn.benchmark.iloc[60, 1] = np.nan
    row = drawn.study().car().loc[("news", "firm0")]
    expected = reference.unit(drawn, "firm0", model="market", window=(0, 0), estimation=(-100, -11))
    assert row["se"] == pytest.approx(expected.se, abs=SAME)
    assert row["df"] == expected.df == 90 - 3 - 1


def test_part_of_the_window_is_the_same_as_a_narrower_study(panel):
    drawn = panel()
    wide, narrow = drawn.study(window=(-5, 10)), drawn.study(window=(-1, 2))
    pd.testing.assert_frame_equal(wide.car((-1, 2)), narrow.car(), rtol=0, atol=SAME)


def test_degrees_of_freedom_are_days_less_coefficients(panel):
    drawn = panel(n_factors=2)
    used = {m: drawn.study(model=m).units["df"].iloc[0] for m in ("market", "mean")}
    assert used == {"market": 90 - 3, "mean": 90 - 1}
    assert panel().study(model="market_adjusted").units["df"].iloc[0] == 90


def test_sums_of_daily_variances_are_not_the_variance_of_a_sum(panel):
    """The wrong turn: adding up daily standard errors as if the days were independent."""
    drawn = panel()
    study = drawn.study(window=(-5, 10))
    daily = [study.car((day, day))["se"] for day in range(-5, 11)]
    naive = np.sqrt(sum(se**2 for se in daily))
    assert (study.car()["se"] / naive - 1).abs().min() > 1e-3


def test_dividing_by_days_less_one_would_be_seen(panel):
    """The wrong turn: the standard deviation of residuals with T - 1 in place of T - k."""
    drawn = panel(n_factors=2)
    study = drawn.study()
    _, right, _ = dummy_regression(drawn, "firm0", "market", (0, 0), (-100, -11))
    wrong = right * np.sqrt((90 - 3) / (90 - 1))
    assert study.car()["se"].iloc[0] == pytest.approx(right, abs=SAME)
    assert abs(wrong - right) > 1e5 * SAME


def test_a_large_offset_of_the_factor_does_not_cost_digits(panel):
    """Normal equations would lose about half of the digits here."""
    drawn = panel()
    plain = drawn.study().car()
    drawn.benchmark["factor0"] = drawn.benchmark["factor0"] * 1e-6 + 0.05
    shifted = drawn.study().car()
    assert shifted["t"].to_numpy() == pytest.approx(plain["t"].to_numpy(), rel=1e-8)
