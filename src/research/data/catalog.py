"""The bundled tables by name: their files, digests and sidecars, and which were read.

A table is named by its folder and file stem, ``market/series``. This module imports nothing
heavy: the runner lists and hashes tables on every call.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from research import paths
from research.errors import DataError, Fault, InputError, near, raise_if
from research.files import replace_file
from research.wording import model_faults

_RESTORE = "Restore the files from version control."
_SEAL = "Restore it from version control; after a change on purpose run `research data seal`."

#: A process that had this module before a file of the package was changed has the old code.
LOADED_NS = time.time_ns()

_read_here: set[str] = set()

Text = Annotated[str, Field(min_length=1)]

#: Labels, each written out or as ``topic/table.column``, optionally ``where column = value`` and
#: ``except A, B``.
Labels = str | list[str]


class Column(BaseModel, extra="forbid", frozen=True):
    """A column, or the columns that a name in angle brackets stands for.

    ``columns`` are the names that angle brackets stand for; ``min`` and ``max`` are included;
    ``one_of`` and ``each_of`` say what a cell, or each of its words, may be, ``exactly`` all labels
    of the column in this order, ``pattern`` the form of a whole cell; ``split`` stands between
    items of a cell, which is loaded as a tuple; ``rising`` values are above the one before.
    """

    meaning: Text
    type: Literal["text", "number", "count", "date", "month"] | None = None
    columns: Labels = []
    min: int | float | str | None = None
    max: int | float | str | None = None
    one_of: Labels = []
    each_of: Labels = []
    exactly: Labels = []
    pattern: str = ""
    split: str = ""
    unique: bool = False
    rising: bool = False
    blank: bool = False

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.min is None) != (self.max is None):
            raise ValueError("both min and max, or neither")
        return self


class Rule(BaseModel, extra="forbid", frozen=True):
    """What is ``asked`` of a ``column`` in the rows that ``wrong``, a condition, is true of."""

    column: Text
    asked: Text
    wrong: Text


class Whole(BaseModel, extra="forbid", frozen=True):
    """A column that is complete in each group of ``by``, of the rows ``where`` a condition holds.

    Every label of ``labels``, which are those of the column unless said otherwise, stands there and
    no other; or shares add up to one.
    """

    column: Text
    labels: Labels = []
    by: list[str] = []
    where: str = ""


class Sum(BaseModel, extra="forbid", frozen=True):
    """Columns ``of`` that add up to the column ``total``, in each of the ``rows`` or in all.

    Rows are named by their first cell; ``down``, rows add up to a row, in columns. ``within`` is
    what the rounding of the figures explains.
    """

    total: Text
    of: Labels
    rows: Labels = []
    within: float
    down: bool = False


class Sidecar(BaseModel, extra="forbid", frozen=True):
    """A table beside its figures; a loaded table has this index and these names.

    ``index`` are the columns that become the index; ``index_name`` and ``columns_name`` what rows
    and columns are called; ``series`` the one column that is loaded; ``divide_by`` such as 10,000
    for basis points; ``finish`` a function listed in `research.data.tables`; ``key`` columns that
    hold each key once; ``as_of`` the day whose knowledge the figures have, where later law or news
    could move them; ``rules`` what no row may be; ``every`` columns with all their labels, ``ones``
    with shares that add up to one, ``sums`` printed totals; ``checks`` names what a table is held
    against beyond itself. `studies.tables.check` asks for these; the digest keeps them true.
    """

    title: Text
    description: Text
    unit: Text
    period: Text
    authority: Text
    rights: Text
    compiled_on: Text
    as_of: str = ""
    columns: Annotated[dict[str, Column], Field(min_length=1)]
    key: list[str] = []
    index: str | list[str] = []
    index_name: str = ""
    columns_name: str = ""
    series: str = ""
    divide_by: float | None = None
    finish: str = ""
    rules: list[Rule] = []
    every: list[Whole] = []
    ones: list[Whole] = []
    sums: list[Sum] = []
    checks: list[str] = []
    notes: list[str]


def names() -> tuple[str, ...]:
    """List the tables that have a sidecar on disk, in alphabetical order."""
    folder = paths.data()
    found = (path.relative_to(folder).with_suffix("") for path in folder.glob("*/*.yaml"))
    return tuple(sorted(path.as_posix() for path in found if path.parts[0] != "cache"))


def path(name: str) -> Path:
    """Give the file of a table, which may be missing."""
    return sidecar_path(name).with_suffix(".csv")


def sidecar_path(name: str) -> Path:
    """Give the sidecar file of a table, which may be missing."""
    if not all(part.isidentifier() for part in name.split("/")) or name.count("/") != 1:
        todo = near(name, names(), cutoff=0.4)
        fault = Fault("table", "a name such as market/series", repr(name), todo)
        raise InputError("A table is named by folder and file stem.", [fault])
    return paths.data() / f"{name}.yaml"


def file_digest(file: Path) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits, read anew where its `stamp` changed."""
    return _digest(file, stamp(file))


