"""One report from start to end, in this process."""

import json

import pytest

from research.data.catalog import file_digest
from research.findings import KeptFindings, read_findings
from research.report.build import build, run_lock, settle_killed
from research.report.files import run_files
from research.report.manifest import KEYS, read_manifest, stale_reasons
from research.report.plan import plan


def good_bytes(files):
    """All of the last good report, page first and manifest last."""
    return [one.read_bytes() for one in (*files.outputs[:4], files.manifest)]


def request_for(toy, *values):
    (request,) = plan(toy.SPECS, names=["01_one"], values=values, label="x")
    return request


def leftovers(files):
    return [one.name for one in (files.folder / ".work").iterdir() if one.suffix != ".lock"]


def test_a_report_its_findings_and_its_manifest_are_written(built):
    _, files = built
    assert files.report.read_text().startswith("01_one\n'plain'")
    manifest, problem = read_manifest(files.manifest)
    assert (set(manifest), problem) == ({*KEYS, "scenario_title", "scenario_finding"}, "")
    assert (manifest["state"], manifest["question"]) == ("ok", "Does it run?")
    assert manifest["files"] == {one.name: file_digest(one) for one in files.outputs[:4]}
    assert not any(one.exists() for one in files.outputs[4:])  # the toy has no figure
    assert list(manifest["inputs"]["tables"]) == ["deal/events"]
    assert {"data/catalog.py", "__init__.py"} <= set(manifest["inputs"]["source"])
    assert "report/run.py" not in manifest["inputs"]["source"]
    assert set(manifest["sources"]["deal/events"]) == {"title", "authority", "rights", "period"}
    kept = KeptFindings.model_validate_json(files.findings.read_text())
    assert (kept.run, kept.parameters) == ("01_one", manifest["parameters"])
    assert [one.id for one in read_findings(files.findings, manifest).findings] == ["toy.answer"]
    assert leftovers(files) == ["01_one.log"]


def test_a_fresh_report_is_left_alone_and_a_forced_one_is_the_same_page(toy, built):
    request, files = built
    before, seen = good_bytes(files), {}

    def render(notebook, manifest):
        seen.update(manifest)
        return toy.render(notebook, manifest)

    assert build(request, toy.render).state == "fresh"
    assert good_bytes(files) == before
    outcome = build(request, render, force=True)
    assert (outcome.state, outcome.reasons) == ("built", ("forced",))
    assert files.report.read_bytes().split()[:3] == before[0].split()[:3]
    assert (seen["state"], seen["run"], seen["files"]) == ("ok", "01_one", {})


def test_a_failed_run_leaves_the_last_good_report_and_is_forgotten_when_one_works(toy, root):
    files = run_files("01_one__x")
    first = build(request_for(toy, ("text", "good")), toy.render)
    assert (first.state, first.reasons) == ("built", ("not built yet",))
    before = good_bytes(files)
    outcome = build(request_for(toy, ("action", "raise")), toy.render)
    assert outcome.state == "failed"
    assert good_bytes(files) == before
    failed, _ = read_manifest(files.failed_manifest)
    assert (failed["state"], failed["error"]) == ("failed", dict(outcome.error))
    assert (failed["error"]["cell"], failed["error"]["heading"]) == (3, "Act on [red]it[/red]")
    assert json.loads(files.failed_notebook.read_text())["cells"]
    assert "the last attempt failed" in stale_reasons(request_for(toy, ("text", "good")), files)
    build(request_for(toy, ("text", "good")), toy.render)
    assert list(files.failed_log.parent.iterdir()) == []
    assert stale_reasons(request_for(toy, ("text", "good")), files) == []


@pytest.mark.parametrize(
    ("trouble", "name", "kept"),
    [
        (TypeError("a figure has no alt text"), "TypeError", True),
        (KeyboardInterrupt(), "Interrupted", False),
    ],
)
def test_a_page_that_cannot_be_made_is_a_failed_run(toy, built, trouble, name, kept):
    request, files = built
    before = good_bytes(files)
    files.failed_notebook.parent.mkdir()
    files.failed_notebook.write_text("of an older attempt")

    def render(notebook, manifest):
        raise trouble

    outcome = build(request, render, force=True)
    assert (outcome.error["name"], outcome.error["cell"]) == (name, None)
    assert str(trouble) in outcome.error["message"]
    assert good_bytes(files) == before
    assert files.failed_notebook.is_file() is kept
    assert not files.mark.exists()


def test_what_a_killed_run_leaves_becomes_a_failed_attempt_and_is_cleared_away(toy, built):
    request, files = built
    before = good_bytes(files)
    manifest, _ = read_manifest(files.manifest)
    killed = manifest | {"state": "running", "step": {"cell": 2, "cells": 4, "heading": "Sleep"}}
    files.mark.write_text(json.dumps(killed))
    for left in (files.work / "kernel.json", files.folder / ".01_one.html.abc.part"):
        left.parent.mkdir(exist_ok=True)
        left.write_text("half")
    files.failed_notebook.parent.mkdir()
    files.failed_notebook.write_text("of an older attempt")
    assert stale_reasons(request, files) == ["the last attempt was killed"]
    with run_lock(files):
        settle_killed(files)
    assert good_bytes(files) == before
    error = read_manifest(files.failed_manifest)[0]["error"]
    assert (error["cell"], error["heading"], error["name"]) == (2, "Sleep", "Killed")
    assert not files.failed_notebook.exists()
    assert not [*files.folder.glob(".*.part")]
    assert leftovers(files) == ["01_one.log"]


def test_a_damaged_mark_does_not_stop_a_run(toy, built):
    request, files = built
    files.mark.write_text("[]")
    assert build(request, toy.render).state == "built"
    assert not files.mark.exists()
