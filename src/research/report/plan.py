"""From what was asked on the command line to the runs to make, with every fault at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from research import paths
from research.errors import Fault, InputError, nearest, raise_if
from research.report.files import digest
from research.report.notebooks import NotebookSpec, check_parameters, locate_files, select
from research.values import Parameters, UnusableValueError, one_line, parse_yaml, read_yaml, shown
from research.wording import model_faults

#: What a scenario or ``--as`` name may be, in words.
NAME_RULE = "1 to 60 small letters, digits, _ or -, starting with a letter or digit"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_PLAIN = re.compile(r"[a-z0-9_]{1,40}")
_MAX_LABEL_CHARS = 80


class Scenario(Parameters):
    """A named set of parameters, kept beside the notebooks, and why it is worth a report.

    ``title`` is for people; ``finding`` is the id of the finding that is its own.
    """

    name: str
    title: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(one_line)]
    reason: Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(one_line)]
    finding: str
    notebook: str
    parameters: Annotated[dict[str, Any], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Request:
    """One report to build: a notebook with all of its parameters, checked, as plain JSON values.

    The files of a run are ``reports/<run>.html`` and so on. ``reads`` are the runs whose findings
    it reads; one that only stands in such a list was not ``asked`` for.
    """

    run: str
    spec: NotebookSpec
    parameters: Mapping[str, Any]
    scenario: Scenario | None = None
    reads: tuple[Request, ...] = ()
    asked: bool = True

    def before(self) -> Iterator[Request]:
        """Go through all that has to be built before it, in that order."""
        for one in self.reads:
            yield from one.before()
            yield one


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

    ``names`` are notebooks (none: all, or those of the scenarios), ``values`` the ``-p`` pairs for
    every run as YAML text, ``scenarios`` runs of their own, ``label`` the ``--as`` name that ends
    the runs' names, ``here`` the folder where a file is looked for first. When nothing at all is
    asked for, every kept scenario is a run as well. What a run reads comes before it.

    Every unknown name, wrong type and value out of range of all runs is named in one `InputError`.
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
        found = [*bad, *missing]
        if scenario:
            found = [replace(one, where=f"scenario {scenario.name}: {one.where}") for one in found]
        faults += found
        if bad:
            continue
        usual, own = spec.defaults(), given if scenario else parameters
        changed = {name: x for name, x in parameters.items() if x != usual[name] and name in own}
        tail = [label] if label else [scenario.name if scenario else "", parameter_label(changed)]
        run = "__".join([spec.name, *filter(None, tail)])
        requests.append(Request(run, spec, parameters, scenario, reads_of(spec, specs)))
    runs = [request.run for request in requests]
    todo = "Leave out --as, or run them one by one."
    faults += [
        Fault(f"run {run}", "a name of its own for each run", "two runs", todo)
        for run in sorted({run for run in runs if runs.count(run) > 1})
    ]
    raise_if(InputError, "Nothing was run.", list(dict.fromkeys(faults)))
    wanted = {request.run: request for request in requests}
    every = {one.run: one for request in requests for one in (*request.before(), request)}
    return [wanted.get(run, replace(one, asked=False)) for run, one in every.items()]


def reads_of(spec: NotebookSpec, specs: Sequence[NotebookSpec]) -> tuple[Request, ...]:
    """Give the runs whose findings a notebook reads, each with its default parameters.

    One that is no notebook of the project is an `InputError`.
    """
    read = select(spec.reads, specs) if spec.reads else []
    return tuple(Request(one.name, one, one.defaults(), reads=reads_of(one, specs)) for one in read)


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
    if not _NAME.fullmatch(label):
        return [Fault("--as", NAME_RULE, repr(label[:80]), "Choose another name.")]
    if label in scenario_names() and (values or list(scenarios) != [label]):
        # The two would overwrite each other's report for ever.
        todo = f"Choose another name, or run --scenario {label} as it is."
        return [Fault("--as", "a name that no scenario has", f"{label!r}, a scenario", todo)]
    return []


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
    by_name = {spec.name: spec for spec in chosen or specs}
    for one in dict.fromkeys(scenarios):
        try:
            scenario = load_scenario(one)
        except InputError as error:
            faults += error.faults
            continue
        if scenario.notebook in by_name:
            asked.append((by_name[scenario.notebook], scenario))
        else:
            where, found = f"scenario {scenario.name}, notebook", repr(scenario.notebook[:80])
            faults.append(Fault(where, "a notebook asked for", found, nearest("", [*by_name])))
    return asked, faults


def parameter_label(changed: Mapping[str, Any]) -> str:
    """Name a set of changed parameters: readable when short, told apart by a digest when not."""
    label = "__".join(f"{name}-{_value_label(value)}" for name, value in sorted(changed.items()))
    label = label.lower()
    return label if len(label) <= _MAX_LABEL_CHARS else f"parameters-{_value_label(dict(changed))}"


def _value_label(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    items = value if isinstance(value, list) else [value]
    if items and all(type(item) is int for item in items):
        return "_".join(str(item).replace("-", "m") for item in items)
    return digest(json.dumps(value, sort_keys=True))[:8]


def scenario_names() -> list[str]:
    """List the scenarios that are there, by name."""
    kept = (paths.notebooks() / "scenarios").glob("*.yaml")
    return sorted(file.stem for file in kept if file.is_file())


def load_scenario(asked: str) -> Scenario:
    """Read a scenario by name, by file name or by path; one that is none is an `InputError`."""
    name = PurePath(asked).name.removesuffix(".yaml")
    file, where = paths.notebooks() / "scenarios" / f"{name}.yaml", f"scenario {name}"
    # A path of a file elsewhere is no name of one here.
    is_here = PurePath(asked).parent == PurePath() or Path(asked).resolve() == file.resolve()
    if not (is_here and _NAME.fullmatch(name) and file.is_file()):
        rule = f"a file of notebooks/scenarios named by {NAME_RULE}"
        todo = nearest(name, [one for one in scenario_names() if one != name])
        fault = Fault("scenario", rule, repr(asked[:200]), todo)
        raise InputError("Unknown scenario.", [fault])
    try:
        scenario = Scenario.model_validate(read_yaml(file))
    except ValidationError as error:
        faults = model_faults(error, where, Scenario)
        raise InputError("A scenario is not complete.", faults) from error
    except (OSError, UnusableValueError) as error:
        fault = Fault(where, "a YAML file", str(error), "Mend the file.")
        raise InputError("A scenario cannot be read.", [fault]) from error
    if scenario.name != name:
        fault = Fault(f"{where}, name", f"the file's name {name}", shown(scenario.name))
        raise InputError("A scenario is not complete.", [fault])
    return scenario
