"""Rungs and literature: what they hold and what their checks catch."""

import pandas as pd
import pytest

from research.data import load_table
from research.data.job_evidence import LITERATURE, RUNGS
from research.data.tables import examine


def test_rungs_have_ranges_and_reasons():
    rungs = load_table("jobs/ladder_rungs")
    assert len(rungs) == 16
    assert (rungs["low"] <= rungs["central"]).all()
    assert (rungs["central"] <= rungs["high"]).all()
    assert rungs.index[rungs["basis"] == "sourced"].to_list() == ["pledged_bn_usd"]


def test_the_low_of_the_selected_share_is_round_one():
    # Rounded to two places.
    share = load_table("deal/project_rounds").at["1", "total_bn_usd"] / 550
    assert load_table("jobs/ladder_rungs").at["selected_share", "low"] == pytest.approx(
        share, abs=0.005
    )


def test_the_pace_of_selection_is_that_of_the_dates():
    """The reason of the share names 36 % of the time and paces of 0.18 and 0.55."""
    first, now, last = map(pd.Timestamp, ("2025-09-04", "2026-11-24", "2029-01-19"))
    passed = (now - first) / (last - first)
    rounds = load_table("deal/project_rounds")["total_bn_usd"]
    paces = [rounds["1"] / 550 / passed, rounds.sum() / 550 / passed]
    row = load_table("jobs/ladder_rungs").loc["selected_share"]
    assert f"{100 * passed:.0f} % of the time" in row["source"]
    assert all(f"{pace:.2f}" in row["source"] for pace in paces)
    assert paces[0] < row["central"] < paces[1]


def test_findings_name_their_source():
    literature = load_table("jobs/jobs_literature")
    assert literature["source"].notna().all()
    assert set(literature["kind"]) == {"job_years_per_musd", "usd_per_job_year", "ratio", "plant"}


def test_what_was_found_of_the_chips_act_is_the_sum_of_its_parts():
    found = load_table("jobs/jobs_literature").query(
        "study == 'CHIPS Act' and what.str.startswith('jobs')"
    )
    assert (found["low"].item(), found["high"].item()) == (15_000 + 28_000, 16_000 + 35_000)


@pytest.mark.parametrize(
    ("table", "old", "new", "where", "asked", "found"),
    [
        (RUNGS, "leak,0.25,0.35,0.5", "leak,0.45,0.35,0.5",
         "column central", "at least 0.45, the low", "0.35"),
        (RUNGS, "leak,0.25,0.35,0.5", "leak,0.25,0.35,1.5",
         "column high", "a share from 0 to 1", "1.5"),
        (RUNGS, "share,assumption,\"Bartik", "share,rumour,\"Bartik",
         "column basis", "one of sourced, assumption", "'rumour'"),
        (LITERATURE, ",202000,,USD per job-year,2009", ",202000,,USD per job-year,",
         "column dollar_year", "a year", "a blank"),
        (LITERATURE, ",202000,,USD per job-year,2009", ",,,USD per job-year,2009",
         "jobs_literature.csv, line", "a figure", "none"),
        (LITERATURE, "Foxconn Wisconsin,announced_staff_jobs",
         "Foxconn Wisconsin,announced_jobs", "column what", "one of investment_bn_usd",
         "'announced_jobs'"),
        (LITERATURE, "jobs per job,,,\"Moretti", "jobs per job,,shipyard,\"Moretti",
         "column template", "no template where there is no plant", "'shipyard'"),
    ],
)  # fmt: skip
def test_a_slip_is_caught(table, old, new, where, asked, found, copy, has_fault):
    copy.swap(table.name, old, new)
    has_fault(examine(table)[1], where, asked, found)
