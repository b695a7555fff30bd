"""The lock, environment.yml and pyproject.toml say the same, and name no host."""

import contextlib
import inspect
import io
import re
import shlex
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from scripts.readme import renew_readme
from typer.testing import CliRunner

import research.jobs
import research.tariffs
from research.cli.commands import app
from research.errors import RunError
from research.report.files import OUTPUTS
from research.report.notebooks import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[1]


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for group in project["optional-dependencies"].values() for name in group]
    return [Requirement(text) for text in [*project["dependencies"], *extras]]


def locked(text):
    """Versions of each package in a lock; several where Pythons differ."""
    versions = {}
    for line in text.splitlines():
        requirement = Requirement(line)
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        versions.setdefault(requirement.name.lower(), []).append(pin.version)
    return versions


def unmet(lock):
    """Declared requirements that a lock does not meet."""
    versions = locked(lock)
    return [
        str(requirement)
        for requirement in declared()
        if not versions.get(requirement.name.lower())
        or not all(v in requirement.specifier for v in versions[requirement.name.lower()])
    ]


def hosts(text):
    return re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", text)


def test_lock_meets_every_declared_dependency():
    assert unmet((ROOT / "requirements.lock").read_text()) == []


def test_installed_versions_are_those_of_the_lock():
    versions = locked((ROOT / "requirements.lock").read_text())
    for requirement in declared():
        assert version(requirement.name) in versions[requirement.name.lower()]


@pytest.mark.parametrize(
    "name", ["requirements.lock", "environment.yml", "tests/pages/package-lock.json"]
)
def test_locks_name_no_host(name):
    assert hosts((ROOT / name).read_text()) == []
    assert hosts("resolved: https://registry.example/x") == ["https://"]


def test_conda_environment_installs_the_lock_and_the_package():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    *plain, pip = environment["dependencies"]
    assert plain == [f"python{project['requires-python']}", "pip"]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}
    assert environment["name"] == project["name"]


def test_citation_and_package_agree_on_version_and_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"] == "MIT"


def test_every_dependency_is_explained():
    page = (ROOT / "docs" / "dependencies.md").read_text()
    missing = [r.name for r in declared() if f"`{r.name}`" not in page]
    assert missing == []


def test_readme_is_short_and_its_links_lead_somewhere():
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 120
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", readme)
    built = {
        *(f"reports/{n}.html" for n in ("index", "validation")),
        *(f"reports/{spec.name}.html" for spec in NOTEBOOKS),
    }
    assert [t for t in targets if t not in built and not (ROOT / t).exists()] == []


def test_the_doors_of_the_readme_open_and_both_ways_ask_the_same(monkeypatch):
    readme, asked = (ROOT / "README.md").read_text(), []

    def note(door):
        def call(*args, **named):
            bound = inspect.signature(door).bind(*args, **named)
            bound.apply_defaults()
            asked.append((door.__name__, bound.arguments))
            return f"{door.__name__} answers"

        return call

    # How long an answer takes, and that it is right, is for the tutorials.
    monkeypatch.setattr("research.jobs.jobs_of", note(research.jobs.jobs_of))
    monkeypatch.setattr("research.tariffs.what_if", note(research.tariffs.what_if))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL):
            exec(block, {})
    assert re.match(r"Event study(.|\n)*jobs_of answers\nwhat_if answers", out.getvalue())
    for line in re.findall(r"`research (ask [^`]*)`", readme):
        assert CliRunner().invoke(app, shlex.split(line)).exit_code == 0
    assert [name for name, _ in asked] == ["jobs_of", "what_if"] * 2
    assert asked[:2] == asked[2:]


def test_old_python_and_missing_venv_get_a_clear_message(tmp_path):
    old = tmp_path / "oldpython"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python 3.8.1' || exit 1\n")
    bare = tmp_path / "barepython"
    bare.write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 0;; esac\nexit 1\n')
    for fake in (old, bare):
        fake.chmod(0o755)
    script = ROOT / "scripts" / "venv.sh"
    copy = tmp_path / "project" / "scripts" / "venv.sh"
    copy.parent.mkdir(parents=True)
    copy.write_text(script.read_text())
    for fake, words in ((old, "needs Python 3.11 or newer"), (bare, "has no venv module")):
        result = subprocess.run(
            ["sh", str(copy)],
            env={"PATH": "/usr/bin:/bin", "PYTHON": str(fake)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 1
        assert words in result.stderr
    assert not (copy.parents[1] / ".venv").exists()


def test_readme_findings_are_those_of_the_executed_notebooks(tmp_path, monkeypatch):
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    readme = (ROOT / "README.md").read_text()
    (tmp_path / "README.md").write_text(readme)
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    assert not renew_readme(NOTEBOOKS), "run: .venv/bin/python scripts/readme.py"
    (tmp_path / "README.md").write_text(readme.replace("\n- ", "\n- Not: ", 1))
    assert renew_readme(NOTEBOOKS)
    assert (tmp_path / "README.md").read_text() == readme
    (tmp_path / "README.md").write_text("no marks")
    with pytest.raises(RunError, match="end of findings"):
        renew_readme(NOTEBOOKS)


def test_the_map_of_the_house_is_true():
    page = (ROOT / "docs" / "structure.md").read_text()
    named = re.findall(r"`((?:src|data|docs|notebooks|studies|tests|benchmarks)/[^`*]*)`", page)
    known = [name for name in named if not re.search(r"TOPIC|NAME", name)]
    assert len(known) > 8
    assert [name for name in known if not (ROOT / name).exists()] == []
    package = ROOT / "src" / "research"
    floors = re.search(r"`cli -> teach -> report -> (.*) -> errors`", page)[1]
    for name in re.findall(r"\w+", floors):
        assert (package / name).is_dir() or (package / f"{name}.py").is_file(), name
    places = [package, *(package / one for one in ("cli", "report", "report/pages"))]
    files = [file.name for place in [*places, ROOT / "scripts"] for file in place.glob("[a-z]*.*")]
    assert [name for name in files if f"`{name}`" not in page] == []
    for end in (*OUTPUTS, ".manifest.json"):
        assert f"`RUN{end}`" in (ROOT / "docs" / "running.md").read_text()
        assert f"{end}`" in (ROOT / "reports" / "README.md").read_text()


def test_imports_run_down_only():
    floors = ["cli", "teach", "report", "events jobs tariffs deal", "shared", "data"]
    floor = {name: k for k, names in enumerate(floors) for name in names.split()}
    wrong = []
    for file in (ROOT / "src" / "research").rglob("*.py"):
        own = file.relative_to(ROOT / "src" / "research").parts[0].removesuffix(".py")
        for name in re.findall(r"(?m)^\s*(?:from|import) research\.(\w+)", file.read_text()):
            lowest = len(floors)
            up = floor.get(name, lowest) < floor.get(own, lowest)
            across = name != own and name in floor and floor[name] == floor.get(own)
            if up or across:
                wrong.append(f"{file.name}: {own} imports {name}")
    assert wrong == []
