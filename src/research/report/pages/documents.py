"""The documents that reports link to, as pages: methods, assumptions, codebook and the like."""

from __future__ import annotations

import hashlib
import json
import posixpath
from functools import lru_cache
from pathlib import Path

from bs4 import BeautifulSoup
from markupsafe import Markup

from research import paths
from research.data.catalog import file_digest, missing
from research.errors import Fault, raise_if
from research.report.files import as_json, write_together
from research.report.pages import theme
from research.report.pages.places import DOCUMENTS, page_of
from research.report.pages.prose import Labels, RenderError, plain, to_html

__all__ = ["DOCUMENTS", "read_note", "render", "write_documents"]

_NOTE = ".work/documents.digests"

#: A table with a longer cell is one of words, which no phone shows side by side.
_WORDY_CHARS = 60


def write_documents(reports: Path) -> None:
    """Write the page of each document that is not current.

    Raises
    ------
    RenderError
        With every document that is missing or cannot be a page; the others are written.
    """
    before, note, pages = read_note(reports / _NOTE), dict[str, str](), dict[Path, str]()
    faults: list[Fault] = []
    for document in DOCUMENTS:
        source, page = paths.root() / document, reports / str(page_of(document))
        try:
            text = source.read_text(encoding="utf-8")
            made_from = hashlib.sha256(f"{_code()} {text}".encode()).hexdigest()
            note[document] = f"{made_from} {file_digest(page)}" if page.is_file() else ""
            if note[document] != before.get(document):
                pages[page] = html = render(text, document)
                note[document] = f"{made_from} {hashlib.sha256(html.encode()).hexdigest()}"
        except OSError:
            faults.append(missing(source))
        except RenderError as error:
            faults += error.faults
            note.pop(document)
    if pages:
        write_together({**pages, reports / _NOTE: as_json(note)})
    raise_if(RenderError, "Some documents beside the reports could not be made.", faults)


def render(text: str, document: str) -> str:
    """Make the page of a document from its Markdown; ``document`` is its path in the project.

    Raises
    ------
    RenderError
        With what cannot be shown, and links to headings that the document lacks.
    """
    labels = Labels(taken={"main", "contents"}, place=document)
    prose = to_html(text, labels, document)
    todo = "Link to a heading of the document."
    lost = [
        Fault(document, "a heading for each link", f"none for #{anchor}", todo)
        for anchor in labels.dangling()
    ]
    raise_if(RenderError, "A document cannot be a page.", [*prose.faults, *lost])
    title = next((one.text for one in prose.headings if one.level == 1), document)
    page = str(page_of(document))
    return theme.page(
        "document.html.j2",
        title=title,
        path=page.removesuffix(".html"),
        home=posixpath.relpath("index.html", posixpath.dirname(page) or "."),
        headings=[one for one in prose.headings if one.level in (2, 3)],
        body=Markup(_stacking(prose.html)),  # noqa: S704 - safe
    )


def _stacking(html: str) -> str:
    """Give each cell of a table of words its heading, for phones, which show a row as a list."""
    soup = BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        heads = [plain(cell.decode_contents()) for cell in table.select("thead th")]
        rows = [row.find_all("td") for row in table.select("tbody tr")]
        if max((len(cell.get_text()) for row in rows for cell in row), default=0) <= _WORDY_CHARS:
            continue
        table["class"] = "stacked"
        for row in rows:
            for head, cell in zip(heads, row, strict=False):
                cell["data-label"] = head
    return str(soup)


def read_note(file: Path) -> dict[str, str]:
    """Read what was noted beside a page; empty where that is missing or damaged."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


@lru_cache(maxsize=1)
def _code() -> str:
    """Digest what makes the pages."""
    files = sorted(
        file for file in Path(__file__).parent.rglob("*") if file.suffix not in ("", ".pyc")
    )
    return " ".join(file_digest(file) for file in files)
