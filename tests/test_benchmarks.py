"""What the benchmarks time does the same work: the CARs of every case agree. Nothing is timed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from benchmarks import cases
from benchmarks.__main__ import PEERS, ROWS
from benchmarks.alone import measure
from benchmarks.panel import panel
from benchmarks.processes import cells

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
