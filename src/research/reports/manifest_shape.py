"""The shape of a manifest on disk: one that was edited or cut short counts as none."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from research.values import shown
from research.wording import asked_for

#: How many parts that are out of shape are named; the rest is counted.
_NAMED = 3


def _moment(iso: str) -> str:
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        raise ValueError("a time in ISO 8601") from None
    return iso


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _Inputs(_Part):
    notebook: str
    package: str
    lock: str
    tables: dict[str, str]
    sidecars: dict[str, str]
    files: dict[str, str]


class _Error(_Part):
    cell: int | None
    heading: str | None
    name: str
    message: str


class _Step(_Part):
    cell: int
    cells: int
    heading: str | None


class _Manifest(_Part):
    """What ``docs/running.md`` says of a manifest; only the mark of a run has a ``step``."""

    run: str
    notebook: str
    title: str
    question: str
    scenario: str | None
    scenario_reason: str | None
    parameters: dict[str, Any]
    inputs: _Inputs
    sources: dict[str, dict[str, str]]
    versions: dict[str, str]
    commit: str | None
    dirty: bool | None
    started_utc: Annotated[str, AfterValidator(_moment)]
    seconds: float | None
    state: Literal["running", "ok", "failed"]
    error: _Error | None
    report_sha256: str | None
    step: _Step | None = None


def read_manifest(file: Path) -> tuple[dict[str, Any] | None, str]:
    """Read a manifest, or the mark of a run, that somebody may have edited.

    Parameters
    ----------
    file
        A manifest, which may be missing.

    Returns
    -------
    manifest
        Its content; ``None`` if the file is not there or is no manifest.
    problem
        Why the file is no manifest; empty if it is one, or is not there.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None, ""
    except (OSError, ValueError, RecursionError) as error:
        return None, f"{file.name} is no manifest: {type(error).__name__}"
    try:
        _Manifest.model_validate(content)
    except ValidationError as error:
        return None, f"{file.name} is no manifest: {_problem(error)}"
    return dict(content), ""


def _problem(error: ValidationError) -> str:
    parts = [
        f"{'.'.join(map(str, detail['loc'])) or 'content'} should be {asked_for(detail)}, "
        f"not {'missing' if detail['type'] == 'missing' else shown(detail['input'], 40)}"
        for detail in error.errors()
    ]
    more = len(parts) - _NAMED
    return "; ".join(parts[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
