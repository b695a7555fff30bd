"""The estimators find a pass-through that is known, and their intervals hold it."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from studies.pass_through import coverage, simulate_price
from studies.pass_through_power import identification, simulated_prices

from research.errors import InputError
from research.tariffs.pass_through import (
    distributed_lags,
    estimate,
    local_projections,
)
from research.tariffs.who_pays import METHODS, Price, bundled_prices, monthly_rates

# Least squares in another order of steps.
EXACT = 1e-9
REPLICATIONS = 60
# Three standard errors of a share of 95 % in 60 draws, and 3 points for the small sample.
COVERAGE_POINTS = 11.5

DESIGNS = (distributed_lags, local_projections)
ESTIMATORS = tuple(partial(estimate, design) for design in DESIGNS)
RESPONSES = [0.3, 0.2, 0.1, 0.1]
MONTHS = pd.date_range("2005-01-01", periods=160, freq="MS")


def rates():
    steps = np.random.default_rng(5).choice([0, 0, 0, 0.02, -0.02], len(MONTHS))
    return pd.Series((0.1 + steps.cumsum()).clip(0, 0.6), MONTHS)


def price(seed=1, noise_sd=0.005, **changes):
    return simulate_price(rates(), RESPONSES, noise_sd=noise_sd, seed=seed, **changes)


@pytest.mark.parametrize("run", ESTIMATORS)
def test_without_noise_the_truth_comes_out(run):
    table = run(price(noise_sd=0.0), rates(), horizon_months=3, before_duty=False)
    assert list(table["pass_through"]) == pytest.approx([0.3, 0.5, 0.6, 0.7], abs=EXACT)


@pytest.mark.parametrize("run", ESTIMATORS)
def test_bias_and_coverage_with_autocorrelated_noise(run):
    draws = [
        run(price(seed, noise_ar=0.3), rates(), horizon_months=3, before_duty=False)
        for seed in range(REPLICATIONS)
    ]
    truth = np.cumsum(RESPONSES)
    found = np.array([table["pass_through"] for table in draws])
    standard_error = found.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    assert (abs(found.mean(axis=0) - truth) < 3 * standard_error).all()
    held = [(table["low"] <= truth) & (truth <= table["high"]) for table in draws]
    assert np.mean(held, axis=0) * 100 == pytest.approx([95] * 4, abs=COVERAGE_POINTS)


def by_hand(y, x, lags):
    """Least squares and Bartlett weights, pair of months by pair of months."""
    good = y.notna() & x.notna().all(axis=1)
    place, y, x = np.flatnonzero(good), y[good].to_numpy(), x[good].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    scores = x * (y - x @ b)[:, None]
    middle = np.zeros_like(inverse)
    for i, s in enumerate(scores):
        for j, t in enumerate(scores):
            middle += max(0, 1 - abs(place[i] - place[j]) / (lags + 1)) * np.outer(s, t)
    n, k = x.shape
    return b, inverse @ middle @ inverse * n / (n - k), n - k


def test_distributed_lags_by_hand_with_a_missing_month():
    series = price()
    series.iloc[60] = np.nan
    ours = estimate(distributed_lags, series, rates(), horizon_months=2, before_duty=True)
    change = np.log1p(rates()).diff()
    x = pd.DataFrame({k: change.shift(k) for k in range(3)}).assign(constant=1.0)
    b, v, df = by_hand(np.log(series).diff(), x, 4)
    se = np.sqrt(v[:3, :3].sum())
    row = ours.loc[2]
    assert row["response"] == pytest.approx(b[:3].sum(), abs=EXACT)
    assert row["pass_through"] == pytest.approx(1 + b[:3].sum(), abs=EXACT)
    assert row["se"] == pytest.approx(se, rel=1e-8)
    assert row["high"] == pytest.approx(1 + b[:3].sum() + stats.t.ppf(0.975, df) * se)
    # The changes into the missing month and out of it.
    assert (row["missing"], row["first"], row["last"]) == (2, MONTHS[3], MONTHS[-1])


def test_local_projections_by_hand():
    series, h = price(), 2
    ours = estimate(local_projections, series, rates(), horizon_months=h, before_duty=False)
    change, log = np.log1p(rates()).diff(), np.log(series)
    x = pd.DataFrame({k: change.shift(k) for k in range(-h, h + 1)}).assign(constant=1.0)
    b, v, _ = by_hand(log.shift(-h) - log.shift(1), x, 4)
    assert ours.loc[h, "response"] == pytest.approx(b[h], abs=EXACT)
    assert ours.loc[h, "se"] == pytest.approx(np.sqrt(v[h, h]), rel=1e-8)


@pytest.mark.parametrize(
    ("rate", "months", "found"),
    [(lambda: rates() * 0 + 0.1, 160, r"1 differ\."), (rates, 5, r"found \d, ")],
)
@pytest.mark.parametrize("run", ESTIMATORS)
def test_months_that_cannot_tell_say_why(run, rate, months, found):
    with pytest.raises(InputError, match=f"months: asked for more than .*{found}"):
        run(price().head(months), rate(), horizon_months=3, before_duty=True)


@pytest.mark.parametrize("run", ESTIMATORS)
def test_own_series_of_other_lengths_are_matched_by_month(run):
    """Months that one of both lacks are left out by name, never matched by place."""
    whole = run(price(), rates(), horizon_months=2, before_duty=True, first="2006-01")
    later = run(price().loc["2005-06":], rates(), horizon_months=2, before_duty=True,
                     first="2006-01")  # fmt: skip
    pd.testing.assert_frame_equal(whole, later)


def test_one_episode_of_tariffs_makes_intervals_too_narrow():
    """The table of docs/methods/tariffs.md: 51 and 92 % of 100 samples, 0.32 and 0.78 wide."""
    own = bundled_prices()[0].index
    lags, projections = (
        coverage(f, own, monthly_rates(), [-0.1, -0.05, -0.05], horizon_months=3, replications=60)
        for f in DESIGNS
    )
    # 100 samples there, 60 here, other seeds: three standard errors of a half are 24 points.
    assert 100 * lags["coverage_share"] == pytest.approx(51, abs=24)
    assert 100 * projections["coverage_share"] == pytest.approx(92, abs=14)
    assert lags["median_width"] == pytest.approx(0.32, rel=0.15)
    assert projections["median_width"] == pytest.approx(0.78, rel=0.15)


def test_simulated_prices_have_the_noise_and_the_gaps_of_the_price():
    own = price(noise_ar=0.4, noise_sd=0.01)
    own.iloc[20] = np.nan
    made = simulated_prices(own, rates(), replications=200, seed=7)
    assert made.isna().any(axis=1).to_numpy().nonzero()[0].tolist() == [20]
    changes, ours = np.log(made).diff(), np.log(own).diff()
    assert changes.std().mean() == pytest.approx(ours.std(), rel=0.03)
    assert changes.apply(lambda x: x.autocorr()).mean() == pytest.approx(ours.autocorr(), abs=0.03)
    again = simulated_prices(own, rates(), replications=2, seed=8)
    assert again[0].equals(made[1])
    by_hand = np.random.default_rng(7).normal(0, ours.std() * np.sqrt(1 - ours.autocorr() ** 2), 2)
    assert np.log(made[0] / 100).iloc[0] == pytest.approx(by_hand[0], abs=1e-12)
    second = by_hand[1] + ours.autocorr() * by_hand[0]
    assert changes[0].iloc[1] == pytest.approx(second, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_all_simulated_prices_at_once_are_as_one_after_the_other(method):
    own = bundled_prices()[0]
    frame = identification(own, replications=8, seed=3).set_index(["sample", "method"])
    made = simulated_prices(own.index, monthly_rates(), replications=8, seed=3)
    tables = pd.DataFrame(
        estimate(
            METHODS[method], made[draw], monthly_rates(), horizon_months=3, before_duty=True
        ).loc[3]
        for draw in made
    )
    row = frame.loc[("all months", method)]
    assert row["spread_share"] == pytest.approx(tables["pass_through"].std(), rel=1e-9)
    low, high = tables["low"], tables["high"]
    wanted = ((low <= 1) & (high >= 1), (low <= 0) & (high >= 1), (low > 0.5) | (high < 0.5))
    names = ["holds_truth_pct", "covers_0_and_1_pct", "rules_out_half_pct"]
    assert row[names].tolist() == [100 * found.mean() for found in wanted]
    factor = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert row["smallest_spread_share"] == pytest.approx(factor * row["spread_share"])


@pytest.mark.parametrize(("before_duty", "ruled_out"), [(True, [100, 100]), (False, [100, 100])])
def test_months_in_which_tariffs_move_tell_full_from_none(before_duty, ruled_out):
    """A price without noise: no interval holds 0 and 1, each rules out one half."""
    made = simulate_price(rates(), [0.0], noise_sd=1e-4, seed=3)
    own = Price("own", made, before_duty, "none", made)
    frame = identification(own, rates(), replications=5, samples={"all": None})
    assert list(frame["covers_0_and_1_pct"]) == [0, 0]
    assert list(frame["rules_out_half_pct"]) == ruled_out
    assert (frame["smallest_spread_share"] < 0.02).all()
