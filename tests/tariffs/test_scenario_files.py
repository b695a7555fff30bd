"""States of tariffs as they are asked for: by name, by day, by file; and files that are refused."""

import tracemalloc
from itertools import pairwise

import pytest

from research import paths
from research.data import load_table
from research.errors import InputError
from research.tariffs.rates import japan_goods
from research.tariffs.scenario import find_scenario, load_scenario, scenario_names
from research.tariffs.schedule import FIRST_DAY
from research.values import MAX_FILE_CHARS

HEAD = "title: own\nreason: a test\nrates:\n"
LINE = "  - {importer: USA, exporters: [JPN], rate_share: 0.15}\n"


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


@pytest.mark.parametrize("asked", [".yaml", "x/.yaml", "mine.yml", "mine.YAML", "mine.YML"])
def test_another_ending_is_told_the_one_that_is_read(asked):
    (fault,) = faults_of(asked)
    assert fault.endswith("The ending of a file must be .yaml, in small letters and after a name.")


@pytest.mark.parametrize("asked", ["24.7.2026", "2026/07/24", "2026-7-24", "24 July 2026"])
def test_a_day_in_another_form_is_told_the_one_that_is_read(asked):
    assert faults_of(asked)[0].endswith("A day is written 2026-07-24.")


def test_a_folder_or_no_file_at_all_is_refused(project):
    (project / "folder.yaml").mkdir()
    assert faults_of("folder.yaml")[0].startswith("folder.yaml: asked for plain YAML; found Is a")
    assert "No such file" in faults_of("none.yaml")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names with values; found None"),
        ("# only a remark\n", "names with values; found None"),
        ("[1, 2]", "names with values; found [1, 2]"),
        ("deal_15", "names with values; found 'deal_15'"),
        (b"title: \xff\xfe\n", "not UTF-8 text: byte 0xff"),
        ("title: own\0\n", "not plain YAML"),
        ("title: own\ntitle: two\n", "the same key twice: title"),
        (HEAD + "  - " + "[" * 100 + "]" * 100, "nested deeper than"),
        (HEAD + LINE + "---\n" + LINE, "not plain YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "aliases"),
        ("a: &a {<<: *a}\n", "aliases"),
    ],
)
def test_a_file_that_is_no_scenario_is_one_fault(tmp_path, text, words):
    found = faults_in(tmp_path, text)
    assert words in found[0]
    assert len(found) == 1


@pytest.mark.parametrize(
    "tag", ["python/object/apply:os.system", "python/object/new:os.system", "python/name:os.system"]
)
def test_a_tag_of_python_is_refused_and_never_run(tmp_path, tag):
    ran = tmp_path / "ran"
    (fault,) = faults_in(tmp_path, f"title: !!{tag} ['touch {ran}']\n")
    assert "could not determine a constructor" in fault
    assert not ran.exists()


def test_of_an_enormous_file_only_the_beginning_is_read(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + LINE + "#" * 20_000_000)
    tracemalloc.start()
    (fault,) = faults_of(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"more than {MAX_FILE_CHARS} characters" in fault
    assert peak < 5_000_000


def test_a_file_of_just_the_longest_length_is_read(tmp_path):
    text = HEAD + LINE + "#"
    file = tmp_path / "mine.yaml"
    file.write_text(text + "é" * (MAX_FILE_CHARS - len(text)), encoding="utf-8")
    assert find_scenario(str(file)).title == "own"


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path):
    lines = [
        "{importer: USA, exporters: [JAP], sectors: [CARS], rate_share: 15}",
        "{importer: US, exporters: [JPN], rate_share: 0.15, rateshare: 0.15}",
        "{importer: USA, exporters: [JPN], law_of: yes}",
    ]
    found = faults_in(tmp_path, HEAD + "".join(f"  - {line}\n" for line in lines))
    for where, words in (
        ("rates, entry 1, rate_share", "For 15 % write 0.15"),
        ("rates, entry 1, exporters", "found 'JAP'. Did you mean JPN?"),
        ("rates, entry 1, sectors", "found 'CARS'"),
        ("rates, entry 2, rateshare", "a known field; found 0.15. Did you mean rate_share?"),
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
        "a | b",
        "a\\nb",
        "a\u202eb",
        " ",
        "__own__",
        "an _own_ one",
        "~~own~~",
        "&lt;b&gt;",
        "see http://example.org",
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


def test_words_may_run_over_lines(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "title: own\nreason: |\n  Cars at 27.5 %,\n    tools (steel) as in the 'deal'.\nrates: []\n"
    )
    scenario = find_scenario(str(tmp_path / "mine.yaml"))
    assert scenario.reason == "Cars at 27.5 %, tools (steel) as in the 'deal'."


def test_faults_of_a_file_stand_in_the_order_of_its_lines(tmp_path):
    lines = "".join(LINE.replace("JPN", f"J{n}") for n in range(5))
    found = faults_in(tmp_path, HEAD + lines)
    places = [int(fault.split("entry ")[1].split(",")[0]) for fault in found]
    assert len(places) == 5
    assert all(first < second for first, second in pairwise(places))


def test_a_long_list_of_names_is_spelt_out_once(tmp_path):
    lines = [
        "{importer: US, exporters: [JAP], sectors: [CARS], rate_share: 0.1}",
        "{importer: JPN, exporters: [USAA, CHINA], sectors: [STEEL], rate_share: 0.1}",
    ]
    found = faults_in(tmp_path, HEAD + "".join(f"  - {line}\n" for line in lines))
    text = "\n".join(found)
    for names in (
        load_table("tariffs/region_codes").index,
        load_table("tariffs/us_mfn_2025_by_sector").index,
    ):
        assert text.count(", ".join(names)) == 1
    assert found[1].endswith(
        "asked for all or one of the countries above; found 'JAP'. Did you mean JPN?"
    )
    assert "entry 2, sectors: asked for all or one of the sectors above; found 'STEEL'." in text
    assert len(found) == 6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reason: a test\nrates: []\n", "title: asked for text; found nothing."),
        ("title: own\nreason: a test\n", "rates: asked for a list; found nothing."),
        (
            HEAD + "  - {importer: USA, rate_share: 0.1}\n",
            "rates, entry 1, exporters: asked for a list; found nothing.",
        ),
        (
            HEAD + "  - {exporters: [JPN], rate_share: 0.1}\n",
            "rates, entry 1, importer: asked for text; found nothing.",
        ),
        (HEAD + LINE + "1: x\n", "1: asked for a name that is text; found 1."),
        (
            HEAD + LINE.replace("importer", "2: 1, importer"),
            "rates, entry 1, 2: asked for a name that is text; found 2.",
        ),
        (
            HEAD + LINE.replace("[JPN]", "[JPN, 3]"),
            "rates, entry 1, exporters, entry 2: asked for text; found 3.",
        ),
    ],
)
def test_what_is_missing_or_has_no_name_is_told_in_our_words(tmp_path, text, fault):
    assert faults_in(tmp_path, text) == [f"mine, {fault}"]


