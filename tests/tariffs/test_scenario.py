"""Scenarios: what a file may say, what it means, and how wrong ones are refused."""

from datetime import date

import pytest

from research import paths
from research.data import load_table
from research.errors import InputError
from research.tariffs.law import FIRST_DAY
from research.tariffs.rates import japan_goods
from research.tariffs.scenario import (
    find_scenario,
    load_scenario,
    read_scenario,
    scenario_names,
    scenario_of,
)

HEAD = "title: own\nreason: a test\nrates:\n"
LINE = "  - {importer: USA, exporters: [JPN], rate_share: 0.15}\n"
FILE = """\
title: own
reason: a test
rates:
  - {importer: USA, exporters: [JPN], law_of: 2025-09-16}
  - {importer: USA, exporters: [all], sectors: [MVH, STL], rate_share: 0.25}
retaliation:
  - {importer: JPN, exporters: [USA], rate_share: 0.1}
revenue_use: income_tax
labour_supply_elasticity: 0.5
"""


DEAL = date(2025, 9, 16)
MEASURE = {
    "track": "ieepa",
    "goods": ["general"],
    "rate_share": 0.2,
    "basis": "add_on",
    "effective_date": DEAL,
    "known_date": DEAL,
    "source": "a test",
}


def line(rate_share=None, **more):
    return {"importer": "USA", "exporters": ["JPN"], "rate_share": rate_share} | more


def content(**changes):
    rate = {"importer": "USA", "exporters": ["JPN"], "rate_share": 0.15}
    return {"title": "own", "reason": "a test", "rates": [rate]} | changes


def faults_with(changes):
    with pytest.raises(InputError) as caught:
        scenario_of(content() | changes, "own")
    return [str(fault) for fault in caught.value.faults]


def test_a_file_is_read(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    scenario = read_scenario(path)
    assert (scenario.name, scenario.title, scenario.revenue_use) == ("mine", "own", "income_tax")
    assert len(scenario.lines(retaliation=False)) == 2
    assert scenario.lines(retaliation=True)[-1].importer == "JPN"


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_of_the_package_loads(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.reason.endswith(".")


def test_a_day_is_the_law_of_that_day():
    scenario = load_scenario("2026-07-24")
    assert str(scenario.rates[0].law_of) == "2026-07-24"
    assert scenario.title == "law of 24 July 2026"


def test_after_the_schedule_title_and_reason_say_how_far_it_goes():
    law = load_table("tariffs/us_tariff_timeline_japan")
    last = law.loc[law["covers_japan"] == "yes", "effective_date"].max()
    end = f"as far as the schedule goes, to {last.day} {last:%B %Y}"
    scenario = load_scenario("2099-01-01")
    assert scenario.title == f"law of 1 January 2099, {end}"
    assert scenario.reason.endswith(f"law of 1 January 2099, with later corrections, {end}.")
    dated = {"importer": "USA", "exporters": ["JPN"], "law_of": date(2099, 1, 1)}
    own = scenario_of(content(rates=[dated]), "own")
    assert (own.title, own.reason) == (f"own, {end}", f"a test, {end}.")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a project's folder with the tables of this one."""
    (tmp_path / "data").symlink_to(paths.data())
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    return tmp_path


def faults_of(asked):
    with pytest.raises(InputError) as caught:
        find_scenario(str(asked))
    return [str(fault) for fault in caught.value.faults]


def faults_in(folder, text):
    file = folder / "mine.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return faults_of(file)


def test_a_path_starts_at_the_project_unless_it_is_whole(project, tmp_path_factory):
    (project / "own").mkdir()
    (project / "own/mine.yaml").write_text(HEAD + LINE)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "other.yaml"
    elsewhere.write_text(HEAD.replace("own", "other") + LINE)
    assert find_scenario("own/mine.yaml").title == "own"
    assert find_scenario(str(elsewhere)).title == "other"


def test_a_name_or_a_day_is_no_file(project):
    for name in scenario_names():
        (project / f"{name}.yaml").write_text(HEAD + LINE)
        assert find_scenario(name) == load_scenario(name)
    assert find_scenario("2025-09-16").rates == load_scenario("deal_15").rates


@pytest.mark.parametrize("asked", ["deal_51", "Deal_15", "deal-15"])
def test_an_unknown_name_is_told_the_nearest_and_all_others(asked):
    (fault,) = faults_of(asked)
    assert fault.endswith(f"found '{asked}'. Did you mean deal_15?")
    assert all(name in fault for name in scenario_names())


@pytest.mark.parametrize(
    "asked", ["", ".yaml", "mine.yml", "mine.YAML", "x\ny", "20260724", "24 July 2026"]
)
def test_what_is_neither_name_nor_day_nor_file_is_refused(asked):
    (fault,) = faults_of(asked)
    assert "or a day such as 2026-07-24; found" in fault


@pytest.mark.parametrize("asked", ["2026-02-30", "2026-13-01", "0000-01-01", "٢٠٢٦-٠٧-٢٤"])
def test_a_day_that_no_calendar_has_is_refused(asked):
    assert "a day of the calendar" in faults_of(asked)[0]


def test_the_first_day_of_the_schedule_is_taken_and_the_one_before_is_not():
    day = FIRST_DAY.date()
    assert find_scenario(day.isoformat()).rates[0].law_of == day
    (fault,) = faults_of(day.replace(year=day.year - 1))
    assert f"{day:%Y-%m-%d}" in fault
    assert "Timestamp" not in fault


def test_a_folder_or_no_file_at_all_is_refused(project):
    (project / "folder.yaml").mkdir()
    assert faults_of("folder.yaml")[0].startswith("folder.yaml: asked for plain YAML; found not a")
    assert "No such file" in faults_of("none.yaml")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names with values; found None"),
        ("[1, 2]", "names with values; found [1, 2]"),
        ("title: own\ntitle: two\n", "the same key twice: title"),
        (f"{HEAD}{LINE}name: other\n", "mine, name: asked for the name of the file"),
    ],
)
def test_a_file_that_is_no_scenario_is_one_fault(tmp_path, text, words):
    (fault,) = faults_in(tmp_path, text)
    assert words in fault


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path):
    lines = [
        "{importer: USA, exporters: [JAP], sectors: [CARS], rate_share: 15}",
        "{importer: US, exporters: [JPN], rate_share: 0.15, rateshare: 0.15}",
        "{importer: USA, exporters: [JPN], law_of: yes}",
    ]
    found = faults_in(tmp_path, HEAD + "".join(f"  - {line}\n" for line in lines))
    for where, words in (
        ("rates, entry 1, rate_share", "For 15 % write 0.15"),
        ("rates, entry 1, exporters, entry 1", "found 'JAP'. Did you mean JPN?"),
        ("rates, entry 1, sectors, entry 1", "found 'CARS'"),
        ("rates, entry 2, rateshare", "law_of, measures; found 0.15. Did you mean rate_share?"),
        ("rates, entry 2, importer", "found 'US'. Did you mean USA?"),
        ("rates, entry 3, law_of", "a date such as 2025-08-07"),
    ):
        (fault,) = [one for one in found if one.startswith(f"mine, {where}: ")]
        assert words in fault
    assert len(found) == 6


