"""Whether ``index.html`` is the page that was made from the reports that are there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from research.data.catalog import file_digest
from research.reports.files import read_json, write_json


def is_current(folder: Path) -> bool:
    """Say whether the index is as it was written, from the manifests that are there now.

    Parameters
    ----------
    folder
        The reports folder.
    """
    index = folder / "index.html"
    return index.is_file() and read_json(_note(folder)) == _digests(folder)


def note_index(folder: Path) -> None:
    """Remember the index that was just written, and what it was made from.

    Raises
    ------
    RunError
        If the note cannot be written.
    """
    write_json(_note(folder), _digests(folder))


def _note(folder: Path) -> Path:
    # Not ending in .json: files of that name are marks of runs.
    return folder / ".work" / "index.digests"


def _digests(folder: Path) -> dict[str, str]:
    manifests = [*folder.glob("*.manifest.json"), *(folder / "failed").glob("*.manifest.json")]
    whole = hashlib.sha256()
    for file in sorted(manifests):
        whole.update(f"{file.relative_to(folder).as_posix()} {file_digest(file)}\n".encode())
    # A manifest names the digest of its report, but not whether the report is still there.
    for name in sorted(file.name for file in folder.glob("*.html")):
        whole.update(f"{name}\n".encode())
    return {"index": file_digest(folder / "index.html"), "made_from": whole.hexdigest()}
