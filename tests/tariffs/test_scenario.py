"""Scenarios: what a file may say, what it means, and how wrong ones are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from research.data import load_table
from research.errors import InputError
from research.tariffs.scenario import (
    load_scenario,
    read_scenario,
    scenario_names,
    scenario_of,
)

FILE = """\
title: own
reason: a test
rates:
  - {importer: USA, exporters: [JPN], law_of: 2025-09-16}
  - {importer: USA, exporters: [all], sectors: [MVH, STL], rate_share: 0.25}
retaliation:
  - {importer: JPN, exporters: [USA], rate_share: 0.1}
revenue_use: income_tax
labour_supply_elasticity: 0.5
"""


def content(**changes: object) -> dict[str, object]:
    rate = {"importer": "USA", "exporters": ["JPN"], "rate_share": 0.15}
    return {"title": "own", "reason": "a test", "rates": [rate]} | changes


def faults_of(**changes: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        scenario_of(content(**changes), "own")
    return [str(fault) for fault in caught.value.faults]


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    scenario = read_scenario(path)
    assert (scenario.name, scenario.title, scenario.revenue_use) == ("mine", "own", "income_tax")
    assert len(scenario.lines(retaliation=False)) == 2
    assert scenario.lines(retaliation=True)[-1].importer == "JPN"


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_of_the_package_loads(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.reason.endswith(".")


def test_a_day_is_the_law_of_that_day() -> None:
    scenario = load_scenario("2026-07-24")
    assert str(scenario.rates[0].law_of) == "2026-07-24"
    assert scenario.title == "law of 24 July 2026"


def test_after_the_schedule_title_and_reason_say_how_far_it_goes() -> None:
    days = load_table("tariffs/us_tariff_timeline_japan")["effective_date"]
    last = days.max()
    end = f"as far as the schedule goes, to {last.day} {last:%B %Y}"
    scenario = load_scenario("2099-01-01")
    assert scenario.title == f"law of 1 January 2099, {end}"
    assert scenario.reason.endswith(f"law of 1 January 2099, with later corrections, {end}.")
    dated = {"importer": "USA", "exporters": ["JPN"], "law_of": date(2099, 1, 1)}
    own = scenario_of(content(rates=[dated]), "own")
    assert (own.title, own.reason) == (f"own, {end}", f"a test, {end}.")


def test_up_to_its_last_day_the_schedule_is_not_spoken_of() -> None:
    last = load_table("tariffs/us_tariff_timeline_japan")["effective_date"].max()
    for day in (last, last - pd.Timedelta(days=1)):
        assert load_scenario(f"{day:%Y-%m-%d}").title == f"law of {day.day} {day:%B %Y}"
    assert scenario_of(content(), "own").title == "own"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("deal_51", "one of deal_15, flat_15"),
        ("2024-12-31", "2025-01-01"),
        ("2026-02-30", "a day of the calendar"),
        ("../deal_15", "one of deal_15"),
    ],
)
def test_an_unknown_scenario_is_refused(name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_scenario(name)


def test_a_rate_in_per_cent_is_asked_about_and_not_guessed() -> None:
    rate = {"importer": "USA", "exporters": ["JPN"], "rate_share": 15.0}
    (fault,) = faults_of(rates=[rate])
    assert "For 15 % write 0.15" in fault


def test_all_faults_of_the_lines_are_named_at_once() -> None:
    lines = [
        {"importer": "USA", "exporters": ["JAP"], "rate_share": 0.1},
        {"importer": "US", "exporters": ["JPN"], "sectors": ["CAR"], "rate_share": 0.1},
        {"importer": "USA", "exporters": ["USA"], "rate_share": 0.1},
        {"importer": "USA", "exporters": ["JPN"], "law_of": date(2024, 1, 1)},
    ]
    faults = faults_of(rates=lines)
    for words in ("'JAP'", "'US'", "'CAR'", "other countries", "2025-01-01"):
        assert any(words in fault for fault in faults), (words, faults)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate": []}, "rate"),
        ({"reason": ""}, "at least 1 characters"),
        ({"revenue_use": "burnt"}, "lump_sum"),
        ({"labour_supply_elasticity": -0.1}, "at least 0"),
        ({"firm_pass_through": 0.0}, "above 0"),
        ({"deficit_left_share": 2.0}, "at most 1"),
        ({"rates": [{"importer": "USA", "exporters": ["JPN"]}]}, "either rate_share or law_of"),
        (
            {"rates": [{"importer": "USA", "exporters": ["JPN"], "rate_share": -0.1}]},
            "a share from 0",
        ),
        ({"rates": [{"importer": "USA", "exporters": [], "rate_share": 0.1}]}, "at least 1 values"),
    ],
)
def test_wrong_fields_are_refused(changes: dict[str, object], words: str) -> None:
    assert any(words in fault for fault in faults_of(**changes)), faults_of(**changes)


def test_dated_rates_are_for_japan_alone() -> None:
    day = date(2025, 9, 16)
    line = {"importer": "USA", "exporters": ["CHN"], "law_of": day}
    assert "dated rates are known for USA on JPN alone" in faults_of(rates=[line])[0]


def test_own_measures_are_checked_as_those_of_a_file() -> None:
    day = date(2025, 9, 16)
    wrong = {"track": "ieepa", "goods": ["general"], "rate_share": 25, "basis": "add_on"}
    line = {"importer": "USA", "exporters": ["JPN"], "law_of": day, "measures": [wrong]}
    faults = faults_of(rates=[line])
    assert any("For 25 % write 0.25" in fault for fault in faults)
    assert any("effective_date" in fault for fault in faults)


@pytest.mark.parametrize(
    "text", ["[", "just words", "!!python/object:os.system {}", "&a [*a]", "\ufffe"]
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="bad"):
        read_scenario(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml"):
        read_scenario(tmp_path / "none.yaml")
