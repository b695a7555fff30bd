"""From a grid to the sets of parameters it stands for, all checked before the first run."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from research.errors import Fault, InputError, nearest, raise_if
from research.report.notebooks import NotebookSpec, check_parameters, locate_files
from research.report.plan import Request, load_scenario, parameter_label, reads_of
from research.report.run import check_ready
from research.report.sweep.runs import Task, made_from, own_files, task
from research.values import Parameters, UnusableValueError, brief, read_yaml
from research.wording import model_faults

#: A grid of more runs is refused; at most so many are rehearsed, which may take seconds.
MOST_RUNS, MOST_REHEARSED = 100_000, 20


#: Values of a list or range, or the two ends between which values are drawn.
Axis = list[Any] | tuple[float, float]


def _axis(given: Any) -> Axis:
    """Read what a grid says of a parameter."""
    if isinstance(given, list):
        if not given:
            raise ValueError("at least one value, not an empty list")
        return given
    keys = {*given} if isinstance(given, dict) else set()
    if keys and all(type(one) in (int, float) and abs(one) < 1e300 for one in given.values()):
        if keys == {"low", "high"} and given["low"] < given["high"]:
            return given["low"], given["high"]
        if keys == {"from", "to", "step"} and given["step"] > 0:
            first, last, step = (Decimal(str(given[key])) for key in ("from", "to", "step"))
            if 0 <= (last - first) / step < MOST_RUNS:
                kind = int if all(type(one) is int for one in given.values()) else float
                return [kind(first + n * step) for n in range(int((last - first) / step) + 1)]
    rule = f"numbers that rise, in at most {MOST_RUNS:,} steps"
    raise ValueError(f"a list of values, {{from, to, step}} or {{low, high}} of {rule}")


class Sample(Parameters):
    """How parameters with two ends are drawn together, by `scipy.stats.qmc`."""

    method: Literal["latin_hypercube", "sobol"]
    n: Annotated[int, Field(ge=2, le=MOST_RUNS)]
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)]

    def points(self, ends: Mapping[str, Any], types: Mapping[str, str]) -> list[dict[str, Any]]:
        """Draw ``n`` points; of whole numbers both ends come as often as those between."""
        import numpy as np
        from scipy.stats import qmc

        kinds = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol}
        engine = kinds[self.method](len(ends), rng=np.random.default_rng(self.seed))
        whole = [types[name] == "int" for name in ends]
        low, high = np.array([*ends.values()]).T
        drawn = (low + engine.random(self.n) * (high - low + np.array(whole))).tolist()
        pairs = ([*zip(ends, whole, row, strict=True)] for row in drawn)
        return [{n: math.floor(x) if w else float(f"{x:.10g}") for n, w, x in row} for row in pairs]


class Grid(Parameters):
    """A grid as a user writes it."""

    parameters: Annotated[
        dict[str, Annotated[Any, AfterValidator(_axis)]], Field(min_length=1, max_length=40)
    ]
    sample: Sample | None = None
    scenario: str | None = None

    def faults(self, where: str) -> list[Fault]:
        """Say what does not fit together: sample, number of runs."""
        drawn = [name for name, axis in self.parameters.items() if isinstance(axis, tuple)]
        lists = (len(axis) for axis in self.parameters.values() if isinstance(axis, list))
        runs = math.prod(lists) * (self.sample.n if self.sample else 1)
        asked, todo = f"at most {MOST_RUNS:,} runs", "Take fewer values, or a sample."
        faults = [Fault(where, asked, f"{runs:,}", todo)] * (runs > MOST_RUNS)
        if bool(drawn) != bool(self.sample):
            asked = "a sample where a parameter has low and high, and only there"
            found = f"low and high of {', '.join(drawn)}" if drawn else "a sample"
            faults.append(Fault(f"{where}, sample", asked, f"{found} alone"))
        return faults

    def sets(self, types: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Go through the sets of the parameters that there are: lists cross, and the sample."""
        axes = {name: axis for name, axis in self.parameters.items() if name in types}
        ends = {name: axis for name, axis in axes.items() if isinstance(axis, tuple)}
        lists = [[(name, x) for x in axes[name]] for name in axes if name not in ends]
        drawn = self.sample.points(ends, types) if self.sample and ends else [{}]
        for row, point in product(product(*lists), drawn):
            one = {**dict(row), **point}
            yield {name: one[name] for name in axes}


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep, checked: its tasks, what is said of it, and its runs if it is of a notebook.

    ``about`` has notebook, title, question, the grid as it was written, and ``moved``: the names
    of the parameters in it. ``inputs`` is what a function was made from.
    """

    tasks: tuple[Task, ...]
    about: dict[str, Any]
    requests: tuple[Request, ...] = ()
    inputs: dict[str, Any] | None = None

    def made_from(self) -> list[dict[str, Any]]:
        """Digest what results can depend on, as it is now, once for all runs of the same files."""
        alike = {own_files(x.spec, x.parameters): x for x in self.requests}
        each = [made_from(one.spec, one.parameters) for one in alike.values()]
        return each or [self.inputs or {}]

    def rehearse(self, todo: Sequence[Task]) -> None:
        """Try what can be known of some runs, evenly spaced, before a kernel starts."""
        asked = {one.id for one in todo}
        runs = [one for one in self.requests if one.run in asked]
        trial = runs[:: len(runs) // MOST_REHEARSED + 1]
        names = [{x: one.parameters[x] for x in self.about["moved"]} for one in trial]
        check_ready([replace(x, run=parameter_label(y)) for x, y in zip(trial, names, strict=True)])


def read_grid(
    grid: Path | str | Mapping[str, Any], of: str, known: Mapping[str, str]
) -> tuple[dict[str, Any], Grid, list[Fault]]:
    """Read a grid from its YAML file or from plain data.

    ``known`` are the parameters ``of`` a notebook or a function, with their types. Gives what was
    written, the grid and the names in it that are none; all other faults are one `InputError`.
    """
    where = "grid" if isinstance(grid, Mapping) else f"grid {Path(grid).name}"
    asked, odd = None, list[str]()
    try:
        given = dict(grid) if isinstance(grid, Mapping) else read_yaml(Path(grid))
        names = given.get("parameters") if isinstance(given, dict) else ()
        odd = [str(x) for x in (names if isinstance(names, dict) else ()) if x not in known]
        faults = [Fault(of, "a known parameter", repr(x), nearest(x, [*known])) for x in odd]
        asked = Grid.model_validate(given)
        faults += asked.faults(where)
    except ValidationError as error:
        faults += model_faults(error, where, Grid)
    except (OSError, UnusableValueError) as error:
        faults = [Fault(where, "a YAML file", str(error), "Mend the file.")]
    if asked is None or len(faults) > len(odd):  # else more is known once the values are checked
        raise InputError("Nothing was run.", faults)
    return json.loads(json.dumps(given, default=str)), asked, faults  # days as texts


def plan_sweep(
    spec: NotebookSpec, grid: Path | str | Mapping[str, Any], specs: Sequence[NotebookSpec]
) -> Plan:
    """Check a grid of a notebook's parameters; every fault of all sets is in one `InputError`."""
    known, base = {name: one.type for name, one in spec.declared().items()}, dict[str, Any]()
    written, asked, faults = read_grid(grid, spec.name, known)
    if asked.scenario:
        scenario = load_scenario(asked.scenario)
        base = scenario.parameters
        if scenario.notebook != spec.name:
            found = f"one of {scenario.notebook}"
            faults.append(Fault("grid, scenario", f"a scenario of {spec.name}", found))
    sets = [*asked.sets(known)]
    tasks = list[Task]()
    for one in sets:
        checked, bad = check_parameters(spec, base | one)
        faults += [replace(x, found=words(one)) if "together" in x.where else x for x in bad]
        if not bad:
            parameters, missing = locate_files(spec, checked, Path.cwd())
            faults += missing
            tasks.append(task(spec.name, parameters))
    raise_if(InputError, "Nothing was run.", [*dict.fromkeys(faults)])
    check_once(sets, tasks)
    reads = reads_of(spec, specs)
    told = {"notebook": spec.name, "title": spec.title, "question": spec.question}
    return Plan(
        tuple(tasks),
        {**told, "grid": written, "moved": [*asked.parameters]},
        tuple(Request(one.id, spec, one.parameters, reads=reads) for one in tasks),
    )


def check_once(sets: Sequence[Mapping[str, Any]], tasks: Sequence[Task]) -> None:
    """Refuse a grid in which two sets are the same run."""
    times = Counter(one.id for one in tasks)
    twice = [words(x) for x, made in zip(sets, tasks, strict=True) if times[made.id] > 1]
    todo = "Whole numbers that are drawn come again: list them instead." * (len(sets) > len(times))
    fault = Fault("grid", "each set of parameters once", f"{'; '.join(twice[:4])}", todo)
    raise_if(InputError, "Nothing was run.", [fault] * bool(twice))


def words(values: Mapping[str, Any]) -> str:
    """Write a set of parameters."""
    return ", ".join(f"{name} {brief(value, 40)}" for name, value in values.items())
