"""Requirements and multipliers of 402 industries, beside pymrio, which must give the same inverse.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.input_output`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from research.jobs.accounts import IOTable, io_table
from research.jobs.io import requirements
from research.jobs.multipliers import multipliers

#: Industries of the detailed tables of the United States.
INDUSTRIES = 402

REPEATS = 5

#: Package of others, which only this benchmark imports.
PEER = "pymrio"


def table(n: int = INDUSTRIES, seed: int = 550) -> IOTable:
    """Draw a table of n industries and as many commodities that balances by construction."""
    rng = np.random.default_rng(seed)
    industries, commodities = ([f"{kind}{k}" for k in range(n)] for kind in "ic")
    make = rng.gamma(0.2, 1, (n, n)) + np.diag(np.full(n, 5.0 * n))
    g, q = make.sum(axis=1), make.sum(axis=0)
    use = rng.dirichlet(np.full(n, 0.3), n).T * rng.uniform(0.2, 0.8, n) * g
    imports = use * rng.uniform(0, 0.4, (n, 1))
    foreign = imports.sum(axis=1)
    final = np.c_[q - use.sum(axis=1) + foreign, -foreign]
    imported_final = np.c_[np.zeros(n), -foreign]
    added = g - use.sum(axis=0)
    categories = ["F010", "F050"]
    return io_table(
        pd.DataFrame(make, industries, commodities),
        pd.DataFrame(use, commodities, industries),
        value_added=pd.DataFrame([0.6 * added, 0.4 * added], ["V001", "V003"], industries),
        final_demand=pd.DataFrame(final, commodities, categories),
        imports=pd.DataFrame(imports, commodities, industries),
        imported_final_demand=pd.DataFrame(imported_final, commodities, categories),
        tolerance_musd=1e-9 * g.sum(),
    )


def seconds(call: Callable[[], object]) -> float:
    """Give the median of a few timed calls after one that warms up."""
    call()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peer(made: IOTable) -> Callable[[], pd.DataFrame]:
    """Give the call by which pymrio finds the inverse between industries, from transactions."""
    from pymrio.tools.iomath import calc_A, calc_L

    output = made.industry_output
    transactions = requirements(made, domestic=True).industry_direct.mul(output, axis=1)
    indout = output.to_frame("indout")
    return lambda: calc_L(calc_A(transactions, indout))


def difference(made: IOTable) -> float:
    """Give the largest difference of our inverse from pymrio's."""
    need = requirements(made, domestic=True)
    ours = need.industry_by_commodity @ need.direct + np.eye(INDUSTRIES)
    return float((ours - peer(made)()).abs().max(axis=None))


def main() -> None:
    """Print what requirements, multipliers and pymrio took on one table."""
    console, made = Console(), table()
    jobs = pd.Series(np.linspace(1, 9, INDUSTRIES), made.industries)
    cases: dict[str, Callable[[], object]] = {
        "requirements, three inverses": lambda: requirements(made, domestic=True),
        "multipliers of all commodities": lambda: multipliers(made, jobs, 0.63),
    }
    if find_spec(PEER):
        cases[f"{PEER}, one inverse"] = peer(made)
    rows = Table("what", title=f"{INDUSTRIES} industries, medians of this run", box=SIMPLE)
    rows.add_column("seconds", justify="right")
    for name, call in cases.items():
        rows.add_row(name, f"{seconds(call):.3f}")
    console.print(rows)
    if find_spec(PEER):
        console.print(f"Largest difference from the inverse of {PEER}: {difference(made):.0e}.")
    else:
        console.print(f"Left out: {PEER} (.venv/bin/pip install {PEER}).")


if __name__ == "__main__":
    main()
