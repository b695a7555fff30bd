"""Builds several reports at once, each in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from filelock import Timeout

from research.errors import RunError
from research.reports.attempts import killed_error, run_lock, settle_killed
from research.reports.build import Outcome, build
from research.reports.dotted import load_dotted
from research.reports.execute import Step
from research.reports.files import run_files, writing
from research.reports.manifest_shape import read_manifest
from research.reports.plan import Request

#: Who makes the pages, as ``module:attribute``.
RENDER = "research.pages.render:render"

#: Time that a worker gets to stop its kernel before it is killed.
_GRACE_SECONDS = 10

#: What a notebook's result must not depend on: hash order, number of threads, a user's IPython.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

Listen = Callable[[str, Step | Outcome], None]


@dataclass(frozen=True, eq=False, slots=True)
class _Worker:
    request: Request
    process: BaseProcess
    channel: connection.Connection


def run_all(
    requests: Sequence[Request],
    *,
    jobs: int,
    force: bool = False,
    render: str = RENDER,
    listen: Listen = lambda run, news: None,
) -> list[Outcome]:
    """Build reports, up to ``jobs`` of them at the same time.

    Parameters
    ----------
    requests
        The runs.
    jobs
        Number of processes, at least 1. Each starts a kernel, which is a process too.
    force
        Build even what is fresh.
    render
        Function that makes the page, as ``module:attribute``.
    listen
        Called with the run's name and each cell that starts, and with its outcome.

    Returns
    -------
    list of Outcome
        In the order of ``requests``. A worker that is killed is a failed run, not an exception.
    """
    waiting, live = deque(requests), list[_Worker]()
    outcomes: dict[str, Outcome] = {}
    try:
        while waiting or live:
            while waiting and len(live) < jobs:
                live.append(_start(waiting.popleft(), force, render))
            for worker in _ready(live):
                news = _receive(worker)
                listen(worker.request.run, news)
                if isinstance(news, Outcome):
                    outcomes[news.run] = news
                    _end(worker)
                    live.remove(worker)
    finally:
        for worker in live:
            worker.process.terminate()
        for worker in live:
            _end(worker)
    return [outcomes[request.run] for request in requests]


def _start(request: Request, force: bool, render: str) -> _Worker:
    # A fresh interpreter: neither threads nor imported libraries come along.
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(request, force, render, theirs), name=request.run, daemon=True
    )
    process.start()
    theirs.close()
    return _Worker(request, process, ours)


def _ready(live: Sequence[_Worker]) -> list[_Worker]:
    ready = connection.wait([worker.channel for worker in live])
    return [worker for worker in live if worker.channel in ready]


def _receive(worker: _Worker) -> Step | Outcome:
    try:
        news: Step | Outcome = worker.channel.recv()
    except (EOFError, OSError):
        return _killed(worker)
    return news


def _killed(worker: _Worker) -> Outcome:
    """Record a worker that ended without a word: killed, crashed, or out of memory."""
    worker.process.join(_GRACE_SECONDS)
    run = worker.request.run
    files = run_files(run)
    mark, _ = read_manifest(files.mark)
    error = killed_error(mark or {})
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


def _work(request: Request, force: bool, render: str, channel: connection.Connection) -> None:
    """Run in the worker: build one report and send what happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides, and then terminates.
    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    files = run_files(request.run)
    os.environ.update(_ENVIRONMENT, IPYTHONDIR=str(files.work / "ipython"))
    channel.send(_outcome(request, force, render, channel.send))


def _outcome(request: Request, force: bool, render: str, tell: Callable[[Step], None]) -> Outcome:
    try:
        _log_to(run_files(request.run).log)
        return build(request, load_dotted(render), force=force, tell=tell)
    except Exception as error:
        told = {"cell": None, "heading": None, "name": type(error).__name__, "message": str(error)}
        return Outcome(request.run, "failed", error=told)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Stop this worker, and with it the kernel, when the process that started it is gone."""
    parent = parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_SECONDS)
    os._exit(1)


def _log_to(file: Path) -> None:
    """Send this process's output, and its kernel's, to a file: the terminal shows progress."""
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
