"""``research data check``, and the sums that hold each table to the figures it was made from."""

import subprocess
import sys

import pytest

from research.data import catalog
from research.data.check import check_all


def run_check(*options):
    return subprocess.run(
        [sys.executable, "-c", "from research.cli import main; main()", "data", "check", *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_bundled_tables_pass_and_none_is_left_out():
    results = check_all()
    assert [result.name for result in results] == list(catalog.names())
    assert [fault for result in results for fault in result.faults] == []
    assert all(result.rows and result.period and len(result.checks) >= 3 for result in results)


def test_command_prints_every_table_and_ends_with_zero():
    done = run_check()
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in catalog.names())
    assert "faults" not in done.stdout


def test_command_says_what_it_checks_when_asked():
    assert "rise" in run_check("--verbose").stdout


def test_command_lists_all_failures_and_ends_with_three(copy):
    tables = len(catalog.names())
    copy.cell("market/daily_returns_bp", "2025-07-21", "7203.T", "12.3")
    copy.file("tariffs/japan_coverage_2024").unlink()
    copy.file("jobs/gdp_deflator", ".yaml").unlink()
    done = run_check()
    assert done.returncode == 3
    assert f"3 of {tables} tables are not as they should be" in done.stderr
    assert "XTKS had no session" in done.stderr
    assert "data/tariffs/japan_coverage_2024.csv: asked for a file; found none" in done.stderr
    assert "data/jobs/gdp_deflator.yaml: asked for a file; found none" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_a_partner_is_listed_once(copy):
    copy.file("jobs/bea_codes").unlink()
    done = run_check()
    assert done.stderr.count("data/jobs/bea_codes.csv: asked for a file") == 1


@pytest.mark.parametrize("ending", [".csv", ".yaml"])
def test_a_file_that_no_schema_knows_is_caught(ending, copy):
    copy.file("market/stray", ending).write_text("a\n1\n")
    strays = [result for result in check_all() if result.name == "market/stray"]
    assert [fault.asked for result in strays for fault in result.faults] == [
        "a table with a schema in the package"
    ]


def test_fetched_prices_are_no_concern_of_the_check(copy):
    (copy.folder / "cache").mkdir()
    (copy.folder / "cache" / "prices.csv").write_text("a\n1\n")
    assert all(not result.faults for result in check_all())
