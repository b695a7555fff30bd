import errno
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from research import paths
from research import shared as module
from research.data import catalog, load_table
from research.shared import shared

SOURCE = Path(module.__file__).parent


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(paths.data())
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    monkeypatch.setenv("RESEARCH_SHARED", "strict")
    return tmp_path


@pytest.fixture
def calls():
    return []


@pytest.fixture
def double(root, calls):
    def double(x, *, by=2):
        importlib.import_module("research.data.listed")
        calls.append(x)
        codes = load_table("tariffs/region_codes")
        return pd.DataFrame({"twice": [by * x / 3]}, codes.index[:1])

    double.__module__ = "research.tariffs.toy"
    return shared(double)


def kept(root):
    return [*(root / "reports" / ".work" / "shared").glob("*/*.json")]


def test_the_second_who_asks_reads_what_the_first_computed(double, calls, root):
    first = double(0.7)
    pd.testing.assert_frame_equal(double(x=0.7, by=2), first, check_exact=True)
    assert calls == [0.7]
    assert len(kept(root)) == 1
    assert double(0.7, by=3).iat[0, 0] != first.iat[0, 0]
    double(1), double(1.0), double(True)
    assert len(calls) == 5


def test_who_reads_it_has_read_its_tables_and_its_modules(double, monkeypatch):
    load_table("tariffs/region_codes")  # read before: it counts all the same
    with catalog.noting() as first:
        double(1)
    monkeypatch.delitem(sys.modules, "research.data.listed")
    with catalog.noting() as second:
        double(1)
    assert first == second == {"tariffs/region_codes"}
    assert "research.data.listed" in sys.modules


@pytest.mark.parametrize("change", [lambda x: x[:-9], lambda x: x.replace(b"array", b"arrow"),
                                    lambda x: b"", lambda x: b"\xff" + x])  # fmt: skip
def test_a_damaged_file_is_computed_anew(double, calls, root, change):
    first = double(1)
    (file,) = kept(root)
    whole = file.read_bytes()
    file.write_bytes(change(whole))
    pd.testing.assert_frame_equal(double(1), first)
    assert calls == [1, 1]
    assert file.read_bytes() == whole


def test_a_table_that_was_edited_is_found_as_ever(double, calls, root):
    double(1)
    (root / "data").unlink()
    shutil.copytree(SOURCE.parents[1] / "data", root / "data", ignore=lambda *_: {"cache"})
    double(1)
    assert calls == [1]
    with (root / "data" / "tariffs" / "region_codes.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(Exception, match="region_codes is not as it should be"):
        double(1)


def test_where_nothing_can_be_written_it_is_computed(double, calls, root, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "replace_file", full)
    assert double(3).iat[0, 0] == double(3).iat[0, 0] == 2
    assert calls == [3, 3]
    shutil.rmtree(root / "reports")
    (root / "reports").write_text("no folder")
    assert double(3).iat[0, 0] == 2


def test_it_can_be_turned_off_and_is_off_outside_of_runs(double, calls, root, monkeypatch):
    monkeypatch.setenv("RESEARCH_SHARED", "off")
    double(1)
    monkeypatch.delenv("RESEARCH_SHARED")
    double(1)
    monkeypatch.setenv("RESEARCH_SHARED", "on")
    module._code.cache_clear()
    monkeypatch.setattr(catalog, "LOADED_NS", 0)  # code was changed after this process had it
    double(1)
    assert calls == [1, 1, 1]
    assert not kept(root)


def test_a_result_that_does_not_come_back_is_not_kept(root, monkeypatch):
    def odd():
        return {1, 2}

    odd.__module__ = "research.tariffs.toy"
    with pytest.raises(TypeError, match="set cannot be kept"):
        shared(odd)()
    monkeypatch.setenv("RESEARCH_SHARED", "on")
    assert shared(odd)() == {1, 2}
    assert not kept(root)
    odd.__module__ = "__main__"
    with pytest.raises(TypeError, match="none of the package"):
        shared(odd)


def test_only_the_latest_results_are_kept(double, root, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 6)
    for x in range(20):
        double(x)
    assert 0 < len(kept(root)) <= 6


def test_a_changed_callee_of_another_module_computes_anew_and_two_at_once_do_it_once(root):
    """In processes of their own, with a copy of the package."""
    package = root / "src" / "research"
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__", "report"))
    (package / "tariffs" / "beneath.py").write_text("def times(x):\n    return 3 * x\n")
    (package / "tariffs" / "toy.py").write_text(
        "import time\nfrom research.shared import shared\nfrom research.tariffs import beneath\n"
        "@shared\ndef answer(x, log):\n    time.sleep(1)\n    open(log, 'a').write('x')\n"
        "    return beneath.times(x)\n"
    )
    log = root / "log"
    code = f"from research.tariffs.toy import answer\nprint(answer(2.5, {str(log)!r}))"
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}

    def start():
        command = [sys.executable, "-c", code]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    said = [one.communicate()[0] for one in [start(), start()]]
    assert said == ["7.5\n", "7.5\n"]
    assert log.read_text() == "x"
    (package / "tariffs" / "beneath.py").write_text("def times(x):\n    return 4 * x\n")
    assert start().communicate()[0] == "10.0\n"
    assert log.read_text() == "xx"
    assert len(kept(root)) == 1  # what older code gave is gone
