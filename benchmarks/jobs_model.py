"""Draws of the jobs model at once, beside the same draws one by one.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.jobs_model`. Each case runs in a
process of its own, for a peak of memory of its own.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from studies.usual_jobs import usual_model

from benchmarks.processes import HEADINGS, cells, in_fresh_process, peak_mb
from research.jobs.kernels import Array
from research.jobs.ladder import load_ladder
from research.jobs.model import JobsModel, run

#: The report's task: 71 industries, 51 states, 15 years.
DRAWS = 10_000

#: Draws that the slow case gets, and on which the jobs are compared.
FEW = 50

#: Title, case, draws; the first is the baseline.
ROWS = (("one draw after the other", "one_by_one", FEW), ("all draws at once", "at_once", DRAWS))

REPEATS = 5

Rungs = Mapping[str, Array]


def draws(n: int = DRAWS, seed: int = 550) -> Rungs:
    """Draw the rungs."""
    return load_ladder().draw(n, np.random.default_rng(seed))


def at_once(made: JobsModel, rungs: Rungs) -> Array:
    """Run all draws together: net jobs by draw and state."""
    return run(made, rungs).net_state


def one_by_one(made: JobsModel, rungs: Rungs) -> Array:
    """Run the model for each draw by itself."""
    n = len(next(iter(rungs.values())))
    alone = ({name: values[[d]] for name, values in rungs.items()} for d in range(n))
    return np.concatenate([run(made, one).net_state for one in alone])


CASES: Mapping[str, Callable[[JobsModel, Rungs], Array]] = {
    "one_by_one": one_by_one,
    "at_once": at_once,
}


def measure(case: str, n: int) -> dict[str, float]:
    """Time the model and a case of n draws in this process, and hold its jobs against a loop."""
    start = time.perf_counter()
    made = usual_model()
    built = time.perf_counter() - start
    # A small number of draws is the head of the usual ones.
    rungs = {name: values[:n] for name, values in draws(max(n, DRAWS)).items()}
    before, call = peak_mb(), CASES[case]
    jobs, taken = call(made, rungs), []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call(made, rungs)
        taken.append(time.perf_counter() - start)
    peak = peak_mb()
    few = {name: values[:FEW] for name, values in rungs.items()}
    return {
        "draws": n,
        "built": built,
        "seconds": statistics.median(taken),
        "peak_mb": peak,
        "before_mb": before,
        "difference": float(abs(jobs[:FEW] - one_by_one(made, few)).max()),
    }


def main() -> None:
    """Print what the draws took, at once and one by one."""
    console = Console(width=max(96, Console().width))
    title = "Jobs of the pledge, 71 industries, 51 states, 2026 to 2040"
    table = Table("what", title=title, box=SIMPLE)
    for heading in ("draws", *HEADINGS):
        table.add_column(heading, justify="right")
    baseline, built = None, []
    for name, case, n in ROWS:
        taken = in_fresh_process("benchmarks.jobs_model", case, n)
        built.append(taken["built"])
        baseline = baseline or taken["seconds"] / taken["draws"]
        table.add_row(name, *cells(taken, "draws", baseline, digits=0))
    console.print(table)
    console.print(
        f"Before that the model is built once, {max(built):.1f} s. at start: peak MB with the "
        f"model and the draws. off by: largest difference of net jobs by state of {FEW} draws."
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
