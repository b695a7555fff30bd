"""What the tables hold: figures printed elsewhere, and facts that the topics rest on."""

import pandas as pd
import pytest

from research.data import load_table
from research.data.groups import NOT_FIRMS, NOT_SHARES


def test_returns_are_fractions_on_dates_without_zone():
    returns, series = load_table("market/daily_returns_bp"), load_table("market/series")
    assert returns.index.dtype == "datetime64[us]"
    assert returns.loc["2025-07-23", "N225"] == pytest.approx(0.0351, abs=5e-5)
    # The report that started this project printed a rise of 0.4 %.
    assert returns.loc["2025-12-24", "N225"] < 0
    assert set(series.index[series["group"].isin(NOT_SHARES)]) == set(NOT_FIRMS)
    assert load_table("market/printed_levels").loc["2025-07-23", "N225"] == 41171.32
    factors = load_table("market/daily_factors_bp")
    assert factors.loc["2024-06-04", "USDJPY"] == pytest.approx(-0.01268)


def test_events_have_a_moment_and_the_first_sessions_follow_from_it():
    events = load_table("deal/events")
    # The deal was announced after the New York close.
    deal = events.loc["deal_announced"]
    assert deal["moment_utc"] == pd.Timestamp("2025-07-22 23:12", tz="UTC")
    assert deal["first_tokyo_session"] == deal["first_ny_session"] == pd.Timestamp("2025-07-23")


def test_meeting_and_statement_of_the_second_consultation_are_two_events():
    """They were one, of the 24th: New York could react to the meeting on the 23rd at 08:00."""
    events = load_table("deal/events")
    pair = events.loc[["consultation_2", "consultation_2_statement"]]
    assert list(pair["first_tokyo_session"].dt.day) == [24, 24]
    assert list(pair["first_ny_session"].dt.day) == [23, 24]
    assert pair["moment_utc"].iloc[0] == pd.Timestamp("2025-12-23 08:00", tz="America/New_York")


def test_accounts_have_their_shapes_labels_and_totals():
    use, imports = (load_table(f"jobs/bea_{kind}_2023_musd") for kind in ("use", "imports"))
    # 2023 GDP of the national accounts as known when the tables were made, 27.7 trillion.
    assert use.loc["total_value_added"].max() == pytest.approx(27.7e6, rel=0.01)
    # Wholesale imports differ between the tables by the known amount.
    assert imports.loc["42", "F050"] - use.loc["42", "F050"] == -81_633


def test_employment_adds_up_and_blanks_are_no_zeros():
    # NIPA table 6.4D prints 152.1 million employees for 2021.
    employees = load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    assert employees.sum() == pytest.approx(152_132)
    jobs = load_table("jobs/bea_state_jobs_2018")
    assert jobs.loc["514"].isna().all()
    assert load_table("jobs/gdp_deflator")[2025] == pytest.approx(128.964)
    trades = load_table("jobs/oews_2025_state_trades_jobs")
    # Codes that look like numbers stay text.
    assert trades.columns.to_list() == load_table("jobs/oews_occupations").index.to_list()
    assert "000000" in load_table("jobs/oews_2025_industry_jobs").index


def test_the_rung_of_selection_is_that_of_rounds_and_dates():
    """Its low is round 1; its reason names 36 % of the time and paces of 0.18 and 0.55."""
    rungs = load_table("jobs/ladder_rungs")
    assert rungs.index[rungs["basis"] == "sourced"].to_list() == ["pledged_bn_usd"]
    first, now, last = map(pd.Timestamp, ("2025-09-04", "2026-11-24", "2029-01-19"))
    passed = (now - first) / (last - first)
    rounds, row = load_table("deal/project_rounds")["total_bn_usd"], rungs.loc["selected_share"]
    paces = [rounds["1"] / 550 / passed, rounds.sum() / 550 / passed]
    assert row["low"] == pytest.approx(rounds["1"] / 550, abs=0.005)
    assert f"{100 * passed:.0f} % of the time" in row["source"]
    assert all(f"{pace:.2f}" in row["source"] for pace in paces)
    assert paces[0] < row["central"] < paces[1]


def test_what_was_found_of_the_chips_act_is_the_sum_of_its_parts():
    found = load_table("jobs/jobs_literature").query(
        "study == 'CHIPS Act' and what.str.startswith('jobs')"
    )
    assert (found["low"].item(), found["high"].item()) == (15_000 + 28_000, 16_000 + 35_000)


def test_the_law_and_its_rates():
    timeline = load_table("tariffs/us_tariff_timeline_japan")
    # Metals of April 2026 stood as one row of 50 %; Proclamation 11021 has four annexes.
    metals = timeline.query("authority == 's232_metals'").set_index("part")["rate_share"]
    assert metals.to_dict() == {"I-A": 0.5, "I-B": 0.25, "III": 0.15, "II": 0.0, "I-C": 0.15}
    rates = load_table("tariffs/japan_statutory_rate")
    assert rates.at["2025-09-08", "total_share"] == pytest.approx(0.2101, abs=5e-5)
    assert rates.at["2025-09-16", "total_share"] == pytest.approx(0.1660, abs=5e-5)
    # Copper pays 50 %, parts 25 %: two tables of one source agree to the digits printed.
    shares = load_table("tariffs/japan_coverage_2024").set_index(["authority", "from_date"])
    covered = shares["covered_share"]
    copper = covered["s232_copper", pd.Timestamp("2025-08-01")] * 0.5
    parts = covered["s232_auto_parts", pd.Timestamp("2025-05-03")] * 0.25
    assert rates.at["2025-08-01", "s232_copper_share"] == pytest.approx(copper, abs=5e-5)
    assert rates.at["2025-05-03", "s232_auto_parts_share"] == pytest.approx(parts, abs=5e-5)
