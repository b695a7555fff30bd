"""Capped models: identities, limits, and a recomputation by rounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.errors import InputError
from research.jobs.io import final_demand_of, load_io_table, requirements
from research.jobs.multipliers import capped

from .random_tables import FEW, random_table

SAME = 1e-9


@pytest.fixture(scope="module")
def bea():
    return load_io_table()


@FEW
@given(st.integers(0, 10_000), st.floats(0.2, 1.5))
def test_capped_output_solves_the_balance(seed, factor):
    table = random_table(5, 6, seed)
    need = requirements(table, domestic=True)
    demand = final_demand_of(table, domestic=True)
    fixed = factor * table.industry_output.loc[["i1", "i3"]]
    found = capped(need, demand, fixed.iloc[::-1])
    pd.testing.assert_series_equal(found.loc[fixed.index, "output_musd"], fixed, check_names=False)
    x = found["output_musd"]
    np.testing.assert_allclose(
        x, need.industry_direct @ x + found["delivered_musd"], rtol=SAME, atol=1e-7
    )
    free = found[~found["capped"]]
    np.testing.assert_allclose(free["unmet_musd"], 0, atol=1e-7)
    assert list(found.index[found["capped"]]) == ["i1", "i3"]


def test_capped_construction_by_rounds(bea):
    """Suppliers are asked round by round, the builders never for more than their cap."""
    need = requirements(bea, domestic=True)
    A, cap = need.industry_direct, 500.0
    demand = need.market_shares @ pd.Series({"23": 1000.0, "335": 400.0}).reindex(
        bea.commodities, fill_value=0.0
    )
    x = demand.copy()
    for _ in range(300):
        x = A @ x + demand
        x["23"] = cap
    found = capped(need, pd.Series({"23": 1000.0, "335": 400.0}), pd.Series({"23": cap}))
    np.testing.assert_allclose(found["output_musd"], x, atol=1e-8)
    assert found.loc["23", "delivered_musd"] < cap < found.loc["23", "demand_musd"]


def test_every_fault_is_named(bea):
    need = requirements(bea, domestic=True)
    with pytest.raises(InputError) as caught:
        capped(need, pd.Series({"steel": 1.0}), pd.Series({"23": np.nan, "336": 2.0}))
    text = str(caught.value)
    for part in ("found 'steel'", "found '336'", "finite figures; found 23: nan"):
        assert part in text
    with pytest.raises(InputError, match="at least 0; found 23: -1"):
        capped(need, pd.Series({"23": 1.0}), pd.Series({"23": -1.0}))
    with pytest.raises(InputError, match="all of them"):
        capped(need, pd.Series({"23": 1.0}), bea.industry_output)
    with pytest.raises(InputError, match="a Series with labels"):
        capped(need, pd.Series({"23": 1.0}), [1.0, 2.0])
