"""Words for what is wrong in the file of a scenario: places, names and lists of names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from research.data import load_table
from research.errors import Fault
from research.tariffs.rates import japan_goods
from research.values import brief

# Fields that hold a list.
_LISTS = ("rates", "retaliation", "measures", "exporters", "sectors")


def steps(place: Sequence[str | int]) -> list[str]:
    """Name a place in a file; entries of a list are counted from one."""
    named = []
    for before, step in zip(("", *place), place, strict=False):
        # A number that follows no name of a list is a name itself, in a file that is wrong.
        entry = isinstance(step, int) and before in _LISTS
        named.append(f"entry {int(step) + 1}" if entry else str(step))
    return [step for step in named if step != "[key]"]


def each_list_once(faults: Iterable[Fault]) -> list[Fault]:
    """Spell out countries, sectors and goods where one is asked for first; later refer to them."""
    lists = {
        "countries": ", ".join(load_table("tariffs/region_codes").index),
        "sectors": ", ".join(load_table("tariffs/us_mfn_2025_by_sector").index),
        "goods": ", ".join(japan_goods().index),
    }
    told, short = set(), []
    for fault in faults:
        asked = fault.asked
        for noun, names in lists.items():
            if names in asked and noun in told:
                asked = asked.replace(names, f"the {noun} above")
            elif names in asked:
                told.add(noun)
        short.append(replace(fault, asked=asked))
    return short


def unknown(
    where: str, names: Sequence[str], listed: Sequence[str], also: Sequence[str] = ()
) -> list[Fault]:
    """List names that are neither ``listed`` nor ``also`` known, with the nearest."""
    asked, known = " or ".join([*also, f"one of {', '.join(listed)}"]), [*also, *listed]
    return [Fault(where, asked, brief(one), near(one, known)) for one in names if one not in known]


def near(name: str, known: Sequence[str]) -> str:
    """Ask about the nearest known name, if one is near."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {found[0]}?" if found else ""
