"""The page of published numbers beside ours, made anew when anything behind it changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from research import paths
from research.data.catalog import checksums_path, file_digest
from research.report import validation
from research.report.files import as_json, write_together
from research.report.pages.documents import read_note, render

#: The page, and beside it what it was made from and its first sentence.
PAGE, NOTE = "validation.html", ".work/validation.digests"


def write_validation(reports: Path) -> None:
    """Write ``validation.html`` of a folder of reports, unless it is current."""
    made_from = _made_from()
    if read_note(reports / NOTE).get("made_from") == made_from and (reports / PAGE).is_file():
        return
    text = validation.page(validation.results())
    note = {"made_from": made_from, "sentence": text.split("\n\n", 2)[1]}
    write_together(
        {reports / PAGE: render(text, "docs/validation.md"), reports / NOTE: as_json(note)}
    )


def _made_from() -> str:
    root, whole = paths.root(), hashlib.sha256()
    code = [*Path(validation.__file__).parents[1].rglob("*.*"), *(root / "studies").rglob("*.py")]
    kept = (root / "docs" / "validation").glob("*.json")
    for file in sorted([*code, *kept, checksums_path(), root / "requirements.lock"]):
        if file.is_file() and file.suffix != ".pyc":
            whole.update(f"{file} {file_digest(file)}\n".encode())
    return whole.hexdigest()
