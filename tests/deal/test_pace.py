"""Pace of the pledge against counts by hand."""

from __future__ import annotations

import pytest

from research.deal import pace

LAST = "2026-09-22"


def test_stages_count_each_dollar_once_and_no_payment_is_proven():
    now = pace.by_stage(LAST).iloc[-1]
    assert now[["pledged", "listed", "selected", "contracted", "disbursed"]].to_list() == (
        pytest.approx([550, 73, 36, 2.2, 0])
    )
    before = pace.by_stage("2026-02-16").iloc[-1]
    assert before["selected"] == before["listed"] == 0
    assert pace.by_stage("2026-02-17").iloc[-1]["selected"] == pytest.approx(36)


def test_straight_path_runs_from_signature_to_last_day():
    path = pace.by_stage("2029-01-18")["needed"]
    assert path.iloc[0] == 0
    assert path.is_monotonic_increasing
    # 1,232 of 1,233 days from 4 September 2025 to 19 January 2029.
    assert path.iloc[-1] == pytest.approx(550 * 1232 / 1233)


def test_pace_by_hand():
    # 24 December 2025 to 19 January 2029: 1,122 days, 3.0719 years.
    years = pace.years_left("2025-12-24")
    assert 550 / years == pytest.approx(179.0, abs=0.05)
    assert [100 * years, 150 * years] == pytest.approx([307.2, 460.8], abs=0.05)
    now = pace.pace(LAST)
    # 383 days since signature; 850 left.
    assert now["selected_a_year"] == pytest.approx(36 * 365.25 / 383)
    assert now["needed_a_year"] == pytest.approx(514 * 365.25 / 850)
    assert now["selected_share"] == pytest.approx(0.0655, abs=1e-4)
    assert now["with_candidates_share"] == pytest.approx(0.198, abs=5e-4)
    assert now["contracted_share"] == pytest.approx(0.004)
    assert now["behind"] == pytest.approx(550 * 383 / 1233 - 36)


def test_waits_by_calendar():
    # 45th working day after 17 February 2026: 21 April; the loans came on 1 May.
    assert pace.waits().to_dict() == {
        "statement_to_selection": 56, "selection_to_loans": 73, "working_days": 53,
    }  # fmt: skip


def test_projects_of_round_one():
    assert pace.energy_share() == pytest.approx(35.4 / 36)
    sizes = pace.project_sizes()
    # 9.2 GW x 8.76 x 0.64 / 10.7 MWh; a million barrels a day at 65.3 dollars.
    assert sizes.at["homes_million", "central"] == pytest.approx(4.82, abs=0.01)
    assert sizes.at["homes_million", "high"] == pytest.approx(9.2 * 8.76 * 0.95 / 10)
    assert sizes.at["export_bn_usd", "central"] == pytest.approx(23.8, abs=0.05)
