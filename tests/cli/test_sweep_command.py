"""``research sweep`` as a user meets it: kills, Ctrl-C, failures, sizes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from research.errors import InputError
from research.report.sweep import place

TOY = Path(__file__).parents[1] / "toy"
STARTS_WITHIN_SECONDS = 90


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(TOY)
    from toy_project import write_project

    return write_project(tmp_path.resolve() / "project")


@pytest.fixture
def start(project, begin):
    """Start a sweep; give the process."""
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    known = {**os.environ, "RESEARCH_ROOT": str(project), "PYTHONPATH": path, "COLUMNS": "100"}
    settings = {"cwd": project, "env": known, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    def start(grid, *more):
        (project / "grid.yaml").write_text(grid)
        command = [sys.executable, TOY / "toy_project.py", "sweep", "01_one"]
        return begin(*command, "--grid", "grid.yaml", "--jobs", "2", *more, **settings)

    return start


def finished(project):
    return {
        file.name: file.stat().st_mtime_ns
        for file in (project / "reports/sweeps/01_one__grid").glob("runs/*.json")
    }


def wait_for_runs(project, number):
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while len(finished(project)) < number:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


#: Two quick runs, and one that takes longer than it takes to kill it.
GRID = "parameters:\n  pause: [0.0, 0.1, {}]\n"


@pytest.mark.slow
def test_a_killed_sweep_goes_on_without_repeating_a_finished_run(project, start):
    runner = start(GRID.format(4.0))
    wait_for_runs(project, 2)
    runner.kill()
    runner.communicate()
    before = finished(project)
    assert len(before) == 2
    out, errors = (again := start(GRID.format(4.0))).communicate(timeout=120)
    assert again.returncode == 0, out + errors
    assert "3 runs of 01_one, 2 of them finished. The rest takes about" in out
    assert before.items() <= finished(project).items()
    assert "finished    3 of 3 runs, reports/sweeps/01_one__grid/summary.html" in out


def test_control_c_ends_with_130_and_says_how_to_go_on(project, start):
    runner = start(GRID.format(50.0))
    wait_for_runs(project, 2)
    os.killpg(runner.pid, signal.SIGINT)
    _, errors = runner.communicate(timeout=60)
    assert runner.returncode == 130, errors
    assert "2 of 3 runs are finished and kept. The same command goes on from there." in errors
    assert "Traceback" not in errors


def test_a_failed_run_is_listed_with_its_cell(project, start):
    grid = "parameters: {action: [go on, raise], event_id: [deal]}"
    out, errors = (first := start(grid)).communicate(timeout=120)
    assert first.returncode == 1, errors
    assert ": cell 3 (under 'Act on [red]it[/red]'): ValueError: the toy is broken" in out
    assert "action 'raise', event_id 'deal'" in out
    assert "1 failed; --retry tries them again" in out


@pytest.mark.parametrize("label", ["../x", "Mine", ""])
def test_a_name_that_could_lead_elsewhere_is_refused(label):
    with pytest.raises(InputError, match="run: asked for small letters"):
        place("01_one", label or "/")
    assert place("01_one", "mine").parent.name == "sweeps"


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ("parameters: {evnt_id: [deal]}", "Did you mean event_id?"),
        ("parameters: {pause: {from: 1, to: 30, step: 0.1}}", "291 runs, more than 100: add --yes"),
        ("parameters: {text: [after the end]}", "toy: asked for figures; found none"),
        ("parameters: {pause: [1]}", "--scheduler: asked for tcp://host:port"),
    ],
)
def test_what_is_not_usable_ends_with_2_before_anything_runs(project, start, grid, told):
    stray = ["--tls-ca", "ca.pem"] * ("--scheduler" in told)
    _, errors = (refused := start(grid, *stray)).communicate(timeout=60)
    assert refused.returncode == 2
    assert told in " ".join(errors.replace("│", " ").split())
    assert not [*(project / "reports").glob("sweeps/*")]


def test_what_a_notebook_reads_is_built_before_its_sweep(project, start):
    import toy_project as toy

    reads = "import toy_project\nfrom research.report.evidence import findings_of\n"
    reads += "print(findings_of('02_two', specs=toy_project.SPECS)['toy.answer'].answer)"
    cells = [*toy._CELLS[:-1], ("code", reads, []), toy._CELLS[-1]]
    toy.write_notebook(project / "notebooks/01_one.ipynb", cells)
    out, errors = (runner := start("parameters: {text: [a, b]}")).communicate(timeout=120)
    assert runner.returncode == 0, errors
    assert (project / "reports/02_two.html").is_file()
    assert "finished    2 of 2 runs" in out
