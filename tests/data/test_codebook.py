"""All tables at once: ``research data check`` and ``seal``; the codebook of their sidecars."""

import pytest
from scripts.codebook import codebook
from typer.testing import CliRunner

from research import paths
from research.cli.data import app
from research.data import catalog
from research.data.catalog import seal
from research.data.tables import check_all
from research.errors import DataError


def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_all_bundled_tables_pass_and_none_is_left_out():
    assert check_all() == {name: [] for name in catalog.names()}
    done = run("check")
    assert (done.exit_code, "faults" in done.output) == (0, False)


def test_the_check_lists_all_damage_once(copy):
    tables = len(catalog.names())
    copy.cell("market/daily_returns_bp", "2025-07-21", "7203.T", "12.3")
    copy.file("tariffs/japan_coverage_2024").unlink()
    copy.file("jobs/gdp_deflator", ".yaml").unlink()
    (copy.folder / "market/stray.csv").write_text("a\n1\n")
    (copy.folder / "cache").mkdir()
    (copy.folder / "cache/prices.csv").write_text("a\n1\n")
    error = run("check").exception
    assert isinstance(error, DataError)
    found = [str(fault) for fault in error.faults]
    assert error.summary.startswith(f"4 of {tables + 1} tables")
    assert len(found) == len(set(found))
    for part in (
        "SHA-256",
        "data/tariffs/japan_coverage_2024.csv: asked for a file; found none",
        "data/jobs/gdp_deflator.yaml: asked for a file; found none",
        "data/market/stray.yaml: asked for a file; found none",
    ):
        assert any(part in fault for fault in found), part


def test_codebook_on_disk_is_the_one_the_sidecars_give():
    text = codebook()
    assert (paths.data() / "README.md").read_text(encoding="utf-8") == text
    for name in catalog.names():
        about = catalog.sidecar(name)
        assert f"### {name}\n" in text
        assert all(f"| `{column}` |" in text for column in about.columns)
        assert all(f"- {note}" in text for note in about.notes)


def test_codebook_follows_a_sidecar_and_names_every_broken_one(copy):
    copy.swap("market/series", "title: Series", "title: Lists", ".yaml")
    assert "**Lists of the daily returns.**" in codebook()
    for name in ("market/series", "deal/claims"):
        copy.edit(name, lambda _: b"- a list\n", ".yaml")
    with pytest.raises(DataError) as caught:
        codebook()
    assert len(caught.value.faults) == 2


def test_sealing_needs_both_files(copy):
    copy.file("market/series").unlink()
    copy.file("deal/claims", ".yaml").unlink()
    with pytest.raises(DataError) as caught:
        seal("market/series", "deal/claims")
    assert len(caught.value.faults) == 2


def test_a_command_seals_a_table(copy):
    copy.swap("market/series", "NVIDIA", "Nvidia")
    assert isinstance(run("check").exception, DataError)
    assert "data/checksums.sha256" in run("seal", "market/series").output
    assert run("check").exit_code == 0
