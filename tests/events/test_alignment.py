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


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda s: s * np.nan, "none"),
        (lambda s: pd.concat([s, s.tail(1)]), "1 other values"),
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


def test_each_exchange_may_have_a_benchmark_of_its_own(tokyo_against_new_york):
    table, york, events = tokyo_against_new_york
    night = previous_sessions(york, "XNYS", "XTKS")["return"].reindex(table.index)
    own = {"XTKS": pd.DataFrame({"night": night, "other": table["york"]}), "XNYS": york}
    study = run((table, own, events), min_estimation=50)
    groups = events.set_index("asset")["calendar"]
    for code, alone in own.items():
        expected = run((table, alone, events[events["calendar"] == code]), min_estimation=50)
        found = study.car().loc[expected.car().index]
        pd.testing.assert_frame_equal(found, expected.car(), rtol=SAME_FIT)
        ours, theirs = (one.tests(groups=groups) for one in (study, expected))
        ours = ours[ours["group"] == code].reset_index(drop=True)
        pd.testing.assert_frame_equal(ours, theirs, rtol=SAME_FIT)
    # The model of one has a coefficient more than that of the other.
    assert study.units["coefficient_2"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda own, events: (own, events.drop(columns="calendar")), "none"),
        (lambda own, events: ({"XNYS": own["XNYS"]}, events), "none of XTKS"),
    ],
)
def test_a_benchmark_by_exchange_needs_both(tokyo_against_new_york, change, found):
    table, york, events = tokyo_against_new_york
    own, events = change({"XTKS": york, "XNYS": york}, events)
    with pytest.raises(InputError) as caught:
        run((table, own, events))
    assert [fault.found for fault in caught.value.faults if fault.where == "benchmark"] == [found]
