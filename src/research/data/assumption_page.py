"""The page of assumptions: one part a topic, written by that topic, and its Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from research import paths
from research.data import catalog
from research.data.files import replace_file

_HEAD = """\
# Assumptions

What the tables mark as ours and what the code takes for granted, topic by topic. This page is
written from the tables and the code by `research data assumptions`; change those, not this page.
"""


def write_assumptions(parts: Sequence[str]) -> Path:
    """Write the parts, one a topic, to ``docs/assumptions.md`` and give its path."""
    file = paths.root() / "docs" / "assumptions.md"
    replace_file(file, "\n".join([_HEAD, *parts]))
    return file


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out cells as a Markdown table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def notes_of(name: str) -> str:
    """Give the notes of a table's sidecar as a list.

    Raises
    ------
    DataError
        If the sidecar cannot be read.
    """
    notes = "\n".join(f"- {note}" for note in catalog.sidecar(name).notes)
    return f"Mind:\n\n{notes}\n"
