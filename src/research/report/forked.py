"""Kernels forked from a process in which the libraries are loaded and the tables read.

The fork server loads once; each worker, forked from it, forks a stem before it has any thread, and
the stem becomes the kernel: the same ipykernel, by the same command, without its slow start.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_all_start_methods, process
from typing import Any

from research import paths
from research.errors import Fault, InputError

#: What a user may ask for, the default first.
KINDS = ("forked", "spawned")

#: Tells the fork server which tables to read, with a space between; it can do nothing but import.
AHEAD = "RESEARCH_TABLES_AHEAD"

# Without `matplotlib.pyplot`, which ties itself to the shell that is there when it is imported.
_LIBRARIES = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completer", "pandas"),
    *("scipy.stats", "scipy.optimize", "statsmodels.api", "matplotlib.figure", "PIL.Image"),
    *("matplotlib.backends.backend_agg", "pyarrow.parquet", "exchange_calendars"),
)

# Of the fork server: modules of ours that stay, where Python looks for modules, what libraries
# put into the environment.
_kept: set[str] = set()
_path: list[str] = []
_settings: dict[str, str] = {}
_main = process.current_process()


class Stem:
    """A process that waits to become a kernel, with what jupyter_client asks of a ``Popen``."""

    stdin = stdout = stderr = None
    returncode: int | None = None

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid, self._pipe = pid, pipe

    def start(self, command: Sequence[str], cwd: str, environment: dict[str, str]) -> None:
        """Let it become the kernel that this command starts."""
        # ipykernel reads from the environment, once loaded no more, with whom it has to end.
        argv = [*command, f"--IPKernelApp.parent_handle={os.getpid()}"]
        environment = {**environment, "JPY_PARENT_PID": str(os.getpid())}
        told = {"argv": argv, "cwd": cwd, "env": environment}
        with open(self._pipe, "w", encoding="utf-8") as pipe:
            json.dump(told, pipe)

    def poll(self, how: int = os.WNOHANG) -> int | None:
        """Give its exit code, or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, how)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int | None:
        """Give its exit code when it has ended."""
        return self.poll(0)

    def send_signal(self, number: int) -> None:
        """Send it a signal while it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


_stems: list[Stem] = []


def kernel_kind() -> str:
    """Say how kernels start, as ``RESEARCH_KERNEL`` asks and this system can."""
    asked = os.environ.get("RESEARCH_KERNEL") or KINDS[0]
    if asked not in KINDS:
        fault = Fault("RESEARCH_KERNEL, --kernel", " or ".join(KINDS), repr(asked[:80]))
        raise InputError("Kernels do not start like that.", [fault])
    return asked if "forkserver" in get_all_start_methods() else "spawned"


def fork_stem() -> None:
    """Fork the process that can become this one's kernel; only before a thread is started.

    Where nothing was loaded ahead it does nothing, and the kernel will be spawned.
    """
    if not _kept or kernel_kind() != "forked":
        return
    theirs, ours = os.pipe()
    gc.freeze()  # What a kernel never frees stays in memory that all share.
    pid = os.fork()
    if pid:
        os.close(theirs)
        _stems.append(Stem(pid, ours))
        return
    try:
        _become_kernel(theirs)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else end.code is not None)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def provisioner(manager: Any) -> Any:
    """Give what starts the manager's kernel from the stem of this process; None without one."""
    if not _stems:
        return None
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class ForkedProvisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            stem: Any = _stems.pop()
            self.cwd = kwargs.get("cwd") or os.getcwd()
            stem.start(cmd, str(self.cwd), kwargs["env"])
            self.process, self.pid, self.pgid = stem, stem.pid, stem.pid
            return self.connection_info

    return ForkedProvisioner(parent=manager, kernel_spec=manager.kernel_spec)


def _become_kernel(pipe: int) -> None:
    os.setsid()
    # What is open belongs to the worker, whose end others wait for; the numbers stay taken.
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in {int(name) for name in os.listdir("/dev/fd")} - {0, 1, 2, pipe, nothing}:
        os.dup2(nothing, number, inheritable=False)
    with open(pipe, encoding="utf-8") as asked:
        text = asked.read()
    if not text:  # The worker ended, or needs no kernel.
        return
    told = json.loads(text)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(_settings | told["env"])
    # A program of its own, no worker of multiprocessing.
    process._current_process, process._parent_process = _main, None  # type: ignore[attr-defined]
    _main.name = "MainProcess"
    sys.modules["numpy"].random.seed()
    sys.path[:] = _path
    _forget_ours()
    start = told["argv"].index("-m") + 1
    sys.argv = told["argv"][start:]
    runpy.run_module(told["argv"][start], run_name="__main__", alter_sys=True)


def _forget_ours() -> None:
    """Let the notebook import modules of ours itself, so that its manifest lists them."""
    sys.modules["research.data.catalog"].forget_reads()
    for name in [one for one in sys.modules if one.partition(".")[0] == "research"]:
        if name not in _kept:
            del sys.modules[name]
            package, _, last = name.rpartition(".")
            vars(sys.modules.get(package, process)).pop(last, None)


def _load(tables: Sequence[str]) -> None:
    from research.data.tables import read_ahead

    _path[:] = sys.path
    _kept.update(name for name in sys.modules if name.partition(".")[0] == "research")
    _kept.difference_update(name for name in [*_kept] if name.startswith("research.report"))
    os.chdir(paths.root())  # A folder can hold settings of matplotlib; kernels start in this one.
    before = dict(os.environ)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as ipykernel does
    for name in _LIBRARIES:
        importlib.import_module(name)
    # Imported outside a kernel, pandas takes a terminal for granted.
    sys.modules["pandas"].set_option("display.max_columns", 20)
    _settings.update({name: os.environ[name] for name in os.environ.keys() - before.keys()})
    read_ahead(tables)


if AHEAD in os.environ:
    with suppress(ImportError):
        _load(os.environ.pop(AHEAD).split())
