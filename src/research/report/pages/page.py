"""From an executed notebook to one HTML file that needs nothing else."""

import base64
import copy
import importlib
import io
import json
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

import nbformat
from markupsafe import Markup
from nbformat import NotebookNode
from PIL import Image

from research.cards import MIME as CARDS
from research.errors import Fault, raise_if
from research.figures import DPI, drawings, rewritten
from research.figures import MIME as FIGURE
from research.findings import MIME as FINDINGS
from research.findings import Findings, bundle_of
from research.report.notebooks import declared
from research.report.pages import theme
from research.report.pages.prose import Heading, Labels, RenderError, highlight, to_html
from research.report.pages.tables import active_elements, columns, safe_html
from research.tables import MIME as TABLE

#: Largest page, in bytes: it has to open on a phone and pass through mail.
MAX_BYTES = 1_500_000

#: Most columns of a table that people read.
MOST_COLUMNS = 7

# Browsers lay out 96 pixels an inch; a figure saved at 200 dpi is shown at its own size, sharp.
_CSS_DPI = 96

_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ASSERT = re.compile(r"^\s*assert\b", re.MULTILINE)

#: Parts that each page has before and after those of its notebook.
_FIRST = Heading(2, "key-findings", "Key findings")
_LAST = (Heading(2, "provenance", "How this report was made"), Heading(2, "downloads", "Downloads"),
         Heading(2, "cite", "How to cite"))  # fmt: skip

_IN_ADDRESS = " !$()*+,-./:;=?@[]^_`{|}~"

# The page has the question itself.
_QUESTION = re.compile(r"^\*\*Question\.\*\*[^\n]*\n*", re.MULTILINE)

#: A part of a cell as the template shows it: ``html``, or what a figure has.
Part = dict[str, Any]


def render(notebook: NotebookNode, manifest: Mapping[str, Any]) -> str:
    """Make the report of a run: an HTML5 document with no outside address.

    Every fault of the notebook is named in one `RenderError`: a formula that cannot be read, a
    figure without words, a warning, a missing findings or assertions cell; a page that is too
    large.
    """
    reading = Reading()
    for cell in notebook.cells:
        reading.read(cell)
    reading.end()
    raise_if(RenderError, "The notebook cannot become a report.", reading.labels.faults)
    answer, *cards = [one for one in reading.found if one.headline]
    inputs, about = manifest["inputs"], manifest.get("sources") or {}
    digests = {**inputs.get("tables", {}), **inputs.get("files", {})}
    kept, kind = _without_pictures(notebook), "application/x-ipynb+json"
    html = theme.page(
        "report.html.j2",
        manifest=manifest,
        cells=reading.cells,
        headings=[_FIRST, *(one for one in reading.labels.headings if one.level in (2, 3)), *_LAST],
        answer=theme.card(answer),
        cards=[theme.card(one) for one in cards],
        findings=[theme.card(one) for one in reading.found],
        figure=reading.figure,
        data_to=reading.found.data_to,
        cite=theme.citation(),
        has_scorecard=reading.has_scorecard,
        parameters=_parameter_rows(manifest["parameters"], reading.parameters),
        sources=[{"name": n, "sha256": sha, **about.get(n, {})} for n, sha in digests.items()],
        notebook_file=_download(f"{manifest['run']}.ipynb", kind, kept),
    )
    if (size := len(html.encode("utf-8"))) >= MAX_BYTES:
        todo = "Save figures at a lower dpi or size, or plot fewer points."
        asked, found = (f"{count / 1000:,.0f} kB" for count in (MAX_BYTES, size))
        fault = Fault("report", f"less than {asked}", found, todo)
        raise RenderError("The report is too large.", [fault])
    return html


def load_ahead() -> None:
    """Compile what every run and page needs, for all processes forked from this one."""
    importlib.import_module("research.report.pages.workbook")
    nbformat.validate(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]
    for name in ("page", "parts", "report"):
        theme.environment().get_template(f"{name}.html.j2")
    to_html("$x$\n```python\nx\n```", Labels(), "")
    Image.new("L", (1, 1)).save(io.BytesIO(), "WEBP")


