"""A measure: a dated rule that puts a duty on goods, and the duty it asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from research.data.tariffs import BASES
from research.errors import Fault, InputError, raise_if
from research.values import UnusableValueError, brief, read_yaml

#: Duties in the order in which they claim goods: the first Section 232 duty in force on goods
#: keeps every later duty off them; ``ieepa``, ``s122`` and ``s301`` add up on what is left.
TRACKS_232 = (
    "s232_autos",
    "s232_auto_parts",
    "s232_mhd",
    "s232_timber",
    "s232_semiconductors",
    "s232_pharma",
    "s232_copper",
    "s232_steel",
    "s232_aluminum",
)
TRACKS_GENERAL = ("ieepa", "s122", "s301")
TRACKS = TRACKS_232 + TRACKS_GENERAL

#: Bases that charge nothing. An exemption, a suspension and an end replace the earlier measure of
#: their track; a threat replaces nothing. A suspended measure stays law: its rate is the one that
#: comes back with a later measure, and meanwhile it keeps no other duty off its goods.
NO_DUTY = ("exempt", "suspended", "threat", "ends")

#: A rate above 200 % is taken for a percentage written as a share.
MAX_RATE_SHARE = 2.0

_SUMMARY = "The measures cannot be used."


@dataclass(frozen=True, slots=True)
class Measure:
    """One duty on some goods from one day on, until a later measure of its track replaces it.

    Attributes
    ----------
    track
        One of `TRACKS`; a later measure of the same track replaces an earlier one on its goods.
    goods
        Names of goods in scope.
    rate_share
        Rate as a share of value: 0.15 is 15 %; of a suspension the rate that is suspended.
    basis
        One of `research.data.tariffs.BASES`.
    effective_date
        First day on which it holds in law, also where that was decided later.
    known_date
        Day from which it was public.
    source
        Legal citation.
    general_rate_share
        For a ``cap`` alone: the add-on that would hold without it.
    """

    track: str
    goods: tuple[str, ...]
    rate_share: float
    basis: str
    effective_date: pd.Timestamp
    known_date: pd.Timestamp
    source: str
    general_rate_share: float | None = None


def duty_share(measure: Measure, mfn_share: float) -> float:
    r"""Give the duty that a measure adds to an MFN rate :math:`m`, as a share of value.

    .. math:: r \text{ (add-on)}, \quad \max(m, r) - m \text{ (floor)}, \quad
              \min(g, \max(r - m, 0)) \text{ (cap on a general rate } g)

    and nothing for a basis of `NO_DUTY`.
    """
    room = max(measure.rate_share - mfn_share, 0.0)
    if measure.basis == "floor":
        return room
    if measure.basis == "cap":
        return min(measure.general_rate_share or 0.0, room)
    return 0.0 if measure.basis in NO_DUTY else measure.rate_share


def read_measures(path: str | Path) -> tuple[Measure, ...]:
    """Read a user's own measures from a YAML file: a list of mappings with the fields of `Measure`.

    Raises
    ------
    InputError
        If the file cannot be read as a list, or with every fault of every measure.
    """
    where = Path(path).name
    try:
        content = read_yaml(Path(path))
    except (OSError, UnusableValueError) as error:
        fault = Fault(where, "a YAML list of measures", str(error), "See docs/methods.md.")
        raise InputError(_SUMMARY, [fault]) from error
    return measures_of(content, where)


def measures_of(content: object, where: str) -> tuple[Measure, ...]:
    """Make measures of the content of a file; ``where`` names it in faults.

    Raises
    ------
    InputError
        If it is no list, or with every fault of every measure.
    """
    if not isinstance(content, list) or not content:
        fault = Fault(where, "a YAML list of measures", type(content).__name__)
        raise InputError(_SUMMARY, [fault])
    places = [(f"{where}, entry {place}", entry) for place, entry in enumerate(content, start=1)]
    raise_if(InputError, _SUMMARY, [f for place, entry in places for f in _faults(entry, place)])
    return tuple(_measure(entry) for entry in content)


def check_measures(measures: tuple[Measure, ...]) -> None:
    """Check measures made in Python as those of a file.

    Raises
    ------
    InputError
        With every fault of every measure.
    """
    faults = []
    for place, measure in enumerate(measures, start=1):
        entry = {field.name: getattr(measure, field.name) for field in fields(Measure)}
        entry["goods"] = list(measure.goods) if isinstance(measure.goods, tuple) else measure.goods
        faults += _faults(entry, f"measure {place}")
    raise_if(InputError, _SUMMARY, faults)


def _measure(entry: dict[str, Any]) -> Measure:
    days = {name: pd.Timestamp(entry[name]) for name in ("effective_date", "known_date")}
    return Measure(**(entry | days | {"goods": tuple(entry["goods"])}))


def _faults(entry: object, where: str) -> list[Fault]:
    if not isinstance(entry, dict):
        return [Fault(where, "a mapping with the fields of a measure", brief(entry))]
    names = [field.name for field in fields(Measure)]
    missing = [name for name in names[:-1] if name not in entry]
    faults = [Fault(where, f"a field {name}", "none") for name in missing]
    faults += [
        Fault(f"{where}, {name}", f"one of {', '.join(names)}", "no such field")
        for name in entry
        if name not in names
    ]
    present = {name: value for name, value in entry.items() if name in names}
    for name, value in present.items():
        faults += _value_faults(name, value, f"{where}, {name}")
    return faults + _cap_faults(entry, where)


def _value_faults(name: str, value: object, where: str) -> list[Fault]:
    if name in ("rate_share", "general_rate_share"):
        optional = name == "general_rate_share" and value is None
        return [] if optional else rate_faults(value, where)
    if name in ("track", "basis"):
        known = TRACKS if name == "track" else BASES
        return [] if value in known else [Fault(where, f"one of {', '.join(known)}", brief(value))]
    if name in ("effective_date", "known_date"):
        return _day_faults(value, where)
    if name == "goods":
        good = isinstance(value, list) and all(isinstance(each, str) for each in value)
        good = good and value != []
        return [] if good else [Fault(where, "a list of names of goods", brief(value))]
    good = isinstance(value, str) and value.strip() != ""
    return [] if good else [Fault(where, "a citation", brief(value))]


def _day_faults(value: object, where: str) -> list[Fault]:
    good = isinstance(value, date) and not pd.isna(value)
    if good and not (isinstance(value, datetime) and value.tzinfo):
        return []
    return [Fault(where, "a date such as 2025-08-07", brief(value), "No quotes, no time zone.")]


def rate_faults(value: object, where: str) -> list[Fault]:
    """Word why ``value`` is not a rate between 0 and 200 %, written as a share."""
    asked = f"a share from 0 to {MAX_RATE_SHARE:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [Fault(where, asked, brief(value))]
    if 0 <= value <= MAX_RATE_SHARE:
        return []
    if not abs(value) <= 100 * MAX_RATE_SHARE:
        # No per cent of a rate either; and it may be too large to be written as a float.
        return [Fault(where, asked, brief(value))]
    todo = f"For {value:g} % write {value / 100:g}." if value > MAX_RATE_SHARE else ""
    return [Fault(where, asked, f"{value:g}", todo)]


def _cap_faults(entry: dict[str, Any], where: str) -> list[Fault]:
    general = entry.get("general_rate_share")
    if entry.get("basis") == "cap" and general is None:
        return [Fault(where, "general_rate_share, the rate that is capped", "none")]
    if entry.get("basis") != "cap" and general is not None:
        found = f"basis {brief(entry.get('basis'))}"
        return [Fault(where, "general_rate_share for a cap alone", found)]
    return []
