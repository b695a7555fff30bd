"""What a million dollars calls for, made once: jobs by industry and state of each purchase.

Every result of the model is linear in what is bought where, so that draws need no more than
products of small matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.data import load_table, once
from research.jobs.accounts import IOTable
from research.jobs.employment import Vintage, employment_ratios, price_ratio
from research.jobs.io import import_shares, load_io_table, requirements
from research.jobs.multipliers import household_terms
from research.jobs.projects import TRADES_SOC, Portfolio
from research.jobs.states import Method, impute_state_jobs, regions

Array = NDArray[np.float64]

#: Industry that builds on the site of the project.
ON_SITE = "23"

#: Year of the dollars that jobs and permanent staff are counted per; other years only tell them.
DOLLAR_YEAR = 2025

#: Final buyers whose import shares stand for the capital of a project: structures and equipment.
CAPITAL_BUYERS = ("F02S", "F02E")

#: Industry that the permanent staff of each template works in.
STAFF_INDUSTRY = {
    "gas power": "22",
    "large nuclear": "22",
    "small modular nuclear": "22",
    "transmission": "22",
    "energy terminal": "486",
    "semiconductor fab": "334",
    "data centre": "514",
    "critical minerals": "331",
    "shipyard": "3364OT",
    "pharmaceuticals": "325",
}

#: Counts of jobs, in the order of the first axis of every kernel.
VINTAGES: tuple[Vintage, ...] = get_args(Vintage)


@dataclass(frozen=True, eq=False, slots=True)
class Kernels:
    """Everything that does not depend on a draw.

    A cell is a commodity bought for a place, that is, for one set of shares of the states. K cells,
    V counts of jobs, S states, I industries, G groups.

    ``groups`` has ``template``, ``place`` and the positions of its ``lines`` in the portfolio,
    ``group_shares`` (G, S) rows that add up to 1, ``cells`` the columns ``place``, ``commodity``,
    ``capital_import`` and ``operation_import`` (import shares of an average buyer). Mixes (G, K)
    are shares of a group's spending that go to each cell.

    Jobs per USD million of domestic purchase: ``direct`` (V, K) in the industries that deliver,
    ``all_state`` (V, K, S) and ``all_industry`` (V, K, I) in all rounds of suppliers, ``site``
    (V, cells that build on site, S) of the building industry there. ``income_state`` (K, S) is
    compensation per USD, all rounds. Per USD million that households of a state spend:
    ``household_state`` (V, S, S), jobs where the goods are made, ``household_industry`` (V, I) the
    same by industry, the nation; ``rho`` compensation per USD of it.

    ``wage_musd`` is compensation per employee, USD million a year, all industries; ``trades``
    employees in building trades and ``jobs`` all jobs by state; ``staff_industry`` (G,
    I) 1 in the industry of the template's staff. Dollars are those of `DOLLAR_YEAR`.
    """

    industries: pd.Index
    states: pd.Index
    groups: pd.DataFrame
    group_shares: pd.DataFrame
    cells: pd.DataFrame
    capital_mix: Array
    operation_mix: Array
    direct: Array
    all_state: Array
    all_industry: Array
    income_state: Array
    site_cells: NDArray[np.intp]
    site: Array
    household_state: Array
    household_industry: Array
    rho: float
    wage_musd: float
    trades: pd.Series
    jobs: pd.Series
    staff_industry: Array


def kernels(projects: Portfolio, *, method: Method, delta: float) -> Kernels:
    """Compute the jobs that each purchase of a portfolio calls for."""
    table = load_io_table()
    need = requirements(table, domestic=True)
    ratios = [employment_ratios(vintage, DOLLAR_YEAR)["jobs_per_musd"] for vintage in VINTAGES]
    jobs = np.stack([ratio.reindex(table.industries).to_numpy() for ratio in ratios])
    terms = household_terms(table, ratios[0], need)
    place = regions(need.industry_direct, _state_jobs(), method=method, delta=delta)
    groups, shares = _groups(projects)
    cells = _cells(groups)
    places = shares.groupby(groups["place"]).first()
    # A dollar of each cell: (K, I, S) of the first round and of all rounds.
    W = need.market_shares
    first, stands = W[cells["commodity"]].to_numpy().T, places.loc[cells["place"]].to_numpy()
    direct, total = place.place(first, stands, (ON_SITE,))
    site = np.flatnonzero(cells["commodity"] == ON_SITE)
    own = table.industries
    on_site = own == ON_SITE
    income = terms.income_per_musd.to_numpy()
    # By (state of the household, industry, state that makes it) per dollar spent.
    here = np.eye(place.jobs.shape[1])
    spent = np.tile((W @ terms.basket).to_numpy(), (len(here), 1))
    household = place.place(spent, here, ())[1]
    return Kernels(
        industries=own,
        states=place.jobs.columns,
        groups=groups,
        group_shares=shares,
        cells=cells,
        capital_mix=_mix("capital", groups, cells),
        operation_mix=_mix("operation", groups, cells),
        direct=np.einsum("vi,kis->vk", jobs, direct),
        all_state=np.einsum("vi,kis->vks", jobs, total),
        all_industry=np.einsum("vi,kis->vki", jobs, total),
        income_state=np.einsum("i,kis->ks", income, total),
        site_cells=site,
        site=np.einsum("vi,kis->vks", jobs[:, on_site], direct[site][:, on_site]),
        household_state=np.einsum("vi,fit->vft", jobs, household),
        household_industry=jobs * terms.basket_output.to_numpy(),
        rho=terms.rho,
        wage_musd=_wage(table, jobs, terms.income_per_musd),
        trades=load_table("jobs/oews_2025_state_trades_jobs")[TRADES_SOC].reindex(
            place.jobs.columns
        ),
        jobs=place.jobs.sum(),
        staff_industry=np.eye(len(own))[own.get_indexer(groups["template"].map(STAFF_INDUSTRY))],
    )


def _groups(projects: Portfolio) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the lines that buy the same in the same states: they differ in time alone."""
    shares = projects.state_shares
    place = shares.groupby(list(shares.columns), sort=False).ngroup()
    keys = [projects.lines["template"], place]
    number = projects.lines.groupby(keys, sort=False).ngroup()
    first = ~number.duplicated()
    groups = pd.DataFrame({"template": keys[0][first], "place": place[first]})
    groups["lines"] = [list(np.flatnonzero(number == group)) for group in number[first]]
    index = pd.Index(number[first], name="group")
    return groups.set_axis(index), shares[first].set_axis(index)


