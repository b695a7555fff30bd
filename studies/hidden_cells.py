"""Jobs by state that are printed, hidden and filled again: how far off the rule of imputation is.

`python -m studies.hidden_cells` prints the errors line by line; docs/methods/jobs.md has the means.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.jobs.states import NATION, filled, held_by


def hidden_cell_errors(
    state_jobs: pd.DataFrame, employees: pd.Series, *, replications: int, seed: int
) -> pd.DataFrame:
    """Hide printed cells, fill them by the rule and by total jobs alone, and measure both.

    In each replication every line with blanks loses as many of its printed cells as it has blanks
    (at most half of them), drawn at random. The error is ``sum |filled - printed| / sum printed``
    over the hidden cells of all replications.

    Returns
    -------
    pandas.DataFrame
        Index line with blanks: hidden (cells a replication), rule_error, total_error (shares).
    """
    lines = held_by(employees.index)
    table = state_jobs.reindex(pd.Index(lines.unique(), name="code")).dropna(subset=NATION)
    workers = employees.groupby(lines.to_numpy()).sum().reindex(table.index)
    draws = np.random.default_rng(seed)
    blanks = table.drop(columns=NATION).isna()
    rows = {}
    for code in table.index[blanks.any(axis=1)]:
        printed = blanks.columns[~blanks.loc[code]]
        n = min(int(blanks.loc[code].sum()), len(printed) // 2)
        errors = [
            _hidden_error(table, workers, code, draws.choice(printed, n, replace=False))
            for _ in range(replications)
        ]
        rule, total, size = np.sum(errors, axis=0)
        rows[code] = {"hidden": n, "rule_error": rule / size, "total_error": total / size}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("code")


def _hidden_error(
    table: pd.DataFrame, workers: pd.Series, code: str, hidden: np.ndarray
) -> tuple[float, float, float]:
    """Give the absolute errors of both rules and the jobs hidden."""
    row = table.loc[code].drop(NATION).fillna(0)
    test = table.copy()
    test.loc[code] = row.drop(hidden).reindex(table.columns)
    test.loc[code, NATION] = row.sum()
    truth = row[hidden].astype(float)
    guess = filled(test, workers).loc[code, hidden]
    size = table.drop(columns=NATION).dropna().sum()[hidden]
    plain = truth.sum() * size / size.sum()
    return float((guess - truth).abs().sum()), float((plain - truth).abs().sum()), truth.sum()


if __name__ == "__main__":
    found = hidden_cell_errors(
        load_table("jobs/bea_state_jobs_2018"),
        load_table("jobs/employees_2021_thousand")["employees_2021_thousand"],
        replications=50,
        seed=550,
    )
    print((100 * found.drop(columns="hidden")).round().assign(hidden=found["hidden"]).to_string())
    print((100 * found.mean()).round().to_string())
