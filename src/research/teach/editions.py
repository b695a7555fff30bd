"""Editions of the lessons: for students, for teachers, and as slides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat

from research import paths
from research.errors import Fault, InputError, raise_if
from research.report.files import write_together
from research.report.pages import theme
from research.report.pages.lessons import given, lessons
from research.report.pages.page import Reading
from research.report.pages.prose import Labels, RenderError

#: Where the page tests keep what they need of npm.
REVEAL = "tests/pages/node_modules/reveal.js/dist"

# Fonts of a theme come from elsewhere.
_IMPORTS = re.compile(r"@import [^;]+;")


def start(folder: Path) -> list[Path]:
    """Put the student editions into a folder; a file that stands there is left as it is."""
    wanted = {folder / Path(one).name: paths.root() / one for one in lessons()}
    missing = {to: lesson for to, lesson in wanted.items() if not to.exists()}
    if missing:
        from research.teach.course import course

        with course() as taken:
            write_together({to: taken.release(lesson) for to, lesson in missing.items()})
    return [*missing]


def build(folder: Path) -> dict[str, list[Path]]:
    """Write the editions ``student``, ``instructor`` and ``slides`` of each lesson.

    Slides need reveal.js from npm; without it they are an `InputError`, and nothing is written.
    """
    from research.teach.course import course

    made: dict[str, dict[Path, str]] = {"student": {}, "instructor": {}, "slides": {}}
    with course() as taken:
        for document in lessons():
            lesson = paths.root() / document
            text = lesson.read_text(encoding="utf-8")
            made["slides"][folder / "slides" / f"{lesson.stem}.html"] = slides(text, document)
            made["instructor"][folder / "instructor" / lesson.name] = text
            made["student"][folder / "student" / lesson.name] = taken.release(lesson)
    write_together({file: text for files in made.values() for file, text in files.items()})
    return {edition: [*files] for edition, files in made.items()}


def slides(text: str, document: str) -> str:
    """Make slides of the given cells that are marked for them: one file that needs nothing else.

    What cannot be shown is a `research.report.pages.prose.RenderError`.
    """
    from nbconvert.exporters import SlidesExporter

    folder = paths.root() / REVEAL
    if not (folder / "reveal.js").is_file():
        fault = Fault("slides", "reveal.js", f"none in {REVEAL}", "Run npm ci in tests/pages.")
        raise InputError("Slides cannot be made.", [fault])
    labels, cells = Labels(place=document), []
    for cell in given(text):
        reading = Reading(labels)
        reading.read(cell)
        parts = [part for one in reading.cells for part in one["parts"]]
        html = theme.page("slide.html.j2", parts=parts)
        kind = {"slideshow": cell.metadata.get("slideshow", {"slide_type": "skip"})}
        cells.append(nbformat.v4.new_markdown_cell(html, metadata=kind))  # type: ignore[no-untyped-call]
    raise_if(RenderError, f"{document} cannot be slides.", labels.faults)
    style = "".join(
        (folder / file).read_text("utf-8") for file in ("reveal.css", "theme/white.css")
    )
    shown = {
        "title": labels.headings[0].text,
        "style": _IMPORTS.sub("", style),
        "script": (folder / "reveal.js").read_text("utf-8"),
    }
    exporter: Any = SlidesExporter(  # type: ignore[no-untyped-call]
        raw_template=(theme.TEMPLATES / "slides.html.j2").read_text("utf-8")
    )
    exporter.register_filter("markdown2html", lambda html: html)  # as they are
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(notebook, {"slides": shown})
    return str(html)
