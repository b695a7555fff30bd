"""A manifest that somebody edited counts as none, with the reason."""

import json

import pytest

from research.reports.fingerprint import collect_inputs
from research.reports.manifest import start_manifest
from research.reports.manifest_shape import _Manifest, read_manifest
from research.reports.plan import plan


@pytest.fixture
def good(toy):
    (request,) = plan(toy.SPECS, scenarios=["letter"])
    inputs = collect_inputs(request.spec, request.parameters)
    return start_manifest(request, inputs, "2026-01-01T00:00:00+00:00")


def read(tmp_path, content):
    file = tmp_path / "m.manifest.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_manifest(file)


def test_what_a_run_writes_is_a_manifest(tmp_path, good):
    assert read(tmp_path, good) == (good, "")
    assert set(good) == set(_Manifest.model_fields) - {"step"}
    ended = {
        "seconds": 1,
        "state": "failed",
        "error": {"cell": None, "heading": None, "name": "E", "message": "m"},
        "step": {"cell": 0, "cells": 4, "heading": "Sleep"},
    }
    assert read(tmp_path, {**good, **ended})[1] == ""


def test_a_file_that_is_not_there_is_no_problem(tmp_path):
    assert read_manifest(tmp_path / "m.json") == (None, "")
    (tmp_path / "file").write_text("")
    assert read_manifest(tmp_path / "file/m.json") == (None, "")


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("parameters", 5, "parameters should be names with values, not 5 (int)"),
        ("inputs", "x", "inputs should be names with values, not 'x' (str)"),
        ("inputs", {"notebook": "n"}, "inputs.package should be a value, not missing"),
        ("versions", {"python": 3.11}, "versions.python should be text"),
        ("sources", {"deal/events": "t"}, "sources.deal/events should be names with values"),
        ("started_utc", "yesterday", "started_utc should be a time in ISO 8601"),
        ("seconds", "long", "seconds should be a number"),
        ("state", "done", "state should be one of 'running', 'ok' or 'failed'"),
        ("error", "boom", "error should be names with values"),
        ("error", {"cell": "7"}, "error.cell should be a whole number"),
        ("step", [1], "step should be names with values"),
        ("run", None, "run should be text, not None"),
    ],
)
def test_a_part_of_another_type_is_named(tmp_path, good, part, value, problem):
    manifest, found = read(tmp_path, {**good, part: value})
    assert manifest is None
    assert found.startswith("m.manifest.json is no manifest: ")
    assert problem in found


def test_many_parts_are_counted(tmp_path):
    assert "; and 14 more" in read(tmp_path, {})[1]


@pytest.mark.parametrize("content", ["", "{", "[]", "5", "null", "[" * 100_000])
def test_what_is_no_json_object_is_no_manifest(tmp_path, content):
    manifest, problem = read(tmp_path, content)
    assert manifest is None
    assert "is no manifest" in problem
