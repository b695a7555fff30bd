"""What a bundled table is: its schema, its further checks, and how it is read with both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from research.data import catalog
from research.data.files import Raw, read_raw
from research.data.schemas import faults_of
from research.errors import DataError, Fault, raise_if


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a table beyond its schema.

    Attributes
    ----------
    says
        What holds when the check passes.
    run
        Takes the checked frame (its index is the line of the file) and gives the faults.
    first
        Whether the checks after this one make sense only when it passes.
    """

    says: str
    run: Callable[[pd.DataFrame], list[Fault]]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A bundled CSV table.

    Attributes
    ----------
    name
        Folder and file stem, such as ``market/series``.
    schema
        Builds the pandera schema; a function, because some need the codes of another table.
    checks
        Checks beyond the schema, run when the schema holds.
    needs
        Other tables that schema or checks read.
    """

    name: str
    schema: Callable[[], pa.DataFrameSchema]
    checks: tuple[Check, ...] = ()
    needs: tuple[str, ...] = ()


# Checked frames by digest; never handed out, only copies of them.
_cache: dict[tuple[str, ...], pd.DataFrame] = {}


def load(table: Table) -> pd.DataFrame:
    """Read a table for a user: checked, a fresh copy, and noted as read by this process.

    Raises
    ------
    DataError
        With every fault of file, digest, schema and content.
    """
    frame = read(table)
    catalog.note_read(table.name)
    return frame


def read(table: Table) -> pd.DataFrame:
    """Read and check a table; the index is the line of the file.

    Raises
    ------
    DataError
        With every fault of file, digest, schema and content.
    """
    key = _key(table)
    if key not in _cache:
        frame, faults = examine(table)
        raise_if(DataError, f"The table {table.name} is not as it should be.", faults)
        assert frame is not None
        _cache[key] = frame
    return _cache[key].copy()


def examine(table: Table) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table and collect all its faults; the frame is ``None`` when the schema fails."""
    raw = read_raw(table.name)
    faults = list(raw.faults)
    if not raw.header:
        return None, faults
    try:
        frame = _same_unit(table.schema().validate(_frame(raw), lazy=True))
    except pa.errors.SchemaErrors as errors:
        return None, faults + faults_of(errors, raw.file)
    except DataError as partner:
        # A table that this one takes its codes from is broken: say so here as well.
        return None, [*faults, *partner.faults]
    return frame, faults + _run(table.checks, frame)


def _run(checks: tuple[Check, ...], frame: pd.DataFrame) -> list[Fault]:
    faults: list[Fault] = []
    for check in checks:
        try:
            found = check.run(frame)
        except DataError as partner:
            # A table that this one is held against is broken: say so here as well.
            found = list(partner.faults)
        faults += found
        if found and check.first:
            break
    return faults


def place(name: str, line: object = None, column: object = None) -> str:
    """Write where in a table something is, for a fault."""
    parts = [catalog.show(catalog.path(name))]
    parts += [] if line is None else [f"line {line}"]
    parts += [] if column is None else [f"column {column}"]
    return ", ".join(parts)


def _frame(raw: Raw) -> pd.DataFrame:
    frame = pd.DataFrame(raw.records, columns=list(raw.header), dtype="str")
    frame.index = pd.Index(raw.lines, name="line")
    return frame.replace("", float("nan"))


def _same_unit(frame: pd.DataFrame) -> pd.DataFrame:
    # The unit of `research.sessions`, so that labels of both compare and join without casts.
    dates = frame.select_dtypes("datetime").columns
    return frame.astype(dict.fromkeys(dates, "datetime64[us]"))


def _key(table: Table) -> tuple[str, ...]:
    """Identify what a checked frame depends on: the files of the table and of its partners."""
    names = (table.name, *table.needs)
    files = [file for name in names for file in (catalog.path(name), catalog.sidecar_path(name))]
    digests = [catalog.file_digest(file) if file.is_file() else "missing" for file in files]
    return table.name, *digests
