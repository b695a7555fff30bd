"""The market model with GARCH(1,1) errors against `arch`, fitted and forecast unit by unit."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError

univariate = pytest.importorskip("arch.univariate", reason="needs the extra garch")

# Both maximise the same likelihood from the same start; the optimiser stops near 1e-6.
SAME = 1e-6

GARCH = {"model": "garch"}


def loud_then_quiet(panel, *, omega=2e-6, alpha=0.15, beta=0.8, seed=4, **kwargs):
    """Give the firms of the panel a beta of one and errors whose variance clusters."""
    drawn = panel(**kwargs)
    market = drawn.benchmark.sum(axis=1).to_numpy()[:, None]
    drawn.returns[:] = np.where(drawn.returns.notna(), market, np.nan)
    rng = np.random.default_rng(seed)
    h = np.full(drawn.returns.shape[1], omega / (1 - alpha - beta))
    for day in range(len(drawn.returns)):
        error = np.sqrt(h) * rng.standard_normal(len(h))
        drawn.returns.iloc[day] += error
        h = omega + alpha * error**2 + beta * h
    return drawn


def by_arch(drawn, asset, window, estimation):
    """Fit one unit in per cent and carry its variance forward from arch's last day."""
    days = drawn.returns.index
    zero = days.get_loc(drawn.events["date"].iloc[0])
    inside = days[zero + estimation[0] : zero + estimation[1] + 1]
    ahead = days[zero + window[0] : zero + window[1] + 1]
    y = 100 * drawn.returns.loc[inside, asset].dropna()
    x = 100 * drawn.benchmark
    model = univariate.ARX(
        y, x.loc[y.index], lags=0, constant=True, volatility=univariate.GARCH(), rescale=False
    )
    result = model.fit(disp="off")
    assert result.convergence_flag == 0
    a, b = result.params[list(x)].to_numpy(), result.params["Const"]
    expected = b + x.loc[ahead].to_numpy() @ a
    omega, alpha, beta = result.params[["omega", "alpha[1]", "beta[1]"]]
    path = [
        omega
        + alpha * result.resid.iloc[-1] ** 2
        + beta * result.conditional_volatility.iloc[-1] ** 2
    ]
    while len(path) < window[1] - estimation[1]:
        path.append(omega + (alpha + beta) * path[-1])
    variance = np.array(path)[-len(ahead) :]
    X = np.column_stack([np.ones(len(y)), x.loc[y.index]])
    X_ahead = np.column_stack([np.ones(len(ahead)), x.loc[ahead]])
    weights = np.diag(1 / np.asarray(result.conditional_volatility) ** 2)
    V = np.diag(variance) + X_ahead @ np.linalg.inv(X.T @ weights @ X) @ X_ahead.T
    abnormal = 100 * drawn.returns.loc[ahead, asset].to_numpy() - expected
    return result, abnormal / 100, np.sqrt(V.sum()) / 100, len(y)


@pytest.mark.parametrize("n_factors", [1, 2])
@pytest.mark.parametrize("window", [(0, 0), (-3, 4)])
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_arch_gives_the_same(panel, n_factors, window, missing):
    drawn = loud_then_quiet(panel, n_firms=3, n_factors=n_factors, missing=missing)
    days = drawn.returns.index[130 + window[0] : 130 + window[1] + 1]
    drawn.returns.loc[days] = drawn.returns.loc[days].fillna(0.01)
    study = drawn.study(window=window, **GARCH)
    k = 1 + n_factors + 3
    for asset in drawn.returns:
        result, abnormal, se, n_days = by_arch(drawn, asset, window, (-100, -11))
        unit, row = study.units.loc[("news", asset)], study.car().loc[("news", asset)]
        found = unit[[f"coefficient_{number}" for number in range(k)]].to_numpy(dtype=float)
        found[[0, k - 3]] *= [100, 100**2]
        assert found == pytest.approx(result.params.to_numpy(), abs=SAME)
        assert study.abnormal.loc[("news", asset)].to_numpy() == pytest.approx(abnormal, abs=SAME)
        assert [row["car"], row["se"]] == pytest.approx([abnormal.sum(), se], abs=SAME)
        assert row["t"] == pytest.approx(abnormal.sum() / se, rel=SAME)
        assert row["df"] == n_days - k
        sigma = np.sqrt((result.resid**2).sum() / (n_days - k)) / 100
        assert unit["sigma"] == pytest.approx(sigma, rel=SAME)


def long_study(panel):
    drawn = loud_then_quiet(panel, n_firms=4, n_days=450, day_zero=420)
    return drawn, drawn.study(estimation=(-400, -1), window=(0, 9), **GARCH)


