import os
import resource
from contextlib import contextmanager

import pytest

from research.errors import InputError, RunError
from research.reports.files import (
    check_writable,
    read_json,
    run_files,
    write_atomically,
    write_json,
    write_together,
)


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


@contextmanager
def nearly_full_disk():
    """Let no file grow beyond 1,000 bytes: the system then refuses as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_every_old_file_and_nothing_else(tmp_path):
    page, manifest = tmp_path / "r.html", tmp_path / "r.json"
    write_together({page: "old page", manifest: "old manifest"})
    with nearly_full_disk(), pytest.raises(RunError, match=r"r\.json.*Free some space"):
        write_together({page: "new page", manifest: "x" * 2000})
    assert (page.read_text(), manifest.read_text()) == ("old page", "old manifest")
    assert sorted(os.listdir(tmp_path)) == ["r.html", "r.json"]
    write_together({page: "new page", manifest: "x" * 2000})
    assert page.read_text() == "new page"


def test_something_else_in_the_place_of_a_file_or_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "file/r.html", tmp_path / "folder"):
        with pytest.raises(RunError, match="Move away"):
            write_atomically(place, "page")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RunError, match="Make the folder writable"):
        check_writable(tmp_path)


@pytest.mark.parametrize("place", ["reports", "reports/.work"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("mine")
    with pytest.raises(RunError) as caught:
        check_writable(tmp_path / "reports")
    assert caught.value.faults[0].where == str(tmp_path / place)


def test_a_folder_that_can_be_written_to_is_left_empty(tmp_path):
    check_writable(tmp_path)
    assert os.listdir(tmp_path) == [".work"]
    assert os.listdir(tmp_path / ".work") == []


def test_json_comes_back(tmp_path):
    write_json(tmp_path / "deep/m.json", {"a": "é", "b": [1, None]})
    assert read_json(tmp_path / "deep/m.json") == {"a": "é", "b": [1, None]}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_manifest_counts_as_none(tmp_path, content):
    (tmp_path / "m.json").write_bytes(content)
    assert read_json(tmp_path / "m.json") is None


def test_a_missing_manifest_counts_as_none(tmp_path):
    assert read_json(tmp_path / "m.json") is None
