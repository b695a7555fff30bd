"""The page that leads to all reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from research.pages import theme
from research.pages.provenance import as_text
from research.reports.files import RunFiles, write_atomically
from research.reports.manifest_shape import read_manifest

#: How many key findings stand below each report; the report has the others.
FINDINGS_SHOWN = 3

_SUFFIX = ".manifest.json"

#: Names and values of the parameters that are not the default run's.
Changed = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """One run on the index page.

    Attributes
    ----------
    label
        Title of the link.
    href
        Its last good report, relative to the page; None if there is none.
    reason
        Why a scenario is worth a look; empty for other runs.
    changed
        What a scenario changes; for other runs the label says it.
    findings
        The first key findings of the report.
    built, took
        When the report was built and how long it took, in words.
    problem
        Why the last attempt failed; empty if it did not.
    """

    label: str
    href: str | None
    reason: str
    changed: Changed
    findings: tuple[str, ...]
    built: str
    took: str
    problem: str


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """The runs of one notebook, the one with default parameters first."""

    title: str
    question: str
    runs: tuple[Run, ...]


def write_index(reports: Path) -> Path:
    """Write ``index.html``, which leads to every report of a folder.

    Parameters
    ----------
    reports
        The folder with reports and manifests. It is made if it is not there.

    Returns
    -------
    Path
        The page, written atomically.
    """
    page = reports / "index.html"
    write_atomically(page, theme.page("index.html.j2", groups=_groups(reports)))
    return page


def _groups(reports: Path) -> list[Group]:
    names = sorted({*_names(reports), *_names(reports / "failed")})
    return [
        _group(notebook, [RunFiles(name, reports) for name in runs])
        for notebook, runs in groupby(names, key=lambda name: name.partition("__")[0])
    ]


def _names(folder: Path) -> Iterable[str]:
    return (file.name.removesuffix(_SUFFIX) for file in folder.glob(f"*{_SUFFIX}"))


def _group(notebook: str, runs: list[RunFiles]) -> Group:
    manifests = [_newest(run) for run in runs]
    known = next((manifest for manifest in manifests if manifest), {})
    default = next(
        (found.get("parameters") for found in manifests if found.get("run") == notebook), None
    )
    return Group(
        title=str(known.get("title") or notebook),
        question=str(known.get("question") or ""),
        runs=tuple(_run(notebook, run, default) for run in runs),
    )


def _newest(run: RunFiles) -> Mapping[str, Any]:
    return _manifest(run.manifest) or _manifest(run.failed_manifest)


def _manifest(file: Path) -> Mapping[str, Any]:
    """Read a manifest; one that is missing, damaged or not in shape is empty."""
    return read_manifest(file)[0] or {}


def _run(notebook: str, files: RunFiles, default: Mapping[str, Any] | None) -> Run:
    good, failed = _manifest(files.manifest), _manifest(files.failed_manifest)
    if good.get("state") == "failed":
        good, failed = {}, good
    has_report = files.report.is_file()
    changed = _changed(notebook, files.run, good or failed, default)
    scenario = (good or failed).get("scenario")
    seconds = good.get("seconds")
    return Run(
        label=_label(notebook, files, scenario, changed),
        href=quote(files.report.name) if has_report else None,
        reason=str((good or failed).get("scenario_reason") or ""),
        changed=changed if scenario else (),
        findings=_findings(files.report) if has_report else (),
        built=theme.moment(good["started_utc"]) if has_report and good else "",
        took=f"in {theme.seconds(seconds)}" if seconds is not None else "",
        problem=_problem(files, good, failed, has_report=has_report),
    )


def _label(notebook: str, files: RunFiles, scenario: str | None, changed: Changed) -> str:
    if files.run == notebook:
        return "Report with default parameters"
    if scenario:
        return f"Scenario {scenario}"
    if changed:
        return "Report with " + ", ".join(f"{name} = {value}" for name, value in changed)
    return f"Report {files.run.removeprefix(f'{notebook}__')}"


def _changed(
    notebook: str, run: str, manifest: Mapping[str, Any], default: Mapping[str, Any] | None
) -> Changed:
    if run == notebook:
        return ()
    return tuple(
        (name, as_text(value))
        for name, value in manifest.get("parameters", {}).items()
        if default is None or name not in default or default[name] != value
    )


def _problem(
    files: RunFiles, good: Mapping[str, Any], failed: Mapping[str, Any], *, has_report: bool
) -> str:
    """Say why there is no newer report."""
    if not good and not failed:
        return f"{files.manifest.name} cannot be read. Build the report again."
    if good and not has_report:
        return f"{files.report.name} is gone. Build the report again."
    is_newer = failed and failed["started_utc"] >= good.get("started_utc", "")
    return _error(failed.get("error") or {}) if is_newer else ""


def _error(error: Mapping[str, Any]) -> str:
    where = f"Cell {error['cell']}" if error.get("cell") else "Outside of the cells"
    under = f", under “{error['heading']}”" if error.get("heading") else ""
    return f"{where}{under}: {error.get('name', 'Error')}: {error.get('message', 'no message')}"


class _FindingReader(HTMLParser):
    """Collects the findings that a report carries in its head."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "research:finding":
            self.findings.append(named.get("content") or "")


def _findings(report: Path) -> tuple[str, ...]:
    reader = _FindingReader()
    reader.feed(report.read_text(encoding="utf-8", errors="replace").partition("<style>")[0])
    return tuple(reader.findings[:FINDINGS_SHOWN])