class Reading:
    """What a page shows of the cells of a notebook, one after the other."""

    def __init__(self, labels: Labels | None = None) -> None:
        self.labels = labels or Labels()
        self.cells: list[dict[str, Any]] = []
        self.tags: set[str] = set()
        self.found = Findings([])
        self.figure: Part | None = None
        self.parameters: dict[str, Any] = {}
        self.has_scorecard = False

    def fault(self, where: str, asked: str, found: str, todo: str) -> Part | None:
        """Note a fault; gives no part, so that a reader of outputs can end with it."""
        self.labels.faults.append(Fault(where, asked, found, todo))
        return None

    def read(self, source: NotebookNode) -> None:
        """Read one cell."""
        tags = set(source.metadata.get("tags", []))
        self.tags |= tags
        if "injected-parameters" in tags:
            return
        where = self.labels.numbered(f"{source.cell_type} cell")
        if source.cell_type == "markdown":
            section = self.labels.section
            part = self._markdown(_QUESTION.sub("", source.source, count=1), where)
            self.cells.append({"number": None, "section": section, "parts": [part]})
        elif "parameters" in tags:
            self.parameters = declared(source.source)
        elif source.cell_type == "code" and source.source.strip():
            self._code(source, tags, where)

    def _code(self, source: NotebookNode, tags: set[str], where: str) -> None:
        code = Markup(highlight(source.source))  # noqa: S704 - escaped by the highlighter
        number = self.labels.counts["code cell"]
        cell = {"number": number, "last": number, "section": self.labels.section, "code": code}
        if self.cells and self.cells[-1].get("is_silent") and "assertions" not in tags:
            # One fold for steps between which nothing is shown.
            before = self.cells.pop()
            cell |= {"number": before["number"], "code": before["code"] + code}
        if "findings" in tags:
            self._findings(bundle_of([source]), where)
        rest = [output for output in source.outputs if FINDINGS not in output.get("data", {})]
        parts = [part for output in rest if (part := self._part(output, where))]
        if "assertions" in tags:
            cell["assertions"] = len(_ASSERT.findall(source.source))
        self.cells.append({**cell, "parts": parts, "is_silent": not parts})

    def _findings(self, found: Findings, where: str) -> None:
        self.found, heads = found, sum(one.headline for one in found)
        todo = "End the cell with research.findings.Findings."
        if not 4 <= heads <= 6:
            self.fault(where, "the answer and 3 to 5 more headlines", str(heads), todo)
        for key in ("figure", "data_to"):
            if not getattr(found, key):
                self.fault(where, f"{key}= of Findings", "none", todo)

    def end(self) -> None:
        """Note what is missing as a whole, and take the headline figure to the top."""
        for tag in {"findings", "assertions"} - self.tags:
            todo = "Tag the cell in the notebook."
            self.fault("notebook", f"a cell tagged {tag!r}", "none", todo)
        parts = (part for cell in self.cells for part in cell["parts"])
        named = (part for part in parts if part.get("anchor") == f"figure-{self.found.figure}")
        self.figure = next(named, None)
        for name, (title, table) in self.labels.tables.items():
            if (width := columns(table)) > MOST_COLUMNS:
                todo = "Leave columns out: the workbook has them."
                self.fault(f"{name}: {title}", f"at most {MOST_COLUMNS} columns", str(width), todo)
        if self.found.figure and self.figure is None:
            asked, todo = "the name of a figure", "Name one in figure=."
            self.fault("findings", asked, repr(self.found.figure), todo)

    def _part(self, output: Mapping[str, Any], where: str) -> Part | None:
        if output["output_type"] == "stream":
            text = output["text"]
            if output["name"] != "stderr":
                return self._printed(text, where)
            told = repr(" ".join(text.split())[:200])
            todo = "Mend what the warning is about; a report shows none."
            return self.fault(where, "no warning and nothing on stderr", told, todo)
        data = output.get("data", {})
        if FIGURE in data or any(name.startswith("image/") for name in data):
            return self._figure(data, where)
        readers: dict[str, Callable[[Any, str], Part | None]] = {
            CARDS: self._cards,
            "text/markdown": self._markdown,
            "text/html": self._table,
            "text/latex": self._markdown,
            "text/plain": self._printed,
        }
        if kind := next((one for one in readers if one in data), None):
            return readers[kind](data[kind], where)
        todo = "End the cell with text, a table or a Figure."
        return self.fault(where, f"one of {', '.join(readers)}", ", ".join(data) or "none", todo)

    def _markdown(self, text: str, where: str) -> Part:
        return {"html": Markup(to_html(text, self.labels, where))}  # noqa: S704 - made safe

    def _table(self, text: str, where: str) -> Part | None:
        if found := active_elements(text):
            todo = "Show a table, Markdown or a research.figures.Figure."
            return self.fault(where, "HTML that is text and tables", ", ".join(found), todo)
        return {"html": Markup(safe_html(text, self.labels))}  # noqa: S704 - made safe

    def _cards(self, told: Mapping[str, Any], _where: str) -> Part:
        self.has_scorecard |= "csv" in told
        # Nothing of a text may end the script that it stands in.
        data = json.dumps(told["structured"], ensure_ascii=False).replace("<", "\\u003c")
        return {"cards": told["cards"], "structured": Markup(data)}  # noqa: S704 - escaped above

    def _printed(self, text: str, _where: str) -> Part:
        label = self.labels.numbered("Printed output")
        body = escape(_COLOUR_CODES.sub("", text).rstrip("\n"), quote=False)
        box = f'<pre class="printed" tabindex="0" role="region" aria-label="{label}">{body}</pre>'
        return {"html": Markup(box)}  # noqa: S704 - escaped above

    def _figure(self, data: Any, where: str) -> Part | None:
        if FIGURE not in data:
            todo = "End the cell with a research.figures.Figure."
            return self.fault(where, "a figure with words and data", "a picture alone", todo)
        name = data[FIGURE]["name"]
        if f"figure-{name}" in self.labels.taken:
            todo = "Give the figure another name."
            return self.fault(where, "a figure name that comes once", repr(name), todo)
        self.labels.taken.add(f"figure-{name}")
        return figure_part(data, self.labels.numbered("Figure"))


