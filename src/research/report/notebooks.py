"""The notebooks of the project: what each asks, its parameters and their checks."""

import ast
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from pkgutil import resolve_name
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from research import paths
from research.data import catalog
from research.errors import DataError, Fault, InputError, RunError, nearest, raise_if
from research.values import File, shown
from research.wording import asked_for


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter as the notebook declares it: type, default, and the words of its comment."""

    type: str
    default: Any
    meaning: str


@dataclass(frozen=True, slots=True)
class NotebookSpec:
    """One notebook of the project, by the name of its file.

    ``parameters`` names the pydantic model of its parameters, ``rehearsal`` a function that takes
    them and raises a `ResearchError` if the figures do not allow them, both as
    ``module:attribute``. A cell that runs longer than ``cell_timeout_seconds`` ends the run.
    """

    name: str
    title: str
    parameters: str
    rehearsal: str = ""
    cell_timeout_seconds: int = 600

    @property
    def path(self) -> Path:
        """Give the notebook's file."""
        return paths.notebooks() / f"{self.name}.ipynb"

    @property
    def question(self) -> str:
        """Give the one question that the notebook says it answers."""
        texts = [cell["source"] for cell in self.cells() if cell["cell_type"] == "markdown"]
        found = re.search(r"\*\*Question\.\*\*\s+(.+)", "\n\n".join(texts))
        return found[1].replace("\\", "") if found else ""

    def model(self) -> type[BaseModel]:
        """Load the pydantic model of the parameters."""
        loaded: type[BaseModel] = resolve_name(self.parameters)
        return loaded

    def cells(self) -> list[dict[str, Any]]:
        """Read the cells, sources as texts.

        A file that is missing or is no notebook is a `DataError`.
        """
        file = self.path
        if not file.is_file():
            raise DataError(f"{self.name} cannot be run.", [catalog.missing(file)])
        return _cells(file, file.stat().st_mtime_ns)

    def declared(self) -> dict[str, Declared]:
        """Read the parameters cell: name -> type, default and meaning."""
        tagged = [(one["source"], one.get("metadata", {}).get("tags", [])) for one in self.cells()]
        return declared("\n".join(source for source, tags in tagged if "parameters" in tags))

    @property
    def reads(self) -> tuple[str, ...]:
        """Name the reports whose findings its code reads, written out in ``findings_of``."""
        code = "\n".join(cell["source"] for cell in self.cells() if cell["cell_type"] == "code")
        calls = " ".join(re.findall(r"findings_of\(([^()]*)\)", code))
        return tuple(dict.fromkeys(re.findall(r"[\"']([^\"']+)[\"']", calls)))

    def defaults(self) -> dict[str, Any]:
        """Give the default of every parameter."""
        return {name: one.default for name, one in self.declared().items()}


NOTEBOOKS = tuple(
    NotebookSpec(
        name, title, f"research.report.parameters:{model}", home and f"research.{home}:rehearse"
    )
    for name, title, model, home in (
        ("01_market_reactions", "Market reactions", "MarketReactions", "events.rehearsal"),
        ("02_jobs", "Jobs", "Jobs", "jobs.ladder"),
        ("03_tariffs", "Tariffs", "Tariffs", "tariffs.rehearsal"),
        ("04_deal_economics", "Who gets what", "Deal", ""),
        ("05_claims", "Claims", "Claims", ""),
    )
)


