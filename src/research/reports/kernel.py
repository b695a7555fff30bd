"""The kernel of the running interpreter, whatever kernels the machine has installed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

KERNEL_NAME = NATIVE_KERNEL_NAME


class InterpreterKernelManager(AsyncKernelManager):
    """Starts ipykernel under the interpreter that runs now.

    A kernel that is installed for the user under the same name would otherwise win and run the
    notebook with other versions.
    """

    @default("kernel_spec_manager")
    def _only_the_native_kernel(self) -> KernelSpecManager:
        return KernelSpecManager(parent=self, kernel_dirs=[])

    @default("transport")
    def _no_ports(self) -> str:
        # Kernels that start at the same moment can be given the same free port.
        return "ipc" if os.name == "posix" else "tcp"

    @default("connection_file")
    def _short_path(self) -> str:
        # The sockets stand beside this file, and a socket's path must be below 100 characters.
        return str(Path(tempfile.gettempdir()) / f"research-{uuid4().hex[:12]}.json")
