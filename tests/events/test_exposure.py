"""Exposure regressions against statsmodels, and the size of their errors on one date."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from research.errors import InputError
from research.events import contrasts, exposure

# Sums of a few hundred products in double precision, in another order.
SAME = 1e-9


FIRMS = [f"firm{n}" for n in range(8)]
TRAITS = pd.DataFrame(
    {"exports": [0.9, 0.1, 0.5, 0.3, 0.7, 0.2, 0.8, 0.4], "cars": [1, 0, 1, 0, 0, 0, 1, 0]},
    index=FIRMS,
)


@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
def test_each_coefficient_is_a_regression_of_its_portfolio(panel, window):
    drawn = panel(n_firms=8)
    table = exposure(drawn.study(window=window), TRAITS).set_index("term")
    Z = np.column_stack([np.ones(8), TRAITS])
    weights = np.linalg.inv(Z.T @ Z) @ Z.T
    days = drawn.returns.index
    ahead = days[130 + window[0] : 130 + window[1] + 1]
    every = days[30:120].append(ahead)
    dummies = pd.get_dummies(every).set_axis(every)[list(ahead)].astype(float)
    design = sm.add_constant(drawn.benchmark.loc[every]).join(dummies)
    for term, row in zip(["constant", "exports", "cars"], weights, strict=True):
        portfolio = drawn.returns.loc[every] @ row
        test = sm.OLS(portfolio, design).fit().t_test(np.r_[0, 0, np.ones(len(ahead))])
        found = table.loc[term]
        assert found["coefficient"] == pytest.approx(test.effect.item(), rel=SAME)
        assert found["se"] == pytest.approx(test.sd.item(), rel=SAME)
        assert found["pvalue"] == pytest.approx(test.pvalue.item(), rel=SAME)
        assert [found["low"], found["high"]] == pytest.approx(list(test.conf_int()[0]), rel=SAME)
        assert found["df"] == 88


def test_coefficients_and_white_errors_are_those_of_statsmodels(panel):
    study = panel(n_firms=8).study(window=(0, 2))
    fit = sm.OLS(study.car().loc["news", "car"], sm.add_constant(TRAITS)).fit(cov_type="HC1")
    table = exposure(study, TRAITS)
    assert table["coefficient"].to_numpy() == pytest.approx(fit.params.to_numpy(), rel=SAME)
    assert table["white_se"].to_numpy() == pytest.approx(fit.bse.to_numpy(), rel=SAME)


def test_a_group_dummy_is_a_contrast(panel):
    study = panel(n_firms=8, missing=0.02).study(window=(0, 1))
    row = exposure(study, TRAITS[["cars"]]).set_index("term").loc["cars"]
    groups = TRAITS["cars"].map({1: "cars", 0: "others"})
    other = contrasts(study, [("cars", "others")], groups=groups).iloc[0]
    assert row["coefficient"] == pytest.approx(other["difference"], rel=SAME)
    for name in ("se", "rank_pvalue", "n_quiet"):
        assert row[name] == pytest.approx(other[name], rel=SAME)


def test_a_dummy_may_be_true_or_false(panel):
    study, cars = panel(n_firms=8).study(), TRAITS[["cars"]]
    pd.testing.assert_frame_equal(exposure(study, cars == 1), exposure(study, cars))


def test_firms_and_order_are_by_label(panel):
    study = panel(n_firms=8).study()
    pd.testing.assert_frame_equal(
        exposure(study, TRAITS), exposure(study, TRAITS.iloc[::-1]), rtol=SAME
    )
    fewer = exposure(study, TRAITS.iloc[:6])
    assert (fewer["n"] == 6).all()
    car = study.car().loc["news", "car"].iloc[:6]
    fit = sm.OLS(car, sm.add_constant(TRAITS.iloc[:6])).fit()
    assert fewer["coefficient"].to_numpy() == pytest.approx(fit.params.to_numpy(), rel=SAME)


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        (TRAITS.assign(twice=2 * TRAITS["exports"]), "characteristics are collinear"),
        (TRAITS.assign(cars=1), "characteristics are collinear"),
        (TRAITS.assign(cars=0), "characteristics are collinear"),
        (TRAITS.iloc[:3], "too few firms"),
    ],
)
def test_what_cannot_be_estimated_says_why(panel, traits, reason):
    table = exposure(panel(n_firms=8).study(), traits)
    assert (table["reason"] == reason).all()
    assert table[["coefficient", "se", "pvalue"]].isna().all(axis=None)


def test_every_fault_is_named_at_once(panel):
    traits = TRAITS.astype(object).rename(index={"firm7": "firm9"})
    traits.iloc[1, 0], traits.iloc[2, 1] = "many", np.inf
    with pytest.raises(InputError) as caught:
        exposure(panel(n_firms=8).study(), traits)
    found = [(fault.where, fault.found) for fault in caught.value.faults]
    assert found == [
        ("characteristics", "'firm9'"),
        ("characteristics.exports['firm1']", "'many'"),
        ("characteristics.cars['firm2']", "inf"),
    ]
