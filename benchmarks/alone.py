"""Runs one case in this process and prints what it took: `benchmarks.alone all_tests 10000`."""

from __future__ import annotations

import json
import statistics
import sys
import time

from benchmarks import cases
from benchmarks.panel import panel
from benchmarks.processes import peak_mb
from benchmarks.settings import EVENTS, FEW

REPEATS = 5


def measure(name: str, n_events: int) -> dict[str, float]:
    """Time a case, read the peak of this process, and hold its CARs against the loop's."""
    # A small number of events is the head of the usual table.
    returns, market, events = panel(max(n_events, EVENTS))
    events = events.head(n_events)
    call = getattr(cases, name)((returns, market, events))
    before = peak_mb()
    taken = []
    # The first call warms up; a long one is timed once.
    for _ in range(1 + REPEATS if n_events <= EVENTS else 1):
        start = time.perf_counter()
        car = call()
        taken.append(time.perf_counter() - start)
    peak, few = peak_mb(), events.head(FEW)
    expected = cases.statsmodels_loop((returns, market, few))().to_numpy()
    return {
        "events": len(events),
        "seconds": statistics.median(taken[1:] or taken),
        "peak_mb": peak,
        "before_mb": before,
        "difference": float(abs(car.to_numpy()[: len(few)] - expected).max()),
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
