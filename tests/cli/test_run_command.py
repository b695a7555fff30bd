"""The command as a user meets it: exit codes, messages, kills.

What only reads an exit code and messages calls the command in this process; the first build, the
kills and what is loaded are seen on real processes.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from research.cli import unchanged

TOY = Path(__file__).parents[1] / "toy"
PROGRAM = TOY / "toy_project.py"
PROJECT_COMMAND = Path(sys.executable).parent / "research"

#: Libraries that take longer to load than the whole check whether there is anything to do.
HEAVY = {"pandas", "numpy", "papermill", "nbconvert", "matplotlib", "yfinance"}

#: A kernel looks once a second whether its parent is there; the rest is for a busy machine.
KERNEL_ENDS_WITHIN_SECONDS = 20

#: Longest wait for a process to reach its second cell on a busy machine.
STARTS_WITHIN_SECONDS = 60


def environment(project):
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "RESEARCH_ROOT": str(project), "PYTHONPATH": path, "COLUMNS": "100"}


def call(project, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(TOY)
    from toy_project import write_project

    return write_project(tmp_path.resolve() / "project")


@pytest.fixture
def research(project, monkeypatch, capfd):
    """Call the command in this process; give its exit code, output and messages."""
    from toy_project import main

    monkeypatch.setenv("RESEARCH_ROOT", str(project))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(project)

    def research(*arguments):
        monkeypatch.setattr(sys, "argv", ["research", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return SimpleNamespace(returncode=ended.value.code or 0, **capfd.readouterr()._asdict())

    return research


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """Build the reports of both notebooks, and one under a name of its own; give the first run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        from toy_project import write_project

        project = write_project(tmp_path_factory.mktemp("built") / "project")
    done = call(project, PROGRAM, "run")
    index = (project / "reports/index.html").read_text()
    assert call(project, PROGRAM, "run", "01_one", "--as", "x").returncode == 0
    return project / "reports", done, index


@pytest.fixture
def built(project, first_run):
    """The toy project with its reports built."""
    shutil.copytree(first_run[0], project / "reports", dirs_exist_ok=True)
    return project


