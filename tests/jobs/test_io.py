"""Requirements against exact fractions, and the output that final demand gives back."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.errors import InputError
from research.jobs.accounts import io_table
from research.jobs.io import requirements

from .random_tables import FEW, random_parts, random_table

# Inverses of well-conditioned matrices of this size.
SAME = 1e-9


def test_a_by_product_in_exact_fractions():
    """Two industries, the second also makes the first one's product; worked out with fractions."""
    labels, codes = ["i1", "i2"], ["c1", "c2"]
    table = io_table(
        pd.DataFrame([[90.0, 0], [10, 100]], labels, codes),
        pd.DataFrame([[10.0, 10], [10, 7]], codes, labels),
        value_added=pd.DataFrame([[70.0, 93]], ["V001"], labels),
        final_demand=pd.DataFrame({"F010": [80.0, 83]}, codes),
        tolerance_musd=0,
    )
    need = requirements(table, domestic=False)
    b = [[Fraction(10, 90), Fraction(10, 110)], [Fraction(10, 90), Fraction(7, 110)]]
    d = [[Fraction(9, 10), Fraction(0)], [Fraction(1, 10), Fraction(1)]]
    bd = [[sum(b[r][k] * d[k][c] for k in range(2)) for c in range(2)] for r in range(2)]
    m = [[Fraction(r == c) - bd[r][c] for c in range(2)] for r in range(2)]
    det = m[0][0] * m[1][1] - m[0][1] * m[1][0]
    inverse = [[m[1][1] / det, -m[0][1] / det], [-m[1][0] / det, m[0][0] / det]]
    expected = np.array([[float(cell) for cell in row] for row in inverse])
    expected = np.array([[float(cell) for cell in row] for row in d]) @ expected
    np.testing.assert_allclose(need.industry_by_commodity, expected, rtol=SAME)
    assert (need.industry_by_commodity @ [80.0, 83]).tolist() == pytest.approx([90, 110])


tables = st.builds(
    random_table,
    n_industries=st.integers(2, 6),
    n_commodities=st.integers(3, 7),
    seed=st.integers(0, 10_000),
    scrap=st.booleans(),
)


@FEW
@given(tables, st.booleans())
def test_final_demand_gives_back_output(table, domestic):
    need = requirements(table, domestic=domestic)
    demand = table.final_demand - (table.imported_final_demand if domestic else 0)
    output = need.industry_by_commodity @ demand.sum(axis=1)
    np.testing.assert_allclose(output, table.industry_output, rtol=1e-6)


def two_industries(use):
    """An economy of two industries that make 100 each, whatever they use."""
    labels = ["a", "b"]
    used = pd.DataFrame(use, labels, labels, dtype=float)
    return io_table(
        pd.DataFrame(np.diag([100.0, 100]), labels, labels),
        used,
        value_added=(100 - used.sum()).to_frame("V001").T,
        final_demand=(100 - used.sum(axis=1)).to_frame("F010"),
        tolerance_musd=0,
    )


def test_inputs_worth_more_than_output_are_refused():
    with pytest.raises(InputError, match=r"spectral radius.*1\.2"):
        requirements(two_industries([[60, 60], [60, 60]]), domestic=False)


def test_one_dear_industry_does_not_make_a_table_infeasible():
    """A column above one is no fault as long as the rounds shrink."""
    need = requirements(two_industries([[0, 10], [110, 0]]), domestic=False)
    assert need.industry_by_commodity.loc["a", "a"] == pytest.approx(1 / (1 - 0.11))


def test_domestic_requirements_need_an_import_matrix():
    parts = random_parts(3, 4, 1) | {"imports": None, "imported_final_demand": None}
    table = io_table(parts.pop("make"), parts.pop("use"), **parts)
    requirements(table, domestic=False)
    with pytest.raises(InputError, match="import matrix"):
        requirements(table, domestic=True)
