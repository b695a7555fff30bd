"""Parameters that name a file of the user: which they are, and where the file lies."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from research import paths
from research.data import catalog
from research.errors import Fault
from research.reports.catalog import NotebookSpec


def file_values(spec: NotebookSpec, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters that hold the path of a file: their field takes its ending."""
    found = {}
    for name, field in spec.model().model_fields.items():
        match field.json_schema_extra:
            case {"file_endings": [*endings]} if name in parameters:
                value = str(parameters[name])
                if PurePath(value).suffix in endings:
                    found[name] = value
    return found


def locate_files(
    spec: NotebookSpec, parameters: Mapping[str, Any], here: Path
) -> tuple[dict[str, Any], list[Fault]]:
    """Find the files that parameters name, from ``here`` or from the project.

    Returns
    -------
    parameters
        With paths relative to the project where that is possible: a report should not carry a
        path of one machine. A link stays what it is called: its name has the ending.
    faults
        Files that are not there.
    """
    located, faults = dict(parameters), []
    for name, value in file_values(spec, parameters).items():
        file = _first_file(here / value, paths.root() / value)
        if file:
            located[name] = catalog.show(file)
        else:
            todo = "Give the path of a file that is there."
            found = f"no file {value[:200]!r}"
            faults.append(Fault(f"{spec.name}, {name}", "a file", found, todo))
    return located, faults


def _first_file(*places: Path) -> Path | None:
    for place in places:
        # The system refuses names that are too long or hold a zero byte, and links in a loop.
        with suppress(OSError, ValueError):
            if place.is_file():
                return _plain(place)
    return None


def _plain(file: Path) -> Path:
    """Write a path without dots, unless they lead elsewhere: `..` behind a link to a folder."""
    plain = Path(os.path.abspath(file))
    return plain if plain.is_file() and plain.samefile(file) else file
