"""Writes the codebook, `data/README.md`, from the sidecars: `python scripts/codebook.py`."""

from __future__ import annotations

import csv

from research import paths
from research.data import catalog
from research.data.catalog import Column, Sidecar
from research.errors import DataError, Fault, raise_if
from research.files import replace_file

#: What each folder of tables is about.
TOPICS = {
    "market": "Market: returns, factors, index levels",
    "deal": "Deal: events, claims, terms, projects",
    "jobs": "Jobs: input-output accounts and employment",
    "tariffs": "Tariffs: rates, trade, prices, elasticities",
    "validation": "Validation: published figures to meet, and inputs of studies",
}

_HEAD = """\
# Codebook

The figures that the notebooks stand on: one file a table, one sidecar a table (`<table>.yaml`),
which says where they come from and what may stand in each column. `load_table("market/series")`
checks both when it reads them; `research data check` checks all. `checksums.sha256` holds the
digest of every byte of tables and sidecars (`sha256sum -c checksums.sha256` here agrees). Live
prices that `research data fetch` brings in go to `data/cache/`, which is not part of this.

This page is written from the sidecars by `scripts/codebook.py`; change those, not this page.
After a change on purpose, `research data seal TOPIC/TABLE` renews the digests. A new table needs
a file and a sidecar here; seal it, then run `scripts/codebook.py`, `research data check` and, for
what is held against other tables, `python -m studies.tables.check`.

How to read it: a blank cell is a missing figure, never a zero. Codes are text, even where they
look like numbers. `musd` is million US dollars, `bn_usd` billion, `bp` basis points (0.01 %),
`share` a fraction (0.15 is 15 %). A column in angle brackets stands for several columns.
"""


def codebook() -> str:
    """Write the codebook of all tables as Markdown."""
    sidecars: dict[str, Sidecar] = {}
    faults: list[Fault] = []
    for name in catalog.names():
        try:
            sidecars[name] = catalog.sidecar(name)
        except DataError as error:
            faults += error.faults
    raise_if(DataError, "The codebook needs every sidecar.", faults)
    parts = [_HEAD, _contents(sidecars)]
    for topic, heading in TOPICS.items():
        parts += [f"## {heading}\n"]
        parts += [
            _section(name, about)
            for name, about in sidecars.items()
            if name.startswith(f"{topic}/")
        ]
    return "\n".join(parts)


def _contents(sidecars: dict[str, Sidecar]) -> str:
    rows = [
        f"| [`{name}`](#{name.replace('/', '')}) | {about.title} | {_rows(name)} | {about.period} |"
        for topic in TOPICS
        for name, about in sidecars.items()
        if name.startswith(f"{topic}/")
    ]
    return "\n".join(["| table | what | rows | period |", "|---|---|---|---|", *rows, ""])


def _rows(name: str) -> int:
    with catalog.path(name).open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def _section(name: str, about: Sidecar) -> str:
    facts = {
        "File": f"`data/{name}.csv`, {_rows(name)} rows",
        "Unit": about.unit,
        "Period": about.period,
        "Authority": about.authority,
        "Rights": about.rights,
        "Compiled on": about.compiled_on,
    }
    if about.as_of:
        facts["As known on"] = about.as_of
    if told := checked_by(about):
        facts["Checked"] = "; ".join(told)
    columns = [
        f"| `{heading}` | {_cell(column.meaning)} | {_cell(_rule(column))} |"
        for heading, column in about.columns.items()
    ]
    lines = [
        f"### {name}",
        "",
        f"**{about.title}.** {about.description}",
        "",
        *(f"- {field}: {text}" for field, text in facts.items()),
        "",
        "| column | meaning and unit | what may stand in it |",
        "|---|---|---|",
        *columns,
        "",
        "Mind:",
        "",
        *(f"- {note}" for note in about.notes),
        "",
    ]
    return "\n".join(lines)


def checked_by(about: Sidecar) -> list[str]:
    """Say in words what of a table is checked beside its columns one by one."""
    return [
        *(f"{one.column}: {one.asked}" for one in about.rules),
        *(f"{', '.join([one.column, *one.by])}: every label" for one in about.every),
        *(f"{', '.join([one.column, *one.by])}: sums of 1" for one in about.ones),
        *(f"sums to {one.total}" for one in about.sums),
        *(one.replace("_", " ") for one in about.checks),
    ]


def _rule(column: Column) -> str:
    listed = column.exactly or column.one_of or column.each_of
    labels = [listed] if isinstance(listed, str) else listed
    parts = [
        column.type or "",
        f"{column.min} to {column.max}" if column.min is not None else "",
        f"{'words ' if column.each_of else ''}of {', '.join(labels)}" if labels else "",
        f"like `{column.pattern}`" if column.pattern else "",
        "each once" if column.unique else "",
        "rising" if column.rising else "",
        "or blank" if column.blank else "",
    ]
    return ", ".join(part for part in parts if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    replace_file(paths.data() / "README.md", codebook())
