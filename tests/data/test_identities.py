"""The checks that tables share, as properties."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.data.identities import dates_rise, differences, labels_are

names = st.lists(st.text("abcd", min_size=1, max_size=4), min_size=2, max_size=8, unique=True)
days = st.lists(st.dates(), min_size=2, max_size=10, unique=True)


def frame(column, values):
    index = pd.Index(range(2, len(values) + 2), name="line")
    return pd.DataFrame({column: values}, index=index)


@given(days)
def test_rising_dates_pass_and_each_step_back_is_named(some):
    rising = sorted(some)
    check = dates_rise("market/series")
    assert check.run(frame("date", rising)) == []
    back = check.run(frame("date", rising[::-1]))
    assert [fault.where.split(", ")[1] for fault in back] == [
        f"line {line}" for line in range(3, len(some) + 2)
    ]


def test_a_date_twice_does_not_rise():
    assert len(dates_rise("market/series").run(frame("date", ["2025-01", "2025-01"]))) == 1


@given(names)
def test_labels_pass_only_in_their_order(some):
    check = labels_are("market/series", "code", lambda: some, "labels")
    assert check.run(frame("code", some)) == []
    assert len(check.run(frame("code", some[::-1]))) == 1


@given(names, st.data())
def test_a_lost_and_a_strange_label_are_both_named(some, data):
    lost = data.draw(st.sampled_from(some))
    found = ["strange" if name == lost else name for name in some]
    faults = labels_are("market/series", "code", lambda: some, "labels").run(frame("code", found))
    assert [(fault.asked, fault.found) for fault in faults] == [
        (f"a row {lost}", "none"),
        ("a known label", "'strange'"),
    ]


@given(names, st.data())
def test_differences_go_by_label_not_by_place(some, data):
    printed = pd.Series(range(len(some)), some, dtype=float)
    shuffled = printed.loc[data.draw(st.permutations(some))]
    assert differences(shuffled, printed, 0, "table", "sum") == []
    off = shuffled.copy()
    off[some[0]] += 3
    (fault,) = differences(off, printed, 2, "table", "sum")
    assert fault.where == f"table, {some[0]}"
    assert differences(off, printed, 3, "table", "sum") == []


def test_labels_that_differ_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="labels"):
        differences(pd.Series({"a": 1.0}), pd.Series({"b": 1.0}), 1, "table", "sum")
