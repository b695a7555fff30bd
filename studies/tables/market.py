"""Sessions, coverage and levels of the market tables; moments and amounts of the deal's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from research import sessions
from research.data.content import place
from research.data.tables import checked, moments
from research.errors import Fault
from studies.tables.jobs import AMOUNT_ROUNDING_BN_USD

#: Returns are printed to 0.1 basis points, so each may be off by half of that.
RETURN_ROUNDING = 0.05 / 1e4

#: Levels are printed to 0.01 points.
LEVEL_ROUNDING = 0.005

_SERIES, _RETURNS = "market/series", "market/daily_returns_bp"


def returns_are_on_sessions(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a series has a return on each session of its exchange from its first to its last."""
    calendars = checked(_SERIES).set_index("series_id")["calendar"]
    lines = pd.Series(frame.index, index=frame["date"])
    known = frame.set_index("date")[calendars.index].notna()
    faults = [
        Fault(place(name, column=one), "returns", "none") for one in known if not known[one].any()
    ]
    for calendar, own in calendars.groupby(calendars):
        days = sessions.sessions(calendar, lines.index[0].date(), lines.index[-1].date())
        there = known[own.index].reindex(lines.index.union(days), fill_value=False)
        # From the first return of a series to its last.
        listed = there.cummax() & there[::-1].cummax()
        due = listed.mul(listed.index.isin(days), axis=0)
        for number, column in np.argwhere((there != due).to_numpy()):
            day, series = there.index[number], there.columns[column]
            asked, found = (
                (f"a value: {calendar} had a session", f"none on {day:%F}")
                if due.loc[day, series]
                else (f"no value: {calendar} had no session", f"one on {day:%F}")
            )
            faults.append(Fault(place(name, lines.get(day), series), asked, found))
    return faults


def coverage_is_that_of_the_list(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that first date, last date and count in market/series are those of the returns."""
    listed = checked(_SERIES)
    values = frame.set_index("date")[listed["series_id"]]
    found = pd.DataFrame(
        {
            "first_date": [values[series].first_valid_index() for series in values],
            "last_date": [values[series].last_valid_index() for series in values],
            "returns_count": values.count().to_list(),
        },
        listed.index,
    )
    differ = listed[found.columns] != found
    return [
        Fault(
            place(_SERIES, line, column), f"{_day(ours)} as in {name}", _day(listed[column][line])
        )
        for column in found
        for line, ours in found.loc[differ[column], column].items()
    ]


def returns_give_the_printed_levels(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that returns compound, between the days on which levels were printed, to their ratio.

    With n returns each off by at most h, their product is off by about n h times itself; each
    of the two levels adds its own rounding.
    """
    levels = checked("market/printed_levels").set_index("date")
    returns = frame.set_index("date")[levels.columns] / 1e4
    faults = []
    for (series, level), (earlier, later) in (
        (item, days) for item in levels.items() for days in pairwise(levels.index)
    ):
        span = returns.loc[(returns.index > earlier) & (returns.index <= later), series].dropna()
        printed, ours = level[later] / level[earlier], float((1 + span).prod())
        rounding = (
            len(span) * RETURN_ROUNDING + LEVEL_ROUNDING * (1 / level[[earlier, later]]).sum()
        )
        if abs(ours - printed) > printed * rounding:
            where = f"{place(name, column=series)}, after {earlier:%F} to {later:%F}"
            percent, slack = 100 * (printed - 1), 100 * printed * rounding
            asked = f"{percent:.3f} ± {slack:.3f} % by printed_levels"
            faults.append(Fault(where, asked, f"{100 * (ours - 1):.3f} %"))
    return faults


def levels_are_on_sessions(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that levels were printed on days with a session in each city."""
    dates = frame["date"]
    return [
        Fault(place(name, line, "date"), f"a session in {city}", f"{day:%F}")
        for calendar, city in sessions.EXCHANGES.items()
        for line, day in dates[~dates.isin(sessions.sessions(calendar))].items()
    ]


def first_sessions_follow_from_the_moment(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that the first sessions of an event are those computed from its moment."""
    faults = []
    for column, calendar in (("first_tokyo_session", "XTKS"), ("first_ny_session", "XNYS")):
        for (line, moment), written in zip(moments(frame).items(), frame[column], strict=True):
            computed = sessions.first_session(moment, calendar).used
            if computed != written:
                asked = f"{computed:%F}, computed from {moment:%F %H:%M} UTC"
                faults.append(Fault(place(name, line, column), asked, f"{written:%F}"))
    return faults


def hypotheses_follow_from_their_events(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each event with a sign and a rate or amount after it is decided on, with its sign.

    What is asked has a group, and what is not has none.
    """
    events = checked("deal/events").set_index("event_id")
    signs = events.loc[events["rate_after"].notna(), "expected_sign_japan"]
    due = signs[signs.isin(["+", "-"]) & (events["category"] != "macro_confounder")]
    faults = [
        Fault(place(name, column="event_id"), f"a row of {event}, asked or not", "none")
        for event in due.index.difference(frame["event_id"])
    ]
    for row in frame.itertuples():
        wanted = due.get(row.event_id, "no row: it has no sign, or no rate after it")
        if row.expected_sign != wanted:
            asked = f"{wanted}, as in deal/events"
            faults.append(Fault(place(name, row.Index, "expected_sign"), asked, row.expected_sign))
        if (row.asked == "yes") == pd.isna(row.group):
            asked = "a group where the event is asked about, and only there"
            faults.append(Fault(place(name, row.Index, "group"), asked, str(row.group)))
    return faults


def amounts_add_up_to_their_round(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that amounts are the total of their round, or at most that where one is blank."""
    faults = []
    for row in checked("deal/project_rounds").itertuples():
        amounts = frame.loc[frame["round"] == row.round, "amount_bn_usd"]
        slack = AMOUNT_ROUNDING_BN_USD * (len(amounts) + 1)
        above = amounts.sum() - row.total_bn_usd
        if above > slack or (amounts.notna().all() and above < -slack):
            asked = f"{row.total_bn_usd:g} bn, the total of round {row.round}"
            found = f"{amounts.sum():g} bn"
            faults.append(Fault(place(name, column="amount_bn_usd"), asked, found))
    return faults


def _day(value: object) -> str:
    return f"{value:%F}" if isinstance(value, pd.Timestamp) else str(value)
