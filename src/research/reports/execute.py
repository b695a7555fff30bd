"""Runs one notebook with papermill and says in which cell it stopped."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research import paths
from research.errors import Fault, RunError
from research.reports.catalog import NotebookSpec, nearest

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: The kernel has to answer within this time.
START_TIMEOUT_SECONDS = 120

_INJECTED = "injected-parameters"
_MAX_MESSAGE_CHARS = 4_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$")


@dataclass(frozen=True, slots=True)
class Step:
    """The cell that runs now.

    Attributes
    ----------
    cell
        Number of the code cell in the notebook, from 1, as JupyterLab counts them in a run from
        top to bottom; the cell that papermill adds does not count and is 0.
    cells
        Number of code cells.
    heading
        The heading above the cell, if there is one.
    """

    cell: int
    cells: int
    heading: str | None


class NotebookError(RunError):
    """A notebook stopped before its end; holds the cell, the reason and the notebook so far."""

    def __init__(
        self, name: str, message: str, step: Step | None, notebook: NotebookNode | None
    ) -> None:
        plain = _COLOURS.sub("", message).strip()
        text = "".join(sign for sign in plain if sign.isprintable() or sign in "\n\t")
        self.name = name
        self.message = (
            text if len(text) <= _MAX_MESSAGE_CHARS else text[:_MAX_MESSAGE_CHARS] + "..."
        )
        self.step = step
        self.notebook = notebook
        super().__init__(f"{name}: {self.message}")


def execute(
    spec: NotebookSpec,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    tell: Callable[[Step], None] = lambda step: None,
) -> NotebookNode:
    """Run a notebook from top to bottom with the given parameters.

    Parameters
    ----------
    spec
        The notebook.
    parameters
        All of its parameters, checked before.
    folder
        A folder for papermill's own output notebook.
    tell
        Called with each code cell before it runs.

    Returns
    -------
    NotebookNode
        The executed notebook without papermill's times and paths, so that the same inputs give
        the same notebook.

    Raises
    ------
    NotebookError
        If a cell raises, runs too long, or its kernel dies.
    """
    import papermill

    from research.reports.kernel import KERNEL_NAME, InterpreterKernelManager

    _check_parameters_cell(spec, parameters)
    output = folder / f"{spec.name}.ipynb"
    watch = _Watch(tell)
    with _failures(spec, output, watch), _quiet():
        notebook = papermill.execute_notebook(
            _literal(spec.path),
            _literal(output),
            parameters=dict(parameters),
            kernel_name=KERNEL_NAME,
            language="python",
            progress_bar=False,
            cwd=str(paths.root()),
            start_timeout=START_TIMEOUT_SECONDS,
            execution_timeout=spec.cell_timeout_seconds,
            kernel_manager_class=InterpreterKernelManager,
            shutdown_kernel="immediate",
            record_timing=False,
            on_notebook_start=watch.start,
            on_cell_start=watch.cell,
        )
    return _without_traces(notebook)


def _literal(path: Path) -> str:
    # papermill formats paths, so that a brace in a folder's name would break them.
    return str(path).replace("{", "{{").replace("}", "}}")


class _Watch:
    """Remembers which cell runs."""

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.tell = tell
        self.cells: Sequence[Any] = ()
        self.step: Step | None = None

    def start(self, notebook: NotebookNode) -> None:
        # A copy: after a failure papermill inserts cells of its own.
        self.cells = list(notebook.cells)

    def cell(self, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            self.step = step_of(self.cells, cell_index)
            self.tell(self.step)


def step_of(cells: Sequence[Any], index: int) -> Step:
    """Say which code cell stands at a position, and under which heading.

    Parameters
    ----------
    cells
        All cells of the notebook.
    index
        Position among them, from 0.
    """
    counted = [
        position
        for position, cell in enumerate(cells)
        if cell.cell_type == "code" and _INJECTED not in cell.metadata.get("tags", [])
    ]
    before = [position for position in counted if position <= index]
    number = len(before) if index in counted else 0
    return Step(number, len(counted), _heading_above(cells[: index + 1]))


def _heading_above(cells: Sequence[Any]) -> str | None:
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    headings = [heading for text in texts for heading in _headings(text)]
    return headings[-1] if headings else None


def _headings(source: str) -> Iterator[str]:
    fenced = False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = _HEADING.match(line)
        if match and not fenced:
            yield match[1]


def _check_parameters_cell(spec: NotebookSpec, parameters: Mapping[str, Any]) -> None:
    """Refuse a notebook whose parameters cell and model disagree: papermill would run on."""
    import papermill

    known = list(papermill.inspect_notebook(_literal(spec.path)))
    faults = [
        Fault(f"{spec.name}, parameters cell", f"parameter {name}", "none", nearest(name, known))
        for name in parameters
        if name not in known
    ]
    faults += [
        Fault(f"{spec.name}, parameters cell", "parameters of its model only", name)
        for name in known
        if name not in parameters
    ]
    if faults:
        raise RunError("The notebook and its parameter model do not agree.", faults)


@contextmanager
def _failures(spec: NotebookSpec, output: Path, watch: _Watch) -> Iterator[None]:
    """Turn what papermill and its kernel raise into a `NotebookError` that names the cell."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        step = step_of(watch.cells, error.cell_index)
        raise NotebookError(error.ename, error.evalue, step, _so_far(output)) from error
    except CellTimeoutError as error:
        message = f"The cell ran longer than {spec.cell_timeout_seconds} seconds and was stopped."
        raise NotebookError("CellTimeout", message, watch.step, _so_far(output)) from error
    except DeadKernelError as error:
        message = "The kernel ended on its own: it was killed, crashed or ran out of memory."
        raise NotebookError("KernelDied", message, watch.step, _so_far(output)) from error
    except KeyboardInterrupt as error:
        message = "The run was interrupted, or the process that started it ended."
        raise NotebookError("Interrupted", message, watch.step, _so_far(output)) from error
    except Exception as error:
        name = type(error).__name__
        raise NotebookError(name, str(error), watch.step, _so_far(output)) from error


def _so_far(output: Path) -> NotebookNode | None:
    import nbformat
    from papermill.execute import remove_error_markers

    try:
        notebook = nbformat.reads(output.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    return _without_traces(remove_error_markers(notebook))


def _without_traces(notebook: NotebookNode) -> NotebookNode:
    """Take out papermill's times and paths, which differ from run to run."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
    return notebook


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep papermill's log off the terminal: every failure is raised and reported anyway."""
    logger = logging.getLogger("papermill")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before