def figure_part(data: Mapping[str, Any], label: str) -> Part:
    """Give what the template shows of the output of a `research.figures.Figure`."""
    words = data[FIGURE]
    wide, narrow = drawings(data)
    csv = _download(f"{words['name']}.csv", "text/csv;charset=utf-8", words["csv"].encode("utf-8"))
    shown = {"title": words["title"], "alt": words["alt"], "source": words["source"]}
    pictures = _picture(wide) | ({} if narrow == wide else _picture(narrow, "narrow_"))
    return {"label": label, "anchor": f"figure-{words['name']}", "data": csv, **shown, **pictures}


def _picture(given: bytes, which: str = "") -> Part:
    """Give a picture's address, in WebP, and its CSS pixels."""
    with Image.open(io.BytesIO(given)) as picture:
        # WebP has no place for it, and is of our charts alone.
        dpi = picture.info.get("dpi", (DPI if picture.format == "WEBP" else _CSS_DPI,) * 2)
        size = [
            round(pixels * _CSS_DPI / (inch or _CSS_DPI))
            for pixels, inch in zip(picture.size, dpi, strict=True)
        ]
    content = base64.b64encode(rewritten(given, "webp")).decode("ascii")
    return {f"{which}src": f"data:image/webp;base64,{content}", f"{which}size": size}


def _download(file_name: str, media_type: str, content: bytes) -> dict[str, Any]:
    # Text is shorter as it is than in base64: only what ends an address or an attribute is coded.
    href = f"data:{media_type},{quote(content, safe=_IN_ADDRESS)}"
    return {"file_name": file_name, "href": href, "size_kb": len(content) / 1000}


def _without_pictures(notebook: NotebookNode) -> bytes:
    """Give the executed notebook without what the page holds already, which would be too large.

    The figures' words stay, and running the notebook again draws them. For the same reason a
    table is kept as HTML alone, without its copy in plain text and the whole one behind it.
    """
    copied = copy.deepcopy(notebook)
    for cell in copied.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.get(FIGURE, {}).pop("csv", None)
            data.pop(CARDS, None)
            if {FIGURE, FINDINGS, "text/html"} & {*data}:
                for kind in [*data]:
                    if kind.startswith("image/") or kind in ("text/plain", TABLE):
                        data.pop(kind)
    return json.dumps(copied, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _parameter_rows(given: Mapping[str, Any], known: Mapping[str, Any]) -> list[dict[str, object]]:
    rows = [(name, value, known[name]) for name, value in given.items() if name in known]
    return [
        {"name": name, "value": theme.as_text(value), "meaning": one.meaning}
        | {"default": theme.as_text(one.default), "is_changed": value != one.default}
        for name, value, one in rows
    ]
