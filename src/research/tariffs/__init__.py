"""Tariffs: dated rates, partial and general equilibrium, and what a rate of one's own would do.

Functions are imported from their modules on first use, so that ``import research.tariffs`` is fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from research.tariffs.answers import TariffAnswer, own_trade, what_if
    from research.tariffs.dated_value import worth
    from research.tariffs.elasticities import elasticity_sets
    from research.tariffs.law import Measure
    from research.tariffs.models.equilibrium import prepare, solve_equilibrium
    from research.tariffs.rates import rate_steps
    from research.tariffs.scenario import Scenario, read_scenario, scenario_names

_HOMES = {
    "answers": ("TariffAnswer", "own_trade", "what_if"),
    "dated_value": ("worth",),
    "elasticities": ("elasticity_sets",),
    "law": ("Measure",),
    "models.equilibrium": ("prepare", "solve_equilibrium"),
    "rates": ("rate_steps",),
    "scenario": ("Scenario", "read_scenario", "scenario_names"),
}

__all__ = [
    "Measure", "Scenario", "TariffAnswer", "elasticity_sets", "own_trade", "prepare", "rate_steps",
    "read_scenario", "scenario_names", "solve_equilibrium", "what_if", "worth",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
