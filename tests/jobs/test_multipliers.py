"""Multipliers against the closed matrix, rounds of spending, and ratios in the wrong order."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.jobs.employment import employment_ratios
from research.jobs.io import load_io_table, requirements
from research.jobs.multipliers import multipliers

# Two routes through inverses of well-conditioned matrices.
SAME = 1e-9

SPENT_SHARE = 0.63


@pytest.fixture(scope="module")
def bea():
    return load_io_table()


@pytest.fixture(scope="module")
def ratios():
    return employment_ratios("nipa_2021", 2023)


def closed_output(table, *, domestic):
    """Output per dollar of final demand with households as one more row and column."""
    need = requirements(table, domestic=domestic)
    bought = table.final_demand["F010"]
    home = bought - table.imported_final_demand["F010"] if domestic else bought
    spent = (home / bought.sum() * SPENT_SHARE).to_numpy()
    pay = (table.value_added.loc["V001"] / table.make.sum(axis=1)).to_numpy()
    w, b = need.market_shares.to_numpy(), need.direct.to_numpy()
    n = len(w)
    closed = np.zeros((n + 1, n + 1))
    closed[:n, :n], closed[:n, n], closed[n, :n] = w @ b, w @ spent, pay
    return np.linalg.inv(np.eye(n + 1) - closed)[:n, :n] @ w


@pytest.mark.parametrize("domestic", [True, False])
def test_the_closed_form_is_the_closed_matrix(bea, ratios, domestic):
    ours = multipliers(bea, ratios, SPENT_SHARE, domestic=domestic)
    expected = ratios.loc[bea.industries].to_numpy() @ closed_output(bea, domestic=domestic)
    np.testing.assert_allclose(ours["type_2"], expected, atol=SAME)


def test_ratios_in_another_order_give_the_same_multipliers(bea, ratios):
    ours = multipliers(bea, ratios, SPENT_SHARE)
    by_name = multipliers(bea, ratios.sort_index(), SPENT_SHARE)
    pd.testing.assert_frame_equal(by_name, ours)
    need = requirements(bea, domestic=True)
    by_position = ratios.sort_index().to_numpy() @ need.industry_by_commodity.to_numpy()
    wrong = pd.Series(by_position, bea.commodities) / ours["type_1"] - 1
    # What multiplying by position would do to construction and electrical equipment.
    assert abs(wrong["23"]) > 0.05
    assert abs(wrong["335"]) > 0.05


def test_every_fault_is_named(bea, ratios):
    jobs = ratios.drop("23").rename({"335": "336"})
    with pytest.raises(InputError) as caught:
        multipliers(bea, jobs, SPENT_SHARE)
    text = str(caught.value)
    for part in ("found '336'", "a figure for 23, 335"):
        assert part in text
    with pytest.raises(InputError, match="jobs_per_musd: asked for figures of at least 0"):
        multipliers(bea, -ratios, SPENT_SHARE)
