"""Runs every benchmark and prints a table; `python -m benchmarks 1000000` adds so many events.

Each runs in a process of its own, for a peak of memory of its own. Linux hands the peak of a
process on to those that it starts, so this one imports nothing large.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import HEADINGS, cells, in_fresh_process
from benchmarks.settings import EVENTS, FEW

#: Title, case, events; the first is the baseline.
ROWS = (
    ("statsmodels, a loop: CAR", "statsmodels_loop", EVENTS),
    ("eventstudy: CAR, t", "eventstudy", EVENTS),
    ("easy-es: CAR, t", "easy_es", FEW),
    ("event_study: CAR, t", "cars", EVENTS),
    ("event_study: all tests", "all_tests", EVENTS),
    ("groups of one: all tests", "groups_of_one", EVENTS),
    ("groups of one: plain numpy", "plain_groups_of_one", EVENTS),
    ("one group: all tests", "one_group", EVENTS),
    ("one group: plain numpy", "plain_one_group", EVENTS),
)

#: Layout, the engine's case, that of plain numpy.
RATIOS = (
    ("groups of one", "groups_of_one", "plain_groups_of_one"),
    ("one group", "one_group", "plain_one_group"),
)

#: The engine may take so many times as long as the same formulas without labels and checks.
TARGET = 1.5

#: Columns of the terminal that the table needs.
WIDTH = 96

#: Packages of others, by module.
PEERS = {"eventstudy": "eventstudy", "easy_es": "easy-es"}

#: Benchmarks that print a table of their own, each in its own process.
MODULES = (
    "benchmarks.house",
    "benchmarks.input_output",
    "benchmarks.jobs_model",
    "benchmarks.tariffs",
    "benchmarks.tariff_draws",
    "benchmarks.gravity",
    "benchmarks.waterfall",
    "benchmarks.runs",
    "benchmarks.cluster",
)


def main(numbers: list[str]) -> None:
    """Print one row a benchmark, and one for each further number of events."""
    console = Console(width=max(WIDTH, Console().width))
    table = Table(
        title="Medians of this run, each in its own process; machines are noisy", box=SIMPLE
    )
    table.add_column("what", no_wrap=True)
    for heading in ("events", *HEADINGS):
        table.add_column(heading, justify="right")
    more = [("event_study: all tests", "all_tests", int(number)) for number in numbers]
    baseline, seconds = None, {}
    for title, case, n_events in (*ROWS, *more):
        if case in PEERS and find_spec(case) is None:
            console.print(f"Left out: {PEERS[case]} (.venv/bin/pip install {PEERS[case]}).")
            continue
        taken = in_fresh_process("benchmarks.alone", case, n_events)
        baseline = baseline or taken["seconds"] / taken["events"]
        seconds[case] = taken["seconds"]
        table.add_row(title, *cells(taken, "events", baseline, digits=2))
    console.print(table)
    console.print(
        "us each: microseconds an event. speed: events a second, the first row being 1. at start: "
        f"peak MB before the first call. off by: largest difference of the first {FEW} CARs from "
        "those of the first row."
    )
    for layout, engine, reference in RATIOS:
        ratio = seconds[engine] / seconds[reference]
        console.print(f"{layout}: {ratio:.2f} times plain numpy (target: at most {TARGET}).")
    for module in MODULES:
        subprocess.run([sys.executable, "-m", module], check=True)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1:])
