"""One report from start to end, in this process."""

import json
import resource
from pathlib import Path

import pytest

from research.data.catalog import file_digest
from research.errors import RunError
from research.reports import attempts
from research.reports.build import build, reasons_to_build
from research.reports.files import RunFiles, read_json
from research.reports.plan import plan

MANIFEST_KEYS = {
    "run",
    "notebook",
    "title",
    "question",
    "scenario",
    "scenario_reason",
    "parameters",
    "inputs",
    "sources",
    "versions",
    "commit",
    "dirty",
    "started_utc",
    "seconds",
    "state",
    "error",
    "report_sha256",
}


@pytest.fixture
def files(root):
    return RunFiles("01_one", root / "reports")


def request_for(toy, *values):
    (request,) = plan(toy.SPECS, names=["01_one"], values=values, label="x" if values else None)
    return request


def good_bytes(files):
    return files.report.read_bytes(), files.manifest.read_bytes()


def leftovers(files):
    return [file.name for file in (files.folder / ".work").iterdir() if file.suffix != ".lock"]


def test_a_report_and_its_manifest_are_written(toy, files):
    outcome = build(request_for(toy), toy.render)
    assert (outcome.state, outcome.reasons) == ("built", ("not built yet",))
    assert files.report.read_text().startswith("01_one\n'plain'")
    manifest = read_json(files.manifest)
    assert set(manifest) == MANIFEST_KEYS
    assert manifest["state"] == "ok"
    assert manifest["report_sha256"] == file_digest(files.report)
    assert manifest["sources"]["deal/events"]["authority"]
    assert manifest["versions"]["papermill"]
    assert leftovers(files) == ["01_one.log"]
    assert not files.work.exists()


def test_a_fresh_report_is_left_alone_and_force_builds_it(toy, files):
    build(request_for(toy), toy.render)
    before = good_bytes(files)
    assert build(request_for(toy), toy.render).state == "fresh"
    assert good_bytes(files) == before
    forced = build(request_for(toy), toy.render, force=True)
    assert (forced.state, forced.reasons) == ("built", ("forced",))


def test_the_page_is_made_with_the_manifest(toy, files):
    seen = {}

    def render(notebook, manifest):
        seen.update(manifest)
        return "page"

    build(request_for(toy), render)
    assert (seen["state"], seen["run"], seen["report_sha256"]) == ("ok", "01_one", None)
    assert seen["parameters"]["event_id"] == "deal"


@pytest.mark.parametrize(
    ("action", "name", "message"),
    [("raise", "ValueError", "the toy is broken"), ("die", "KernelDied", "The kernel ended")],
)
def test_a_failed_run_leaves_the_last_good_report(toy, root, action, name, message):
    files = RunFiles("01_one__x", root / "reports")
    build(request_for(toy, ("text", "good")), toy.render)
    before = good_bytes(files)
    outcome = build(request_for(toy, ("action", action)), toy.render)
    assert outcome.state == "failed"
    assert good_bytes(files) == before
    failed = read_json(files.failed_manifest)
    assert failed["state"] == "failed"
    assert failed["error"] == dict(outcome.error)
    assert (failed["error"]["cell"], failed["error"]["heading"]) == (3, "Act on [red]it[/red]")
    assert failed["error"]["name"] == name
    assert message in failed["error"]["message"]
    assert json.loads(files.failed_notebook.read_text())["cells"]


def test_a_failed_attempt_is_tried_again_and_forgotten_when_it_works(toy, root):
    files = RunFiles("01_one__x", root / "reports")
    build(request_for(toy, ("action", "raise")), toy.render)
    assert "the last attempt failed" in reasons_to_build(request_for(toy, ("action", "raise")))
    build(request_for(toy, ("text", "good")), toy.render)
    assert not files.failed_manifest.exists()
    assert not files.failed_notebook.exists()
    assert reasons_to_build(request_for(toy, ("text", "good"))) == []


def test_a_page_that_cannot_be_made_is_a_failed_run(toy, files):
    build(request_for(toy), toy.render)
    before = good_bytes(files)
    outcome = build(request_for(toy), toy.render_nothing, force=True)
    assert good_bytes(files) == before
    assert outcome.error["name"] == "TypeError"
    assert outcome.error["cell"] is None
    assert "a figure has no alt text" in outcome.error["message"]
    assert files.failed_notebook.is_file()


def test_a_page_for_which_there_is_no_room_leaves_the_last_good_report(toy, files):
    build(request_for(toy), toy.render)
    before = good_bytes(files)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def render(notebook, manifest):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        return "x" * 200_000

    try:
        with pytest.raises(RunError, match="Free some space"):
            build(request_for(toy), render, force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert good_bytes(files) == before
    assert not files.mark.exists()
    assert reasons_to_build(request_for(toy)) == []


@pytest.mark.parametrize("place", ["01_one.lock", "01_one.log"])
def test_a_lock_or_log_that_cannot_be_written_is_told(toy, files, place):
    (files.folder / ".work" / place).mkdir(parents=True)
    with pytest.raises(RunError, match="could not be written"):
        build(request_for(toy), toy.render)
    assert not files.mark.exists()


def test_a_kill_between_page_and_manifest_is_seen_as_stale(toy, files):
    build(request_for(toy), toy.render)
    files.report.write_text("the next page, whose manifest was never written")
    assert reasons_to_build(request_for(toy)) == [
        "the report is not the one its manifest describes"
    ]
    assert build(request_for(toy), toy.render).state == "built"


def test_the_mark_of_a_killed_run_becomes_a_failed_attempt(toy, files):
    build(request_for(toy), toy.render)
    before = good_bytes(files)
    killed = {**read_json(files.manifest), "step": {"cell": 2, "cells": 4, "heading": "Sleep"}}
    files.mark.write_text(json.dumps(killed))
    assert reasons_to_build(request_for(toy)) == ["the last attempt was killed"]
    with attempts.run_lock(files):
        attempts.settle_killed(files)
    assert good_bytes(files) == before
    assert not files.mark.exists()
    error = read_json(files.failed_manifest)["error"]
    assert (error["cell"], error["heading"], error["name"]) == (2, "Sleep", "Killed")
    assert build(request_for(toy), toy.render).reasons == ("the last attempt failed",)


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_damaged_mark_does_not_stop_a_run(toy, files, content):
    files.mark.parent.mkdir(parents=True)
    files.mark.write_text(content)
    assert build(request_for(toy), toy.render).state == "built"
    assert not files.mark.exists()


def test_an_interrupt_while_the_page_is_made_is_recorded(toy, files):
    def interrupted(notebook, manifest):
        raise KeyboardInterrupt

    outcome = build(request_for(toy), interrupted)
    assert outcome.error["name"] == "Interrupted"
    assert not files.mark.exists()


def test_the_same_inputs_give_the_same_report(toy, files):
    build(request_for(toy), toy.render)
    before = files.report.read_bytes()
    build(request_for(toy), toy.render, force=True)
    assert files.report.read_bytes() == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("data/deal/events.csv", "table deal/events changed"),
        ("data/deal/events.yaml", "sidecar deal/events changed"),
        ("requirements.lock", "locked versions changed"),
    ],
)
def test_a_changed_file_makes_the_report_stale(toy, root, files, path, reason):
    build(request_for(toy), toy.render)
    with Path(root / path).open("a") as file:
        file.write("more,3\n")
    assert reasons_to_build(request_for(toy)) == [reason]
