"""Runs several notebooks at once, each in a process of its own."""

import json
import os
import signal
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from multiprocessing.process import BaseProcess
from pkgutil import resolve_name
from typing import Any

from filelock import Timeout

from research import paths
from research.data import catalog
from research.errors import DataError, InputError, ResearchError, RunError, raise_if
from research.report.build import Outcome, killed_error, run_lock, settle_killed, told
from research.report.execute import Step
from research.report.files import check_writable, run_files, writing
from research.report.forked import AHEAD, fork_stem, kernel_kind
from research.report.manifest import read_manifest
from research.report.plan import Request

#: Time that a worker gets to stop its kernel before it is killed.
_GRACE_SECONDS = 10

#: What a notebook's result must not depend on: hash order, threads, a user's IPython and wishes.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Memory that is free stays: to fetch each page of it anew takes a twentieth of a run.
    **{"MALLOC_TRIM_THRESHOLD_": f"{2**28}", "MALLOC_MMAP_THRESHOLD_": f"{2**25}"},
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "RESEARCH_FINDINGS": "reports",
    "RESEARCH_OUTPUTS": "bare",
}

#: What every worker imports, and takes seconds to; first what makes forked kernels possible.
_PRELOADED = ("research.report.forked", "papermill")

#: Notebooks at a time: one more than cores, as each waits at times, for its kernel or for the disk.
JOBS = (os.cpu_count() or 1) + 1

#: The fork server is started by one thread at a time.
_starting = threading.Lock()

#: The work of a report; another is `research.report.sweep.runs.results`.
BUILD = "research.report.build:build"

Listen = Callable[[str, Step | Outcome], None]


@dataclass(eq=False, slots=True)
class _Worker:
    request: Request
    process: BaseProcess
    channel: connection.Connection
    step: Step | None = None


def check_ready(requests: Sequence[Request]) -> None:
    """Check everything that can be known of runs before a kernel starts.

    A reports folder that cannot be written is a `RunError`, a table not as compiled or a source of
    prices that is not usable a `DataError`; what the figures do not allow, such as an event after
    their end, is an `InputError`.
    """
    check_writable(paths.reports())
    every = catalog.names()
    tables = dict.fromkeys(table for request in requests for table in _tables(request.run, every))
    faults = [fault for table in tables for fault in catalog.digest_faults(table)]
    raise_if(DataError, "Nothing was run.", faults)
    kind: type[ResearchError] = DataError
    for request in requests:
        try:
            if request.spec.rehearsal:
                resolve_name(request.spec.rehearsal)(request.parameters)
        except DataError as error:
            faults += error.faults
        except ResearchError as error:
            # Damage of the figures is the same for every run; what is asked is each run's own.
            faults += [replace(f, where=f"{request.run}: {f.where}") for f in error.faults]
            kind = InputError
    raise_if(kind, "Nothing was run.", list(dict.fromkeys(faults)))


def _tables(run: str, unknown: Sequence[str]) -> Sequence[str]:
    """Name the tables that a run read the last time, or those of a run that is ``unknown``."""
    manifest, _ = read_manifest(run_files(run).manifest)
    return [*manifest["inputs"]["tables"]] if manifest else unknown


def run_each(
    requests: Iterable[Request],
    work: str,
    *more: str,
    jobs: int,
    force: bool = False,
    ahead: bool = False,
    listen: Listen = lambda run, news: None,
) -> Generator[Outcome, None, None]:
    """Run notebooks in processes of their own, up to ``jobs`` at a time; give outcomes as they end.

    ``work`` names the function that does it, and ``more`` what it is handed, as
    ``module:attribute``. One that reads others waits for them, and is not run if one of them
    failed. With ``ahead`` all tables are read before a single run too, as others follow.
    ``listen`` is called with the run's name and each cell that starts, and with its outcome. A
    worker that is killed is a failed run, not an exception; who goes no further ends those at work.
    """
    waiting = {request.run: request for request in requests}
    live, busy, failed = list[_Worker](), {*waiting}, set[str]()
    context = _context([*waiting.values()], ahead, (work, *more))
    try:
        while waiting or live:
            free = [x for x in waiting.values() if not any(read.run in busy for read in x.reads)]
            # Runs of one notebook share results, and the second would wait for those of the first.
            at_work = {worker.request.spec.name for worker in live}
            free.sort(key=lambda request: request.spec.name in at_work)
            ended = list[Outcome]()
            for request in free[: jobs - len(live)]:
                del waiting[request.run]
                if lost := _not_built(request, failed):
                    ended.append(lost)
                else:
                    live.append(_start(context, request, force and request.asked, (work, *more)))
            ready = connection.wait([worker.channel for worker in live]) if live else []
            for worker in [one for one in live if one.channel in ready]:
                try:
                    news: Step | Outcome = worker.channel.recv()
                except (EOFError, OSError):
                    news = _killed(worker)
                if isinstance(news, Outcome):
                    ended.append(news)
                    _end(worker)
                    live.remove(worker)
                else:
                    worker.step = news
                    listen(worker.request.run, news)
            for outcome in ended:
                busy.discard(outcome.run)
                failed |= {outcome.run} if outcome.state == "failed" else set()
                listen(outcome.run, outcome)
                yield outcome
    finally:
        for worker in live:
            worker.process.terminate()
        for worker in live:
            _end(worker)


