"""Where the files of a run stand, and writing them so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research import paths
from research.errors import Fault, InputError
from research.reports.naming import is_run


@dataclass(frozen=True, eq=False, slots=True)
class RunFiles:
    """The files of one run.

    Attributes
    ----------
    run
        Name of the run.
    folder
        The reports folder.
    """

    run: str
    folder: Path

    @property
    def report(self) -> Path:
        """Give the last good report."""
        return self.folder / f"{self.run}.html"

    @property
    def manifest(self) -> Path:
        """Give the manifest of the last good report."""
        return self.folder / f"{self.run}.manifest.json"

    @property
    def failed_manifest(self) -> Path:
        """Give the manifest of a last attempt that failed."""
        return self.folder / "failed" / f"{self.run}.manifest.json"

    @property
    def failed_notebook(self) -> Path:
        """Give the notebook of a failed attempt, as far as it came."""
        return self.folder / "failed" / f"{self.run}.ipynb"

    @property
    def failed_log(self) -> Path:
        """Give what the processes of a failed attempt wrote to their standard streams."""
        return self.folder / "failed" / f"{self.run}.log"

    @property
    def work(self) -> Path:
        """Give the folder of a run in progress: same file system, so that renames are atomic."""
        return self.folder / ".work" / self.run

    @property
    def lock(self) -> Path:
        """Give the lock file that a run holds while it works."""
        return self.folder / ".work" / f"{self.run}.lock"

    @property
    def mark(self) -> Path:
        """Give the mark of a run in progress: which cell runs, since when."""
        return self.folder / ".work" / f"{self.run}.json"

    @property
    def log(self) -> Path:
        """Give the standard output and error of the run in progress."""
        return self.folder / ".work" / f"{self.run}.log"


def run_files(run: str, folder: Path | None = None) -> RunFiles:
    """Give the files of a run.

    Parameters
    ----------
    run
        Name of the run.
    folder
        The reports folder; the project's by default.

    Raises
    ------
    InputError
        If the name could lead out of the reports folder.
    """
    if not is_run(run):
        fault = Fault("run", "small letters, digits, _ and -", repr(run[:80]))
        raise InputError("That is no name of a run.", [fault])
    return RunFiles(run, folder or paths.reports())


def write_atomically(file: Path, text: str) -> None:
    """Write a text file so that readers see the old or the new content, nothing between.

    Parameters
    ----------
    file
        Where to write. A link there is replaced, not followed.
    text
        The content, written as UTF-8.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically, in a form that people can read and compare."""
    write_atomically(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_json(file: Path) -> dict[str, Any] | None:
    """Read a JSON object; ``None`` if the file is not there or holds something else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
