"""What the benchmark times does the same work: both cases give the same jobs. Nothing is timed."""

import numpy as np
from benchmarks.jobs_model import CASES, ROWS, draws
from benchmarks.processes import cells
from studies.usual_jobs import usual_model

# Products of matrices of other shapes.
SAME = 1e-9


def test_both_cases_give_the_same_jobs():
    made, rungs = usual_model(), {name: values[:4] for name, values in draws(100).items()}
    first, *others = (CASES[case](made, rungs) for _, case, _ in ROWS)
    assert first.shape == (4, 51)
    for other in others:
        np.testing.assert_allclose(other, first, rtol=SAME)


def test_speed_is_that_of_one_draw():
    taken = {"draws": 200, "seconds": 0.1, "peak_mb": 300, "before_mb": 250, "difference": 0.0}
    assert cells(taken, "draws", 0.01, digits=0)[:4] == ["200", "0.10", "500", "20"]
    assert cells(taken, "draws", 0.0005, digits=0)[3] == "1"
