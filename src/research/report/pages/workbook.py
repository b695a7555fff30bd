"""What a report leaves beside its page: the workbook, its numbers in one long table, a picture."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter
import yaml
from bs4 import BeautifulSoup, Tag

from research import paths
from research.figures import MIME as FIGURE
from research.figures import drawings
from research.findings import MIME as FINDINGS
from research.findings import Finding, Findings, bundle_of, kept_findings
from research.report.files import as_json
from research.report.pages.page import as_text
from research.report.pages.prose import Labels, to_html
from research.report.pages.tables import safe_html
from research.tables import MIME as TABLE
from research.tables import MOST_ROWS, UNITS, heading_of, rows_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Columns of the long table of numbers.
COLUMNS = ("run", "notebook", "kind", "item", "row", "column", "value", "unit")

# Any day, but always the same: the bytes repeat from run to run.
_CREATED = datetime(2026, 1, 1)

_SAFE = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
_WIDEST, _TOP = 60, 3
_NUMBER = re.compile(r"[+\u2212-]?(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d*)?(?:(?<=\d)|0)(?:\.\d+)?")
_UNIT_WORDS = {unit.split()[0] for unit in UNITS.values()}


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """A table of the page, or a figure's data: ``name`` as the page numbers it, ``Table 3``."""

    name: str
    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def outputs(notebook: NotebookNode, manifest: Mapping[str, Any]) -> dict[str, str | bytes]:
    """Make what stands beside the page of an executed notebook, by the end of the file's name."""
    bundle, found = bundle_of(notebook.cells), sheets(notebook)
    figures = [data for data in _outputs(notebook) if FIGURE in data]
    named = [data for data in figures if data[FIGURE]["name"] == bundle.figure]
    headline = next(iter(named or figures), None)
    words = headline[FIGURE] if headline else {}
    made: dict[str, str | bytes] = {
        ".findings.json": as_json(kept_findings(notebook, manifest, words)),
        ".xlsx": workbook(manifest, bundle, found),
        ".results.csv": numbers(manifest, bundle, found),
    }
    if headline:
        made[".png"], made[".narrow.png"] = drawings(headline)
    return made