def _not_built(request: Request, failed: Collection[str]) -> Outcome | None:
    """Give the end of a run that cannot start, as what it reads was not built."""
    lost = ", ".join(one.run for one in request.reads if one.run in failed)
    why = told("NotRun", f"It reads the findings of {lost}: mend that first.")
    return Outcome(request.run, "failed", error=why) if lost else None


def _context(requests: Sequence[Request], ahead: bool, work: Sequence[str]) -> Any:
    """Give what starts processes without our threads, forked where possible from a fork server.

    It is one for all runs of this process, and has imported what they need; with forked kernels,
    libraries and tables too, so that what kernels must not depend on has to hold for it.
    """
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    from multiprocessing.forkserver import ensure_running

    context = get_context("forkserver")
    modules = [name.partition(":")[0] for name in work]
    context.set_forkserver_preload([*_PRELOADED, *modules])
    changed = dict(_ENVIRONMENT)
    if kernel_kind() == "forked":
        notebooks = {request.spec.name for request in requests}
        # To read all takes one run longer; those of validation are read by studies alone.
        known = [name for name in catalog.names() if not name.startswith("validation/")]
        unknown = known if ahead or len(requests) > 1 else ()
        read = {table for name in notebooks for table in _tables(name, unknown)}
        changed[AHEAD] = json.dumps({"tables": [*read], "modules": modules})
    with _starting:
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            ensure_running()
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
    return context


def _start(context: Any, request: Request, force: bool, work: Sequence[str]) -> _Worker:
    ours, theirs = context.Pipe(duplex=False)
    given = (request, force, work, theirs, dict(os.environ))
    process = context.Process(target=_work, args=given, name=request.run, daemon=True)
    process.start()
    theirs.close()
    return _Worker(request, process, ours)


def _killed(worker: _Worker) -> Outcome:
    """Record a worker that ended without a word: killed, crashed, or out of memory."""
    worker.process.join(_GRACE_SECONDS)
    run = worker.request.run
    files = run_files(run)
    error = killed_error({"step": asdict(worker.step)} if worker.step else {})
    error["message"] += f" Its process ended with exit code {worker.process.exitcode}."
    with suppress(Timeout, RunError), run_lock(files, wait=False):
        # Unless another process, which waited for the lock, builds this report by now.
        settle_killed(files)
    return Outcome(run, "failed", error=error)


def _end(worker: _Worker) -> None:
    worker.process.join(_GRACE_SECONDS)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.channel.close()


def _work(
    request: Request,
    force: bool,
    work: Sequence[str],
    channel: connection.Connection,
    environment: Mapping[str, str],
) -> None:
    os.environ.clear()  # It may have been forked before the caller changed its own.
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides, and then terminates.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    files = run_files(request.run)
    os.environ.setdefault("RESEARCH_SHARED", "on")
    os.environ.update(_ENVIRONMENT, IPYTHONDIR=str(files.work / "ipython"))
    try:
        _log_to(files.log)
        fork_stem()
        threading.Thread(target=_end_with_parent, daemon=True).start()
        function, *more = map(resolve_name, work)
        outcome = function(request, *more, force=force, tell=channel.send)
    except Exception as error:
        outcome = Outcome(request.run, "failed", error=told(type(error).__name__, str(error)))
    channel.send(outcome)


def _end_with_parent() -> None:
    """Stop this worker, and with it the kernel, when the process that started it is gone."""
    parent = parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_SECONDS)
    os._exit(1)


def _log_to(file: Any) -> None:
    """Send this process's output, and its kernel's, to a file: the terminal shows progress."""
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
