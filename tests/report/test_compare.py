"""Two runs held against each other: each known change is found, and nothing else."""

import base64
import io
import json
import os

import nbformat
import pytest
from PIL import Image
from typer.testing import CliRunner

from research import paths
from research.cli.commands import app
from research.errors import InputError
from research.figures import MIME as FIGURE
from research.findings import Finding, Findings
from research.report.build import _publish, build
from research.report.compare import compare
from research.report.files import run_files
from research.report.manifest import KEYS
from research.report.pages.workbook import outputs
from research.report.plan import plan

SHARED = {"question": "How <much>?", "basis": "model", "headline": True}
PAGE = "<p><strong>Figure 1.</strong> Duties &amp; more</p>"
TABLE = "table", "deal/events: Events"
FIRST = {"value": 100.0, "low": 90.0, "high": 120.0, "interval": "draws", "unit": "jobs"}


def notebook(words="It <b>moves</b>.", drawn=2.0, more=(), **first):
    """Give an executed notebook with two findings and a figure of three rows."""
    number = Finding(id="a.number", answer=words, **{**FIRST, **first}, **SHARED)
    still = Finding(id="a.words", answer="It stands.", **SHARED)
    found = Findings([number, still, *more], figure="duties", data_to="May")._repr_mimebundle_()
    words = {"name": "duties", "title": "Duties", "alt": "Duties.", "source": "us"}
    figure = {FIGURE: {**words, "csv": f"country,duty_pct\nJapan,1.0\n<i>US</i>,{drawn}\n"}}
    Image.new("P", (1, 1)).save(picture := io.BytesIO(), "PNG")
    figure["image/png"] = base64.b64encode(picture.getvalue()).decode()
    shown = [nbformat.v4.new_output("display_data", data=one) for one in (figure, found)]
    cells = [
        nbformat.v4.new_code_cell("rate: int = 15  # per cent", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("Findings(...)", outputs=shown),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def run(root):
    """Give a function that leaves a run in a folder of reports; the path of its page."""

    def run(folder, made=None, name="01_one", **changes):
        told = {"run": name, "notebook": name[:6], "question": "How?", "title": "One"}
        told |= {"started_utc": "2026-11-24T10:12:03+00:00", "state": "ok"}
        told |= {"sources": {"deal/events": {"title": "Events"}}}
        told |= {"parameters": {"rate": 15}, "versions": {"pandas": "3.1"}}
        inputs = {"tables": {"deal/events": "old"}, "notebook": "n", "source": {}}
        told["inputs"] = {"sidecars": {}, "files": {}} | inputs
        for key, value in changes.items():
            told[key] |= value
        manifest, files = dict.fromkeys(KEYS) | told, run_files(name, root / folder)
        _publish(files, {".html": PAGE, **outputs(made or notebook(), manifest)}, manifest)
        return str(files.report)

    return run


def test_a_run_is_the_same_as_itself(run):
    found = compare(run("a"), run("a"))
    assert (found.within, found.answer) == (True, "None of 2 findings moved by more than 1 %.")
    assert (len(found.figures), len(found.inputs)) == (0, 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"parameters": {"rate": 20}}, ["parameter", "rate", 15, 20]),
        ({"inputs": {"tables": {"deal/events": "new"}}}, [*TABLE, "old", "new"]),
        ({"versions": {"pandas": "3.2"}}, ["version", "pandas", "3.1", "3.2"]),
        ({"inputs": {"source": {"x.py": "d"}}}, ["source", "x.py", None, "d"]),
        ({"inputs": {"notebook": "m"}}, ["notebook", "cells", "n", "m"]),
    ],
)  # fmt: skip
def test_what_went_in_is_told_alone(run, change, told):
    found = compare(run("a"), run("b", **change))
    assert found.inputs.reset_index().to_numpy().tolist() == [told]
    assert found.within


@pytest.mark.parametrize(
    ("change", "state", "left", "words"),
    [
        ({"value": 100.9}, "same", [False, False], "None of 2"),
        ({"value": 110.0}, "moved", [False, False], "One of 2"),
        ({"value": 121.0}, "moved", [True, False], "moved by more than 1 %; 1 left its"),
        ({"value": 121.0, "low": 119.0, "high": 122.0}, "moved", [True, True], "One of 2"),
        ({"high": 150.0}, "moved", [False, False], "One of 2"),
        ({"unit": "years"}, "moved", [False, False], "One of 2"),
        ({"words": "Otherwise."}, "words", [False, False], "1 read otherwise"),
    ],
)  # fmt: skip
def test_a_finding_that_changed_is_told_from_both_sides(run, change, state, left, words):
    a, b = run("a"), run("b", notebook(**change))
    found, back = compare(a, b), compare(b, a)
    row, mirrored = found.findings.loc["a.number"], back.findings.loc["a.number"]
    assert (row["state"], [row["left_A"], row["left_B"]]) == (state, left)
    assert words in found.answer
    assert found.within == back.within == (state in {"same", "words"})
    assert (mirrored["state"], mirrored["left_B"]) == (state, row["left_A"])
    assert mirrored["change"] == -row["change"] == 100 - change.get("value", 100)
    assert found.findings.loc["a.words", "state"] == "same"


