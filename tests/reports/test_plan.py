import pytest

from research.errors import DataError, InputError
from research.reports.plan import plan


def faults(specs, **asked):
    with pytest.raises(InputError) as caught:
        plan(specs, **asked)
    return [str(fault) for fault in caught.value.faults]


def test_no_wish_means_every_notebook_with_its_defaults_and_every_kept_scenario(toy):
    assert [request.run for request in plan(toy.SPECS)] == ["01_one", "02_two", "01_one__letter"]
    assert [request.run for request in plan(toy.SPECS, names=["01_one"])] == ["01_one"]
    assert plan(toy.SPECS)[0].parameters["event_id"] == "deal"


def test_a_changed_parameter_is_part_of_the_name(toy):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("event_id", "letter")])
    assert request.run == "01_one__event_id-letter"
    assert request.parameters["event_id"] == "letter"


def test_a_parameter_at_its_default_changes_nothing(toy):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("event_id", "deal")])
    assert request.run == "01_one"


def test_as_names_the_run(toy):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("pause", "1.0")], label="slow")
    assert request.run == "01_one__slow"


def test_a_scenario_carries_its_parameters_and_its_reason(toy):
    (request,) = plan(toy.SPECS, scenarios=["letter"])
    assert (request.run, request.scenario) == ("01_one__letter", "letter")
    assert request.scenario_reason == "The letter."
    assert request.parameters["event_id"] == "letter"


def test_a_parameter_beside_a_scenario_wins_and_is_named(toy):
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
        ("event_id", "lettr", "Did you mean letter?"),
        ("event_id", "2025-07-22", "asked for text; found datetime.date"),
        ("event_id", "null", "found None"),
        ("pause", "soon", "found 'soon' (str)"),
        ("pause", ".nan", "finite"),
        ("pause", "-1.0", "a number of at least 0; found -1.0"),
        ("pause", "9" * 3000, "9..."),
        ("pause", "61.0", "a number of at most 60; found 61.0"),
        ("action", "riase", "'go on', 'raise' or 'die'"),
        ("__import__('os')", "1", "a known parameter"),
        ("source", "prices.csv", "a file; found no file 'prices.csv'"),
        ("source", "../../nowhere.csv", "a file"),
    ],
)
def test_a_bad_value_is_refused_before_anything_runs(toy, name, value, part):
    (fault,) = faults(toy.SPECS, names=["01_one"], values=[(name, value)])
    assert part in fault
    assert len(fault) < 600


def test_a_parameter_given_twice_is_a_fault(toy):
    (fault,) = faults(toy.SPECS, names=["01_one"], values=[("text", "a"), ("text", "b")])
    assert "each parameter once" in fault


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


def test_a_fault_of_a_scenario_names_it(toy, root):
    file = root / "notebooks/scenarios/letter.yaml"
    file.write_text(file.read_text().replace("event_id: letter", "event_id: lettr"))
    (fault,) = faults(toy.SPECS)
    assert fault.startswith("scenario letter: 01_one, event_id: asked for")


def test_a_value_the_tables_lack_is_named_beside_one_of_a_wrong_type(toy):
    given = [("pause", "soon"), ("event_id", "lettr")]
    found = faults(toy.SPECS, names=["01_one"], values=given)
    assert len(found) == 2
    assert "Did you mean letter?" in found[1]


def test_two_runs_of_one_name_are_a_fault(toy, root):
    scenario = (root / "notebooks/scenarios/letter.yaml").read_text()
    more = scenario.replace("name: letter", "name: more")
    (root / "notebooks/scenarios/more.yaml").write_text(more)
    (fault,) = faults(toy.SPECS, scenarios=["letter", "more"], label="same")
    assert "run 01_one__same" in fault


def test_a_price_file_is_kept_relative_to_the_project(toy, root, tmp_path):
    (root / "mine.csv").write_text("date\n")
    (tmp_path / "other.csv").write_text("date\n")
    asked = {"names": ["01_one"], "here": tmp_path}
    inside = plan(toy.SPECS, values=[("source", "project/mine.csv")], **asked)[0]
    outside = plan(toy.SPECS, values=[("source", "other.csv")], **asked)[0]
    assert inside.parameters["source"] == "mine.csv"
    assert outside.parameters["source"] == str(tmp_path / "other.csv")


@pytest.mark.parametrize("damage", ["missing", "column", "binary"])
def test_a_damaged_table_of_valid_values_is_a_data_error(toy, root, damage):
    table = root / "data/deal/events.csv"
    if damage == "missing":
        table.unlink()
    else:
        table.write_bytes(b"id,day\n1,2\n" if damage == "column" else b"event_id\n\xff\xfe\n")
    with pytest.raises(DataError, match=r"data/deal/events\.csv"):
        plan(toy.SPECS)
