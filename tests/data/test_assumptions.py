"""docs/assumptions.md is what the command writes, and holds every assumption of the jobs tables."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.data import app
from research.data import catalog
from research.data.assumption_page import assumption_page, markdown_table
from research.data.codebook import seal
from research.data.tables import checked

PAGE = Path(__file__).parents[2] / "docs" / "assumptions.md"


@pytest.fixture(scope="module")
def page():
    return assumption_page()


def marked():
    """Tables of jobs whose rows say whether they are assumptions."""
    names = [name for name in catalog.names() if name.startswith("jobs/")]
    return [name for name in names if "basis" in catalog.sidecar(name).columns]


def test_three_tables_mark_their_assumptions():
    assert set(marked()) == {
        "jobs/cost_mix",
        "jobs/ladder_rungs",
        "jobs/project_templates",
    }


@pytest.mark.parametrize("table", marked())
def test_every_assumption_is_on_the_page_with_its_figures_and_reason(table, page):
    lines = page.splitlines()
    frame = checked(table)
    for row in frame[frame["basis"] == "assumption"].to_dict("records"):
        holding = [line for line in lines if row["source"] in line]
        if "share" in row:
            figures = [f"| `{row['commodity']}` | {row['share']:.1%} |"]
        else:
            figures = [f"| {row['low']:g} | {row['central']:g} | {row['high']:g} |"]
        assert any(all(figure in line for figure in figures) for line in holding), row


@pytest.mark.parametrize("name", ["jobs/project_links", "jobs/rest_rules"])
def test_every_reason_of_links_and_rules_is_on_the_page(name, page):
    frame = pd.read_csv(catalog.path(name))
    assert all(f"| {reason} |" in page for reason in frame["reason"])


def test_page_follows_a_table(copy):
    shutil.copytree(PAGE.parent / "assumptions", copy.folder.parent / "docs" / "assumptions")
    copy.swap("jobs/ladder_rungs", "leak,0.25,0.35,0.5", "leak,0.25,0.4,0.5")
    seal("jobs/ladder_rungs")
    assert "| `leak` | 0.25 | 0.4 | 0.5 |" in assumption_page()


def test_a_bar_in_a_cell_is_no_edge_of_it():
    assert markdown_table(["a", "b"], [["x|y", "z"]]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | z |",
    ]


def test_command_writes_the_page_on_disk(copy):
    shutil.copytree(PAGE.parent / "assumptions", copy.folder.parent / "docs" / "assumptions")
    result = CliRunner().invoke(app, ["assumptions"])
    assert (result.exit_code, result.output) == (0, "wrote docs/assumptions.md\n")
    written = copy.folder.parent / "docs" / "assumptions.md"
    assert written.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
