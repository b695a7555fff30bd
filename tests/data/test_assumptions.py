"""docs/assumptions.md is what the tables give, and holds every assumption of them."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from research import paths
from research.cli.data import app
from research.data import catalog
from research.data.assumptions import assumptions, write_assumptions
from research.data.check import TABLES
from research.data.codebook import seal
from research.data.tables import read


def marked():
    """Tables of jobs whose rows say whether they are assumptions."""
    return [t for t in TABLES if t.name.startswith("jobs/") and "basis" in read(t).columns]


def test_page_on_disk_is_the_one_the_tables_give():
    page = paths.root() / "docs" / "assumptions.md"
    assert page.read_text(encoding="utf-8") == assumptions()


def test_three_tables_mark_their_assumptions():
    assert {table.name for table in marked()} == {
        "jobs/cost_mix",
        "jobs/ladder_rungs",
        "jobs/project_templates",
    }


@pytest.mark.parametrize("table", marked(), ids=lambda table: table.name)
def test_every_assumption_is_on_the_page_with_its_figures_and_reason(table):
    page = assumptions()
    lines = page.splitlines()
    frame = read(table)
    for row in frame[frame["basis"] == "assumption"].to_dict("records"):
        holding = [line for line in lines if row["source"] in line]
        if "share" in row:
            figures = [f"(`{row['commodity']}`) {100 * row['share']:g} %"]
        else:
            figures = [f"| {row['low']:g} | {row['central']:g} | {row['high']:g} |"]
        assert any(all(figure in line for figure in figures) for line in holding), row


@pytest.mark.parametrize("name", ["jobs/project_links", "jobs/rest_rules"])
def test_every_reason_of_links_and_rules_is_on_the_page(name):
    page = assumptions()
    frame = pd.read_csv(catalog.path(name))
    assert all(f"| {reason} |" in page for reason in frame["reason"])


def test_page_follows_a_table(copy):
    copy.swap("jobs/ladder_rungs", "leak,0.25,0.35,0.5", "leak,0.25,0.4,0.5")
    seal("jobs/ladder_rungs")
    assert "| `leak` | 0.25 | 0.4 | 0.5 |" in assumptions()


def test_command_writes_the_page(copy):
    (copy.folder.parent / "docs").mkdir()
    result = CliRunner().invoke(app, ["assumptions"])
    assert (result.exit_code, result.output) == (0, "wrote docs/assumptions.md\n")
    assert write_assumptions().read_text(encoding="utf-8") == assumptions()
