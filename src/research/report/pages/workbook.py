"""What a report leaves beside its page: the workbook, its numbers in one long table, a picture."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count, product
from typing import Any, NamedTuple

import xlsxwriter
from bs4 import Tag
from nbformat import NotebookNode

from research.cards import MIME as CARDS
from research.figures import MIME as FIGURE
from research.figures import drawings, rewritten
from research.findings import MIME as FINDINGS
from research.findings import Finding, Findings, bundle_of, kept_findings
from research.report.files import as_json
from research.report.pages.folder import FIELDS
from research.report.pages.prose import Labels, to_html
from research.report.pages.tables import cells, safe_html, span
from research.report.pages.theme import as_text, citation
from research.tables import MIME as TABLE
from research.tables import UNITS, heading_of, unique

# Any day, but always the same: the bytes repeat from run to run.
_CREATED = datetime(2026, 1, 1)

_SAFE = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
_WIDEST, _TOP = 60, 3
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?")
# Of a table with a unit in each row, these columns are in it.
_ENDS = (["low"], ["central"], ["high"])
_UNIT_WORDS = {unit.split()[0] for unit in UNITS.values()}


class Sheet(NamedTuple):
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
    figures.sort(key=lambda data: data[FIGURE]["name"] != bundle.figure)
    headline = next(iter(figures), None)
    words = headline[FIGURE] if headline else {}
    made: dict[str, str | bytes] = {
        ".findings.json": as_json(kept_findings(notebook, manifest, words)),
        ".xlsx": workbook(manifest, bundle, found),
        ".results.csv": numbers(manifest, bundle, found),
    }
    for data in _outputs(notebook):
        if text := data.get(CARDS, {}).get("csv"):
            rows = csv.DictReader(io.StringIO(text))
            claims = [{key: _parsed(one) for key, one in row.items()} for row in rows]
            made |= {".scorecard.csv": text, ".scorecard.json": as_json({"claims": claims})}
    if headline:
        wide, narrow = (rewritten(one, "png") for one in drawings(headline))
        made |= {".png": wide, ".narrow.png": narrow}
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
    labels, found = Labels(), []
    for data in _outputs(notebook):
        before = len(labels.tables)
        if FIGURE in data:
            words, name = data[FIGURE], labels.numbered("Figure")
            heads, *rows = csv.reader(io.StringIO(words["csv"]))
            heads = [*map(heading_of, heads)]
            found.append(_sheet(name, words["title"], words["source"], heads, rows))
        elif "text/markdown" in data:
            to_html("".join(data["text/markdown"]), labels, "")
        else:
            safe_html("".join(data.get("text/html", "")), labels)
        for name, (title, table) in [*labels.tables.items()][before:]:
            if whole := data.get(TABLE):
                heads, *rows = csv.reader(io.StringIO(whole["csv"]))
                note = f"{len(rows)} of {whole['rows']} rows, all columns, numbers to ten digits."
            else:
                heads, *rows, note = *_grid(table), "As on the page."
            found.append(_sheet(name, title, note, heads, rows))
    return found


def _grid(table: Tag) -> list[list[str]]:
    """Read the texts of an HTML table, those of spans in each of their cells: heads and rows."""
    grid: dict[tuple[int, int], str] = {}
    top, rest = cells(table)
    for line, row in enumerate(top + rest):
        for cell in row:
            place = next(free for free in count() if (line, free) not in grid)
            text, down, right = cell.get_text(" ", strip=True), span(cell, "row"), span(cell)
            for one, other in product(range(down), range(right)):
                grid[line + one, place + other] = text
    lines, width = len(top + rest), max((place for _, place in grid), default=-1) + 1
    rows = [[grid.get((line, place), "") for place in range(width)] for line in range(lines)]
    heads = (dict.fromkeys(row[place] for row in rows[: len(top)]) for place in range(width))
    return [[" ".join(filter(None, one)) for one in heads], *rows[len(top) :]]


def _sheet(name: str, title: str, note: str, heads: list[str], rows: list[list[str]]) -> Sheet:
    return Sheet(name, title, note, unique(heads), [[*map(_parsed, row)] for row in rows])


def _parsed(text: str) -> str | float:
    """Make a number of a text that is one, with sign and thousands as people write them."""
    number = text.replace("\N{MINUS SIGN}", "-")
    if _NUMBER.fullmatch(number):
        return float(number.replace(",", ""))
    return {"True": "yes", "False": "no"}.get(text, text)


def workbook(manifest: Mapping[str, Any], bundle: Findings, found: Sequence[Sheet]) -> bytes:
    """Write the workbook of a report: what it is, findings, a sheet for each table and figure."""
    # The quantiles of the draws stand in the file of findings: a cell holds no list.
    told = [x.model_dump(exclude={"quantiles"}) | {"claims": ", ".join(x.claims)} for x in bundle]
    names = [name for name in Finding.model_fields if name != "quantiles"]
    heads, rows = [*map(heading_of, names)], [[*one.values()] for one in told]
    every = [Sheet("Findings", manifest["question"], "", heads, rows), *found]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **_SAFE}) as book:
        book.set_properties({"title": manifest["title"], "created": _CREATED})
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in [_about(manifest, bundle, every), *every]:
            page = book.add_worksheet(sheet.name)
            page.write_column(0, 0, [sheet.title, sheet.note], bold)
            page.write_row(_TOP, 0, sheet.columns, bold)
            for place, row in enumerate(sheet.rows, _TOP + 1):
                page.write_row(place, 0, row)
            for place, texts in enumerate(zip(sheet.columns, *sheet.rows, strict=True)):
                width = min(max(len(str(x)) for x in texts) + 1, _WIDEST)
                page.set_column(place, place, width, wrapped)
            page.freeze_panes(_TOP + 1, 0)
    return out.getvalue()


def _about(manifest: Mapping[str, Any], bundle: Findings, every: Sequence[Sheet]) -> Sheet:
    cff = citation()
    told = {
        "Question": manifest["question"],
        "Answer": next((one.answer for one in bundle if one.headline), ""),
        "Data to": bundle.data_to,
        "Scenario": manifest["scenario_reason"],
        **{f"Parameter {name}": as_text(one) for name, one in manifest["parameters"].items()},
        "How to cite": f"{cff['authors'][0]['name']}: {cff['title']}. {manifest['title']}. "
        f"Version {cff['version']}, commit {manifest['commit'] or 'unknown'}.",
        **{sheet.name: sheet.title for sheet in every},
    }
    rows = [[name, text] for name, text in told.items() if text]
    return Sheet("About", manifest["title"], f"Run {manifest['run']}", ["what", "words"], rows)


def numbers(manifest: Mapping[str, Any], bundle: Findings, found: Iterable[Sheet]) -> str:
    """Write each number of findings, figures and tables as a row of its own, as CSV."""
    units = {one.unit: UNITS.get(one.unit, one.unit.replace("_", " ")) for one in bundle}
    rows = [
        ("finding", one.id, one.question, part, value, units[one.unit])
        for one in bundle
        for part in ("value", "low", "high")
        if (value := getattr(one, part)) is not None
    ]
    kinds = ((sheet.name.split()[0].lower(), sheet) for sheet in found)
    rows += [(kind, one.name, *number) for kind, one in kinds for number in _long(one)]
    out, about = io.StringIO(), (manifest["run"], manifest["notebook"])
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows((*about, *named, f"{value:.10g}", unit) for *named, value, unit in rows)
    return out.getvalue()


def _long(sheet: Sheet) -> Iterator[tuple[str, str, float, str]]:
    """Go through the numbers of a sheet: label of the row, heading, number, unit."""
    keys, labels = row_labels(sheet.rows)
    its_own = sheet.columns.index("unit") if "unit" in sheet.columns else 0
    for label, row in zip(labels, sheet.rows, strict=True):
        for place, (heading, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if isinstance(value, float) and place not in keys:
                is_its_own = its_own and heading.split()[-1:] in _ENDS
                yield label, heading, value, str(row[its_own]) if is_its_own else _unit(heading)


def row_labels(rows: Sequence[Sequence[Any]]) -> tuple[Sequence[int], list[str]]:
    """Name rows by as few columns as tell them apart, texts before numbers; which ones, and how."""
    has_text = [any(isinstance(x, str) and x for x in column) for column in zip(*rows, strict=True)]
    order = sorted(range(len(has_text)), key=lambda place: not has_text[place])
    texts = [[x if isinstance(x, str) else f"{x:.10g}" for x in row] for row in rows]
    for many in range(1, len(order)):
        labels = [" | ".join(row[i] for i in order[:many]) for row in texts]
        if len({*labels}) == len(labels):
            return order[:many], labels
    return [], [f"row {number}" for number in range(1, len(rows) + 1)]


def _unit(heading: str) -> str:
    """Find the unit in a heading: ``%`` of ``return, %``."""
    parts = heading.split(", ")[::-1]
    return next((part for part in parts if part.split(" ")[0] in _UNIT_WORDS), "")
