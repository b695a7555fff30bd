"""The tables of predicted power and of detectable effects in docs/methods/events.md."""

from pathlib import Path

import numpy as np
import pytest
from studies.event_power import DESIGNS, detectable, seen_and_predicted

from research.data import load_market, load_table
from research.events.study import share_groups

PAGE = (Path(__file__).parents[2] / "docs" / "methods" / "events.md").read_text(encoding="utf-8")

# Seen on the page in 4,000 samples, in the test in 150: standard errors of 0.7 and 4.1 points at
# 50 %. Predictions of a sample vary by about ten points: 300 of them by 0.6, 10 by 3.2.
POINTS = 13.0

#: The page is rounded to a tenth.
ROUNDED = 0.051


def cells_of(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


ROWS = [cells_of(line) for line in PAGE.splitlines() if line.startswith("|")]


@pytest.fixture(scope="module")
def found():
    return detectable(load_market(), load_table("deal/events"))


def test_the_numbers_of_the_page_come_out_again():
    again = seen_and_predicted(replications=150, samples=10, seed=3)
    page = {(row[0], row[1].strip("`")): row[2:] for row in ROWS if row[0] in DESIGNS}
    assert list(page) == list(again.index)
    for key, cells in page.items():
        numbers = [float(cell) for cell in cells]
        assert list(again.loc[key]) == pytest.approx(numbers, abs=POINTS)


def test_the_detectable_effects_of_the_page_are_those_of_the_figures(found):
    page = {row[0].strip("`"): row[1:] for row in ROWS if row[0].strip("`") in found.index}
    page = {group: cells for group, cells in page.items() if len(cells) == 5}
    assert list(page) == share_groups(load_market()) == list(found.index)
    for group, (firms, *effects) in page.items():
        assert found.at[group, "n"] == int(firms)
        shown = [np.nan if effect == "none" else float(effect) for effect in effects]
        assert list(found.drop(columns="n").loc[group]) == pytest.approx(
            shown, abs=ROUNDED, nan_ok=True
        )
