"""The page of published numbers beside ours, made anew when anything behind it changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from markupsafe import Markup

from research import paths
from research.data.catalog import checksums_path, file_digest
from research.report import validation
from research.report.files import as_json, write_together
from research.report.pages import theme
from research.report.pages.prose import Labels, to_html

#: The page, and beside it what it was made from and its first sentence.
PAGE, NOTE = "validation.html", ".work/validation.digests"


def write_validation(reports: Path) -> None:
    """Write ``validation.html`` of a folder of reports, unless it is current."""
    made_from = _made_from()
    if read_note(reports / NOTE).get("made_from") == made_from and (reports / PAGE).is_file():
        return
    text = validation.page(validation.results())
    note = {"made_from": made_from, "sentence": _parts(text)[1]}
    write_together({reports / PAGE: render(text), reports / NOTE: as_json(note)})


def render(text: str) -> str:
    """Make the page from the text of ``docs/validation.md``."""
    title, sentence, rest = _parts(text)
    prose = to_html(rest, Labels(), "docs/validation.md")
    content = {"title": title, "sentence": sentence, "headings": prose.headings}
    return theme.page("validation.html.j2", body=Markup(prose.html), **content)  # noqa: S704 - safe


def _parts(text: str) -> list[str]:
    """Split the page into its title, its first sentence and the rest."""
    return text.removeprefix("# ").split("\n\n", 2)


def read_note(file: Path) -> dict[str, str]:
    """Read what was noted beside a page; empty where that is missing or damaged."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _made_from() -> str:
    root, whole = paths.root(), hashlib.sha256()
    code = [*Path(validation.__file__).parents[1].rglob("*.*"), *(root / "studies").rglob("*.py")]
    kept = (root / "docs" / "validation").glob("*.json")
    for file in sorted([*code, *kept, checksums_path(), root / "requirements.lock"]):
        if file.is_file() and file.suffix != ".pyc":
            whole.update(f"{file} {file_digest(file)}\n".encode())
    return whole.hexdigest()
