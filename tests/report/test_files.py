import os
import resource
from contextlib import contextmanager

import pytest

from research.errors import InputError, RunError
from research.report.files import check_writable, run_files, write_together


@pytest.mark.parametrize("run", ["", "..", "../x", "a/b", "/etc/passwd", "A", ".hidden", "a\n"])
def test_a_run_never_leads_out_of_the_reports_folder(run, tmp_path):
    with pytest.raises(InputError):
        run_files(run, tmp_path)


def test_a_link_in_place_of_a_report_is_replaced_not_followed(tmp_path):
    precious, link = tmp_path / "precious.txt", tmp_path / "report.html"
    precious.write_text("keep")
    link.symlink_to(precious)
    write_together({link: "page"})
    assert (precious.read_text(), link.read_text()) == ("keep", "page")
    assert not link.is_symlink()


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
    with nearly_full_disk(), pytest.raises(RunError, match=r"r\.json.*Free space"):
        write_together({page: "new page", manifest: "x" * 2000})
    assert (page.read_text(), manifest.read_text()) == ("old page", "old manifest")
    assert sorted(os.listdir(tmp_path)) == ["r.html", "r.json"]


@pytest.mark.parametrize("place", ["reports", "reports/.work"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("mine")
    with pytest.raises(RunError) as caught:
        check_writable(tmp_path / "reports")
    assert caught.value.faults[0].where == str(tmp_path / place)


@pytest.mark.parametrize("locked", ["new.xlsx", "r.json"])
def test_a_file_that_cannot_be_replaced_leaves_those_before_it_as_they_were(
    tmp_path, monkeypatch, locked
):
    page, new, gone, manifest = (tmp_path / n for n in ("r.html", "new.xlsx", "r.png", "r.json"))
    write_together({page: b"old", gone: "old", manifest: "old"})

    def refused(source, target):
        if os.path.basename(target) == locked and b"new" in source.read_bytes():
            raise PermissionError(13, "The file is open")
        return os.replace(source, target)

    monkeypatch.setattr("pathlib.Path.replace", refused)
    with pytest.raises(RunError, match=rf"{locked}.*close the program"):
        write_together({page: "new", new: b"new", manifest: "new"}, gone=[gone])
    assert [one.read_text() for one in (page, gone, manifest)] == ["old"] * 3
    assert sorted(os.listdir(tmp_path)) == ["r.html", "r.json", "r.png"]
    monkeypatch.undo()
    write_together({page: "new", manifest: "new"}, gone=[gone, new])
    assert sorted(os.listdir(tmp_path)) == ["r.html", "r.json"]
