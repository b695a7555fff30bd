"""A lesson as a page: its text and what is given in it, without the cells of its questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from research import paths
from research.errors import raise_if
from research.report.pages import theme
from research.report.pages.prose import Labels, RenderError, page_head

if TYPE_CHECKING:
    from nbformat import NotebookNode


def lessons() -> list[str]:
    """Name the lessons by their paths in the project, in order."""
    return [
        f"notebooks/teaching/{file.name}" for file in sorted(paths.lessons().glob("[0-9]*.ipynb"))
    ]


def title_of(document: str) -> str:
    """Give the title of a lesson, from its first heading."""
    notebook = json.loads((paths.root() / document).read_text(encoding="utf-8"))
    return "".join(notebook["cells"][0]["source"]).partition("\n")[0].removeprefix("# ")


def given(text: str) -> list[NotebookNode]:
    """Give the cells of a lesson that are the same for all: no answer, no test."""
    import nbformat

    cells: list[NotebookNode] = nbformat.reads(text, as_version=4).cells  # type: ignore[no-untyped-call]
    told = ((cell, cell.metadata.get("nbgrader", {})) for cell in cells)
    return [cell for cell, one in told if not (one.get("solution") or one.get("grade"))]


def render_lesson(text: str, document: str) -> str:
    """Make the page of a lesson from its notebook; ``document`` is its path in the project.

    What cannot be shown is one `RenderError`.
    """
    from research.report.pages.page import Reading

    reading = Reading(Labels(taken={"main", "contents"}, place=document))
    for cell in given(text):
        reading.read(cell)
    raise_if(RenderError, f"{document} cannot be a page.", reading.labels.faults)
    return theme.page("lesson.html.j2", cells=reading.cells, **page_head(reading.labels, document))
