import re

import pytest

from research.errors import InputError
from research.report.files import is_run
from research.report.notebooks import NOTEBOOKS
from research.report.plan import load_scenario, parameter_label, plan, scenario_names

GOOD = (
    "name: {name}\ntitle: A day\nreason: Why.\nfinding: a.b\nnotebook: 01_one\n"
    "parameters: {{event_id: letter}}\n"
)


def faults(specs, **asked):
    with pytest.raises(InputError) as caught:
        plan(specs, **asked)
    return [str(fault) for fault in caught.value.faults]


def test_no_wish_means_every_notebook_with_its_defaults_and_every_kept_scenario(toy):
    assert [request.run for request in plan(toy.SPECS)] == ["01_one", "02_two", "01_one__letter"]
    assert [request.run for request in plan(toy.SPECS, names=["01_one"])] == ["01_one"]
    assert plan(toy.SPECS)[0].parameters["event_id"] == "deal"


def test_a_run_is_named_by_its_scenario_and_by_what_was_changed_beside_it(toy):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("event_id", "letter")])
    assert request.run == "01_one__event_id-letter"
    assert request.parameters["event_id"] == "letter"
    (request,) = plan(toy.SPECS, scenarios=["letter"])
    assert (request.run, request.parameters["event_id"]) == ("01_one__letter", "letter")
    told = request.scenario
    assert (told.name, told.title, told.reason) == ("letter", "A letter comes", "The letter.")
    (request,) = plan(toy.SPECS, scenarios=["letter"], values=[("text", "other")])
    assert request.run == "01_one__letter__text-other"


def test_a_scenario_of_another_notebook_is_refused(toy):
    (fault,) = faults(toy.SPECS, names=["02_two"], scenarios=["letter"])
    assert "scenario letter, notebook" in fault


def test_every_fault_of_every_notebook_comes_at_once(toy):
    found = faults(
        toy.SPECS, values=[("evnt_id", "x"), ("pause", "99.0"), ("text", "[1")], label="../up"
    )
    text = "\n".join(found)
    for part in ("-p text", "--as", "01_one, pause", "02_two, pause"):
        assert part in text
    assert text.count("Did you mean event_id?") == 2


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("event_id", "2025-07-22", "asked for text; found datetime.date"),
        ("pause", ".nan", "finite"),
        ("pause", "9" * 3000, "9..."),
        ("action", "riase", "'go on', 'raise' or 'die'"),
        ("__import__('os')", "1", "a known parameter"),
        ("source", "../../nowhere.csv", "a file"),
    ],
)
def test_a_bad_value_is_refused_before_anything_runs(toy, name, value, part):
    (fault,) = faults(toy.SPECS, names=["01_one"], values=[(name, value)])
    assert part in fault
    assert len(fault) < 600


@pytest.mark.parametrize("label", ["", "..", "../up", "a/b", "A", "a.html", "x" * 100, "a\n"])
def test_as_is_never_a_path(toy, label):
    assert "--as" in faults(toy.SPECS, names=["01_one"], label=label)[0]


@pytest.mark.parametrize(
    "asked",
    [
        {"names": ["01_one"]},
        {"names": ["02_two"], "values": [("text", "x")]},
        {"scenarios": ["letter"], "values": [("text", "x")]},
        {"scenarios": ["more"]},
    ],
)
def test_as_takes_no_name_of_a_scenario_that_is_not_what_runs(toy, root, asked):
    scenario = (root / "notebooks/scenarios/letter.yaml").read_text()
    more = scenario.replace("name: letter", "name: more")
    (root / "notebooks/scenarios/more.yaml").write_text(more)
    assert "'letter', a scenario" in faults(toy.SPECS, label="letter", **asked)[0]
    (request,) = plan(toy.SPECS, scenarios=["letter"], label="letter")
    assert request.run == "01_one__letter"
    (fault,) = faults(toy.SPECS, scenarios=["letter", "more"], label="same")
    assert "run 01_one__same" in fault  # two of one name


