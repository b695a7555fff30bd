import pytest

from research import paths
from research.errors import InputError
from research.reports.catalog import NOTEBOOKS
from research.reports.plan import plan
from research.reports.scenarios import load_scenario, names

GOOD = "name: {name}\nreason: Why.\nnotebook: 01_one\nparameters: {{event_id: letter}}\n"


@pytest.mark.parametrize("name", names())
def test_each_scenario_of_the_project_is_ready_to_run(name):
    (request,) = plan(NOTEBOOKS, scenarios=[name])
    assert request.run == f"{request.spec.name}__{name}"


@pytest.mark.parametrize("form", ["letter", "letter.yaml", "notebooks/scenarios/letter.yaml"])
def test_a_scenario_is_found_by_name_file_or_path(toy, root, monkeypatch, form):
    monkeypatch.chdir(root)
    assert load_scenario(form).parameters == {"event_id": "letter"}


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "..",
        "lettr",
        "../letter",
        "../../outside",
        "elsewhere/letter.yaml",
        "/etc/passwd",
        "LETTER",
        "letter\n",
        "letter.yaml/../letter",
    ],
)
def test_nothing_but_a_file_of_the_folder_is_a_scenario(toy, root, asked):
    (root / "outside.yaml").write_text(GOOD.format(name="outside"))
    with pytest.raises(InputError, match="Unknown scenario"):
        load_scenario(asked)


def test_a_link_out_of_the_folder_is_refused(toy, root):
    (root / "secret.yaml").write_text(GOOD.format(name="link"))
    (paths.notebooks() / "scenarios/link.yaml").symlink_to(root / "secret.yaml")
    with pytest.raises(InputError, match="Unknown scenario"):
        load_scenario("link")


def test_a_misspelt_scenario_names_the_nearest(toy):
    with pytest.raises(InputError, match="Did you mean letter"):
        load_scenario("lettr")


@pytest.mark.parametrize("name", ["Bad Name", "Letter"])
def test_a_file_whose_name_breaks_the_rule_is_to_be_renamed(toy, name):
    (paths.notebooks() / f"scenarios/{name}.yaml").write_text(GOOD.format(name=name))
    with pytest.raises(InputError) as caught:
        plan(toy.SPECS)
    (fault,) = caught.value.faults
    assert "small letters" in fault.asked
    assert fault.todo == "Rename the file, and the name inside."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "asked for the keys"),
        ("[1, 2]", "asked for the keys"),
        (GOOD.format(name="other"), "the file's name bad"),
        (GOOD.format(name="bad") + "extra: 1\n", "'extra'"),
        (GOOD.format(name="bad").replace("reason: Why.\n", ""), "bad, reason"),
        (GOOD.format(name="bad").replace("{event_id: letter}", "[1]"), "bad, parameters"),
        (GOOD.format(name="bad") + "name: bad\n", "same key twice"),
        ("name: !!python/name:os.system\n", "not plain YAML"),
        (GOOD.format(name="bad") + "#" * 50_000, "more than"),
    ],
)
def test_an_incomplete_scenario_says_what_is_wrong(toy, root, content, found):
    (root / "notebooks/scenarios/bad.yaml").write_text(content)
    with pytest.raises(InputError, match=found):
        load_scenario("bad")


def test_every_fault_of_a_scenario_is_reported(toy, root):
    (root / "notebooks/scenarios/bad.yaml").write_text("name: x\nmore: 1\n")
    with pytest.raises(InputError) as caught:
        load_scenario("bad")
    assert len(caught.value.faults) == 5
