"""Where the files of a run stand, and writing them so that a reader never sees half of one."""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research import paths
from research.data.catalog import show
from research.errors import Fault, InputError, RunError
from research.files import draft

_RUN = re.compile(r"[a-z0-9][a-z0-9_-]{0,149}")

#: What to do where the system would not write.
_TODO = "Free space, make the folder writable, close the program that has it open or move it away."

#: Ends of the names of what a good run leaves, but for its manifest; not every run has pictures.
OUTPUTS = (
    *(".html", ".findings.json", ".xlsx", ".results.csv", ".png", ".narrow.png"),
    *(".scorecard.csv", ".scorecard.json"),
)


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run in the reports ``folder``.

    Of the last good report (``outputs`` are all but its manifest); of a last attempt that failed;
    of a run in progress: its folder (on the same file system, so that renames are atomic), lock,
    mark (which cell, since when) and output.
    """

    run: str
    folder: Path
    outputs: tuple[Path, ...]
    report: Path
    manifest: Path
    findings: Path
    failed_manifest: Path
    failed_notebook: Path
    failed_log: Path
    work: Path
    lock: Path
    mark: Path
    log: Path


def run_files(run: str, folder: Path | None = None) -> RunFiles:
    """Give the files of a run in the reports folder.

    A name that could lead out of it is an `InputError`.
    """
    if not _RUN.fullmatch(run):
        fault = Fault("run", "small letters, digits, _ and -", repr(run[:80]))
        raise InputError("That is no name of a run.", [fault])
    reports = folder or paths.reports()
    good = [reports / f"{run}{end}" for end in (".html", ".manifest.json", ".findings.json")]
    outputs = tuple(reports / f"{run}{end}" for end in OUTPUTS)
    failed = [reports / "failed" / f"{run}{end}" for end in (".manifest.json", ".ipynb", ".log")]
    work = [reports / ".work" / f"{run}{end}" for end in ("", ".lock", ".json", ".log")]
    return RunFiles(run, reports, outputs, *good, *failed, *work)


def is_run(text: str) -> bool:
    """Say whether a text may name a run, and so a file of ``reports/``."""
    return _RUN.fullmatch(text) is not None


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn the system's refusal to write into a `RunError` that names the file."""
    try:
        yield
    except OSError as error:
        found = error.strerror or type(error).__name__
        fault = Fault(show(file), "a file that can be written", found, _TODO)
        raise RunError("A file of the reports could not be written.", [fault]) from error


def check_writable(folder: Path) -> None:
    """Make the reports folder and try to write into it; where that fails it is a `RunError`."""
    for place in (folder, folder / ".work"):
        with writing(place):
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place) as trial:
                trial.write(b"x")


def write_together(contents: Mapping[Path, str | bytes], gone: Iterable[Path] = ()) -> None:
    """Write files in this order, none of them in place before all of them are on the disk.

    A link in the place of a file is replaced, not followed; ``gone`` are removed before the last
    is in place. If one cannot be written, all stay as they were and it is a `RunError`.
    """
    drafts: dict[Path, Path] = {}
    before: dict[Path, Path | None] = {}
    *first, last = contents
    try:
        for file, content in contents.items():
            with writing(file):
                drafts[file] = draft(file, content)
        for file in [*first, *(one for one in gone if one.is_file()), last]:
            with writing(file):
                if file is not last:
                    before[file] = draft(file, file.read_bytes()) if file.exists() else None
                drafts[file].replace(file) if file in drafts else file.unlink()
    except BaseException:
        for file, old in before.items():
            old.replace(file) if old else file.unlink(missing_ok=True)
        raise
    finally:
        for made in [*drafts.values(), *filter(None, before.values())]:
            made.unlink(missing_ok=True)


def renew(file: Path, text: str) -> bool:
    """Write a page that is made from other things if it is another; say whether it was."""
    if is_new := not file.is_file() or file.read_text(encoding="utf-8") != text:
        write_together({file: text})
    return is_new


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically."""
    write_together({file: as_json(content)})


def digest(content: str | bytes) -> str:
    """Give the SHA-256 of what is to be written."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def as_json(content: Mapping[str, Any]) -> str:
    """Give the text of a JSON file, in a form that people can read and compare."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def as_sorted_json(content: Any) -> str:
    """Give the text that digests of plain values are taken of."""
    return json.dumps(content, sort_keys=True)
