"""Employees by industry, jobs by state, trades and wages."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.bea_codes import CODES, codes_of, industries_in_order
from research.data.identities import differences, labels_are
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Row of the state table that holds three industries together.
STATE_ROW = "54"
STATE_ROW_HOLDS = ("5411", "5415", "5412OP")

#: OEWS rounds each figure to 10 jobs, so a sum is off by at most 5 for each of its parts, and
#: the printed total by 5 more.
OEWS_ROUNDING_JOBS = 5

_EMPLOYEES, _STATES = "jobs/employees_2021_thousand", "jobs/bea_state_jobs_2018"
_OCCUPATIONS, _TRADES = "jobs/oews_occupations", "jobs/oews_2025_state_trades_jobs"
_INDUSTRIES = "jobs/oews_2025_industry_jobs"
_LEVELS = ("total", "sector", "subsector", "government")


def load_employees() -> pd.DataFrame:
    """Load employees of 2021 by industry: thousand persons, without the self-employed.

    Returns
    -------
    One row per industry code, in BEA order: ``nipa_industry``, ``employees_2021_thousand``.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(EMPLOYEES).set_index("code")


def load_state_jobs() -> pd.DataFrame:
    """Load jobs of 2018 by industry and state, proprietors included.

    Returns
    -------
    Industry codes (row ``54`` holds 5411, 5415 and 5412OP) x 50 states, District of Columbia
    and ``us_total``, jobs; NaN = suppressed, not zero.

    Raises
    ------
    DataError
        If the table is not as compiled, or states add up to more than the United States.
    """
    return tables.load(STATES).set_index("code").rename_axis(columns="state")


def load_state_trades() -> pd.DataFrame:
    """Load employees of May 2025 in building trades and engineering by state.

    Returns
    -------
    States and territories x SOC codes, jobs; NaN = suppressed, not zero.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TRADES).set_index("state").rename_axis(columns="soc")


def load_occupations() -> pd.Series:
    """Load the names of the occupations in the state table, by SOC code.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(OCCUPATIONS).set_index("soc")["occupation"]


def load_industry_jobs() -> pd.DataFrame:
    """Load employees and mean wage of May 2025 by NAICS industry.

    Returns
    -------
    One row per ``industry_code``: ``level`` (total, sector, subsector, government: never add
    rows of different levels), ``industry_name``, ``jobs``, ``mean_annual_wage_usd``.

    Raises
    ------
    DataError
        If the table is not as compiled, or sectors do not add up to the total.
    """
    return tables.load(INDUSTRIES).set_index("industry_code")


def _employees_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "code": schemas.text(unique=True),
            "nipa_industry": schemas.text(),
            "employees_2021_thousand": schemas.number(1, 30_000),
        }
    )


def _states_schema() -> pa.DataFrameSchema:
    # The columns come from the file's own states: a wrong one fails the check of the columns.
    states = {state: schemas.number(0, 30e6, blank=True) for state in state_names()}
    columns = {"code": schemas.text(unique=True)} | states
    return schemas.table(columns | {"us_total": schemas.number(0, 30e6, blank=True)})


def _trades_schema() -> pa.DataFrameSchema:
    trades = {soc: schemas.number(0, 2e6, blank=True) for soc in tables.read(OCCUPATIONS)["soc"]}
    return schemas.table({"state": schemas.text(unique=True)} | trades)


def _occupations_schema() -> pa.DataFrameSchema:
    columns = {"soc": schemas.text(pattern=r"\d{6}", unique=True)}
    return schemas.table(columns | {"occupation": schemas.text(unique=True)})


def _industries_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "industry_code": schemas.text(pattern=r"\d{6}|\d\d--\d\d|99-100", unique=True),
            "level": schemas.text(one_of=_LEVELS),
            "industry_name": schemas.text(),
            "jobs": schemas.count(1, 200_000_000),
            "mean_annual_wage_usd": schemas.count(20_000, 300_000),
        }
    )


def state_names() -> list[str]:
    """List the states of the trades table; the territories have no row in the state accounts."""
    territories = ("Guam", "Puerto Rico", "Virgin Islands")
    return [name for name in tables.read(TRADES)["state"] if name not in territories]


def _state_rows() -> list[str]:
    single = [code for code in codes_of("industry") if code not in STATE_ROW_HOLDS]
    return [*single, STATE_ROW]


def _state_total_faults(frame: pd.DataFrame) -> list[Fault]:
    """Compare the states with the United States: equal in full rows, at most that elsewhere."""
    jobs = frame.set_index("code")
    states = jobs.drop(columns="us_total")
    sums, full = states.sum(axis=1), jobs.notna().all(axis=1)
    total = jobs["us_total"]
    where = place(_STATES)
    above = sums.index[~full & (sums > total)]
    return [
        *differences(sums[full], total[full], 0, where, "sum over states"),
        *(
            Fault(f"{where}, {code}", f"states below {total[code]:,.0f}", f"{sums[code]:,.0f}")
            for code in above
        ),
    ]


def _industry_sum_faults(frame: pd.DataFrame) -> list[Fault]:
    total = frame.loc[frame["industry_code"] == "000000", "jobs"]
    if total.empty:
        return [Fault(place(_INDUSTRIES, column="industry_code"), "a row 000000", "none")]
    faults = []
    for level in ("sector", "subsector"):
        jobs = frame.loc[frame["level"] == level, "jobs"]
        slack = OEWS_ROUNDING_JOBS * (len(jobs) + 1)
        if abs(jobs.sum() - total.iloc[0]) > slack:
            asked = f"sum of each {level} within {slack} of {total.iloc[0]:,}"
            faults.append(Fault(place(_INDUSTRIES, column="jobs"), asked, f"{jobs.sum():,}"))
    return faults


EMPLOYEES = Table(
    _EMPLOYEES, _employees_schema, (industries_in_order(_EMPLOYEES),), needs=(CODES.name,)
)
OCCUPATIONS = Table(_OCCUPATIONS, _occupations_schema)
TRADES = Table(_TRADES, _trades_schema, needs=(_OCCUPATIONS,))
STATES = Table(
    _STATES,
    _states_schema,
    (
        labels_are(_STATES, "code", _state_rows, "68 industries in BEA order and row 54"),
        Check("states add up to the United States, blanks apart", _state_total_faults),
    ),
    needs=(CODES.name, _OCCUPATIONS, _TRADES),
)
INDUSTRIES = Table(
    _INDUSTRIES,
    _industries_schema,
    (Check("sectors and subsectors add up to the total", _industry_sum_faults),),
)
TABLES = (EMPLOYEES, OCCUPATIONS, TRADES, STATES, INDUSTRIES)
