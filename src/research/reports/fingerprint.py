"""Digests of everything a report is made from, and the reasons why a report is stale."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from research import paths
from research.data import catalog
from research.data.catalog import file_digest
from research.data.prices.source_files import source_files
from research.errors import DataError, raise_if
from research.reports.catalog import NotebookSpec
from research.reports.parameter_files import file_values

_PACKAGE = Path(__file__).resolve().parents[1]

#: What the keys of a manifest's ``inputs`` are called in messages.
_LABELS = {"notebook": "notebook", "package": "package source", "lock": "locked versions"}


def collect_inputs(
    spec: NotebookSpec, parameters: Mapping[str, Any], *, package: Path = _PACKAGE
) -> dict[str, Any]:
    """Digest what a report is made from.

    Parameters
    ----------
    spec
        The notebook and the tables it reads.
    parameters
        Its checked parameters; those that name a file of the user matter here.
    package
        Folder of the package's source.

    Returns
    -------
    dict
        ``notebook``, ``package``, ``lock``: sha256. ``tables``, ``sidecars``, ``files``: sha256
        by table or file name, of the very bytes of each file.

    Raises
    ------
    DataError
        If a file is missing; all of them are listed.
    """
    lock = paths.root() / "requirements.lock"
    tables = {table: catalog.path(table) for table in spec.tables}
    sidecars = {table: catalog.sidecar_path(table) for table in spec.tables}
    named = file_values(spec, parameters)
    prices = source_files(str(parameters.get("source", "bundled")))
    own = [*prices, *(paths.root() / path for name, path in named.items() if name != "source")]
    wanted = [
        spec.path,
        lock,
        *tables.values(),
        *sidecars.values(),
        *prices[:1],
        *own[len(prices) :],
    ]
    faults = [catalog.missing(file) for file in wanted if not file.is_file()]
    raise_if(DataError, f"{spec.name} cannot be run.", faults)
    return {
        "notebook": notebook_digest(spec.path),
        "package": package_digest(package),
        "lock": file_digest(lock),
        "tables": _digests(tables),
        "sidecars": _digests(sidecars),
        # A price file may do without a sidecar; whether this one may is for its loader to say.
        "files": _digests({catalog.show(file): file for file in own if file.is_file()}),
    }


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: file_digest(file) for name, file in files.items()}


def notebook_digest(file: Path) -> str:
    """Give the sha256 of a notebook's cells without their outputs.

    A stored output never enters a report, so executing a notebook again by hand does not make
    its reports stale. A file that is no notebook is digested byte by byte.
    """
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        parts = [
            [cell["cell_type"], _joined(cell["source"]), cell.get("metadata", {}).get("tags", [])]
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return file_digest(file)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _joined(source: str | list[str]) -> str:
    # The notebook format allows a text or a list of lines.
    return source if isinstance(source, str) else "".join(source)


@lru_cache(maxsize=8)
def package_digest(folder: Path) -> str:
    """Give one sha256 over the package's files: their names and contents, templates included."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
            whole.update(file.relative_to(folder).as_posix().encode() + b"\0")
            whole.update(file_digest(file).encode() + b"\0")
    return whole.hexdigest()


def stale_reasons(
    manifest: Mapping[str, Any] | None,
    report: Path,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any],
) -> list[str]:
    """Say why a report has to be built again; an empty list means it is fresh.

    Parameters
    ----------
    manifest
        The manifest beside the report, or ``None`` if there is none.
    report
        The report's file.
    parameters, inputs
        What the report would be made from now.
    """
    if manifest is None:
        return ["not built yet"] if not report.is_file() else ["the report has no manifest"]
    if not report.is_file():
        return ["the report is gone"]
    reasons = []
    if file_digest(report) != manifest.get("report_sha256"):
        reasons.append("the report is not the one its manifest describes")
    before = manifest.get("inputs") or {}
    reasons += [
        f"{label} changed" for key, label in _LABELS.items() if before.get(key) != inputs[key]
    ]
    reasons += _differences("parameter", manifest.get("parameters") or {}, parameters)
    for key, label in (("tables", "table"), ("sidecars", "sidecar"), ("files", "file")):
        reasons += _differences(label, before.get(key) or {}, inputs[key])
    python = (manifest.get("versions") or {}).get("python")
    if python != platform.python_version():
        reasons.append(f"Python changed from {python} to {platform.python_version()}")
    return reasons


def _differences(label: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    reasons = []
    for name in sorted({*before, *now}):
        if name not in before:
            reasons.append(f"{label} {name} is new")
        elif name not in now:
            reasons.append(f"{label} {name} is no longer used")
        elif before[name] != now[name]:
            reasons.append(f"{label} {name} changed")
    return reasons
