"""The manifest beside each report: what it was made from, and whether that still holds."""

import json
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from research import paths
from research.data import catalog
from research.data.catalog import file_digest
from research.data.prices.cache import source_files
from research.errors import DataError, raise_if
from research.findings import Finding
from research.report.files import RunFiles, as_sorted_json, digest, run_files
from research.report.notebooks import file_values
from research.report.plan import Request

_PACKAGE = Path(__file__).resolve().parents[1]

#: Packages whose versions can move a number or change the look of a report.
PACKAGES = (
    *("us-japan-550bn", "exchange-calendars", "ipykernel", "matplotlib", "mistune", "numpy"),
    *("pandas", "papermill", "pyarrow", "pydantic", "scipy", "statsmodels", "yfinance"),
)

# What a reader wants to know of a table; the sidecar has more.
_SIDECAR_KEYS = {"title", "authority", "rights", "period"}

_OF_SCENARIO = ("title", "reason", "finding")

#: What the parts of a manifest's ``inputs`` are called in messages.
LABELS = {"tables": "table", "sidecars": "sidecar", "files": "file", "source": "source"}

#: What every manifest says, see ``docs/running.md``; the mark of a run has a ``step`` besides.
KEYS = (
    *("run", "notebook", "title", "question", "scenario", "scenario_reason", "parameters"),
    *("inputs", "sources", "versions", "commit", "dirty", "started_utc", "seconds", "state"),
    *("error", "files", "sha256"),
)


def read_manifest(file: Path) -> tuple[dict[str, Any] | None, str]:
    """Read a manifest, or the mark of a run: its content or None, and why it is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        is_whole = {*KEYS} <= {*content}
    except FileNotFoundError:
        return None, ""
    except (OSError, ValueError, TypeError):
        is_whole = False
    if not is_whole:
        return None, f"{file.name} is no manifest"
    if content["state"] == "ok" and content != sealed(content):
        return None, f"{file.name} is not as the run wrote it"
    return content, ""


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Put the digest of all the rest into a manifest, so that an edited one is noticed."""
    return {**manifest, "sha256": digest(as_sorted_json({**manifest, "sha256": None}))}


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Say which files of a report are gone, or are not those that its manifest describes."""
    return [
        f"{name} is {'not the one its manifest describes' if file.is_file() else 'gone'}"
        for name, kept in manifest["files"].items()
        if not (file := folder / name).is_file() or file_digest(file) != kept
    ]


def own_finding(manifest: Mapping[str, Any], findings: Sequence[Finding]) -> Finding | None:
    """Give the finding that stands for a run: the one its scenario names, or the first headline."""
    asked = manifest.get("scenario_finding")
    return next((x for x in findings if (x.id == asked if asked else x.headline)), None)


def start_manifest(request: Request) -> dict[str, Any]:
    """Give the manifest of a run that starts now; its inputs are every file that could enter.

    A notebook, lock or file of a parameter that is missing is a `DataError`.
    """
    commit, changes = git("rev-parse", "HEAD"), git("status", "--porcelain", "-uno")
    return {
        "run": request.run,
        "notebook": request.spec.name,
        "title": request.spec.title,
        "question": request.spec.question,
        "scenario": getattr(request.scenario, "name", None),
        **{f"scenario_{x}": getattr(request.scenario, x, None) for x in _OF_SCENARIO},
        "parameters": dict(request.parameters),
        "inputs": inputs_of(request),
        "sources": {},
        "versions": versions(),
        "commit": commit,
        "dirty": None if commit is None or changes is None else bool(changes),
        "started_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        **{"seconds": None, "state": "running", "error": None, "files": {}, "sha256": None},
    }


def inputs_of(request: Request) -> dict[str, Any]:
    """Digest every file that could enter a run."""
    return {**_given(request), **all_inputs()}


def all_inputs() -> dict[str, dict[str, str]]:
    """Digest every table and every file of the package."""
    return {
        "tables": _digests(catalog.path, catalog.names()),
        "sidecars": _digests(catalog.sidecar_path, catalog.names()),
        "source": _digests(_PACKAGE.joinpath, source_names()),
    }


def narrowed(
    manifest: Mapping[str, Any], tables: Iterable[str], modules: Iterable[str]
) -> dict[str, Any]:
    """Keep of the inputs what a run used: the tables it read and the modules it imported.

    Files of the package that are no Python, such as templates, are kept with them.
    """
    before, read = manifest["inputs"], sorted(set(tables))
    places = ["/".join(module.split(".")[1:]) for module in modules]
    code = {f"{place}{end}".lstrip("/") for place in places for end in (".py", "/__init__.py")}
    code |= {name for name in before["source"] if not name.endswith(".py")}
    used = {part: {n: before[part].get(n, "") for n in read} for part in ("tables", "sidecars")}
    source = {name: before["source"][name] for name in sorted(code) if name in before["source"]}
    return {
        **manifest,
        "inputs": {**before, **used, "source": source},
        "sources": {one: catalog.sidecar(one).model_dump(include=_SIDECAR_KEYS) for one in read},
    }


def stale_reasons(request: Request, files: RunFiles) -> list[str]:
    """Say why a report has to be built; an empty list means that it is up to date.

    A file that the run needs and that is missing is a `DataError`.
    """
    now = _given(request)
    manifest, problem = read_manifest(files.manifest)
    reasons = [problem] if problem else _differing(manifest, files, request, now)
    old = [one.run for one in request.reads if stale_reasons(one, run_files(one.run))]
    reasons += [f"{run}, which it reads, is not up to date" for run in old]
    if files.failed_manifest.is_file():
        return [*reasons, "the last attempt failed"]
    return [*reasons, *["the last attempt was killed"] * files.mark.is_file()]


def _differing(
    manifest: Mapping[str, Any] | None, run: RunFiles, request: Request, now: Mapping[str, Any]
) -> list[str]:
    if manifest is None:
        return ["the report has no manifest" if run.report.is_file() else "not built yet"]
    reasons, before = changed_files(run.folder, manifest), manifest["inputs"]
    reasons += ["notebook changed"] * (before["notebook"] != now["notebook"])
    reasons += ["locked versions changed"] * (before["lock"] != now["lock"])
    beside = {name for name in source_names() if not name.endswith(".py")}
    now = {
        **now,
        "tables": _digests(catalog.path, before["tables"]),
        "sidecars": _digests(catalog.sidecar_path, before["sidecars"]),
        "source": _digests(_PACKAGE.joinpath, {*before["source"], *beside}),
    }
    reasons += differences("parameter", manifest["parameters"], request.parameters)
    told = request.scenario.model_dump() if request.scenario else {}
    kept = {key: manifest.get(f"scenario_{key}") for key in _OF_SCENARIO if key in told}
    reasons += differences("scenario's", kept, {key: told[key] for key in kept})
    for part, label in LABELS.items():
        reasons += differences(label, before[part], now[part])
    python = manifest["versions"].get("python")
    if python != platform.python_version():
        reasons.append(f"Python changed from {python} to {platform.python_version()}")
    return reasons


def differences(label: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say in which names two mappings differ, and how."""
    what = {True: "changed", False: "is gone"}
    return [
        f"{label} {name} {what[name in now] if name in before else 'is new'}"
        for name in sorted({*before, *now})
        if name not in before or name not in now or before[name] != now[name]
    ]


