"""What the benchmark times is right: our inverse is numpy's, and pymrio's where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.input_output import difference, table

from research.jobs.io import requirements

# Inverses of well-conditioned matrices of this size.
SAME = 1e-9


def test_the_table_of_the_benchmark_is_inverted():
    made = table(40)
    need = requirements(made, domestic=True)
    home = (made.use - made.imports).to_numpy() / made.make.sum(axis=1).to_numpy()
    shares = made.make.to_numpy() / made.make.sum(axis=0).to_numpy()
    expected = np.linalg.inv(np.eye(40) - shares @ home)
    np.testing.assert_allclose(need.industry_by_industry, expected, atol=SAME)


# What a package of others warns of is not ours to mend.
@pytest.mark.filterwarnings("default")
def test_pymrio_finds_the_same_inverse():
    pytest.importorskip("pymrio")
    assert difference(table(402)) < SAME
