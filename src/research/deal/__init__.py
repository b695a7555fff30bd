"""Who gets what from the investment deal: terms, cash, instruments, pace, and what it buys.

Functions are imported from their modules on first use, so that ``import research.deal`` is fast.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "projects": ("load_kinds", "portfolio", "project_cash"),
    "ratings": ("agreement", "rates"),
    "scorecard": ("Scorecard", "score"),
    "terms": ("Terms", "dated_value", "switches"),
    "value": (
        "asked_of_projects", "break_even_project_irr", "crossings_project_irr", "irr", "npv",
        "outcomes",
    ),
    "waterfall": ("Waterfall", "share_out"),
}  # fmt: skip

__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
