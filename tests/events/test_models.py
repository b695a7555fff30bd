"""Abnormal returns, CARs and their errors against a regression with event-day dummies."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from research.events.models import UNITS_AT_ONCE, fit

# Both solve the same least squares problem in double precision.
SAME = 1e-10

WINDOWS = [(0, 0), (-1, 1), (-5, 10)]


def test_units_beyond_those_fitted_at_once_keep_their_place():
    rng = np.random.default_rng(7)
    units = 2 * UNITS_AT_ONCE + 1
    y, y_window = rng.normal(size=(units, 30)), rng.normal(size=(units, 3))
    x, x_window = rng.normal(size=(units, 30, 1)), rng.normal(size=(units, 3, 1))
    fitted = fit("market", y, x, y_window, x_window)
    for unit in (0, UNITS_AT_ONCE - 1, UNITS_AT_ONCE, 2 * UNITS_AT_ONCE - 1, 2 * UNITS_AT_ONCE):
        line = np.polynomial.Polynomial.fit(x[unit, :, 0], y[unit], 1)
        assert fitted.coefficients[unit] == pytest.approx(line.convert().coef, abs=SAME)
        assert fitted.residuals[unit] == pytest.approx(y[unit] - line(x[unit, :, 0]), abs=SAME)
        assert fitted.abnormal[unit] == pytest.approx(
            y_window[unit] - line(x_window[unit, :, 0]), abs=SAME
        )
    assert {len(getattr(fitted, name)) for name in fitted.__slots__} == {units}


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


def test_a_large_offset_of_the_factor_does_not_cost_digits(panel):
    """Normal equations would lose about half of the digits here."""
    drawn = panel()
    plain = drawn.study().car()
    drawn.benchmark["factor0"] = drawn.benchmark["factor0"] * 1e-6 + 0.05
    shifted = drawn.study().car()
    assert shifted["t"].to_numpy() == pytest.approx(plain["t"].to_numpy(), rel=1e-8)


def neighbours(panel, day, shifts):
    """The benchmark of sessions around a day, one by one."""
    days = panel.benchmark.index
    return [panel.benchmark.iloc[days.get_loc(day) + shift, 0] for shift in shifts]


def split(panel, window, estimation):
    """List estimation and event days around day 0."""
    days = panel.returns.index
    zero = days.get_loc(panel.events["date"].iloc[0])
    return (list(days[zero + first : zero + last + 1]) for first, last in (estimation, window))


@pytest.mark.parametrize(("lags", "leads"), [(0, 0), (1, 1), (3, 0), (0, 2)])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_dimson_is_a_regression_with_lags_leads_and_event_dummies(
    panel, lags, leads, window, missing
):
    drawn = panel(missing=missing)
    days = drawn.returns.index[130 + window[0] : 130 + window[1] + 1]
    drawn.returns.loc[days] = drawn.returns.loc[days].fillna(0.01)
    study = drawn.study(model="dimson", window=window, lags=lags, leads=leads)
    inside, ahead = split(drawn, window, (-100, -11))
    shifts = range(-lags, leads + 1)
    for asset in drawn.returns:
        used = [d for d in inside if np.isfinite(drawn.returns.at[d, asset])] + ahead
        regressors = [[1.0, *neighbours(drawn, d, shifts), *(d == a for a in ahead)] for d in used]
        result = sm.OLS(drawn.returns.loc[used, asset], np.array(regressors, dtype=float)).fit()
        dummies = result.params.to_numpy()[2 + lags + leads :]
        se = np.sqrt(result.cov_params().to_numpy()[2 + lags + leads :, 2 + lags + leads :].sum())
        row = study.car().loc[("news", asset)]
        assert study.abnormal.loc[("news", asset)].to_numpy() == pytest.approx(dummies, abs=SAME)
        assert [row["car"], row["se"]] == pytest.approx([dummies.sum(), se], abs=SAME)
        assert row["t"] == pytest.approx(dummies.sum() / se, abs=1e3 * SAME)
        assert row["df"] == result.df_resid
        beta = result.params.iloc[1 : 2 + lags + leads].sum()
        assert study.units.at[("news", asset), "beta_factor0"] == pytest.approx(beta, abs=SAME)


def test_dimson_gives_every_factor_its_lags(panel):
    """Sums of betas by factor: shifts are outside, factors inside."""
    drawn = panel(n_factors=2)
    units = drawn.study(model="dimson", lags=1, leads=0).units
    inside, _ = split(drawn, (0, 0), (-100, -11))
    x = drawn.benchmark
    regressors = pd.concat([x.shift(1).add_prefix("lag_"), x], axis=1).loc[inside]
    result = sm.OLS(drawn.returns.loc[inside, "firm0"], sm.add_constant(regressors)).fit()
    for factor in x:
        expected = result.params[factor] + result.params[f"lag_{factor}"]
        assert units.at[("news", "firm0"), f"beta_{factor}"] == pytest.approx(expected, abs=SAME)


def scholes_williams(panel, asset, window, estimation):
    """Instruments by loops: moments, coefficients and the covariance of the forecast errors."""
    inside, ahead = split(panel, window, estimation)
    y = panel.returns[asset]
    used = [d for d in inside if np.isfinite(y[d])]
    Z = np.array([[1.0, sum(neighbours(panel, d, (-1, 0, 1)))] for d in used])
    X = np.array([[1.0, *neighbours(panel, d, (0,))] for d in used])
    ahead_X = np.array([[1.0, *neighbours(panel, d, (0,))] for d in ahead])
    inverse = np.linalg.inv(Z.T @ X)
    coefficients = inverse @ Z.T @ y[used].to_numpy()
    residuals = y[used].to_numpy() - X @ coefficients
    sigma2 = residuals @ residuals / (len(used) - 2)
    V = sigma2 * (np.eye(len(ahead)) + ahead_X @ inverse @ (Z.T @ Z) @ inverse.T @ ahead_X.T)
    abnormal = y[ahead].to_numpy() - ahead_X @ coefficients
    return coefficients, abnormal, np.sqrt(V.sum()), len(used) - 2


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_scholes_williams_is_an_instrument_of_three_days(panel, window, missing):
    drawn = panel(missing=missing)
    days = drawn.returns.index[130 + window[0] : 130 + window[1] + 1]
    drawn.returns.loc[days] = drawn.returns.loc[days].fillna(0.01)
    study = drawn.study(model="scholes_williams", window=window)
    for asset in drawn.returns:
        expected = scholes_williams(drawn, asset, window, (-100, -11))
        coefficients, abnormal, se, df = expected
        unit, row = study.units.loc[("news", asset)], study.car().loc[("news", asset)]
        found = unit[["coefficient_0", "coefficient_1"]].to_numpy(dtype=float)
        assert found == pytest.approx(coefficients, abs=SAME)
        assert study.abnormal.loc[("news", asset)].to_numpy() == pytest.approx(abnormal, abs=SAME)
        assert [row["car"], row["se"]] == pytest.approx([abnormal.sum(), se], abs=SAME)
        assert row["t"] == pytest.approx(abnormal.sum() / se, abs=1e3 * SAME)
        assert row["df"] == df


def test_scholes_williams_is_the_published_ratio(panel):
    """Three slopes over one plus twice the autocorrelation (pages 309-327 of the paper).

    The paper's moments run over days that differ by one at either end, so both agree to about
    two days in T; the plain market beta is further off on the same returns.
    """
    n_days = 4000
    drawn = panel(n_days=n_days, day_zero=n_days - 5)
    own = drawn.returns["firm0"]
    late = drawn.returns.assign(firm0=own.shift(1, fill_value=0.0))
    study = type(drawn)(late, drawn.benchmark, drawn.events).study(
        model="scholes_williams", estimation=(-(n_days - 50), -11)
    )
    inside, _ = split(drawn, (0, 0), (-(n_days - 50), -11))
    x, y = drawn.benchmark["factor0"], late["firm0"]
    slopes = [np.polyfit(x.shift(-s)[inside], y[inside], 1)[0] for s in (-1, 0, 1)]
    rho = np.corrcoef(x[inside], x.shift(1)[inside])[0, 1]
    ratio = sum(slopes) / (1 + 2 * rho)
    found = study.units.at[("news", "firm0"), "coefficient_1"]
    assert found == pytest.approx(ratio, abs=10 / n_days)
    assert abs(slopes[1] - ratio) > 0.3
