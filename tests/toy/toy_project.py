"""A whole small project to run: two notebooks, one table, one scenario, its own command line.

Run as a program it is the ``research`` command on these two notebooks, so that tests can kill
and interrupt real processes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import Field

from research.cli.run import register
from research.cli.sweep import register_sweep
from research.data.listed import listed
from research.errors import DataError, Fault, InputError, ResearchError
from research.report.files import renew
from research.report.notebooks import NotebookSpec
from research.values import File, Parameters


class ToyParameters(Parameters):
    event_id: Annotated[str, listed("deal/events", "event_id")]
    action: Literal["go on", "raise", "die"]
    pause: Annotated[float, Field(ge=0, le=60)]
    text: str
    source: Annotated[str, File((".csv", ".parquet"))]


SPECS = tuple(
    NotebookSpec(name, "A toy", "toy_project:ToyParameters", "toy_project:rehearse")
    for name in ("01_one", "02_two")
)

_EVENTS = "event_id,day\ndeal,1\nletter,2\n"
_SIDECAR = Path(__file__).parents[2] / "data/deal/events.yaml"

_CELLS = (
    ("markdown", "# A toy\n\n**Question.** Does it run?", []),
    (
        "code",
        'event_id: str = "deal"  # an event\n'
        'action: str = "go on"  # what cell 3 does\n'
        "pause: float = 0.0  # how long cell 2 sleeps, in seconds\n"
        'text: str = "plain"  # any text\n'
        'source: str = "bundled"  # prices',
        ["parameters"],
    ),
    ("markdown", "## Sleep\n```\n# no heading\n```", []),
    (
        "code",
        "import os, sys, time\nfrom research.data import catalog\n"
        "catalog.note_read('deal/events')\ntime.sleep(pause)\nprint(repr(text), end='')",
        [],
    ),
    ("markdown", "## Act on [red]it[/red]", []),
    (
        "code",
        "if action == 'raise':\n    raise ValueError('the toy is broken')\n"
        "if action == 'die':\n    os.kill(os.getpid(), 9)",
        [],
    ),
    (
        "code",
        "print(sys.executable, os.getcwd(), os.environ.get('PYTHONHASHSEED'))\n"
        "from research.findings import Finding, Findings\n"
        "one = {'question': 'Does it run?', 'answer': 'It runs.', 'basis': 'data'}\n"
        "Findings([Finding(id='toy.answer', headline=True, **one)])",
        ["findings"],
    ),
)


def write_notebook(file: Path, cells=_CELLS) -> None:
    import nbformat  # Not above: the command is started often, and never needs it.

    makers = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    made = [
        makers[kind](source, metadata={"tags": tags}, id=f"cell-{number}")
        for number, (kind, source, tags) in enumerate(cells)
    ]
    # The name of a kernel that no machine has: the runner must not need it.
    kernel = {"name": "no-such-kernel", "language": "python", "display_name": "None"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), file)


def write_project(root: Path) -> Path:
    for folder in ("data/deal", "notebooks/scenarios", "reports"):
        (root / folder).mkdir(parents=True)
    shutil.copyfile(Path(__file__).parents[2] / "CITATION.cff", root / "CITATION.cff")
    (root / "requirements.lock").write_text("numpy==2.4.6\n")
    (root / "data/deal/events.csv").write_text(_EVENTS)
    (root / "data/deal/events.yaml").write_bytes(_SIDECAR.read_bytes())
    seal(root)
    for spec in SPECS:
        write_notebook(root / "notebooks" / f"{spec.name}.ipynb")
    (root / "notebooks/scenarios/letter.yaml").write_text(
        "name: letter\ntitle: A letter comes\nreason: The letter.\nfinding: toy.answer\n"
        "notebook: 01_one\nparameters: {event_id: letter}\n"
    )
    return root


def seal(root: Path) -> None:
    """Write the digests of the toy's table and sidecar, as they are now."""
    files = [f"deal/events.{ending}" for ending in ("csv", "yaml")]
    digests = [hashlib.sha256((root / "data" / file).read_bytes()).hexdigest() for file in files]
    lines = [f"{digest}  {file}\n" for digest, file in zip(digests, files, strict=True)]
    (root / "data/checksums.sha256").write_text("".join(lines))


def rehearse(parameters) -> None:
    kinds = {"after the end": InputError, "no prices": DataError}
    if parameters["text"] in kinds:
        fault = Fault("toy", "figures", "none")
        raise kinds[parameters["text"]]("The toy cannot run.", [fault])


def render(notebook, manifest) -> str:
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    return "\n".join([manifest["run"], *(out.get("text", "") for out in outputs)])


def render_outputs(notebook, manifest) -> str:
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


def render_nothing(notebook, manifest) -> str:
    raise TypeError("a figure has no alt text")


def write_index(folder: Path) -> None:
    index = folder / "index.html"
    names = sorted(file.name for file in folder.glob("*.manifest.json"))
    renew(index, "\n".join(names))


def halve(x: float) -> dict[str, float]:
    if x == 2:
        raise ValueError("two is one too many")
    if x == 3:
        os._exit(9)
    return {"half": x / 2, "given": x}


def main() -> None:
    app = typer.Typer(pretty_exceptions_enable=False)
    register(app, SPECS, render="toy_project:render", write_pages=["toy_project:write_index"])
    register_sweep(app, SPECS, render="toy_project:render")
    try:
        app()
    except ResearchError as error:
        print(f"research: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
