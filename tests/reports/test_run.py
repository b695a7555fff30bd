"""Several runs in processes of their own."""

import json
import threading
from multiprocessing import active_children

import pytest

from research.reports.attempts import is_working
from research.reports.build import Outcome
from research.reports.execute import Step
from research.reports.files import RunFiles, read_json
from research.reports.plan import plan
from research.reports.run import run_all

RENDER = "toy_project:render"


def test_reports_come_back_in_the_order_asked_and_say_their_steps(toy, root):
    heard = []
    requests = plan(toy.SPECS, names=["01_one", "02_two"])
    outcomes = run_all(
        requests, jobs=2, render=RENDER, listen=lambda run, news: heard.append((run, news))
    )
    assert [(one.run, one.state) for one in outcomes] == [("01_one", "built"), ("02_two", "built")]
    assert {run for run, news in heard if news == Step(2, 4, "Sleep")} == {"01_one", "02_two"}
    assert sum(isinstance(news, Outcome) for _, news in heard) == 2
    assert "0" in (root / "reports/01_one.html").read_text().split()  # PYTHONHASHSEED


def test_one_job_at_a_time_runs_one_after_the_other(toy):
    running, most = set(), []

    def listen(run, news):
        running.discard(run) if isinstance(news, Outcome) else running.add(run)
        most.append(len(running))

    run_all(plan(toy.SPECS, names=["01_one", "02_two"]), jobs=1, render=RENDER, listen=listen)
    assert max(most) == 1


def test_a_failure_does_not_stop_the_others(toy):
    requests = [
        *plan(toy.SPECS, names=["01_one"], values=[("action", "raise")]),
        *plan(toy.SPECS, names=["02_two"]),
    ]
    assert [one.state for one in run_all(requests, jobs=2, render=RENDER)] == ["failed", "built"]


def test_a_worker_that_is_killed_is_a_failed_run(toy, root):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("pause", "30.0")], label="x")
    files = RunFiles(request.run, root / "reports")

    def kill(run, news):
        if isinstance(news, Step) and news.cell == 2:
            active_children()[0].kill()

    (outcome,) = run_all([request], jobs=1, render=RENDER, listen=kill)
    assert outcome.state == "failed"
    assert "exit code -9" in outcome.error["message"]
    assert read_json(files.failed_manifest)["error"]["cell"] == 2
    assert not files.mark.exists()
    assert not is_working(files)


def test_an_error_of_the_worker_itself_is_a_failed_run(toy):
    requests = plan(toy.SPECS, names=["01_one"])
    (outcome,) = run_all(requests, jobs=1, render="toy_project:no_such_function")
    assert outcome.error["name"] == "AttributeError"


def test_what_the_processes_print_is_kept_with_a_failure(toy, root):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("action", "raise")], label="x")
    notebook = json.loads(request.spec.path.read_text())
    notebook["cells"][3]["source"] = "import os\nos.write(2, b'from below')"
    request.spec.path.write_text(json.dumps(notebook))
    run_all([request], jobs=1, render=RENDER)
    assert "from below" in RunFiles(request.run, root / "reports").failed_log.read_text()


def test_two_at_once_on_the_same_run_do_the_work_once(toy):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("pause", "1.0")])
    outcomes = []

    def start():
        outcomes.extend(run_all([request], jobs=1, render=RENDER))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.state for one in outcomes) == ["built", "fresh"]


def test_an_interrupt_ends_the_workers_and_keeps_the_last_good_report(toy, root):
    (request,) = plan(toy.SPECS, names=["01_one"], values=[("pause", "30.0")], label="x")
    files = RunFiles(request.run, root / "reports")

    def interrupt(run, news):
        if isinstance(news, Step) and news.cell == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all([request], jobs=1, render=RENDER, listen=interrupt)
    assert read_json(files.failed_manifest)["error"]["name"] == "Interrupted"
    assert active_children() == []
    assert not files.mark.exists()


def test_what_a_user_installed_for_jupyter_does_not_enter_a_report(
    toy, root, tmp_path, monkeypatch
):
    kernel = tmp_path / "jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false", "{connection_file}"], "display_name": "Other"}')
    startup = tmp_path / "ipython/profile_default/startup/00.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("pause = 'not a number'; import builtins; builtins.repr = str.upper")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (outcome,) = run_all(plan(toy.SPECS, names=["01_one"]), jobs=1, render=RENDER)
    assert outcome.state == "built"
    assert "'plain'" in (root / "reports/01_one.html").read_text()
