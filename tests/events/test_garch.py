"""The market model with GARCH(1,1) errors against `arch`, fitted and forecast unit by unit."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from research.errors import InputError

pytestmark = pytest.mark.usefixtures("few_firms")

univariate = pytest.importorskip("arch.univariate", reason="needs the extra garch")

# Both maximise the same likelihood from the same start; the optimiser stops near 1e-6.
SAME = 1e-6

# The same sums in another order.
ROUNDED = 1e-9

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


def test_the_path_is_that_of_arch_where_the_start_is_forgotten(panel):
    """Its forecast starts anew 400 days before; a beta to the power 400 is left of that."""
    drawn = loud_then_quiet(panel, n_firms=4, n_days=450, day_zero=420)
    study = drawn.study(estimation=(-400, -1), window=(0, 9), **GARCH)
    inside = drawn.returns.index[20:420]
    for position, asset in enumerate(drawn.returns):
        y, x = 100 * drawn.returns.loc[inside, asset], 100 * drawn.benchmark.loc[inside]
        model = univariate.ARX(y, x, lags=0, volatility=univariate.GARCH(), rescale=False)
        result = model.fit(disp="off")
        assert result.params["beta[1]"] < 0.95
        forecast = result.forecast(horizon=10, x={"factor0": np.zeros(10)}, reindex=False)
        found = study._fit.error_variance[position] * study._fit.sigma2[position] * 100**2
        assert found == pytest.approx(forecast.residual_variance.to_numpy()[0], rel=SAME)


def unit_by_arch(drawn, asset, window, estimation=(-100, -11)):
    """What the loops of `reference_tests` read of a firm, all of it from arch's own result."""
    result, abnormal, se, n_days = by_arch(drawn, asset, window, estimation)
    days = drawn.returns.index
    ahead = list(days[130 + window[0] : 130 + window[1] + 1])
    k = len(result.params)
    sigma2 = (result.resid**2).sum() / (n_days - k) / 100**2
    of_day = [
        by_arch(drawn, asset, (place, place), estimation)[2] ** 2 for place in offsets(window)
    ]
    return SimpleNamespace(
        car=abnormal.sum(),
        se=se,
        df=n_days - k,
        residuals=result.resid / 100,
        day_sd=result.conditional_volatility / 100,
        sigma2=sigma2,
        spread=se**2 / sigma2,
        k=k,
        ahead=ahead,
        event_days=ahead,
        event_abnormal=abnormal,
        event_spread=np.array(of_day) / sigma2,
    )


def offsets(window):
    return range(window[0], window[1] + 1)


@pytest.mark.parametrize("window", [(0, 0), (-1, 2)])
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_loops_over_standardised_residuals_give_every_group_test(panel, reference, window, missing):
    """The wrong turn: residuals as they are, in which a few loud days outweigh all others."""
    drawn = loud_then_quiet(panel, n_firms=5, missing=missing)
    days = drawn.returns.index[130 + window[0] : 130 + window[1] + 1]
    drawn.returns.loc[days] = drawn.returns.loc[days].fillna(0.01)
    units = [unit_by_arch(drawn, asset, window) for asset in drawn.returns]
    tests = drawn.study(window=window, **GARCH).tests().set_index("test")
    expected = reference.tests(units)
    assert tests["statistic"].to_dict() == pytest.approx(expected, rel=1e-4)
    for unit in units:
        unit.day_sd = None
    plain = reference.tests(units)
    for name in ("kp_t", "adj_patell_z", "portfolio_t"):
        assert abs(plain[name] / expected[name] - 1) > 1e-3


def test_residuals_are_brought_to_one_variance(panel):
    drawn = loud_then_quiet(panel, n_firms=2, missing=0.05)
    study = drawn.study(**GARCH)
    for asset in drawn.returns:
        result = by_arch(drawn, asset, (0, 0), (-100, -11))[0]
        sigma = study.units.loc[("news", asset), "sigma"]
        found = study.residuals("news")[asset].dropna().to_numpy()
        assert found == pytest.approx(sigma * result.std_resid, abs=SAME)


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
    with pytest.raises(InputError, match=r"[.]venv/bin/pip install -e '[.]\[garch\]'"):
        panel().study(**GARCH)
    assert len(panel().study().units) == 5
