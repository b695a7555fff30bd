"""What a page says of its making: parameters and whether they were changed, tables, versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from research.reports.catalog import NOTEBOOKS


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a run.

    Attributes
    ----------
    name, value, default, meaning
        As text. ``default`` and ``meaning`` are empty for a notebook outside of the catalogue.
    is_changed
        Whether the value is not the default.
    """

    name: str
    value: str
    default: str
    meaning: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A table or file of the user that a report was made from; unknown words are empty."""

    name: str
    title: str
    authority: str
    period: str
    sha256: str


def parameter_rows(manifest: Mapping[str, Any]) -> list[Parameter]:
    """List the parameters of a run beside their defaults and meanings.

    Parameters
    ----------
    manifest
        Of the run; names the notebook, whose parameter model has the rest.
    """
    fields = _fields(manifest["notebook"])
    given = manifest["parameters"].items()
    return [_parameter(name, value, fields.get(name)) for name, value in given]


def source_rows(manifest: Mapping[str, Any]) -> list[Source]:
    """List the tables and files of a run with their digests and, if known, authorities."""
    inputs, about = manifest["inputs"], manifest.get("sources") or {}
    digests = {**inputs.get("tables", {}), **inputs.get("files", {})}
    return [
        Source(
            name,
            words.get("title", ""),
            words.get("authority", ""),
            words.get("period", ""),
            digest,
        )
        for name, digest in digests.items()
        for words in [about.get(name, {})]
    ]


def as_text(value: object) -> str:
    """Write a parameter's value as it is given on the command line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _fields(notebook: str) -> Mapping[str, Any]:
    found = [spec for spec in NOTEBOOKS if spec.name == notebook]
    return found[0].model().model_fields if found else {}


def _parameter(name: str, value: object, field: Any) -> Parameter:
    if field is None:
        return Parameter(name, as_text(value), "", "", is_changed=False)
    unit = (field.json_schema_extra or {}).get("unit")
    meaning = f"{field.description or ''}" + (f" ({unit})" if unit else "")
    default = field.get_default(call_default_factory=True)
    return Parameter(name, as_text(value), as_text(default), meaning, is_changed=value != default)
