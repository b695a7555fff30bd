"""Names that do not touch: places and levels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from research.plots.labels import around, levels

places = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12)


@given(places, st.floats(0.01, 50))
def test_around_keeps_order_gap_and_mean(positions: list[float], gap: float) -> None:
    found = np.array(around(positions, gap))
    order = np.argsort(positions, kind="stable")
    assert (np.diff(found[order]) >= gap * (1 - 1e-9) - 1e-9).all()
    np.testing.assert_allclose(found.mean(), np.mean(positions), atol=1e-9)


def test_places_far_apart_stay() -> None:
    assert around([3.0, 1.0], 1.5) == [3.0, 1.0]


@given(places, st.floats(0.01, 50))
def test_neighbours_on_a_level_stand_apart(positions: list[float], gap: float) -> None:
    positions = sorted(positions)
    found = np.array(levels(positions, gap))
    for level in range(found.max() + 1):
        assert (np.diff(np.array(positions)[found == level]) >= gap).all()


def test_levels_are_the_lowest_that_are_free() -> None:
    assert levels([0, 1, 2, 5, 5.5, 12], 3) == [0, 1, 2, 0, 1, 0]
