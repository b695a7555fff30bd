"""An executed notebook taken apart: findings, body, checks, headings, figures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup
from nbformat import NotebookNode

from research.errors import Fault, raise_if
from research.pages import prose
from research.pages.code import highlight
from research.pages.faults import RenderError
from research.pages.labels import Labels
from research.pages.outputs import Figure, Part, Text, part

# The page has these two headings itself.
_FINDINGS_HEADING = re.compile(r"\s*<h[2-6][^>]*>\s*(?:key )?findings\s*</h[2-6]>", re.IGNORECASE)
_CHECKS_HEADING = re.compile(r"\s*<h2 id=\"([^\"]*)\">\s*checks\s*</h2>", re.IGNORECASE)
_ASSERT = re.compile(r"^\s*assert\b", re.MULTILINE)


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """One cell of the body.

    Attributes
    ----------
    number
        Of the code cell as JupyterLab counts it in a run from the top; None for Markdown.
    section
        Words of the heading it stands under.
    code
        Highlighted source; empty for Markdown.
    parts
        What it shows.
    is_findings
        Its outputs stand on top of the page.
    """

    number: int | None
    section: str
    code: Markup
    parts: tuple[Part, ...]
    is_findings: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Checks:
    """The last cell: what is said before it, its code and output, how many assertions it holds."""

    words: Markup
    cell: Cell
    assertions: int


@dataclass(frozen=True, eq=False, slots=True)
class Body:
    """A notebook's content.

    Attributes
    ----------
    findings
        What cells tagged ``findings`` showed.
    cells
        All others and the code of these, in their order.
    checks
        The cells tagged ``assertions``.
    headings
        Of the body, level 2 and deeper.
    """

    findings: tuple[Text, ...]
    cells: tuple[Cell, ...]
    checks: tuple[Checks, ...]
    headings: tuple[prose.Heading, ...]

    @property
    def figures(self) -> list[Figure]:
        """List the figures in their order."""
        return [part for cell in self.cells for part in cell.parts if isinstance(part, Figure)]


@dataclass(eq=False, slots=True)
class _Reading:
    """What has been read so far."""

    labels: Labels = field(default_factory=Labels)
    headings: list[prose.Heading] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def section(self) -> str:
        return self.headings[-1].text if self.headings else "the start"


def take_apart(notebook: NotebookNode) -> Body:
    """Read an executed notebook.

    Raises
    ------
    RenderError
        With every fault of the notebook: a formula that cannot be read, a figure without words, a
        warning, a failed cell, a link that leads nowhere, a missing findings or assertions cell.
    """
    reading = _Reading()
    findings: list[Text] = []
    cells: list[Cell] = []
    checks: list[Checks] = []
    for source in notebook.cells:
        tags = set(source.metadata.get("tags", []))
        cell = _cell(source, tags, reading)
        if cell is None:
            continue
        if "assertions" in tags:
            words = _words_of_checks(cells, reading)
            checks.append(Checks(words, cell, len(_ASSERT.findall(source.source))))
        elif cell.is_findings:
            findings += [_lifted(shown) for shown in cell.parts if isinstance(shown, Text)]
            cells.append(Cell(cell.number, cell.section, cell.code, (), is_findings=True))
        else:
            cells.append(cell)
    reading.faults += _whole(reading, has_findings=bool(findings), has_checks=bool(checks))
    raise_if(RenderError, "The notebook cannot become a report.", reading.faults)
    body = tuple(heading for heading in reading.headings if heading.level > 1)
    return Body(tuple(findings), tuple(cells), tuple(checks), body)


def _lifted(findings: Text) -> Text:
    """Take off the heading that the page gives to the findings itself."""
    return Text(Markup(_FINDINGS_HEADING.sub("", findings.html, count=1)))  # noqa: S704 - already safe


def _words_of_checks(cells: list[Cell], reading: _Reading) -> Markup:
    """Take a text headed "Checks" that ends the body into the page's own section of that name."""
    before = cells[-1].parts if cells and cells[-1].number is None else ()
    text = before[0].html if before and isinstance(before[0], Text) else Markup()
    headed = _CHECKS_HEADING.match(text)
    if headed is None:
        return Markup()
    cells.pop()
    reading.headings = [one for one in reading.headings if one.anchor != headed[1]]
    return Markup(text[headed.end() :])  # noqa: S704 - already safe


def _cell(source: NotebookNode, tags: set[str], reading: _Reading) -> Cell | None:
    if "injected-parameters" in tags:
        return None
    where = reading.labels.numbered(f"{source.cell_type} cell")
    if source.cell_type == "markdown":
        return _prose(source.source, where, reading)
    if source.cell_type != "code":
        todo = "Make it a Markdown or code cell."
        reading.faults.append(Fault(where, "Markdown or code", source.cell_type, todo))
        return None
    if "parameters" in tags or not source.source.strip():
        return None
    return _code(source, "findings" in tags, where, reading)


def _prose(source: str, where: str, reading: _Reading) -> Cell:
    read = prose.to_html(source, reading.labels, where)
    section = reading.section
    _note_headings(read.headings, where, reading)
    reading.faults += read.faults
    return Cell(None, section, Markup(), (Text(Markup(read.html)),))  # noqa: S704 - made safe


def _code(source: NotebookNode, is_findings: bool, where: str, reading: _Reading) -> Cell:
    number = reading.labels.counts["code cell"]
    parts: list[Part] = []
    for output in source.outputs:
        shown, faults = part(output, reading.labels, where)
        reading.faults += faults
        if isinstance(shown, Text) and not is_findings:
            _note_headings(shown.headings, where, reading)
        if is_findings and isinstance(shown, Figure):
            todo = "Show the figure in a cell of its own."
            reading.faults.append(Fault(where, "findings in words", shown.label, todo))
        if shown is not None:
            parts.append(shown)
    code = Markup(highlight(source.source))  # noqa: S704 - escaped by the highlighter
    return Cell(number, reading.section, code, tuple(parts), is_findings)


def _note_headings(headings: Iterable[prose.Heading], where: str, reading: _Reading) -> None:
    """Keep headings for the table of contents; the first of level 1 is the page's title."""
    for heading in headings:
        if heading.level == 1 and reading.headings:
            todo = "Start it with ## instead: the page has one title."
            asked = "one heading of level 1, at the start"
            reading.faults.append(Fault(where, asked, repr(heading.text), todo))
        reading.headings.append(heading)


def _whole(reading: _Reading, *, has_findings: bool, has_checks: bool) -> Iterable[Fault]:
    for tag, is_there in (("findings", has_findings), ("assertions", has_checks)):
        if not is_there:
            asked = f"a cell tagged {tag!r}" + (" that shows Markdown" * (tag == "findings"))
            yield Fault("notebook", asked, "none", "Tag the cell in the notebook.")
    for anchor in reading.labels.dangling():
        todo = "Link to a heading of the notebook."
        yield Fault("notebook", "a heading for each link", f"none for #{anchor}", todo)
