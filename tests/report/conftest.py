import shutil
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


@pytest.fixture(scope="session")
def reports_once(tmp_path_factory):
    """The reports folder of a toy project whose first notebook was built once."""
    project = tmp_path_factory.mktemp("once") / "project"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        import toy_project

        from research.report.build import build
        from research.report.plan import plan

        patch.setenv("RESEARCH_ROOT", str(toy_project.write_project(project)))
        (request,) = plan(toy_project.SPECS, names=["01_one"])
        assert build(request, toy_project.render).state == "built"
    return project / "reports"


@pytest.fixture
def built(toy, root, reports_once):
    """Give the toy project with the report of its first notebook; its request and files."""
    from research.report.files import run_files
    from research.report.plan import plan

    shutil.copytree(reports_once, root / "reports", dirs_exist_ok=True)
    (request,) = plan(toy.SPECS, names=["01_one"])
    return request, run_files("01_one")
