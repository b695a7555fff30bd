"""The two-sector example of Miller and Blair through every model that has it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.jobs.accounts import io_table
from research.jobs.io import requirements
from research.jobs.multipliers import Households, capped, household_terms

from .random_tables import two_sectors

LABELS = ["one", "two"]

# Households pay 50 of their income of 1,000 to households: a dollar of pay from industries is
# 1 / 0.95 dollars of income, of which 0.45 are spent on goods.
HOUSEHOLDS = Households(consumption_share=0.45 / 0.95, leak=0.0)


def test_the_numbers_of_the_book(compare):
    need = requirements(two_sectors(), domestic=False)
    inverse = need.industry_by_commodity.to_numpy()
    output = inverse @ [600, 1500]
    labour = output * [0.30, 0.25]
    closed = closed_inverse()
    new = new_industry()
    compare(
        "miller_blair_two_sectors",
        {f"l_{r + 1}{c + 1}": inverse[r, c] for r in range(2) for c in range(2)}
        | {f"output_{r + 1}": output[r] for r in range(2)}
        | {f"labour_{r + 1}": labour[r] for r in range(2)}
        | {f"closed_{r + 1}{c + 1}": closed[r, c] for r in range(3) for c in range(3)}
        | {f"new_industry_{r + 1}": new[r] for r in range(2)},
    )


def closed_inverse():
    """The inverse with households, from the pieces of the closed form."""
    table = two_sectors()
    need = requirements(table, domestic=False)
    terms = household_terms(table, pd.Series(0.0, LABELS), need)
    open_inverse = need.industry_by_commodity.to_numpy()
    c = HOUSEHOLDS.spent_share
    income = 1 / 0.95 / (1 - c * terms.rho)
    spent = 0.45 * terms.basket_output.to_numpy()
    pay = terms.income_per_musd.to_numpy() @ open_inverse
    top = open_inverse + np.outer(terms.basket_output, terms.rounds(HOUSEHOLDS) * pay)
    bottom = pay * income
    return np.block([[top, (spent * income)[:, None]], [bottom, income]])


def new_industry():
    """Output of the two sectors when a third makes 100,000 and nobody else buys anything."""
    labels = [*LABELS, "new"]
    A = np.array([[0.15, 0.25, 0.30], [0.20, 0.05, 0.18], [0, 0, 0]])
    x = np.array([1000.0, 2000, 100_000])
    table = io_table(
        pd.DataFrame(np.diag(x), labels, labels),
        pd.DataFrame(A * x, labels, labels),
        value_added=pd.DataFrame([x - (A * x).sum(axis=0)], ["pay"], labels),
        final_demand=pd.DataFrame({"all": x - (A * x).sum(axis=1)}, labels),
        year=2009,
        tolerance_musd=1e-9,
    )
    found = capped(
        requirements(table, domestic=False),
        pd.Series({"one": 0.0, "two": 0.0}),
        pd.Series({"new": 100_000.0}),
    )
    assert found.loc["new", "delivered_musd"] == 100_000
    return found["output_musd"].to_numpy()
