"""Welfare of the deal under drawn elasticities: rates made ready once, beside one draw by itself.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.tariff_draws`. Each case runs in a
process of its own, for a peak of memory of its own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import HEADINGS, cells, in_fresh_process, peak_mb
from research.tariffs.elasticities import draw_theta
from research.tariffs.scenario import load_scenario
from research.tariffs.welfare import Setting, draw_welfare

#: The notebook's task: 12 countries, 17 sectors that buy from each other, both states.
DRAWS = 1000

#: Draws that the slow case gets, and on which welfare is compared.
FEW = 10

#: A set with a standard error in nearly each sector, so that no draw stands twice.
SET, SEED = "cp_estimated", 550

#: Title, case, draws; the first is the baseline.
ROWS = (("one draw after the other", "one_by_one", FEW), ("rates ready once", "at_once", DRAWS))

#: Effects on welfare and the elasticities that they are of, by draw.
Drawn = tuple[pd.DataFrame, pd.DataFrame]


def setting() -> Setting:
    """Ask what the deal does against the letter."""
    return Setting(load_scenario("deal_15"), load_scenario("letter_25"))


def at_once(asked: Setting, n: int) -> Drawn:
    """Solve all draws as the notebook does."""
    drawn = draw_welfare(asked, [SET], draws=n, seed=SEED)
    return drawn.effect_pct, drawn.theta


def one_by_one(asked: Setting, n: int) -> Drawn:
    """Make rates and worlds ready for each draw by itself."""
    theta = draw_theta(SET, asked.level, n, np.random.default_rng([SEED, 0]))
    return effects(asked, theta), theta


def effects(asked: Setting, theta: pd.DataFrame) -> pd.DataFrame:
    """Give the effect on welfare of each row by itself."""
    new, old = (
        [asked.economy(state, row).solve().welfare_pct for _, row in theta.iterrows()]
        for state in (asked.scenario, asked.counterfactual)
    )
    return pd.DataFrame(new).sub(pd.DataFrame(old))


CASES: Mapping[str, Callable[[Setting, int], Drawn]] = {
    "one_by_one": one_by_one,
    "at_once": at_once,
}


def measure(case: str, n: int) -> dict[str, float]:
    """Time n draws in this process, and hold the first of them against each by itself."""
    asked, call = setting(), CASES[case]
    call(asked, 1)  # Reads the tables.
    before, start = peak_mb(), time.perf_counter()
    found, theta = call(asked, n)
    seconds, peak = time.perf_counter() - start, peak_mb()
    alone = effects(asked, theta.head(FEW)).to_numpy()
    return {
        "draws": n,
        "seconds": seconds,
        "peak_mb": peak,
        "before_mb": before,
        "difference": float(abs(found.head(FEW).to_numpy() - alone).max()),
    }


def main() -> None:
    """Print what the draws took, and how far they are from each by itself."""
    console = Console(width=max(96, Console().width))
    title = "Welfare of the deal against the letter, 12 countries, 17 sectors with inputs"
    table = Table("what", title=title, box=SIMPLE)
    for heading in ("draws", *HEADINGS):
        table.add_column(heading, justify="right")
    baseline = None
    for name, case, n in ROWS:
        taken = in_fresh_process("benchmarks.tariff_draws", case, n)
        baseline = baseline or taken["seconds"] / taken["draws"]
        table.add_row(name, *cells(taken, "draws", baseline, digits=1))
    console.print(table)
    console.print(
        "A draw is two equilibria. at start: peak MB with the tables read. off by: largest "
        f"difference of the effect on {FEW} draws, points of income."
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
