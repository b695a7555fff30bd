"""All tables at once: check them, seal their digests, write the codebook from their sidecars."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

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

This page is written from the sidecars by `research data codebook`; change those, not this page.
After a change on purpose, `research data seal TOPIC/TABLE` renews the digests. A new table needs
a file and a sidecar here; seal it, then run `research data codebook` and `research data check`.

How to read it: a blank cell is a missing figure, never a zero. Codes are text, even where they
look like numbers. `musd` is million US dollars, `bn_usd` billion, `bp` basis points (0.01 %),
`share` a fraction (0.15 is 15 %). A column in angle brackets stands for several columns.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What the check of one table gave: how it was checked, and everything that is wrong."""

    name: str
    period: str
    checks: tuple[str, ...]
    faults: tuple[Fault, ...]


def check_all() -> tuple[Result, ...]:
    """Check all bundled tables; nothing is raised, what is wrong stands in the results."""
    folder = paths.data()
    files = {file for end in ("csv", "yaml") for file in folder.glob(f"*/*.{end}")}
    here = {file.relative_to(folder).with_suffix("").as_posix() for file in files}
    sealed = {name.rpartition(".")[0] for name in catalog.checksums()}
    found = {name for name in here | sealed if not name.startswith("cache/")}
    return tuple(_checked(name) for name in sorted(found))


def _checked(name: str) -> Result:
    from research.data import tables

    faults: list[Fault] = []
    try:
        tables.checked(name)
    except DataError as error:
        faults += error.faults
    try:
        about = catalog.sidecar(name)
    except DataError as error:
        return Result(name, "", (), tuple(dict.fromkeys([*faults, *error.faults])))
    checks = ("file", "digests", "schema", *checked_by(about))
    return Result(name, about.period, checks, tuple(dict.fromkeys(faults)))


def checked_by(about: Sidecar) -> list[str]:
    """Say in words what of a table is checked beside its columns one by one."""
    return [
        *(f"{one.column}: {one.asked}" for one in about.rules),
        *(f"{', '.join([one.column, *one.by])}: every label" for one in about.every),
        *(f"{', '.join([one.column, *one.by])}: sums of 1" for one in about.ones),
        *(f"sums to {one.total}" for one in about.sums),
        *(one.replace("_", " ") for one in about.checks),
    ]


def seal(*names: str) -> Path:
    """Renew the digests of tables and sidecars that were changed on purpose."""
    files = [file for name in names for file in (catalog.path(name), catalog.sidecar_path(name))]
    faults = [catalog.missing(file) for file in files if not file.is_file()]
    raise_if(DataError, "There is nothing to seal.", faults)
    digests = catalog.checksums() | {
        file.relative_to(paths.data()).as_posix(): catalog.file_digest(file) for file in files
    }
    lines = [f"{digest}  {name}\n" for name, digest in sorted(digests.items())]
    replace_file(catalog.checksums_path(), "".join(lines))
    return catalog.checksums_path()


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
