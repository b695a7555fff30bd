"""A function swept by the same door as a notebook."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from functools import partial
from numbers import Real
from pathlib import Path
from typing import Any

from research.errors import Fault, InputError, RunError, raise_if
from research.findings import Finding
from research.report.build import told
from research.report.files import as_sorted_json, digest
from research.report.manifest import all_inputs
from research.report.sweep.grid import Plan, check_once, read_grid
from research.report.sweep.runs import Result, Task, task

Function = Callable[..., Any]


def plan_function(function: Function, grid: Path | str | Mapping[str, Any]) -> Plan:
    """Check a grid of a function's arguments; all faults are in one `InputError`."""
    inner: Any = function.func if isinstance(function, partial) else function
    inner = inner if hasattr(inner, "__qualname__") else type(inner)
    name, title = f"{inner.__module__}:{inner.__qualname__}", inner.__name__.strip("<>")
    takes = inspect.signature(function).parameters
    types = {x: "int" if y.annotation in {int, "int"} else "float" for x, y in takes.items()}
    written, asked, faults = read_grid(grid, name, types)
    lacking = [x for x, y in takes.items() if y.default is y.empty and x not in asked.parameters]
    faults += [Fault(name, f"values of {one}", "none in the grid") for one in lacking]
    faults += [Fault("grid", "no scenario, for a function", "one")] * bool(asked.scenario)
    plain = written["parameters"]  # as they are kept: JSON has no tuples, days and arrays
    odd = [x for x, y in asked.parameters.items() if type(plain[x]) is list and plain[x] != y]
    faults += [Fault(f"grid, {x}", "numbers, texts, lists or mappings", "others") for x in odd]
    raise_if(InputError, "Nothing was run.", faults)
    sets = [*asked.sets(types)]
    tasks = tuple(task(name, one) for one in sets)
    check_once(sets, tasks)
    source = ""
    with suppress(OSError, TypeError):  # typed at a prompt, or no Python
        source = inspect.getsource(inner)
    if isinstance(function, partial):
        source += f"{function.args} {function.keywords}"
    question = (inspect.getdoc(inner) or "").partition("\n")[0]
    about = {"notebook": name, "title": title, "question": question, "grid": written}
    inputs = {"notebook": digest(source), "files": {}, **all_inputs()}
    return Plan(tasks, {**about, "moved": [*asked.parameters]}, inputs=inputs)


def run_functions(
    tasks: Iterable[Task], jobs: int, function: Function, plan: Plan
) -> Generator[Result, None, None]:
    """Call a function with each task's parameters in ``jobs`` processes; results as they end.

    A call that raises is a failed run; one that ends its process ends the sweep, a `RunError`.
    """
    import joblib
    from joblib.externals import loky

    made, name = digest(as_sorted_json(plan.inputs or {})), plan.about["title"]
    # Without arrays in files: those would be pickles.
    pool = joblib.Parallel(jobs, return_as="generator_unordered", max_nbytes=None)
    try:
        yield from pool(joblib.delayed(_call)(function, name, one, made) for one in tasks)
    except loky.process_executor.BrokenProcessPool as error:
        todo = "What ended is kept in a sweep with a name; look at the arguments of the others."
        found = "one that ended its process, or cannot be sent to another: jobs=1 does without"
        fault = Fault(name, "calls that return", found, todo)
        raise RunError("The sweep stopped.", [fault]) from error
    finally:  # Others may be called after a module has changed.
        loky.get_reusable_executor().shutdown(wait=False, kill_workers=True)


def _call(function: Function, name: str, one: Task, made: str) -> Result:
    start = time.monotonic()
    found, error = list[dict[str, Any]](), None
    try:
        found = _findings(function(**one.parameters), name)
    except Exception as stopped:
        error = told(type(stopped).__name__, str(stopped))
    seconds = round(time.monotonic() - start, 4)
    return Result(one.id, "failed" if error else "ok", found, seconds, error, made)


def _findings(value: Any, name: str) -> list[dict[str, Any]]:
    """Give what a function returned as findings."""
    found = getattr(value, "findings", value)
    found = found() if callable(found) else found
    if isinstance(found, tuple) and found and all(isinstance(one, Finding) for one in found):
        return [one.model_dump(mode="json", exclude={"quantiles"}) for one in found]
    numbers = found if isinstance(found, Mapping) else {name: found}
    if not numbers or not all(isinstance(one, Real) for one in numbers.values()):
        rule = "a number, a mapping of names to numbers, or findings"
        raise TypeError(f"a swept function returns {rule}, not {type(value).__name__}")
    given = {str(key): float(one) for key, one in numbers.items()}
    return [{"id": x, "value": y if math.isfinite(y) else None} for x, y in given.items()]
