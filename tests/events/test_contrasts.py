"""Differences of groups against a regression of the long-short portfolio, and their size."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from research.errors import InputError
from research.events import contrasts
from research.events.study import event_study
from research.events.tests import adjusted

# Sums of a few hundred products in double precision, in another order.
SAME = 1e-9

GROUPS = pd.Series(list("aaabbb"), index=[f"firm{n}" for n in range(6)])


@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
@pytest.mark.parametrize("n_factors", [1, 2])
def test_a_contrast_is_a_regression_of_the_long_short_portfolio(panel, window, n_factors):
    drawn = panel(n_firms=6, n_factors=n_factors)
    days = drawn.returns.index
    ahead = days[130 + window[0] : 130 + window[1] + 1]
    every = days[30:120].append(ahead)
    long_short = drawn.returns.iloc[:, :2].mean(axis=1) - drawn.returns.iloc[:, 2:].mean(axis=1)
    dummies = pd.get_dummies(every).set_axis(every)[list(ahead)].astype(float)
    design = sm.add_constant(drawn.benchmark.loc[every]).join(dummies)
    test = (
        sm.OLS(long_short.loc[every], design)
        .fit()
        .t_test(np.r_[np.zeros(1 + n_factors), np.ones(len(ahead))])
    )
    groups = pd.Series(list("aabbbb"), index=drawn.returns.columns)
    row = contrasts(drawn.study(window=window), [("a", "b")], groups=groups).iloc[0]
    assert row["difference"] == pytest.approx(test.effect.item(), rel=SAME)
    assert row["se"] == pytest.approx(test.sd.item(), rel=SAME)
    assert row["t"] == pytest.approx(test.tvalue.item(), rel=SAME)
    assert row["pvalue"] == pytest.approx(test.pvalue.item(), rel=SAME)
    assert [row["low"], row["high"]] == pytest.approx(list(test.conf_int()[0]), rel=SAME)
    assert row["df"] == 90 - 1 - n_factors


def test_two_exchanges_with_their_own_benchmarks(two_exchanges):
    """Tokyo against a Tokyo index, New York against a New York one, residuals by date."""
    drawn = two_exchanges()
    rng = np.random.default_rng(8)
    days = drawn.returns.index
    own = {code: pd.Series(rng.normal(0, 0.01, len(days)), days) for code in ("XTKS", "XNYS")}
    groups = pd.Series([c.rstrip("012") for c in drawn.returns], index=drawn.returns.columns)
    events = drawn.events.assign(date=pd.Timestamp("2025-07-23")).iloc[[3, 0, 4, 1, 5, 2]]
    settings = {
        "returns_are": "simple", "model": "market", "window": (0, 0), "estimation": (-120, -1),
    }  # fmt: skip
    study = event_study(drawn.returns, own, events, groups=groups, **settings)
    assert list(study.units.index.get_level_values("asset")) == list(events["asset"])
    residuals, parts = {}, {}
    for code, place in (("XTKS", "tokyo"), ("XNYS", "york")):
        rows = events[events["calendar"] == code]
        alone = event_study(drawn.returns, own[code], rows, **settings)
        pd.testing.assert_frame_equal(
            study.car().loc[alone.units.index].drop(columns="group"), alone.car(), rtol=SAME
        )
        residuals[place] = alone.residuals("news").mean(axis=1)
        band = alone.band().iloc[0]
        parts[place] = (band["caar"], (band["high"] - band["low"]) / 2 / stats.t.ppf(0.975, 118))
        pd.testing.assert_series_equal(
            study.band().loc[("news", place)], band, check_names=False, rtol=SAME
        )
    row = contrasts(study, [("york", "tokyo")]).iloc[0]
    assert row["difference"] == pytest.approx(parts["york"][0] - parts["tokyo"][0], rel=SAME)
    # The mean of the pairs' correlations is not that of the portfolios when holidays differ.
    both = pd.concat(residuals, axis=1, sort=True).dropna()
    correlation = (both["york"] * both["tokyo"]).sum() / np.sqrt((both**2).sum().prod())
    assert row["correlation"] == pytest.approx(correlation, abs=0.01)
    se_a, se_b = parts["york"][1], parts["tokyo"][1]
    variance = se_a**2 + se_b**2 - 2 * row["correlation"] * se_a * se_b
    assert row["se"] == pytest.approx(np.sqrt(variance), rel=SAME)
    assert row["df"] == 118
    assert row["correlation"] > 0.5


def test_all_rows_are_one_family(panel):
    drawn = panel(n_firms=6)
    second = drawn.events.assign(event_id="more news", date=drawn.returns.index[140])
    study = type(drawn)(drawn.returns, drawn.benchmark, pd.concat([drawn.events, second])).study()
    groups = pd.Series(list("aabbcc"), index=drawn.returns.columns)
    table = contrasts(study, [("a", "b"), ("a", "c"), ("b", "c")], groups=groups)
    assert len(table) == 6
    assert list(table["event_id"]) == ["news"] * 3 + ["more news"] * 3
    expected = adjusted(table["pvalue"])
    pd.testing.assert_frame_equal(table[["holm_pvalue", "bh_pvalue"]], expected)


def test_a_group_without_a_car_says_so(panel):
    drawn = panel(n_firms=6)
    drawn.returns.iloc[130, 3:] = np.nan
    row = contrasts(drawn.study(), [("a", "b")], groups=GROUPS).iloc[0]
    assert row["reason"] == "no firm of b has every day of the window"
    assert row[["difference", "t", "pvalue", "holm_pvalue"]].isna().all()
    assert (row["n_first"], row["n_second"]) == (3, 0)


def test_a_group_that_copies_the_other_has_no_variance(panel):
    drawn = panel(n_firms=2)
    drawn.returns["firm1"] = drawn.returns["firm0"]
    groups = pd.Series(["a", "b"], index=drawn.returns.columns)
    row = contrasts(drawn.study(), [("a", "b")], groups=groups).iloc[0]
    assert np.isnan(row["t"])
    assert row["reason"] == "variance of the difference at or below zero"


def test_unknown_groups_are_named_at_once(panel):
    with pytest.raises(InputError) as caught:
        contrasts(panel(n_firms=6).study(), [("a", "y"), ("a", "z")], groups=GROUPS)
    assert [(fault.where, fault.found) for fault in caught.value.faults] == [
        ("pairs", "'y'"),
        ("pairs", "'z'"),
    ]
