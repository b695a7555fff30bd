"""What every test may use: no deadlines, stored findings, and the longest files first."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A loaded machine is no fault of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# As in reports: how threads share a sum moves its last digits.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# A clone has no reports: a notebook that reads their findings reads those of the stored outputs.
os.environ["RESEARCH_FINDINGS"] = "stored"

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest."""

    def rank(item: pytest.Item) -> int:
        found = (n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start))
        return next(found, len(LONGEST))

    items.sort(key=rank)
