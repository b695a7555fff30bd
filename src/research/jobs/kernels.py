"""What a million dollars calls for, made once: jobs by industry and state of each purchase.

A purchase is one commodity bought for one group of lines (a template in one set of states). Every
result of the model is a sum of purchases, so that draws need no more than products of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.data import load_cost_mix, load_employees, load_state_jobs, load_state_trades
from research.jobs.employment import OUTPUT_YEAR, employment_ratios
from research.jobs.io_table import IOTable, import_shares, load_io_table
from research.jobs.multipliers import household_terms
from research.jobs.portfolio import TRADES_SOC, Portfolio
from research.jobs.prices import price_ratio
from research.jobs.quotients import Method
from research.jobs.regions import Regions, regions
from research.jobs.requirements import Requirements, requirements
from research.jobs.state_jobs import impute_state_jobs

Array = NDArray[np.float64]

#: Industry that builds on the site of the project.
ON_SITE = "23"

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
VINTAGES = tuple(OUTPUT_YEAR)


@dataclass(frozen=True, eq=False, slots=True)
class Purchases:
    """Commodities bought in one phase, one row a group of lines and commodity.

    Attributes
    ----------
    table
        Columns ``group`` (position), ``commodity``, ``share`` (of the spending of the group),
        ``import_share`` (of an average buyer).
    direct_state, all_state
        (vintages, rows, states): jobs per USD million of domestic purchase in the industries that
        deliver, and in all rounds of suppliers.
    direct_industry, all_industry
        (vintages, rows, industries): the same by industry.
    site
        (vintages, rows, states): jobs of the building industry on site.
    income_state
        (rows, states): USD of compensation per USD, all rounds.
    """

    table: pd.DataFrame
    direct_state: Array
    all_state: Array
    direct_industry: Array
    all_industry: Array
    site: Array
    income_state: Array


@dataclass(frozen=True, eq=False, slots=True)
class Kernels:
    """Everything that does not depend on a draw.

    Attributes
    ----------
    groups
        Index group; ``template`` and the positions of its ``lines`` in the portfolio.
    group_shares
        Groups x states; each row adds up to 1.
    capital, operation
        What is bought to build and to run.
    household_jobs
        (vintages, states, states): jobs where the goods are made per USD million that households
        of a state spend, all rounds of suppliers.
    household_industry
        (vintages, industries): the same by industry, the nation.
    rho
        Compensation per USD of household spending.
    wage_musd
        Compensation per employee, USD million a year, all industries.
    trades
        Employees in building trades by state.
    staff_industry
        (groups, industries): 1 in the industry that the staff of the template works in.
    """

    industries: pd.Index
    states: pd.Index
    groups: pd.DataFrame
    group_shares: pd.DataFrame
    capital: Purchases
    operation: Purchases
    household_jobs: Array
    household_industry: Array
    rho: float
    wage_musd: float
    trades: pd.Series
    staff_industry: Array


def kernels(
    projects: Portfolio, *, price_year: int, method: Method, delta: float, table: IOTable | None = None
) -> Kernels:
    """Compute the jobs that each purchase of a portfolio calls for.

    Parameters
    ----------
    projects
        From `research.jobs.portfolio`.
    price_year
        Year of the dollars in which the portfolio is spent, 2012 to 2025.
    method, delta
        Location quotients, as `research.jobs.quotients.quotients`.
    table
        Another input-output table with BEA's labels; the bundled one without it.

    Raises
    ------
    InputError
        If a year, method or table is not usable.
    """
    table = load_io_table() if table is None else table
    need = requirements(table, domestic=True)
    ratios = [employment_ratios(v, price_year)["jobs_per_musd"] for v in VINTAGES]
    jobs = np.stack([ratio.reindex(table.industries).to_numpy() for ratio in ratios])
    terms = household_terms(table, ratios[0])
    imputed = impute_state_jobs(load_state_jobs(), load_employees()["employees_2021_thousand"])
    place = regions(need.industry_direct, imputed.jobs, method=method, delta=delta)
    groups, shares = _groups(projects)
    maker = _Maker(need, place, jobs, terms.income_per_musd.to_numpy(), groups, shares)
    household = maker.household(terms.basket)
    return Kernels(
        industries=table.industries,
        states=place.jobs.columns,
        groups=groups,
        group_shares=shares,
        capital=maker.purchases("capital", import_shares(table, CAPITAL_BUYERS)),
        operation=maker.purchases("operation", import_shares(table, list(table.industries))),
        household_jobs=np.einsum("vi,fit->vft", jobs, household),
        household_industry=jobs * terms.basket_output.to_numpy(),
        rho=terms.rho,
        wage_musd=_wage(table, jobs, terms.income_per_musd, price_year),
        trades=load_state_trades()[TRADES_SOC].reindex(place.jobs.columns),
        staff_industry=_staff_industry(groups["template"], table.industries),
    )


def _groups(projects: Portfolio) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the lines that buy the same in the same states: they differ in time alone."""
    keys = projects.state_shares.assign(template=projects.lines["template"])
    number = keys.groupby(list(keys.columns), sort=False).ngroup()
    first = ~number.duplicated()
    groups = projects.lines.loc[first, ["template"]].set_axis(number[first])
    groups["lines"] = [list(np.flatnonzero(number == group)) for group in groups.index]
    shares = projects.state_shares[first].set_axis(number[first])
    return groups.rename_axis("group").sort_index(), shares.rename_axis("group").sort_index()