def _outputs(notebook: NotebookNode) -> Iterator[Mapping[str, Any]]:
    """Go through what the page shows, text of cells included, in its order."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield {"text/markdown": cell.source}
        elif not {"parameters", "injected-parameters"} & {*cell.metadata.get("tags", [])}:
            shown = (output.get("data", {}) for output in cell.get("outputs", []))
            yield from (data for data in shown if FINDINGS not in data)


def sheets(notebook: NotebookNode) -> list[Sheet]:
    """Give every table of the page of a notebook and the data of every figure, in its order."""
    labels, section, found = Labels(), "", []
    for data in _outputs(notebook):
        if FIGURE in data:
            found.append(_figure(labels.numbered("Figure"), data[FIGURE]))
            continue
        if "text/markdown" in data:
            html = to_html("".join(data["text/markdown"]), labels, "").html
        else:
            html = safe_html("".join(data.get("text/html", "")), labels)
        for element in BeautifulSoup(html, "html.parser").select("h2, h3, h4, .table-box"):
            if element.name != "div":
                section = element.get_text(" ", strip=True)
                continue
            name, _, caption = str(element["aria-label"]).partition(": ")
            about = (name, caption or section)
            found.append(_whole(*about, data[TABLE]) if TABLE in data else _shown(*about, element))
    return found


def _whole(name: str, title: str, told: Mapping[str, Any]) -> Sheet:
    note = f"All {told['rows']} rows and columns, unrounded."
    if told["rows"] > MOST_ROWS:
        note = f"The first {MOST_ROWS} of {told['rows']} rows, with all columns, unrounded."
    return Sheet(name, title, note, **json.loads(told["table"]))


def _shown(name: str, title: str, table: Tag) -> Sheet:
    grid: dict[tuple[int, int], str] = {}
    lines = table.find_all("tr")
    for line, row in enumerate(lines):
        place = 0
        for cell in row.find_all(["td", "th"]):
            place = next(free for free in count(place) if (line, free) not in grid)
            down, right = (range(int(str(cell.get(f"{one}span") or 1))) for one in ("row", "col"))
            text = cell.get_text(" ", strip=True)
            grid |= {(line + one, place + other): text for one in down for other in right}
    head = len(table.select("thead tr"))
    columns = [
        *zip(
            *(
                [grid.get((i, j), "") for j in range(max(j for _, j in grid) + 1)]
                for i in range(len(lines))
            ),
            strict=True,
        )
    ]
    heads = [" ".join(dict.fromkeys(filter(None, one[:head]))) for one in columns]
    rows = [*zip(*(map(_parsed, one[head:]) for one in columns), strict=True)]
    return Sheet(name, title, "As on the page.", heads, rows)


def _parsed(text: str) -> str | float:
    is_number = text and _NUMBER.fullmatch(text)
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-")) if is_number else text


def _figure(name: str, words: Mapping[str, str]) -> Sheet:
    frame = pd.read_csv(io.StringIO(words["csv"]), keep_default_na=False, na_values=[""])
    return Sheet(name, words["title"], words["source"], [*map(heading_of, frame)], rows_of(frame))


def workbook(manifest: Mapping[str, Any], bundle: Findings, found: Sequence[Sheet]) -> bytes:
    """Write the workbook of a report: what it is, findings, a sheet for each table and figure."""
    fields = list(Finding.model_fields)
    rows = [[_cell(getattr(one, name)) for name in fields] for one in bundle]
    every = [Sheet("Findings", manifest["question"], "", [*map(heading_of, fields)], rows), *found]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **_SAFE}) as book:
        book.set_properties({"title": manifest["title"], "created": _CREATED})
        bold = book.add_format({"bold": True})
        for sheet in [_about(manifest, bundle, every), *every]:
            page = book.add_worksheet(sheet.name)
            page.write_string(0, 0, sheet.title, bold)
            page.write_string(1, 0, sheet.note)
            page.write_row(_TOP, 0, sheet.columns, bold)
            for place, row in enumerate(sheet.rows, _TOP + 1):
                page.write_row(place, 0, row)
            for place, texts in enumerate(zip(sheet.columns, *sheet.rows, strict=True)):
                page.set_column(place, place, min(max(len(str(x)) for x in texts) + 1, _WIDEST))
            page.freeze_panes(_TOP + 1, 0)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _about(manifest: Mapping[str, Any], bundle: Findings, every: Sequence[Sheet]) -> Sheet:
    answer = next((one.answer for one in bundle if one.headline), "")
    told = {
        "Question": manifest["question"],
        "Answer": answer,
        "Data to": bundle.data_to,
        "Scenario": manifest["scenario_reason"],
        **{f"Parameter {k}": as_text(v) for k, v in manifest["parameters"].items()},
        "How to cite": cite(manifest),
        **{sheet.name: sheet.title for sheet in every},
    }
    rows = [[key, value] for key, value in told.items() if value not in (None, "")]
    return Sheet("About", manifest["title"], f"Run {manifest['run']}", ["what", "words"], rows)


def cite(manifest: Mapping[str, Any]) -> str:
    """Say how to cite a report."""
    said = yaml.safe_load((paths.root() / "CITATION.cff").read_text(encoding="utf-8"))
    authors = ", ".join(one["name"] for one in said["authors"])
    commit = f", commit {manifest['commit'][:12]}" if manifest["commit"] else ""
    return f"{authors}: {said['title']}. {manifest['title']}. Version {said['version']}{commit}."


def numbers(manifest: Mapping[str, Any], bundle: Findings, found: Iterable[Sheet]) -> str:
    """Write each number of findings, figures and tables as a row of its own, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    about = (manifest["run"], manifest["notebook"])
    for one in bundle:
        for part in ("value", "low", "high"):
            if (value := getattr(one, part)) is not None:
                unit = UNITS.get(one.unit, one.unit.replace("_", " "))
                writer.writerow(
                    [*about, "finding", one.id, one.question, part, f"{value:.10g}", unit]
                )
    for sheet in found:
        for label, column, value, unit in _long(sheet):
            kind = sheet.name.split()[0].lower()
            writer.writerow([*about, kind, sheet.name, label, column, f"{value:.10g}", unit])
    return out.getvalue()


def _long(sheet: Sheet) -> Iterator[tuple[str, str, float, str]]:
    keys, labels = _labels(sheet)
    units = [_unit(heading) for heading in sheet.columns]
    its_own = sheet.columns.index("unit") if "unit" in sheet.columns else None
    for label, row in zip(labels, sheet.rows, strict=True):
        for place, (column, value, unit) in enumerate(zip(sheet.columns, row, units, strict=True)):
            if isinstance(value, int | float) and place not in keys:
                yield label, column, value, unit if its_own is None else str(row[its_own])


def _labels(sheet: Sheet) -> tuple[Sequence[int], list[str]]:
    """Name the rows by as few columns as tell them apart, texts before numbers."""
    has_text = [any(isinstance(x, str) for x in column) for column in zip(*sheet.rows, strict=True)]
    order = sorted(range(len(has_text)), key=lambda place: not has_text[place])
    for many in range(1, len(order)):
        keys = order[:many]
        labels = [" | ".join(str(row[i]) for i in keys) for row in sheet.rows]
        if len({*labels}) == len(labels):
            return keys, labels
    return order[:1], [f"row {number}" for number in range(1, len(sheet.rows) + 1)]


def _unit(heading: str) -> str:
    """Find the unit in a heading: ``%`` of ``return, %``."""
    parts = heading.split(", ")[::-1]
    return next((part for part in parts if part.split(" ")[0] in _UNIT_WORDS), "")
