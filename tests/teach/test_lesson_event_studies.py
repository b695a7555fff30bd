"""Lesson 1: its truths computed again, its simulator's truth, and answers that must not pass."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from research.teach.lessons import event_studies as lesson
from research.teach.lessons.event_studies import check

FIRM, GROUP = lesson.one_firm(), lesson.one_group()
EXACT = 1e-9  # the same formula by other means


def dummies(x, y, days):
    """Fit the market model with one dummy for each event day; they are the abnormal returns."""
    known = [*range(-70, -10), *days]
    columns = np.array([[day == event for event in days] for day in known], dtype=float)
    design = np.column_stack([np.ones(len(known)), x.loc[known], columns])
    return sm.OLS(y.loc[known].to_numpy(), design).fit()


def on_day_0():
    portfolio = GROUP.drop(columns="market").mean(axis=1)
    each = [
        dummies(GROUP["market"], GROUP[firm], [0]).params[2]
        for firm in GROUP.columns.drop("market")
    ]
    return dummies(GROUP["market"], portfolio, [0]), np.array(each)


def shown_csect():
    """What the lesson prints in part 5."""
    x, firms = GROUP["market"], GROUP.drop(columns="market")
    beta, alpha = np.polyfit(x.loc[-70:-11], firms.loc[-70:-11], 1)
    return stats.ttest_1samp(firms.loc[0] - alpha - beta * x[0], 0).statistic


def test_one_firm_is_a_regression_with_a_dummy_for_each_event_day():
    fitted = dummies(FIRM["market"], FIRM["firm"], [0, 1])
    total = fitted.t_test(np.array([0, 0, 1, 1]))
    truths = [check.questions[name].truth() for name in ("q1", "q2", "q3", "q4")]
    again = [fitted.params[2], fitted.mse_resid**0.5, total.effect[0], total.tvalue.item()]
    assert np.allclose(truths, again, rtol=EXACT)


def test_a_group_is_a_portfolio_and_a_sample():
    whole, each = on_day_0()
    assert np.isclose(check.questions["q8"].truth(), whole.tvalues[2], rtol=EXACT)
    assert np.isclose(shown_csect(), stats.ttest_1samp(each, 0).statistic, rtol=EXACT)
    cars = lesson.some_cars(2)
    assert np.isclose(check.questions["q5"].truth(), stats.ttest_1samp(cars, 0).statistic)


def test_false_alarms_are_as_many_as_the_formula_says():
    factor = np.sqrt((1 - lesson.RHO) / (1 + 19 * lesson.RHO))
    expected = 200 * stats.t.sf(stats.t.ppf(0.975, 19) * factor, 19)
    assert abs(check.questions["q6"].truth() - expected) < 3  # 2,000 days, standard error 1.1
    z = np.random.default_rng(1).multivariate_normal(
        np.zeros(20), 0.15 + 0.85 * np.eye(20), 200_000
    )
    seen = 100 * (np.abs(z.sum(axis=1)) / 20**0.5 > 1.96).mean()
    assert abs(check.questions["q7"].truth() - seen) < 0.4


def test_the_simulator_has_the_correlation_and_the_effect_it_is_given():
    days = lesson.abnormal(lesson.ordinary_days())
    pairs = np.corrcoef(days.to_numpy().T)[np.triu_indices(20, 1)]
    assert abs(pairs.mean() - lesson.RHO) < 0.02
    assert abs(days.to_numpy().mean()) < 0.06
    without = lesson.simulate(1, lesson.RHO, 76, 454)
    added = FIRM["firm"].to_numpy() - without["firm 01"].to_numpy()
    assert np.allclose(added, [0] * 70 + [*lesson.EFFECTS] + [0] * 4)


def test_the_effect_of_question_9_is_seen_in_80_of_100_cases():
    found = lesson.what_is_seen("deal_announced", "jp_auto").iloc[0]
    error, bound = found["mean_pct"] / found["portfolio_t"], stats.t.ppf(0.975, 118)
    assert abs(stats.nct.sf(bound, 118, lesson._seen() / error) - 0.8) < 0.001
    assert stats.nct.sf(bound, 118, lesson._seen() / 2 / error) < 0.5
    assert check.passes("q9", (1.96 + 0.842) * error)


def test_the_words_of_the_lesson_hold():
    assert lesson._t(FIRM, 1) < stats.t.ppf(0.975, 58) < lesson._t(FIRM, 1, (0,))
    whole, each = on_day_0()
    assert abs(whole.tvalues[2]) < 2 < 2.1 < stats.ttest_1samp(each, 0).statistic
    deal = lesson.what_is_seen("deal_announced", "jp_auto").iloc[0]
    assert (deal["n"], deal["n_larger"]) == (7, 0)
    assert deal["kp_pvalue"] > 0.05
    default = lesson.what_is_seen("auto_232_announced", "jp_auto").iloc[0]
    assert -default["seen_from_pct"] < default["mean_pct"] < 0
    assert 0.04 < default["portfolio_rank_pvalue"] < 0.05
    assert default["portfolio_pvalue"] < 0.05
    assert lesson.load_market().returns.loc["2025-07-23", "TOPIX"] > 0


def test_on_quiet_dates_only_tests_that_know_what_firms_share_keep_their_promise():
    study, quiet = lesson.reaction("deal_announced", "jp_auto")
    made = lesson.ordinary_days(40, 0.1).tests(
        names=["csect_t", "bmp_t", "patell_z", "portfolio_t"]
    )
    simulated = made["pvalue"].lt(0.05).groupby(made["test"]).mean()
    real = (quiet.table.filter(like="_pvalue") < 0.05).mean()
    assert simulated["portfolio_t"] < 0.07 < 0.2 < simulated.drop("portfolio_t").min()
    assert real[["portfolio_t_pvalue", "kp_t_pvalue"]].between(0.02, 0.08).all()
    assert real[["csect_t_pvalue", "bmp_t_pvalue", "patell_z_pvalue"]].min() > 0.2
    assert set(study.car()["df"]) == {118}


def quiet_t():
    days = lesson.abnormal(lesson.ordinary_days())
    return days.mean(axis=1) / days.std(axis=1) * 20**0.5


BEFORE = FIRM.loc[-70:-11]
LINE = np.polyfit(BEFORE["market"], BEFORE["firm"], 1)
AR = FIRM["firm"] - np.polyval(LINE, FIRM["market"])
PORTFOLIO = dummies(GROUP["market"], GROUP.drop(columns="market").mean(axis=1), []).resid
CARS, BOUND = lesson.some_cars(2), stats.t.ppf(0.975, 19)


@pytest.mark.parametrize(
    ("question", "answer", "hint"),
    [
        ("q1", 5, "what the news added"),
        ("q1", FIRM.loc[0, "firm"] - FIRM.loc[0, "market"], "beta 1"),
        ("q1", FIRM.loc[0, "firm"] - LINE @ [1, FIRM.loc[0, "market"]], "constant exchanged"),
        ("q1", AR[0] / 100, "a share for per cent"),
        ("q2", AR.loc[-70:-11].std(), "n - 1 in place of n - 2"),
        ("q2", np.std(AR.loc[-70:-11]), "n in place of n - 2"),
        ("q2", BEFORE["firm"].std(), "the spread of returns"),
        ("q3", AR.loc[0:1].mean(), "the mean in place of the sum"),
        ("q3", AR[0], "day 0 alone"),
        (
            "q4",
            AR.loc[0:1].sum() / (AR.loc[-70:-11] @ AR.loc[-70:-11] / 29) ** 0.5,
            "the forecast",
        ),
        ("q5", CARS.mean() / CARS.std(ddof=0) * 8**0.5, "n in place of n - 1"),
        ("q5", CARS.mean() / CARS.std(), "the root of n forgotten"),
        ("q6", lambda: 100 * (quiet_t().abs() > 1.96).mean(), "the bound of a normal"),
        ("q6", lambda: 100 * (quiet_t() > BOUND).mean(), "gains alone"),
        ("q6", lambda: float((quiet_t().abs() > BOUND).mean()), "a share for per cent"),
        ("q7", 200 * stats.norm.sf(1.96 / 3.85), "the root forgotten"),
        ("q7", 200 * stats.norm.sf(0.98), "n in place of n - 1"),
        ("q7", 100 * stats.norm.sf(1.96 / 3.85**0.5), "one tail"),
        ("q8", on_day_0()[1].mean() / np.std(PORTFOLIO) * 58**0.5 / 60**0.5, "the forecast"),
        ("q9", 1.98 * 1.127, "seen in 50 of 100"),
        ("q9", 1.98 + 0.845, "without the standard error"),
    ],
)
def test_a_usual_slip_does_not_pass_and_is_named(question, answer, hint):
    right, words = check._verdict(question, float(answer() if callable(answer) else answer))
    assert (right, hint in words) == (False, True)
