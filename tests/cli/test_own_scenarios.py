"""A user's own state of tariffs, from the command line to the report, on a notebook that is quick.

The command, its checks, the page and the tables are those of the project; only the notebook is
made up.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from research import paths
from research.cli import main

TOY = Path(__file__).parents[1] / "toy"
PROJECT_COMMAND = Path(sys.executable).parent / "research"

QUICK = ["-p", "model", "one_sector", "-p", "data_year", "2023", "-p", "draws", "50"]
OWN = ["run", "03_tariffs", "-p", "scenario", "cars_back.yaml", *QUICK, "--as", "own"]

_CELLS = (
    ("markdown", "# Tariffs\n\n**Question.** Is the own state read?", []),
    (
        "code",
        'scenario: str = "deal_15"\ncounterfactual: str = "letter_25"\n'
        'elasticity_set: str = "mixture"\nmodel: str = "many_sectors"\ndata_year: int = 2011\n'
        "retaliation: bool = False\nduties_on_others: str = 'none'\n"
        "until: str = ''\ndraws: int = 200\nseed: int = 15",
        ["parameters"],
    ),
    (
        "code",
        "import pandas as pd\nfrom matplotlib.figure import Figure as Canvas\n"
        "from research.figures import Figure\nwords = dict(title='t', alt='a', source='s')\n"
        "Figure(name='law', data=pd.DataFrame({'x': [1]}), canvas=Canvas(), **words)",
        [],
    ),
    ("markdown", "## What it says", []),
    (
        "code",
        "from research.findings import Finding, Findings\n"
        "from research.tariffs.scenario import find_scenario\n"
        "own = find_scenario(scenario)\n"
        "answer = f'{own.title}: {own.rates[-1].rate_share}'\n"
        "one = {'question': '?', 'answer': answer, 'basis': 'data', 'headline': True}\n"
        "four = [Finding(id=f'a.b{n}', **one) for n in range(4)]\n"
        "Findings(four, figure='law', data_to='today')",
        ["findings"],
    ),
    ("code", "assert own.rates", ["assertions"]),
)


def example():
    """Give the file that the manual shows."""
    text = (Path(__file__).parents[2] / "docs/running.md").read_text()
    (found,) = re.findall(r"```yaml\n(title: .*?)```", text, flags=re.DOTALL)
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Give a project whose tariff notebook is quick, and the run of the manual's file in it."""
    project = tmp_path_factory.mktemp("own").resolve()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        from toy_project import write_notebook
    for folder in ("notebooks/scenarios", "reports", "elsewhere"):
        (project / folder).mkdir(parents=True)
    (project / "data").symlink_to(paths.data())
    (project / "docs").symlink_to(paths.root() / "docs")
    for name in ("requirements.lock", "CITATION.cff"):
        shutil.copy(paths.root() / name, project)
    write_notebook(project / "notebooks/03_tariffs.ipynb", _CELLS)
    (project / "elsewhere/cars_back.yaml").write_text(example())
    source = os.pathsep.join(sys.path)
    done = subprocess.run(
        [PROJECT_COMMAND, *OWN],
        check=False,
        cwd=project / "elsewhere",
        env={**os.environ, "RESEARCH_ROOT": str(project), "PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(built, monkeypatch):
    """Give the project; afterwards the user's file is as it was."""
    monkeypatch.setenv("RESEARCH_ROOT", str(built))
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.chdir(built / "elsewhere")
    yield built
    (built / "elsewhere/cars_back.yaml").write_text(example())


@pytest.fixture
def research(project, monkeypatch, capsys):
    """Call the command in this process; give its exit code, output and messages."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["research", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capsys.readouterr()

    return call


def good_files(project):
    return {
        file.name: file.read_bytes() for file in (project / "reports").iterdir() if file.is_file()
    }


def write(text, name="cars_back"):
    Path(f"{name}.yaml").write_text(text)


def test_the_report_of_an_own_file_lies_with_the_others_and_says_what_the_file_says(project):
    page = (project / "reports/03_tariffs__own.html").read_text()
    assert "cars back at 27.5\N{NO-BREAK SPACE}%: 0.275" in page
    assert str(project) not in page
    assert sorted(path.name for path in (project / "elsewhere").iterdir()) == ["cars_back.yaml"]


def test_a_report_is_stale_while_its_file_is_another(project, research):
    assert "03_tariffs__own: ok, fresh" in research("status")[1]
    write(example() + "# a remark\n")
    shown = research("status")[1]
    assert "03_tariffs__own: ok, stale" in shown
    assert "file elsewhere/cars_back.yaml changed" in shown
    write(example())
    assert "03_tariffs__own: ok, fresh" in research("status")[1]
    code, out, _ = research(*OWN)
    assert (code, "up to date" in out) == (0, True)
    Path("cars_back.yaml").unlink()
    assert "elsewhere/cars_back.yaml is missing" in research("status")[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: !!python/object/apply:os.system ['touch ran']\n", ["not plain YAML"]),
        ("title: own\n" + "#" * 50_000, ["more than 40000"]),
        (
            example().replace("0.275", "27.5").replace("[USA]", "[US]").replace("reason", "why"),
            ["For 27.5 %", "Did you mean USA?"],
        ),
        (example().replace("cars back", "__cars__ back"), ["plain words"]),
    ],
)
def test_a_bad_file_ends_with_2_and_the_last_good_report_stays(project, research, text, words):
    before = good_files(project)
    write(text)
    code, out, told = research(*OWN)
    assert (code, out) == (2, "")
    assert "Nothing was run." in told
    assert all("03_tariffs__own: scenario" in line for line in told.splitlines()[1:])
    assert [word for word in words if word not in told] == []
    assert good_files(project) == before
    assert not (project / "reports/failed").exists()
    assert not Path("ran").exists()
