"""Parts of plots in rows: figures in words, rooms and places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from research.plots.rows import (
    apart,
    digits_of,
    log_axis,
    range_words,
    rows_height,
    short_figure,
    signed_range,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.001, "0"), (0.074, "0.07"), (0.999, "1.0"), (4.24, "4.2"), (9.96, "10"),
     (38.4, "38"), (1_240, "1,240"), (-24.7, "\N{MINUS SIGN}25"), (-0.5, "\N{MINUS SIGN}0.50")],
)  # fmt: skip
def test_short_figures(value: float, text: str) -> None:
    assert short_figure(value) == text


def test_ranges_say_what_is_known() -> None:
    nan = np.nan
    assert range_words(2.0, 1.0, 30.0) == "2.0 (1.0 to 30)"
    assert range_words(2.0, nan, 30.0) == "2.0"
    assert range_words(nan, 1.0, 30.0) == "1.0 to 30"
    assert range_words(550, 550, 550) == "550"


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.0], 0), ([np.nan], 0), ([-1_240, 3], 0), ([36.2], 1), ([1.3, 0.01], 2), ([-0.16], 3),
     ([0.031], 3), ([0.004, np.nan], 4)],
)  # fmt: skip
def test_decimals_show_the_largest_figure(values: list[float], digits: int) -> None:
    assert digits_of(values) == digits


def test_signed_ranges_say_what_is_known() -> None:
    minus, nan = "\N{MINUS SIGN}", np.nan
    assert signed_range(0.5, -1.0, 2.0, 1) == f"+0.5 ({minus}1.0 to +2.0)"
    assert signed_range(0.5, 0.5, 0.5, 1) == "+0.5"
    assert signed_range(nan, -1.0, 2.0, 1) == f"{minus}1.0 to +2.0"


heights = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8)


@given(heights, st.floats(0.01, 50))
def test_apart_keeps_order_gap_and_never_moves_down(positions: list[float], gap: float) -> None:
    found = np.array(apart(positions, gap))
    order = np.argsort(positions, kind="stable")
    assert (np.diff(found[order]) >= gap * (1 - 1e-9) - 1e-9).all()
    assert (found >= np.array(positions)).all()
    assert found[order[0]] == positions[order[0]]


@given(st.lists(st.floats(1e-3, 1e5), min_size=1, max_size=8))
def test_an_axis_in_logs_holds_every_value_above_zero(values: list[float]) -> None:
    axes = Figure().add_subplot()
    log_axis(axes, [*values, 0.0, -1.0, np.nan])
    low, high = axes.get_xlim()
    assert low < min(values) <= max(values) < high
    ticks = axes.get_xticks()
    assert ((ticks >= low) & (ticks <= high)).all()


def test_longer_names_take_more_room() -> None:
    assert rows_height(["a", "b"]) < rows_height(["a", "a name that is too long for one line"])
