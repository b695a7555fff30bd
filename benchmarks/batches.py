"""Time and memory of many events in batches: `python -m benchmarks.batches 10000 1000000`.

Each number of events runs in a process of its own, whose peak memory is then its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from benchmarks.event_study import ESTIMATION, WINDOW, panel
from research.events import event_study_in_batches

NUMBERS = ("10000", "100000")


def run(n_events: int) -> None:
    """Study and test the events batch by batch; print what it took."""
    returns, market, events = panel(n_events)
    before = _peak_mb()
    start = time.perf_counter()
    rejections = units = 0
    for study in event_study_in_batches(
        returns,
        market,
        events,
        returns_are="simple",
        model="market",
        window=WINDOW,
        estimation=ESTIMATION,
    ):
        units += len(study.car())
        rejections += int((study.tests()["pvalue"] < 0.05).sum())
    seconds = time.perf_counter() - start
    print(
        f"{units:>9,} events {seconds:7.2f} s {1e6 * seconds / units:5.0f} us each; peak memory "
        f"{_peak_mb():5.0f} MB, {before:.0f} MB of them before the study"
    )


def _peak_mb() -> float:
    # Linux counts in kilobytes, macOS in bytes.
    units = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units


def main(numbers: list[str]) -> None:
    """Run each number of events in a fresh process."""
    for number in numbers or NUMBERS:
        code = f"from benchmarks.batches import run; run({int(number)})"
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1:])
