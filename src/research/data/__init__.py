"""The bundled figures, checked on load; live prices are fetched by `research.data.fetch` alone.

The ``load_*`` functions are fetched from their modules on first use, so that listing and hashing
tables stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from research.data.deal import load_claims, load_events
    from research.data.market import (
        load_daily_factors,
        load_daily_returns,
        load_printed_levels,
        load_series,
    )
    from research.data.sources import MarketData, load_market

_HOMES = {
    "MarketData": "sources",
    "load_claims": "deal",
    "load_daily_factors": "market",
    "load_daily_returns": "market",
    "load_events": "deal",
    "load_market": "sources",
    "load_printed_levels": "market",
    "load_series": "market",
}

__all__ = [
    "MarketData",
    "load_claims",
    "load_daily_factors",
    "load_daily_returns",
    "load_events",
    "load_market",
    "load_printed_levels",
    "load_series",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
