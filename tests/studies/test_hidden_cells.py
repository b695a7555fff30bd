"""The study of hidden cells is right where the rule is, and near what the page says elsewhere."""

import numpy as np
import pandas as pd
import pytest
from studies.hidden_cells import hidden_cell_errors

from research.data import load_table


def test_errors_are_nought_where_the_rule_is_true():
    """Jobs that are state size times industry size are filled without error."""
    states = [f"state {r}" for r in range(8)]
    size = np.array([1, 2, 3, 4, 5, 6, 7, 8.0])
    table = pd.DataFrame(np.outer([10, 20, 30, 40], size), ["211", "212", "213", "22"], states)
    table["us_total"] = table.sum(axis=1)
    table.loc["211", states[:2]] = np.nan
    workers = pd.Series(1.0, table.index)
    errors = hidden_cell_errors(table, workers, replications=3, seed=1)
    assert errors.index.to_list() == ["211"]
    assert errors[["rule_error", "total_error"]].to_numpy() == pytest.approx(0, abs=1e-12)


def test_the_rule_is_better_than_total_jobs_by_what_the_page_says():
    errors = 100 * hidden_cell_errors(
        load_table("jobs/bea_state_jobs_2018"),
        load_table("jobs/employees_2021_thousand")["employees_2021_thousand"],
        replications=2,
        seed=5,
    )
    # The page has 50 replications, the test 2; points of per cent.
    found = errors[["rule_error", "total_error"]].mean()
    assert found.to_list() == pytest.approx([40, 46], abs=8)
