"""Runs of notebooks: results only, whole reports, nothing to do; kernels spawned and forked.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.runs`. Each case runs in a process
of its own, on the project's files with an empty folder of reports: that of the user stays as it is.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import forkserver
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import in_fresh_process
from research import paths
from research.report.notebooks import NOTEBOOKS, NotebookSpec
from research.report.plan import Request, load_scenario, plan, scenario_names
from research.report.run import BUILD, JOBS, run_each
from research.report.sweep.runs import run_local, task

#: Title, case, how many runs or notebooks; each is held against the last that spawns.
ROWS = (
    ("01, results only, spawned", "results_spawned", 4),
    ("01, results only, forked", "results_forked", 20),
    ("01 to 03 with scenarios, spawned", "reports_spawned", 3),
    ("01 to 03 with scenarios, forked", "reports_forked", 3),
    ("all five with scenarios, forked", "reports_forked", 5),
)

#: Seconds that a row should take on two quiet cores.
TARGETS = {("results_forked", 20): 30.0, ("reports_forked", 3): 60.0}

#: Variants of the first notebook.
EVENTS = ("consultation_2", "deal_announced", "letter_25", "liberation_day", "jbic_facility")
WINDOWS = ([0, 0], [0, 1], [0, 2], [-1, 1])

#: Seconds to say that there is nothing to do.
NOTHING_TARGET = 0.3

RENDER = "research.report.pages.page:render"
COMMAND = (sys.executable, "-c", "from research.cli import main; main()", "run")


def project(folder: Path) -> Path:
    """Make a project of the files of this one that has no reports yet."""
    for file in paths.root().iterdir():
        if not file.name.startswith(".") and file.name != "reports":
            (folder / file.name).symlink_to(file.resolve())
    (folder / "reports").mkdir()
    return folder


def results(n: int, specs: Sequence[NotebookSpec] = NOTEBOOKS) -> list[str]:
    """Run ``n`` variants of the first notebook for their findings; give the states.

    Those of one window share their placebos.
    """
    variants = [{"event_id": event, "window": one} for event in EVENTS for one in WINDOWS]
    tasks = [task(specs[0].name, {**specs[0].defaults(), **one}) for one in variants[:n]]
    return [one.state for one in run_local(tasks, JOBS, specs=specs)]


def requests(n: int, specs: Sequence[NotebookSpec] = NOTEBOOKS) -> list[Request]:
    """Ask for the first ``n`` notebooks, and for every kept scenario of theirs."""
    names = [spec.name for spec in specs[:n]]
    kept = [one for one in scenario_names() if load_scenario(one).notebook in names]
    return [*plan(specs, names=names), *(plan(specs, scenarios=kept) if kept else [])]


def reports(n: int) -> list[str]:
    """Build the reports of the first ``n`` notebooks from nothing; give the states."""
    asked = {request.run: request for request in requests(n)}
    return [one.state for one in run_each(asked.values(), BUILD, RENDER, jobs=JOBS)]


def nothing() -> list[float]:
    """Ask thrice for what is built: pages beside, a look at all files, what is remembered."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run(COMMAND, check=True, capture_output=True, text=True)  # noqa: S603
        seconds.append(time.perf_counter() - start)
        if not all(line.startswith("up to date") for line in done.stdout.splitlines()):
            raise RuntimeError(done.stdout + done.stderr)
    return seconds


def measure(case: str, n: int) -> dict[str, float | list[float]]:
    """Time a case; of CPU, also that of all processes that it started."""
    kind, os.environ["RESEARCH_KERNEL"] = case.split("_")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RESEARCH_ROOT"] = str(project(Path(folder)))
        start = time.perf_counter()
        states = {"results": results, "reports": reports}[kind](n)
        seconds = time.perf_counter() - start
        if failed := [state for state in states if state not in ("ok", "built")]:
            raise RuntimeError(f"{len(failed)} of {len(states)} runs of {case} failed")
        forkserver._forkserver._stop()  # type: ignore[attr-defined]
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu = sum(one.ru_utime + one.ru_stime for one in used)
        looks = nothing() if n == len(NOTEBOOKS) else []
    return {"runs": len(states), "seconds": seconds, "cpu": cpu, "looks": looks}


def main() -> None:
    """Print one row a case, and how long it takes to say that there is nothing to do."""
    console = Console(width=max(96, Console().width))
    table = Table(title=f"Runs of notebooks, {JOBS} at a time", box=SIMPLE)
    table.add_column("what", no_wrap=True)
    for heading in ("runs", "seconds", "target", "runs a second", "CPU s a run", "speed"):
        table.add_column(heading, justify="right")
    baseline, looks = 1.0, []
    for title, case, n in ROWS:
        taken = in_fresh_process("benchmarks.runs", case, n)
        each = taken["cpu"] / taken["runs"]
        baseline = each if case.endswith("spawned") else baseline
        looks = taken["looks"] or looks
        table.add_row(
            title,
            f"{taken['runs']}",
            f"{taken['seconds']:.0f}",
            f"{TARGETS[case, n]:.0f}" if (case, n) in TARGETS else "",
            f"{taken['runs'] / taken['seconds']:.2f}",
            f"{each:.1f}",
            f"{baseline / each:.2f}",
        )
    console.print(table)
    console.print("speed: CPU seconds of a run spawned, in the rows before, by those of this one.")
    told = ", ".join(f"{one:.2f}" for one in looks)
    console.print(f"Nothing to do: {told} s, first look to last (target: {NOTHING_TARGET} s).")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
