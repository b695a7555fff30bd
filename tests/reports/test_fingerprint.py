import hashlib
import json
import platform

import nbformat
import pytest

from research.data.catalog import file_digest
from research.errors import DataError
from research.reports.fingerprint import (
    collect_inputs,
    notebook_digest,
    package_digest,
    stale_reasons,
)

BUNDLED = {"source": "bundled"}


def test_a_digest_is_the_sha256_that_any_tool_gives(toy, root):
    inputs = collect_inputs(toy.SPECS[0], BUNDLED)
    table = (root / "data/deal/events.csv").read_bytes()
    assert inputs["tables"] == {"deal/events": hashlib.sha256(table).hexdigest()}


def test_every_missing_file_is_listed(toy, root):
    for name in ("requirements.lock", "data/deal/events.yaml", "notebooks/01_one.ipynb"):
        (root / name).unlink()
    with pytest.raises(DataError) as caught:
        collect_inputs(toy.SPECS[0], BUNDLED)
    assert len(caught.value.faults) == 3


def test_live_prices_that_were_never_fetched_name_the_command(toy):
    with pytest.raises(DataError, match="research data fetch"):
        collect_inputs(toy.SPECS[0], {"source": "yahoo"})


def test_a_price_file_and_its_sidecar_are_inputs(toy, root):
    (root / "mine.csv").write_bytes(b"2")
    mine = {"source": "mine.csv"}
    assert set(collect_inputs(toy.SPECS[0], mine)["files"]) == {"mine.csv"}
    (root / "mine.yaml").write_bytes(b"3")
    assert set(collect_inputs(toy.SPECS[0], mine)["files"]) == {"mine.csv", "mine.yaml"}


def test_outputs_do_not_change_a_notebook_and_code_does(toy):
    file = toy.SPECS[0].path
    before = notebook_digest(file)
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="seen")]
    notebook.cells[3].execution_count = 7
    nbformat.write(notebook, file)
    assert notebook_digest(file) == before
    notebook.cells[3].source += "\n1"
    nbformat.write(notebook, file)
    assert notebook_digest(file) != before


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', '{"cells": [1]}', "{}"])
def test_a_file_that_is_no_notebook_still_has_a_digest(tmp_path, content):
    (tmp_path / "n.ipynb").write_text(content)
    assert notebook_digest(tmp_path / "n.ipynb") == file_digest(tmp_path / "n.ipynb")


@pytest.mark.parametrize("change", ["content", "name", "new", "template"])
def test_any_change_of_the_package_changes_its_digest(tmp_path, change):
    for name in ("a.py", "templates/page.html.j2", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    before = package_digest.__wrapped__(tmp_path)
    (tmp_path / "__pycache__/a.pyc").write_text("compiled again")
    assert package_digest.__wrapped__(tmp_path) == before
    match change:
        case "content":
            (tmp_path / "a.py").write_text("b")
        case "name":
            (tmp_path / "a.py").rename(tmp_path / "b.py")
        case "new":
            (tmp_path / "c.py").write_text("")
        case "template":
            (tmp_path / "templates/page.html.j2").write_text("")
    assert package_digest.__wrapped__(tmp_path) != before


@pytest.fixture
def built(tmp_path):
    """A report with the manifest that fits it, and what it would be made from now."""
    report = tmp_path / "r.html"
    report.write_text("page")
    inputs = {
        "notebook": "n",
        "package": "p",
        "lock": "l",
        "tables": {"deal/events": "t"},
        "sidecars": {"deal/events": "s"},
        "files": {},
    }
    manifest = {
        "parameters": {"event_id": "deal"},
        "inputs": json.loads(json.dumps(inputs)),
        "versions": {"python": platform.python_version()},
        "report_sha256": file_digest(report),
    }
    return manifest, report, {"event_id": "deal"}, inputs


def test_nothing_changed_is_fresh(built):
    assert stale_reasons(*built) == []


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("notebook", "x", "notebook changed"),
        ("package", "x", "package source changed"),
        ("lock", "x", "locked versions changed"),
        ("tables", {"deal/events": "x"}, "table deal/events changed"),
        ("tables", {"deal/events": "t", "deal/claims": "c"}, "table deal/claims is new"),
        ("tables", {}, "table deal/events is no longer used"),
        ("sidecars", {"deal/events": "x"}, "sidecar deal/events changed"),
        ("files", {"mine.csv": "x"}, "file mine.csv is new"),
    ],
)
def test_each_changed_input_is_the_reason(built, part, value, reason):
    manifest, report, parameters, inputs = built
    assert stale_reasons(manifest, report, parameters, {**inputs, part: value}) == [reason]


def test_a_changed_parameter_is_a_reason(built):
    manifest, report, _, inputs = built
    assert stale_reasons(manifest, report, {"event_id": "x"}, inputs) == [
        "parameter event_id changed"
    ]


def test_another_python_is_a_reason(built):
    manifest, report, parameters, inputs = built
    older = {**manifest, "versions": {"python": "3.9.1"}}
    assert "Python changed from 3.9.1" in stale_reasons(older, report, parameters, inputs)[0]


def test_an_edited_report_is_a_reason(built):
    built[1].write_text("edited")
    assert stale_reasons(*built) == ["the report is not the one its manifest describes"]


def test_a_missing_report_or_manifest_is_a_reason(built):
    _, report, parameters, inputs = built
    assert stale_reasons(None, report, parameters, inputs) == ["the report has no manifest"]
    report.unlink()
    assert stale_reasons(*built) == ["the report is gone"]
    assert stale_reasons(None, report, parameters, inputs) == ["not built yet"]


def test_an_empty_manifest_is_stale_and_not_an_error(built):
    assert len(stale_reasons({}, *built[1:])) >= 5
