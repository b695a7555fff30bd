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
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_all_start_methods, process
from subprocess import Popen
from typing import Any

from research import paths
from research.errors import Fault, InputError

# The grammar of web addresses that jsonschema would load with nbformat, if installed, takes 2 s
# to build, and no notebook is checked against it. Only the runner's processes go without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

#: What a user may ask for, the default first.
KINDS = ("forked", "spawned")

#: Tells the fork server, as JSON, which tables to read and what to import; no more it can do.
AHEAD = "RESEARCH_AHEAD"

# Without `matplotlib.pyplot`, which ties itself to the shell that is there when it is imported.
_LIBRARIES = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completer", "pandas"),
    *("scipy.stats", "scipy.optimize", "matplotlib.figure", "PIL.Image"),
    *("matplotlib.backends.backend_agg", "pyarrow.parquet", "exchange_calendars"),
)

# Of the fork server: modules of ours that stay, where Python looks for modules, what libraries
# put into the environment.
_kept: set[str] = set()
_path: list[str] = []
_settings: dict[str, str] = {}
_main = process.current_process()


class _Stem(Popen[bytes]):
    """A process that waits to become the kernel of the one that forks it."""

    def _execute_child(self, *_: Any) -> None:
        theirs, self.ours = os.pipe()
        gc.freeze()  # What a kernel never frees stays in memory that all share.
        self.pid = os.fork()
        if not self.pid:
            try:
                _become_kernel(theirs)
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(0)
        self._child_created = True
        os.close(theirs)

    def start(self, command: Sequence[str], folder: str, environment: Mapping[str, str]) -> None:
        # Once loaded, ipykernel looks no more into the environment for whom it has to end with.
        argv = [*command, f"--IPKernelApp.parent_handle={os.getpid()}"]
        environment = {**environment, "JPY_PARENT_PID": str(os.getpid())}
        with open(self.ours, "w", encoding="utf-8") as pipe:
            json.dump([argv, folder, environment], pipe)


_stems: list[_Stem] = []


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
    if _kept and kernel_kind() == "forked":
        _stems.append(_Stem("kernel"))


def provisioner(manager: Any) -> Any:
    """Give what starts the manager's kernel from the stem of this process; None without one."""
    if not _stems:
        return None
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class ForkedProvisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            self.process = stem = _stems.pop()
            self.pid = self.pgid = stem.pid
            stem.start(cmd, kwargs.get("cwd") or os.getcwd(), kwargs["env"])
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
    sys.argv, folder, environment = json.loads(text)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(_settings | environment)
    # A program of its own, no worker of multiprocessing.
    process._current_process, process._parent_process = _main, None  # type: ignore[attr-defined]
    _main.name = "MainProcess"
    sys.modules["numpy"].random.seed()
    sys.path[:] = _path
    _forget_ours()
    del sys.argv[: sys.argv.index("-m") + 1]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _forget_ours() -> None:
    """Let the notebook import modules of ours itself, so that its manifest lists them."""
    for name in {*sys.modules} - _kept:
        if name.startswith("research."):
            del sys.modules[name]
            package, _, last = name.rpartition(".")
            getattr(sys.modules.get(package), "__dict__", {}).pop(last, None)


def _load(tables: Sequence[str], modules: Sequence[str]) -> None:
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started the server
    from research.data.tables import read_ahead

    _path[:] = sys.path
    _kept.update(name for name in sys.modules if not name.startswith("research.report"))
    os.chdir(paths.root())  # A folder can hold settings of matplotlib; kernels start in this one.
    before = dict(os.environ)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as ipykernel does
    for name in _LIBRARIES:
        importlib.import_module(name)
    # Imported outside a kernel, pandas takes a terminal for granted.
    sys.modules["pandas"].set_option("display.max_columns", 20)
    _settings.update({name: os.environ[name] for name in os.environ.keys() - before.keys()})
    read_ahead(tables)
    if tables:
        from research.sessions import EXCHANGES, sessions

        for exchange in EXCHANGES:
            sessions(exchange)  # exchange_calendars keeps what it made
        with suppress(Exception):  # A template that is broken is told of where a page is made.
            for module in map(importlib.import_module, modules):
                if hasattr(module, "load_ahead"):
                    module.load_ahead()
    signal.signal(signal.SIGINT, heard)


if AHEAD in os.environ:
    _load(**json.loads(os.environ.pop(AHEAD)))
