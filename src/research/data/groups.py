"""The groups of series.csv: words for those of shares, and those that are no shares."""

from __future__ import annotations

#: Groups of series.csv that are not shares of firms.
NOT_SHARES = ("index", "etf")

#: Series of series.csv in those groups.
NOT_FIRMS = ("N225", "TOPIX", "SP500", "SMH", "SOXX", "XLE")


def group_name(group: str) -> str:
    """Give the words for a group."""
    from research.data.tables import load_table

    return str(load_table("market/groups").get(group, group))
