from pathlib import Path

import pytest

TOY = Path(__file__).parents[1] / "toy"


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The module of the toy project, which stands under ``$RESEARCH_ROOT``."""
    monkeypatch.syspath_prepend(TOY)
    import toy_project

    monkeypatch.setenv("RESEARCH_ROOT", str(toy_project.write_project(tmp_path / "project")))
    return toy_project


@pytest.fixture
def root(toy, tmp_path):
    """The toy project's folder."""
    return tmp_path / "project"
