"""Tariffs: dated rates, partial and general equilibrium, and what a rate of one's own would do.

Functions are imported from their modules on first use, so that ``import research.tariffs`` is fast.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "answers": ("TariffAnswer", "own_trade", "what_if"),
    "dated_value": ("worth",),
    "elasticities": ("elasticity_sets",),
    "law": ("Measure",),
    "models.equilibrium": ("prepare", "solve_equilibrium"),
    "rates": ("rate_steps",),
    "scenario": ("Scenario", "read_scenario", "scenario_names"),
}

__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
