"""What a claim needs to be decided: source, rule, unit, bands that give one verdict."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from research.data.content import place
from research.deal.scorecard import ANY, BETWEEN, bands
from research.errors import Fault


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
    tested = row.evidence_kind in ("data", "model")
    texts = ("source_urls", "rule", "measure", *["evidence"] * tested)
    wrong = [(name, "a text") for name in texts if str(getattr(row, name)).strip() in ("", "nan")]
    for number in ("quantity", "answer"):
        low, high = (getattr(row, f"{number}_{end}") for end in ("low", "high"))
        if not (low <= high or pd.isna([low, high]).all()):
            wrong.append((f"{number}_high", f"at least the low end, {low:g}"))
    if pd.notna(row.quantity_low) and pd.isna(row.unit):
        wrong.append(("unit", "the unit of the quantity"))
    measures = str(row.measure).split(BETWEEN)
    ids = str(row.evidence).split(BETWEEN) if tested and "count" not in measures else [""]
    fits = len(measures) in (1, len(ids)) and ("overlap" not in measures or len(ids) == 1)
    if not fits or tested == bool({*measures} & {"answer", "rated", "none"}):
        wrong.append(("measure", f"one for evidence that is {row.evidence_kind}, for each result"))
    if {*measures} & {"rated", "none"}:
        return wrong
    own = {}
    for column in ("within", "supported", "partly", "undecided"):
        try:
            own[column] = bands(getattr(row, column))
        except (ValueError, IndexError):
            return [*wrong, (column, "bands such as [0.35,0.45] or (0,) | any")]
        if len(own[column]) not in (0, 1 if column == "within" else len(ids)):
            wrong.append((column, f"{len(ids)} bands, one a result"))
    if not own.pop("within") and {*measures} & {"chance", "count"}:
        wrong.append(("within", "the band whose chance or count is taken"))
    if not {*own["supported"], *own["partly"]} - {ANY}:
        wrong.append(("supported", "a band that gives a verdict"))
    return wrong + [
        (column, f"a band that holds all of {before} or none of it")
        for (before, one), (column, other) in combinations(own.items(), 2)
        if 0 < len(one) == len(other)
        and all(map(pd.Interval.overlaps, one, other))
        # Of one result bands lie in each other; of more, the rest is what the first ones leave.
        and (
            all(map(pd.Interval.__contains__, one, other))
            or (len(one) == 1 and one[0] not in other[0])
        )
    ]
