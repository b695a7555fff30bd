"""What a claim needs to be decided: source, rule, unit, bands that give one verdict."""

from __future__ import annotations

import math
import re

import pandas as pd

from research.data.tables import checked, place
from research.errors import Fault

#: Between results, measures and bands of a row.
BETWEEN = " | "

#: A band about which a rule does not ask.
ANY = pd.Interval(-math.inf, math.inf, "both")

_BAND = re.compile(r"([\[(])([-\d.]*),([-\d.]*)([\])])")
_CLOSED = {"[]": "both", "[)": "left", "(]": "right", "()": "neither"}
_BY_EVIDENCE = {
    "data": {"value", "count"},
    "model": {"value", "central", "chance", "overlap"},
    "documentary": {"answer", "rated"},
    "none": {"none"},
}


def bands(cell: object) -> tuple[pd.Interval, ...]:
    """Read bands such as ``[0.35,0.45]`` or ``(0,) | any``: none for a blank.

    Raises
    ------
    ValueError
        If a band does not read, or its ends are in the wrong order.
    """
    found = []
    for part in cell.split(BETWEEN) if isinstance(cell, str) else []:
        read = _BAND.fullmatch(part)
        if part != "any" and read is None:
            raise ValueError(part)
        if read is None:
            found.append(ANY)
            continue
        first, low, high, last = read.groups()
        ends = float(low or -math.inf), float(high or math.inf)
        found.append(pd.Interval(*ends, _CLOSED[first + last]))
    return tuple(found)


def claims_can_be_decided(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask for source, rule and unit, and for bands that give one verdict for each number."""
    return [
        Fault(place(name, row.Index, column), asked, found, f"Mend the row of {row.claim_id}.")
        for row in frame.itertuples()
        for column, asked, found in _wrong(row)
    ]


def _wrong(row: object) -> list[tuple[str, str, str]]:
    told = row._asdict()  # type: ignore[attr-defined]
    wrong = [
        (column, "a text", "a blank") for column in ("source_urls", "rule") if pd.isna(told[column])
    ]
    if pd.notna(told["quantity_low"]) and pd.isna(told["unit"]):
        wrong.append(("unit", "the unit of the quantity", "a blank"))
    kind, measures = told["evidence_kind"], told["measure"].split(BETWEEN)
    if not {*measures} <= _BY_EVIDENCE[kind]:
        asked = f"{' or '.join(sorted(_BY_EVIDENCE[kind]))}, as the evidence is {kind}"
        return [*wrong, ("measure", asked, told["measure"])]
    if told["measure"] in ("rated", "none"):
        return wrong
    if ({"chance", "count"} & {*measures}) and pd.isna(told["within"]):
        wrong.append(("within", "the band whose chance or count is taken", "a blank"))
    many = kind != "documentary" and told["measure"] != "count"
    results = len(told["evidence"].split(BETWEEN)) if many else 1
    read = {}
    for column in ("supported", "partly", "undecided"):
        try:
            read[column] = bands(told[column])
        except ValueError:
            wrong.append((column, "bands such as [0.35,0.45] or (0,) | any", told[column]))
            return wrong
        if len(read[column]) not in (0, results):
            wrong.append((column, f"{results} bands, one a result", str(told[column])))
    if not read["supported"] and not read["partly"]:
        wrong.append(("supported", "a band that gives a verdict", "none"))
    order = [column for column in read if len(read[column]) == 1 == results]
    wrong += [
        (column, f"a band that holds all of {before} or none of it", str(told[column]))
        for i, column in enumerate(order)
        for before in order[:i]
        if _cut(read[before][0], read[column][0])
    ]
    return wrong


def _cut(first: pd.Interval, second: pd.Interval) -> bool:
    """Tell whether the second band holds a part of the first only, or nothing more than it."""
    held = second.left <= first.left and second.right >= first.right and first != second
    return bool(first.overlaps(second)) and not held


def results_are_those_of_the_claims(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each result names the claims that it decides, and each such claim known results."""
    claims = checked("deal/claims")
    due = claims[claims["evidence_kind"].isin(["data", "model"])].set_index("claim_id")["evidence"]
    named = due.str.split(BETWEEN, regex=False).explode()
    known = frame.set_index("result_id")["claims"].str.split()
    faults = [
        Fault(
            place("deal/claims", column="evidence"),
            "a result of deal/claims_results",
            f"{one!r} in {claim}",
        )
        for claim, one in named.items()
        if one not in known.index
    ]
    faults += [
        Fault(place(name, line, "claims"), " ".join(own), " ".join(known[one]))
        for line, one in frame["result_id"].items()
        if {*(own := dict.fromkeys(named.index[named == one]))} != {*known[one]}
    ]
    return faults
