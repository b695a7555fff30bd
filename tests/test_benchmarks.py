"""What the benchmarks time does the same work: the CARs of every case agree. Nothing is timed."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from benchmarks import cases, plain, runs
from benchmarks.__main__ import PEERS, ROWS
from benchmarks.alone import measure
from benchmarks.panel import as_groups_of_one, as_one_group, panel
from benchmarks.processes import cells

from research.events import event_study
from research.report.forked import KINDS

# Every case solves the same least squares problem in double precision.
SAME = 1e-12

INSTALLED = [case for _, case, _ in ROWS if case not in PEERS or find_spec(case)]


@pytest.fixture(scope="module")
def data():
    returns, market, events = panel()
    return returns, market, events.head(40)


# What a package of others warns of is not ours to mend.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", INSTALLED)
def test_every_case_gives_the_cars_of_the_loop(data, name):
    expected = cases.statsmodels_loop(data)()
    np.testing.assert_allclose(getattr(cases, name)(data)(), expected, rtol=0, atol=SAME)


def test_a_case_that_does_other_work_is_seen(monkeypatch):
    monkeypatch.setattr(cases, "cars", lambda data: lambda: cases.statsmodels_loop(data)() + 0.01)
    assert measure("cars", 20)["difference"] == pytest.approx(0.01, abs=SAME)


def test_speed_is_that_of_one_event():
    taken = {"events": 200, "seconds": 0.1, "peak_mb": 300, "before_mb": 250, "difference": 0.0}
    assert cells(taken, "events", 0.001, digits=2)[:4] == ["200", "0.10", "500", "2.00"]


def test_plain_numpy_computes_the_same_tests(data):
    """What the speed is held to is the same work."""
    ones = as_groups_of_one(data)
    found = (
        event_study(*ones, **cases.SETTINGS)
        .tests()
        .pivot(index="event_id", columns="test", values="statistic")
    )
    names = ["portfolio_t", "time_series_t", "patell_z", "sign_z", "corrado_rank_z"]
    names += ["cowan_rank_z", "cz_sign_z", "gen_sign_z"]
    expected = dict(zip(names, plain.alone(ones)[1], strict=False))
    for name in names:
        got = found[name].loc[ones[2]["event_id"]]
        np.testing.assert_allclose(got, expected[name], rtol=1e-9, atol=SAME, err_msg=name)
    pooled = as_one_group(data)
    found = event_study(*pooled, **cases.SETTINGS).tests().set_index("test")["statistic"]
    np.testing.assert_allclose(sorted(found), sorted(plain.pooled(pooled)[1][0]), rtol=1e-9)


def test_runs_are_timed_on_the_projects_files_and_leave_its_reports_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent / "toy")
    import toy_project

    there = toy_project.write_project(tmp_path / "there")
    monkeypatch.setenv("RESEARCH_ROOT", str(there))
    (tmp_path / "copy").mkdir()
    monkeypatch.setenv("RESEARCH_ROOT", str(runs.project(tmp_path / "copy")))
    assert [one.run for one in runs.requests(1, toy_project.SPECS)] == ["01_one", "01_one__letter"]
    assert runs.results(2, toy_project.SPECS) == ["ok", "ok"]
    assert not list((there / "reports").iterdir())
    assert {case.split("_")[1] for _, case, _ in runs.ROWS} == set(KINDS)
