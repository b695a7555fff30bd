import subprocess

from research.reports.manifest import start_manifest, versions
from research.reports.plan import plan


def manifest(toy):
    return start_manifest(plan(toy.SPECS)[0], {"lock": "x"}, "2026-01-01T00:00:00+00:00")


def git(root, *arguments):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)


def test_outside_of_git_there_is_no_commit(toy):
    assert (manifest(toy)["commit"], manifest(toy)["dirty"]) == (None, None)


def test_a_changed_file_makes_the_commit_dirty_and_an_untracked_one_does_not(toy, root):
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    (root / "new.txt").write_text("untracked")
    assert len(manifest(toy)["commit"]) == 40
    assert manifest(toy)["dirty"] is False
    (root / "requirements.lock").write_text("other")
    assert manifest(toy)["dirty"] is True


def test_sources_are_quoted_from_the_sidecars(toy):
    about = manifest(toy)["sources"]["deal/events"]
    assert set(about) == {"title", "authority", "rights", "period"}


def test_a_damaged_sidecar_leaves_its_source_out(toy, root):
    (root / "data/deal/events.yaml").write_text("title: [unclosed")
    assert manifest(toy)["sources"] == {"deal/events": {}}


def test_versions_name_python_and_what_computes():
    assert {"python", "numpy", "pandas", "statsmodels"} <= set(versions())
