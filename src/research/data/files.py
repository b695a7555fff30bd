"""From the bytes of a table file to records of text, with every fault of the file itself."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from research.data import catalog
from research.data.checksums import clip, edited
from research.errors import DataError, Fault

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, eq=False, slots=True)
class Raw:
    """The text of a table.

    Attributes
    ----------
    file
        Where it stands, relative to the project's folder.
    header
        Names of the columns; empty when the file could not be read at all.
    records
        Cells of each row, as text; every row as long as the header.
    lines
        Line of the file that each record ends on; the header is line 1.
    faults
        What is wrong with the file, the sidecar or the digest.
    """

    file: str
    header: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    faults: tuple[Fault, ...]


def read_raw(name: str) -> Raw:
    """Read a CSV table as text and hold it against its sidecar.

    Nothing is raised: what is wrong stands in ``faults``, and whatever could still be read is
    returned, so that the checks of the content can run and report as well.
    """
    file = catalog.path(name)
    content, faults = read_bytes(name)
    if content is None:
        return Raw(catalog.show(file), (), (), (), tuple(faults))
    text, encoding_faults = _decode(file, content)
    header, records, lines, form_faults = _parse(file, text)
    faults = [*encoding_faults, *form_faults, *faults, *_row_faults(name, file, len(records))]
    return Raw(catalog.show(file), header, records, lines, tuple(faults))


def read_bytes(name: str) -> tuple[bytes | None, list[Fault]]:
    """Read a table file whole and compare it with the digest in its sidecar.

    Returns
    -------
    The bytes, ``None`` when the file is missing, and the faults.
    """
    file = catalog.path(name)
    faults: list[Fault] = []
    content = file.read_bytes() if file.is_file() else None
    if content is None:
        faults.append(catalog.missing(file))
    try:
        about = catalog.sidecar(name)
    except DataError as error:
        return content, [*faults, *error.faults]
    if content is not None and catalog.file_digest(file) != about.sha256:
        faults += edited(file, content, about)
    return content, faults


def replace_file(file: Path, text: str) -> None:
    """Write a text file in one step, so that a reader never sees half of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="")
    draft.replace(file)


def _decode(file: Path, content: bytes) -> tuple[str, list[Fault]]:
    where, faults = catalog.show(file), []
    if content.startswith(_BOM):
        faults.append(Fault(f"{where}, line 1", "UTF-8 without a mark", "a byte-order mark"))
        content = content.removeprefix(_BOM)
    if b"\r" in content:
        line = content[: content.index(b"\r")].count(b"\n") + 1
        faults.append(Fault(f"{where}, line {line}", "line ends \\n", "\\r\\n or \\r"))
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if content and not content.endswith(b"\n"):
        faults.append(Fault(where, "a line end after the last row", "none: cut short?"))
    try:
        return content.decode("utf-8"), faults
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = f"byte 0x{content[error.start]:02x}"
        faults.append(Fault(f"{where}, line {line}", "text in UTF-8", byte, "Save it as UTF-8."))
        return content.decode("utf-8", errors="replace"), faults


def _parse(
    file: Path, text: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[int, ...], list[Fault]]:
    where, faults = catalog.show(file), []
    records: list[tuple[str, ...]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: tuple[str, ...] = ()
    try:
        header = tuple(next(reader, ()))
        for cells in reader:
            if len(cells) == len(header):
                records.append(tuple(cells))
                lines.append(reader.line_num)
            else:
                place = f"{where}, line {reader.line_num}"
                faults.append(
                    Fault(place, f"{len(header)} cells", f"{len(cells)}: {clip(','.join(cells))!r}")
                )
    except csv.Error as error:
        faults.append(Fault(f"{where}, line {reader.line_num}", "a line of CSV", str(error)))
    twice = [column for column, count in Counter(header).items() if count > 1]
    faults += [Fault(f"{where}, line 1", f"one column {column}", "several") for column in twice]
    return header, tuple(records), tuple(lines), faults


def _row_faults(name: str, file: Path, rows: int) -> list[Fault]:
    try:
        expected = catalog.sidecar(name).rows
    except DataError:
        return []
    return [] if rows == expected else [Fault(catalog.show(file), f"{expected} rows", f"{rows}")]
