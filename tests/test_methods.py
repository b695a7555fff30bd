"""What docs/methods says of tests, models and elasticities is what the package has."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from studies.event_sizes import DESIGNS, rejections

from research.events import TESTS
from research.tariffs.elasticities import elasticity_sets

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "methods" / "events.md").read_text(encoding="utf-8")
TARIFFS = (DOCS / "methods" / "tariffs.md").read_text(encoding="utf-8")

# The page has 4,000 replications, the test 500: standard errors of 0.7 and 2.1 points at 30 %.
POINTS = 8.0


def sizes():
    """Designs -> tests -> per cent, from all tables of the page that have designs for rows."""
    table, tests = {}, []
    for line in PAGE.splitlines():
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if first == "design":
            tests = [name.strip("`") for name in cells]
        elif first in DESIGNS:
            table.setdefault(first, {}).update(zip(tests, map(float, cells), strict=True))
    return table


def test_the_table_has_every_design_and_test():
    assert list(sizes()) == list(DESIGNS)
    assert all(list(row) == list(TESTS) for row in sizes().values())


@pytest.mark.parametrize(
    "name", ["correlation 0.1, 12 firms", "correlation 0.1, event volatility doubled"]
)
def test_the_numbers_come_out_again(name):
    again = rejections(DESIGNS[name], replications=500, seed=3) * 100
    assert again.to_dict() == pytest.approx(sizes()[name], abs=POINTS)


def test_the_exact_sizes_are_computed():
    n, rho = 30, 0.1
    patell = 2 * stats.norm.sf(1.96 / np.sqrt(1 + (n - 1) * rho))
    factor = np.sqrt((1 - rho) / (1 + (n - 1) * rho))
    bmp = 2 * stats.t.sf(stats.t.ppf(0.975, n - 1) * factor, n - 1)
    assert f"{patell:.1%}".replace("%", " %") in PAGE
    assert f"{bmp:.1%}".replace("%", " %") in PAGE


def test_the_table_of_elasticities_is_that_of_the_package():
    lines = TARIFFS[TARIFFS.index("| `set` |") :].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    table = elasticity_sets()
    assert [row[0].strip("`") for row in rows] == list(table.index)
    for row, about in zip(rows, table.itertuples(), strict=True):
        assert row[1] == about.study
        assert float(row[2].replace("−", "-")) == pytest.approx(about.one_good_theta, abs=0.005)
        said = [cell.startswith("yes") for cell in row[3:]]
        assert said == [about.has_errors, about.drawn, about.mixed]
