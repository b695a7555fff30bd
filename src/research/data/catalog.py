"""The bundled tables by name: where they are, what their sidecars say, who read them.

A table is named by its folder and file stem, ``market/series``. This module imports nothing
heavy: the runner lists and hashes tables on every call.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from research import paths
from research.errors import DataError, Fault, InputError

#: File endings a table may have.
_ENDINGS = (".csv", ".json")

_RESTORE = "Restore the files from version control."

_read_here: set[str] = set()


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is known about a table beside its figures.

    Attributes
    ----------
    name
        Folder and file stem, such as ``market/series``.
    loader
        Name of the function of `research.data` that loads it.
    columns
        Meaning and unit of each column. A key in angle brackets stands for several columns.
    rows
        Number of rows below the header; of regions in a JSON example.
    sha256
        Digest of the table file.
    line_checksums, column_checksums
        Four digits a line and a column, which trace an edit to its cells; the only column
        checksum of a JSON example is ``none``.
    notes
        The traps, one sentence or two each.
    """

    name: str
    title: str
    description: str
    loader: str
    unit: str
    period: str
    authority: str
    rights: str
    compiled_on: str
    sha256: str
    rows: int
    columns: Mapping[str, str]
    notes: tuple[str, ...]
    line_checksums: tuple[str, ...]
    column_checksums: tuple[str, ...]


def names() -> tuple[str, ...]:
    """List the tables that have a sidecar on disk, in alphabetical order."""
    folder = paths.data()
    found = (path.relative_to(folder).with_suffix("") for path in folder.glob("*/*.yaml"))
    return tuple(sorted(path.as_posix() for path in found if path.parts[0] != "cache"))


def path(name: str) -> Path:
    """Give the file of a table, which may be missing.

    Raises
    ------
    InputError
        If ``name`` is neither a known table nor has the form ``topic/table``.
    """
    stem = sidecar_path(name)
    for ending in _ENDINGS:
        if stem.with_suffix(ending).is_file():
            return stem.with_suffix(ending)
    return stem.with_suffix(_ENDINGS[0])


def sidecar_path(name: str) -> Path:
    """Give the sidecar file of a table, which may be missing.

    Raises
    ------
    InputError
        If ``name`` has not the form ``topic/table``.
    """
    if not all(part.isidentifier() for part in name.split("/")) or name.count("/") != 1:
        raise InputError(
            "A table is named by folder and file stem.",
            [Fault("table", "a name such as market/series", repr(name), _nearest(name))],
        )
    return paths.data() / f"{name}.yaml"


def file_digest(file: Path) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256(name: str) -> str:
    """Give the SHA-256 of the table file as it lies on disk.

    Raises
    ------
    DataError
        If the file is missing.
    """
    return digests([name])[name]


def digests(wanted: Iterable[str]) -> dict[str, str]:
    """Give the SHA-256 of several table files, by name.

    Raises
    ------
    DataError
        If files are missing; all of them are named.
    """
    files = {name: path(name) for name in wanted}
    faults = [missing(file) for file in files.values() if not file.is_file()]
    if faults:
        raise DataError("A bundled table is missing.", faults)
    return {name: file_digest(file) for name, file in files.items()}


def sidecar(name: str) -> Sidecar:
    """Read the sidecar of a table.

    Raises
    ------
    DataError
        If it is missing, is not YAML, or lacks a field.
    """
    file = sidecar_path(name)
    try:
        content = yaml.load(file.read_bytes(), Loader=_safe_loader())  # noqa: S506
    except FileNotFoundError:
        raise DataError(f"No sidecar for {name}.", [missing(file)]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        fault = Fault(show(file), "a YAML file in UTF-8", why, _RESTORE)
        raise DataError(f"The sidecar of {name} cannot be read.", [fault]) from None
    faults = _sidecar_faults(file, content)
    if faults:
        raise DataError(f"The sidecar of {name} is not complete.", faults)
    return _sidecar(name, content)


def show(file: Path) -> str:
    """Write a file for messages: relative to the project's folder where it lies inside."""
    folder = paths.root()
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def missing(file: Path) -> Fault:
    """Word the fault of a file that is not there."""
    return Fault(show(file), "a file", "none", _RESTORE)


def tables_read() -> frozenset[str]:
    """Give the names of the tables that this process has loaded so far."""
    return frozenset(_read_here)


def note_read(name: str) -> None:
    """Remember that a table was loaded in this process."""
    _read_here.add(name)


def _safe_loader() -> Any:
    # The C loader is ten times as fast; wheels without it fall back.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_TEXT_FIELDS = (
    "title",
    "description",
    "loader",
    "unit",
    "period",
    "authority",
    "rights",
    "compiled_on",
    "sha256",
    "line_checksums",
    "column_checksums",
)
_FIELDS: dict[str, type] = {
    **dict.fromkeys(_TEXT_FIELDS, str),
    "rows": int,
    "columns": dict,
    "notes": list,
}


def _sidecar_faults(file: Path, content: object) -> list[Fault]:
    if not isinstance(content, dict):
        return [Fault(show(file), "named fields", type(content).__name__, _RESTORE)]
    known = [
        Fault(f"{show(file)}, field {field}", kind.__name__, repr(content.get(field)), _RESTORE)
        for field, kind in _FIELDS.items()
        if not isinstance(content.get(field), kind) or content[field] in ("", {})
    ]
    unknown = [
        Fault(f"{show(file)}, field {field}", "no such field", "it", "Remove it or mend its name.")
        for field in content
        if field not in _FIELDS
    ]
    return known + unknown


def _sidecar(name: str, content: dict[str, Any]) -> Sidecar:
    values = content | {
        "columns": {str(column): str(text) for column, text in content["columns"].items()},
        "notes": tuple(str(note) for note in content["notes"]),
        "line_checksums": tuple(content["line_checksums"].split()),
        "column_checksums": tuple(content["column_checksums"].split()),
    }
    return Sidecar(name=name, **values)


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
    return f"Did you mean {near[0]}?" if near else ""
