"""Small checksums of lines and columns, which trace an edit of a table to its cells.

SHA-256 says that a file was changed; these say where. Four digits each are enough for that: an
edit goes unnamed, though not unseen, once in 65,536.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Mapping
from pathlib import Path

from research.data import catalog
from research.errors import Fault

#: How many faulty lines or columns are named one by one; the rest is counted.
NAMED = 5


def line_checksums(content: bytes) -> list[str]:
    """Give a checksum of four hexadecimal digits for each line of a file."""
    return [_checksum(line) for line in content.splitlines(keepends=True)]


def column_checksums(content: bytes) -> list[str]:
    """Give a checksum for each column of a CSV file, header included, from left to right.

    Lines of another length than the header are left out.
    """
    return [_checksum("\n".join(cells).encode()) for cells in zip(*_grid(content), strict=True)]


def edited(file: Path, content: bytes, about: catalog.Sidecar) -> list[Fault]:
    """Word the faults of a file whose digest is not the one in the sidecar, line by line."""
    where, found = catalog.show(file), catalog.file_digest(file)
    todo = (
        "Restore the file from version control; after a change on purpose run "
        f"`research data seal {about.name}`."
    )
    whole = Fault(where, f"SHA-256 {about.sha256[:12]}… as compiled", f"{found[:12]}…", todo)
    sums = line_checksums(content)
    pairs = enumerate(zip(sums, about.line_checksums, strict=False))
    changed = [number for number, (ours, theirs) in pairs if ours != theirs]
    shown = _shown(content, about)
    named = [
        Fault(
            f"{where}, line {number + 1}",
            f"the line as compiled (checksum {about.line_checksums[number]})",
            f"{shown[number]} (checksum {sums[number]})",
        )
        for number in changed[:NAMED]
    ]
    more = len(changed) - NAMED
    rest = [Fault(where, "the lines as compiled", f"{more} more that differ")] if more > 0 else []
    return [whole, *named, *rest]


def clip(text: str, length: int = 60) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _shown(content: bytes, about: catalog.Sidecar) -> Mapping[int, str]:
    """Show of each line the cells in columns that differ, or its beginning where none is known."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    shown = {number: repr(clip(line)) for number, line in enumerate(lines)}
    grid = _grid(content)
    if len(grid) != len(lines) or about.column_checksums == ("none",):
        return shown  # JSON, a cell over several lines, or a line of another length
    sums = column_checksums(content)
    if len(sums) != len(about.column_checksums):
        return shown
    pairs = enumerate(zip(sums, about.column_checksums, strict=True))
    columns = [position for position, (ours, theirs) in pairs if ours != theirs]
    if not 0 < len(columns) <= NAMED:
        return shown
    return {number: _cells(grid[0], cells, columns) for number, cells in enumerate(grid)}


def _cells(header: list[str], cells: list[str], columns: list[int]) -> str:
    return ", ".join(f"{header[place]} {clip(cells[place])!r}" for place in columns)


def _grid(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8", errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return [row for row in rows if len(row) == len(rows[0])]


def _checksum(content: bytes) -> str:
    return f"{zlib.crc32(content) & 0xFFFF:04x}"
