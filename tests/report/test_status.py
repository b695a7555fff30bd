import json

import pytest

from research.report.build import marked, record_failure, run_lock
from research.report.manifest import read_manifest
from research.report.status import status


def by_run(toy):
    return {row.run: row for row in status(toy.SPECS)}


def test_notebooks_and_scenarios_are_listed_before_anything_is_built(toy):
    rows = by_run(toy)
    assert set(rows) == {"01_one", "02_two", "01_one__letter"}
    assert {row.state for row in rows.values()} == {"not built"}
    assert rows["01_one"].stale == ("not built yet",)


def test_a_built_report_is_fresh_until_a_table_is_missing(toy, built, root):
    row = by_run(toy)["01_one"]
    assert (row.state, row.stale, row.report) == ("ok", (), root / "reports/01_one.html")
    assert row.seconds > 0
    (root / "data/deal/events.yaml").unlink()
    assert by_run(toy)["01_one"].stale == ("sidecar deal/events is gone",)
    (root / "data/deal/events.csv").unlink()
    assert "data/deal/events.csv" in by_run(toy)["01_one"].stale[0]
    assert "no notebook '01_one'" in status(toy.SPECS[1:])[0].stale[0]


def test_a_failed_run_a_running_one_and_a_killed_one_are_told_apart(toy, built):
    _, files = built
    step = {"cell": 2, "cells": 4, "heading": "Sleep"}
    manifest = read_manifest(files.manifest)[0] | {"state": "running", "step": step}
    with run_lock(files), marked(files, manifest):
        running = by_run(toy)["01_one"]
    assert (running.state, running.detail) == ("running", "cell 2 (under 'Sleep')")
    assert running.stale == ("it is being built now",)
    files.mark.write_text(json.dumps(manifest))
    killed = by_run(toy)["01_one"]
    assert killed.state == "killed"
    assert killed.detail.startswith("cell 2 (under 'Sleep'): Killed:")
    assert (killed.stale, bool(killed.report)) == (("the last attempt was killed",), True)
    files.mark.unlink()
    record_failure(files, manifest, {"cell": 3, "heading": "A", "name": "E", "message": "m"})
    assert by_run(toy)["01_one"].detail == "cell 3 (under 'A'): E: m"


@pytest.mark.parametrize("content", ["", "{", "{}", '{"parameters": 5, "notebook": []}'])
def test_a_damaged_manifest_does_not_stop_the_list(toy, root, content):
    (root / "reports/01_one__odd.manifest.json").write_text(content)
    assert "is no manifest" in by_run(toy)["01_one__odd"].stale[0]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bad", "name: bad\n", "reason"),
        ("bad", "name: 2026-99-99\n", "not plain YAML"),
        ("Bad Name", "name: Bad Name\n", "named by 1 to 60 small letters"),
    ],
)
def test_a_broken_scenario_is_listed_with_its_fault_beside_the_others(
    toy, root, name, content, why
):
    (root / f"notebooks/scenarios/{name}.yaml").write_text(content)
    rows = by_run(toy)
    assert why in rows[f"scenario-{name}"].stale[0]
    assert "01_one__letter" in rows
