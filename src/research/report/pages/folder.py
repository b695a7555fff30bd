"""What the folder of reports leaves as data: all numbers, what they are, every file's digest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from research.data.catalog import file_digest
from research.report.files import as_json, is_run, write_together
from research.report.manifest import changed_files, read_manifest

RESULTS, PACKAGE, MANIFEST = "results.csv", "datapackage.json", "MANIFEST.json"

#: Columns of the long table of numbers, and what stands in them.
FIELDS = {
    "run": "report, as in the names of its files",
    "notebook": "notebook that it was made from",
    "kind": "finding, figure or table",
    "item": "id of the finding, or figure or table as page and workbook number it",
    "row": "question of the finding, or the words that tell the row from the others",
    "column": "value, low or high of a finding, or heading of the column",
    "value": "the number, to ten digits",
    "unit": "unit of the number; empty where its heading names none",
}

_ABOUT = {
    "profile": "tabular-data-package",
    "name": "us-japan-550bn-results",
    "title": "Results of the reports on the US-Japan $550bn deal",
    "description": "Each number of the reports: findings, figures and tables.",
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
}

# A site has a crate of its own; a sweep may have thousands of files, and says itself what they are.
_LEFT_OUT = ("failed", "sweeps", "README.md", "ro-crate-metadata.json", MANIFEST)

#: Good runs by their names: what manifest and findings say of each.
Runs = dict[str, dict[str, Any]]


def write_folder(reports: Path) -> str:
    """Write the tables, packages and digests of a folder of reports, unless they are current.

    Says which reports are left out because a file of theirs was edited, and what to do.
    """
    runs, left_out = _runs(reports)
    told = reports / MANIFEST
    if not told.is_file() or told.read_bytes() != _manifest(reports, runs, left_out).encode():
        rows = [(reports / f"{run}.results.csv").read_text(encoding="utf-8") for run in runs]
        results = "".join([",".join(FIELDS), "\n", *(one.partition("\n")[2] for one in rows)])
        write_together({reports / RESULTS: results, reports / PACKAGE: as_json(_package(runs))})
        write_together({told: _manifest(reports, runs, left_out)})
    todo = [f"{RESULTS} leaves out {run}: {why}." for run, why in left_out.items()]
    return "\n".join([*todo, f"Build again: research run {' '.join(left_out)}"] if todo else [])


def _runs(reports: Path) -> tuple[Runs, dict[str, str]]:
    good, left_out = Runs(), dict[str, str]()
    for file in sorted(reports.glob("*.manifest.json")):
        run = file.name.removesuffix(".manifest.json")
        manifest, problem = read_manifest(file)
        if faults := changed_files(reports, manifest) if manifest else [problem]:
            left_out |= {run: "; ".join(faults)} if is_run(run) else {}
        elif manifest:
            found = json.loads((reports / f"{run}.findings.json").read_text(encoding="utf-8"))
            good[run] = manifest | {"data_to": found["data_to"]}
    return good, left_out


def _manifest(reports: Path, runs: Runs, left_out: Mapping[str, str]) -> str:
    kept = ("title", "notebook", "scenario", "data_to", "commit", "dirty", "started_utc")
    tops = sorted(one for one in reports.iterdir() if one.name not in _LEFT_OUT)
    all_ = [file for one in tops for file in (sorted(one.rglob("*")) if one.is_dir() else [one])]
    paths = {file: file.relative_to(reports) for file in all_ if file.is_file()}
    files = {
        path.as_posix(): {
            "run": next((run for run in runs if run == path.name.split(".")[0]), None),
            "rows": file.read_bytes().count(b"\n") - 1 if file.suffix == ".csv" else None,
            "bytes": file.stat().st_size,
            "sha256": file_digest(file),
        }
        for file, path in paths.items()
        if not any(part.startswith(".") for part in path.parts)
    }
    content: dict[str, Any] = {
        key: sorted({one[key] or "" for one in runs.values()}) for key in ("data_to", "commit")
    }
    told = {run: {key: about[key] for key in kept} for run, about in runs.items()}
    return as_json({**content, "runs": told, "left_out": left_out, "files": files})


def _package(runs: Runs) -> dict[str, Any]:
    tables = {name: one for about in runs.values() for name, one in about["sources"].items()}
    titles = (f"{one['title']} ({one['authority']})" for _, one in sorted(tables.items()))
    fields = [
        {"name": name, "type": "number" if name == "value" else "string", "description": words}
        for name, words in FIELDS.items()
    ]
    schema = {"fields": fields, "primaryKey": ["run", "kind", "item", "row", "column"]}
    resource: dict[str, Any] = {"name": "results", "path": RESULTS, "schema": schema}
    resource |= {"profile": "tabular-data-resource", "mediatype": "text/csv", "encoding": "utf-8"}
    return {**_ABOUT, "sources": [{"title": one} for one in titles], "resources": [resource]}
