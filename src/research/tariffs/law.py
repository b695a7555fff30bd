"""US tariff law on Japan: dated measures, what each asks for, which hold on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias, get_args

import pandas as pd
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from research.data import load_table, once
from research.errors import Fault, InputError, raise_if
from research.values import Parameters

# A track of duties under Section 232 of the Trade Expansion Act, and one of any other law.
_Security = Literal[
    "s232_autos", "s232_auto_parts", "s232_mhd", "s232_timber", "s232_semiconductors",
    "s232_pharma", "s232_drones", "s232_polysilicon", "s232_copper", "s232_steel",
    "s232_aluminum",
]  # fmt: skip
_General = Literal["ieepa", "s122", "s301"]
_Basis = Literal[
    "add_on", "floor", "cap", "metal_content", "full_value", "exempt", "suspended", "threat", "ends"
]

#: Duties in the order in which they claim goods: the first Section 232 duty in force on goods
#: keeps every later duty off them; `TRACKS_GENERAL` add up on what is left.
TRACKS_232, TRACKS_GENERAL = get_args(_Security), get_args(_General)

#: Bases that charge nothing. An exemption, a suspension and an end replace the earlier measure of
#: their track; a threat replaces nothing. A suspended measure stays law: its rate is the one that
#: comes back with a later measure, and meanwhile it keeps no other duty off its goods.
NO_DUTY = ("exempt", "suspended", "threat", "ends")

#: A rate above 200 % is taken for a percentage written as a share.
LARGEST_RATE_SHARE = 2.0

#: A day, as users write it.
Day: TypeAlias = str | pd.Timestamp

#: First day of the schedule. Rows of the timeline before it are older duties still in force on it.
FIRST_DAY = pd.Timestamp("2025-01-01")

_TIMELINE, _SCOPES = "tariffs/us_tariff_timeline_japan", "tariffs/japan_scopes"
_KEY = ["effective_date", "authority", "basis", "part"]


def ask(asked: str, todo: str = "") -> PydanticCustomError:
    """Make the error of a check inside a model."""
    return PydanticCustomError("asked", "{asked}", {"asked": asked, "todo": todo})


def rate_share(value: float) -> float:
    """Refuse what is no rate between 0 and 200 %, written as a share."""
    if not 0 <= value <= LARGEST_RATE_SHARE:
        per_cent = LARGEST_RATE_SHARE < value <= 100 * LARGEST_RATE_SHARE
        todo = f"For {value:g} % write {value / 100:g}." if per_cent else ""
        raise ask(f"a share from 0 to {LARGEST_RATE_SHARE:g}", todo)
    return value


Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
Share = Annotated[float, AfterValidator(rate_share)]


class Measure(Parameters):
    """One duty on some goods from one day on, until a later measure of its track replaces it.

    ``rate_share`` is a share of value, of a suspension the rate that is suspended;
    ``effective_date`` the first day on which it holds in law, also where that was decided later;
    ``known_date`` that from which it was public; ``source`` the citation; ``general_rate_share``,
    for a ``cap`` alone, the add-on that would hold without it.
    """

    track: Literal[_Security, _General]
    goods: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=60)]
    rate_share: Share
    basis: _Basis
    effective_date: date
    known_date: date
    source: Text
    general_rate_share: Share | None = None

    @model_validator(mode="after")
    def _general_rate_with_caps_alone(self) -> Self:
        if (self.basis == "cap") != (self.general_rate_share is not None):
            raise ask("general_rate_share, the rate that is capped, with basis cap alone")
        return self

    def duty_share(self, mfn_share: float) -> float:
        r"""Give the duty on top of a normal rate :math:`m`, as a share of value.

        .. math:: r \text{ (add-on)}, \quad \max(m, r) - m \text{ (floor)}, \quad
                  \min(g, \max(r - m, 0)) \text{ (cap on a general rate } g)

        and nothing for a basis of `NO_DUTY`.
        """
        room = max(self.rate_share - mfn_share, 0.0)
        if self.basis == "floor":
            return room
        if self.basis == "cap":
            return min(self.general_rate_share or 0.0, room)
        return 0.0 if self.basis in NO_DUTY else self.rate_share


@dataclass(frozen=True, slots=True)
class Schedule:
    """Dated measures: of two with the same effective date the later known holds, then the later."""

    measures: tuple[Measure, ...]

    def with_measures(self, *own: Measure) -> Schedule:
        """Give a schedule with further measures."""
        return Schedule((*self.measures, *own))

    def law(self, goods: str, day: date, known: date) -> tuple[Measure, ...]:
        """Give the measures that put a duty on goods on a day of entry, after stacking.

        ``known`` is the day of the reader: measures that were not public yet are left out, so that
        a later change with effect from before is not seen. Goods that are split are named by part.
        """
        names = names_of(goods)
        dated = [m for m in self.measures if m.effective_date <= day]
        scope = [m for m in dated if not names.isdisjoint(m.goods)]
        # A threat never becomes law, so it replaces nothing.
        public = [m for m in scope if m.known_date <= known and m.basis != "threat"]
        public.sort(key=lambda m: (m.effective_date, m.known_date))
        latest = {m.track: m for m in public}
        active = {track: m for track, m in latest.items() if m.basis not in NO_DUTY}
        first = [active[track] for track in TRACKS_232 if track in active][:1]
        return tuple(first or [active[track] for track in TRACKS_GENERAL if track in active])

    def change_days(self) -> list[pd.Timestamp]:
        """Give the first day and every day on which a measure begins."""
        days = {pd.Timestamp(measure.effective_date) for measure in self.measures} | {FIRST_DAY}
        return sorted(day for day in days if day >= FIRST_DAY)

    def last_day(self) -> date:
        """Give the last day on which a measure takes effect or became known."""
        return max(max(measure.effective_date, measure.known_date) for measure in self.measures)


def check_days(on: object, known_on: object) -> tuple[date, date]:
    """Give day of entry and day of the reader (``None``: with all later corrections) as dates.

    One before `FIRST_DAY` is an `InputError`.
    """
    days, faults = [], []
    for name, value in (("on", on), ("known_on", known_on)):
        latest = name == "known_on" and value is None
        day = pd.Timestamp.max if latest else pd.to_datetime(value, errors="coerce")
        if not isinstance(day, pd.Timestamp) or day.tzinfo or day < FIRST_DAY:
            asked = f"a date from {FIRST_DAY:%Y-%m-%d} on, without time zone"
            faults.append(Fault(name, asked, repr(value)))
        days.append(day)
    raise_if(InputError, "The schedule has no rate for that day.", faults)
    return days[0].date(), days[1].date()


def names_of(goods: str) -> set[str]:
    """Give the names by which measures can name goods: ``goods.part``, the goods and the part."""
    return {goods, *goods.split(".")}


@once
def japan_schedule(*, counterfactual: str = "") -> Schedule:
    """Read the measures on Japan: rows of the timeline on the goods that the scopes give.

    Rows that are not known to cover Japan (``covers_japan``) are not in it. A ``counterfactual`` of
    ``tariffs/counterfactual_law`` has other rows in place of those that the deal brought; an
    unknown one is an `InputError`.
    """
    rows = load_table(_TIMELINE).merge(load_table(_SCOPES), on=_KEY, suffixes=("", "_own"))
    rows = rows[rows["track"].notna() & (rows["covers_japan"] == "yes")]
    if counterfactual:
        rows = _without_deal(rows, counterfactual)
    return Schedule(tuple(_measure(row) for _, row in rows.iterrows()))


def _without_deal(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give other rates to rows that the deal brought, or leave them out."""
    listed = load_table("tariffs/counterfactual_law")
    other = listed[listed["counterfactual"] == name]
    if other.empty:
        fault = Fault("counterfactual", f"one of {', '.join(listed.counterfactual.unique())}", name)
        raise InputError("The law without the deal is not known.", [fault])
    rows = rows.merge(other, on=_KEY, how="left", suffixes=("", "_other"))
    changed, gone = rows["rate_share_other"].notna(), rows["reason"].notna()
    rows["rate_share_own"] = rows["rate_share_other"].fillna(rows["rate_share_own"])
    rows["duty_basis"] = rows["duty_basis_other"].fillna(rows["duty_basis"])
    rows["general_rate_share"] = rows["general_rate_share"].mask(changed)
    return rows[changed | ~gone]


