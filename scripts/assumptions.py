"""Writes `docs/assumptions.md` from the YAML files of `docs/assumptions`.

`.venv/bin/python scripts/assumptions.py`
"""

from __future__ import annotations

import pkgutil
import string
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel, ValidationError

from research import paths
from research.data import catalog, load_table
from research.errors import DataError, Fault, raise_if
from research.files import replace_file
from research.values import UnusableValueError, read_yaml
from research.wording import model_faults

#: A file of assumptions holds the text of a whole topic.
_MAX_CHARS = 400_000

_HEAD = """\
# Assumptions

What the tables mark as ours and what the code takes for granted, topic by topic. This page is
written from `docs/assumptions/*.yaml` by `scripts/assumptions.py`; change those, not this page.
"""


class Row(BaseModel, extra="forbid"):
    """One assumption; its fields are those of ``docs/assumptions/README.md``."""

    what: str
    value: str | float = ""
    why: str
    sources: list[str] = []
    effect: str = ""
    used: str | list[str] = []


class Section(BaseModel, extra="forbid"):
    """A heading with assumptions, or with the rows of a bundled table."""

    title: str
    about: str = ""
    rows: list[Row] = []
    table: str = ""
    only: str = ""
    columns: dict[str, str] = {}
    notes: list[str] = []


class Topic(BaseModel, extra="forbid"):
    """One file of assumptions."""

    title: str
    about: str = ""
    sections: list[Section]


class _Names(string.Formatter):
    """Puts values of the code, by dotted name, into a text."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        name, _, key = field_name.partition("[")
        value = pkgutil.resolve_name(name)
        return (value[key.removesuffix("]")] if key else value), name


def assumption_page() -> str:
    """Render all files of ``docs/assumptions`` as one page of Markdown."""
    parts, faults = [_HEAD], []
    for file in sorted((paths.root() / "docs" / "assumptions").glob("*.yaml")):
        where = catalog.show(file)
        try:
            topic = Topic.model_validate(read_yaml(file, limit=_MAX_CHARS))
        except UnusableValueError as error:
            faults.append(Fault(where, "plain YAML", str(error)))
        except ValidationError as error:
            faults += model_faults(error, where, Topic)
        else:
            parts.append(_topic(topic, where, faults))
    raise_if(DataError, "The page of assumptions cannot be written.", faults)
    return "\n".join(parts)


def _topic(topic: Topic, where: str, faults: list[Fault]) -> str:
    parts = [f"## {topic.title}", topic.about.strip()]
    for section in topic.sections:
        place = f"{where}, {section.title}"
        parts += [f"### {section.title}", section.about.strip()]
        cells = [_cells(row, place, faults) for row in section.rows]
        header = ("assumption", "value", "why", "effect", "used in")
        kept = [k for k in range(len(header)) if any(row[k] for row in cells)]
        if cells:
            rows = [[row[k] for k in kept] for row in cells]
            parts.append(_markdown([header[k] for k in kept], rows))
        try:
            parts += [_rows_of_table(section)] if section.table else []
            notes = [note for name in section.notes for note in catalog.sidecar(name).notes]
        except (DataError, KeyError, ValueError) as error:
            faults.append(Fault(place, "a table, its columns and a condition on them", str(error)))
        else:
            parts += ["Mind:", "\n".join(f"- {note}" for note in notes)] if notes else []
    return "\n\n".join(part for part in parts if part) + "\n"


def _cells(row: Row, place: str, faults: list[Fault]) -> tuple[str, ...]:
    used = [row.used] if isinstance(row.used, str) else row.used
    sources = "; ".join(f"`{one}`" if "/" in one and " " not in one else one for one in row.sources)
    try:
        texts = (row.what, str(row.value), row.why, row.effect)
        what, value, why, effect = (_Names().format(text) for text in texts)
        for name in used:
            pkgutil.resolve_name(name)
    except (ImportError, AttributeError, LookupError, TypeError, ValueError) as error:
        faults.append(Fault(f"{place}, {row.what}", "names that exist", str(error)))
        return ("",) * 5
    places = ", ".join(f"`{name.removeprefix('research.')}`" for name in used)
    return what, value, f"{why} *{sources}*" if sources else why, effect, places


def _rows_of_table(section: Section) -> str:
    """Show rows of a bundled table; a form in braces is filled with the columns of the row."""
    table = load_table(section.table)
    frame = table.reset_index() if table.index.names != [None] else table
    frame = frame.query(section.only) if section.only else frame
    forms = section.columns.values()
    rows = [
        [form.format(**row) if "{" in form else _shown(row[form]) for form in forms]
        for row in frame.to_dict("records")
    ]
    return _markdown(list(section.columns), rows)


def _shown(value: object) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out cells as a Markdown table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


if __name__ == "__main__":
    replace_file(paths.root() / "docs" / "assumptions.md", assumption_page())
