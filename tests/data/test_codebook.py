import pytest
from typer.testing import CliRunner

from research import paths
from research.cli.data import app
from research.data import catalog, load_table
from research.data.codebook import codebook, seal, write_codebook
from research.errors import DataError


def test_codebook_on_disk_is_the_one_the_sidecars_give():
    assert (paths.data() / "README.md").read_text(encoding="utf-8") == codebook()


def test_codebook_names_every_table_column_and_note():
    text = codebook()
    for name in catalog.names():
        about = catalog.sidecar(name)
        assert f"### {name}\n" in text
        assert about.sha256 in text
        assert all(f"| `{column}` |" in text for column in about.columns)
        assert all(f"- {note}" in text for note in about.notes)


def test_codebook_follows_a_sidecar(copy):
    copy.swap("market/series", "title: Series", "title: Lists", ".yaml")
    assert "**Lists of the daily returns.**" in write_codebook().read_text()


def test_codebook_names_every_broken_sidecar(copy):
    for name in ("market/series", "deal/claims"):
        copy.edit(name, lambda _: b"- a list\n", ".yaml")
    with pytest.raises(DataError) as caught:
        codebook()
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("name", catalog.names())
def test_sealing_a_table_as_it_is_changes_nothing(name, copy):
    before = catalog.sidecar_path(name).read_bytes()
    seal(name)
    assert catalog.sidecar_path(name).read_bytes() == before


def test_a_change_on_purpose_loads_after_sealing(copy):
    copy.swap("market/series", "NVIDIA", "Nvidia")
    with pytest.raises(DataError, match="research data seal market/series"):
        load_table("market/series")
    seal("market/series")
    assert load_table("market/series").loc["NVDA", "name"] == "Nvidia"


def test_sealing_a_missing_table_is_refused(copy):
    copy.file("market/series").unlink()
    with pytest.raises(DataError, match="missing"):
        seal("market/series")


@pytest.mark.parametrize(
    "damage", [lambda file: file.unlink(), lambda file: file.write_text("- x\n")]
)
def test_sealing_without_a_proper_sidecar_is_refused(damage, copy):
    damage(copy.file("market/series", ".yaml"))
    with pytest.raises(DataError, match=r"series\.yaml: asked for a sidecar"):
        seal("market/series")


def test_a_new_table_can_be_sealed_before_it_has_digests(copy):
    copy.edit(
        "market/series",
        lambda content: content[: content.index(b"rows:")],
        ".yaml",
    )
    seal("market/series")
    assert catalog.sidecar("market/series").rows == 131


def test_commands_write_the_codebook_and_seal_a_table(copy):
    runner = CliRunner()
    copy.swap("market/series", "NVIDIA", "Nvidia")
    sealed = runner.invoke(app, ["seal", "market/series"])
    assert (sealed.exit_code, "data/market/series.yaml" in sealed.output) == (0, True)
    written = runner.invoke(app, ["codebook"])
    assert (written.exit_code, written.output) == (0, "wrote data/README.md\n")
    assert catalog.sha256("market/series") in (copy.folder / "README.md").read_text()
