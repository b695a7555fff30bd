"""Builds one report: is it stale, execute, render, write; the last good one stays till then."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from research.errors import RunError
from research.report.execute import NotebookError, Step, execute
from research.report.files import (
    RunFiles,
    as_json,
    digest,
    run_files,
    write_json,
    write_together,
    writing,
)
from research.report.manifest import narrowed, read_manifest, sealed, stale_reasons, start_manifest
from research.report.plan import Request

if TYPE_CHECKING:
    from nbformat import NotebookNode

Render = Callable[["NotebookNode", dict[str, Any]], str]
Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run ended: ``built``, ``fresh`` or ``failed``, with the manifest's ``error``.

    ``reasons`` are those to build it, ``seconds`` the time of execution and page; ``findings``,
    as data, of a run without a page.
    """

    run: str
    state: str
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    error: Mapping[str, Any] | None = None
    findings: tuple[dict[str, Any], ...] = ()


def build(
    request: Request, render: Render, *, force: bool = False, tell: Tell = lambda step: None
) -> Outcome:
    """Build one report if it is stale, or in any case where ``force`` is set.

    A second build of the same run waits for the first and then finds its work done. ``render``
    makes the page from executed notebook and manifest; ``tell`` is called with each code cell.
    A file that is missing is a `DataError`, one that cannot be written a `RunError`.
    """
    files = run_files(request.run)
    with run_lock(files):
        reasons = stale_reasons(request, files)
        settle_killed(files)
        if not reasons and not force:
            return Outcome(request.run, "fresh")
        outcome = _attempt(request, files, start_manifest(request), render, tell)
        return replace(outcome, reasons=tuple(reasons) or ("forced",))


def _attempt(
    request: Request, files: RunFiles, manifest: dict[str, Any], render: Render, tell: Tell
) -> Outcome:
    from research.report.pages.workbook import outputs

    start = time.monotonic()

    def on_cell(step: Step) -> None:
        write_json(files.mark, {**manifest, "step": asdict(step)})
        tell(step)

    with marked(files, manifest):
        try:
            done = execute(request.spec, request.parameters, folder=files.work, tell=on_cell)
            makers = {*_beside(render), *_beside(outputs)}
            used = narrowed(manifest, done.tables, [*done.modules, *makers])
            manifest = {**used, "seconds": _since(start), "state": "ok"}
            try:
                page = render(done.notebook, manifest)
            except Exception as error:
                why = f"The notebook ran to its end, but its page could not be made. {error}"
                raise NotebookError(type(error).__name__, why, None, done.notebook) from error
            _publish(files, {".html": page, **outputs(done.notebook, manifest)}, manifest)
        except (Exception, KeyboardInterrupt) as error:
            return _failed(files, {**manifest, "seconds": _since(start)}, error)
    return Outcome(request.run, "built", seconds=manifest["seconds"])


def _since(start: float) -> float:
    return round(time.monotonic() - start, 2)


def told(name: str, message: str, step: Any = None) -> dict[str, Any]:
    """Say how a run ended before its end, as manifests keep it: in which cell, and why."""
    place = {key: getattr(step, key, None) for key in ("cell", "heading")}
    return place | {"name": name, "message": message}


def _beside(maker: Callable[..., Any]) -> list[str]:
    """List the modules that make the page: those of the package that the function stands in."""
    package = maker.__module__.rpartition(".")[0]
    return [name for name in sys.modules if package and name.startswith(f"{package}.")]


def _publish(files: RunFiles, made: Mapping[str, str | bytes], manifest: Mapping[str, Any]) -> None:
    """Put all files of a report in place at once, by the ends of their names, or none."""
    contents = {files.folder / f"{files.run}{end}": made[end] for end in made}
    files_told = {file.name: digest(content) for file, content in contents.items()}
    gone = [file for file in files.outputs if file not in contents]
    # The manifest last: a kill between leaves one that does not fit, so a stale run.
    about = as_json(sealed({**manifest, "files": files_told}))
    write_together({**contents, files.manifest: about}, gone)
    _forget_failure(files)


def _failed(files: RunFiles, manifest: Mapping[str, Any], error: BaseException) -> Outcome:
    if isinstance(error, KeyboardInterrupt):
        error = NotebookError("Interrupted", "The run was interrupted.", None, None)
    elif not isinstance(error, NotebookError):
        error = NotebookError(type(error).__name__, str(error), None, None)
    why = told(error.name, error.message, error.step)
    with suppress(RunError):  # Where nothing can be written, the outcome alone tells of it.
        record_failure(files, manifest, why, error.notebook)
    return Outcome(manifest["run"], "failed", seconds=manifest["seconds"], error=why)


@contextmanager
def run_lock(files: RunFiles, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a run while it works; the system frees it when the run is killed.

    `filelock.Timeout` says that another process holds it and this one does not wait.
    """
    from filelock import FileLock

    with writing(files.lock):
        files.lock.parent.mkdir(parents=True, exist_ok=True)
        files.lock.open("a").close()
    with FileLock(files.lock, blocking=wait):
        yield


def is_working(files: RunFiles) -> bool:
    """Say whether some process builds this run right now."""
    from filelock import Timeout

    if not files.lock.is_file():
        return False
    try:
        with run_lock(files, wait=False):
            return False
    except Timeout:
        return True


@contextmanager
def marked(files: RunFiles, manifest: Mapping[str, Any]) -> Iterator[None]:
    """Keep a mark of a run in progress on disk; what a killed run leaves tells of its end."""
    try:
        write_json(files.mark, manifest)
        with writing(files.work):
            files.log.write_bytes(b"")
            files.work.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        shutil.rmtree(files.work, ignore_errors=True)
        files.mark.unlink(missing_ok=True)


def record_failure(
    files: RunFiles,
    manifest: Mapping[str, Any],
    error: Mapping[str, Any],
    notebook: NotebookNode | None = None,
) -> None:
    """Keep what is known of this failed attempt alone, apart from the last good report."""
    _forget_failure(files)
    write_json(files.failed_manifest, {**manifest, "state": "failed", "error": dict(error)})
    if notebook is not None:
        write_json(files.failed_notebook, notebook)
    if files.log.is_file() and files.log.stat().st_size:
        # Copied, not moved: a process that waits for this run's lock has the log open.
        with writing(files.failed_log):
            shutil.copyfile(files.log, files.failed_log)


def _forget_failure(files: RunFiles) -> None:
    for file in (files.failed_manifest, files.failed_notebook, files.failed_log):
        with writing(file):
            file.unlink(missing_ok=True)


def settle_killed(files: RunFiles) -> None:
    """Turn the mark of a killed run into the record of a failed attempt, and clear up behind it.

    The caller holds the run's lock: a mark that is still there is of a process that is gone.
    """
    mark, _ = read_manifest(files.mark)
    if mark is not None:
        record_failure(files, mark, killed_error(mark))
    shutil.rmtree(files.work, ignore_errors=True)
    for place in (files.folder, files.lock.parent, files.failed_log.parent):
        for draft in place.glob(f".{files.run}.*.part"):
            draft.unlink(missing_ok=True)
    with writing(files.mark):
        files.mark.unlink(missing_ok=True)


def killed_error(mark: Mapping[str, Any]) -> dict[str, Any]:
    """Say where a killed run was, from the mark it left."""
    message = "The run was killed from outside (or the machine stopped) before its end."
    step = mark.get("step") or {}
    return told("Killed", message) | {key: step.get(key) for key in ("cell", "heading")}