@once
def _state_jobs() -> pd.DataFrame:
    employees = load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    return impute_state_jobs(load_table("jobs/bea_state_jobs_2018"), employees).jobs


@once
def _import_shares() -> pd.DataFrame:
    """Give the import shares of an average buyer by commodity, to build and to run."""
    table = load_io_table()
    every = import_shares(table, list(table.industries))
    # Where no project's capital takes any of it, the share of all industries stands in; services
    # that nobody imports have none.
    capital = import_shares(table, CAPITAL_BUYERS).fillna(every)
    return pd.DataFrame({"capital_import": capital, "operation_import": every}).fillna(0.0)


def _cells(groups: pd.DataFrame) -> pd.DataFrame:
    mix = load_table("jobs/cost_mix").reset_index()[["template", "commodity"]].drop_duplicates()
    bought = groups.merge(mix, on="template")[["place", "commodity"]].drop_duplicates()
    cells = bought.sort_values(["place", "commodity"], ignore_index=True)
    return cells.join(_import_shares(), on="commodity")


def _mix(phase: str, groups: pd.DataFrame, cells: pd.DataFrame) -> Array:
    shares = load_table("jobs/cost_mix")["share"].xs(phase, level="phase").unstack(fill_value=0.0)
    shares = shares.reindex(columns=cells["commodity"].unique(), fill_value=0.0)
    bought = shares.loc[groups["template"], cells["commodity"]].to_numpy()
    here: Array = bought * (groups["place"].to_numpy()[:, None] == cells["place"].to_numpy())
    return here


def _wage(table: IOTable, jobs: Array, income: pd.Series) -> float:
    """Compensation per employee of all industries, USD million."""
    output = table.industry_output * price_ratio(table.year, DOLLAR_YEAR)
    paid = (income * output).sum()
    return float(paid / (jobs @ output.to_numpy()).mean())
