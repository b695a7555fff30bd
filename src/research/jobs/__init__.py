"""Jobs of the pledge: input-output multipliers, projects, states, and the way from gross to net.

Functions are imported from their modules on first use, so that ``import research.jobs`` is fast.
"""

from __future__ import annotations

import importlib
from typing import Any

#: Years that can be modelled: from the first selection on.
FIRST_YEAR, LAST_YEAR = 2026, 2060

_HOMES = {
    "accounts": ("IOTable", "io_table", "matrix_table"),
    "answers": ("ProjectJobs", "jobs_of"),
    "economies": ("Economy", "own_economy", "us_economy"),
    "employment": ("employment_ratios",),
    "io": ("load_io_table", "requirements"),
    "ladder": ("Ladder", "load_ladder"),
    "model": ("JobDraws", "JobsModel", "jobs_model", "run"),
}

__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
