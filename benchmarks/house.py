"""The size of the house and the time of its two commands, beside what they must keep to.

`python -m benchmarks.house` counts; `python -m benchmarks.house 3` times as well, three times each,
and prints medians with the load of the machine before each run: quote them from a quiet machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from studies import crossing

ROOT = Path(__file__).resolve().parents[1]


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def counts() -> list[tuple[str, float, float]]:
    """List what is counted: name, found, at most."""
    source, tests, *more = (
        list((ROOT / folder).rglob("*.py"))
        for folder in ("src", "tests", "studies", "scripts", "benchmarks")
    )
    rooms = Counter(file.parent for file in source)
    of_source, of_tests, *of_more = (sum(map(_lines, files)) for files in (source, tests, *more))
    return [
        ("lines of src", of_source, 23_500),
        ("lines of tests, of what they test", of_tests, of_source + sum(of_more)),
        ("modules in the fullest folder", max(rooms.values()), 20),
        ("lines of the longest module", max(map(_lines, source)), 450),
        ("lines of README.md", _lines(ROOT / "README.md"), 120),
        *(
            (f"files that {name} crosses", len(files), crossing.MOST)
            for name, files in crossing.crossed().items()
        ),
    ]


def _make(target: str, folder: Path = ROOT) -> None:
    subprocess.run(["make", target], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607


def _all_reports() -> None:
    command = [ROOT / ".venv" / "bin" / "research", "run", "--force"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _fresh_clone() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)  # noqa: S603, S607
        _make("reports", clone)
        shutil.rmtree(clone)


def seconds(step: Callable[[], None]) -> float:
    """Time one run."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def main(times: int = 0) -> None:
    """Print the counts, and medians of so many timed runs."""
    for name, found, most in counts():
        print(f"{name:34}{found:>9,.0f}   at most {most:,.0f}")
    steps = (
        ("all reports, environment made", _all_reports, 100),
        ("make test", lambda: _make("test"), 480),
        ("fresh clone to pages", _fresh_clone, 120),
    )
    for name, step, most in steps if times else ():
        load, took = [], []
        for _ in range(times):
            load.append(f"{os.getloadavg()[0]:.1f}")
            took.append(seconds(step))
        print(
            f"{name:34}{statistics.median(took):>7.0f} s   at most {most} s "
            f"(median of {times}; load before each: {', '.join(load)})"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
