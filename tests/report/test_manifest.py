"""Manifests: their shape, and the reasons why a report is stale."""

import json
import os
import subprocess
from dataclasses import replace

import nbformat
import pytest

from research.errors import DataError
from research.report import manifest as made
from research.report.files import run_files, write_json
from research.report.manifest import (
    narrowed,
    notebook_digest,
    read_manifest,
    sealed,
    stale_reasons,
    start_manifest,
)
from research.report.plan import plan


@pytest.fixture
def request_(toy):
    (one,) = plan(toy.SPECS, scenarios=["letter"])
    return one


def test_a_manifest_starts_with_all_that_could_enter_and_keeps_what_did(request_, root):
    full = start_manifest(request_)
    assert {"report/run.py", "report/pages/templates/page.css"} <= set(full["inputs"]["source"])
    assert (full["commit"], full["dirty"]) == (None, None)
    kept = narrowed(full, ["deal/events"], ["research", "research.report.pages.page"])
    assert {n for n in kept["inputs"]["source"] if n.endswith(".py")} == {
        "__init__.py",
        "report/pages/page.py",
    }
    assert "report/pages/templates/page.css" in kept["inputs"]["source"]
    assert set(kept["sources"]["deal/events"]) == {"title", "authority", "rights", "period"}
    assert narrowed(full, [], [])["inputs"]["tables"] == {}


def test_a_changed_file_makes_the_commit_dirty_and_an_untracked_one_does_not(request_, root):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", "-C", root, *who, *command], check=True, capture_output=True)
    (root / "new.txt").write_text("untracked")
    found = start_manifest(request_)
    assert (len(found["commit"]), found["dirty"]) == (40, False)
    (root / "requirements.lock").write_text("other")
    assert start_manifest(request_)["dirty"] is True


def read(tmp_path, content):
    file = tmp_path / "m.manifest.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_manifest(file)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}"])
def test_what_is_no_json_object_is_no_manifest(tmp_path, content):
    manifest, problem = read(tmp_path, content)
    assert manifest is None
    assert "is no manifest" in problem


# Why a report is stale


def test_nothing_changed_is_fresh_and_outputs_do_not_count(toy, built):
    request, files = built
    assert stale_reasons(request, files) == []
    before = notebook_digest(request.spec.cells())
    notebook = nbformat.read(request.spec.path, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="seen")]
    notebook.cells[3].execution_count = 7
    nbformat.write(notebook, request.spec.path)
    assert notebook_digest(request.spec.cells()) == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("data/deal/events.csv", "table deal/events changed"),
        ("data/deal/events.yaml", "sidecar deal/events changed"),
        ("requirements.lock", "locked versions changed"),
        *(
            (f"reports/01_one{end}", f"01_one{end} is not the one its manifest describes")
            for end in (".html", ".findings.json", ".xlsx", ".results.csv")
        ),
        ("reports/01_one.manifest.json", "01_one.manifest.json is no manifest"),
    ],
)
def test_a_changed_file_is_the_reason(built, root, path, reason):
    with (root / path).open("a") as file:
        file.write("more,3\n")
    assert stale_reasons(*built) == [reason]


def test_an_output_that_is_gone_and_a_manifest_edited_by_hand_are_noticed(built):
    request, files = built
    files.outputs[2].unlink()
    assert stale_reasons(request, files) == ["01_one.xlsx is gone"]
    content = json.loads(files.manifest.read_text())
    del content["files"]["01_one.xlsx"]
    files.manifest.write_text(json.dumps(content))
    assert stale_reasons(request, files) == ["01_one.manifest.json is not as the run wrote it"]


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("source", {"gone.py": "x"}, "source gone.py is gone"),
        ("source", {"words.py": "x"}, "source words.py changed"),
        ("tables", {"deal/claims": "x"}, "table deal/claims is gone"),
        ("files", {"mine.csv": "x"}, "file mine.csv is gone"),
        ("source", {"tariffs/old.py": "x"}, "source tariffs/scenarios/deal_15.yaml is new"),
    ],
)
def test_each_recorded_input_counts(built, part, value, reason):
    request, files = built
    content = json.loads(files.manifest.read_text())
    content["inputs"][part] = value
    files.manifest.write_text(json.dumps(sealed(content)))
    assert reason in stale_reasons(request, files)


def test_parameters_python_and_missing_files_are_reasons(built, toy):
    request, files = built
    content = json.loads(files.manifest.read_text())
    content["versions"]["python"] = "3.9.1"
    content["parameters"]["text"] = "old"
    files.manifest.write_text(json.dumps(sealed(content)))
    reasons = stale_reasons(request, files)
    assert reasons[0] == "parameter text changed"
    assert reasons[1].startswith("Python changed from 3.9.1")
    files.manifest.unlink()
    assert stale_reasons(request, files) == ["the report has no manifest"]
    files.report.unlink()
    assert stale_reasons(request, files) == ["not built yet"]


@pytest.mark.parametrize("key", ["title", "reason", "finding"])
def test_another_title_reason_or_finding_of_its_scenario_is_a_reason(request_, key):
    files = run_files(request_.run)
    write_json(files.manifest, sealed(start_manifest(request_) | {"state": "ok"}))
    assert stale_reasons(request_, files) == []
    edited = request_.scenario.model_copy(update={key: "another"})
    told = [f"scenario's {key} changed"]
    assert stale_reasons(replace(request_, scenario=edited), files) == told


def test_missing_files_are_listed_at_once(toy, root, request_):
    (root / "requirements.lock").unlink()
    os.unlink(root / "notebooks/01_one.ipynb")
    with pytest.raises(DataError) as caught:
        start_manifest(request_)
    assert caught.value.faults
    with pytest.raises(DataError, match="research data fetch"):
        made._given(replace(request_, spec=toy.SPECS[1], parameters={"source": "yahoo"}))
