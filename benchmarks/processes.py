"""A case in a process of its own, its peak of memory, and its row of a table.

Linux hands the peak of a process on to those that it starts: nothing large is imported here.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping

#: Columns of a table after what was counted.
HEADINGS = ("seconds", "us each", "speed", "peak MB", "at start", "off by")


def in_fresh_process(module: str, case: str, n: int) -> dict[str, float]:
    """Run ``python -m module case n`` and read the figures that it prints last."""
    command = [sys.executable, "-m", module, case, str(n)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return json.loads(result.stdout.splitlines()[-1])


def cells(taken: Mapping[str, float], counted: str, baseline: float, *, digits: int) -> list[str]:
    """Write one row: what it took, and how much faster each went than in the baseline."""
    each = taken["seconds"] / taken[counted]
    return [
        f"{taken[counted]:,}",
        f"{taken['seconds']:.2f}",
        f"{1e6 * each:,.0f}",
        f"{baseline / each:.{digits}f}",
        f"{taken['peak_mb']:.0f}",
        f"{taken['before_mb']:.0f}",
        f"{taken['difference']:.0e}",
    ]


def peak_mb() -> float:
    """Give the largest memory of this process so far, MB."""
    # Linux counts in kilobytes, macOS in bytes.
    units = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units
