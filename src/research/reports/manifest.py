"""The manifest beside each report: what it was made from, when, how long it took, how it ended."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from research import paths
from research.data import catalog
from research.errors import DataError

if TYPE_CHECKING:
    from research.reports.plan import Request

#: Packages whose versions can move a number or change the look of a report.
PACKAGES = (
    "us-japan-550bn",
    "exchange-calendars",
    "ipykernel",
    "matplotlib",
    "mistune",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
    "pyarrow",
    "pydantic",
    "scipy",
    "statsmodels",
    "yfinance",
)

# What a reader wants to know of a table; the sidecar has more.
_SIDECAR_KEYS = ("title", "authority", "rights", "period")


def start_manifest(request: Request, inputs: Mapping[str, Any], started_utc: str) -> dict[str, Any]:
    """Give the manifest of a run that starts now.

    Parameters
    ----------
    request
        The run.
    inputs
        Digests from `research.reports.fingerprint.collect_inputs`.
    started_utc
        ISO 8601 time.

    Returns
    -------
    dict
        All keys of a manifest, with state ``running``. See ``docs/running.md`` for each.
    """
    commit, dirty = _commit()
    return {
        "run": request.run,
        "notebook": request.spec.name,
        "title": request.spec.title,
        "question": request.spec.question,
        "scenario": request.scenario,
        "scenario_reason": request.scenario_reason,
        "parameters": dict(request.parameters),
        "inputs": dict(inputs),
        "sources": {table: _sidecar(table) for table in request.spec.tables},
        "versions": versions(),
        "commit": commit,
        "dirty": dirty,
        "started_utc": started_utc,
        "seconds": None,
        "state": "running",
        "error": None,
        "report_sha256": None,
    }


def versions() -> dict[str, str]:
    """Give the versions of Python and of the packages that matter; absent ones are left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _sidecar(table: str) -> dict[str, str]:
    try:
        about = catalog.sidecar(table)
    except DataError:
        # The loaders report a damaged sidecar with all its faults; provenance only quotes it.
        return {}
    return {key: getattr(about, key) for key in _SIDECAR_KEYS}


def _commit() -> tuple[str | None, bool | None]:
    """Give the commit and whether tracked files differ from it; ``None`` outside of git."""
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return commit, None if commit is None or changes is None else bool(changes)


def _git(*arguments: str) -> str | None:
    command: Sequence[str] = ["git", "-C", str(paths.root()), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
