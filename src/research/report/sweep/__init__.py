"""Many runs of a notebook or a function, each with parameters of its own, kept as one dataset."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from research import paths
from research.report.files import run_files

if TYPE_CHECKING:
    from research.report.sweep.folder import Folder
    from research.report.sweep.runs import Result, Task


def place(notebook: str, label: str) -> Path:
    """Give the folder of a sweep; a name that could lead elsewhere is an `InputError`."""
    return paths.reports() / "sweeps" / run_files(f"{notebook}__{label}").run


def kept_as_they_end(
    folder: Folder,
    todo: Iterable[Task],
    run: Callable[[Iterable[Task]], Generator[Result, None, None]],
) -> Generator[Result, None, None]:
    """Run tasks and keep each result as it ends; who goes no further ends those at work."""
    with closing(run(todo)) as results:
        for result in results:
            folder.add(result)
            yield result
