"""A study of one's own data: what may be written, what is told, and what is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import event_study, returns_of

ASKED = {"returns_are": "simple", "window": (0, 1)}
NEWS = "2020-09-01"


@pytest.fixture
def returns(panel):
    drawn = panel(n_firms=3, n_days=220)
    return drawn.returns.assign(INDEX=drawn.benchmark["factor0"])


def refused(call, *args, **more):
    with pytest.raises(InputError) as caught:
        call(*args, **more)
    return list(map(str, caught.value.faults))


def test_every_way_to_write_a_study_gives_the_same(returns):
    rows = pd.DataFrame({"event_id": NEWS, "asset": list(returns)[:3], "date": pd.Timestamp(NEWS)})
    plain = event_study(returns.drop(columns="INDEX"), returns["INDEX"], rows, **ASKED)
    own = dict.fromkeys(list(returns)[:3], NEWS)
    as_text = returns.set_axis(returns.index.strftime("%Y-%m-%d"))
    for table, events in (
        (returns, NEWS),
        (as_text, [date.fromisoformat(NEWS)]),
        (returns, own),
        (returns, rows.drop(columns="event_id").assign(date=NEWS)),
    ):
        study = event_study(table, "INDEX", events, **ASKED)
        pd.testing.assert_frame_equal(study.tests(), plain.tests())
    groups = {"a": ["firm0", "firm2"], "b": ["firm1"]}
    by_asset = pd.Series({"firm0": "a", "firm1": "b", "firm2": "a"})
    told = event_study(returns, ["INDEX"], NEWS, groups=groups, **ASKED)
    pd.testing.assert_frame_equal(told.tests(), plain.tests(groups=by_asset))


def test_prices_become_returns_and_no_gap_is_bridged(returns):
    prices = 50 * (1 + returns).cumprod()
    prices.iloc[7, 0] = np.nan
    found = returns_of(prices.set_axis(prices.index.strftime("%Y-%m-%d")), returns_are="simple")
    expected = returns.iloc[1:].copy()
    expected.iloc[[6, 7], 0] = np.nan
    pd.testing.assert_frame_equal(found, expected, check_freq=False)
    logs = returns_of(prices, returns_are="log")
    np.testing.assert_allclose(logs, np.log1p(expected), rtol=1e-9, atol=1e-12)


def test_a_printed_study_tells_events_firms_what_was_dropped_and_the_headline(returns):
    short = returns.copy()
    short.loc[:"2020-07-31", "firm1"] = np.nan
    short.loc["2020-08-05", "firm0"] = np.nan
    study = event_study(short, "INDEX", NEWS, **ASKED)
    text, table = str(study), study.summary().join(study.band()[["low", "high"]]).iloc[0]
    assert "events 1, firms 3, pairs of both kept 2 of 3." in text
    assert "Dropped: firm1 at 2020-09-01: 11 usable estimation days, 60 needed." in text
    assert "Left out: 1 estimation days: no return of the asset." in text
    t = f"{table['portfolio_t']:.2f}".replace("-", "\N{MINUS SIGN}")
    assert f"t = {t}, p = {table['portfolio_pvalue']:.3f}" in text
    (found,) = study.findings()
    assert "on 1 September 2020, within what chance does" in found.answer
    assert [found.value, found.low, found.high] == pytest.approx(
        (100 * table[["caar", "low", "high"]]).tolist()
    )


def test_faults_of_tables_names_and_groups_come_at_once(returns):
    found = refused(
        event_study, returns, "INDX", [NEWS, NEWS], returns_are="simple", window=(0, 300),
        groups={"a": ["firm0", "frim1"]},
    )  # fmt: skip
    for words in (
        "benchmark: asked for a column of returns; found 'INDX'. Did you mean INDEX?",
        "groups['a']: asked for columns of returns; found 'frim1'. Did you mean firm1?",
        "more than one for 2020-09-01 / firm0",
        "window and estimation: asked for windows that fit into the 220 dates of returns; found 4",
    ):
        assert any(words in one for one in found), words


def test_a_date_without_a_session_is_told_with_the_nearest(returns):
    found = refused(event_study, returns, "INDEX", "2020-09-05", groups={"a": ["x"]}, **ASKED)
    assert "found 2020-09-05, which is none. The nearest are 2020-09-04 and 2020-09-07" in found[1]
    assert found[0].startswith("groups['a']")


def test_prices_are_no_returns_and_returns_no_prices(returns):
    mixed = returns.assign(firm1=100 * (1 + returns["firm1"]).cumprod())
    (found,) = refused(event_study, mixed, "INDEX", NEWS, **ASKED)
    assert "2020-01-01, firm1: 98.9" in found
    assert "research.events.returns_of makes returns." in found
    (found,) = refused(returns_of, mixed, returns_are="simple")
    assert "finite prices above zero; found 2020-01-01, firm0" in found
    assert len(refused(returns_of, mixed.iloc[[1, 0]].astype(str), returns_are="")) == 6


def test_dates_are_told_once_and_groups_before_anything_is_computed(returns):
    (found,) = refused(event_study, returns.iloc[::-1], "INDEX", NEWS, **ASKED)
    assert "returns.index" in found
    (found,) = refused(event_study, returns, "INDEX", NEWS, groups=["firm0"], **ASKED)
    assert "groups: asked for a dict of lists of assets" in found
    twice = {"a": ["firm0", "firm1"], "b": "firm0"}
    (found,) = refused(event_study, returns, "INDEX", NEWS, groups=twice, **ASKED)
    assert "found firm0 twice" in found


def test_a_study_in_which_no_firm_is_left_is_refused_with_each_reason(returns):
    found = refused(event_study, returns, "INDEX", "2020-03-02", **ASKED)
    assert len(found) == 3
    assert (
        "firm0 at 2020-03-02: asked for a firm that can be estimated; found 33 usable" in found[0]
    )
