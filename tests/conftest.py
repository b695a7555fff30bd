"""What every test may use: the one comparison with published numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

# A loaded machine is no fault of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

#: The files that take longest, each as a whole in one process: they start first.
LONGEST = (
    "notebooks/03_tariffs",
    "notebooks/",
    "tests/cli/test_run_command",
    "tests/tariffs/test_welfare",
    "tests/tariffs/test_games",
    "tests/data/test_slips",
    "tests/pages/test_pages",
    "tests/data",
    "tests/tariffs",
    "tests/studies",
)

TARGETS = Path(__file__).parent / "targets"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        found = (n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start))
        return next(found, len(LONGEST))

    items.sort(key=rank)


Compare = Callable[[str, Mapping[str, float]], pd.DataFrame]


def compare_with_targets(table: str, ours: Mapping[str, float]) -> pd.DataFrame:
    """Hold our numbers against `tests/targets/<table>.csv`.

    The file has the columns quantity, published, tolerance (absolute) and source. Every quantity
    must be given, and none that the file does not have. Returns (and on failure prints)
    published, ours, difference, tolerance.
    """
    targets = pd.read_csv(TARGETS / f"{table}.csv").set_index("quantity")
    assert set(ours) == set(targets.index), f"quantities differ: {set(ours) ^ set(targets.index)}"
    report = targets[["published"]].assign(ours=pd.Series(ours, dtype=float))
    report["difference"] = report["ours"] - report["published"]
    report["tolerance"] = targets["tolerance"]
    within = report["difference"].abs() <= report["tolerance"]
    assert within.all(), f"{table}: not as published\n{report[~within].to_string()}"
    return report


@pytest.fixture(scope="session")
def compare() -> Compare:
    return compare_with_targets
