"""The index is known to be current, or it is written again."""

import pytest

from research.reports.index import is_current, note_index


@pytest.fixture
def folder(tmp_path):
    for name in ("index.html", "r.html", "r.manifest.json"):
        (tmp_path / name).write_text(name)
    note_index(tmp_path)
    return tmp_path


def test_an_index_is_current_until_something_changes(folder):
    assert is_current(folder)


@pytest.mark.parametrize("change", ["edit", "lose", "forget", "manifest", "failure", "report"])
def test_each_change_is_seen(folder, change):
    match change:
        case "edit":
            (folder / "index.html").write_text("INDEX.html")
        case "lose":
            (folder / "index.html").unlink()
        case "forget":
            (folder / ".work/index.digests").write_text("[]")
        case "manifest":
            (folder / "r.manifest.json").write_text("another")
        case "failure":
            (folder / "failed").mkdir()
            (folder / "failed/r.manifest.json").write_text("r")
        case "report":
            (folder / "r.html").unlink()
    assert not is_current(folder)


def test_without_a_folder_there_is_no_index(tmp_path):
    assert not is_current(tmp_path / "none")
