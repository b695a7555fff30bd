"""Skewness-adjusted t against its formula, a loop over resamples, and its size."""

import numpy as np
import pytest
from scipy import stats

from research.events.horizons import adjusted_t, skewness_adjusted_t

# Sums of a few dozen numbers.
SAME = 1e-12

# A share of 5 % varies by 1.0 points, of 12 % by 1.5 (one standard error).
REPLICATIONS = 500


def by_hand(sample):
    n, mean = len(sample), sum(sample) / len(sample)
    sd = (sum((v - mean) ** 2 for v in sample) / (n - 1)) ** 0.5
    g = sum((v - mean) ** 3 for v in sample) / (n * sd**3)
    s = mean / sd
    return n**0.5 * (s + g * s * s / 3 + g / (6 * n))


@pytest.fixture(scope="module")
def skewed():
    return np.random.default_rng(1).lognormal(0.0, 0.8, 40) - 1.2


def test_the_formula(skewed):
    row = skewness_adjusted_t(skewed)
    assert row["johnson_skew_t"] == pytest.approx(by_hand(skewed), rel=SAME)


def test_hall_and_johnson_are_two_formulas_and_have_two_names(panel):
    """Hall's is a cube: ((1 + g S / 3)^3 - 1) / g."""
    study = panel(n_firms=12, seed=8).study()
    cars = study.car()["car"].to_numpy()
    n = len(cars)
    g = stats.skew(cars) * ((n - 1) / n) ** 1.5
    s = stats.ttest_1samp(cars, 0).statistic / np.sqrt(n)
    hall = np.sqrt(n) * (((1 + g * s / 3) ** 3 - 1) / g + g / (6 * n))
    assert abs(hall - adjusted_t(cars[None])[0]) > 1e-3
    found = study.tests().set_index("test")["statistic"]
    assert found["hall_skew_t"] == pytest.approx(hall, rel=1e-9)
    johnson = hall - np.sqrt(n) * g**2 * s**3 / 27
    assert adjusted_t(cars[None])[0] == pytest.approx(johnson, rel=1e-9)


def test_the_bootstrap_by_a_loop(skewed):
    replications = 300
    drawn = np.random.default_rng(9).choice(skewed, (replications, 10))
    null = [by_hand([value - skewed.mean() for value in sample]) for sample in drawn]
    t = by_hand(skewed)
    above, below = sum(value >= t for value in null), sum(value <= t for value in null)
    row = skewness_adjusted_t(skewed, replications=replications, seed=9)
    assert row["pvalue"] == pytest.approx(2 * (1 + min(above, below)) / (1 + replications))
    assert row["low_bound"] == pytest.approx(np.quantile(null, 0.025), rel=SAME)
    assert row["high_bound"] == pytest.approx(np.quantile(null, 0.975), rel=SAME)


def test_the_size_on_skewed_values_is_nearer_to_its_promise():
    """Long-run returns are skewed to the right: the plain t sees losses that are none."""
    rng = np.random.default_rng(2)
    samples = rng.lognormal(0.0, 1.0, (REPLICATIONS, 50)) - np.exp(0.5)
    plain = stats.ttest_1samp(samples, 0, axis=1)
    rows = [skewness_adjusted_t(sample, replications=400, seed=3) for sample in samples]
    adjusted = np.array([row["pvalue"] for row in rows])
    assert (plain.pvalue < 0.05).mean() > 0.08
    assert (adjusted < 0.05).mean() < (plain.pvalue < 0.05).mean() - 0.02
    assert (adjusted < 0.05).mean() == pytest.approx(0.05, abs=0.03)


def test_a_resample_of_one_value_counts_in_its_tail():
    found = adjusted_t(np.array([[2.0] * 5, [-2.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]]))
    assert found[:2].tolist() == [np.inf, -np.inf]
    assert found[2] == pytest.approx(by_hand([1, 2, 3, 4, 5]), rel=SAME)


@pytest.mark.parametrize("values", [np.arange(19.0), np.empty(0), np.ones(30)])
def test_too_few_values_or_one_value_over_and_over_have_no_test(values):
    row = skewness_adjusted_t(values)
    assert row["n"] == len(values)
    assert row[["johnson_skew_t", "low_bound", "high_bound", "pvalue"]].isna().all()