@lru_cache(maxsize=4096)
def _digest(file: Path, _: object) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def checksums_path() -> Path:
    """Give the file of the digests of all tables and sidecars, as ``sha256sum`` reads it."""
    return paths.data() / "checksums.sha256"


def checksums() -> dict[str, str]:
    """Read the digests of all tables and sidecars, by path below ``data``."""
    file = checksums_path()
    return _checksums(file, stamp(file)) if file.is_file() else {}


@lru_cache(maxsize=8)
def _checksums(file: Path, _: object) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {name: digest for digest, _, name in pairs}


def seal(*tables: str) -> Path:
    """Renew the digests of tables and sidecars that were changed on purpose."""
    files = [file for name in tables for file in (path(name), sidecar_path(name))]
    faults = [missing(file) for file in files if not file.is_file()]
    raise_if(DataError, "There is nothing to seal.", faults)
    digests = checksums() | {
        file.relative_to(paths.data()).as_posix(): file_digest(file) for file in files
    }
    lines = [f"{digest}  {name}\n" for name, digest in sorted(digests.items())]
    replace_file(checksums_path(), "".join(lines))
    return checksums_path()


def stamp(file: Path) -> tuple[int, ...]:
    """Tell a file from what it was before: its number, size and moment of change."""
    about = os.stat(file)
    return about.st_ino, about.st_size, about.st_mtime_ns


def sealed(file: Path) -> str | None:
    """Give the digest that a table or a sidecar should have; none where it has no line."""
    return checksums().get(file.relative_to(paths.data()).as_posix())


def digest_faults(name: str) -> list[Fault]:
    """List what is wrong with the bytes of a table and of its sidecar."""
    return [fault for file in (path(name), sidecar_path(name)) for fault in _faults_of(file)]


def _faults_of(file: Path) -> list[Fault]:
    if not file.is_file():
        return [missing(file)]
    found, wanted = file_digest(file), sealed(file)
    if found == wanted:
        return []
    asked = f"SHA-256 {wanted[:12]}…" if wanted else f"a line of {show(checksums_path())}"
    return [Fault(show(file), asked, f"{found[:12]}…", _SEAL)]


def sidecar(name: str) -> Sidecar:
    """Read the sidecar of a table."""
    file = sidecar_path(name)
    if not file.is_file():
        raise DataError(f"No sidecar for {name}.", [missing(file)])
    return _sidecar(name, stamp(file))


@lru_cache(maxsize=256)
def _sidecar(name: str, _: object) -> Sidecar:
    file = sidecar_path(name)
    # The C loader is ten times as fast; wheels without it fall back.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506
        return Sidecar.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults = [Fault(show(file), "YAML in UTF-8", " ".join(str(error).split()), _RESTORE)]
    except ValidationError as error:
        faults = model_faults(error, show(file), Sidecar)
    raise DataError(f"The sidecar of {name} is not as it should be.", faults)


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


def note_read(*names: str) -> None:
    """Remember that tables were loaded in this process."""
    _read_here.update(names)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Collect the names of the tables that are loaded meanwhile."""
    global _read_here  # noqa: PLW0603
    before, _read_here = _read_here, set()
    try:
        yield _read_here
    finally:
        before |= _read_here
        _read_here = before
