"""Notebooks and their parameters: declared once, checked before anything runs."""

import re
from datetime import datetime

import papermill
import pytest

from research.data.groups import NOT_SHARES
from research.data.listed import read_column
from research.errors import DataError, InputError, RunError, nearest
from research.report.notebooks import (
    NOTEBOOKS,
    check_parameters,
    declared,
    locate_files,
    select,
)
from research.values import parse_yaml

MARKETS, JOBS, TARIFFS, DEAL = NOTEBOOKS[:4]


@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_a_notebook_declares_its_parameters_as_papermill_reads_them(spec):
    told = papermill.inspect_notebook(str(spec.path))
    known = spec.declared()
    assert list(known) == list(told) == list(spec.model().model_fields)
    for name, one in known.items():
        assert one.meaning.startswith(told[name]["help"])
        assert one.meaning, name
        assert parse_yaml(str(told[name]["default"]).replace("'", '"')) == one.default
    assert check_parameters(spec, {}) == (spec.defaults(), [])
    assert spec.question.endswith("?")


def test_a_comment_and_a_default_are_read_whole():
    found = declared('a: str = "x # y"  # of # two\nb: list = [\n    1,\n]  # many\nc: int = -1')
    assert [(n, one.type, one.default, one.meaning) for n, one in found.items()] == [
        ("a", "str", "x # y", "of # two"),
        ("b", "list", [1], "many"),
        ("c", "int", -1, ""),
    ]


def test_a_parameters_cell_that_strays_from_its_model_is_told(toy):
    spec = toy.SPECS[0]
    text = spec.path.read_text()
    spec.path.write_text(text.replace("pause: float", "sleep: float"))
    lost, odd = faults(spec)
    assert lost.startswith("01_one, pause: asked for a value")
    assert "a known parameter; found 'sleep'" in odd
    spec.path.write_text(text.replace("0.0  #", "time.time()  #"))
    with pytest.raises(RunError, match="name: type = default"):
        check_parameters(spec, {})


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', '{"cells": [1]}', "{}", None])
def test_a_file_that_is_no_notebook_is_told(toy, content):
    spec = toy.SPECS[0]
    spec.path.unlink() if content is None else spec.path.write_text(content)
    with pytest.raises(DataError, match=r"notebooks/01_one\.ipynb"):
        spec.cells()


def test_notebooks_are_found_by_name_each_once_and_unknown_ones_named_with_the_nearest(toy):
    assert select([], toy.SPECS) == list(toy.SPECS)
    assert select(["02_two", "02_two.ipynb"], toy.SPECS) == [toy.SPECS[1]]
    with pytest.raises(InputError, match="Did you mean 01_one") as caught:
        select(["01_on", "../01_one", "02_two"], toy.SPECS)
    assert [fault.found for fault in caught.value.faults] == ["'01_on'", "'../01_one'"]
    assert nearest("zzz", ["alpha", "beta"]) == "Known: alpha, beta."


# Values


def faults(spec, **given):
    parameters, found = check_parameters(spec, given)
    assert (parameters == {}) == bool(found)
    return [str(fault) for fault in found]


BAD = [
    *[(MARKETS, "event_id", value) for value in (5, ["deal_announced"], "deal_anounced")],
    *[(MARKETS, "groups", value) for value in ([], "chip", ["chip", "chip"], ["chip", 1])],
    *[(MARKETS, "groups", ["chip", group]) for group in NOT_SHARES],
    *[(MARKETS, "firms", value) for value in ([], "7203.T", ["7203.T"] * 2, ["Toyota"], ["SMH"])],
    *[(MARKETS, "window", value) for value in ([0], [0, 1, 2], [1, 0], [-21, 0], [0, 21])],
    *[(MARKETS, "window", value) for value in ([0.0, 1.0], ["0", "1"], [False, True])],
    *[(MARKETS, "estimation", value) for value in ([-50, -11], [-69, -11], [-401, -11])],
    *[(MARKETS, "source", value) for value in ("", "Yahoo", "prices.xlsx", "prices\n.csv")],
    (MARKETS, "model", "markets"),
    (MARKETS, "evnt_id", "x"),
    *[(JOBS, "horizon", value) for value in ([2025, 2040], [2030, 2040], [2029, 2030])],
    *[(JOBS, "horizon", value) for value in ([2026, 2061], [2026, 2026.5])],
    *[(JOBS, "price_year", value) for value in (2011, 2026)],
    *[(JOBS, "delta", value) for value in (-0.1, 1.0)],
    *[(JOBS, "draws", value) for value in (499, 50_001)],
    *[(JOBS, "states", value) for value in ([], ["Arizona", "Arizona"], ["Arizonia"])],
    (JOBS, "rungs", {"a": "b"}),
    *[(TARIFFS, "scenario", value) for value in ("", "x" * 1001, 15, ["deal_15"])],
    *[(TARIFFS, "scenario", value) for value in ("a\nb.yaml", "\u202elmay.yaml")],
    (TARIFFS, "scenario", datetime(2026, 7, 24, 12, 0)),
    *[(TARIFFS, "counterfactual", value) for value in ("a\0.yaml", None)],
    *[(TARIFFS, "elasticity_set", value) for value in (1.01, "", "cp_estimate")],
    *[(TARIFFS, "model", value) for value in ("two_sectors", True)],
    *[(TARIFFS, "data_year", value) for value in (2024, "2011")],
    *[(TARIFFS, "retaliation", value) for value in ("yes", 1)],
    *[(TARIFFS, "draws", value) for value in (49, 2001, 200.0, True)],
    *[(TARIFFS, "seed", value) for value in (-1, 2**32)],
    *[(DEAL, "reading", value) for value in ("C", "both", 1)],
    *[(DEAL, "loss_rule", value) for value in ("japan first", "")],
    *[(DEAL, "life_years", value) for value in ([20], [30, 20, 40], [1.9, 20, 30], [20, 30, 81])],
    *[(DEAL, "realised_share", value) for value in ([], [0.1, 0.3], [0.1, 0.3, 1.1])],
    *[(DEAL, "discount_pct", value) for value in ([4.8], [4.8, 21.0], [0.0, 4.8])],
    *[(DEAL, "jpy_per_usd", value) for value in (49.9, "155")],
]


