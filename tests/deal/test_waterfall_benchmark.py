"""What the benchmark times does the same work: each case against plain loops. Nothing is timed."""

import pytest
from benchmarks import waterfall
from benchmarks.__main__ import MODULES

# Sums in another order.
SAME = 1e-9


@pytest.mark.parametrize("case", [case for _, case, _ in waterfall.ROWS])
def test_a_case_gives_the_cash_of_plain_loops(case):
    assert waterfall.measure(case, 3)["difference"] < SAME
    assert "benchmarks.waterfall" in MODULES


def test_a_case_that_does_other_work_is_seen(monkeypatch):
    wrong = {"at_once_a": lambda drawn: waterfall.at_once("B", drawn)}
    monkeypatch.setattr(waterfall, "CASES", wrong)
    assert waterfall.measure("at_once_a", 3)["difference"] > 1
