"""A slip in a table is caught, and the message names its place, what was asked, what was found.

Slips stand in ``slips.csv``: a text that stands once in the file is swapped; a cell of a row (named
by its first cell) and a column is set, or moved by a number with a sign; lines that begin so are
lost; the second and third lines change their order; a name of the heading becomes another.
"""

import csv
from pathlib import Path

import pytest
from scripts.codebook import checked_by
from studies.tables.check import faults_of

from research.data import catalog
from research.data.catalog import seal

MAKE, RETURNS, SERIES = "jobs/bea_make_2023_musd", "market/daily_returns_bp", "market/series"

with (Path(__file__).parent / "slips.csv").open(newline="") as stream:
    SLIPS = list(csv.DictReader(stream))


def make(slip, copy):
    name, row, old, new = (slip[key] for key in ("table", "row", "old", "new"))
    match slip["kind"]:
        case "swap":
            copy.swap(name, old, new)
        case "cell":
            before = copy.cell(name, row, old, "?" if new.startswith("+") else new)
            if new.startswith("+"):
                copy.cell(name, row, old, f"{float(before) + float(new):.10g}")
        case "lost":
            copy.rows(name, lambda lines: [line for line in lines if not line.startswith(row)])
        case "order":
            copy.rows(name, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
        case "heading":
            copy.edit(name, lambda text: text.replace(f",{old},".encode(), f",{new},".encode(), 1))


@pytest.mark.parametrize("slip", SLIPS, ids=lambda x: f"{x['table']}-{x['asked']}-{x['found']}")
def test_a_slip_is_caught(slip, copy, has_fault):
    make(slip, copy)
    has_fault(faults_of(slip["table"]), slip["where"], slip["asked"], slip["found"])


@pytest.mark.parametrize(
    ("name", "row", "column", "step"),
    [(MAKE, "111CA", "111CA", 1), (RETURNS, "2025-10-15", "N225", 0.1)],
)
def test_a_slip_within_rounding_is_left_to_the_digest(name, row, column, step, copy):
    old = copy.cell(name, row, column, "?")
    copy.cell(name, row, column, f"{float(old) + step:.10g}")
    assert [fault.asked[:7] for fault in faults_of(name)] == ["SHA-256"]


@pytest.mark.parametrize("row", ["23--24", "236000"])
def test_industries_that_miss_the_total_are_caught(row, copy, has_fault):
    def change(lines):
        more = {",1861040,": ",2861040,", ",8298380,": ",9298380,"}
        for old, new in more.items():
            lines = [x.replace(old, new) if x.startswith(row) else x for x in lines]
        return lines

    copy.rows("jobs/oews_2025_industry_jobs", change)
    faults = faults_of("jobs/oews_2025_industry_jobs")
    has_fault(faults, "column jobs", "155,495,730", "156,495,")


def test_a_series_without_any_return_is_caught(copy, has_fault):
    def blank(lines):
        cells = [line.rstrip("\n").split(",") for line in lines]
        position = cells[0].index("T")
        for row in cells[1:]:
            row[position] = ""
        return [",".join(row) + "\n" for row in cells]

    copy.rows(RETURNS, blank)
    has_fault(faults_of(RETURNS), "column T", "returns", "none")


@pytest.mark.parametrize(
    ("column", "value", "asked"),
    [
        ("first_date", "2024-08-26", "2024-08-23"),
        ("last_date", "2026-07-06", "2026-07-07"),
        ("returns_count", "468", "467"),
    ],
)
def test_a_list_that_does_not_fit_the_returns_is_caught(column, value, asked, copy, has_fault):
    copy.cell(SERIES, "NVDA", column, value)
    # The list itself is damaged, so the table held against it says so as well.
    has_fault(faults_of(RETURNS), "data/market/series.csv", "SHA-256", "…")
    seal(SERIES)
    has_fault(faults_of(RETURNS), f"line 8, column {column}", f"{asked} as in", value)


def test_a_code_of_the_list_that_no_table_has_is_caught(copy, has_fault):
    copy.edit("jobs/bea_codes", lambda content: content.replace(b"3364OT,", b"3364XX,"))
    seal("jobs/bea_codes")
    has_fault(faults_of(MAKE), "column 3364XX", "this column", "none of that name")
    has_fault(faults_of("jobs/employees_2021_thousand"), "line 17, column code", "3364XX", "3364OT")


def test_a_damaged_partner_is_reported_with_the_table_that_needs_it(copy, has_fault):
    copy.file("jobs/bea_codes").unlink()
    has_fault(faults_of(MAKE), "data/jobs/bea_codes.csv", "a file", "none")


def test_bundled_tables_agree():
    assert [fault for name in catalog.names() for fault in faults_of(name)] == []


def test_every_table_with_checks_has_a_slip():
    named = {slip["table"] for slip in SLIPS}
    with_checks = {name for name in catalog.names() if checked_by(catalog.sidecar(name))}
    assert with_checks <= named | {"jobs/oews_2025_industry_jobs"}
