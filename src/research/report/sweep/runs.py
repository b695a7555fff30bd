"""One run of a sweep: a notebook with results only, without pictures and page."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from research.findings import bundle_of
from research.report.build import Outcome, told
from research.report.execute import NotebookError, execute
from research.report.files import as_sorted_json, digest, run_files
from research.report.manifest import inputs_of
from research.report.notebooks import NOTEBOOKS, NotebookSpec, file_values
from research.report.plan import Request
from research.report.run import Listen, run_each


@dataclass(frozen=True, slots=True)
class Task:
    """One set of parameters of a notebook, all of them, as plain JSON values.

    ``notebook`` is its name; ``id`` the first signs of the digest of both.
    """

    id: str
    notebook: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, as plain JSON values: ``state`` is ``ok`` or ``failed``.

    ``findings`` are as `research.findings.Finding` dumps them, without quantiles; ``error`` of a
    failed run has name, message, cell and heading; ``inputs`` is the digest of what it was made
    from.
    """

    id: str
    state: str
    findings: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    error: dict[str, Any] | None = None
    inputs: str = ""


def task(notebook: str, parameters: Mapping[str, Any]) -> Task:
    """Give the task of these parameters."""
    content = as_sorted_json([notebook, parameters])
    return Task(digest(content)[:12], notebook, dict(parameters))


def run_local(
    tasks: Iterable[Task],
    jobs: int,
    *,
    specs: Sequence[NotebookSpec] = NOTEBOOKS,
    ahead: bool = False,
    listen: Listen = lambda run, news: None,
) -> Generator[Result, None, None]:
    """Run tasks on this machine, ``jobs`` processes at a time; give results as they end.

    A run that raises, and one whose process is killed, is a failed one. ``ahead`` says that other
    tasks follow in this process.
    """
    by_name = {spec.name: spec for spec in specs}
    # Names of their own each time: another sweep, or another try, may be at the same task.
    named = {f"sweep-{one.id}-{secrets.token_hex(4)}": one for one in tasks}
    asked = [Request(run, by_name[x.notebook], x.parameters) for run, x in named.items()]
    ended_runs = run_each(asked, f"{__name__}:results", jobs=jobs, ahead=ahead, listen=listen)
    with closing(ended_runs) as outcomes:
        for ended in outcomes:
            one, files = named.pop(ended.run), run_files(ended.run)
            for file in (files.lock, files.log):
                file.unlink(missing_ok=True)
            state, error = ("failed", dict(ended.error)) if ended.error else ("ok", None)
            inputs = inputs_digest(one, by_name[one.notebook])
            yield Result(one.id, state, [*ended.findings], ended.seconds, error, inputs)


def inputs_digest(task: Task, spec: NotebookSpec) -> str:
    """Digest what the results of a task can depend on."""
    return digest(as_sorted_json(made_from(spec, task.parameters)))


def own_files(spec: NotebookSpec, parameters: Mapping[str, Any]) -> str:
    """Name notebook, source and files of a set of parameters: alone, they tell inputs apart."""
    return f"{spec.name} {parameters.get('source')} {file_values(spec, parameters)}"


def made_from(spec: NotebookSpec, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Digest one by one the files that could enter a run, findings of other reports with them."""
    reads = tuple(Request(name, spec, {}) for name in spec.reads)
    return inputs_of(Request(spec.name, spec, parameters, reads=reads))


def results(request: Request, *, force: bool, tell: Any) -> Outcome:
    """Run a notebook for its findings alone; what else it leaves is cleared away."""
    import shutil

    os.environ["RESEARCH_OUTPUTS"] = "findings"
    files, start = run_files(request.run), time.monotonic()
    files.work.mkdir(parents=True, exist_ok=True)
    try:
        done = execute(request.spec, request.parameters, folder=files.work, tell=tell)
        found = [
            one.model_dump(mode="json", exclude={"quantiles"})
            for one in bundle_of(done.notebook.cells)
        ]
        error = None if found else told("NoFindings", "The notebook showed no findings.")
    except NotebookError as stopped:
        found, error = [], told(stopped.name, stopped.message, stopped.step)
    finally:
        shutil.rmtree(files.work, ignore_errors=True)
        files.log.unlink(missing_ok=True)
    state, seconds = "failed" if error else "built", round(time.monotonic() - start, 2)
    return Outcome(request.run, state, seconds=seconds, error=error, findings=tuple(found))