def test_a_fault_of_a_scenario_names_it(toy, root):
    file = root / "notebooks/scenarios/letter.yaml"
    file.write_text(file.read_text().replace("event_id: letter", "event_id: lettr"))
    (fault,) = faults(toy.SPECS)
    assert fault.startswith("scenario letter: 01_one, event_id: asked for")


def test_a_price_file_is_kept_relative_to_the_project(toy, root, tmp_path):
    (root / "mine.csv").write_text("date\n")
    (tmp_path / "other.csv").write_text("date\n")
    asked = {"names": ["01_one"], "here": tmp_path}
    inside = plan(toy.SPECS, values=[("source", "project/mine.csv")], **asked)[0]
    outside = plan(toy.SPECS, values=[("source", "other.csv")], **asked)[0]
    assert inside.parameters["source"] == "mine.csv"
    assert outside.parameters["source"] == str(tmp_path / "other.csv")


# Names


def test_values_that_look_alike_have_names_of_their_own():
    values = ["../x", "..-x", "A", "a", ["a_b", "c"], ["a", "b_c"], [5, 5], [-5, 5], 1.5, True, ""]
    labels = [parameter_label({"p": value}) for value in values]
    assert len(set(labels)) == len(values)
    assert all(re.fullmatch(r"p-[a-z0-9_]+", label) for label in labels)


def test_many_parameters_give_a_short_name():
    label = parameter_label({f"parameter_{number}": "x" * 30 for number in range(20)})
    assert len(label) < 40
    assert is_run(f"01_market_reactions__{label}")


# Scenarios


@pytest.mark.parametrize("name", scenario_names())
def test_each_scenario_of_the_project_is_ready_to_run(name):
    *before, request = plan(NOTEBOOKS, scenarios=[name])
    assert {*request.spec.reads} <= {one.run for one in before if not one.asked}
    assert request.run == f"{request.spec.name}__{name}"


@pytest.mark.parametrize("form", ["letter", "letter.yaml", "notebooks/scenarios/letter.yaml"])
def test_a_scenario_is_found_by_name_file_or_path(toy, root, monkeypatch, form):
    monkeypatch.chdir(root)
    assert load_scenario(form).parameters == {"event_id": "letter"}


@pytest.mark.parametrize(
    "asked",
    [
        *("", "..", "lettr", "../letter", "../../outside", "elsewhere/letter.yaml", "/etc/passwd"),
        *("LETTER", "letter\n", "letter.yaml/../letter"),
    ],
)
def test_nothing_but_a_file_of_the_folder_is_a_scenario(toy, root, asked):
    (root / "outside.yaml").write_text(GOOD.format(name="outside"))
    with pytest.raises(InputError, match="Unknown scenario"):
        load_scenario(asked)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "names with values"),
        ("[1, 2]", "names with values"),
        (GOOD.format(name="other"), "the file's name bad"),
        (GOOD.format(name="bad") + "extra: 1\n", "bad, extra: asked for one of name"),
        (GOOD.format(name="bad").replace("reason: Why.\n", ""), "bad, reason"),
        (GOOD.format(name="bad").replace("A day", "A" * 61), "bad, title.*at most 60"),
        (GOOD.format(name="bad").replace("finding: a.b\n", ""), "bad, finding"),
        (GOOD.format(name="bad").replace("{event_id: letter}", "[1]"), "bad, parameters"),
        (GOOD.format(name="bad") + "name: bad\n", "same key twice"),
        ("name: !!python/name:os.system\n", "not plain YAML"),
        (GOOD.format(name="bad") + "#" * 50_000, "more than"),
        (GOOD.format(name="bad").replace("Why.", '"a\\u202eb"'), "hidden characters"),
        (GOOD.format(name="bad").replace("Why.", "|\n  two\n  lines"), "line breaks"),
    ],
)
def test_an_incomplete_scenario_says_what_is_wrong(toy, root, content, found):
    (root / "notebooks/scenarios/bad.yaml").write_text(content)
    with pytest.raises(InputError, match=found):
        load_scenario("bad")
