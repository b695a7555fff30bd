"""Returns of one exchange between two closes of another, by brute force on real calendars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import event_study, previous_sessions
from research.sessions import closing_times, sessions

# Compounding a few returns in logs or by products: a few units in the last place.
SAME = 1e-14

# The same regression from the same numbers.
SAME_FIT = 1e-10

FIRST, LAST = "2024-06-03", "2026-07-07"


@pytest.fixture(scope="module")
def returns():
    made = {}
    for seed, code in enumerate(("XNYS", "XTKS")):
        days = sessions(code, FIRST, LAST)
        made[code] = pd.Series(np.random.default_rng(seed).normal(0, 0.02, len(days)), days)
    return made


def brute_force(own, source, target):
    """For each target session list the source closes since the target's previous close."""
    closes, targets = closing_times(source), closing_times(target)
    rows = {}
    for position in range(1, len(targets)):
        day = targets.index[position]
        if targets.iloc[position] <= closes[own.index[0]] or day > own.index[-1]:
            continue
        after, until = targets.iloc[position - 1], targets.iloc[position]
        between = [d for d, close in closes.loc[:day].tail(15).items() if after <= close < until]
        growth = 1.0
        for one in between:
            growth *= 1.0 + own.get(one, np.nan)
        rows[day] = (growth - 1.0, len(between))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["return", "sessions"])


@pytest.mark.parametrize(("source", "target"), [("XNYS", "XTKS"), ("XTKS", "XNYS")])
def test_every_session_of_two_years(returns, source, target):
    found = previous_sessions(returns[source], source, target)
    expected = brute_force(returns[source], source, target)
    assert list(found.index) == list(expected.index)
    assert found["sessions"].tolist() == expected["sessions"].tolist()
    assert found["return"].to_numpy() == pytest.approx(expected["return"], abs=SAME, nan_ok=True)
    # Holidays on both sides are in the sample.
    assert {0, 1, 2} <= set(found["sessions"])


def compounded(returns, *days):
    return float(np.prod([1 + returns["XNYS"][pd.Timestamp(day)] for day in days]) - 1)


@pytest.mark.parametrize(
    ("tokyo", "new_york"),
    [
        ("2025-07-23", ["2025-07-22"]),  # an ordinary Wednesday
        ("2025-07-22", ["2025-07-18", "2025-07-21"]),  # Tokyo closed on Monday: Marine Day
        ("2025-07-07", []),  # New York closed on Friday: Independence Day
        ("2025-07-04", ["2025-07-03"]),  # early close at 13:00 on 3 July
        ("2025-05-07", ["2025-05-02", "2025-05-05", "2025-05-06"]),  # Golden Week
        ("2026-01-05", ["2025-12-30", "2025-12-31", "2026-01-02"]),  # year end
        ("2025-01-10", []),  # New York closed on 9 January for a funeral
    ],
)
def test_holidays_by_name(returns, tokyo, new_york):
    row = previous_sessions(returns["XNYS"], "XNYS", "XTKS").loc[tokyo]
    assert row["sessions"] == len(new_york)
    assert row["return"] == pytest.approx(compounded(returns, *new_york), abs=SAME)


def test_a_close_at_the_very_close_is_known_one_session_later(returns):
    """Both sides on one exchange: each session knows the session before, not itself."""
    own = returns["XNYS"]
    found = previous_sessions(own, "XNYS", "XNYS")["return"]
    assert found.to_numpy() == pytest.approx(own.shift(1).iloc[1:].to_numpy(), abs=SAME)


def test_the_same_date_is_the_wrong_benchmark_for_tokyo(returns):
    """The wrong turn: New York's close of the same date comes after Tokyo's."""
    found = previous_sessions(returns["XNYS"], "XNYS", "XTKS")["return"]
    same_date = returns["XNYS"].reindex(found.index)
    assert not np.isclose(found, same_date).any()


def test_a_missing_return_is_not_a_return_of_zero(returns):
    holed = returns["XNYS"].copy()
    holed["2025-07-18"] = np.nan
    found = previous_sessions(holed, "XNYS", "XTKS")["return"]
    assert np.isnan(found["2025-07-22"])  # compounds the 18th and the 21st
    assert found.drop(pd.Timestamp("2025-07-22")).isna().sum() == 0


def test_a_sample_that_starts_inside_a_compounded_return_has_none(returns):
    """Half of a compounded return once passed for the whole of it."""
    late = returns["XNYS"]["2025-07-21":]
    found = previous_sessions(late, "XNYS", "XTKS")
    assert found.index[0] == pd.Timestamp("2025-07-22")
    assert np.isnan(found["return"].iloc[0])
    assert found["return"].iloc[1:].notna().all()


def test_the_input_is_left_alone(returns):
    before = returns["XNYS"].copy(deep=True)
    previous_sessions(returns["XNYS"], "XNYS", "XTKS")
    pd.testing.assert_series_equal(returns["XNYS"], before)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda s: s * np.nan, "none"),
        (lambda s: pd.concat([s, s.tail(1)]), "twice"),
        (lambda s: pd.concat([s, pd.Series([0.1], [pd.Timestamp("2026-07-11")])]), "2026-07-11"),
    ],
)
def test_returns_that_cannot_be_aligned(returns, damage, words):
    with pytest.raises(InputError, match=words):
        previous_sessions(damage(returns["XNYS"]), "XNYS", "XTKS")


