"""Which measures hold on which goods on a day, as the law is read today or was known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from research.data import load_table
from research.data.tariff_goods import SCOPE_KEY
from research.errors import DataError, Fault, InputError, raise_if
from research.tariffs.measures import (
    NO_DUTY,
    TRACKS_232,
    TRACKS_GENERAL,
    Measure,
    check_measures,
)

#: First day of the schedule. Rows of the timeline before it are older duties still in force on it.
FIRST_DAY = pd.Timestamp("2025-01-01")

_KEY = list(SCOPE_KEY)


@dataclass(frozen=True, eq=False, slots=True)
class Schedule:
    """Dated measures.

    Attributes
    ----------
    measures
        Of two with the same effective date the later known holds,
        of two that share both dates the later in the list.
    not_applied
        Rows of the timeline that no measure stands for, with the reason in ``note``.
    """

    measures: tuple[Measure, ...]
    not_applied: pd.DataFrame

    def with_measures(self, *own: Measure) -> Schedule:
        """Give a schedule with further measures.

        Raises
        ------
        InputError
            With every fault of every measure.
        """
        check_measures(own)
        return Schedule((*self.measures, *own), self.not_applied)

    def in_force(
        self, goods: str, on: str | pd.Timestamp, *, known_on: str | pd.Timestamp | None
    ) -> tuple[Measure, ...]:
        """Give the measures that put a duty on goods on a day, after stacking.

        Parameters
        ----------
        goods
            Name of the goods, as in the scopes of the measures.
        on
            Day of entry.
        known_on
            Day of the reader: measures that were not public yet are left out, so that a later
            change with effect from before is not seen. ``None``: with all later corrections.

        Raises
        ------
        InputError
            If no measure names the goods or a date is not one from `FIRST_DAY` on.
        """
        day, known = check_days(on, known_on)
        scope = [measure for measure in self.measures if goods in measure.goods]
        if not scope:
            fault = Fault("goods", f"one of {', '.join(self.goods())}", repr(goods))
            raise InputError("No measure names these goods.", [fault])
        return _stacked([m for m in scope if m.effective_date <= day and m.known_date <= known])

    def goods(self) -> tuple[str, ...]:
        """Name all goods that a measure has in scope."""
        return tuple(sorted({name for measure in self.measures for name in measure.goods}))

    def last_day(self) -> pd.Timestamp:
        """Give the last day on which a measure takes effect or became known."""
        return max(max(measure.effective_date, measure.known_date) for measure in self.measures)


def check_days(
    on: str | pd.Timestamp, known_on: str | pd.Timestamp | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give day of entry and day of the reader as timestamps, both checked.

    Raises
    ------
    InputError
        If one is not a date, or is before `FIRST_DAY`.
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
    return days[0], days[1]


def japan_schedule() -> Schedule:
    """Read the measures on Japan: dates, rates and citations of the timeline, goods of the scopes.

    ``tariffs/japan_scopes`` says for each row of ``tariffs/us_tariff_timeline_japan`` which goods
    it is applied to, and where it departs from the row, why.

    Raises
    ------
    DataError
        If timeline or scopes are not as compiled, or do not have the same rows.
    """
    timeline, scopes = (
        load_table("tariffs/us_tariff_timeline_japan"),
        load_table("tariffs/japan_scopes"),
    )
    rows = timeline.merge(scopes, on=_KEY, how="outer", indicator=True, suffixes=("", "_own"))
    alone = rows[rows["_merge"] != "both"]
    faults = [
        Fault(
            f"{row.effective_date:%Y-%m-%d}, {row.authority}, {row.basis}",
            "a row in timeline and scopes",
            "one in the timeline alone" if side == "left_only" else "one in the scopes alone",
        )
        for row, side in zip(alone.itertuples(), alone["_merge"], strict=True)
    ]
    raise_if(DataError, "Timeline and scopes of the measures on Japan differ.", faults)
    applied = rows["track"].notna()
    measures = tuple(_measure(row) for _, row in rows[applied].iterrows())
    check_measures(measures)
    columns = [*_KEY, "scope_japan", "note"]
    return Schedule(measures, rows.loc[~applied, columns].reset_index(drop=True))


def collected_longer(goods: str) -> pd.Series:
    """Give days on which a duty on goods ended in law, and until when customs still collected it.

    Returns
    -------
    Day of the end -> last day of collection; duties that were collected to their end are left out.
    """
    scopes = load_table("tariffs/japan_scopes")
    named = scopes["goods"].str.split().map(lambda names: goods in names, na_action="ignore")
    rows = scopes[named.eq(True) & scopes["collected_until"].notna()]
    return rows.set_index("effective_date")["collected_until"]


def _measure(row: pd.Series) -> Measure:
    effective = pd.Timestamp(_own(row, "from_date", "effective_date"))
    announced = pd.Period(row["announced_date"]).end_time.normalize()
    general = row["general_rate_share"]
    return Measure(
        track=row["track"],
        goods=tuple(row["goods"].split()),
        rate_share=float(_own(row, "rate_share_own", "rate_share")),
        basis=_own(row, "duty_basis", "basis"),
        effective_date=effective,
        known_date=announced if len(row["announced_date"]) > 7 else min(announced, effective),
        source=row["source"],
        general_rate_share=None if pd.isna(general) else float(general),
    )


def _own(row: pd.Series, own: str, listed: str) -> Any:
    """Take what the scopes say, or what the timeline says where they leave it blank."""
    return row[listed] if pd.isna(row[own]) else row[own]


def _stacked(measures: list[Measure]) -> tuple[Measure, ...]:
    """Take the latest measure of each track, then the first Section 232 duty or all the others."""
    latest: dict[str, Measure] = {}
    # A threat never becomes law, so it replaces nothing.
    law = (measure for measure in measures if measure.basis != "threat")
    for measure in sorted(law, key=lambda m: (m.effective_date, m.known_date)):
        latest[measure.track] = measure
    active = {track: m for track, m in latest.items() if m.basis not in NO_DUTY}
    for track in TRACKS_232:
        if track in active:
            return (active[track],)
    return tuple(active[track] for track in TRACKS_GENERAL if track in active)
