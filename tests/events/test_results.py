"""What a study gives back: windows inside it, groups, path, summary."""

import pandas as pd
import pytest
from scipy import stats

from research.errors import InputError
from research.events.tests import SUMMARY

pytestmark = pytest.mark.usefixtures("few_firms")

# The same sums in another order.
SAME = 1e-12


@pytest.fixture(scope="module")
def study(panel):
    return panel(n_firms=6).study(window=(-2, 3))


GROUPS = pd.Series(list("aaabb"), index=[f"firm{n}" for n in range(5)], name="group")


@pytest.mark.parametrize("window", [(-3, 0), (0, 4), (1, 0), (0, 0.5), 2, (0,), "00", None])
def test_a_window_must_lie_inside_the_study(study, window):
    if window is None:
        assert len(study.car(None)) == 6
        return
    for ask in (study.car, study.tests, study.summary):
        with pytest.raises(InputError, match=r"\(-2, 3\)"):
            ask(window)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"firm0": "a"}, "dict"),
        (pd.Series(["a", "b"], index=["firm0", "firm0"]), "firm0 twice"),
        (pd.Series([], dtype=object), "for example firm0; found 0 rows"),
        (pd.Series(["a"], index=["7203"]), "for example firm0; found 1 rows"),
    ],
)
def test_groups_that_cannot_be_read(study, groups, words):
    for ask in (study.tests, study.band, study.summary):
        with pytest.raises(InputError, match=words):
            ask(groups=groups)
    with pytest.raises(InputError, match=words):
        study.path(groups)


def test_path_cumulates_the_mean_and_its_band(study):
    path = study.path(GROUPS)
    for group in "ab":
        names = list(GROUPS.index[group == GROUPS])
        mean = study.abnormal.loc["news"].loc[names].mean()
        rows = path.loc[("news", group)]
        assert rows["caar"].to_numpy() == pytest.approx(mean.cumsum().to_numpy(), abs=SAME)
        for day in range(-2, 4):
            tests = study.tests((-2, day), GROUPS)
            tests = tests[tests["group"] == group].set_index("test").loc["portfolio_t"]
            half = stats.t.ppf(0.975, tests["df"]) * abs(tests["mean"] / tests["statistic"])
            assert rows.at[day, "high"] - rows.at[day, "caar"] == pytest.approx(half, abs=SAME)
            assert rows.at[day, "caar"] - rows.at[day, "low"] == pytest.approx(half, abs=SAME)


def silence(drawn, names):
    """Give a panel in which some firms never move, so that they are dropped."""
    return type(drawn)(
        drawn.returns.assign(**dict.fromkeys(names, 0.0)), drawn.benchmark, drawn.events
    )


def test_a_study_without_units_keeps_its_rows_and_columns(panel, study):
    drawn = panel(n_firms=6)
    empty = silence(drawn, drawn.returns.columns).study(window=(-2, 3), allow_empty=True)
    assert list(empty.summary().columns) == list(study.summary().columns)
    for groups, index in (
        (None, [("news", "all")]),
        (GROUPS, [("news", "a"), ("news", "b")]),
    ):
        for table in (empty.summary(groups=groups), empty.band(groups=groups)):
            assert list(table.index) == index
            assert (table["n"] == 0).all()
            assert table.drop(columns=["n", "date"], errors="ignore").isna().all(axis=None)
        assert empty.path(groups)["n"].eq(0).all()
        assert set(empty.tests(groups=groups)["test"]) == set(study.tests()["test"])


def test_a_dropped_group_or_event_stands_beside_the_others(panel):
    drawn = panel(n_firms=6)
    late = drawn.events.assign(event_id="too early", date=drawn.returns.index[60])
    both_events = pd.concat([drawn.events, late], ignore_index=True)
    quiet = silence(type(drawn)(drawn.returns, drawn.benchmark, both_events), ["firm3", "firm4"])
    quiet = quiet.study(min_estimation=80)
    summary = quiet.summary(groups=GROUPS)
    cells = {("news", "a"): 3, ("news", "b"): 0, ("too early", "a"): 0, ("too early", "b"): 0}
    assert summary["n"].to_dict() == cells
    full = drawn.study(min_estimation=80).summary(groups=GROUPS)
    pd.testing.assert_series_equal(summary.loc[("news", "a")], full.loc[("news", "a")])


@pytest.mark.parametrize("names", [["portfolio_t"], ["grank_t", "kp_t"], ["wilcoxon"]])
def test_a_test_is_the_same_beside_others_and_alone(study, names):
    every, few = study.tests((0, 0), GROUPS), study.tests((0, 0), GROUPS, names)
    same = every[every["test"].isin(names)].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, same)


def test_summary_sets_the_tests_side_by_side(study):
    summary, tests = study.summary((0, 0), GROUPS), study.tests((0, 0), GROUPS)
    more = ["kp_pvalue", "portfolio_pvalue", "date"]
    assert list(summary.columns) == ["n", "caar", "correlation", *SUMMARY, *more]
    for row in tests[tests["test"].isin(SUMMARY)].itertuples():
        assert summary.at[(row.event_id, row.group), row.test] == row.statistic
    for name in ("kp", "portfolio"):
        pvalues = tests[tests["test"] == f"{name}_t"].set_index("group")["pvalue"]
        assert summary.loc["news", f"{name}_pvalue"].to_dict() == pvalues.to_dict()
