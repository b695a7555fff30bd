"""What is known of each run: how it ended, whether its report is fresh and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    found: dict[str, Request | str] = {}
    asked: list[tuple[str, dict[str, Any]]] = [(one.name, {"names": [one.name]}) for one in specs]
    asked += [(f"scenario-{name}", {"scenarios": [name]}) for name in scenario_names()]
    for what, wish in asked:
        try:
            found |= {request.run: request for request in plan(specs, **wish)}
        except ResearchError as error:
            found[what] = str(error)
    reports = paths.reports()
    built = [*reports.glob(f"*{_SUFFIX}"), *(reports / "failed").glob(f"*{_SUFFIX}")]
    built += (reports / ".work").glob("*.json")
    names = {file.name.removesuffix(_SUFFIX).removesuffix(".json") for file in built}
    found |= {run: _remembered(run, specs) for run in filter(is_run, names) if run not in found}
    return [_row(run, found[run]) for run in sorted(found)]


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


def _row(run: str, request: Request | str) -> RunStatus:
    if not is_run(run):  # a scenario's file may have a name that no run can have
        return RunStatus(run, "not built", (str(request),))
    files, reasons = run_files(run), [str(request)]
    if isinstance(request, Request):
        try:
            reasons = stale_reasons(request, files)
        except ResearchError as error:
            reasons = [f"{fault.where} is missing" for fault in error.faults]
    good = read_manifest(files.manifest)[0] or {}
    state, detail = _last_attempt(files, good)
    stale = ["it is being built now"] if state == "running" else reasons
    report = files.report if files.report.is_file() else None
    times = good.get("seconds"), good.get("started_utc")
    return RunStatus(run, state, tuple(stale), detail, *times, report)


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
    return ": ".join(filter(None, [_place(error), why]))


def _place(step: Mapping[str, Any]) -> str:
    if not step.get("cell") and not step.get("heading"):
        return ""
    cell = f"cell {step['cell']}" if step.get("cell") else "the parameters that were passed in"
    return f"{cell} (under '{step['heading']}')" if step.get("heading") else cell
