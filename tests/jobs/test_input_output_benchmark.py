"""What the benchmark times is right: our inverse is numpy's, and pymrio's where it is installed."""

import pytest
from benchmarks.input_output import difference, table

# Inverses of well-conditioned matrices of this size.
SAME = 1e-9


# What a package of others warns of is not ours to mend.
@pytest.mark.filterwarnings("default")
def test_pymrio_finds_the_same_inverse():
    pytest.importorskip("pymrio")
    assert difference(table(402)) < SAME