@pytest.fixture
def sleeping(project, begin):
    """Start a run that sleeps in its second cell; give the process."""

    def start(*arguments):
        command = [sys.executable, PROGRAM, "run", "01_one", "-p", "pause", "50.0", *arguments]
        process = begin(*command, cwd=project, env=environment(project), stderr=subprocess.PIPE)
        mark = project / "reports/.work/01_one__x.json"
        wait_for(lambda: mark.is_file() and '"cell": 2' in mark.read_text(), STARTS_WITHIN_SECONDS)
        return process

    return start


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def kernels(project):
    """Find kernels of the toy project: forked, in its folder, each in a session of its own."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if "multiprocessing.forkserver" in " ".join(process.info["cmdline"] or [])
        and process.info["cwd"] == str(project)
        and os.getsid(process.pid) == process.pid
    ]


def good_bytes(project, run):
    return [(project / f"reports/{run}{end}").read_bytes() for end in (".html", ".manifest.json")]


def test_all_reports_are_built_and_the_index_comes_after_them(first_run):
    _, done, index = first_run
    assert (done.returncode, done.stdout) == (0, "")
    assert "built       reports/01_one.html" in done.stderr
    assert index.split() == [
        "01_one.manifest.json",
        "01_one__letter.manifest.json",
        "02_two.manifest.json",
    ]


def test_nothing_is_done_when_all_is_fresh_and_no_heavy_library_is_loaded(built):
    code = (
        "import sys, runpy\n"
        "sys.argv = ['research', 'run']\n"
        f"try: runpy.run_path({str(PROGRAM)!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = call(built, "-c", code)
    assert done.stdout.splitlines() == [
        "up to date  reports/01_one.html",
        "up to date  reports/02_two.html",
        "up to date  reports/01_one__letter.html",
        "[]",
    ]
    assert done.stderr == ""


@pytest.mark.parametrize("what", ["data/deal/events.csv", "mark", "nothing"])
def test_what_is_remembered_to_be_fresh_holds_until_a_file_changes(built, research, what):
    fresh = research("run").out
    asked = sys.argv[1:]
    assert unchanged.remembered(unchanged.state(asked)) == fresh.strip()
    assert unchanged.remembered(unchanged.state([*asked, "--force"])) is None
    if what == "mark":
        (built / "reports/.work/01_one.json").write_text("{}")
    elif what != "nothing":
        # Of the same size, and put back to the moment of its last change.
        file = built / what
        before, text = file.stat(), file.read_bytes()
        file.write_bytes(text.replace(b"deal", b"dael", 1))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    told = unchanged.remembered(unchanged.state(asked))
    assert (told is None) == (what != "nothing")


def test_what_is_remembered_is_told_before_anything_is_loaded(built):
    code = (
        "import sys; from research.cli import main, unchanged; sys.argv[1:] = ['run']\n"
        "unchanged.remember(['run'], unchanged.state(['run']), 'as before'); main()\n"
        "print(sorted({'typer', 'pydantic', 'yaml'} & {*sys.modules}))"
    )
    assert call(built, "-c", code).stdout.split("\n")[:2] == ["as before", "[]"]


def test_only_what_is_stale_is_built(built, research):
    before = good_bytes(built, "01_one")
    notebook = built / "notebooks/02_two.ipynb"
    notebook.write_text(notebook.read_text().replace("# no heading", "# still none"))
    done = research("run")
    assert "built       reports/02_two.html" in done.err
    assert "(notebook changed)" in done.err
    fresh = ["01_one", "01_one__letter"]
    assert done.out == "".join(f"up to date  reports/{run}.html\n" for run in fresh)
    assert good_bytes(built, "01_one") == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "-p", "evnt_id", "x"], 2, "Did you mean event_id?"),
        (["run", "01_one", "-p", "text", "after the end"], 2, "toy: asked for figures"),
        (["run", "--scenario", "pipe"], 2, "found 'pipe'. Known: letter."),
        (["run", "-p", "pause"], 2, "-p takes a name and a value"),
        (["run", "--jobs", "0"], 2, "--jobs"),
        (["run", "--nonsense"], 2, "--nonsense"),
        (["run", "01_one", "-p", "source", "yahoo"], 3, "research data fetch"),
        (["run", "01_one", "-p", "action", "raise"], 1, "ValueError: the toy is broken"),
    ],
)
def test_each_kind_of_fault_has_its_exit_code(project, research, arguments, code, message):
    os.mkfifo(project / "notebooks/scenarios/pipe.yaml")
    done = research(*arguments)
    assert done.returncode == code, done.err
    assert message in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err


def test_a_failed_run_says_cell_and_reason_and_keeps_the_last_good_report(built, research):
    before = good_bytes(built, "01_one__x")
    done = research("run", "01_one", "-p", "action", "raise", "--as", "x")
    assert done.returncode == 1
    assert "FAILED      01_one__x: cell 3 (under 'Act on [red]it[/red]'): ValueError" in done.err
    assert "as far as it came: reports/failed/01_one__x.ipynb" in done.err
    assert "the last good report stays: reports/01_one__x.html" in done.err
    assert good_bytes(built, "01_one__x") == before
    shown = research("status").out
    assert "01_one__x: failed, stale" in shown
    assert "cell 3 (under 'Act on [red]it[/red]'): ValueError: the toy is broken" in shown


@pytest.mark.slow
def test_kill_9_of_the_runner_leaves_no_kernel_and_the_last_good_report(built, research, sleeping):
    before = good_bytes(built, "01_one__x")
    runner = sleeping("--as", "x")
    assert kernels(built)
    assert "01_one__x: running" in research("status").out
    runner.kill()
    wait_for(lambda: not kernels(built), KERNEL_ENDS_WITHIN_SECONDS)
    wait_for(
        lambda: "01_one__x: failed, stale" in research("status").out, KERNEL_ENDS_WITHIN_SECONDS
    )
    assert "cell 2 (under 'Sleep')" in research("status").out
    assert good_bytes(built, "01_one__x") == before
    assert research("run", "01_one", "--as", "x").returncode == 0
    assert "01_one__x: ok, fresh" in research("status").out


def test_control_c_ends_with_130_and_leaves_no_kernel(project, sleeping):
    runner = sleeping("--as", "x")
    os.killpg(runner.pid, signal.SIGINT)
    _, errors = runner.communicate(timeout=60)
    assert runner.returncode == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    wait_for(lambda: not kernels(project), KERNEL_ENDS_WITHIN_SECONDS)


def test_the_project_itself_names_the_nearest_parameter_whatever_is_wished_of_warnings():
    done = subprocess.run(
        [PROJECT_COMMAND, "run", "01_market_reactions", "-p", "evnt_id", "x"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 2
    assert done.stderr.endswith("Did you mean event_id?\n")
