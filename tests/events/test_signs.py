"""Sign tests and Wilcoxon's, against scipy, against every choice of signs, and by hand."""

import numpy as np
import pytest
from scipy import stats

from .reference_tests import exact_wilcoxon

# The same probabilities added up in another order.
SAME = 1e-9


def row(study, name, window=None):
    return study.tests(window).set_index("test").loc[name]


@pytest.mark.parametrize("n_firms", [1, 2, 7, 10])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wilcoxon_against_every_choice_of_signs(panel, n_firms, seed):
    found = row(panel(n_firms=n_firms, seed=seed).study(), "wilcoxon")
    assert found["pvalue"] == pytest.approx(exact_wilcoxon(found["statistic"], n_firms), rel=SAME)


@pytest.mark.parametrize(("n_firms", "method"), [(49, "exact"), (50, "asymptotic")])
def test_wilcoxon_is_exact_below_fifty_firms(panel, n_firms, method):
    study = panel(n_firms=n_firms, seed=5).study()
    car = study.car()["car"]
    found = row(study, "wilcoxon")
    expected = {name: stats.wilcoxon(car, method=name).pvalue for name in ("exact", "asymptotic")}
    assert found["pvalue"] == pytest.approx(expected[method], rel=SAME)
    assert expected["exact"] != pytest.approx(expected["asymptotic"], rel=1e-4)
    # Our statistic is the difference of the two sums of which scipy gives the smaller.
    smaller = stats.wilcoxon(car).statistic
    assert abs(found["statistic"]) == n_firms * (n_firms + 1) / 2 - 2 * smaller


def with_day_zero(drawn, values):
    """The model mean with residuals that average zero: the CAR of day 0 is what is put there."""
    returns = drawn.returns.copy()
    returns.iloc[30:120] -= returns.iloc[30:120].mean()
    returns.iloc[130] = values
    return type(drawn)(returns, drawn.benchmark, drawn.events).study(model="mean")


def test_wilcoxon_with_ties_is_normal(panel):
    # The mean of the estimation window is a rounding error, so that ties have to be made there.
    values = np.array([0.03, 0.03, -0.01, 0.02, 0.05])
    drawn = panel(n_firms=5)
    same = drawn.returns["firm0"]
    drawn.returns[:] = np.column_stack([same] * 5)
    found = row(with_day_zero(drawn, values), "wilcoxon")
    ranks = np.array([3.5, 3.5, -1, 2, 5])
    assert found["statistic"] == ranks.sum()
    expected = 2 * stats.norm.sf(ranks.sum() / np.sqrt((ranks**2).sum()))
    assert found["pvalue"] == pytest.approx(expected, rel=SAME)
    library = stats.wilcoxon(values, method="asymptotic", correction=False).pvalue
    assert found["pvalue"] == pytest.approx(library, rel=SAME)


def test_the_generalised_sign_test_knows_what_is_usual(panel):
    """Skewed firms rise on few days: as many positive CARs as usual are no finding."""
    drawn = panel(n_firms=30, seed=3)
    rng = np.random.default_rng(3)
    skewed = rng.exponential(0.02, drawn.returns.shape) - 0.02
    drawn.returns[:] = skewed
    study = drawn.study(model="mean")
    car = study.car()["car"]
    usual = (drawn.returns.iloc[30:120] > drawn.returns.iloc[30:120].mean()).mean().mean()
    assert usual < 0.42
    expected = ((car > 0).sum() - 30 * usual) / np.sqrt(30 * usual * (1 - usual))
    found = row(study, "gen_sign_z")["statistic"]
    assert found == pytest.approx(expected, rel=SAME)
    # The wrong turn: half of the firms as what is usual.
    assert row(study, "sign_z")["statistic"] != pytest.approx(found, abs=0.5)


def test_cars_of_zero_have_no_sign(panel):
    """Shares without a trade on the day, measured against a benchmark that did not move."""
    drawn = panel(n_firms=6)
    drawn.benchmark.iloc[130] = 0.0
    returns = drawn.returns.copy()
    returns.iloc[130, :2] = 0.0
    some = type(drawn)(returns, drawn.benchmark, drawn.events).study(model="market_adjusted")
    car = some.car()["car"]
    assert (car == 0).sum() == 2
    expected = np.sign(car).sum() / np.sqrt(4)
    assert row(some, "sign_z")["statistic"] == pytest.approx(expected, rel=SAME)
    library = stats.wilcoxon(car, method="asymptotic")
    assert row(some, "wilcoxon")["pvalue"] == pytest.approx(library.pvalue, rel=SAME)

    returns.iloc[130] = 0.0
    none = type(drawn)(returns, drawn.benchmark, drawn.events).study(model="market_adjusted")
    for name in ("sign_z", "wilcoxon"):
        assert row(none, name)["reason"] == "every CAR is zero"
        assert np.isnan(row(none, name)["pvalue"])
