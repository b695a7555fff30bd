"""The groups of series.csv: words for those of shares, and those that are no shares."""

from __future__ import annotations

#: Groups of series.csv that are not shares of firms.
NOT_SHARES = ("index", "etf")

#: Series of series.csv in those groups.
NOT_FIRMS = ("N225", "TOPIX", "SP500", "SMH", "SOXX", "XLE")

#: Words for the group names of series.csv.
GROUP_NAMES = {
    "chip": "US chips",
    "energy": "US energy",
    "power": "US power",
    "metals": "US metals",
    "shipbuilding": "US shipbuilding",
    "pharma": "US pharma",
    "ai_quantum": "US AI and quantum",
    "us_auto": "US cars",
    "us_domestic": "US domestic",
    "jp_auto": "Japan cars",
    "jp_parts": "Japan car parts",
    "jp_chip": "Japan chips",
    "jp_electronics": "Japan electronics",
    "jp_heavy": "Japan heavy industry",
    "jp_trading": "Japan trading",
    "jp_bank": "Japan banks",
    "jp_metals": "Japan metals",
    "jp_energy": "Japan energy",
    "jp_investor": "SoftBank",
    "jp_domestic": "Japan domestic",
}


def group_name(group: str) -> str:
    """Give the words for a group."""
    return GROUP_NAMES.get(group, group)
