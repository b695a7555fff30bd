"""Jobs by state without blanks: on paper, and on the table of the state accounts."""

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.jobs.states import HELD_TOGETHER, impute_state_jobs

# Sums of jobs: fractions of a job are rounding.
JOBS = 1e-6

NAN = np.nan


@pytest.fixture(scope="module")
def printed():
    return load_table("jobs/bea_state_jobs_2018")


@pytest.fixture(scope="module")
def employees():
    return load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]


@pytest.fixture(scope="module")
def filled(printed, employees):
    return impute_state_jobs(printed, employees)


def paper():
    """Four lines, three states; 211 misses 30 of 100 jobs, 212 has 20 and 40 where 211 is blank."""
    table = pd.DataFrame(
        {
            "211": [70, NAN, NAN, 100],
            "212": [40, 20, 40, 100],
            "514": [NAN, NAN, NAN, NAN],
            "511": [10, 30, 10, 50],
            "54": [100, 200, 300, 600],
        },
        index=["East", "North", "West", "us_total"],
    ).T
    workers = pd.Series(
        {"211": 9.0, "212": 5, "511": 25, "514": 10, "5411": 100, "5415": 200, "5412OP": 300}
    )
    return table, workers


def test_on_paper():
    table, workers = paper()
    out = impute_state_jobs(table, workers)
    # 30 jobs of 211 by the jobs in 212, the only other line of mining: 20 to 40.
    assert out.loc["211"].to_list() == pytest.approx([70, 10, 20])
    # 514: 10 employees at the 50 jobs for 25 employees of 511, by the jobs in 511.
    assert out.loc["514"].to_list() == pytest.approx([4, 12, 4])
    # A sixth, a third and a half of row 54.
    assert out.loc["5415"].to_list() == pytest.approx([100 / 3, 200 / 3, 100])


def test_a_line_alone_in_its_sector_goes_by_all_jobs():
    table, workers = paper()
    table.loc["22"] = [50, NAN, NAN, 100]
    workers["22"] = 1
    out = impute_state_jobs(table, workers)
    # Lines without blanks: North 20 + 30 + 200, West 40 + 10 + 300.
    assert out.loc["22", "North"] == pytest.approx(50 * 250 / 600)


def test_rows_add_up_to_the_nation(filled, printed):
    sums = filled.sum(axis=1)
    for line, held in HELD_TOGETHER.items():
        assert sums[list(held)].sum() == pytest.approx(printed.at[line, "us_total"], abs=JOBS)
    joint = {code for held in HELD_TOGETHER.values() for code in held}
    single = [code for code in sums.index if code not in joint and code != "514"]
    np.testing.assert_allclose(sums[single], printed.loc[single, "us_total"], atol=JOBS)
