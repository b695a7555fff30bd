"""An economy to put projects into: who makes what, with how many people, and where.

The bundled one is the United States of 2023. A user's own is made from accounts (`io_table`)
or from one labelled matrix, and checked here; whoever takes an `Economy` trusts it.
"""

from dataclasses import dataclass
from typing import get_args

import pandas as pd

from research.data import load_table, once
from research.errors import Fault, InputError, raise_if
from research.jobs.accounts import IOTable
from research.jobs.employment import Vintage, employment_ratios, price_ratio
from research.jobs.io import TABLE_YEAR, import_shares, load_io_table, requirements
from research.jobs.multipliers import households
from research.jobs.projects import trades_jobs
from research.jobs.states import impute_state_jobs
from research.labels import series_faults

#: Industry that builds on the site of the project, and the commodity that it makes.
ON_SITE = "23"

#: Year of the dollars that jobs and permanent staff are counted per; other years only tell them.
DOLLAR_YEAR = 2025

#: Final buyers whose import shares stand for the capital of a project: structures and equipment.
CAPITAL_BUYERS = ("F02S", "F02E")

#: Counts of jobs, in the order of the first axis of every kernel.
VINTAGES: tuple[Vintage, ...] = get_args(Vintage)

#: Where an economy has one place only.
NATION = "nation"


@dataclass(frozen=True, eq=False, slots=True)
class Economy:
    """Everything of the model that depends neither on projects nor on a draw, by label.

    ``market_shares`` W (industry x commodity): output per dollar of a commodity; ``inputs`` A
    (industry x industry): domestic inputs per dollar of output; ``jobs_per_musd`` (industry x
    `VINTAGES`): jobs per USD million of output; ``pay`` (industry): compensation per dollar of
    output; ``basket`` (commodity): what of a household's dollar buys domestic goods;
    ``import_shares`` (commodity x capital_import, operation_import) of an average buyer;
    ``state_jobs`` (industry x state); ``trades`` (state): builders; ``wage_musd``: compensation of
    a job, USD million a year. Dollars are those of `DOLLAR_YEAR`.
    """

    market_shares: pd.DataFrame
    inputs: pd.DataFrame
    jobs_per_musd: pd.DataFrame
    pay: pd.Series
    basket: pd.Series
    import_shares: pd.DataFrame
    state_jobs: pd.DataFrame
    trades: pd.Series
    wage_musd: float


@once
def us_economy() -> Economy:
    """Give the bundled economy: the United States of 2023, 71 industries, 51 states."""
    table = load_io_table()
    ratios = {one: employment_ratios(one, DOLLAR_YEAR) for one in VINTAGES}
    output = table.industry_output * price_ratio(TABLE_YEAR, DOLLAR_YEAR)
    return _of_table(table, pd.DataFrame(ratios), output)


@once
def us_state_jobs() -> pd.DataFrame:
    """Give the jobs of 2018 by industry and state, suppressed cells filled."""
    employees = load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    return impute_state_jobs(load_table("jobs/bea_state_jobs_2018"), employees)


def own_economy(
    table: IOTable, jobs_per_musd: pd.Series, *, imported: pd.Series | None = None
) -> Economy:
    """Make an economy of accounts: those of `io_table` or `matrix_table`.

    ``jobs_per_musd`` (by industry) are jobs per USD million of output; ``imported`` (by commodity)
    is the share of a project's purchases that comes from abroad: by default that of the table's
    own imports, or none. An economy with the industries of BEA's summary tables stands in the
    bundled states, any other in one place.

    Every fault of what is given is named in one `InputError`.
    """
    if not isinstance(table, IOTable):
        fault = Fault("table", "one of io_table or matrix_table", type(table).__name__)
        raise InputError("No economy can be made of this.", [fault])
    own = table.industries
    faults = series_faults(jobs_per_musd, "jobs_per_musd", own, at_least=0)
    if imported is not None:
        faults += series_faults(imported, "imported", table.commodities, at_least=0)
    raise_if(InputError, "No economy can be made of this.", faults)
    ratios = pd.DataFrame(dict.fromkeys(VINTAGES, jobs_per_musd.reindex(own)))
    return _of_table(table, ratios, table.industry_output, imported)


def _of_table(
    table: IOTable,
    jobs_per_musd: pd.DataFrame,
    output: pd.Series,
    imported: pd.Series | None = None,
) -> Economy:
    domestic = table.imports is not None
    need = requirements(table, domestic=domestic)
    pay, basket = households(table, domestic=domestic)
    capital = every = pd.Series(0.0, table.commodities) if imported is None else imported
    if domestic and imported is None:
        every = import_shares(table, list(table.industries))
        buyers = [one for one in table.final_demand if str(one).startswith(CAPITAL_BUYERS)]
        # Where no project's capital takes any of it, the share of all industries stands in;
        # services that nobody imports have none.
        capital = import_shares(table, buyers or list(table.industries)).fillna(every)
    shares = {"capital_import": capital.fillna(0.0), "operation_import": every.fillna(0.0)}
    jobs = jobs_per_musd.mean(axis=1) * output
    state_jobs, trades = us_state_jobs(), trades_jobs()
    if set(table.industries) != set(state_jobs.index):
        # An industry without a job is somewhere as well; the building industry can build, or all.
        state_jobs = jobs.clip(lower=1e-9).to_frame(NATION)
        trades = state_jobs.loc[ON_SITE] if ON_SITE in state_jobs.index else state_jobs.sum()
    return Economy(
        market_shares=need.market_shares,
        inputs=need.industry_direct,
        jobs_per_musd=jobs_per_musd,
        pay=pay,
        basket=basket,
        import_shares=pd.DataFrame(shares),
        state_jobs=state_jobs,
        trades=trades.reindex(state_jobs.columns),
        wage_musd=float((pay * output).sum() / jobs.sum()),
    )