@pytest.fixture(scope="module")
def tokyo_against_new_york(returns):
    """Tokyo shares that earn what New York did since their last close, and one New York share."""
    days = returns["XTKS"].index.union(returns["XNYS"].index)
    rng = np.random.default_rng(7)
    known = previous_sessions(returns["XNYS"], "XNYS", "XTKS")["return"].reindex(days)

    def noise(code):
        own = returns[code].index
        return pd.Series(rng.normal(0, 0.002, len(own)), own)

    table = {name: 0.8 * known + noise("XTKS") for name in ("tokyo0", "tokyo1")}
    york = returns["XNYS"] + noise("XNYS")
    events = pd.DataFrame(
        {
            "event_id": "news",
            "asset": ["tokyo0", "tokyo1", "york"],
            "calendar": ["XTKS", "XTKS", "XNYS"],
            "date": pd.Timestamp("2025-07-23"),
        }
    )
    return pd.DataFrame(table | {"york": york}, index=days), returns["XNYS"].reindex(days), events


def run(given, **choice):
    usual = {"returns_are": "simple", "model": "market", "window": (0, 2)}
    return event_study(*given, estimation=(-120, -11), **usual | choice)


def test_the_benchmark_of_the_previous_close_is_a_choice_of_the_model(tokyo_against_new_york):
    table, benchmark, events = tokyo_against_new_york
    study = run(tokyo_against_new_york, benchmark_calendar="XNYS")
    by_hand = previous_sessions(benchmark, "XNYS", "XTKS")["return"].reindex(table.index)
    expected = run((table, by_hand, events[events["calendar"] == "XTKS"]))
    found = study.car().loc[expected.car().index]
    pd.testing.assert_frame_equal(found, expected.car(), rtol=SAME_FIT)
    same_day = run((table, benchmark, events[events["calendar"] == "XNYS"]))
    own = study.car().loc[same_day.car().index]
    pd.testing.assert_frame_equal(own, same_day.car(), rtol=SAME_FIT)
    beta = study.units["coefficient_1"].to_numpy()
    assert beta == pytest.approx([0.8, 0.8, 1.0], abs=0.05)
    assert study.dropped.empty


def test_the_same_date_of_new_york_explains_nothing_in_tokyo(tokyo_against_new_york):
    """The wrong turn: without the choice, Tokyo is measured against what it cannot know."""
    wrong = run(tokyo_against_new_york, min_estimation=50).units["coefficient_1"]
    assert wrong.loc[("news", "tokyo0")] == pytest.approx(0, abs=0.2)


def test_log_returns_are_added_and_simple_ones_compounded(tokyo_against_new_york):
    table, benchmark, events = tokyo_against_new_york
    simple = run(tokyo_against_new_york, benchmark_calendar="XNYS", model="market_adjusted")
    log = run(
        (np.log1p(table), np.log1p(benchmark), events),
        benchmark_calendar="XNYS",
        model="market_adjusted",
        returns_are="log",
    )
    known = previous_sessions(benchmark, "XNYS", "XTKS")["return"]
    day = pd.Timestamp("2025-07-23")
    own = table.at[day, "tokyo0"]
    key = ("news", "tokyo0")
    assert simple.abnormal.at[key, 0] == pytest.approx(own - known[day], abs=SAME)
    assert log.abnormal.at[key, 0] == pytest.approx(np.log1p(own) - np.log1p(known[day]), abs=SAME)


def test_lags_of_the_previous_close_count_tokyo_sessions(tokyo_against_new_york):
    table, benchmark, events = tokyo_against_new_york
    events = events[events["calendar"] == "XTKS"]
    choice = {"model": "dimson", "lags": 1, "leads": 0}
    study = run((table, benchmark, events), benchmark_calendar="XNYS", **choice)
    by_hand = previous_sessions(benchmark, "XNYS", "XTKS")["return"].reindex(table.index)
    expected = run((table, by_hand, events), **choice)
    pd.testing.assert_frame_equal(study.car(), expected.car(), rtol=SAME_FIT)


@pytest.mark.parametrize(
    ("choice", "drop", "found"),
    [
        ({"benchmark_calendar": "XLON"}, [], ["'XLON'"]),
        ({"benchmark_calendar": "XNYS", "model": "mean"}, [], ["'XNYS'"]),
        ({"benchmark_calendar": "XNYS"}, ["calendar"], ["none"]),
        ({"benchmark_calendar": "NYSE", "model": "mean"}, ["calendar"], ["'NYSE'"] * 2 + ["none"]),
    ],
)
def test_a_benchmark_that_cannot_be_brought_over(tokyo_against_new_york, choice, drop, found):
    table, benchmark, events = tokyo_against_new_york
    with pytest.raises(InputError) as caught:
        run((table, benchmark, events.drop(columns=drop)), **choice)
    faults = [f for f in caught.value.faults if f.where == "benchmark_calendar"]
    assert [fault.found for fault in faults] == found
