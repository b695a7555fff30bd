"""Runs one notebook with papermill: in which cell it stopped, what it read and imported."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from research import paths
from research.errors import RunError
from research.report import forked
from research.report.notebooks import NotebookSpec

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Every failure is raised and reported anyway.
logging.getLogger("papermill").disabled = True

#: The kernel has to answer within this time.
START_TIMEOUT_SECONDS = 120

# The sockets of a kernel stand beside its connection file, and a socket's path must be short.
_LONGEST_SOCKET_PATH = 95

_INJECTED, _RECORD = "injected-parameters", "record-of-the-run"
_MAX_MESSAGE_CHARS = 4_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCED = re.compile(r"(?ms)^\s*(```|~~~).*?^\s*\1")

# Runs as the last cell of every notebook, and is taken out again.
_ASK = """\
import json, sys
_modules = sorted(name for name in sys.modules if name.partition(".")[0] == "research")
_tables = getattr(sys.modules.get("research.data.catalog"), "tables_read", tuple)()
print(json.dumps({"modules": _modules, "tables": sorted(_tables)}))"""


@dataclass(frozen=True, slots=True)
class Step:
    """The code cell that runs now, counted from 1 as in JupyterLab, and the heading above it.

    The cell that papermill adds is number 0.
    """

    cell: int
    cells: int
    heading: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """An executed notebook, the bundled tables it read and the modules of ours it imported."""

    notebook: NotebookNode
    tables: list[str]
    modules: list[str]


class NotebookError(RunError):
    """A notebook stopped before its end; holds the cell, the reason and the notebook so far."""

    def __init__(
        self, name: str, message: str, step: Step | None, notebook: NotebookNode | None
    ) -> None:
        plain = _COLOURS.sub("", message).strip()
        text = "".join(sign for sign in plain if sign.isprintable() or sign in "\n\t")
        self.name, self.step, self.notebook = name, step, notebook
        self.message = text[:_MAX_MESSAGE_CHARS] + "..." * (len(text) > _MAX_MESSAGE_CHARS)
        super().__init__(f"{name}: {self.message}")


def execute(
    spec: NotebookSpec,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    tell: Callable[[Step], None] = lambda step: None,
) -> Done:
    """Run a notebook from top to bottom with the given parameters, checked before.

    ``folder`` is for the kernel's files; ``tell`` is called with each code cell before it runs. A
    cell that raises or runs too long, and a kernel that dies, is a `NotebookError`.
    """
    import nbformat
    import papermill

    watch = _Watch(tell)
    with _failures(spec, watch), _place_of_sockets(folder) as place:
        notebook = nbformat.read(spec.path, as_version=4)  # type: ignore[no-untyped-call]
        last = nbformat.v4.new_code_cell(_ASK, metadata={"tags": [_RECORD]})  # type: ignore[no-untyped-call]
        notebook.cells.append(last)
        for cell in notebook.cells:
            if "outputs" in cell:
                cell.outputs = []  # With pictures they take long to copy.
        notebook = papermill.execute_notebook(
            notebook,
            None,
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(paths.root()),
            start_timeout=START_TIMEOUT_SECONDS,
            execution_timeout=spec.cell_timeout_seconds,
            kernel_manager_class=kernel_manager(place),
            shutdown_kernel="immediate",
            record_timing=False,
            on_notebook_start=watch.start,
            on_cell_start=watch.cell,
        )
        # The last printed line: what the notebook left behind may print as well.
        printed = "".join(out.get("text", "") for out in notebook.cells[-1].outputs)
        record = json.loads(printed.strip().splitlines()[-1])
    return Done(_without_traces(notebook), record["tables"], record["modules"])


@contextmanager
def _place_of_sockets(folder: Path) -> Iterator[Path]:
    """Give a folder with a path that is short enough for sockets: this one, or a passing one."""
    if len(os.fsencode(folder / "kernel.json")) <= _LONGEST_SOCKET_PATH:
        yield folder
    else:
        with TemporaryDirectory(prefix="kernel-") as short:
            yield Path(short)


def kernel_manager(folder: Path) -> type:
    """Make a manager that starts ipykernel under this interpreter, not what a user installed.

    From the stem of this process where there is one.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    file = folder / "kernel.json"
    fits = os.name == "posix" and len(os.fsencode(file)) <= _LONGEST_SOCKET_PATH

    class InterpreterKernelManager(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _only_the_native_kernel(self) -> KernelSpecManager:
            return KernelSpecManager(parent=self, kernel_dirs=[])

        @default("transport")
        def _no_ports(self) -> str:
            # Kernels that start at the same moment can be given the same free port.
            return "ipc" if fits else "tcp"

        @default("connection_file")
        def _among_the_files_of_the_run(self) -> str:
            return str(file)

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.provisioner = forked.provisioner(self)

    return InterpreterKernelManager


class _Watch:
    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.tell = tell
        self.steps: list[Step] = []
        self.step: Step | None = None
        self.notebook: NotebookNode | None = None

    def start(self, notebook: NotebookNode) -> None:
        self.steps, self.notebook = steps_of(notebook.cells), notebook

    def cell(self, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code" and _RECORD not in cell.metadata.get("tags", []):
            self.step = self.steps[cell_index]
            self.tell(self.step)


def steps_of(cells: Sequence[Any]) -> list[Step]:
    """Say of each cell which code cell it is, and under which heading."""
    number, heading, found = 0, None, list[tuple[int, str | None]]()
    for cell in cells:
        own = cell.cell_type == "code"
        own = own and not {_INJECTED, _RECORD} & {*cell.metadata.get("tags", [])}
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(_FENCED.sub("", cell.source))
            heading = headings[-1] if headings else heading
        number += own
        found.append((number * own, heading))
    return [Step(place, number, heading) for place, heading in found]


@contextmanager
def _failures(spec: NotebookSpec, watch: _Watch) -> Iterator[None]:
    """Turn what papermill and its kernel raise into a `NotebookError` that names the cell."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        step = watch.steps[error.cell_index]
        raise NotebookError(error.ename, error.evalue, step, _so_far(watch.notebook)) from error
    except (Exception, KeyboardInterrupt) as error:
        longer = f"The cell ran longer than {spec.cell_timeout_seconds} seconds and was stopped."
        dead = "The kernel ended on its own: killed, crashed or out of memory."
        ended = "The run was interrupted, or the process that started it ended."
        told = {
            CellTimeoutError: ("CellTimeout", longer),
            DeadKernelError: ("KernelDied", dead),
            KeyboardInterrupt: ("Interrupted", ended),
        }
        name, message = told.get(type(error), (type(error).__name__, str(error)))
        raise NotebookError(name, message, watch.step, _so_far(watch.notebook)) from error


def _so_far(notebook: NotebookNode | None) -> NotebookNode | None:
    from papermill.execute import remove_error_markers

    return notebook and _without_traces(remove_error_markers(notebook))


def _without_traces(notebook: NotebookNode) -> NotebookNode:
    """Take out papermill's times and paths, which differ from run to run, and our own last cell."""
    notebook.metadata.pop("papermill", None)
    notebook.cells = [c for c in notebook.cells if _RECORD not in c.metadata.get("tags", [])]
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
    return notebook
