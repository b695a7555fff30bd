"""Batches of events give what one call gives."""

from __future__ import annotations

import pandas as pd
import pytest

from research.errors import InputError
from research.events import event_study_in_batches

SETTINGS = {
    "returns_are": "simple",
    "model": "market",
    "window": (-1, 1),
    "estimation": (-80, -11),
}
GROUPS = pd.Series(list("aaabb"), index=[f"firm{number}" for number in range(5)])


@pytest.fixture(scope="module")
def drawn(panel):
    """Six events of five firms each, their rows mixed, with holes in the returns."""
    made = panel(missing=0.03)
    days = [90, 95, 100, 130, 131, 140]
    events = pd.concat(
        [
            made.events.assign(event_id=f"e{number}", date=made.returns.index[day])
            for number, day in enumerate(days)
        ]
    ).sample(frac=1, random_state=7)
    return type(made)(made.returns, made.benchmark, events)


def in_batches(drawn, events=None, **changes):
    rows = drawn.events if events is None else events
    return event_study_in_batches(drawn.returns, drawn.benchmark, rows, **SETTINGS | changes)


def ordered(frame, keys):
    return frame.sort_values(keys).reset_index(drop=True)


@pytest.mark.parametrize("units_at_once", [1, 7, 12, 30, 1000])
def test_batches_give_what_one_call_gives(drawn, units_at_once):
    whole = drawn.study(**SETTINGS)
    parts = list(in_batches(drawn, units_at_once=units_at_once))
    assert len(parts) == {1: 6, 7: 4, 12: 3, 30: 1, 1000: 1}[units_at_once]
    for groups in (None, GROUPS):
        found = pd.concat([study.tests((0, 1), groups) for study in parts])
        keys = ["event_id", "group", "test"]
        # Not one digit differs: the firms of an event are added up in the order of their rows.
        pd.testing.assert_frame_equal(
            ordered(found, keys), ordered(whole.tests((0, 1), groups), keys), check_exact=True
        )
    car = pd.concat([study.car() for study in parts])
    pd.testing.assert_frame_equal(car.sort_index(), whole.car().sort_index(), check_exact=True)
    dropped = pd.concat([study.dropped for study in parts])
    keys = ["event_id", "asset", "part", "date"]
    pd.testing.assert_frame_equal(ordered(dropped, keys), ordered(whole.dropped, keys))


def test_a_fault_of_the_last_event_comes_before_the_first_result(drawn):
    late = drawn.events.copy()
    late.iloc[-1, late.columns.get_loc("date")] = pd.Timestamp("2020-02-01")
    with pytest.raises(InputError, match="2020-02-01"):
        in_batches(drawn, late, units_at_once=5)
    with pytest.raises(InputError, match="more than one"):
        in_batches(drawn, pd.concat([drawn.events, drawn.events.tail(1)]), units_at_once=5)


@pytest.mark.parametrize("size", [0, -3, 1.5, "10"])
def test_a_batch_has_a_whole_number_of_rows(drawn, size):
    with pytest.raises(InputError, match="units_at_once"):
        in_batches(drawn, units_at_once=size)
