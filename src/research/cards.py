"""Cards of the rows of a table: what stands behind one line, opened from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from research.errors import Fault, InputError, raise_if

#: Mime type that carries cards to the page, the whole table and what search engines read.
MIME = "application/vnd.research.cards+json"

#: Words and the address behind them; without one they are text.
Piece = tuple[str, str]

# A web address, a place of this page, or a place of another report.
_ADDRESS = re.compile(r"|https?://[^\s\"<>]+|(\w+\.html)?#[\w-]+")


@dataclass(frozen=True, eq=False, slots=True)
class Cards:
    """A card for each row of ``table``, under an anchor that ends with its index.

    The first column is the title; others are lines under their headings, text or `Piece` s, and a
    blank one is left out. ``records`` stands beside the page as CSV and JSON; ``structured`` is
    JSON-LD inside it. An address that is none is an `InputError`, with every row.
    """

    table: pd.DataFrame
    anchor: str = "claim"
    records: pd.DataFrame | None = None
    structured: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        """Refuse a card that comes twice, and addresses that lead nowhere or run something."""
        faults = [
            Fault(str(key), "a web address or a place of a report", repr(address[:80]))
            for key, row in self.table.iterrows()
            for cell in row
            for _, address in _pieces(cell)
            if not _ADDRESS.fullmatch(address)
        ]
        twice = self.table.index[self.table.index.duplicated()].unique()
        faults += [Fault(str(key), "one card a row", "two") for key in twice]
        raise_if(InputError, "The cards cannot be shown.", faults)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        cards = []
        for key, (title, *cells) in zip(self.table.index, self.table.to_numpy(), strict=True):
            lines = zip(self.table.columns[1:], map(_pieces, cells), strict=True)
            kept = [[head, pieces] for head, pieces in lines if pieces]
            cards.append({"anchor": f"{self.anchor}-{key}", "title": title, "lines": kept})
        told: dict[str, Any] = {"cards": cards, "structured": list(self.structured)}
        if self.records is not None:
            told["csv"] = self.records.to_csv(float_format="%.10g", lineterminator="\n")
        return {MIME: told, "text/plain": f"{len(cards)} cards, which the report shows"}


def _pieces(cell: Any) -> list[Piece]:
    if isinstance(cell, list | tuple):
        return [(str(words), address) for words, address in cell]
    return [] if pd.isna(cell) or not str(cell).strip() else [(str(cell), "")]
