"""The bundled figures, checked on load; `research.data.prices.fetch` alone fetches live prices.

Functions are imported from their modules on first use, so that listing and hashing tables,
which the runner does on every call, stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from research.data.market import MarketData, load_market
    from research.data.tables import load_table, once

__all__ = ["MarketData", "load_market", "load_table", "once"]

_HOMES = {
    "MarketData": "market",
    "load_market": "market",
    "load_table": "tables",
    "once": "tables",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
