"""Labelled figures: each fault is named with its place, and all of them at once."""

import numpy as np
import pandas as pd
import pytest

from research.labels import cell_faults, figure_faults, frame_faults, label_faults, series_faults

NAMES = pd.Index(["mills", "farms", "ships"])
GOOD = pd.Series([1.0, 0.0, 2.0], NAMES)
PAIRS = pd.MultiIndex.from_product([["s0", "s1"], ["c0", "c1"]])


def lines(faults):
    return [str(fault) for fault in faults]


def test_good_figures_have_no_fault_in_any_order():
    frame = pd.DataFrame(1.0, PAIRS, NAMES)
    assert series_faults(GOOD[::-1], "x", NAMES, at_least=0) == []
    assert label_faults(NAMES[:1], "x", NAMES, whole=False) == []
    assert label_faults(NAMES[:0], "x", NAMES, whole=False) == []
    assert frame_faults(frame.iloc[::-1, ::-1], "x", PAIRS, NAMES, above=0) == []


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([1.0, 0.0, 2.0], "x: asked for a Series with labels; found list. Label it."),
        (GOOD.drop("farms"), "x: asked for a figure for farms; found none."),
        (
            pd.concat([GOOD, GOOD.head(1)]),
            "x: asked for each label once; found 'mills' more than once.",
        ),
        (
            pd.concat([GOOD, pd.Series({"kilns": 1.0})]),
            "x: asked for a known label (mills, farms, ships; 3 in all); found 'kilns'.",
        ),
        (GOOD.replace(1.0, np.nan), "x: asked for finite figures; found mills: nan."),
        (GOOD - 1, "x: asked for figures of at least 0; found farms: -1."),
        (GOOD.astype(str), "x: asked for figures; found text or objects."),
        (GOOD.astype(object), "x: asked for figures; found text or objects."),
    ],
)
def test_each_fault_of_a_series_is_one_line(values, line):
    assert lines(series_faults(values, "x", NAMES, at_least=0)) == [line]


@pytest.mark.parametrize("index", [pd.RangeIndex(3), pd.Index([2, 0, 1]), pd.Index([2.0, 0, 1])])
def test_row_numbers_are_no_labels(index):
    (fault,) = series_faults(GOOD.set_axis(index), "x")
    assert fault.asked == "labels of text"
    assert set(fault.found) >= set("012")


def test_a_label_that_is_missing_itself_is_no_label():
    assert label_faults(pd.Index(["mills", np.nan]), "x")[0].found == "nan"
    pair = pd.MultiIndex.from_tuples([("s0", "c0"), ("s0", 1)])
    assert label_faults(pair, "x")[0].found == "('s0', 1)"


def test_no_labels_at_all_are_refused_unless_some_may_be_missing():
    assert [f.where for f in frame_faults(pd.DataFrame(), "x")] == ["x, rows", "x, columns"]
    (fault,) = series_faults(GOOD.head(0), "x", NAMES)
    assert fault.asked == "a figure for mills, farms, ships"


def test_all_faults_of_a_frame_at_once():
    frame = pd.DataFrame([[-1.0, np.inf], [0.0, 1.0]], ["mills", "mills"], ["East", "Guam"])
    faults = frame_faults(frame, "x", NAMES, pd.Index(["East", "West"]), at_least=0, above=0)
    assert [(fault.where, fault.found) for fault in faults] == [
        ("x, rows", "'mills' more than once"),
        ("x, rows", "none"),
        ("x, columns", "'Guam'"),
        ("x, columns", "none"),
        ("x", "mills, Guam: inf"),
        ("x", "mills, East: -1"),
        ("x", "mills, East: -1; mills, East: 0"),
    ]


def test_text_in_a_frame_is_named_by_column():
    frame = pd.DataFrame({"East": [1.0], "West": ["2"], "North": ["3"]}, ["mills"])
    (fault,) = figure_faults(frame, "x")
    assert fault.found == "text or objects in West, North"


def test_many_faults_are_counted_after_the_first_five():
    labels = pd.Index([f"c{k}" for k in range(8)])
    values = pd.Series(np.arange(8.0), labels)
    (missing,) = label_faults(labels[:1], "x", labels)
    assert missing.asked == "a figure for c1, c2, c3, c4, c5 and 2 more"
    (fault,) = cell_faults(values, values > 1, "x", "less", "Do so.")
    assert str(fault) == (
        "x: asked for less; found c2: 2; c3: 3; c4: 4; c5: 5; c6: 6 and 1 more. Do so."
    )
    (unknown,) = label_faults(pd.Index(["c9"]), "x", labels, whole=False)
    assert unknown.asked == "a known label (c0, c1, c2, c3, c4, ...; 8 in all)"


def test_a_flow_is_named_by_all_of_its_labels():
    frame = pd.DataFrame(1.0, PAIRS, NAMES)
    frame.loc[("s1", "c0"), "farms"] = -3
    (fault,) = frame_faults(frame, "x", at_least=0)
    assert fault.found == "s1/c0, farms: -3"
