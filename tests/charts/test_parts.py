"""Parts of charts: figures in words, rooms, places that do not touch."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from research.report.charts import draw
from research.report.charts.draw import breadth, broken, digits_of, range_words, short_figure
from research.report.charts.tariffs import levels

MINUS, NAN = "\N{MINUS SIGN}", np.nan

places = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12)
gaps = st.floats(0.01, 50)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.001, "0"), (0.074, "0.07"), (0.999, "1.0"), (4.24, "4.2"), (9.96, "10"),
     (38.4, "38"), (1_240, "1,240"), (-24.7, f"{MINUS}25"), (-0.5, f"{MINUS}0.50")],
)  # fmt: skip
def test_short_figures(value, text):
    assert short_figure(value) == text


@pytest.mark.parametrize(
    ("ends", "digits", "text"),
    [((2.0, 1.0, 30.0), None, "2.0 (1.0 to 30)"), ((2.0, NAN, 30.0), None, "2.0"),
     ((NAN, 1.0, 30.0), None, "1.0 to 30"), ((550, 550, 550), None, "550"),
     ((0.5, -1.0, 2.0), 1, f"+0.5 ({MINUS}1.0 to +2.0)"), ((0.5, 0.5, 0.5), 1, "+0.5"),
     ((NAN, -1.0, 2.0), 1, f"{MINUS}1.0 to +2.0")],
)  # fmt: skip
def test_ranges_say_what_is_known(ends, digits, text):
    assert range_words(*ends, digits) == text


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.0], 0), ([NAN], 0), ([-1_240, 3], 0), ([36.2], 1), ([1.3, 0.01], 2), ([-0.16], 3),
     ([0.031], 3), ([0.004, NAN], 4)],
)  # fmt: skip
def test_decimals_show_the_largest_figure(values, digits):
    assert digits_of(values) == digits


@given(places, gaps)
def test_around_keeps_order_gap_and_mean(positions, gap):
    found = np.array(draw.around(positions, gap))
    order = np.argsort(positions, kind="stable")
    assert (np.diff(found[order]) >= gap * (1 - 1e-9) - 1e-9).all()
    np.testing.assert_allclose(found.mean(), np.mean(positions), atol=1e-9)
    assert draw.around([3.0, 1.0], 1.5) == [3.0, 1.0]


@given(places, gaps)
def test_neighbours_on_a_level_stand_apart(positions, gap):
    positions = sorted(positions)
    found = np.array(levels(positions, gap))
    for level in range(found.max() + 1):
        assert (np.diff(np.array(positions)[found == level]) >= gap).all()
    assert levels([0, 1, 2, 5, 5.5, 12], 3) == [0, 1, 2, 0, 1, 0]


@given(st.lists(st.floats(1e-3, 1e5), min_size=1, max_size=8))
def test_an_axis_in_logs_holds_every_value_above_zero(values):
    axes = Figure().add_subplot()
    draw.log_axis(axes, [*values, 0.0, -1.0, NAN])
    low, high = axes.get_xlim()
    assert low < min(values) <= max(values) < high
    ticks = axes.get_xticks()
    assert ((ticks >= low) & (ticks <= high)).all()


def test_longer_names_take_more_room():
    assert draw.row_height(["a", "b"]) < draw.row_height(
        ["a", "a name that is too long for one line"]
    )


@given(st.text("a-%W日 ", max_size=60), st.floats(0.3, 4))
def test_broken_lines_fit_and_lose_nothing(text, inches):
    lines = broken(text, inches)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(breadth(line) <= inches for line in lines)


@pytest.mark.parametrize(
    ("first", "last", "most", "words"),
    [("2025-01-01", "2025-03-20", 5, ["Jan\n2025", "Feb", "Mar"]),
     ("2025-08-07", "2029-01-19", 5, ["Jan\n2026", "Jan\n2027", "Jan\n2028", "Jan\n2029"]),
     ("2025-02-10", "2026-02-20", 5, ["Apr\n2025", "Jul", "Oct", "Jan\n2026"]),
     ("2025-01-02", "2025-01-09", 5, ["2 Jan\n2025", "9 Jan\n2025"])],
)  # fmt: skip
def test_months_stand_where_they_begin(first, last, most, words):
    axes = Figure().add_subplot()
    draw.month_axis(axes, pd.Timestamp(first), pd.Timestamp(last), most)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == words
