"""One loader for all tables: every kind of damage is caught, a read is checked and kept once."""

import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.data import catalog, load_table
from research.data.catalog import seal
from research.data.content import differences
from research.data.tables import examine, labels
from research.errors import DataError, InputError

TABLES = [name for name in catalog.names() if catalog.path(name).suffix == ".csv"]
SERIES = "market/series"

every_table = pytest.mark.parametrize("name", TABLES)


def run(script):
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@every_table
def test_a_row_twice_is_caught(name, copy):
    copy.rows(name, lambda lines: [*lines, lines[-1]])
    keys = ("each value once", "each key once", "a date above", "no further row", "one of")
    asked = [fault.asked for fault in examine(name)[1]]
    assert any(one.startswith(keys) for one in asked), asked


@pytest.mark.parametrize("name", [SERIES, "deal/events", "jobs/gdp_deflator"])
def test_columns_too_many_renamed_and_swapped_are_caught(name, copy, has_fault):
    def change(lines):
        cells = [line.rstrip("\n").split(",", 2) for line in lines]
        return [",".join([*one[1::-1], *one[2:], "extra"]) + "\n" for one in cells]

    if name == SERIES:
        copy.rows(name, change)
        has_fault(examine(name)[1], "column name", "this column in this place", "it there")
    else:
        copy.rows(name, lambda lines: [line.rstrip("\n") + ",extra\n" for line in lines])
    first = copy.file(name).read_text().split(",", 1)[0]
    copy.edit(name, lambda content: b"renamed" + content[len(first) :])
    faults = examine(name)[1]
    has_fault(faults, "column extra", "no such column", "it there")
    has_fault(faults, f"column {first}", "this column", "none of that name")
    has_fault(faults, f"data/{name}.csv", "SHA-256", "…")


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_byte_of_table_or_sidecar_is_covered_by_the_digests(data, tmp_path_factory):
    name = data.draw(st.sampled_from(catalog.names()))
    original = data.draw(st.sampled_from([catalog.path(name), catalog.sidecar_path(name)]))
    content = bytearray(original.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    root = tmp_path_factory.mktemp("flip")
    folder = root / "data" / name.partition("/")[0]
    folder.mkdir(parents=True)
    for file in (catalog.path(name), catalog.sidecar_path(name)):
        (folder / file.name).write_bytes(bytes(content) if file == original else file.read_bytes())
    (root / "data/checksums.sha256").write_bytes(catalog.checksums_path().read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCH_ROOT", str(root))
        (fault,) = catalog.digest_faults(name)
        assert original.name in fault.where


def test_files_without_a_line_among_the_digests_are_refused(copy, has_fault):
    (copy.folder / "checksums.sha256").unlink()
    faults = examine(SERIES)[1]
    has_fault(faults, "data/market/series.csv", "a line of data/checksums.sha256", "…")
    has_fault(faults, "data/market/series.yaml", "a line of data/checksums.sha256", "…")


@pytest.mark.parametrize(
    ("change", "where", "asked", "found"),
    [
        (lambda text: b"", "line 1", "a heading", "[]"),
        (lambda text: text[:-30], "line 132", "8 cells", "5"),
        (
            lambda text: text.replace(b"NVDA,NVIDIA,", b"NVDA,NVIDIA,more,"),
            "line 8",
            "8 cells",
            "9",
        ),
        (lambda text: text.replace(b"NVDA,NVIDIA", b'NVDA,"NVI"DIA'), "line 8", "CSV", "expected"),
        (lambda text: text.replace(b"group", b"name", 1), "line 1", "each name once", "name"),
        (lambda text: text.replace(b"NVIDIA", b"NVIDI\xc4"), "csv", "text in UTF-8", "byte 0xc4"),
        (lambda text: text.replace(b"\n", b"\r\n"), "series.csv", "SHA-256", "…"),
        (lambda text: text.replace(b"chip,XNYS", b"chip,XLON"), "calendar", "one of XTKS", " more"),
    ],
)
def test_damage_of_the_file_is_named(change, where, asked, found, copy, has_fault):
    copy.edit(SERIES, change)
    has_fault(examine(SERIES)[1], where, asked, found)
    with pytest.raises(DataError):
        load_table(SERIES)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("title: ", "titel: ", "title: asked for a value; found nothing"),
        ("title: ", "titel: ", "titel: asked for one of title, description"),
        ("type: count", "type: many", "returns_count, type: asked for one of 'text', 'number'"),
        ("min: 1, max: 1000", "min: 1", "returns_count: asked for both min and max, or neither"),
        ("title: Series", "title: [Series", "asked for YAML in UTF-8"),
    ],
)
def test_damage_of_the_sidecar_is_named(old, new, part, copy):
    copy.swap(SERIES, old, new, ".yaml")
    assert any(part in str(fault) for fault in examine(SERIES)[1])


def test_a_table_is_read_and_digested_once_a_process():
    script = (
        "from research.data import catalog, load_table\n"
        "seen, digest = [], catalog.file_digest\n"
        "catalog.file_digest = lambda file: seen.append(file) or digest(file)\n"
        "for _ in range(3):\n"
        "    load_table('market/daily_returns_bp'), load_table('jobs/bea_use_2023_musd')\n"
        "print(len(seen) == len(set(seen)), sorted(catalog.tables_read()))"
    )
    # Tables read to check others are not among those that a report declares.
    assert run(script) == "True ['jobs/bea_use_2023_musd', 'market/daily_returns_bp']"


@pytest.mark.parametrize("name", ["market/daily_returns_bp", SERIES, "jobs/gdp_deflator"])
def test_a_loaded_table_may_be_changed_without_harm(name):
    first, before = load_table(name), load_table(name).copy()
    first.iloc[0] = first.iloc[1]
    first.index.name = "spoilt"
    pd.testing.assert_index_equal(load_table(name).index, before.index)
    again = load_table(name)
    assert again.equals(before)
    assert again.index.name == before.index.name


def test_a_table_changed_after_a_good_load_is_read_again(copy):
    load_table(SERIES)
    copy.swap(SERIES, "NVIDIA", "NVIDIO")
    with pytest.raises(DataError, match="research data seal"):
        load_table(SERIES)
    seal(SERIES)
    assert load_table(SERIES).loc["NVDA", "name"] == "NVIDIO"


@pytest.mark.parametrize("name", ["series", "../secret/x", "market/series.csv", "a/b/c", ""])
def test_a_name_of_another_form_is_refused(name):
    with pytest.raises(InputError, match="market/series"):
        load_table(name)


def test_a_misspelt_name_is_told_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean market/series\?"):
        load_table("market/series/")


def test_labels_are_written_out_or_read_from_a_table():
    assert labels(["deal/project_rounds.round", "3"]) == ["1", "2", "3"]
    assert len(labels("jobs/bea_codes.code where kind = value_added")) == 3


names = st.lists(st.text("abcd", min_size=1, max_size=4), min_size=2, max_size=8, unique=True)


@settings(deadline=None)
@given(names, st.data())
def test_differences_go_by_label_not_by_place(some, data):
    printed = pd.Series(range(len(some)), some, dtype=float)
    shuffled = printed.loc[data.draw(st.permutations(some))]
    assert differences(shuffled, printed, 0, "table", "sum") == []
    off = shuffled.copy()
    off[some[0]] += 3
    (fault,) = differences(off, printed, 2, "table", "sum")
    assert fault.where == f"table, {some[0]}"
    assert differences(off, printed, 3, "table", "sum") == []
    with pytest.raises(ValueError, match="labels"):
        differences(off.rename({some[0]: "other"}), printed, 1, "table", "sum")
