import subprocess
import sys

import pytest

from research import data
from research.data import catalog, load_table
from research.errors import DataError, InputError


def test_every_table_file_has_a_sidecar_and_the_reverse():
    folder = catalog.path("market/series").parents[1]
    files = {
        file.relative_to(folder).with_suffix("").as_posix()
        for ending in ("csv", "json")
        for file in folder.glob(f"*/*.{ending}")
        if file.parent.name != "cache"
    }
    assert set(catalog.names()) == files


def test_names_are_sorted_and_found():
    assert catalog.names() == tuple(sorted(catalog.names()))
    assert all(catalog.path(name).is_file() for name in catalog.names())
    assert catalog.path("tariffs/gsim_4x4_textbook").suffix == ".json"


@pytest.mark.parametrize("name", ["series", "../secret/x", "market/series.csv", "a/b/c", ""])
def test_a_name_of_another_form_is_refused(name):
    with pytest.raises(InputError, match="market/series"):
        catalog.path(name)


def test_a_misspelt_name_is_told_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean market/series\?"):
        catalog.path("market/series/")


def test_digests_follow_the_bytes(copy):
    before = catalog.sha256("market/series")
    assert before == catalog.sidecar("market/series").sha256
    copy.swap("market/series", "Nikkei 225 index", "Nikkei 226 index")
    assert catalog.sha256("market/series") != before


def test_digests_name_every_missing_table(copy):
    copy.file("market/series").unlink()
    copy.file("deal/claims").unlink()
    with pytest.raises(DataError) as caught:
        catalog.digests(["market/series", "deal/events", "deal/claims"])
    assert {fault.where for fault in caught.value.faults} == {
        "data/market/series.csv",
        "data/deal/claims.csv",
    }


def test_a_missing_sidecar_is_named(copy):
    copy.file("market/series", ".yaml").unlink()
    with pytest.raises(DataError, match=r"data/market/series.yaml: asked for a file; found none"):
        catalog.sidecar("market/series")


def test_a_sidecar_that_is_not_yaml_is_named(copy):
    copy.file("market/series", ".yaml").write_text("title: [unclosed\n")
    with pytest.raises(DataError, match=r"data/market/series.yaml: asked for a YAML file"):
        catalog.sidecar("market/series")


def test_all_faults_of_a_sidecar_are_named(copy):
    copy.swap("market/series", "title: ", "titel: ", ".yaml")
    copy.swap("market/series", "rows: 131", "rows: many", ".yaml")
    with pytest.raises(DataError) as caught:
        catalog.sidecar("market/series")
    text = str(caught.value)
    assert "field title: asked for str; found None" in text
    assert "field titel: asked for no such field" in text
    assert "field rows: asked for int; found 'many'" in text


def test_the_tables_read_are_remembered_by_name():
    load_table("deal/claims")
    assert "deal/claims" in catalog.tables_read()


def test_a_table_read_only_to_check_another_is_not_remembered():
    # Levels are read to check the returns; a notebook need not declare them.
    script = (
        "from research.data import catalog, load_table\n"
        "load_table('market/daily_returns_bp')\n"
        "print(sorted(catalog.tables_read()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['market/daily_returns_bp']"


def test_listing_and_hashing_import_no_heavy_library():
    # Libraries that a run without anything to do has no time for.
    script = (
        "import sys\n"
        "from research.data import catalog\n"
        "catalog.digests(catalog.names()), catalog.sidecar('market/series')\n"
        "print([name for name in ('numpy', 'pandas', 'pandera') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_each_table_is_loaded_by_the_function_its_sidecar_names():
    # One process: each loader must add exactly its own table to those read.
    script = (
        "from research import data\n"
        "from research.data import catalog\n"
        "for name in catalog.names():\n"
        "    before = catalog.tables_read()\n"
        "    getattr(data, catalog.sidecar(name).loader)()\n"
        "    assert catalog.tables_read() - before == {name}, name\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_no_load_function_is_without_a_table():
    named = {catalog.sidecar(name).loader for name in catalog.names()}
    loaders = {name for name in data.__all__ if name.startswith("load_")}
    assert loaders - named == {"load_market"}
