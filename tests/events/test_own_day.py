"""A day that is no listed event, and tickers that the bundle lacks, in the market notebook."""

import numpy as np
import pandas as pd
import pytest

from research.data import load_market
from research.errors import DataError, InputError
from research.events.news import who_reacts_when, with_day
from research.events.rehearsal import rehearse
from research.report.notebooks import NOTEBOOKS, check_parameters
from research.sessions import sessions

OWN = {"makers": ["AAA", "BBB"], "tokyo": ["1111.T"]}


@pytest.fixture
def file(tmp_path):
    rng, prices = np.random.default_rng(1), {}
    for name in ("AAA", "BBB", "1111.T"):
        days = sessions("XTKS" if name.endswith(".T") else "XNYS", "2024-11-01", "2025-08-29")
        prices[name] = pd.Series(50 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days)))), days)
    pd.DataFrame(prices).rename_axis("date").to_csv(tmp_path / "my.csv", date_format="%Y-%m-%d")
    (tmp_path / "my.yaml").write_text("figures: prices\n")
    return str(tmp_path / "my.csv")


def asked(**changes):
    return check_parameters(NOTEBOOKS[0], changes)


def test_own_tickers_stand_beside_the_bundled_figures(file):
    market, bundled = load_market(file, OWN), load_market()
    pd.testing.assert_frame_equal(market.returns[bundled.returns.columns], bundled.returns)
    prices = pd.read_csv(file, index_col="date", parse_dates=True)
    for name in prices:
        own = prices[name].dropna().pct_change(fill_method=None).dropna()
        np.testing.assert_allclose(market.returns[name].dropna(), own, rtol=1e-12)
    assert market.series.loc[["AAA", "1111.T"], "calendar"].tolist() == ["XNYS", "XTKS"]
    assert "prices from the file my.csv" in market.source


def test_a_file_without_a_ticker_of_its_groups_is_refused(file):
    with pytest.raises(DataError, match="every ticker of own_groups; found no CCC"):
        load_market(file, OWN | {"more": ["CCC"]})
    with pytest.raises(DataError, match=r"column 1111\.T"):
        load_market(file, {"makers": ["AAA", "BBB"]})


def test_the_notebook_takes_own_tickers_and_a_day_of_ones_own(file):
    given, faults = asked(source=file, own_groups=OWN, groups=["chip"], event_date="2025-07-23")
    assert not faults
    rehearse(given)
    with pytest.raises(InputError, match="2025-07-21, which is none"):
        rehearse(given | {"event_date": "2025-07-21"})


def test_day_0_of_a_day_of_ones_own_is_that_day_on_both_exchanges(events):
    for day in ("2025-07-23", "2026-01-21"):
        row = with_day(events, day).loc["own_day"]
        assert who_reacts_when(row)["day_zero"].tolist() == [pd.Timestamp(day)] * 2
    assert with_day(events, day).drop(index="own_day")["title"].equals(events["title"])


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-07-21", "a session in Tokyo; found 2025-07-21, which is none. The nearest are "
         "2025-07-18 and 2025-07-22."),
        ("2025-07-04", "a session in New York; found 2025-07-04, which is none. The nearest are "
         "2025-07-03 and 2025-07-07."),
        ("2025-02-30", "a day such as 2025-07-23; found '2025-02-30'"),
    ],
)  # fmt: skip
def test_a_day_without_a_session_is_told_with_the_nearest(events, day, words):
    with pytest.raises(InputError) as caught:
        with_day(events, day)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"event_id": "letter_25", "event_date": "2025-07-23"}, "letter_25, 2025-07-23"),
        ({"event_date": "23 July"}, "event_date"),
        ({"own_groups": OWN}, "only with a source that is a file"),
        ({"own_groups": {"x": ["7203.T"]}, "source": "my.csv"}, "not 7203.T"),
        ({"own_groups": {"x": ["A", "A"]}, "source": "my.csv"}, "each once, not A"),
        ({"own_groups": {"x": ["A B"]}, "source": "my.csv"}, "own_groups"),
    ],
)
def test_parameters_that_disagree_are_refused(changes, words):
    _, faults = asked(**changes)
    assert words in " ".join(map(str, faults))