def _given(request: Request) -> dict[str, Any]:
    """Digest what a run is given: notebook, lock, files of its parameters, findings it reads."""
    spec, parameters = request.spec, request.parameters
    read = [run_files(one.run).findings for one in request.reads]
    lock = paths.root() / "requirements.lock"
    prices = source_files(str(parameters.get("source", "bundled")))
    named = file_values(spec, parameters)
    own = [paths.root() / path for name, path in named.items() if name != "source"]
    wanted = [spec.path, lock, *prices[:1], *own]
    faults = [catalog.missing(file) for file in wanted if not file.is_file()]
    raise_if(DataError, f"{spec.name} cannot be run.", faults)
    return {
        "notebook": notebook_digest(spec.cells()),
        "lock": file_digest(lock),
        # A price file may do without a sidecar; whether this one may is for its loader to say.
        "files": {catalog.show(f): file_digest(f) for f in (*prices, *own, *read) if f.is_file()},
    }


def notebook_digest(cells: Iterable[Mapping[str, Any]]) -> str:
    """Give the SHA-256 of a notebook's cells without outputs, which never enter a report."""
    parts = [
        [cell["cell_type"], cell["source"], cell.get("metadata", {}).get("tags", [])]
        for cell in cells
    ]
    return digest(json.dumps(parts))


def _digests(place: Any, names: Iterable[str]) -> dict[str, str]:
    files = ((name, place(name)) for name in names)
    return {name: _digest(file, catalog.stamp(file)) for name, file in files if file.is_file()}


@lru_cache(maxsize=1024)
def _digest(file: Path, _stamp: tuple[int, ...]) -> str:
    return file_digest(file)


def source_names() -> list[str]:
    """List the files of the package, relative to it."""
    return sorted(
        file.relative_to(_PACKAGE).as_posix()
        for file in _PACKAGE.rglob("*")
        if "__pycache__" not in file.parts and file.suffix != ".pyc" and file.is_file()
    )


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Give the versions of Python and of the packages that matter."""
    return {"python": platform.python_version()} | {one: version(one) for one in packages}


def git(*arguments: str) -> str | None:
    """Ask git about the checkout; None where it has no answer."""
    command = ["git", "-C", str(paths.root()), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
