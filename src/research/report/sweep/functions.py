"""A function swept by the same door as a notebook."""

from __future__ import annotations

import inspect
import math
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from numbers import Real
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from research.errors import Fault, InputError, raise_if
from research.findings import Finding
from research.report.build import told
from research.report.files import digest
from research.report.manifest import all_inputs
from research.report.sweep.grid import Plan, check_once, read_grid
from research.report.sweep.runs import Result, Task, inputs_told, only_results, task

_RULE = "a number, a mapping of names to numbers, or findings"

Function = Callable[..., Any]
Ended = tuple[list[dict[str, Any]], dict[str, Any] | None, float]


def plan_function(function: Function, grid: Path | str | Mapping[str, Any]) -> Plan:
    """Check a grid of a function's arguments; all faults are in one `InputError`."""
    name = f"{function.__module__}:{function.__qualname__}"
    takes = {
        key: one
        for key, one in inspect.signature(function).parameters.items()
        if one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY}
    }
    types = {x: "int" if y.annotation in {int, "int"} else "float" for x, y in takes.items()}
    written, asked, faults = read_grid(grid, name, types)
    lacking = [x for x, y in takes.items() if y.default is y.empty and x not in asked.parameters]
    faults += [Fault(name, f"values of {one}", "none in the grid") for one in lacking]
    faults += [Fault("grid", "no scenario, for a function", "one")] * bool(asked.scenario)
    raise_if(InputError, "Nothing was run.", faults)
    sets = [*asked.sets(types)]
    tasks = tuple(task(name, one) for one in sets)
    check_once(sets, tasks)
    source = ""
    with suppress(OSError, TypeError):  # typed at a prompt, or no Python
        source = inspect.getsource(function)
    question = (inspect.getdoc(function) or "").partition("\n")[0]
    about = {"notebook": name, "title": function.__name__, "question": question, "grid": written}
    inputs = only_results({"notebook": digest(source), "files": {}, **all_inputs()})
    return Plan(tasks, {**about, "moved": [*asked.parameters]}, inputs=inputs)


def run_functions(
    tasks: Iterable[Task], jobs: int, function: Function, inputs: Mapping[str, Any]
) -> Generator[Result, None, None]:
    """Call a function with each task's parameters; give results as they end.

    In ``jobs`` processes where others can import the function; one that stands in a notebook is
    called here, one set after the other. A call that raises or kills its process is a failed run.
    """
    name, made = f"{function.__module__}:{function.__qualname__}", inputs_told(inputs)
    with suppress(ImportError, AttributeError, ValueError):
        if function.__module__ != "__main__" and resolve_name(name) is function:
            for one, (found, error, seconds) in _in_processes(deque(tasks), jobs, name):
                yield Result(one.id, "failed" if error else "ok", found, seconds, error, made)
            return
    for one in tasks:
        found, error, seconds = _call(function, one.parameters)
        yield Result(one.id, "failed" if error else "ok", found, seconds, error, made)


def _in_processes(
    tasks: deque[Task], jobs: int, name: str
) -> Generator[tuple[Task, Ended], None, None]:
    """Call in a pool; when a process dies, those at work are tried again, each alone."""
    why = told("Killed", "The process was killed from outside, crashed or was out of memory.")
    while tasks:
        for one in (yield from _in_pool(tasks, jobs, name)):
            for lost in (yield from _in_pool(deque([one]), 1, name)):
                yield lost, ([], why, 0.0)


def _in_pool(
    tasks: deque[Task], jobs: int, name: str
) -> Generator[tuple[Task, Ended], None, list[Task]]:
    """Call until the tasks are done or a process dies; gives those that were at work then."""
    kind = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    flying = dict[Future[Ended], Task]()
    with ProcessPoolExecutor(jobs, mp_context=get_context(kind)) as pool:
        try:
            while tasks or flying:
                while tasks and len(flying) < 2 * jobs:
                    flying[pool.submit(_call, name, tasks[0].parameters)] = tasks[0]
                    tasks.popleft()
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    ended = future.result()
                    yield flying.pop(future), ended
        except BrokenProcessPool:
            return [*flying.values()]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return []


def _call(function: Function | str, parameters: Mapping[str, Any]) -> Ended:
    start = time.monotonic()
    found, error = list[dict[str, Any]](), None
    try:
        called = resolve_name(function) if isinstance(function, str) else function
        found = _findings(called(**parameters), called.__name__)
    except Exception as stopped:
        error = told(type(stopped).__name__, str(stopped))
    return found, error, round(time.monotonic() - start, 4)


def _findings(value: Any, name: str) -> list[dict[str, Any]]:
    """Give what a function returned as findings."""
    if isinstance(found := getattr(value, "findings", value), Callable):  # type: ignore[arg-type]
        found = found()
    if isinstance(found, tuple | list) and all(isinstance(one, Finding) for one in found) and found:
        return [one.model_dump(mode="json", exclude={"quantiles"}) for one in found]
    numbers = found if isinstance(found, Mapping) else {name: found}
    if not numbers or not all(isinstance(one, Real) for one in numbers.values()):
        raise TypeError(f"a swept function returns {_RULE}, not {type(value).__name__}")
    given = {str(key): float(one) for key, one in numbers.items()}
    return [{"id": x, "value": y if math.isfinite(y) else None} for x, y in given.items()]
