"""Where the files of a run stand, and writing them so that a reader never sees half of one."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research import paths
from research.data.catalog import show
from research.errors import Fault, InputError, RunError
from research.reports.naming import is_run

#: What to do, by the reason for which the system would not write.
_FREE_SPACE = "Free some space; the last good reports are as they were."
_ALLOW = "Make the folder writable."
_MOVE_AWAY = "Move away the file or folder that stands in its place."
_TODO = {
    errno.ENOSPC: _FREE_SPACE,
    errno.EDQUOT: _FREE_SPACE,
    errno.EFBIG: _FREE_SPACE,
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
    errno.EROFS: _ALLOW,
    errno.EEXIST: _MOVE_AWAY,
    errno.ENOTDIR: _MOVE_AWAY,
    errno.EISDIR: _MOVE_AWAY,
}


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


def not_written(file: Path, error: OSError) -> RunError:
    """Word the system's refusal to write a file."""
    fault = Fault(
        show(file),
        "a file that can be written",
        error.strerror or type(error).__name__,
        _TODO.get(error.errno or 0, ""),
    )
    return RunError("A file of the reports could not be written.", [fault])


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn the system's refusal to write into an error that names the file.

    Raises
    ------
    RunError
        If the disk is full, the folder is read-only, or something else stands in the place.
    """
    try:
        yield
    except OSError as error:
        raise not_written(file, error) from error


def check_writable(folder: Path) -> None:
    """Make the reports folder and try to write into it.

    Raises
    ------
    RunError
        If that cannot be done.
    """
    for place in (folder, folder / ".work"):
        with writing(place):
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place) as trial:
                trial.write(b"x")


def write_atomically(file: Path, text: str) -> None:
    """Write a text file so that readers see the old or the new content, nothing between.

    Parameters
    ----------
    file
        Where to write. A link there is replaced, not followed.
    text
        The content, written as UTF-8.

    Raises
    ------
    RunError
        If it cannot be written; the old file stays.
    """
    write_together({file: text})


def write_together(texts: Mapping[Path, str]) -> None:
    """Write text files, none of them in place before all of them are on the disk.

    Parameters
    ----------
    texts
        The content by file. They are moved into place in this order.

    Raises
    ------
    RunError
        If one cannot be written; the old files stay.
    """
    parts: dict[Path, Path] = {}
    try:
        for file, text in texts.items():
            with writing(file):
                parts[file] = _write_part(file, text)
        for file, part in parts.items():
            with writing(file):
                part.replace(file)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()


def _write_part(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically."""
    write_atomically(file, as_json(content))


def as_json(content: Mapping[str, Any]) -> str:
    """Give the text of a JSON file, in a form that people can read and compare."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_json(file: Path) -> dict[str, Any] | None:
    """Read a JSON object; ``None`` if the file is not there or holds something else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
