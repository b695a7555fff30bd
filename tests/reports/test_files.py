import os

import pytest

from research.errors import InputError
from research.reports.files import read_json, run_files, write_atomically, write_json


@pytest.mark.parametrize("run", ["", "..", "../x", "a/b", "/etc/passwd", "A", ".hidden", "a\n"])
def test_a_run_never_leads_out_of_the_reports_folder(run, tmp_path):
    with pytest.raises(InputError):
        run_files(run, tmp_path)


def test_a_link_in_place_of_a_report_is_replaced_not_followed(tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("keep")
    link = tmp_path / "report.html"
    link.symlink_to(precious)
    write_atomically(link, "page")
    assert precious.read_text() == "keep"
    assert link.read_text() == "page"
    assert not link.is_symlink()


def test_a_text_that_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "report.html"
    write_atomically(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "half \ud800")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_json_comes_back(tmp_path):
    write_json(tmp_path / "deep/m.json", {"a": "é", "b": [1, None]})
    assert read_json(tmp_path / "deep/m.json") == {"a": "é", "b": [1, None]}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_damaged_manifest_counts_as_none(tmp_path, content):
    (tmp_path / "m.json").write_bytes(content)
    assert read_json(tmp_path / "m.json") is None


def test_a_missing_manifest_counts_as_none(tmp_path):
    assert read_json(tmp_path / "m.json") is None
