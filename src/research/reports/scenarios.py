"""Scenarios: named sets of parameters with the reason for them, kept beside the notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from research import paths
from research.errors import Fault, InputError
from research.reports.catalog import nearest
from research.reports.naming import NAME_RULE, is_name
from research.values import UnusableValueError, read_yaml, shown

_KEYS = {"name": str, "reason": str, "notebook": str, "parameters": dict}


@dataclass(frozen=True, eq=False, slots=True)
class Scenario:
    """A named set of parameters.

    Attributes
    ----------
    name
        The file's name without suffix; the last part of the report's name.
    reason
        Why the scenario is worth a report, in a sentence.
    notebook
        Name of the notebook it belongs to.
    parameters
        Parameters that differ from the defaults.
    """

    name: str
    reason: str
    notebook: str
    parameters: Mapping[str, Any]


def folder() -> Path:
    """Give the folder of the scenario files."""
    return paths.notebooks() / "scenarios"


def names() -> list[str]:
    """List the scenarios that are there, by name."""
    return sorted(file.stem for file in folder().glob("*.yaml"))


def load_scenario(asked: str) -> Scenario:
    """Read a scenario by name, by file name or by path.

    Parameters
    ----------
    asked
        ``deal_announced``, ``deal_announced.yaml`` or a path to that file.

    Raises
    ------
    InputError
        If there is no such file in ``notebooks/scenarios``, or it is not a scenario.
    """
    name = PurePath(asked).name.removesuffix(".yaml").removesuffix(".yml")
    file = _find(asked, name)
    try:
        content = read_yaml(file)
    except (OSError, UnusableValueError) as error:
        fault = Fault(f"scenario {name}", "a YAML file", str(error), "Mend the file.")
        raise InputError("A scenario cannot be read.", [fault]) from error
    faults = _faults(name, content)
    if faults:
        raise InputError("A scenario is not complete.", faults)
    return Scenario(**content)


def _find(asked: str, name: str) -> Path:
    file = folder() / f"{name}.yaml"
    # Only files that really stand in the folder: a link or `..` leads nowhere else.
    inside = is_name(name) and file.is_file() and file.resolve().parent == folder().resolve()
    same = (
        PurePath(asked).parent == PurePath() or Path(asked).resolve().parent == folder().resolve()
    )
    if inside and same:
        return file
    rule = f"a file of notebooks/scenarios named by {NAME_RULE}"
    raise InputError("Unknown scenario.", [Fault("scenario", rule, repr(asked[:200]), _todo(name))])


def _todo(name: str) -> str:
    known = [one for one in names() if is_name(one)]
    if name in names() and name not in known:
        return "Rename the file, and the name inside."
    return nearest(name, known) if known else "There is none yet."


def _faults(name: str, content: object) -> list[Fault]:
    where = f"scenario {name}"
    if not isinstance(content, dict):
        return [Fault(where, f"the keys {', '.join(_KEYS)}", shown(content))]
    faults = [
        Fault(where, "no other key", repr(key), nearest(str(key), list(_KEYS)))
        for key in content
        if key not in _KEYS
    ]
    faults += [
        Fault(f"{where}, {key}", f"a {kind.__name__}", shown(content.get(key)))
        for key, kind in _KEYS.items()
        if not isinstance(content.get(key), kind) or not content[key]
    ]
    if content.get("name") != name:
        faults.append(
            Fault(f"{where}, name", f"the file's name {name}", shown(content.get("name")))
        )
    return faults
