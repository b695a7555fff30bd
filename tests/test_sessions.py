"""The first session that can react, at the second, on real calendars."""

from itertools import pairwise

import pandas as pd
import pytest

from research.errors import InputError
from research.sessions import EXCHANGES, closing_times, first_session, sessions

SECOND = pd.Timedelta(seconds=1)
ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York"}


def used(when, calendar):
    return f"{first_session(pd.Timestamp(when), calendar).used:%Y-%m-%d}"


def at(text, calendar):
    return pd.Timestamp(text, tz=ZONES[calendar])


# Exchange, session, its opening and closing hour there, next session; written from the exchanges'
# notices, not from the library.
HOURS = [
    ("XTKS", "2024-11-01", "09:00", "15:00", "2024-11-05"),  # last day of the 15:00 close
    ("XTKS", "2024-11-05", "09:00", "15:30", "2024-11-06"),  # first day of the 15:30 close
    ("XTKS", "2025-07-18", "09:00", "15:30", "2025-07-22"),  # Monday was Marine Day
    ("XTKS", "2025-05-02", "09:00", "15:30", "2025-05-07"),  # Golden Week
    ("XTKS", "2024-12-30", "09:00", "15:30", "2025-01-06"),  # year end
    ("XTKS", "2025-12-30", "09:00", "15:30", "2026-01-05"),  # year end
    ("XNYS", "2025-01-08", "09:30", "16:00", "2025-01-10"),  # closed for a day of mourning
    ("XNYS", "2025-03-07", "09:30", "16:00", "2025-03-10"),  # clocks change on Sunday
    ("XNYS", "2025-03-10", "09:30", "16:00", "2025-03-11"),
    ("XNYS", "2025-10-31", "09:30", "16:00", "2025-11-03"),  # clocks change back on Sunday
    ("XNYS", "2025-11-03", "09:30", "16:00", "2025-11-04"),
    ("XNYS", "2025-07-03", "09:30", "13:00", "2025-07-07"),  # early close, then a long weekend
    ("XNYS", "2025-11-28", "09:30", "13:00", "2025-12-01"),  # early close after Thanksgiving
    ("XNYS", "2025-12-24", "09:30", "13:00", "2025-12-26"),  # early close on Christmas Eve
    ("XNYS", "2025-12-31", "09:30", "16:00", "2026-01-02"),
]


@pytest.mark.parametrize(("calendar", "day", "opens", "closes", "following"), HOURS)
def test_the_seconds_around_open_and_close(calendar, day, opens, closes, following):
    opening, closing = at(f"{day} {opens}", calendar), at(f"{day} {closes}", calendar)
    for moment, session, phase in (
        (opening - SECOND, day, "before open"),
        (opening, day, "in session"),
        (opening + SECOND, day, "in session"),
        (closing - SECOND, day, "in session"),
        (closing, following, "after close"),
        (closing + SECOND, following, "after close"),
    ):
        found = first_session(moment, calendar)
        assert f"{found.used:%Y-%m-%d}" == session
        assert found.phase == phase
        assert found.asked == moment
    assert first_session(opening, calendar).closes == closing


def test_news_in_the_lunch_break_of_tokyo_is_in_session():
    assert first_session(at("2025-07-23 12:00", "XTKS"), "XTKS").phase == "in session"


def test_news_on_a_holiday_belongs_to_the_next_session():
    found = first_session(at("2025-07-21 10:00", "XTKS"), "XTKS")
    assert f"{found.used:%Y-%m-%d}" == "2025-07-22"
    assert found.phase == "no session that day"


def test_one_moment_is_another_day_on_each_exchange():
    when = at("2025-07-22 19:12", "XNYS")  # the deal, on the evening of Washington
    assert used(when, "XTKS") == "2025-07-23"
    assert used(when, "XNYS") == "2025-07-23"
    noon = at("2025-04-09 13:18", "XNYS")  # the pause of the tariffs, at lunch time
    assert used(noon, "XNYS") == "2025-04-09"
    assert used(noon, "XTKS") == "2025-04-10"


@pytest.mark.parametrize("calendar", EXCHANGES)
def test_every_close_of_three_years_by_brute_force(calendar):
    every = list(closing_times(calendar).loc["2024":"2026"].items())
    for (day, close), (following, _) in pairwise(every):
        first_later = next(d for d, moment in every if moment > close - SECOND)
        assert first_session(close - SECOND, calendar).used == first_later == day
        assert first_session(close, calendar).used == following


def test_sessions_between_two_dates_include_both():
    found = sessions("XTKS", "2025-07-18", "2025-07-23")
    assert found.astype(str).tolist() == ["2025-07-18", "2025-07-22", "2025-07-23"]
    assert sessions("XTKS", "2025-07-19", "2025-07-21").empty


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (pd.Timestamp("2025-07-22 19:12"), "zone"),
        (pd.NaT, "zone"),
        (pd.Timestamp("2014-12-31", tz="UTC"), "2015-01-01"),
        (pd.Timestamp("2040-01-01", tz="UTC"), "2027-06-30"),
    ],
)
def test_a_moment_that_cannot_be_placed_is_refused(when, words):
    with pytest.raises(InputError, match=words):
        first_session(when, "XTKS")


def test_moment_and_exchange_are_refused_at_once():
    with pytest.raises(InputError) as caught:
        first_session("noon", ["XTKS"])
    assert [fault.where for fault in caught.value.faults] == ["calendar", "when"]


@pytest.mark.parametrize(("first", "last"), [("2014-01-01", None), (None, "2030-01-01")])
def test_years_that_no_calendar_is_known_for_are_refused(first, last):
    """The wrong turn: a calendar that ends before the sample does, so that later days vanish."""
    with pytest.raises(InputError, match="2015-01-01 to 2027-06-30"):
        sessions("XNYS", first, last)