@pytest.mark.parametrize("field", ["exporters", "sectors"])
def test_each_name_stands_once_and_all_alone(tmp_path, field):
    name = {"exporters": "JPN", "sectors": "MVH"}[field]
    other = {"exporters": "CHN", "sectors": "STL"}[field]
    whole = {"importer": "USA", "exporters": "[JPN]", "sectors": "[all]", "rate_share": 0.1}
    for names, words in (
        (f"[{name}, {other}]", ""),
        (f"[{name}, {other}, {name}]", "each name once"),
        (f"[all, {name}]", "all alone, or names without it"),
        ("[all, all]", "all alone, or names without it"),
    ):
        entry = ", ".join(f"{key}: {value}" for key, value in (whole | {field: names}).items())
        text = HEAD + f"  - {{{entry}}}\n"
        if words:
            (fault,) = faults_in(tmp_path, text)
            assert fault.startswith(f"mine, rates, entry 1, {field}: asked for {words}; found [")
        else:
            (tmp_path / "good.yaml").write_text(text)
            assert getattr(find_scenario(str(tmp_path / "good.yaml")).rates[0], field)[0] == name


def measured(*goods):
    measures = "".join(
        f"      - {{track: ieepa, goods: [{one}], rate_share: 0.2, basis: add_on, source: a test,\n"
        "         effective_date: 2025-09-01, known_date: 2025-09-01}\n"
        for one in goods
    )
    return (
        HEAD
        + "  - importer: USA\n    exporters: [JPN]\n    law_of: 2025-09-16\n"
        + (f"    measures:\n{measures}")
    )


def test_goods_that_no_measure_can_be_on_are_told_with_their_entry(tmp_path):
    first, second = faults_in(tmp_path, measured("general, car", "gen"))
    known = ", ".join(japan_goods().index)
    assert first == (
        f"mine, rates, entry 1, measures, entry 1, goods: asked for one of {known}; found 'car'. "
        "Did you mean cars?"
    )
    assert second.startswith(
        "mine, rates, entry 1, measures, entry 2, goods: asked for one of the goods above; found"
    )
    (tmp_path / "good.yaml").write_text(measured(known))
    assert find_scenario(str(tmp_path / "good.yaml")).rates[0].measures


@pytest.mark.parametrize("digits", ["1" + "0" * 400, "0xF" + "F" * 1000])
def test_a_long_number_is_a_fault_of_its_field(tmp_path, digits):
    (fault,) = faults_in(tmp_path, measured("general").replace("0.2,", f"{digits},"))
    assert fault.startswith(
        "mine, rates, entry 1, measures, entry 1, rate_share: asked for a share from 0 to 2; found "
    )
    assert len(fault) < 200
    (fault,) = faults_in(tmp_path, HEAD + LINE.replace("0.15", digits))
    assert fault.startswith("mine, rates, entry 1, rate_share: asked for a number; found ")


def test_a_path_that_no_file_can_have_is_refused():
    assert "a path that no file can have" in faults_of("a\0.yaml")[0]
