"""The numbers of docs/methods.md on the rate on Japan come out again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from research.data import load_table
from research.tariffs.measures import BASES, read_measures
from research.tariffs.rate_frames import change_days
from research.tariffs.rates import against_published, effective_rate, japan_goods
from research.tariffs.schedule import Schedule, japan_schedule

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Tariffs: the rate on Japan\n")[1].split("\n## ")[0]
ANNEX_DAY = "2026-04-06"


def rows(header):
    """Cells of the table with this header."""
    lines = SECTION.split(header)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_basis_is_described():
    assert [basis for basis in BASES if f"`{basis}`" not in SECTION] == []


def test_rates_by_day():
    table = rows("| day of entry | known on | MFN | emergency | 122 | 232 | 301 | total |")
    assert len(table) == 8
    for on, known_on, *printed in table:
        known = None if known_on == "later" else known_on
        rates = effective_rate(japan_schedule(), japan_goods(), on=on, known_on=known)
        assert list(rates * 100) == pytest.approx(list(map(float, printed)), abs=0.0051)


def test_differences_from_the_published_rate():
    points = against_published()["difference_share"] * 100
    assert f"on the first 28 the largest difference is {points[:28].abs().max():.2f}" in SECTION
    first, second, third = points[28:]
    assert f"The last three are {first:.2f}, {second:.2f} and {third:.2f} points above" in SECTION


def test_days_that_test_something():
    table = against_published()
    tested = table[table["tested"]]
    assert f"no share was read (`reading_days`): {len(tested)} of the {len(table)}." in SECTION
    follows = tested["difference_share"].abs() <= 0.005
    without_law = [day for day in tested.index[follows] if day not in change_days(japan_schedule())]
    days = " and ".join(f"{day:%Y-%m-%d}" for day in without_law)
    assert (
        f"half a point on {follows.sum()} of them; on {len(without_law)} of these, {days}, the"
        in SECTION
    )


def annexes(derivatives, left_s122):
    """Give the schedule with other rates in the metals annexes."""
    given = {"derivatives": derivatives, "general_metal_goods": left_s122}

    def changed(measure):
        words = [given[name] for name in measure.goods if name in given]
        if f"{measure.effective_date:%Y-%m-%d}" != ANNEX_DAY or not words:
            return measure
        basis = "floor" if "floor" in words[0] else "full_value"
        return replace(measure, rate_share=float(words[0].split()[-1]) / 100, basis=basis)

    schedule = japan_schedule()
    return Schedule(tuple(map(changed, schedule.measures)), schedule.not_applied)


def test_other_rates_in_the_metals_annexes():
    table = rows("| derivatives | goods that left Section 122 | points |")
    assert len(table) == 5
    published = load_table("tariffs/japan_statutory_rate").loc[ANNEX_DAY, "total_share"]
    for derivatives, left_s122, printed in table:
        schedule = annexes(derivatives, left_s122)
        ours = effective_rate(schedule, japan_goods(), on=ANNEX_DAY, known_on=None)
        points = (ours["total_share"] - published) * 100
        assert points == pytest.approx(float(printed.replace("−", "-")), abs=0.005)


def test_the_example_of_own_measures_is_read_and_changes_the_rate(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(SECTION.split("```yaml\n")[1].split("```")[0])
    schedule, goods = japan_schedule(), japan_goods()
    more = schedule.with_measures(*read_measures(file))
    before, after = (
        effective_rate(each, goods, on="2027-01-01", known_on=None)["s301_share"]
        for each in (schedule, more)
    )
    assert after > before
