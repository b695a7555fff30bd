"""Location quotients: on paper, by plain loops, and by what must hold for any table."""

from math import log2

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from research.jobs.states import METHODS

from .random_tables import FEW
from .random_tables import labelled_quotients as quotients

# Floating point: a few operations on numbers near 1.
EXACT = 1e-12

# Two states, two industries: East has 40 of 100 jobs, mills have 40 of 100.
PAPER = pd.DataFrame({"East": [30, 10], "West": [10, 50]}, index=["mills", "farms"])

tables = hnp.arrays(
    float, st.tuples(st.integers(2, 5), st.integers(1, 4)), elements=st.floats(1, 1e6)
)


def labelled(values):
    industries = [f"industry {i}" for i in range(values.shape[0])]
    return pd.DataFrame(values, industries, [f"state {r}" for r in range(values.shape[1])])


def test_cross_industry_quotients_on_paper():
    east = quotients(PAPER, "CILQ", 0.3).loc["East"]
    # 15/8 over 5/12 and its inverse; the diagonal is SLQ.
    assert east.at["mills", "farms"] == pytest.approx(4.5, abs=EXACT)
    assert east.at["farms", "mills"] == pytest.approx(1 / 4.5, abs=EXACT)
    assert east.at["mills", "mills"] == pytest.approx(15 / 8, abs=EXACT)
    flq = quotients(PAPER, "FLQ", 0.3).loc["East"]
    assert flq.at["farms", "mills"] == pytest.approx(log2(1.4) ** 0.3 / 4.5, abs=EXACT)
    aflq = quotients(PAPER, "AFLQ", 0.3).loc["East"]
    # Mills are the East's speciality, farms are not.
    assert aflq.at["farms", "mills"] == pytest.approx(
        log2(1.4) ** 0.3 / 4.5 * log2(1 + 15 / 8), abs=EXACT
    )
    assert aflq.at["mills", "farms"] == pytest.approx(flq.at["mills", "farms"], abs=EXACT)


def by_loops(jobs, method, delta):
    """Each quotient by itself, from the words of the definition."""
    out, nation = {}, jobs.to_numpy().sum()

    def simple(industry, state):
        return (jobs.at[industry, state] / jobs[state].sum()) / (jobs.loc[industry].sum() / nation)

    for state in jobs.columns:
        size = log2(1 + jobs[state].sum() / nation) ** delta
        for i in jobs.index:
            for j in jobs.index:
                own, buyer = simple(i, state), simple(j, state)
                value = own if i == j or buyer == 0 else own / buyer
                if method != "CILQ":
                    value *= size
                if method == "AFLQ" and buyer > 1:
                    value *= log2(1 + buyer)
                out[state, i, j] = value
    return pd.Series(out)


@FEW
@given(tables, st.sampled_from(METHODS[1:]), st.floats(0, 0.99))
def test_loops_give_the_same(values, method, delta):
    jobs = labelled(values)
    ours = quotients(jobs, method, delta).stack()
    expected = by_loops(jobs, method, delta)
    np.testing.assert_allclose(ours.loc[expected.index], expected, rtol=1e-9)


def test_an_absent_buyer_has_the_quotient_of_the_seller():
    jobs = PAPER.copy()
    jobs.loc["ships"] = [5, 0]
    west = quotients(jobs, "CILQ", 0).loc["West"]
    assert west["ships"].to_list() == pytest.approx(
        quotients(jobs, "SLQ", 0)["West"].to_list(), abs=EXACT
    )
