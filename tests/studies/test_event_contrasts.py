"""The sizes of contrasts and exposure regressions in docs/methods/events.md, and their command."""

from pathlib import Path

import pytest
from studies.event_contrasts import COMPARISONS, table

PAGE = (Path(__file__).parents[2] / "docs" / "methods" / "events.md").read_text(encoding="utf-8")

# Page 2,000 replications, test 80: standard errors of 0.5 and 2.4 points at 5 %, of 1.0 and 4.8 at
# 25 %.
REPLICATIONS, POINTS = 80, 15.0


def rates_of_the_page():
    """Comparison and standard error -> rejections in per cent."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
    return {(row[0], row[1]): float(row[2]) for row in rows if row[0] in COMPARISONS}


def test_the_numbers_of_the_page_come_out_again():
    found = table(replications=REPLICATIONS, seed=7)["rejected"]
    assert found.to_dict() == pytest.approx(rates_of_the_page(), abs=POINTS)