def test_the_path_is_that_of_arch_where_the_start_is_forgotten(panel):
    """Its forecast starts anew 400 days before; a beta to the power 400 is left of that."""
    drawn, study = long_study(panel)
    inside = drawn.returns.index[20:420]
    for position, asset in enumerate(drawn.returns):
        y, x = 100 * drawn.returns.loc[inside, asset], 100 * drawn.benchmark.loc[inside]
        model = univariate.ARX(y, x, lags=0, volatility=univariate.GARCH(), rescale=False)
        result = model.fit(disp="off")
        assert result.params["beta[1]"] < 0.95
        forecast = result.forecast(horizon=10, x={"factor0": np.zeros(10)}, reindex=False)
        found = study._fit.error_variance[position] * study._fit.sigma2[position] * 100**2
        assert found == pytest.approx(forecast.residual_variance.to_numpy()[0], rel=SAME)


def test_the_variance_path_is_conditional(panel):
    """From the state of the last day it returns to the long-run variance, day by day."""
    _, study = long_study(panel)
    days = pd.DataFrame({day: study.car((day, day))["se"] ** 2 for day in range(10)})
    omega, alpha, beta = (study.units[f"coefficient_{number}"] for number in (2, 3, 4))
    gap = days.sub(omega / (1 - alpha - beta), axis=0).abs()
    assert (alpha > 0.05).all()
    assert (gap[0] > 1.3 * gap[9]).all()
    assert days[0].rank().tolist() != study.units["sigma"].rank().tolist()


def test_the_event_does_not_widen_its_own_band(panel):
    drawn = loud_then_quiet(panel, n_firms=2)
    before = drawn.study(window=(0, 5), **GARCH).car((1, 5))
    drawn.returns.iloc[130] += 0.3
    after = drawn.study(window=(0, 5), **GARCH).car((1, 5))
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize(
    ("offset", "moves"), [(-101, False), (-100, True), (-11, True), (-10, False)]
)
def test_it_hangs_on_the_days_of_its_windows_alone(panel, offset, moves):
    drawn = loud_then_quiet(panel, n_firms=1)
    before = drawn.study(**GARCH).car()
    drawn.returns.iloc[130 + offset] += 0.05
    after = drawn.study(**GARCH).car()
    assert (abs(before["se"] - after["se"]) > 1e-9).all() == moves


def test_the_group_tests_take_the_conditional_variance(panel):
    drawn = loud_then_quiet(panel, n_firms=4)
    study = drawn.study(**GARCH)
    car = study.car()
    tests = study.tests().set_index("test")["statistic"]
    scar = car["car"] / car["se"]
    assert tests["bmp_t"] == pytest.approx(scar.mean() / scar.std() * 2, rel=1e-9)
    df = car["df"]
    assert tests["patell_z"] == pytest.approx(scar.sum() / np.sqrt((df / (df - 2)).sum()), rel=1e-9)


def test_a_unit_without_a_maximum_is_dropped_with_its_reason(panel):
    """Returns of a billionth of a per cent: the optimiser finds no way."""
    drawn = panel(n_firms=3)
    drawn.returns["firm1"] *= 1e-9
    study = drawn.study(**GARCH)
    assert list(study.units.index.get_level_values("asset")) == ["firm0", "firm2"]
    gone = study.dropped.set_index("asset").loc["firm1"]
    assert gone["part"] == "unit"
    assert gone["reason"].startswith("GARCH did not converge: ")
    assert study.tests()["n"].unique().tolist() == [2]


def test_what_least_squares_cannot_fit_keeps_its_reason(panel):
    drawn = panel(n_firms=4)
    drawn.returns["firm0"] = 0.001
    drawn.returns.iloc[30:70, 1] = np.nan
    drawn.returns["firm2"] = drawn.benchmark["factor0"]
    reasons = drawn.study(**GARCH).dropped.drop_duplicates("asset").set_index("asset")["reason"]
    assert reasons.to_dict() == {
        "firm0": "no variation in the estimation window",
        "firm1": "50 usable estimation days, 60 needed",
        "firm2": "no variation in the estimation window",
    }


def test_without_the_package_the_error_says_what_to_install(panel, monkeypatch):
    monkeypatch.setitem(sys.modules, "arch", None)
    with pytest.raises(InputError, match=r"pip install 'us-japan-550bn\[garch\]'"):
        panel().study(**GARCH)
    assert len(panel().study().units) == 5


def test_few_days_are_not_enough_for_six_parameters(panel):
    with pytest.raises(InputError, match=r"min_estimation: asked for at least 8"):
        panel().study(min_estimation=7, **GARCH)