def test_near_zero_a_change_is_measured_by_the_floor(run):
    ends = {"low": -1.0, "high": 1.0}
    a, b = run("a", notebook(value=0.0, **ends)), run("b", notebook(value=0.00005, **ends))
    assert compare(a, b).within
    assert not compare(a, b, tolerance=0.001).within


def test_an_answer_without_number_and_one_that_only_one_has_move(run):
    extra = Finding(id="a.more", answer="More.", **SHARED)
    found = compare(run("a"), run("b", notebook(more=[extra])))
    assert found.findings["state"].tolist() == ["same", "same", "only B"]
    assert (found.within, found.answer[-13:]) == (False, "1 only B has.")
    other = extra.model_copy(update={"answer": "Less."})
    found = compare(run("b", notebook(more=[extra])), run("c", notebook(more=[other])))
    assert found.findings.loc["a.more", "state"] == "moved"


def test_numbers_of_figures_are_told_by_cell_and_move_no_answer(run):
    found = compare(run("a"), run("b", notebook(drawn=2.5)))
    (row,) = found.figures.reset_index().to_dict("records")
    assert [row[key] for key in ("item", "row", "column", "A", "B", "change", "relative")] == [
        "Figure 1", "<i>US</i>", "duty, %", 2.0, 2.5, 0.5, 0.25]  # fmt: skip
    assert (row["moved"], row["title"]) == (True, "Duties & more")
    assert found.within


def test_outputs_stored_in_notebooks_are_sides(run, root):
    file = root / "notebooks/01_one.ipynb"
    nbformat.write(notebook(), root / "01_one.ipynb")
    nbformat.write(notebook(value=130.0), file)
    page = run("reports", name="01_one__x", parameters={"rate": 20})
    states = [
        compare(a, b).findings.loc["a.number", "state"]
        for a, b in (("01_one__x", "committed"), (page, root / "01_one.ipynb"))
    ]
    assert states == ["moved", "same"]
    told = compare("committed", page).inputs.reset_index().to_numpy().tolist()
    assert told[0] == ["parameter", "rate", 15, 20]


def test_every_fault_is_named_at_once(run, root):
    page, other = run("reports"), run("reports", name="02_two")
    for a, b, faults in (
        (page, other, ["01_one and 02_two"]),
        ("01_onne", "committed", ["Did you mean 01_one?", "findings stored in 01_onne.ipynb"]),
        ("committed", "committed", ["name a run or a notebook"]),
        ("x" * 300, page, ["a run, a file of one, a notebook"]),
        (root / "notebooks/01_one.ipynb", page, ["findings stored in 01_one.ipynb; found none"]),
    ):
        with pytest.raises(InputError) as error:
            compare(a, b, tolerance=float("nan"))
        assert [one for one in [*faults, "found nan"] if one not in str(error.value)] == []
    (root / "reports/01_one.xlsx").write_text("edited")
    (root / "reports/02_two.manifest.json").write_text("{")
    with pytest.raises(InputError) as error:
        compare("01_one", "02_two")
    for fault in ("01_one.xlsx is not the one", "02_two.manifest.json is no manifest"):
        assert fault in str(error.value)


def test_a_changed_table_moves_an_answer_and_fails_the_build(toy, root, tmp_path):
    code = """from research import paths
from research.data import catalog
from research.findings import Finding, Findings
catalog.note_read('deal/events')
rows = len((paths.data() / 'deal/events.csv').read_text().split())
one = dict(question='<b>How many?', answer=f'{rows} lines.', unit='lines', basis='data')
Findings([Finding(id='a.rows', value=rows, headline=True, **one)])"""
    cells = (toy._CELLS[0], toy._CELLS[1], ("code", code, ["findings"]))
    toy.write_notebook(paths.notebooks() / "01_one.ipynb", cells)
    for label in ("old", "new"):
        (request,) = plan(toy.SPECS, names=["01_one"], label=label)
        assert build(request, toy.render).state == "built"
        with (paths.data() / "deal/events.csv").open("a") as table:
            table.write("more,3\n")
        toy.seal(root)
    page, told = tmp_path / "page.html", tmp_path / "told.json"
    sides = ["compare", "01_one__old", "01_one__new"]
    ended = CliRunner().invoke(app, [*sides, "--html", str(page), "--json", str(told)])
    assert ended.exit_code == 1
    assert ended.output.startswith("One of 1 finding moved by more than 1 %.\n")
    assert max(map(len, ended.output.splitlines())) <= 80
    assert "deal/events: Dated events" in " ".join(ended.output.split())
    assert "<b>How many" not in page.read_text()
    assert "&lt;b&gt;How many" in page.read_text()
    assert json.loads(told.read_text())["findings"][0]["change"] == 1
    assert CliRunner().invoke(app, [*sides, "--tolerance", "0.5", "--json", "-"]).exit_code == 0
    os.mkfifo(tmp_path / "pipe")
    for other in (tmp_path, tmp_path / "pipe"):
        ended = CliRunner().invoke(app, [*sides, "--html", str(other)])
        assert isinstance(ended.exception, InputError)
        assert ended.exception.exit_code == 2
    assert (tmp_path / "pipe").is_fifo()
