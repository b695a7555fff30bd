"""Jobs per million dollars: direct, indirect, and induced by the spending of those who earn."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.io_table import IOTable, import_matrices
from research.jobs.requirements import Requirements, requirements
from research.labels import series_faults


@dataclass(frozen=True, slots=True)
class Households:
    """How much of labour income comes back as demand.

    Attributes
    ----------
    consumption_share
        Share that is spent of what reaches the households.
    leak
        Share of compensation that does not reach them: taxes, contributions, commuters' pay.
    """

    consumption_share: float
    leak: float

    def __post_init__(self) -> None:
        faults = [
            Fault(name, "a share between 0 and 1", repr(value))
            for name in ("consumption_share", "leak")
            if not (isinstance(value := getattr(self, name), Real) and 0 <= float(value) <= 1)
        ]
        raise_if(InputError, "Households cannot be closed into the model.", faults)

    @property
    def spent_share(self) -> float:
        """Dollars spent per dollar of compensation: ``c = consumption_share (1 - leak)``."""
        return self.consumption_share * (1 - self.leak)


@dataclass(frozen=True, eq=False, slots=True)
class HouseholdTerms:
    """The parts of the closed form of induced effects that do not depend on ``c``.

    Attributes
    ----------
    income_per_musd
        v, by industry: compensation per dollar of output.
    basket
        b, by commodity: share in household consumption; domestic goods alone add up to less
        than one.
    basket_output
        By industry: output per dollar spent on the basket, all rounds of suppliers.
    basket_jobs
        Jobs per USD million spent on the basket.
    rho
        Compensation per dollar spent on the basket.
    """

    income_per_musd: pd.Series
    basket: pd.Series
    basket_output: pd.Series
    basket_jobs: float
    rho: float


def household_terms(
    table: IOTable, jobs_per_musd: pd.Series, *, domestic: bool = True
) -> HouseholdTerms:
    """Compute what household spending gives rise to, per dollar spent.

    With L = ``W (I - B W)^-1``, e the jobs and v the compensation per dollar of output, b the
    basket and c the share of compensation that is spent, final demand f pays ``y = v' L f`` and
    each dollar of pay brings ``c v' L b = c rho`` more. The rounds are a geometric series, so

    ``induced jobs = (e' L b) c y / (1 - c rho)``,

    which equals the inverse of the table with households as one more industry.

    Raises
    ------
    InputError
        If jobs are not labelled by the industries, or the table has no compensation or
        household consumption.
    """
    _check(table, jobs_per_musd)
    return _terms(table, jobs_per_musd, requirements(table, domestic=domestic))


def multipliers(
    table: IOTable,
    jobs_per_musd: pd.Series,
    households: Households,
    *,
    domestic: bool = True,
) -> pd.DataFrame:
    """Compute jobs per USD million of final demand for each commodity.

    Parameters
    ----------
    table
        The table; ``domestic`` needs its import matrix.
    jobs_per_musd
        By industry, in dollars of the year of the spending.
    households
        How much of compensation is spent.
    domestic
        Whether imported inputs and imported consumption are left out.

    Returns
    -------
    pandas.DataFrame
        Index commodity: direct (the industries that make it), indirect (their suppliers),
        induced (households), type_1 = direct + indirect, type_2 = type_1 + induced. Zero for
        scrap commodities, which nobody makes to order.

    Raises
    ------
    InputError
        As `household_terms`.
    """
    _check(table, jobs_per_musd)
    need = requirements(table, domestic=domestic)
    terms = _terms(table, jobs_per_musd, need)
    jobs = jobs_per_musd.reindex(table.industries)
    direct = jobs @ need.market_shares
    type_1 = jobs @ need.industry_by_commodity
    income = terms.income_per_musd @ need.industry_by_commodity
    induced = terms.basket_jobs * _rounds(households, terms) * income
    return pd.DataFrame(
        {
            "direct": direct,
            "indirect": type_1 - direct,
            "induced": induced,
            "type_1": type_1,
            "type_2": type_1 + induced,
        }
    )


def impact(
    table: IOTable,
    spending: pd.Series,
    jobs_per_musd: pd.Series,
    households: Households,
    *,
    domestic: bool = True,
) -> pd.DataFrame:
    """Compute the jobs and the output by industry that spending gives rise to.

    Parameters
    ----------
    spending
        Commodity -> USD million spent on domestic product: imports of what is bought are taken
        out before (`research.jobs.io_table.import_shares`). Commodities that are not named are
        not bought.
    table, jobs_per_musd, households, domestic
        As in `multipliers`.

    Returns
    -------
    pandas.DataFrame
        Index industry: direct, indirect, induced (jobs), output_direct, output_indirect,
        output_induced (USD million).

    Raises
    ------
    InputError
        As `household_terms`, and if a commodity is unknown.
    """
    _check(table, jobs_per_musd, spending)
    need = requirements(table, domestic=domestic)
    terms = _terms(table, jobs_per_musd, need)
    bought = spending.reindex(table.commodities, fill_value=0.0)
    direct = need.market_shares @ bought
    total = need.industry_by_commodity @ bought
    income = float(terms.income_per_musd @ total)
    output = pd.DataFrame(
        {
            "direct": direct,
            "indirect": total - direct,
            "induced": terms.basket_output * (_rounds(households, terms) * income),
        }
    )
    jobs = output.mul(jobs_per_musd.reindex(table.industries), axis=0)
    return jobs.join(output.add_prefix("output_"))


def _rounds(households: Households, terms: HouseholdTerms) -> float:
    """Dollars spent by households in all rounds per dollar of first compensation."""
    c = households.spent_share
    return c / (1 - c * terms.rho)


def _terms(table: IOTable, jobs_per_musd: pd.Series, need: Requirements) -> HouseholdTerms:
    income = table.value_added.loc[table.compensation] / table.industry_output
    bought = table.final_demand[table.consumption]
    spent = bought.sum()
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


def _check(table: IOTable, jobs_per_musd: object, spending: object = None) -> None:
    faults = series_faults(jobs_per_musd, "jobs_per_musd", table.industries, at_least=0)
    if spending is not None:
        faults += series_faults(spending, "spending", table.commodities, whole=False)
    for name, label, labels in (
        ("consumption", table.consumption, table.final_demand.columns),
        ("compensation", table.compensation, table.value_added.index),
    ):
        if label not in labels:
            asked = f"one of {', '.join(map(str, labels))}"
            faults.append(Fault(name, asked, repr(label), "Name it when the table is built."))
    raise_if(InputError, "Jobs cannot be computed from this table.", faults)
