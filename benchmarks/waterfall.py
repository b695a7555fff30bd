"""Cash shared out over draws and projects at once, beside plain loops.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.waterfall`. Each case runs in a
process of its own, for a peak of memory of its own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import HEADINGS, cells, in_fresh_process, peak_mb
from research.deal.terms import Terms
from research.deal.value import Array
from research.deal.waterfall import share_out

#: The report's task: so many draws of 20 projects over 45 years, in under two seconds.
DRAWS, SHAPE, TARGET_SECONDS = 10_000, (20, 45), 2.0

#: Draws that the slow case gets, and on which the cash is compared.
FEW = 50

#: Title, case, draws; the first is the baseline.
ROWS = (
    ("plain loops, reading A", "loops_a", FEW),
    ("all at once, reading A", "at_once_a", DRAWS),
    ("all at once, reading B", "at_once_b", DRAWS),
)


def terms(reading: str, **others: object) -> Terms:
    """Choose each switch."""
    usual = {
        "compounding": "annual", "payment_order": "interest first", "crossing_year": "split",
        "loss_rule": "Japan first", "claw_back": "none", "pooling": "project",
        "deemed_rate_pct": 6.0, "funding_cost_pct": 0.0,
    }  # fmt: skip
    return Terms(reading=reading, **usual | others)


def flows(draws: int, shape: tuple[int, int] = SHAPE, seed: int = 550) -> tuple[Array, ...]:
    """Draw projects that are built, mostly pay, and may fail: cash, paid in, salvage."""
    rng, shape_, year = np.random.default_rng(seed), (draws, *shape), np.arange(shape[1])
    built = rng.integers(1, 4, shape_[:2])[..., None]
    paid_in = np.where(year < built, rng.uniform(5, 50, shape_), 0)
    level = rng.choice([0.0, 8.0, 25.0, 90.0], shape_[:2])[..., None]
    fails = rng.integers(3, 3 + 3 * shape[1] // 2, shape_[:2])[..., None]
    salvage = np.where(year == fails, rng.uniform(0, 80, shape_), 0)
    cash = np.where((year >= built) & (year < fails), level * rng.uniform(0.2, 2, shape_), 0)
    return cash + salvage, paid_in, salvage


def by_hand(cash: Array, paid_in: Array, salvage: Array, asked: Terms) -> Array:
    """Share out one project: each claim is paid in its turn from what is left.

    Rows: to Japan, to the United States, what is unpaid; columns: years.
    """
    rate, one = asked.deemed_rate_pct / 100, asked.phase_one_japan_share
    owed, years = {"interest": 0.0, "principal": 0.0}, []
    turns = sorted(owed, reverse=asked.payment_order == "principal first")
    for all_cash, payment, back in zip(cash, paid_in, salvage, strict=True):
        interest = rate * owed["principal"]
        interest += rate * owed["interest"] if asked.compounding == "annual" else 0
        owed["interest"] += interest
        owed["principal"] *= 1 + asked.funding_cost_pct / 100
        owed["principal"] += payment
        japan, us, money = 0.0, 0.0, all_cash
        if asked.loss_rule == "Japan first":
            japan = min(back, owed["principal"])
            owed["principal"] -= japan
            money -= japan
        first = sum(owed.values()) > 1e-9 * sum(paid_in)
        for claim in turns:
            if asked.reading == "A":
                repaid = min(money * one, owed[claim])
                japan, us, money = japan + repaid, us + repaid / one - repaid, money - repaid / one
            else:
                repaid = min(money, owed[claim])
                share = one if claim == "interest" else 1
                japan, us = japan + share * repaid, us + (1 - share) * repaid
                money -= repaid
            owed[claim] -= repaid
        share = one if asked.crossing_year == "whole" and first else asked.phase_two_japan_share
        years.append((japan + share * money, us + (1 - share) * money, sum(owed.values())))
    return np.transpose(years)


def at_once(reading: str, drawn: tuple[Array, ...]) -> Array:
    """Share out all draws together: cash to Japan."""
    return share_out(*drawn[:2], terms(reading), salvage=drawn[2]).japan


def loops(reading: str, drawn: tuple[Array, ...]) -> Array:
    """Share out each project of each draw by itself."""
    asked, out = terms(reading), np.empty_like(drawn[0])
    for at in np.ndindex(out.shape[:2]):
        out[at] = by_hand(*(x[at].tolist() for x in drawn), asked)[0]
    return out


CASES: Mapping[str, Callable[[tuple[Array, ...]], Array]] = {
    "loops_a": lambda drawn: loops("A", drawn),
    "at_once_a": lambda drawn: at_once("A", drawn),
    "at_once_b": lambda drawn: at_once("B", drawn),
}


def measure(case: str, n: int) -> dict[str, float]:
    """Time a case of n draws in this process, and hold its first cash against plain loops."""
    drawn, call = flows(n), CASES[case]
    few = tuple(x[:FEW] for x in drawn)
    expected = loops(case[-1].upper(), few)
    before, start = peak_mb(), time.perf_counter()
    found = call(drawn)
    seconds, peak = time.perf_counter() - start, peak_mb()
    difference = float(abs(found[:FEW] - expected).max())
    return {
        "draws": n, "seconds": seconds, "peak_mb": peak, "before_mb": before,
        "difference": difference,
    }  # fmt: skip


def main() -> None:
    """Print what the draws took, and how far they are from plain loops."""
    console = Console(width=max(96, Console().width))
    title = f"Cash shared out: {SHAPE[0]} projects, {SHAPE[1]} years"
    table = Table("what", title=title, box=SIMPLE)
    for heading in ("draws", *HEADINGS):
        table.add_column(heading, justify="right")
    baseline, slowest = None, 0.0
    for name, case, n in ROWS:
        taken = in_fresh_process("benchmarks.waterfall", case, n)
        baseline = baseline or taken["seconds"] / taken["draws"]
        slowest = max(slowest, taken["seconds"] if n == DRAWS else 0)
        table.add_row(name, *cells(taken, "draws", baseline, digits=0))
    console.print(table)
    console.print(
        f"{DRAWS:,} draws in at most {slowest:.2f} s (target: {TARGET_SECONDS:g} s). off by: "
        f"largest difference of Japan's cash from plain loops over {FEW} draws, USD bn."
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
