"""The codebook of the bundled tables, written from their sidecars, and the sidecars' digests."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import yaml

from research import paths
from research.data import catalog
from research.data.catalog import Sidecar
from research.data.checksums import column_checksums, line_checksums
from research.data.files import replace_file
from research.errors import DataError, Fault, raise_if

#: What each folder of tables is about.
TOPICS = {
    "market": "Market: returns, factors, index levels",
    "deal": "Deal: events, claims, terms, projects",
    "jobs": "Jobs: input-output accounts and employment",
    "tariffs": "Tariffs: rates, trade, prices, elasticities",
}

_HEAD = """\
# Codebook

The figures that the notebooks stand on: one file a table, one sidecar a table
(`<table>.yaml`). Every table is checked when it is loaded; `research data check` checks all.
Live prices that `research data fetch` brings in go to `data/cache/`, which is not part of this.

This page is written from the sidecars by `research data codebook`; change those, not this page.
After a change of a table on purpose, `research data seal TOPIC/TABLE` renews its digest. A new
table needs a file and a sidecar here and a schema in `src/research/data`; seal it, then run
`research data codebook` and `research data check`.

How to read it: a blank cell is a missing figure, never a zero. Codes are text, even where they
look like numbers. `musd` is million US dollars, `bn_usd` billion, `bp` basis points (0.01 %),
`share` a fraction (0.15 is 15 %). A column in angle brackets stands for several columns.
"""


def codebook() -> str:
    """Write the codebook of all tables as Markdown.

    Raises
    ------
    DataError
        If sidecars cannot be read; the faults of all of them are named.
    """
    sidecars: list[Sidecar] = []
    faults: list[Fault] = []
    for name in catalog.names():
        try:
            sidecars.append(catalog.sidecar(name))
        except DataError as error:
            faults += error.faults
    raise_if(DataError, "The codebook needs every sidecar.", faults)
    topics = [_topic(topic, sidecars) for topic in TOPICS]
    return "\n".join([_HEAD, _contents(sidecars), *topics])


def write_codebook() -> Path:
    """Write the codebook to ``data/README.md`` and give its path.

    Raises
    ------
    DataError
        If sidecars cannot be read.
    """
    file = paths.data() / "README.md"
    replace_file(file, codebook())
    return file


def seal(name: str) -> Path:
    """Renew digest, checksums and row count in the sidecar of a table changed on purpose.

    Raises
    ------
    DataError
        If the table or its sidecar is missing.
    """
    file, beside = catalog.path(name), catalog.sidecar_path(name)
    digest = catalog.sha256(name)
    content = file.read_bytes()
    about = yaml.safe_load(beside.read_bytes()) if beside.is_file() else None
    if not isinstance(about, dict):
        found = "none" if about is None else type(about).__name__
        fault = Fault(catalog.show(beside), "a sidecar with named fields", found)
        raise DataError(f"{name} has no sidecar to seal.", [fault])
    about |= {
        "rows": _rows(file),
        "sha256": digest,
        "line_checksums": " ".join(line_checksums(content)),
        "column_checksums": _columns(file, content),
    }
    replace_file(beside, yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=100))
    return beside


def _rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as stream:
        if file.suffix == ".json":
            return len(json.load(stream)["regions"])
        return sum(1 for _ in csv.reader(stream)) - 1


def _columns(file: Path, content: bytes) -> str:
    return " ".join(column_checksums(content)) if file.suffix == ".csv" else "none"


def _contents(sidecars: list[Sidecar]) -> str:
    rows = [
        f"| [`{about.name}`](#{_anchor(about)}) | {about.title} | {about.rows} | {about.period} |"
        for topic in TOPICS
        for about in sidecars
        if about.name.startswith(f"{topic}/")
    ]
    return "\n".join(["| table | what | rows | period |", "|---|---|---|---|", *rows, ""])


def _topic(topic: str, sidecars: list[Sidecar]) -> str:
    sections = [_section(about) for about in sidecars if about.name.startswith(f"{topic}/")]
    return "\n".join([f"## {TOPICS[topic]}", "", *sections])


def _section(about: Sidecar) -> str:
    facts = {
        "File": f"`data/{about.name}{catalog.path(about.name).suffix}`, {about.rows} rows",
        "Load it with": f"`research.data.{about.loader}()`",
        "Unit": about.unit,
        "Period": about.period,
        "Authority": about.authority,
        "Rights": about.rights,
        "Compiled on": about.compiled_on,
        "SHA-256": f"`{about.sha256}`",
    }
    columns = [f"| `{column}` | {_cell(text)} |" for column, text in about.columns.items()]
    lines = [
        f"### {about.name}",
        "",
        f"**{about.title}.** {about.description}",
        "",
        *(f"- {field}: {text}" for field, text in facts.items()),
        "",
        "| column | meaning and unit |",
        "|---|---|",
        *columns,
        "",
        "Mind:",
        "",
        *(f"- {note}" for note in about.notes),
        "",
    ]
    return "\n".join(lines)


def _anchor(about: Sidecar) -> str:
    return about.name.replace("/", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
