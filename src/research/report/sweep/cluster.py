"""Hands the runs of a sweep to a cluster of dask.distributed and takes the results as they end."""

from __future__ import annotations

import json
import logging
import multiprocessing
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from research import paths
from research.errors import DataError, Fault, InputError, RunError, raise_if
from research.report.build import told
from research.report.manifest import versions
from research.report.notebooks import NOTEBOOKS, NotebookSpec
from research.report.sweep.runs import Result, Task, inputs_digest, own_files, run_local

#: Seconds that a scheduler has to answer, and then to have a worker.
ANSWER_SECONDS = 10

_ADDRESS = re.compile(
    r"(?P<scheme>tcp|tls)://"
    r"((?P<here>localhost|127(\.\d{1,3}){3}|\[::1\])|[\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}"
)
_NOTHING, _STOPPED = "Nothing was run.", "The sweep stopped; the runs that ended are kept."
_GUIDE = "docs/scaling.md says how to start a scheduler and workers."
_AGAIN = "Mend that and give the same command again: it goes on where it stopped."
_LIKE = (
    "Bring notebook, code, tables and lock there to the same commit, and start it anew with "
    "DASK_DISTRIBUTED__WORKER__DAEMON=False."
)
_UNSAFE = (
    "Over tcp:// whoever reaches the scheduler can read all and run code on the workers. Start it "
    "with TLS and give --tls-ca, --tls-cert, --tls-key."
)


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files for a ``tls://`` scheduler: whom one trusts, who one is, the key that proves it."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


#: The id of a task; the task as a worker is given it, in JSON; what it has to be run with.
_Handed = tuple[str, str, dict[str, Any]]


def run_on_cluster(
    tasks: Iterable[Task],
    address: str,
    *,
    tls: Tls = Tls(),
    specs: Sequence[NotebookSpec] = NOTEBOOKS,
) -> Generator[Result, None, None]:
    """Run tasks on the workers of a scheduler; results come as they end.

    An address, certificate or option that is not usable is an `InputError`, a scheduler that does
    not answer or has no worker a `RunError`. A worker with other code, tables or versions than here
    runs nothing and is a `DataError` that names it. A task whose worker dies is given to another
    one, and one that worker after worker dies of is a failed run.
    """
    check_address(address, tls)
    handed = [*_handed(tasks, {spec.name: spec for spec in specs})]
    client = _connected(address, tls)
    try:
        given = [task for _, task, _ in handed]
        futures = client.map(_on_worker, given, pure=False, retries=2)
        waiting = dict(zip((one.key for one in futures), handed, strict=True))
        ended = import_module("distributed").as_completed(futures, loop=client.loop)
        del futures  # What nothing holds, workers forget.
        for future in ended:
            yield _result(future, waiting.pop(future.key))
    except OSError as error:
        fault = Fault("--scheduler", "a scheduler with workers", str(error), _AGAIN)
        raise RunError(_STOPPED, [fault]) from error
    finally:
        client.close()


def check_address(address: str, tls: Tls) -> None:
    """Check the address of a scheduler and the files of its encryption, all faults at once."""
    found, files = _ADDRESS.fullmatch(address), asdict(tls)
    asked, todo, faults = "", _GUIDE, []
    if not found:
        asked = "tcp://host:port or tls://host:port"
    elif found["scheme"] == "tls":
        lost = [name for name, file in files.items() if not (file and file.is_file())]
        faults = [Fault(f"--tls-{x}", "a PEM file, for tls://", str(files[x])) for x in lost]
    elif any(files.values()) or not found["here"]:
        asked, todo = "tls:// beyond this machine and with certificates", f"{_UNSAFE} {_GUIDE}"
    faults += [Fault("--scheduler", asked, repr(address), todo)] if asked else []
    raise_if(InputError, _NOTHING, faults)


def _connected(address: str, tls: Tls) -> Any:
    """Connect to a scheduler that has a worker."""
    try:
        dask: Any = import_module("distributed")
    except ModuleNotFoundError as error:
        todo = "Install it: .venv/bin/pip install -e '.[cluster]'"
        fault = Fault("--scheduler", "the package distributed", "not installed", todo)
        raise InputError(_NOTHING, [fault]) from error
    for name in ("client", "core", "protocol.core"):  # Their tracebacks say it less well.
        logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL + 1)
    files = {"tls_ca_file": tls.ca, "tls_client_cert": tls.cert, "tls_client_key": tls.key}
    client, asked = None, f"a scheduler that answers at {address}"
    try:
        security = dask.Security(**{key: str(file) for key, file in files.items() if file})
        # Without dask's pickle: results could bring code.
        plain = {"serializers": ["dask", "msgpack"], "set_as_default": False}
        client = dask.Client(address, security=security, timeout=ANSWER_SECONDS, **plain)
        asked = f"a worker of {address}"
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        if client:
            client.close()
        found = str(error) or repr(error.__cause__ or error)
        todo = f"A tls:// one needs the PEM files it was started with, a tcp:// one none. {_GUIDE}"
        raise RunError(_NOTHING, [Fault("--scheduler", asked, found, todo)]) from error
    return client


def _handed(tasks: Iterable[Task], specs: Mapping[str, NotebookSpec]) -> Iterator[_Handed]:
    digests = dict[str, str]()
    for task in tasks:
        spec = specs[task.notebook]
        key = own_files(spec, task.parameters)
        digests[key] = digests.get(key) or inputs_digest(task, spec)
        about = {**_about(digests[key]), "daemon": False}
        given = json.dumps({"task": asdict(task), "spec": asdict(spec), "about": about})
        yield task.id, given, about


def _about(inputs: str) -> dict[str, Any]:
    """Say what this process runs tasks with; a daemon may start no processes."""
    return {"inputs": inputs, "daemon": multiprocessing.current_process().daemon, **versions()}


def _on_worker(given: str) -> str:
    """Run a task on a worker that has all it is to be run with; in and out is JSON."""
    from distributed import get_worker

    read = json.loads(given)
    task, spec = Task(**read["task"]), NotebookSpec(**read["spec"])
    said = {"worker": get_worker().address, **_about(inputs_digest(task, spec))}
    if said == said | read["about"]:
        (result,) = run_local([task], 1, specs=[spec], ahead=True)
        said |= {"inputs": result.inputs, "result": asdict(result)}
    return json.dumps(said)


def _result(future: Any, handed: _Handed) -> Result:
    task, _, about = handed
    if future.status == "finished":
        said = json.loads(future.result())
        other = [key for key in about if about[key] != said[key]]
        asked, found = (", ".join(f"{x} {where[x]}" for x in other) for where in (about, said))
        raise_if(DataError, _STOPPED, [Fault(said["worker"], asked, found, _LIKE)] * bool(other))
        return Result(**said["result"])
    if future.status != "error":
        raise ConnectionError("it is gone, and with it what it was given")
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        why = "Every worker that was given it ended before the run did: killed or out of memory?"
        return Result(task, "failed", error=told("KilledWorker", why), inputs=about["inputs"])
    fault = Fault("--scheduler", "a worker that can run it", repr(error), _AGAIN)
    raise RunError(_STOPPED, [fault])


def slurm_script(command: Sequence[str]) -> str:
    """Fill the command of a sweep into ``scripts/slurm.py``."""
    text = (paths.root() / "scripts/slurm.py").read_text(encoding="utf-8")
    return re.sub(r"(?m)^COMMAND = .*", lambda _: f"COMMAND = {command!r}", text)
