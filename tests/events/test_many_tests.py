"""Groups on their quiet dates, and p-values of many events and groups adjusted together."""

import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from research.events import many_tests
from research.exact import plain, value

SETTINGS = {"model": "market", "window": (0, 1), "estimation": (-130, -11)}


@pytest.fixture(scope="module")
def quiet(market, events):
    return many_tests.placebos(market, events, ["energy", "jp_auto"], **SETTINGS)


def test_quiet_dates_hold_no_event_of_their_exchange(market, events, quiet):
    for group, benchmark, column in (
        ("jp_auto", "TOPIX", "first_tokyo_session"),
        ("energy", "SP500", "first_ny_session"),
    ):
        sessions = market.returns[benchmark].dropna().index
        busy = set(events[column])
        assert len(quiet[group].table) > 200
        for date in quiet[group].table.index:
            day = sessions.get_loc(date)
            assert not busy & set(sessions[day : day + 2])


def test_quiet_dates_and_all_events_are_kept_for_other_runs_as_they_are(market, events, quiet):
    pairs, left_out = many_tests.at_events(market, events.head(3), ["jp_auto"], **SETTINGS)
    given = {"quiet": quiet, "pairs": pairs, "left_out": left_out}
    back = value(json.loads(json.dumps(plain(given))))
    for group, one in quiet.items():
        pd.testing.assert_frame_equal(back["quiet"][group].every, one.every, check_exact=True)
        pd.testing.assert_frame_equal(back["quiet"][group].table, one.table, check_exact=True)
    pd.testing.assert_frame_equal(back["pairs"], pairs, check_exact=True)
    pd.testing.assert_frame_equal(back["left_out"], left_out)


def test_ranks_come_with_their_count(quiet):
    summary = pd.DataFrame(
        {"kp_t": [1.0, np.nan], "portfolio_t": [2.0, -1.0]}, index=["energy", "jp_auto"]
    )
    ranks = many_tests.ranks(summary, quiet)
    for group, t in (("energy", 2.0), ("jp_auto", 1.0)):
        sizes = quiet[group].table["portfolio_t"].abs()
        larger = (sizes >= t).sum()
        row = ranks.loc[group]
        assert (row["n_larger"], row["n_quiet"]) == (larger, len(sizes))
        assert row["portfolio_rank_pvalue"] == pytest.approx((1 + larger) / (1 + len(sizes)))
    larger = (quiet["energy"].table["kp_t"].abs() >= 1).sum()
    count = quiet["energy"].table["kp_t"].notna().sum()
    assert ranks.loc["energy", "kp_rank_pvalue"] == pytest.approx((1 + larger) / (1 + count))
    assert np.isnan(ranks.loc["jp_auto", "kp_rank_pvalue"])


def summary(rows):
    frame = pd.DataFrame(rows, columns=["event_id", "group", "date", "kp_pvalue"])
    frame["date"] = pd.to_datetime(frame["date"])
    return frame.set_index(["event_id", "group"])


@pytest.mark.parametrize("first", [0.01, np.nan])
def test_adjustment_counts_each_group_and_day_once(first):
    """Two events of one day are one hypothesis, also where only the second has a test."""
    rows = [("a", "g", "2025-01-02", first), ("same day", "g", "2025-01-02", 0.01)]
    rows += [("b", "g", "2025-01-03", 0.04), ("b", "h", "2025-01-03", np.nan)]
    out = many_tests.adjust(summary(rows))
    assert (out["n_hypotheses"] == 2).all()
    doubled = np.nan if np.isnan(first) else 0.02
    assert list(out["holm_pvalue"]) == pytest.approx([doubled, 0.02, 0.04, np.nan], nan_ok=True)
    expected = multipletests([0.01, 0.04], method="fdr_bh")[1]
    assert list(out["bh_pvalue"].iloc[[1, 2]]) == pytest.approx(list(expected))


@pytest.mark.parametrize("rows", [[("a", "g", "2025-01-02", np.nan)], []])
def test_adjustment_without_any_p_value_has_nothing_to_adjust(rows):
    out = many_tests.adjust(summary(rows))
    assert list(out["n_hypotheses"]) == [0] * len(rows)
    assert out[["holm_pvalue", "bh_pvalue"]].isna().all(axis=None)
