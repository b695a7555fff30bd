"""Many runs of a notebook or a function, each with parameters of its own, kept as one dataset."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research import paths
from research.report.files import run_files

if TYPE_CHECKING:
    import pandas as pd

    from research.report.sweep.folder import Folder
    from research.report.sweep.runs import Result, Task

    Run = Callable[[Iterable[Task]], Generator[Result, None, None]]


def sweep(
    function: Callable[..., Any],
    grid: str | Path | Mapping[str, Any],
    *,
    name: str = "",
    jobs: int | None = None,
) -> pd.DataFrame:
    """Call a function with each set of arguments of a grid, as ``research sweep`` runs a notebook.

    ``function`` returns a number, a mapping of names to numbers, or findings; ``grid`` is a YAML
    file or the same as a dict, ``{"parameters": {"rate_pct": [15, 25]}}``; ``jobs`` are processes
    at a time, by default one for each core. With a ``name`` the sweep is kept in
    ``reports/sweeps/FUNCTION__NAME``, and a second call goes on. The table has a row for each call
    and number, with arguments as ``p_...``, and one with ``error`` for a call that failed. Every
    fault of the grid is in one `InputError`, before anything runs.
    """
    from research.report.sweep.folder import frame_of, opened
    from research.report.sweep.functions import plan_function, run_functions

    plan = plan_function(function, grid)
    run = partial(run_functions, jobs=jobs or os.cpu_count() or 1, function=function, plan=plan)
    if not name:
        return frame_of(plan.tasks, {one.id: one for one in run(plan.tasks)})
    with opened(place(plan.about["title"].lower(), name), plan) as kept:
        for _ in kept_as_they_end(kept, kept.todo(), run):
            pass
        return kept.frame()


def place(of: str, label: str) -> Path:
    """Give the folder of a sweep; a name that could lead elsewhere is an `InputError`."""
    return paths.reports() / "sweeps" / run_files(f"{of}__{label}").run


def kept_as_they_end(
    folder: Folder, todo: Iterable[Task], run: Run
) -> Generator[Result, None, None]:
    """Run tasks and keep each result as it ends; who goes no further ends those at work."""
    with closing(run(todo)) as results:
        for result in results:
            folder.add(result)
            yield result
