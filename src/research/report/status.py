"""What is known of each run: how it ended, whether its report is fresh and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from research import paths
from research.errors import ResearchError
from research.report.build import is_working, killed_error
from research.report.files import RunFiles, is_run, run_files
from research.report.manifest import read_manifest, stale_reasons
from research.report.notebooks import NotebookSpec
from research.report.plan import Request, plan, reads_of, scenario_names

_SUFFIX = ".manifest.json"


@dataclass(frozen=True, eq=False, slots=True)
class RunStatus:
    """What is known of one run.

    ``state`` of the last attempt is ``ok``, ``failed``, ``killed``, ``running`` or ``not built``;
    ``detail`` says where it stopped or stands. ``stale`` has the reasons to build again; the rest
    is of the last good report.
    """

    run: str
    state: str
    stale: tuple[str, ...]
    detail: str = ""
    seconds: float | None = None
    started_utc: str | None = None
    report: Path | None = None


def status(specs: Sequence[NotebookSpec]) -> list[RunStatus]:
    """List every run: each notebook, each scenario, and whatever else was built."""
    problems: dict[str, str] = {}
    requests: dict[str, Request] = {}
    asked = [(spec.name, partial(plan, specs, names=[spec.name])) for spec in specs]
    asked += [(f"scenario-{n}", partial(plan, specs, scenarios=[n])) for n in scenario_names()]
    for what, make in asked:
        try:
            requests |= {request.run: request for request in make()}
        except ResearchError as error:
            problems[what] = str(error)
    reports = paths.reports()
    built = [*reports.glob(f"*{_SUFFIX}"), *(reports / "failed").glob(f"*{_SUFFIX}")]
    built += (reports / ".work").glob("*.json")
    names = {file.name.removesuffix(_SUFFIX).removesuffix(".json") for file in built}
    for run in sorted(filter(is_run, names)):
        if run not in requests and run not in problems:
            found = _remembered(run, specs)
            if isinstance(found, Request):
                requests[run] = found
            else:
                problems[run] = found
    rows = {run: _of_request(request) for run, request in requests.items()}
    for run, why in problems.items():
        # A scenario's file may have a name that no run can have.
        missing = RunStatus(run, "not built", (why,))
        rows[run] = _row(run_files(run), [why]) if is_run(run) else missing
    return [rows[run] for run in sorted(rows)]


def _remembered(run: str, specs: Sequence[NotebookSpec]) -> Request | str:
    """Rebuild the request of a run with parameters of its own from what it left, or say why not."""
    files = run_files(run)
    kept = [read_manifest(file) for file in (files.manifest, files.failed_manifest, files.mark)]
    manifest = next((found for found, _ in kept if found), None)
    if manifest is None:
        return "; ".join(problem for _, problem in kept if problem)
    spec = next((spec for spec in specs if spec.name == manifest["notebook"]), None)
    if spec is None:
        return f"the project has no notebook {manifest['notebook']!r}"
    return Request(run, spec, manifest["parameters"], reads=reads_of(spec, specs))


def _of_request(request: Request) -> RunStatus:
    files = run_files(request.run)
    try:
        reasons = stale_reasons(request, files)
    except ResearchError as error:
        reasons = [f"{fault.where} is missing" for fault in error.faults] or [error.summary]
    return _row(files, reasons)


def _row(files: RunFiles, reasons: Sequence[str]) -> RunStatus:
    good = read_manifest(files.manifest)[0] or {}
    state, detail = _last_attempt(files, good)
    return RunStatus(
        files.run,
        state,
        ("it is being built now",) if state == "running" else tuple(reasons),
        detail,
        good.get("seconds"),
        good.get("started_utc"),
        files.report if files.report.is_file() else None,
    )


def _last_attempt(files: RunFiles, good: Mapping[str, Any]) -> tuple[str, str]:
    mark, _ = read_manifest(files.mark)
    if mark and is_working(files):
        return "running", _place(mark.get("step") or {})
    if mark:
        return "killed", describe_error(killed_error(mark))
    failed, problem = read_manifest(files.failed_manifest)
    if failed or problem:
        return "failed", problem or describe_error((failed or {}).get("error") or {})
    return ("ok", "") if good else ("not built", "")


def describe_error(error: Mapping[str, Any]) -> str:
    """Say in which cell a run stopped and why, from ``error`` of a manifest."""
    why = f"{error.get('name')}: {error.get('message')}"
    place = _place(error)
    return f"{place}: {why}" if place else why


def _place(step: Mapping[str, Any]) -> str:
    if not step.get("cell") and not step.get("heading"):
        return ""
    cell = f"cell {step['cell']}" if step.get("cell") else "the parameters that were passed in"
    return f"{cell} (under '{step['heading']}')" if step.get("heading") else cell
