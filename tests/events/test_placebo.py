"""The time placebo against a loop that studies one quiet date after another."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import TESTS, event_study, time_placebo
from research.sessions import sessions

pytestmark = pytest.mark.usefixtures("few_firms")

# The loop does the same arithmetic on one date at a time.
SAME = 1e-10

SETTINGS = {"returns_are": "simple", "model": "market", "estimation": (-70, -6)}


@pytest.fixture(scope="module")
def tokyo():
    days = sessions("XTKS", "2025-01-06", "2025-07-31")
    rng = np.random.default_rng(3)
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(days), 4)), days, list("abcd"))
    return returns, pd.Series(rng.normal(0, 0.01, len(days)), days)


BUSY = [pd.Timestamp(day) for day in ("2025-05-28", "2025-07-23")]


def placebo_of(tokyo, window=(-1, 2), busy=BUSY, **settings):
    returns, benchmark = tokyo
    return time_placebo(
        returns, benchmark, calendar="XTKS", busy=busy, window=window, **SETTINGS | settings
    )


def test_each_quiet_date_is_a_study_of_its_own(tokyo):
    returns, benchmark = tokyo
    table = placebo_of(tokyo).table
    for day in table.index[::3]:
        events = pd.DataFrame({"event_id": "e", "asset": returns.columns, "date": day})
        study = event_study(returns, benchmark, events, window=(-1, 2), **SETTINGS)
        alone = study.tests().set_index("test")
        row = table.loc[day]
        assert row[list(TESTS)].to_dict() == pytest.approx(alone["statistic"].to_dict(), rel=SAME)
        assert row["mean"] == pytest.approx(alone["mean"].iloc[0], rel=SAME)


@pytest.mark.parametrize("window", [(0, 0), (-1, 2), (-3, -2), (1, 3)])
def test_quiet_dates_are_those_whose_window_holds_no_event(tokyo, window):
    days = tokyo[0].index
    settings = SETTINGS | {"estimation": (-70, -6)}
    expected = []
    for position, day in enumerate(days):
        first, last = position + window[0], position + window[1]
        fits = position + settings["estimation"][0] >= 0 and max(position, last) < len(days)
        if fits and not any(event in days[first : last + 1] for event in BUSY):
            expected.append(day)
    found = placebo_of(tokyo, window=window)
    assert list(found.table.index) == expected
    # Busy sessions have their statistics too: dates can be moved to any session.
    calm = placebo_of(tokyo, window=window, busy=[])
    pd.testing.assert_frame_equal(found.every, calm.table)


def test_rank_counts_the_quiet_dates_that_are_at_least_as_large(tokyo):
    placebo = placebo_of(tokyo)
    values = placebo.table["kp_t"]
    for actual in (0.0, 1.0, -1.0, 100.0, float(values.iloc[7])):
        larger = sum(1 for value in values if abs(value) >= abs(actual))
        p = (1 + larger) / (1 + len(values))
        assert placebo.rank(actual, "kp_t") == (pytest.approx(p), larger, len(values))
    assert placebo.rank(100.0, "kp_t")[0] > 0


def test_a_busy_day_that_is_no_session_is_refused(tokyo):
    days = [pd.Timestamp("2025-05-05"), pd.Timestamp("2025-07-21"), *BUSY]
    with pytest.raises(InputError) as caught:
        placebo_of(tokyo, busy=days)
    assert [fault.found[:10] for fault in caught.value.faults] == ["2025-05-05", "2025-07-21"]


def test_events_outside_the_sample_keep_no_date_out(tokyo):
    outside = [*BUSY, pd.Timestamp("2024-12-30"), pd.Timestamp("2026-01-05")]
    assert list(placebo_of(tokyo, busy=outside).table.index) == list(placebo_of(tokyo).table.index)


def test_no_quiet_date_is_an_error(tokyo):
    with pytest.raises(InputError, match="quiet"):
        placebo_of(tokyo, busy=list(tokyo[0].index))


def test_windows_after_day_zero_start_at_the_first_session(tokyo):
    """An estimation window after day 0 once wrapped round to the end of the sample."""
    table = placebo_of(tokyo, window=(75, 76), estimation=(5, 74), busy=[]).table
    assert table.index[0] == tokyo[0].index[0]
    assert len(table) == len(tokyo[0]) - 76
