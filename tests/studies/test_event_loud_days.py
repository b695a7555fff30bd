"""After loud days the market model rejects too often; a variance that follows them does not."""

from pathlib import Path

import pytest
from studies.event_loud_days import CLUSTERED, rejections
from studies.event_simulator import Design, simulate

# 1,600 firms, of which a quarter comes after loud days: at a true 5 % a standard error of 1.1.
FIRMS = 1600

DESIGN = Design(n_firms=1, estimation=(-250, -1), garch=CLUSTERED)


def test_garch_knows_which_days_are_loud():
    pytest.importorskip("arch", reason="needs the extra garch")
    drawn = simulate(DESIGN, replications=120, seed=3)
    gap = {}
    for model in ("market", "garch"):
        found = rejections(drawn, model)
        gap[model] = found["after loud days"] - found["after other days"]
    assert gap["market"] > 2 * abs(gap["garch"])


def test_the_table_of_the_page_comes_out_again():
    """The cheap rows of docs/methods/events.md, those of the market model."""
    text = (Path(__file__).parents[2] / "docs" / "methods" / "events.md").read_text(
        encoding="utf-8"
    )
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
    rows = [c for c in cells if c[0] in ("clustered", "constant")]
    assert len(rows) == 2 * 3 * 2
    for variance, days, model, *numbers in rows:
        if model != "`market`" or days == "500":
            continue
        garch = CLUSTERED if variance == "clustered" else (0.0, 0.0)
        design = Design(n_firms=1, estimation=(-int(days), -1), garch=garch)
        found = rejections(simulate(design, replications=FIRMS, seed=4), "market")
        # Both sides are drawn: the loudest quarter at 13 % has standard errors of 1.5 and 1.7.
        assert list(found.values()) == pytest.approx([float(n) for n in numbers], abs=6)
