"""What a claim needs to be decided: source, rule, unit, bands that give one verdict."""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import Any

import pandas as pd

from research.data.tables import place
from research.errors import Fault

#: Between results, measures and bands of a row.
BETWEEN = " | "

#: A band about which a rule does not ask.
ANY = pd.Interval(-math.inf, math.inf, "both")

_BAND = re.compile(r"([\[(])([-\d.]*),([-\d.]*)([\])])")
_CLOSED = {"[]": "both", "[)": "left", "(]": "right", "()": "neither"}


def bands(cell: object) -> tuple[pd.Interval, ...]:
    """Read bands such as ``[0.35,0.45]`` or ``(0,) | any``, none of a blank; else ValueError."""
    found = []
    for part in cell.split(BETWEEN) if isinstance(cell, str) else []:
        first, low, high, last = ("[", "", "", "]") if part == "any" else _BAND.findall(part)[0]
        ends = float(low or -math.inf), float(high or math.inf)
        found.append(pd.Interval(*ends, _CLOSED[first + last]))
    return tuple(found)


def claims_can_be_decided(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask for source, rule and unit, and for bands that give one verdict for each number."""
    return [
        Fault(
            place(name, row.Index, column), asked, str(getattr(row, column)), f"See {row.claim_id}."
        )
        for row in frame.itertuples()
        for column, asked in _wrong(row)
    ]


def _wrong(row: Any) -> list[tuple[str, str]]:
    wrong = [(name, "a text") for name in ("source_urls", "rule") if pd.isna(getattr(row, name))]
    if pd.notna(row.quantity_low) and pd.isna(row.unit):
        wrong.append(("unit", "the unit of the quantity"))
    measures, tested = {*row.measure.split(BETWEEN)}, row.evidence_kind in ("data", "model")
    if tested == bool(measures & {"answer", "rated", "none"}):
        wrong.append(("measure", f"one for evidence that is {row.evidence_kind}"))
    if measures & {"rated", "none"}:
        return wrong
    if measures & {"chance", "count"} and pd.isna(row.within):
        wrong.append(("within", "the band whose chance or count is taken"))
    results = row.evidence.count(BETWEEN) + 1 if tested and "count" not in measures else 1
    own = {}
    for column in ("supported", "partly", "undecided"):
        try:
            own[column] = bands(getattr(row, column))
        except (ValueError, IndexError):
            return [*wrong, (column, "bands such as [0.35,0.45] or (0,) | any")]
        if len(own[column]) not in (0, results):
            wrong.append((column, f"{results} bands, one a result"))
    if not own["supported"] and not own["partly"]:
        wrong.append(("supported", "a band that gives a verdict"))
    pairs = combinations([(column, *band) for column, band in own.items() if len(band) == 1], 2)
    return wrong + [
        (column, f"a band that holds all of {before} or none of it")
        for (before, one), (column, other) in pairs
        if one.overlaps(other)
        and (one == other or other.left > one.left or other.right < one.right)
    ]
