"""docs/assumptions.md is what the script writes, and holds every assumption of the jobs tables."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from scripts.assumptions import assumption_page

from research import paths
from research.data import catalog
from research.data.tables import checked
from research.errors import DataError

PAGE = Path(__file__).parents[2] / "docs" / "assumptions.md"


@pytest.fixture(scope="module")
def page():
    return assumption_page()


def marked():
    """Tables of jobs whose rows say whether they are assumptions."""
    names = [name for name in catalog.names() if name.startswith("jobs/")]
    return [name for name in names if "basis" in catalog.sidecar(name).columns]


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


@pytest.fixture
def topic(tmp_path, monkeypatch):
    """Write one file of assumptions and render it."""
    (tmp_path / "docs/assumptions").mkdir(parents=True)
    (tmp_path / "data").symlink_to(paths.data())
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))

    def render(sections):
        text = yaml.safe_dump({"title": "T", "sections": sections}, sort_keys=False)
        (tmp_path / "docs/assumptions/x.yaml").write_text(text)
        return assumption_page()

    return render


def test_values_come_from_the_code_and_a_bar_is_no_edge_of_a_cell(topic):
    row = {"what": "a|b", "value": "{research.data.market.BP:g} or {{x}}", "why": "so"}
    page = topic([{"title": "S", "rows": [row | {"sources": ["deal/claims", "Bloom (1995)"]}]}])
    assert "| assumption | value | why |" in page
    assert "| a\\|b | 10000 or {x} | so *`deal/claims`; Bloom (1995)* |" in page


def test_all_faults_of_a_file_are_named_at_once(topic):
    rows = [
        {"what": "one", "value": "{research.nothing.X}", "why": "so"},
        {"what": "two", "why": "so", "used": "research.data.nobody"},
    ]
    with pytest.raises(DataError) as caught:
        topic(
            [
                {"title": "S", "rows": rows},
                {"title": "Q", "table": "deal/claims", "columns": {"a": "nope"}},
            ]
        )
    assert [fault.where.rsplit(", ", 1)[1] for fault in caught.value.faults] == ["one", "two", "Q"]
    with pytest.raises(DataError, match="sections, entry 1, rows, entry 1, why: asked for a value"):
        topic([{"title": "S", "rows": [{"what": "no reason"}]}])


def test_the_page_on_disk_is_the_one_that_is_written(page):
    assert PAGE.read_text(encoding="utf-8") == page
