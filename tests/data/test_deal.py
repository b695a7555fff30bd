"""Events, claims, terms and projects: what they hold and what their checks catch."""

import pandas as pd
import pytest

from research import sessions
from research.data import load_table
from research.data.deal import CLAIMS, EVENTS
from research.data.pledge import PROJECTS
from research.data.tables import examine


def test_events_have_a_moment_and_the_first_sessions_follow_from_it():
    events = load_table("deal/events")
    assert len(events) == 85
    assert events.index.is_unique
    for column, calendar in (("first_tokyo_session", "XTKS"), ("first_ny_session", "XNYS")):
        computed = [sessions.first_session(when, calendar).used for when in events["moment_utc"]]
        assert list(events[column]) == computed


def test_the_deal_was_announced_after_the_new_york_close():
    deal = load_table("deal/events").loc["deal_announced"]
    assert deal["moment_utc"] == pd.Timestamp("2025-07-22 23:12", tz="UTC")
    assert deal["first_tokyo_session"] == deal["first_ny_session"] == pd.Timestamp("2025-07-23")


def test_times_are_sourced_or_assumed_with_a_reason():
    events = load_table("deal/events")
    assert (events["time_status"] == "sourced").sum() == 24
    assumed = events[events["time_status"] == "assumed"]
    assert len(assumed) == 61
    assert assumed["time_note"].notna().all()
    assert not events["time_note"].str.contains("clock time", na=False).any() or (
        "clock time not found" in " ".join(events["time_note"].dropna())
    )


@pytest.mark.parametrize("column", ["first_tokyo_session", "first_ny_session"])
def test_a_first_session_that_does_not_follow_from_the_moment_is_caught(column, copy, has_fault):
    copy.swap(
        "deal/events",
        "deal_announced,2025-07-22,19:12,America/New_York,sourced,,2025-07-23,2025-07-23",
        "deal_announced,2025-07-22,19:12,America/New_York,sourced,,"
        + ("2025-07-24,2025-07-23" if "tokyo" in column else "2025-07-23,2025-07-22"),
    )
    line = copy.line("deal/events", "deal_announced")
    where = f"data/deal/events.csv, line {line}, column {column}"
    asked = "2025-07-23, computed from 2025-07-22 23:12 UTC"
    has_fault(examine(EVENTS)[1], where, asked, "2025-07-2")


def test_a_changed_time_moves_the_first_session_and_is_caught(copy, has_fault):
    # One minute after the Tokyo close.
    copy.swap("deal/events", "consultation_2,2025-12-24,08:30", "consultation_2,2025-12-24,15:31")
    has_fault(examine(EVENTS)[1], "first_tokyo_session", "2025-12-25", "2025-12-24")


@pytest.mark.parametrize(
    ("old", "new", "column", "asked"),
    [
        (",19:12,", ",7:12 pm,", "time_used", "text of the form"),
        ("19:12,America/New_York", "19:12,America/Chicago", "timezone", "one of America/New_York"),
        ("York,sourced,", "York,rumour,", "time_status", "one of sourced, assumed"),
        ("deal_announced,2025-07-22", "deal_announced,22 July 2025", "date_local", "a date"),
        ("deal_announced,", "Deal announced,", "event_id", "text of the form"),
    ],
)  # fmt: skip
def test_a_cell_of_another_kind_is_caught(old, new, column, asked, copy, has_fault):
    line = copy.line("deal/events", "deal_announced")
    row = copy.file("deal/events").read_text().splitlines()[line - 1]
    assert old in row
    copy.rows(
        "deal/events",
        lambda lines: [*lines[: line - 1], row.replace(old, new, 1) + "\n", *lines[line:]],
    )
    has_fault(examine(EVENTS)[1], f"line {line}, column {column}", asked, "")


def test_an_assumed_time_without_reason_is_caught(copy, has_fault):
    copy.swap("deal/events", "assumed,late Monday ET,", "assumed,,")
    line = copy.line("deal/events", "iran_israel_ceasefire")
    where = f"line {line}, column time_note"
    has_fault(examine(EVENTS)[1], where, "the reason of an assumed time", "a blank")


def test_an_event_twice_is_caught(copy, has_fault):
    copy.swap("deal/events", "\nletter_25,", "\nthreat_30_35,")
    has_fault(examine(EVENTS)[1], "column event_id", "each value once", "'threat_30_35'")


def test_claims_keep_false_figures_apart():
    claims = load_table("deal/claims")
    assert len(claims) == 79
    assert sum(claims.index.str.startswith("bad_")) == 5


def test_a_claim_without_source_is_caught(copy, has_fault):
    copy.swap(
        "deal/claims",
        "https://rmnews360.com/tokyos-nikkei-leads-asian-rally-after-japan-us-trade-agreement",
        "somewhere",
    )
    has_fault(examine(CLAIMS)[1], "column source_urls", "text of the form https?", "'somewhere'")


def test_a_claim_with_a_date_in_words_is_caught(copy, has_fault):
    copy.swap("deal/claims", "Hudson,2025-11,", "Hudson,November 2025,")
    has_fault(examine(CLAIMS)[1], "column date", "text of the form", "'November 2025'")


def test_terms_name_their_sources_and_what_is_disputed():
    terms = load_table("deal/mou_terms")
    assert len(terms) == 20
    assert terms.loc["Funding notice", "status"].startswith("disputed")


def test_projects_of_the_first_round_are_its_total():
    projects, rounds = load_table("deal/projects"), load_table("deal/project_rounds")
    first = projects.loc[projects["round"] == "1", "amount_bn_usd"]
    assert first.sum() == pytest.approx(rounds.loc["1", "total_bn_usd"])
    assert rounds.loc["2", "total_bn_usd"] == 73
    # The two gas plants of round 2 have one amount for both.
    assert projects["amount_bn_usd"].isna().sum() == 2


def test_expressions_of_interest_hold_the_list():
    interest = load_table("deal/expressions_of_interest")
    assert len(interest) == 19
    assert interest["amount_bn_usd"].sum() == pytest.approx(456.45)


def test_amounts_that_miss_the_total_of_their_round_are_caught(copy, has_fault):
    copy.swap("deal/projects", "selected,33.3,", "selected,38.3,")
    has_fault(examine(PROJECTS)[1], "amount_bn_usd", "36 bn, the total of round 1", "41 bn")


def test_amounts_below_the_total_are_caught_where_all_are_known(copy, has_fault):
    copy.swap("deal/projects", "selected,33.3,", "selected,23.3,")
    has_fault(examine(PROJECTS)[1], "amount_bn_usd", "36 bn, the total of round 1", "26 bn")


def test_amounts_may_be_below_the_total_where_one_is_not_known():
    assert examine(PROJECTS)[1] == []


def test_a_blank_amount_without_reason_is_caught(copy, has_fault):
    copy.swap("deal/projects", "candidate,40,about,", "candidate,,,")
    has_fault(examine(PROJECTS)[1], "amount_note", "why there is no amount", "a blank")


def test_a_round_without_total_is_caught(copy, has_fault):
    copy.swap(
        "deal/projects", 'Portsmouth gas power, 9.2 GW",1,', 'Portsmouth gas power, 9.2 GW",3,'
    )
    has_fault(examine(PROJECTS)[1], "line 2, column round", "one of 1, 2", "'3'")
