"""The page that leads to all reports, and whether it still is the one made from what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from research.data.catalog import file_digest
from research.findings import read_findings
from research.report.files import RunFiles, is_run, run_files, write_json, write_together
from research.report.manifest import changed_files, read_manifest
from research.report.pages import theme
from research.report.pages.documents import read_note
from research.report.pages.page import as_text
from research.report.pages.validation import NOTE, PAGE

_SUFFIX = ".manifest.json"


def write_index(reports: Path) -> None:
    """Write ``index.html`` of a folder of reports, unless it is current, byte for byte."""
    index, note = reports / "index.html", reports / ".work" / "index.digests"
    # The note's name does not end in .json: files of that name are marks of runs.
    if not index.is_file() or read_note(note) != _digests(reports):
        said = read_note(reports / NOTE).get("sentence", "") if (reports / PAGE).is_file() else ""
        page = theme.page("index.html.j2", groups=_groups(reports), validation=said, href=PAGE)
        write_together({index: page})
        write_json(note, _digests(reports))


def _digests(folder: Path) -> dict[str, str]:
    whole = hashlib.sha256()
    kinds = (f"*{_SUFFIX}", f"failed/*{_SUFFIX}", "*.findings.json", NOTE)
    for file in sorted(file for kind in kinds for file in folder.glob(kind)):
        whole.update(f"{file.relative_to(folder).as_posix()} {file_digest(file)}\n".encode())
    # A manifest names the digest of its report, but not whether the report is still there.
    for name in sorted(file.name for file in folder.glob("*.html")):
        whole.update(f"{name}\n".encode())
    return {"index": file_digest(folder / "index.html"), "made_from": whole.hexdigest()}


def _groups(reports: Path) -> list[dict[str, Any]]:
    names = sorted(name for name in {*_names(reports), *_names(reports / "failed")} if is_run(name))
    return [
        _group(notebook, [run_files(name, reports) for name in runs])
        for notebook, runs in groupby(names, key=lambda name: name.partition("__")[0])
    ]


def _names(folder: Path) -> Iterable[str]:
    return (file.name.removesuffix(_SUFFIX) for file in folder.glob(f"*{_SUFFIX}"))


def _group(notebook: str, runs: list[RunFiles]) -> dict[str, Any]:
    """Give the runs of one notebook, the one with default parameters first."""
    manifests = [_manifest(run.manifest) or _manifest(run.failed_manifest) for run in runs]
    known = next((manifest for manifest in manifests if manifest), {})
    default: Mapping[str, Any] = next(
        (found["parameters"] for found in manifests if found.get("run") == notebook), {}
    )
    return {
        "title": known.get("title") or notebook,
        "question": known.get("question"),
        "runs": [_run(notebook, run, default) for run in runs],
    }


def _manifest(file: Path) -> Mapping[str, Any]:
    """Read a manifest; one that is missing, damaged or not in shape is empty."""
    return read_manifest(file)[0] or {}


def _run(notebook: str, files: RunFiles, default: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is said of one run, in words; what does not apply is empty."""
    good, failed = _manifest(files.manifest), _manifest(files.failed_manifest)
    if good.get("state") == "failed":
        good, failed = {}, good
    newest, has_report = good or failed, files.report.is_file()
    changed = [
        (name, as_text(value))
        for name, value in newest.get("parameters", {}).items()
        if files.run != notebook and (name not in default or default[name] != value)
    ]
    scenario, seconds = newest.get("scenario"), good.get("seconds")
    label = f"Report {files.run.removeprefix(f'{notebook}__')}"
    if files.run == notebook:
        label = "Report with default parameters"
    elif scenario:
        label = f"Scenario {scenario}"
    elif changed:
        label = "Report with " + ", ".join(f"{name} = {value}" for name, value in changed)
    found = read_findings(files.findings, good) if has_report else ()
    return {
        "label": label,
        "href": quote(files.report.name) if has_report else None,
        "reason": newest.get("scenario_reason"),
        "changed": changed if scenario else [],
        "findings": [one.answer for one in found if one.headline],
        "built": theme.moment(good["started_utc"]) if has_report and good else "",
        "took": f"in {theme.seconds(seconds)}" if seconds is not None else "",
        "problem": _problem(files, good, failed),
    }


def _problem(files: RunFiles, good: Mapping[str, Any], failed: Mapping[str, Any]) -> str:
    """Say why there is no newer report."""
    if not good and not failed:
        return f"{files.manifest.name} cannot be read. Build the report again."
    if good and (changed := changed_files(files.folder, good)):
        return f"{'; '.join(changed)}. Build the report again."
    error = failed.get("error")
    if not error or failed["started_utc"] < good.get("started_utc", ""):
        return ""
    where = f"Cell {error['cell']}" if error["cell"] else "Outside of the cells"
    under = f", under “{error['heading']}”" if error["heading"] else ""
    return f"{where}{under}: {error['name']}: {error['message']}"
