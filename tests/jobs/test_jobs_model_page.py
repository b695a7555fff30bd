"""The numbers of docs/methods.md on the jobs model come out again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.jobs.employment import employment_ratios
from research.jobs.io_table import load_io_table
from research.jobs.kernels import kernels
from research.jobs.ladder import load_ladder
from research.jobs.model import MONEY, JobsModel, jobs_model, run
from research.jobs.multipliers import household_terms
from research.jobs.portfolio import Portfolio, portfolio
from research.jobs.regions import regions
from research.jobs.requirements import requirements
from research.jobs.spending import spend, structures_bn
from research.jobs.state_jobs import impute_state_jobs

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Jobs: from the pledge to a year's jobs\n")[1].split("\n## ")[0]
PLANT = "Portsmouth gas power, 9.2 GW"
METHODS = (("SLQ", 0.0), ("FLQ", 0.3))


def central():
    return {name: np.array([value]) for name, value in load_ladder().central().items()}


def plant(method, delta):
    """Run the gas plant alone."""
    every = portfolio("announced", "mou_sectors")
    lines, shares = every.lines.loc[[PLANT]], every.state_shares.loc[[PLANT]]
    only = Portfolio(lines, shares, every.scenario, every.rest_rule)
    made = kernels(only, price_year=2025, method=method, delta=delta)
    return run(JobsModel(only, (2026, 2040), made), central())


def printed(first):
    """The cells of the table of the plant in the row with this heading."""
    lines = SECTION.split("### One plant")[1].splitlines()
    row = next(line for line in lines if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in row.strip("|").split("|")[1:]]


def test_the_plant_is_that_of_the_page():
    found = [plant(*method) for method in METHODS]
    for heading, name in (
        ("announced, USD bn", "selected"),
        ("financed", "financed"),
        ("additional", "additional"),
        ("bought in the United States", "spent_in_us"),
    ):
        column = MONEY.index(name)
        assert printed(heading) == [f"{one.money_bn[0, column]:.1f}" for one in found]
    for heading, numbers in (
        ("gross jobs in the best year", [one.peak_gross() for one in found]),
        ("gross jobs a year, 2026 to 2040", [one.mean_gross() for one in found]),
        ("of these in Ohio", [one.mean_gross(["Ohio"]) for one in found]),
        ("net jobs a year, 2026 to 2040", [one.mean_net() for one in found]),
        ("permanent staff", [one.permanent for one in found]),
    ):
        assert printed(heading) == [f"{number[0]:,.0f}" for number in numbers]


def test_structures_of_the_page():
    assert f"USD {structures_bn(load_io_table()):.0f} bn of non-residential" in SECTION


def test_every_rung_is_on_the_page():
    for rung in load_ladder().names:
        assert f"`{rung}`" in SECTION, rung


def test_placing_later_rounds_like_the_first_moves_little():
    made = jobs_model(
        scenario="pledge",
        rest_rule="mou_sectors",
        years=(2026, 2040),
        price_year=2025,
        method="FLQ",
        delta=0.3,
    )
    moved = moved_by_later_rounds(made)
    assert moved.sum() == pytest.approx(0, abs=1e-6)
    largest = 100 * np.abs(moved / run(made, central()).gross_state[0]).max()
    assert f"at most {largest:.1f} % of a state's jobs" in SECTION


def moved_by_later_rounds(made):
    """Mean jobs by state that move when each round is spent where it is earned."""
    table, k, r = load_io_table(), made.kernels, central()
    need = requirements(table, domestic=True)
    terms = household_terms(table, employment_ratios("nipa_2021", 2025)["jobs_per_musd"])
    jobs = impute_state_jobs(
        load_table("jobs/bea_state_jobs_2018"),
        load_table("jobs/employees_2021_thousand")["employees_2021_thousand"],
    ).jobs
    place = regions(need.industry_direct, jobs, method="FLQ", delta=0.3)
    first = need.market_shares @ terms.basket
    ones = [pd.Series(1.0, [state]) for state in jobs.columns]
    pay = np.array([terms.income_per_musd @ place.spread(first, one, ()) for one in ones])
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
