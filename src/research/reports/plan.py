"""From what was asked on the command line to the runs to make, with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from research.errors import Fault, InputError, raise_if
from research.reports.catalog import NotebookSpec, nearest, select
from research.reports.checking import check_parameters, defaults
from research.reports.naming import NAME_RULE, is_name, parameter_label
from research.reports.parameter_files import locate_files
from research.reports.scenarios import Scenario, load_scenario
from research.reports.scenarios import names as scenario_names
from research.values import UnusableValueError, parse_yaml


@dataclass(frozen=True, eq=False, slots=True)
class Request:
    """One report to build: a notebook with a checked set of parameters.

    Attributes
    ----------
    run
        Name of the run; its files are ``reports/<run>.html`` and so on.
    spec
        The notebook.
    parameters
        All parameters by name, as plain JSON values.
    scenario, scenario_reason
        Name and reason of the scenario, or ``None``.
    """

    run: str
    spec: NotebookSpec
    parameters: Mapping[str, Any]
    scenario: str | None = None
    scenario_reason: str | None = None


def plan(
    specs: Sequence[NotebookSpec],
    *,
    names: Sequence[str] = (),
    values: Sequence[tuple[str, str]] = (),
    scenarios: Sequence[str] = (),
    label: str | None = None,
    here: Path | None = None,
) -> list[Request]:
    """Turn what a user asked for into runs, checked before anything is started.

    Parameters
    ----------
    specs
        The notebooks of the project.
    names
        Notebooks asked for; none means all (or those of the scenarios, if there are any). When
        nothing at all is asked for, every kept scenario is a run as well.
    values
        ``-p name value`` pairs, the value as YAML text; they apply to every run.
    scenarios
        Scenarios asked for, each of which is a run of its own.
    label
        The ``--as`` name: last part of the runs' names.
    here
        Folder that a file of a relative path is looked for in first; the current one by default.

    Raises
    ------
    InputError
        With every unknown name, wrong type and value out of range of all runs.
    DataError
        If a table that lists valid values cannot be read.
    """
    given, faults = _parse(values)
    faults += _label_faults(label, values, scenarios)
    asked, bad = _asked(specs, names, scenarios)
    if not (names or values or scenarios or label):
        kept, also_bad = _asked(specs, [], scenario_names()) if scenario_names() else ([], [])
        asked, bad = asked + kept, bad + also_bad
    faults += bad
    requests = []
    for spec, scenario in asked:
        wanted = {**(scenario.parameters if scenario else {}), **given}
        parameters, bad = check_parameters(spec, wanted)
        parameters, missing = locate_files(spec, parameters, here or Path.cwd())
        faults += _of_scenario(scenario, [*bad, *missing])
        if not bad:
            requests.append(_request(spec, parameters, scenario, given, label))
    faults += _clashes(requests)
    raise_if(InputError, "Nothing was run.", faults)
    return requests


def _parse(values: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], list[Fault]]:
    given: dict[str, Any] = {}
    faults = []
    for name, text in values:
        if name in given:
            faults.append(Fault(f"-p {name[:80]}", "each parameter once", "it twice"))
        try:
            given[name] = parse_yaml(text)
        except UnusableValueError as error:
            given[name] = text
            faults.append(Fault(f"-p {name[:80]}", "a plain YAML value", str(error)))
    return given, faults


def _label_faults(
    label: str | None, values: Sequence[tuple[str, str]], scenarios: Sequence[str]
) -> list[Fault]:
    if label is None:
        return []
    if not is_name(label):
        return [Fault("--as", NAME_RULE, repr(label[:80]), "Choose another name.")]
    if label in scenario_names() and (values or list(scenarios) != [label]):
        # The two would overwrite each other's report for ever.
        todo = f"Choose another name, or run --scenario {label} as it is."
        return [Fault("--as", "a name that no scenario has", f"{label!r}, a scenario", todo)]
    return []


def _of_scenario(scenario: Scenario | None, faults: Sequence[Fault]) -> list[Fault]:
    if scenario is None:
        return list(faults)
    return [replace(fault, where=f"scenario {scenario.name}: {fault.where}") for fault in faults]


def _asked(
    specs: Sequence[NotebookSpec], names: Sequence[str], scenarios: Sequence[str]
) -> tuple[list[tuple[NotebookSpec, Scenario | None]], list[Fault]]:
    asked: list[tuple[NotebookSpec, Scenario | None]] = []
    faults: list[Fault] = []
    try:
        # Named notebooks restrict scenarios; without scenarios they are runs of their own.
        chosen = select(names, specs)
    except InputError as error:
        chosen, faults = [], list(error.faults)
    if not scenarios:
        return [(spec, None) for spec in chosen], faults
    for one in dict.fromkeys(scenarios):
        try:
            scenario = load_scenario(one)
            asked.append((_spec_of(scenario, chosen or specs), scenario))
        except InputError as error:
            faults += error.faults
    return asked, faults


def _spec_of(scenario: Scenario, specs: Sequence[NotebookSpec]) -> NotebookSpec:
    for spec in specs:
        if spec.name == scenario.notebook:
            return spec
    known = [spec.name for spec in specs]
    where = f"scenario {scenario.name}, notebook"
    fault = Fault(where, "a notebook asked for", repr(scenario.notebook[:80]), nearest("", known))
    raise InputError("A scenario belongs to another notebook.", [fault])


def _request(
    spec: NotebookSpec,
    parameters: Mapping[str, Any],
    scenario: Scenario | None,
    given: Mapping[str, Any],
    label: str | None,
) -> Request:
    usual = defaults(spec)
    changed = {name: value for name, value in parameters.items() if value != usual[name]}
    if scenario:
        changed = {name: value for name, value in changed.items() if name in given}
    tail = (
        [label] if label else [part for part in (_name(scenario), parameter_label(changed)) if part]
    )
    request = Request("__".join([spec.name, *tail]), spec, parameters)
    if scenario is None:
        return request
    return replace(request, scenario=scenario.name, scenario_reason=scenario.reason)


def _name(scenario: Scenario | None) -> str:
    return scenario.name if scenario else ""


def _clashes(requests: Sequence[Request]) -> list[Fault]:
    runs = [request.run for request in requests]
    twice = sorted({run for run in runs if runs.count(run) > 1})
    todo = "Leave out --as, or run them one by one."
    return [
        Fault(f"run {run}", "a name of its own for each run", "two runs", todo) for run in twice
    ]
