"""The numbers of docs/methods.md on input-output come out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from research.data import load_table
from research.jobs.employment import OUTPUT_YEAR, compare_vintages, employment_ratios
from research.jobs.io_identities import identities
from research.jobs.io_table import load_io_table
from research.jobs.multipliers import Households, multipliers
from research.jobs.prices import price_ratio

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Jobs: input-output\n")[1].split("\n## ")[0]


def rows(heading):
    """The cells of the table whose header begins with this text."""
    lines = SECTION.split(f"\n| {heading}")[1].splitlines()[2:]
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def test_identities_are_those_of_the_page():
    found = [
        [row.identity, f"{row.largest_gap_musd:.1f}", f"{row.tolerance_musd:.1f}", row.where]
        for row in identities(load_io_table())
        .rename(columns={"name": "identity"})
        .itertuples(index=False)
    ]
    assert rows("identity |") == found


def test_multipliers_are_those_of_the_page():
    jobs = employment_ratios("nipa_2021", 2023)["jobs_per_musd"]
    found = multipliers(load_io_table(), jobs, Households(consumption_share=0.9, leak=0.3))
    printed = rows("| commodity |")
    assert len(printed) == 6
    for code, _, *cells in printed:
        assert cells == [f"{value:.2f}" for value in found.loc[code]]


def test_ratios_are_those_of_the_page():
    found = compare_vintages(2023)
    printed = rows("| industry |")
    assert len(printed) == 8
    for code, _, *cells in printed:
        old, new, gap, _ = found.loc[code]
        assert cells == [f"{old:.2f}", f"{new:.2f}", f"{gap:+.1f}"]


@pytest.mark.parametrize("vintage", OUTPUT_YEAR)
def test_every_vintage_is_described(vintage):
    assert f"| `{vintage}` |" in SECTION


def test_prices_of_the_page():
    deflator = load_table("jobs/gdp_deflator")
    assert f"{100 * (price_ratio(2017, 2023)['23'] - 1):.0f} % more in 2023" in SECTION
    assert f"deflator rose by {100 * (deflator[2023] / deflator[2017] - 1):.0f} %" in SECTION


def test_margins_on_imports_of_the_page():
    table = load_io_table()
    margin = table.final_demand["F050"] - table.imported_final_demand["F050"]
    assert f"USD {margin['42'] / 1000:.0f} bn\nof wholesale margins" in SECTION
