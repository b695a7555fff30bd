"""Several runs in processes of their own, and what is refused before any of them starts."""

import json
import os
import threading
from multiprocessing import active_children

import pytest

from research import paths
from research.errors import DataError, InputError, RunError
from research.report.build import Outcome, is_working
from research.report.execute import Step
from research.report.files import run_files
from research.report.manifest import read_manifest
from research.report.notebooks import NOTEBOOKS
from research.report.plan import plan
from research.report.run import BUILD, check_ready, run_each

RENDER = "toy_project:render"


def sleeping(toy, seconds="30.0"):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("pause", seconds)], label="x")
    return request, run_files(request.run)


def test_a_failure_does_not_stop_the_others_and_its_output_is_kept(
    toy, root, tmp_path, monkeypatch
):
    # What a user installed for Jupyter, or wishes of warnings, do not enter a report.
    kernel = tmp_path / "jupyter/kernels/python3/kernel.json"
    startup = tmp_path / "ipython/profile_default/startup/00.py"
    for file in (kernel, startup):
        file.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false", "{connection_file}"], "display_name": "Other"}')
    startup.write_text("pause = 'not a number'; import builtins; builtins.repr = str.upper")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("TMPDIR", str(tmp_path / ("long" * 30)))
    heard, bad = [], plan(toy.SPECS, names=["01_one"], values=[("action", "raise")])[0]
    notebook = json.loads(bad.spec.path.read_text())
    notebook["cells"][3]["source"] += "\nos.write(2, b'from below')"
    bad.spec.path.write_text(json.dumps(notebook))
    outcomes = run_each(
        [bad, *plan(toy.SPECS, names=["02_two"])],
        BUILD,
        RENDER,
        jobs=2,
        listen=lambda run, news: heard.append((run, news)),
    )
    assert {one.run: one.state for one in outcomes} == {bad.run: "failed", "02_two": "built"}
    assert {run for run, news in heard if news == Step(2, 4, "Sleep")} == {bad.run, "02_two"}
    assert sum(isinstance(news, Outcome) for _, news in heard) == 2
    assert "from below" in run_files(bad.run).failed_log.read_text()
    page = (root / "reports/02_two.html").read_text()
    assert "'plain'" in page
    assert "0" in page.split()  # PYTHONHASHSEED


def test_a_worker_that_is_killed_is_a_failed_run_and_leaves_nothing(toy):
    request, files = sleeping(toy)

    def kill(run, news):
        if isinstance(news, Step) and news.cell == 2:
            active_children()[0].kill()

    (outcome,) = run_each([request], BUILD, RENDER, jobs=1, listen=kill)
    assert outcome.state == "failed"
    assert "exit code -9" in outcome.error["message"]
    assert read_manifest(files.failed_manifest)[0]["error"]["cell"] == 2
    assert not any((files.mark.exists(), files.work.exists(), is_working(files)))


def test_two_at_once_on_the_same_run_do_the_work_once(toy):
    request, _ = sleeping(toy, "1.0")
    outcomes = []

    def start():
        outcomes.extend(run_each([request], BUILD, RENDER, jobs=1))

    starts = [threading.Thread(target=start) for _ in range(2)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    assert sorted(one.state for one in outcomes) == ["built", "fresh"]


# Before a kernel starts


def refused(error, specs, **asked):
    with pytest.raises(error) as caught:
        check_ready(plan(specs, **asked))
    assert caught.value.exit_code == {InputError: 2, DataError: 3, RunError: 1}[error]
    return "\n".join(str(fault) for fault in caught.value.faults)


def test_a_whole_project_is_ready(toy, root):
    check_ready(plan(toy.SPECS))
    assert os.listdir(root / "reports") == [".work"]


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("events.csv", b"deal,1", b"deal,7", "events.csv: asked for SHA-256"),
        ("events.csv", b"letter,2\n", b"", "SHA-256"),
        ("events.yaml", None, b"{", "events.yaml: asked for SHA-256"),
    ],
)
def test_a_damaged_table_is_refused_once(toy, root, file, old, new, part):
    path = root / "data/deal" / file
    content = path.read_bytes()
    path.write_bytes(new if old is None else content.replace(old, new))
    told = refused(DataError, toy.SPECS)
    assert part in told
    assert len(told.splitlines()) == len(set(told.splitlines()))


def test_what_the_figures_do_not_allow_names_each_run_and_damage_stands_once(toy):
    asked = {"names": ["01_one", "02_two"], "values": [("text", "after the end")]}
    told = refused(InputError, toy.SPECS, label="x", **asked)
    assert told.splitlines() == [
        "01_one__x: toy: asked for figures; found none.",
        "02_two__x: toy: asked for figures; found none.",
    ]
    told = refused(DataError, toy.SPECS, values=[("text", "no prices")])
    assert told == "toy: asked for figures; found none."


def test_an_event_after_the_last_return_is_refused_with_the_reason(tmp_path, monkeypatch):
    project = paths.root()
    for name in ("data", "notebooks", "requirements.lock"):
        (tmp_path / name).symlink_to(project / name)
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    values = [("event_id", "s122_expiry_scheduled")]
    told = refused(InputError, NOTEBOOKS, names=["01_market_reactions"], values=values)
    assert "s122_expiry_scheduled: asked for day 0 inside the figures, which go from" in told
