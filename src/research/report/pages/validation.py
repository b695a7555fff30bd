"""The page of published numbers beside ours, made anew when anything behind it changed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from research import paths
from research.data.catalog import checksums_path, file_digest
from research.report import validation
from research.report.pages.documents import render, write_page
from research.report.pages.prose import plain

PAGE = "validation.html"


def write_validation(reports: Path) -> None:
    """Write ``validation.html`` of a folder of reports, unless it is current."""
    write_page(reports / PAGE, _made_from(), _page)


def _page() -> str:
    return render(validation.page(validation.results()), "docs/validation.md")


def first_sentence(reports: Path) -> str:
    """Give what the page of published numbers says first; nothing where it is not there."""
    page = reports / PAGE
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.search(r"<main.*?<p>(.*?)</p>", text, re.DOTALL)
    return plain(found[1]) if found else ""


def _made_from() -> str:
    root, whole = paths.root(), hashlib.sha256()
    code = [*Path(validation.__file__).parents[1].rglob("*.*"), *(root / "studies").rglob("*.py")]
    kept = (root / "docs" / "validation").glob("*.json")
    for file in sorted([*code, *kept, checksums_path(), root / "requirements.lock"]):
        if file.is_file() and file.suffix != ".pyc":
            whole.update(f"{file} {file_digest(file)}\n".encode())
    return whole.hexdigest()
