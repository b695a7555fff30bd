"""Runs with results only, in processes of their own."""

import os
from multiprocessing import active_children

from research.report.execute import Step
from research.report.sweep.runs import run_local, task


def made(toy, **values):
    return task("01_one", toy.SPECS[0].defaults() | values)


def test_a_run_gives_findings_and_a_failed_one_its_cell_and_both_leave_nothing(toy, root):
    good, bad = made(toy), made(toy, action="die")
    ended = {one.id: one for one in run_local([good, bad], 2, specs=toy.SPECS)}
    assert [one["id"] for one in ended[good.id].findings] == ["toy.answer"]
    assert (ended[good.id].state, ended[good.id].error) == ("ok", None)
    error = ended[bad.id].error
    assert (error["name"], error["cell"]) == ("KernelDied", 3)
    assert ended[bad.id].findings == []
    assert ended[good.id].inputs == ended[bad.id].inputs
    assert os.listdir(root / "reports/.work") == []


def test_a_worker_that_is_killed_is_a_failed_run_with_its_cell(toy, root):
    def kill(run, news):
        if isinstance(news, Step) and news.cell == 2:
            active_children()[0].kill()

    (ended,) = run_local([made(toy, pause=30.0)], 1, specs=toy.SPECS, listen=kill)
    assert (ended.state, ended.error["cell"]) == ("failed", 2)
    assert "exit code -9" in ended.error["message"]
    assert os.listdir(root / "reports/.work") == []


def test_a_run_shows_findings_alone_and_one_without_findings_failed(toy):
    wish = "import os\nassert os.environ['RESEARCH_OUTPUTS'] == 'findings'"
    toy.write_notebook(toy.SPECS[0].path, [*toy._CELLS[:2], ("code", wish, [])])
    (ended,) = run_local([made(toy)], 1, specs=toy.SPECS)
    assert ended.error["name"] == "NoFindings", ended.error


def test_an_id_is_that_of_the_parameters_in_any_order(toy):
    parameters = toy.SPECS[0].defaults()
    turned = dict(reversed(parameters.items()))
    assert task("01_one", turned).id == task("01_one", parameters).id
    assert task("01_one", parameters).id != task("02_two", parameters).id
