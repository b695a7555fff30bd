"""The draws that are timed are those of the package; another answer is seen. Nothing is timed."""

import pytest
from benchmarks import tariff_draws
from benchmarks.tariff_draws import measure

# Percentage points of income; equilibria are solved to 1e-11 in logs.
SAME = 1e-8


@pytest.mark.parametrize("case", list(tariff_draws.CASES))
def test_every_case_gives_the_effect_of_each_draw_by_itself(case):
    taken = measure(case, 2)
    assert taken["difference"] <= SAME
    assert taken["draws"] == 2
    assert taken["peak_mb"] >= taken["before_mb"] > 0


def test_a_case_that_does_other_work_is_seen(monkeypatch):
    def wrong(asked, n):
        found, theta = tariff_draws.at_once(asked, n)
        return found + 0.01, theta

    monkeypatch.setattr(tariff_draws, "CASES", {"at_once": wrong})
    assert measure("at_once", 2)["difference"] == pytest.approx(0.01, abs=SAME)
