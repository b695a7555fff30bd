"""Many runs of a notebook or a function, each with parameters of its own, kept as one dataset."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research import paths
from research.errors import Fault, InputError, raise_if
from research.report.files import as_sorted_json, digest, is_run
from research.report.notebooks import NOTEBOOKS, NotebookSpec, select

if TYPE_CHECKING:
    import pandas as pd

    from research.report.sweep.folder import Folder
    from research.report.sweep.runs import Result, Task

    Run = Callable[[Iterable[Task]], Generator[Result, None, None]]


def sweep(
    what: str | Callable[..., Any],
    grid: str | Path | Mapping[str, Any],
    *,
    name: str = "",
    jobs: int | None = None,
    specs: Sequence[NotebookSpec] = NOTEBOOKS,
) -> pd.DataFrame:
    """Run a notebook, or call a function, with each set of parameters of a grid.

    Parameters
    ----------
    what
        Name of a notebook, or a function that returns a number, a mapping of names to numbers, or
        findings.
    grid
        A YAML file or the same as a dict, such as ``{"parameters": {"rate_pct": [15, 25]}}``; see
        docs/running.md.
    name
        Keeps the sweep in ``reports/sweeps/WHAT__NAME``, where a second call goes on; a notebook's
        has a name in any case. Runs that failed are not tried again.
    jobs
        Processes at a time, by default one for each core.

    Returns
    -------
    DataFrame
        A row for each run and finding; parameters are the columns ``p_...``. A run that failed is
        one row, with ``error`` and ``cell``.

    Raises
    ------
    InputError
        With every fault of the grid, before anything runs.
    """
    from research.report.sweep.folder import frame_of, opened
    from research.report.sweep.functions import plan_function, run_functions
    from research.report.sweep.grid import plan_sweep
    from research.report.sweep.runs import run_local

    at_a_time = jobs or os.cpu_count() or 1
    run: Run
    if callable(what):
        plan = plan_function(what, grid)
        of = plan.about["title"].lower()
        run = partial(run_functions, jobs=at_a_time, function=what, plan=plan)
    else:
        (spec,) = select([what], specs)
        of, plan = spec.name, plan_sweep(spec, grid, specs)
        name = name or digest(as_sorted_json(plan.about["grid"]))[:8]
        run = partial(run_local, jobs=at_a_time, specs=specs)
    if not name:
        return frame_of(plan.tasks, {one.id: one for one in run(plan.tasks)})
    with opened(place(of, name), plan) as kept:
        todo = kept.todo()
        plan.rehearse(todo)
        for _ in kept_as_they_end(kept, todo, run):
            pass
        return kept.frame()


def place(of: str, label: str) -> Path:
    """Give the folder of a sweep; a name that could lead elsewhere is an `InputError`."""
    run, todo = f"{of}__{label}", "Give one with --as."
    fault = Fault("name of the sweep", "small letters, digits, _ and -", repr(label), todo)
    raise_if(InputError, "Nothing was run.", [fault] * (not is_run(run)))
    return paths.reports() / "sweeps" / run


def kept_as_they_end(
    folder: Folder, todo: Iterable[Task], run: Run
) -> Generator[Result, None, None]:
    """Run tasks and keep each result as it ends; who goes no further ends those at work."""
    with closing(run(todo)) as results:
        for result in results:
            folder.add(result)
            yield result