@pytest.mark.parametrize(("spec", "name", "value"), BAD)
def test_a_bad_value_is_a_fault_of_its_parameter_worded_by_us(spec, name, value):
    found = faults(spec, **{name: value})
    assert found
    for fault in found:
        assert name in fault
        asked = fault.partition("; found")[0]
        assert not re.search(r"validation|should|valid |error|Value|Extra|items", asked)


def test_the_bounds_themselves_are_taken():
    for spec, name, bounds in (
        (TARIFFS, "draws", (50, 2000)),
        (TARIFFS, "seed", (0, 2**32 - 1)),
        (JOBS, "draws", (500, 50_000)),
        (JOBS, "horizon", ([2029, 2031], [2026, 2060])),
        (MARKETS, "estimation", ([-70, -11], [-400, -11])),
        (MARKETS, "window", ([-10, 20], [0, 0])),
        (TARIFFS, "elasticity_set", [*read_column("tariffs/elasticity_sets", "set"), "mixture"]),
    ):
        for value in bounds:
            assert faults(spec, **{name: value}) == []


def test_parameters_are_checked_together():
    (fault,) = faults(MARKETS, window=[-5, 5], estimation=[-130, -5])
    assert "ends at session -5" in fault
    assert faults(MARKETS, window=[-5, 5], estimation=[-130, -6]) == []
    (fault,) = faults(TARIFFS, data_year=2023)
    assert "data_year 2011 for the model many_sectors" in fault
    assert faults(TARIFFS, data_year=2023, model="one_sector") == []


def test_every_fault_comes_at_once_with_what_is_meant():
    found = faults(TARIFFS, draws=1, seed=-1, model="x", elasticity_set="cp", retalation=True)
    assert len(found) == 5
    assert "Did you mean retaliation?" in "\n".join(found)
    assert "It is: seed of the draws." in "\n".join(found)
    (fault,) = faults(MARKETS, groups=["chip", "etf"])
    assert fault.startswith("01_market_reactions, groups[1]: asked for a value that market/series")
    assert "other than index and etf; found 'etf'" in fault
    assert "etf," not in fault.partition("found")[2]


def test_a_day_is_the_same_with_and_without_quotes():
    parameters, _ = check_parameters(TARIFFS, parse_yaml("{scenario: 2026-07-24}"))
    assert parameters["scenario"] == "2026-07-24"


@pytest.mark.parametrize("damage", ["missing", "column", "binary", "lost"])
def test_a_damaged_table_of_valid_values_is_a_data_error(toy, root, damage):
    table = root / "data/deal/events.csv"
    contents = {
        "column": b"id,day\n1,2\n",
        "binary": b"event_id\n\xff\xfe\n",
        "lost": table.read_bytes().replace(b"deal,1\n", b""),
    }
    table.unlink() if damage == "missing" else table.write_bytes(contents[damage])
    with pytest.raises(DataError, match=r"data/deal/events\.csv"):
        check_parameters(toy.SPECS[0], {})


# Files that parameters name


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folder of the user and folder of the project."""
    here, project = tmp_path / "here", tmp_path / "project"
    for place in (here, project / "own"):
        place.mkdir(parents=True)
    monkeypatch.setenv("RESEARCH_ROOT", str(project))
    return here, project


def located(here, **parameters):
    found, bad = locate_files(TARIFFS, parameters, here)
    assert bad == []
    return found["scenario"]


def test_a_file_is_looked_for_where_the_user_stands_first(places):
    here, project = places
    for place in (here, project):
        (place / "a.yaml").touch()
    assert located(here, scenario="a.yaml") == str(here / "a.yaml")
    (here / "a.yaml").unlink()
    assert located(here, scenario="a.yaml") == "a.yaml"


@pytest.mark.parametrize(
    "asked", ["../project/own/a.yaml", "own/a.yaml", "own/../own/a.yaml", "own/a.yaml/"]
)
def test_a_path_inside_the_project_is_kept_without_the_machine(places, asked):
    here, project = places
    (project / "own/a.yaml").touch()
    assert located(here, scenario=asked) == "own/a.yaml"


@pytest.mark.parametrize(
    "path",
    [
        *("folder.yaml", "a\0.yaml", "\ud800.yaml", "a" * 900 + ".yaml", "a.yaml/b.yaml"),
        *("~.yaml", "loop.yaml", "none.yaml"),
    ],
)
def test_what_is_no_file_is_a_fault_and_no_crash(places, path):
    here, _ = places
    (here / "folder.yaml").mkdir()
    (here / "a.yaml").touch()
    (here / "loop.yaml").symlink_to(here / "loop.yaml")
    found, (fault,) = locate_files(TARIFFS, {"scenario": path}, here)
    assert found == {"scenario": path}
    assert (fault.where, fault.found[:9]) == ("03_tariffs, scenario", "no file '")
    assert len(fault.found) < 300
