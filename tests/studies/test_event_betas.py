"""Firms that trade late or rarely: which models find their beta, and what the t then does."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from studies.event_betas import DESIGNS, MEASURES, MODELS, measures
from studies.event_simulator import simulate

# 40 firms in each of 12 draws of the benchmark: two to three standard errors of a mean beta.
POINTS = 3.0

# Days without a trade push a share q^j of a beta to lag j, so the first j lags hold 1 - q^(j + 1).
FOUND = {
    "every firm trades at the close": (100, 100, 100, 100),
    "half the firms a session late": (50, 100, 100, 100),
    "20 % of days without a trade": (80, 96, 96, 100),
    "50 % of days without a trade": (50, 75, 75, 98.4),
}


@cache
def means(design, draws=12):
    drawn = [simulate(DESIGNS[design], replications=4, seed=seed) for seed in range(draws)]
    found = [[measures(one, MODELS[model]) for one in drawn] for model in MODELS]
    return [{key: np.mean([m[key] for m in row]) for key in row[0]} for row in found]


@pytest.mark.parametrize("design", DESIGNS)
def test_the_share_of_beta_that_each_model_finds(design):
    betas = [found["beta found"] for found in means(design)]
    assert betas == pytest.approx(FOUND[design], abs=POINTS)


def page():
    """Rows of the table in docs/methods/events.md: (design, measure) -> numbers by model."""
    text = (Path(__file__).parents[2] / "docs" / "methods" / "events.md").read_text(
        encoding="utf-8"
    )
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
    return {(c[0], c[1]): [float(v) for v in c[2:]] for c in cells if c[0] in DESIGNS}


def test_the_table_of_the_page_comes_out_again():
    table = page()
    assert list(table) == [(design, measure) for design in DESIGNS for measure in MEASURES]
    for design in DESIGNS:
        again = means(design)
        for measure in MEASURES:
            found = [row[measure] for row in again]
            assert found == pytest.approx(table[design, measure], abs=POINTS), (design, measure)