def _staff_industry(templates: pd.Series, industries: pd.Index) -> Array:
    own = industries.get_indexer(templates.map(STAFF_INDUSTRY))
    return np.eye(len(industries))[own]


def _wage(table: IOTable, jobs: Array, income: pd.Series, price_year: int) -> float:
    """Compensation per employee of all industries, USD million of the price year."""
    output = table.industry_output * price_ratio(table.year, price_year)
    paid = (income * output).sum()
    return float(paid / (jobs @ output.to_numpy()).mean())


@dataclass(frozen=True, eq=False, slots=True)
class _Maker:
    """Places purchases in industries and states."""

    need: Requirements
    place: Regions
    jobs: Array
    income: Array
    groups: pd.DataFrame
    shares: pd.DataFrame

    def purchases(self, phase: str, abroad: pd.Series) -> Purchases:
        mix = load_cost_mix()["share"].xs(phase, level="phase")
        table = pd.DataFrame(
            [
                {"group": group, "commodity": commodity, "share": share}
                for group, template in self.groups["template"].items()
                for commodity, share in mix[template].items()
            ]
        )
        table["import_share"] = table["commodity"].map(abroad).fillna(0.0)
        direct, total = self._placed(table)
        jobs, site = self.jobs, self.need.market_shares.index == ON_SITE
        return Purchases(
            table=table,
            direct_state=np.einsum("vi,ris->vrs", jobs, direct),
            all_state=np.einsum("vi,ris->vrs", jobs, total),
            direct_industry=np.einsum("vi,ris->vri", jobs, direct),
            all_industry=np.einsum("vi,ris->vri", jobs, total),
            site=np.einsum("vi,ris->vrs", jobs[:, site], direct[:, site]),
            income_state=np.einsum("i,ris->rs", self.income, total),
        )

    def household(self, basket: pd.Series) -> Array:
        """Output by (state of the household, industry, state that makes it) per USD spent."""
        first = self.need.market_shares @ basket
        states = self.place.jobs.columns
        one = [pd.Series(1.0, [state]) for state in states]
        return np.stack([self.place.spread(first, state, on_site=()).to_numpy() for state in one])

    def _placed(self, table: pd.DataFrame) -> tuple[Array, Array]:
        direct, total = [], []
        for row in table.itertuples():
            first = self.need.market_shares[row.commodity]
            shares = self.shares.loc[row.group]
            direct.append(self.place.direct(first, shares, (ON_SITE,)).to_numpy())
            total.append(self.place.spread(first, shares, (ON_SITE,)).to_numpy())
        return np.stack(direct), np.stack(total)
