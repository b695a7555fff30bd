"""Builds one report: is it stale, execute, render, write; the last good one stays till then."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.reports.attempts import (
    failure_reason,
    forget_failure,
    mark_step,
    marked,
    now_utc,
    record_failure,
    run_lock,
    settle_killed,
)
from research.reports.execute import NotebookError, Step, execute
from research.reports.files import RunFiles, as_json, run_files, write_atomically, write_together
from research.reports.fingerprint import collect_inputs, stale_reasons
from research.reports.manifest import start_manifest
from research.reports.manifest_shape import read_manifest
from research.reports.plan import Request

if TYPE_CHECKING:
    from nbformat import NotebookNode

Render = Callable[["NotebookNode", dict[str, Any]], str]
Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run ended.

    Attributes
    ----------
    run
        Name of the run.
    state
        ``built``, ``fresh`` (nothing to do) or ``failed``.
    reasons
        Why it had to be built.
    seconds
        Time of execution and rendering.
    error
        ``cell``, ``heading``, ``name``, ``message`` of a failed run, else ``None``.
    """

    run: str
    state: str
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    error: Mapping[str, Any] | None = None


def reasons_to_build(
    request: Request, folder: Path | None = None, inputs: Mapping[str, Any] | None = None
) -> list[str]:
    """Say why a report has to be built; an empty list means that it is up to date.

    Parameters
    ----------
    request
        The run.
    folder
        The reports folder; the project's by default.
    inputs
        Digests of its inputs, if they are known already.

    Raises
    ------
    DataError
        If a file that the run reads is missing.
    """
    files = run_files(request.run, folder)
    now = inputs or collect_inputs(request.spec, request.parameters)
    manifest, problem = read_manifest(files.manifest)
    if problem:
        return [problem, *failure_reason(files)]
    return stale_reasons(manifest, files.report, request.parameters, now) + failure_reason(files)


def build(
    request: Request,
    render: Render,
    *,
    force: bool = False,
    folder: Path | None = None,
    tell: Tell = lambda step: None,
) -> Outcome:
    """Build one report if it is stale.

    A second build of the same run waits for the first and then finds its work done.

    Parameters
    ----------
    request
        The run.
    render
        Makes the HTML page from the executed notebook and the manifest.
    force
        Build even what is fresh.
    folder
        The reports folder; the project's by default.
    tell
        Called with each code cell before it runs.

    Raises
    ------
    DataError
        If a file that the run reads is missing.
    """
    files = run_files(request.run, folder)
    with run_lock(files):
        inputs = collect_inputs(request.spec, request.parameters)
        reasons = reasons_to_build(request, folder, inputs)
        settle_killed(files)
        if not reasons and not force:
            return Outcome(request.run, "fresh")
        manifest = start_manifest(request, inputs, now_utc())
        outcome = _attempt(request, files, manifest, render, tell)
        return replace(outcome, reasons=tuple(reasons) or ("forced",))


def _attempt(
    request: Request, files: RunFiles, manifest: dict[str, Any], render: Render, tell: Tell
) -> Outcome:
    start = time.monotonic()

    def on_cell(step: Step) -> None:
        mark_step(files, manifest, step)
        tell(step)

    with marked(files, manifest):
        try:
            notebook = execute(request.spec, request.parameters, folder=files.work, tell=on_cell)
            done = {**manifest, "seconds": _since(start), "state": "ok"}
            page = _page(render, notebook, done)
        except (Exception, KeyboardInterrupt) as error:
            failed = {**manifest, "seconds": _since(start)}
            return _failed(files, failed, _as_notebook_error(error))
        _publish(files, page, done)
    return Outcome(request.run, "built", seconds=done["seconds"])


def _since(start: float) -> float:
    return round(time.monotonic() - start, 2)


def _page(render: Render, notebook: NotebookNode, manifest: dict[str, Any]) -> str:
    try:
        return render(notebook, manifest)
    except Exception as error:
        message = f"The notebook ran to its end, but its page could not be made. {error}"
        raise NotebookError(type(error).__name__, message, None, notebook) from error


def _publish(files: RunFiles, page: str, manifest: Mapping[str, Any]) -> None:
    digest = hashlib.sha256(page.encode()).hexdigest()
    # The page first: a kill between the two leaves a manifest that does not fit, so a stale run.
    write_together(
        {files.report: page, files.manifest: as_json({**manifest, "report_sha256": digest})}
    )
    forget_failure(files)


def _as_notebook_error(error: BaseException) -> NotebookError:
    if isinstance(error, NotebookError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return NotebookError("Interrupted", "The run was interrupted.", None, None)
    return NotebookError(type(error).__name__, str(error), None, None)


def _failed(files: RunFiles, manifest: Mapping[str, Any], error: NotebookError) -> Outcome:
    step = error.step
    told = {
        "cell": step.cell if step else None,
        "heading": step.heading if step else None,
        "name": error.name,
        "message": error.message,
    }
    files.failed_notebook.unlink(missing_ok=True)
    if error.notebook is not None:
        import nbformat

        text = nbformat.writes(error.notebook)  # type: ignore[no-untyped-call]
        write_atomically(files.failed_notebook, text)
    record_failure(files, manifest, told)
    return Outcome(manifest["run"], "failed", seconds=manifest["seconds"], error=told)