def collected_longer(goods: str) -> pd.Series:
    """Give days on which a duty on goods ended in law -> last day on which customs collected it."""
    scopes = load_table(_SCOPES)
    named = scopes["goods"].str.split().map(lambda names: goods in names, na_action="ignore")
    rows = scopes[named.eq(True) & scopes["collected_until"].notna()]
    return rows.set_index("effective_date")["collected_until"]


def _measure(row: pd.Series) -> Measure:
    """Take what the scopes say, or what the timeline says where they leave it blank."""
    given = row[["from_date", "rate_share_own", "duty_basis"]].to_numpy()
    listed = row[["effective_date", "rate_share", "basis"]].to_numpy()
    effective, rate, basis = (b if pd.isna(a) else a for a, b in zip(given, listed, strict=True))
    announced = pd.Period(row["announced_date"]).end_time.date()
    if len(row["announced_date"]) <= 7:
        # A month of announcement was known at its end, or when the measure took effect.
        announced = min(announced, effective.date())
    general = row["general_rate_share"]
    return Measure(
        track=row["track"],
        goods=tuple(row["goods"].split()),
        rate_share=float(rate),
        basis=basis,
        effective_date=effective.date(),
        known_date=announced,
        source=row["source"],
        general_rate_share=None if pd.isna(general) else float(general),
    )
