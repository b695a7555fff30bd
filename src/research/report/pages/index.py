"""The front page: one answer a topic, every scenario with its own finding, and the rest."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from research import paths
from research.data.catalog import file_digest
from research.findings import read_findings
from research.report.files import RunFiles, is_run, renew, run_files
from research.report.manifest import changed_files, own_finding, read_manifest
from research.report.pages import theme
from research.report.pages.lessons import lessons, title_of
from research.report.pages.prose import page_of
from research.report.pages.theme import as_text, card
from research.report.status import describe_error

_SUFFIX = ".manifest.json"

#: The report that stands before the others: its answer and its other headlines.
_FIRST = "05_claims"


def write_index(reports: Path) -> None:
    """Write ``index.html`` of a folder of reports, unless it is what it would be now."""
    found = (*reports.glob(f"*{_SUFFIX}"), *reports.glob(f"failed/*{_SUFFIX}"))
    names = sorted({file.name.removesuffix(_SUFFIX) for file in found})
    topics = [
        _topic([run_files(name, reports) for name in runs])
        for _, runs in groupby(filter(is_run, names), key=lambda name: name.partition("__")[0])
    ]
    numbers = paths.root() / "docs/validation.md"
    met = numbers.read_text("utf-8").split("\n\n")[1:2] if numbers.is_file() else []
    html = theme.page(
        "index.html.j2",
        topics=topics,
        first=next((one for one in topics if one["answer"] and one["notebook"] == _FIRST), None),
        others=[(topic, run) for topic in topics for run in topic["others"]],
        has=lambda page: (reports / page).is_file(),
        lessons=[(str(page_of(one)), title_of(one)) for one in lessons()],
        validation="".join(met).partition(" (")[0],
        cite=theme.citation(),
    )
    renew(reports / "index.html", html)


def _topic(runs: list[RunFiles]) -> dict[str, Any]:
    """Give the runs of one notebook: the one with default parameters, and the others."""
    notebook = runs[0].run.partition("__")[0]
    read = [_read(run) for run in runs]
    known: Mapping[str, Any] = next((good or bad for good, bad, _ in read if good or bad), {})
    has_usual = runs[0].run == notebook  # the name alone sorts before name__more
    default = (read[0][0] or read[0][1]).get("parameters", {}) if has_usual else {}
    told = [_run(run, default, *one) for run, one in zip(runs, read, strict=True)]
    return {
        "notebook": notebook,
        "title": known.get("title") or notebook,
        "question": known.get("question"),
        "answer": told[0] if has_usual else None,
        "others": told[has_usual:],
    }


def _read(files: RunFiles) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Read the manifests of the last good report and of a later failed attempt, and the fault."""
    (good, fault), (failed, fault_2) = map(read_manifest, (files.manifest, files.failed_manifest))
    good, failed = good or {}, failed or {}
    if failed.get("started_utc", "") < good.get("started_utc", ""):
        failed = {}
    return good, failed, fault or fault_2


def _run(
    files: RunFiles, default: Mapping[str, Any], good: Any, failed: Any, fault: str
) -> dict[str, Any]:
    """Give what is said of one run, in words; what does not apply is empty."""
    newest = good or failed
    changed = [
        f"{name} = {as_text(value)}"
        for name, value in newest.get("parameters", {}).items()
        if name not in default or default[name] != value
    ]
    kept = read_findings(files.findings, good) if files.report.is_file() else None
    findings = kept.findings if kept else ()
    own = own_finding(newest, findings)
    problem = _problem(files, good, failed, fault)
    if kept and not own:
        lost = f"it has no finding {newest.get('scenario_finding')}."
        problem = "Its own finding is missing:", lost
    picture = files.folder / f"{files.run}.narrow.png"
    is_there = kept and picture.is_file()
    is_whole = is_there and file_digest(picture) == good["files"].get(picture.name)
    scenario = newest.get("scenario_title") or newest.get("scenario")
    return {
        "title": scenario or ", ".join(changed) or files.run,
        "href": quote(files.report.name) if files.report.is_file() else None,
        "workbook": quote(f"{files.run}.xlsx"),
        "changed": newest.get("scenario_reason") or ", ".join(changed),
        "finding": card(own) if own else None,
        "more": [card(one) for one in findings if one.headline and one is not own],
        "data_to": kept.data_to if kept else "",
        "picture": base64.b64encode(picture.read_bytes()).decode() if is_whole else "",
        "alt": kept.figure_alt if kept else "",
        "caption": kept.figure_title if kept else "",
        "problem": problem,
    }


def _problem(files: RunFiles, good: Any, failed: Any, fault: str) -> tuple[str, str]:
    """Say that there is no newer report, or none that can be trusted, and why."""
    if fault or not (good or failed):
        fault = fault or f"{files.manifest.name} cannot be read"
    elif good:
        fault = "; ".join(changed_files(files.folder, good))
    if fault:
        return "Not as it was built.", f"{fault}. Build the report again."
    if not failed:
        return "", ""
    what = "The last attempt failed; the report is the last good one."
    what = what if good else "Failed: there is no report."
    return what, describe_error(failed["error"])
