"""Group tests against plain loops over firms, pairs of firms and dates."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from research.events.groups import NO_FIRM_LEFT, kp_factor

pytestmark = pytest.mark.usefixtures("few_firms")

# Sums of a few hundred products in double precision, in another order.
SAME = 1e-9

ESTIMATION = (-100, -11)


def units_of(drawn, reference, model, window):
    return [
        reference.unit(drawn, asset, model=model, window=window, estimation=ESTIMATION)
        for asset in drawn.returns
    ]


def statistics_of(study, window=None):
    return study.tests(window).set_index("test")["statistic"].to_dict()


@pytest.mark.parametrize("model", ["market", "mean", "market_adjusted"])
@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
@pytest.mark.parametrize("missing", [0.0, 0.08])
def test_loops_give_the_same(panel, reference, model, window, missing):
    drawn = panel(missing=missing)
    study = drawn.study(model=model, window=window)
    expected = reference.tests(units_of(drawn, reference, model, window))
    assert statistics_of(study) == pytest.approx(expected, rel=SAME)


@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
@pytest.mark.parametrize("n_factors", [1, 2])
def test_portfolio_t_is_a_regression_of_the_portfolio(panel, window, n_factors):
    drawn = panel(n_factors=n_factors)
    days = drawn.returns.index
    ahead = days[130 + window[0] : 130 + window[1] + 1]
    every = days[30:120].append(ahead)
    regressors = sm.add_constant(drawn.benchmark.loc[every])
    # One dummy for the sum: each day's own dummy, then the contrast of all of them.
    dummies = pd.get_dummies(every).set_axis(every)[list(ahead)].astype(float)
    result = sm.OLS(
        drawn.returns.loc[every].mean(axis=1), regressors.join(dummies).astype(float)
    ).fit()
    contrast = np.r_[np.zeros(1 + n_factors), np.ones(len(ahead))]
    row = drawn.study(window=window).tests().set_index("test").loc["portfolio_t"]
    test = result.t_test(contrast)
    assert row["statistic"] == pytest.approx(test.tvalue.item(), rel=SAME)
    assert row["pvalue"] == pytest.approx(test.pvalue.item(), rel=SAME)
    assert row["df"] == result.df_resid


def test_p_values_belong_to_their_distributions(panel):
    tests = panel(n_firms=5).study().tests().set_index("test")
    for name in ("csect_t", "bmp_t", "kp_t"):
        expected = 2 * stats.t.sf(abs(tests.at[name, "statistic"]), 4)
        assert tests.at[name, "pvalue"] == pytest.approx(expected, rel=SAME)
    normal = 2 * stats.norm.sf(abs(tests.at["patell_z", "statistic"]))
    assert tests.at["patell_z", "pvalue"] == pytest.approx(normal, rel=SAME)


def test_a_firm_without_a_figure_leaves_the_denominator(panel):
    """The wrong turn: dividing by all firms, or taking a missing return for zero."""
    drawn = panel(n_firms=5)
    drawn.returns.iloc[130, 0] = np.nan
    study = drawn.study()
    fewer = panel(n_firms=5)
    rest = fewer.events[fewer.events["asset"] != "firm0"]
    expected = type(fewer)(fewer.returns, fewer.benchmark, rest).study()
    assert set(study.tests()["n"]) == {4}
    assert statistics_of(study) == pytest.approx(statistics_of(expected), rel=SAME)
    assert study.abnormal.loc[("news", "firm0")].isna().all()


@pytest.mark.parametrize("positions", [(130, 125, 120, 115), (130, 130, 129, 128)])
@pytest.mark.parametrize("window", [(0, 0), (-1, 1)])
def test_staggered_dates(panel, reference, positions, window):
    drawn = panel(n_firms=4)
    events = drawn.events.assign(date=[drawn.returns.index[p] for p in positions])
    staggered = type(drawn)(drawn.returns, drawn.benchmark, events)
    expected = reference.tests(units_of(staggered, reference, "market", window))
    assert statistics_of(staggered.study(window=window)) == pytest.approx(expected, rel=SAME)


def test_kp_factor_is_undefined_where_the_variance_would_be_negative():
    correlation = np.array([-0.6, -0.5, -0.49, 0.0, 1.0, 0.3])
    found = kp_factor(correlation, np.array([3, 3, 3, 3, 3, 1]))
    assert np.isnan(found).tolist() == [True, True, False, False, True, True]
    assert found[3] == 1.0


@pytest.mark.parametrize("firms", [1, 2])
def test_what_cannot_be_tested_says_why(panel, firms):
    drawn = panel(n_firms=2)
    drawn.returns["firm1"] = drawn.returns["firm0"]
    events = drawn.events.head(firms)
    tests = type(drawn)(drawn.returns, drawn.benchmark, events).study().tests()
    tests = tests.set_index("test")
    undefined = ["csect_t", "bmp_t", "kp_t"]
    assert tests.loc[undefined, "statistic"].isna().all()
    assert tests.loc[undefined, "pvalue"].isna().all()
    reason = "one firm: no spread over firms" if firms == 1 else "no spread over firms"
    assert (tests.loc[undefined, "reason"] == reason).all()
    defined = tests.loc[["patell_z", "portfolio_t"]]
    assert defined["statistic"].notna().all()
    assert (defined["reason"] == "").all()


def test_a_group_of_which_every_firm_was_dropped_points_at_the_list(panel):
    """Group b has too short a history, group c lacks day 0; group a goes on."""
    drawn = panel(n_firms=6)
    drawn.returns.iloc[:100, 2:4] = np.nan
    drawn.returns.iloc[130, 4:] = np.nan
    groups = pd.Series(list("aabbcc"), index=drawn.returns.columns)
    study = drawn.study()
    tests = study.tests(groups=groups)
    gone = tests[tests["group"].isin(["b", "c"])]
    assert set(tests["group"]) == {"a", "b", "c"}
    assert set(gone["reason"]) == {NO_FIRM_LEFT}
    assert (gone["n"] == 0).all()
    assert gone[["statistic", "pvalue", "mean"]].isna().all(axis=None)
    assert NO_FIRM_LEFT not in set(tests.loc[tests["group"] == "a", "reason"])
    # What the reason points at: every firm stands there with a reason of its own.
    assert NO_FIRM_LEFT.startswith("no firm is left")
    assert "result.dropped" in NO_FIRM_LEFT
    listed = study.dropped[study.dropped["part"].isin(["unit", "window"])]
    assert dict(zip(listed["asset"], listed["reason"], strict=True)) == {
        "firm2": "20 usable estimation days, 60 needed",
        "firm3": "20 usable estimation days, 60 needed",
        "firm4": "no return of the asset",
        "firm5": "no return of the asset",
    }


def test_groups_are_tested_one_by_one(panel):
    drawn = panel(n_firms=6)
    groups = pd.Series(list("aaabbb"), index=drawn.returns.columns)
    both = drawn.study().tests(groups=groups)
    for name, names in (("a", [0, 1, 2]), ("b", [3, 4, 5])):
        rows = drawn.events.iloc[names]
        alone = type(drawn)(drawn.returns, drawn.benchmark, rows).study().tests()
        part = both[both["group"] == name].set_index("test")["statistic"]
        assert part.to_dict() == pytest.approx(
            alone.set_index("test")["statistic"].to_dict(), rel=SAME
        )