@lru_cache(maxsize=16)
def _cells(file: Path, _changed_ns: int) -> list[dict[str, Any]]:
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        # The format allows a text or a list of lines.
        return [cell | {"source": "".join(cell["source"])} for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = Fault(catalog.show(file), "a notebook", type(error).__name__)
        raise DataError("A notebook cannot be read.", [fault]) from error


@lru_cache(maxsize=16)
def declared(source: str) -> dict[str, Declared]:
    """Read ``name: type = default  # meaning`` lines, as papermill's inspection does."""
    try:
        statements = ast.parse(source).body
        lines = source.splitlines()
        return {
            one.target.id: Declared(
                ast.unparse(one.annotation),
                ast.literal_eval(one.value),
                lines[(one.end_lineno or 1) - 1][one.end_col_offset or 0 :].strip().lstrip("# "),
            )
            for one in statements
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value
        }
    except (SyntaxError, ValueError) as error:
        fault = Fault("parameters cell", "name: type = default  # meaning", str(error))
        raise RunError("The parameters of a notebook cannot be read.", [fault]) from error


def select(names: Sequence[str], specs: Sequence[NotebookSpec]) -> list[NotebookSpec]:
    """Find notebooks by name or by path, each once; no name means all of them.

    Names that are unknown are one `InputError`.
    """
    by_name = {spec.name: spec for spec in specs}
    by_path = {spec.path.resolve(): spec.name for spec in specs}
    asked = (by_path.get(Path(one).resolve(), one.removesuffix(".ipynb")) for one in names)
    wanted = list(dict.fromkeys(asked)) or list(by_name)
    faults = [
        Fault("notebook", "one of the project's notebooks", repr(name), nearest(name, [*by_name]))
        for name in wanted
        if name not in by_name
    ]
    raise_if(InputError, "Unknown notebook.", faults)
    return [by_name[name] for name in wanted]


def check_parameters(
    spec: NotebookSpec, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """Fill in the defaults of a notebook's parameters and check all of them.

    Gives every parameter as plain JSON values, none where there is a fault, and the faults:
    unknown names (with the nearest), wrong types, values out of range or not in the tables. A
    table of valid values that is damaged is a `DataError`.
    """
    wanted = {**spec.defaults(), **given}
    try:
        return spec.model().model_validate(wanted).model_dump(mode="json"), []
    except ValidationError as error:
        return {}, [_fault(spec, detail) for detail in error.errors()]


def _fault(spec: NotebookSpec, detail: ErrorDetails) -> Fault:
    known = spec.declared()
    name = str(detail["loc"][0]) if detail["loc"] else "parameters together"
    if detail["type"] == "extra_forbidden":
        return Fault(spec.name, "a known parameter", repr(name[:80]), nearest(name, list(known)))
    part = "".join(f"[{step}]" for step in detail["loc"][1:])
    found = shown(detail["input"]) if detail["loc"] else "the values given"
    choices = detail.get("ctx", {}).get("known")
    todo = nearest(str(detail["input"]), choices) if choices else ""
    if not todo and name in known:
        todo = f"It is: {known[name].meaning}."
    return Fault(f"{spec.name}, {name}{part}", asked_for(detail), found, todo)


def file_values(spec: NotebookSpec, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters that hold the path of a file: their field takes its ending."""
    return {
        name: str(parameters[name])
        for name, field in spec.model().model_fields.items()
        for mark in field.metadata
        if isinstance(mark, File) and PurePath(str(parameters.get(name))).suffix in mark.endings
    }


def locate_files(
    spec: NotebookSpec, parameters: Mapping[str, Any], here: Path
) -> tuple[dict[str, Any], list[Fault]]:
    """Find the files that parameters name, from ``here`` or from the project.

    Gives the parameters with paths relative to the project where that is possible (a report should
    not carry a path of one machine), and the files that are not there as faults.
    """
    located, faults = dict(parameters), []
    for name, value in file_values(spec, parameters).items():
        there = [file for file in (here / value, paths.root() / value) if os.path.isfile(file)]
        if there:  # A path without dots; a link keeps its name, which has the ending.
            located[name] = catalog.show(there[0].parent.resolve() / there[0].name)
        else:
            todo = "Give the path of a file that is there."
            found = f"no file {value[:200]!r}"
            faults.append(Fault(f"{spec.name}, {name}", "a file", found, todo))
    return located, faults