@pytest.mark.parametrize(
    "day", ["yes", "2025", "'2025-09-16'", "2025-09-16 10:00:00", "[2025-09-16]", "null"]
)
def test_a_day_that_is_no_date_is_refused(tmp_path, day):
    found = faults_in(tmp_path, HEAD + f"  - {{importer: USA, exporters: [JPN], law_of: {day}}}\n")
    assert len(found) == 1
    asked = "either rate_share or law_of" if day == "null" else "a date such as 2025-08-07"
    assert f"rates, entry 1{'' if day == 'null' else ', law_of'}: asked for {asked}" in found[0]


@pytest.mark.parametrize("rate", ["15 %", "true", ".nan", ".inf", "-.inf", "1e400", "-0.1", "2.01"])
def test_a_rate_that_is_no_share_is_refused(tmp_path, rate):
    found = faults_in(tmp_path, HEAD + LINE.replace("0.15", rate))
    assert found[0].startswith("mine, rates, entry 1, rate_share: asked for a")
    assert len(found) == 1


@pytest.mark.parametrize("field", ["title", "reason"])
@pytest.mark.parametrize(
    "words",
    [
        "<b>own</b>",
        "$x$",
        "**own**",
        "`own`",
        "[a](b)",
        "a\u202eb",
        " ",
        "__own__",
        "~~own~~",
        "&lt;b&gt;",
        "ftp://x",
    ],
)
def test_words_for_the_report_are_plain(tmp_path, field, words):
    text = "".join(
        f"{name}: '{words if name == field else 'own'}'\n" for name in ("title", "reason")
    )
    (fault,) = faults_in(tmp_path, text + "rates:\n" + LINE)
    assert (
        f"mine, {field}: asked for plain words without any of < > & $ * _ ~ ` [ ] | \\ ://" in fault
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate": []}, "rate: asked for one of name, title"),
        ({"revenue_use": "burnt"}, "lump_sum"),
        ({"labour_supply_elasticity": -0.1}, "at least 0"),
        ({"firm_pass_through": 0.0}, "above 0"),
        ({"firm_pass_through": 1.1}, "at most 1"),
        ({"deficit_left_share": 2.0}, "at most 1"),
        ({"rates": [line(law_of=None)]}, "either rate_share or law_of"),
        ({"rates": [line(0.1, law_of=DEAL)]}, "either rate_share or law_of"),
        ({"rates": [line(-0.1)]}, "a share from 0"),
        ({"rates": [line(0.1, exporters=[])]}, "at least one exporter"),
        ({"rates": [line(0.1, exporters=["USA"])]}, "other countries among exporters"),
        ({"rates": [line(0.1, exporters=["JPN", 3])]}, "exporters, entry 2: asked for text"),
        ({"rates": [line(law_of=DEAL, exporters=["CHN"])]}, "known for USA on JPN alone"),
        ({"rates": [line(law_of=DEAL, sectors=["MVH"])]}, "all sectors where the rate is"),
        ({"rates": [line(0.1, measures=[MEASURE])]}, "measures only beside law_of"),
        ({"rates": [line(law_of=date(2024, 1, 1))]}, "2025-01-01"),
        ({"rates": [line(law_of=DEAL, measures=[MEASURE | {"goods": ["car"]}])]}, "mean cars?"),
        ({"rates": [line(law_of=DEAL, measures=[MEASURE | {"rate_share": 25}])]}, "write 0.25"),
        ({"rates": [line(0.1)] * 201}, "at most 200 values"),
        ({1: "x"}, "1: asked for a name that is text"),
    ],
)
def test_wrong_fields_are_refused(changes, words):
    (fault,) = faults_with(changes)
    assert words in fault


def test_good_measures_are_taken_and_hold_on_their_day(tmp_path):
    own = scenario_of(content(rates=[line(law_of=DEAL, measures=[MEASURE])]), "own")
    assert own.rates[0].measures[0].goods == ("general",)
    known = list(japan_goods().index)
    every = line(law_of=DEAL, measures=[MEASURE | {"goods": known}])
    assert scenario_of(content(rates=[every]), "own").rates[0].measures
