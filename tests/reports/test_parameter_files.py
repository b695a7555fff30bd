"""Files that parameters name: where they are looked for, and how their paths are kept."""

from pathlib import Path

import pytest

from research.reports.catalog import NOTEBOOKS
from research.reports.fingerprint import collect_inputs
from research.reports.parameter_files import file_values, locate_files

(MARKETS,) = [spec for spec in NOTEBOOKS if spec.name == "01_market_reactions"]
(TARIFFS,) = [spec for spec in NOTEBOOKS if spec.name == "03_tariffs"]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folder of the user and folder of the project."""
    here, project = tmp_path / "here", tmp_path / "project"
    for place in (here, project / "own"):
        place.mkdir(parents=True)
    monkeypatch.setenv("RESEARCH_ROOT", str(project))
    return here, project


def located(here, **parameters):
    found, faults = locate_files(TARIFFS, parameters, here)
    assert faults == []
    return found


def missing(here, **parameters):
    found, faults = locate_files(TARIFFS, parameters, here)
    assert found == parameters
    return [(fault.where, fault.found) for fault in faults]


def test_only_a_value_with_the_ending_of_its_field_is_a_file():
    values = {"scenario": "x/a.yaml", "counterfactual": "deal_15", "elasticity_set": "b.yaml"}
    assert file_values(TARIFFS, values) == {"scenario": "x/a.yaml"}
    for value in ("2026-07-24", "a.yml", "a.csv", ".yaml", "yaml"):
        assert file_values(TARIFFS, {"scenario": value}) == {}
    assert file_values(MARKETS, {"source": "a.csv", "event_id": "a.csv"}) == {"source": "a.csv"}


def test_a_file_is_looked_for_where_the_user_stands_first(places):
    here, project = places
    for place in (here, project):
        (place / "a.yaml").touch()
    assert located(here, scenario="a.yaml") == {"scenario": str(here / "a.yaml")}
    (here / "a.yaml").unlink()
    assert located(here, scenario="a.yaml") == {"scenario": "a.yaml"}


@pytest.mark.parametrize(
    "asked", ["../project/own/a.yaml", "own/a.yaml", "own/../own/a.yaml", "own/a.yaml/"]
)
def test_a_path_inside_the_project_is_kept_without_the_machine(places, asked):
    here, project = places
    (project / "own/a.yaml").touch()
    assert located(here, scenario=asked) == {"scenario": "own/a.yaml"}


def test_a_link_keeps_its_name_whatever_it_leads_to(places):
    here, project = places
    (here / "data.txt").touch()
    for folder in (here, project / "own"):
        (folder / "link.yaml").symlink_to(here / "data.txt")
    assert located(here, scenario="link.yaml") == {"scenario": str(here / "link.yaml")}
    assert located(here, scenario="../project/own/link.yaml") == {"scenario": "own/link.yaml"}


def test_the_name_that_was_given_decides_whether_it_is_a_file(places):
    here, _ = places
    (here / "a.yaml").touch()
    (here / "link.txt").symlink_to(here / "a.yaml")
    assert located(here, scenario="link.txt") == {"scenario": "link.txt"}


def test_dots_behind_a_link_to_a_folder_lead_where_the_system_says(places):
    here, project = places
    (here / "folder").symlink_to(project / "own")
    for file in (here / "a.yaml", project / "a.yaml"):
        file.write_text(str(file))
    found = located(here, scenario="folder/../a.yaml")["scenario"]
    assert Path(found).read_text() == str(project / "a.yaml")


def test_every_missing_file_is_a_fault_of_its_parameter(places):
    here, _ = places
    assert missing(here, scenario="a.yaml", counterfactual="b.yaml") == [
        ("03_tariffs, scenario", "no file 'a.yaml'"),
        ("03_tariffs, counterfactual", "no file 'b.yaml'"),
    ]


@pytest.mark.parametrize(
    "path",
    ["folder.yaml", "a\0.yaml", "\ud800.yaml", "a" * 900 + ".yaml", "a.yaml/b.yaml", "~.yaml"],
)
def test_what_is_no_file_is_a_fault_and_no_crash(places, path):
    here, _ = places
    (here / "folder.yaml").mkdir()
    (here / "a.yaml").touch()
    ((where, found),) = missing(here, scenario=path)
    assert (where, found[:9]) == ("03_tariffs, scenario", "no file '")
    assert len(found) < 300
    assert locate_files(MARKETS, {"source": path.replace(".yaml", ".csv")}, here)[1]


def test_a_loop_of_links_is_no_file(places):
    here, _ = places
    (here / "a.yaml").symlink_to(here / "b.yaml")
    (here / "b.yaml").symlink_to(here / "a.yaml")
    assert missing(here, scenario="a.yaml") == [("03_tariffs, scenario", "no file 'a.yaml'")]


def test_one_file_for_two_parameters_is_digested_once(places, monkeypatch):
    monkeypatch.delenv("RESEARCH_ROOT")
    here, _ = places
    (here / "a.yaml").write_bytes(b"abc")
    asked = located(here, scenario="a.yaml", counterfactual="a.yaml")
    # The digest of "abc" as FIPS 180-2 prints it.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert collect_inputs(TARIFFS, asked)["files"] == {str(Path(here / "a.yaml")): digest}
