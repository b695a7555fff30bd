"""Names of runs: safe as file names on every system, and the same for the same parameters."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

#: What a scenario or ``--as`` name may be, in words.
NAME_RULE = "1 to 60 small letters, digits, _ or -, starting with a letter or digit"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_RUN = re.compile(r"[a-z0-9][a-z0-9_-]{0,149}")
_PLAIN = re.compile(r"[a-z0-9_]{1,40}")
_MAX_LABEL_CHARS = 80


def is_name(text: str) -> bool:
    """Say whether a text may name a scenario or a variant of a report."""
    return _NAME.fullmatch(text) is not None


def is_run(text: str) -> bool:
    """Say whether a text may name a run, and so a file of ``reports/``."""
    return _RUN.fullmatch(text) is not None


def parameter_label(changed: Mapping[str, Any]) -> str:
    """Name a set of changed parameters: readable when short, told apart by a digest when not.

    Parameters
    ----------
    changed
        The parameters that differ from the default, by name.
    """
    parts = [f"{name}-{_value_label(value)}" for name, value in sorted(changed.items())]
    label = "__".join(parts).lower()
    return label if len(label) <= _MAX_LABEL_CHARS else f"parameters-{_digest(dict(changed))}"


def _value_label(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    items = value if isinstance(value, list) else [value]
    if items and all(type(item) is int for item in items):
        return "_".join(str(item).replace("-", "m") for item in items)
    return _digest(value)


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
