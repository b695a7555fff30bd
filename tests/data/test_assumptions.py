"""docs/assumptions.md is what the command writes, and holds every assumption of the jobs tables."""

from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.data import app
from research.data import catalog
from research.data.assumption_page import markdown_table
from research.data.codebook import seal
from research.data.tables import checked
from research.jobs.assumptions import IN_THE_CODE, PLACES, assumptions
from research.jobs.ladder import load_ladder
from research.jobs.model import jobs_model, run

PAGE = Path(__file__).parents[2] / "docs" / "assumptions.md"


@pytest.fixture(scope="module")
def page():
    return assumptions()


def marked():
    """Tables of jobs whose rows say whether they are assumptions."""
    names = [name for name in catalog.names() if name.startswith("jobs/")]
    return [name for name in names if "basis" in catalog.sidecar(name).columns]


def test_every_place_is_one_of_the_package():
    assert list(PLACES) == list(load_ladder().names)
    for place in [*PLACES.values(), *(place for _, _, place in IN_THE_CODE)]:
        module, name = place.split(".")
        assert hasattr(import_module(f"research.jobs.{module}"), name)


def test_the_effect_of_a_rung_is_a_run_at_its_ends(page):
    model = jobs_model(
        scenario="pledge",
        rest_rule="mou_sectors",
        years=(2026, 2040),
        price_year=2025,
        method="FLQ",
        delta=0.3,
    )
    central = load_ladder().central()
    ends = [
        float(run(model, {k: [v] for k, v in (central | {"leak": leak}).items()}).mean_net()[0])
        for leak in (0.25, 0.5)
    ]
    (line,) = [line for line in page.splitlines() if line.startswith("| `leak` |")]
    assert f"| {ends[0]:,.0f} to {ends[1]:,.0f} |" in line


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
            figures = [f"(`{row['commodity']}`) {100 * row['share']:g} %"]
        else:
            figures = [f"| {row['low']:g} | {row['central']:g} | {row['high']:g} |"]
        assert any(all(figure in line for figure in figures) for line in holding), row


@pytest.mark.parametrize("name", ["jobs/project_links", "jobs/rest_rules"])
def test_every_reason_of_links_and_rules_is_on_the_page(name, page):
    frame = pd.read_csv(catalog.path(name))
    assert all(f"| {reason} |" in page for reason in frame["reason"])


def test_page_follows_a_table(copy):
    copy.swap("jobs/ladder_rungs", "leak,0.25,0.35,0.5", "leak,0.25,0.4,0.5")
    seal("jobs/ladder_rungs")
    assert "| `leak` | 0.25 | 0.4 | 0.5 |" in assumptions()


def test_a_bar_in_a_cell_is_no_edge_of_it():
    assert markdown_table(["a", "b"], [["x|y", "z"]]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | z |",
    ]


def test_command_writes_the_page_on_disk(copy):
    (copy.folder.parent / "docs").mkdir()
    result = CliRunner().invoke(app, ["assumptions"])
    assert (result.exit_code, result.output) == (0, "wrote docs/assumptions.md\n")
    written = copy.folder.parent / "docs" / "assumptions.md"
    assert written.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
