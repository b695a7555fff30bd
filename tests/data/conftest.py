"""A copy of the bundled tables that a test may damage."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from research import paths


@dataclass(frozen=True)
class Copy:
    """The copied ``data`` folder, and how to damage it."""

    folder: Path

    def file(self, name, ending=".csv"):
        return self.folder / f"{name}{ending}"

    def edit(self, name, change, ending=".csv"):
        """Change the bytes of a file; a change that does nothing is a mistake of the test."""
        file = self.file(name, ending)
        before = file.read_bytes()
        after = change(before)
        assert after != before, "the break breaks nothing"
        file.unlink()
        file.write_bytes(after)

    def swap(self, name, old, new, ending=".csv"):
        """Replace one text that stands in the file exactly once."""
        old_bytes = old.encode()
        assert self.file(name, ending).read_bytes().count(old_bytes) == 1
        self.edit(name, lambda content: content.replace(old_bytes, new.encode()), ending)

    def rows(self, name, change):
        """Change the lines of a table, the header included."""

        def lines(content):
            return "".join(change(content.decode().splitlines(keepends=True))).encode()

        self.edit(name, lines)

    def cell(self, name, row, column, value):
        """Set one cell of a table without quoted cells; give the old value.

        The row is named by its first cell.
        """
        lines = self.file(name).read_text().splitlines()
        position = lines[0].split(",").index(column)
        number = next(n for n, line in enumerate(lines) if line.split(",")[0] == row)
        cells = lines[number].split(",")
        old, cells[position] = cells[position], value
        lines[number] = ",".join(cells)
        self.edit(name, lambda _: ("\n".join(lines) + "\n").encode())
        return old


def link(source, target):
    """Link what no test changes, so that a table that was checked once counts as checked here."""
    Path(target).symlink_to(Path(source).resolve())


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Copy the bundled tables and point the package at the copy."""
    folder = tmp_path / "data"
    unseen = shutil.ignore_patterns("cache")
    shutil.copytree(paths.data(), folder, ignore=unseen, copy_function=link)
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    return Copy(folder)


@pytest.fixture
def has_fault():
    """Give a check that faults hold one that names a place, what was asked and what was found."""

    def check(faults, where, asked, found):
        hits = [
            fault
            for fault in faults
            if where in fault.where and asked in fault.asked and found in fault.found
        ]
        assert hits, "\n".join(str(fault) for fault in faults) or "no fault at all"

    return check
