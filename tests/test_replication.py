"""The replication package's page says what is there; the pages of the interface show all of it."""

import importlib
import json
import runpy
from pathlib import Path

import pytest

from research.data import catalog
from research.report.notebooks import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def replication():
    return runpy.run_path(str(ROOT / "scripts" / "replication.py"))


def test_page_is_what_sidecars_notebooks_and_lock_say_today(replication):
    assert replication["PAGE"].read_text() == replication["write"](), (
        "Run: .venv/bin/python scripts/replication.py"
    )


def test_page_has_every_table_and_notebook(replication):
    page = replication["PAGE"].read_text()
    assert [name for name in catalog.names() if f"`data/{name}.csv`" not in page] == []
    assert "- Own " not in page.partition("## References")[2]
    assert list(json.loads(replication["MEASURED"].read_text())["runs"]) == [
        spec.name for spec in NOTEBOOKS
    ]


def test_interface_pages_show_every_public_name_with_its_words(tmp_path):
    api = runpy.run_path(str(ROOT / "scripts" / "api.py"))
    api["write_api"](tmp_path)
    for module in api["PUBLIC"]:
        page = (tmp_path / f"{module.replace('.', '/')}.html").read_text()
        package = importlib.import_module(module)
        assert [name for name in package.__all__ if f'id="{name}"' not in page] == []
        public = [getattr(package, name) for name in package.__all__]
        assert [one for one in public if callable(one) and not one.__doc__] == []
