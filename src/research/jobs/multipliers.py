"""Jobs per million dollars: direct, indirect, and induced by the spending of those who earn."""

import pandas as pd

from research.errors import InputError, raise_if
from research.jobs.accounts import COMPENSATION, CONSUMPTION, IOTable, import_matrices
from research.jobs.io import requirements
from research.labels import series_faults


def households(table: IOTable, *, domestic: bool) -> tuple[pd.Series, pd.Series]:
    """Give what households earn and what they buy.

    Pay v, compensation per dollar of output by industry; the basket b, by commodity: shares in
    household consumption, of which domestic goods alone add up to less than one.
    """
    bought = table.final_demand[CONSUMPTION]
    spent = bought.sum() or 1.0  # a table may know of no households
    if domestic:
        bought = bought - import_matrices(table)[1][CONSUMPTION]
    return table.value_added.loc[COMPENSATION] / table.industry_output, bought / spent


def multipliers(
    table: IOTable, jobs_per_musd: pd.Series, spent_share: float, *, domestic: bool = True
) -> pd.DataFrame:
    """Compute jobs per USD million of final demand for each commodity.

    Direct (the industries that make it), indirect (their suppliers), induced (households), type_1
    = direct + indirect, type_2 = type_1 + induced; zero for scrap commodities, which nobody makes
    to order. ``domestic`` leaves imported inputs and imported consumption out.

    With L = ``W (I - B W)^-1``, e the jobs, v and b of `households` and c = ``spent_share`` of each
    dollar of pay, final demand f pays ``y = v' L f`` and each dollar of pay brings
    ``c v' L b = c rho`` more. The rounds are a geometric series, so

    ``induced jobs = (e' L b) c y / (1 - c rho)``,

    which equals the inverse of the table with households as one more industry.
    """
    faults = series_faults(jobs_per_musd, "jobs_per_musd", table.industries, at_least=0)
    raise_if(InputError, "Jobs cannot be computed from this table.", faults)
    need = requirements(table, domestic=domestic)
    L, jobs = need.industry_by_commodity, jobs_per_musd.reindex(table.industries)
    pay, basket = households(table, domestic=domestic)
    output = L @ basket
    rounds = spent_share / (1 - spent_share * float(pay @ output))
    direct, type_1 = jobs @ need.market_shares, jobs @ L
    induced = float(jobs @ output) * rounds * (pay @ L)
    return pd.DataFrame(
        {
            "direct": direct,
            "indirect": type_1 - direct,
            "induced": induced,
            "type_1": type_1,
            "type_2": type_1 + induced,
        }
    )
