import json

import pytest

from research.reports.attempts import marked, run_lock
from research.reports.build import build
from research.reports.files import RunFiles, read_json
from research.reports.plan import plan
from research.reports.status import describe_error, status


def by_run(toy):
    return {row.run: row for row in status(toy.SPECS)}


def one(toy, *values, label=None):
    (request,) = plan(toy.SPECS, names=["01_one"], values=values, label=label)
    return request


def test_notebooks_and_scenarios_are_listed_before_anything_is_built(toy):
    rows = by_run(toy)
    assert set(rows) == {"01_one", "02_two", "01_one__letter"}
    assert {row.state for row in rows.values()} == {"not built"}
    assert rows["01_one"].stale == ("not built yet",)


def test_a_built_report_is_fresh_until_something_changes(toy, root):
    build(one(toy), toy.render)
    row = by_run(toy)["01_one"]
    assert (row.state, row.stale, row.report) == ("ok", (), root / "reports/01_one.html")
    assert row.seconds > 0
    (root / "requirements.lock").write_text("numpy==1.0\n")
    assert by_run(toy)["01_one"].stale == ("locked versions changed",)


def test_a_run_with_parameters_of_its_own_is_remembered(toy):
    build(one(toy, ("text", "other")), toy.render)
    assert by_run(toy)["01_one__text-other"].stale == ()


def test_a_failed_run_says_where_and_why(toy):
    build(one(toy, ("action", "raise"), label="x"), toy.render)
    row = by_run(toy)["01_one__x"]
    assert row.state == "failed"
    assert row.detail == "cell 3 (under 'Act on [red]it[/red]'): ValueError: the toy is broken"


def test_a_running_run_and_a_killed_one_are_told_apart(toy, root):
    build(one(toy), toy.render)
    files = RunFiles("01_one", root / "reports")
    manifest = {**read_json(files.manifest), "step": {"cell": 2, "cells": 4, "heading": "Sleep"}}
    with run_lock(files), marked(files, manifest):
        running = by_run(toy)["01_one"]
    assert (running.state, running.detail) == ("running", "cell 2 (under 'Sleep')")
    files.mark.write_text(json.dumps(manifest))
    killed = by_run(toy)["01_one"]
    assert killed.state == "killed"
    assert killed.detail.startswith("cell 2 (under 'Sleep'): Killed:")
    assert killed.stale == ("the last attempt was killed",)
    assert killed.report


def test_a_missing_table_is_a_reason_and_not_a_crash(toy, root):
    build(one(toy), toy.render)
    (root / "data/deal/events.yaml").unlink()
    assert by_run(toy)["01_one"].stale == ("data/deal/events.yaml is missing",)
    (root / "data/deal/events.csv").unlink()
    assert "data/deal/events.csv" in by_run(toy)["01_one"].stale[0]


def test_a_report_of_a_notebook_that_is_gone_is_listed(toy):
    build(one(toy), toy.render)
    rows = {row.run: row for row in status(toy.SPECS[1:])}
    assert "no notebook '01_one'" in rows["01_one"].stale[0]


@pytest.mark.parametrize("content", ["", "{", "{}", '{"parameters": 5, "notebook": []}'])
def test_a_damaged_manifest_does_not_stop_the_list(toy, root, content):
    (root / "reports/01_one__odd.manifest.json").write_text(content)
    assert by_run(toy)["01_one__odd"].stale


def test_a_broken_scenario_is_listed_with_its_fault(toy, root):
    (root / "notebooks/scenarios/bad.yaml").write_text("name: bad\n")
    row = by_run(toy)["scenario-bad"]
    assert "reason" in row.stale[0]


@pytest.mark.parametrize("kept", ["", "failed/"])
def test_why_a_manifest_does_not_count_is_shown(toy, root, kept):
    build(one(toy), toy.render)
    good = read_json(RunFiles("01_one", root / "reports").manifest)
    for run in ("01_one", "01_one__odd"):
        file = root / f"reports/{kept}{run}.manifest.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({**good, "inputs": "x", "seconds": "long"}))
    rows = by_run(toy)
    why = "inputs should be names with values, not 'x' (str); seconds should be a number"
    assert why in rows["01_one__odd"].stale[0]
    row = rows["01_one"]
    assert why in (row.detail if kept else row.stale[0])


def test_a_scenario_with_a_name_that_no_run_can_have_is_listed(toy, root):
    (root / "notebooks/scenarios/Bad Name.yaml").write_text("name: Bad Name\n")
    assert "Rename the file" in by_run(toy)["scenario-Bad Name"].stale[0]


def test_an_error_before_the_first_cell_has_no_place():
    assert describe_error({"cell": None, "name": "E", "message": "m"}) == "E: m"
