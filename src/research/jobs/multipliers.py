"""Jobs per million dollars: direct, indirect, and induced by the spending of those who earn."""

from dataclasses import dataclass

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.accounts import IOTable, import_matrices
from research.jobs.io import Requirements, requirements
from research.labels import series_faults


@dataclass(frozen=True, slots=True)
class Households:
    """How much of labour income comes back as demand.

    ``consumption_share`` is spent of what reaches the households; ``leak`` is the share of
    compensation that does not: taxes, contributions, commuters' pay.
    """

    consumption_share: float
    leak: float

    @property
    def spent_share(self) -> float:
        """Dollars spent per dollar of compensation: ``c = consumption_share (1 - leak)``."""
        return self.consumption_share * (1 - self.leak)


@dataclass(frozen=True, eq=False, slots=True)
class HouseholdTerms:
    """The parts of the closed form of induced effects that do not depend on ``c``.

    v, compensation per dollar of output by industry; b, ``basket``, by commodity: share in
    household consumption (domestic goods alone add up to less than one); ``basket_output`` by
    industry: output per dollar of the basket, all rounds of suppliers; ``basket_jobs`` per USD
    million of it; ``rho``, compensation per dollar of it.
    """

    income_per_musd: pd.Series
    basket: pd.Series
    basket_output: pd.Series
    basket_jobs: float
    rho: float

    def rounds(self, households: Households) -> float:
        """Dollars spent by households in all rounds per dollar of first compensation."""
        c = households.spent_share
        return c / (1 - c * self.rho)


def household_terms(table: IOTable, jobs_per_musd: pd.Series, need: Requirements) -> HouseholdTerms:
    """Compute what household spending gives rise to, per dollar spent.

    With L = ``W (I - B W)^-1``, e the jobs and v the compensation per dollar of output, b the
    basket and c the share of compensation that is spent, final demand f pays ``y = v' L f`` and
    each dollar of pay brings ``c v' L b = c rho`` more. The rounds are a geometric series, so

    ``induced jobs = (e' L b) c y / (1 - c rho)``,

    which equals the inverse of the table with households as one more industry.
    """
    income = table.value_added.loc[table.compensation] / table.industry_output
    bought = table.final_demand[table.consumption]
    spent = bought.sum() or 1.0  # a table may know of no households
    if need.domestic:
        bought = bought - import_matrices(table)[1][table.consumption]
    basket = bought / spent
    output = need.industry_by_commodity @ basket
    return HouseholdTerms(
        income_per_musd=income.rename("income_per_musd"),
        basket=basket.rename("basket"),
        basket_output=output.rename("basket_output"),
        basket_jobs=float(jobs_per_musd.reindex(table.industries) @ output),
        rho=float(income @ output),
    )


def closing_faults(table: IOTable) -> list[Fault]:
    """Word what a table lacks that the spending of households is read from."""
    todo = "Name it when the table is built."
    return [
        Fault(name, f"one of {', '.join(map(str, labels))}", repr(label), todo)
        for name, label, labels in (
            ("consumption", table.consumption, table.final_demand.columns),
            ("compensation", table.compensation, table.value_added.index),
        )
        if label not in labels
    ]


def multipliers(
    table: IOTable, jobs_per_musd: pd.Series, households: Households, *, domestic: bool = True
) -> pd.DataFrame:
    """Compute jobs per USD million of final demand for each commodity.

    Direct (the industries that make it), indirect (their suppliers), induced (households), type_1
    = direct + indirect, type_2 = type_1 + induced; zero for scrap commodities, which nobody makes
    to order. ``domestic`` leaves imported inputs and imported consumption out.
    """
    faults = series_faults(jobs_per_musd, "jobs_per_musd", table.industries, at_least=0)
    faults += closing_faults(table)
    raise_if(InputError, "Jobs cannot be computed from this table.", faults)
    need = requirements(table, domestic=domestic)
    terms = household_terms(table, jobs_per_musd, need)
    jobs = jobs_per_musd.reindex(table.industries)
    direct = jobs @ need.market_shares
    type_1 = jobs @ need.industry_by_commodity
    income = terms.income_per_musd @ need.industry_by_commodity
    induced = terms.basket_jobs * terms.rounds(households) * income
    return pd.DataFrame(
        {
            "direct": direct,
            "indirect": type_1 - direct,
            "induced": induced,
            "type_1": type_1,
            "type_2": type_1 + induced,
        }
    )
