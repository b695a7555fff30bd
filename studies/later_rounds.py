"""Household spending in later rounds, placed like the first, beside each round where it is earned.

`python -m studies.later_rounds` prints how many jobs move; docs/methods/jobs.md quotes the largest.
"""

from __future__ import annotations

import numpy as np

from research.data import load_table
from research.jobs.io import load_io_table, requirements
from research.jobs.ladder import load_ladder
from research.jobs.model import JobsModel, run
from research.jobs.multipliers import households
from research.jobs.spending import spend
from research.jobs.states import impute_state_jobs, regions
from studies.usual_jobs import usual_model


def central() -> dict[str, np.ndarray]:
    """Give the central rungs as one draw."""
    return {name: np.array([value]) for name, value in load_ladder().central().items()}


def moved_by_later_rounds(made: JobsModel) -> np.ndarray:
    """Mean jobs by state that move when each round is spent where it is earned."""
    table, k, r = load_io_table(), made.kernels, central()
    need = requirements(table, domestic=True)
    per_dollar, basket = households(table, domestic=True)
    jobs = impute_state_jobs(
        load_table("jobs/bea_state_jobs_2018"),
        load_table("jobs/employees_2021_thousand")["employees_2021_thousand"],
    )
    place = regions(need.industry_direct, jobs, method="FLQ", delta=0.3)
    here = np.eye(jobs.shape[1])
    first = np.tile((need.market_shares @ basket).to_numpy(), (len(here), 1))
    pay = np.einsum("i,kis->ks", per_dollar, place.place(first, here, ())[1])
    fade = (1 + r["productivity_growth_pct"][0] / 100) ** (2025.0 - made.calendar.to_numpy())
    money, kappa = spend(made, r), r["import_factor"][0]
    income = np.zeros(len(k.states))
    for phase, spent, mix in (
        ("capital", money.capital[0], k.capital_mix),
        ("operation", money.operation[0], k.operation_mix),
    ):
        at_home = 1 - np.minimum(1, kappa * k.cells[f"{phase}_import"].to_numpy())
        income += ((spent @ fade) @ mix * at_home) @ k.income_state / len(fade)
    income += k.wage_musd * (money.staff[0] @ fade) @ k.group_shares.to_numpy() / len(fade)
    c = r["consumption_share"][0] * (1 - r["leak"][0])
    exact = c * income @ np.linalg.inv(np.eye(len(pay)) - c * pay)
    # Both counts weigh the same in the central rungs.
    assert r["nipa_weight"] == 0.5
    return (exact - c * income / (1 - c * k.rho)) @ k.household_state.mean(axis=0)


def largest_share(made: JobsModel) -> float:
    """Give the largest share of a state's jobs that moves, per cent."""
    moved = moved_by_later_rounds(made) / run(made, central()).gross_state[0]
    return float(100 * np.abs(moved).max())


if __name__ == "__main__":
    print(f"at most {largest_share(usual_model()):.1f} % of a state's jobs")
