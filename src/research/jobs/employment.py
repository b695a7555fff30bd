"""Jobs per million dollars of output by industry, from two counts, in dollars of any year."""

from collections.abc import Mapping
from typing import Literal, get_args

import pandas as pd

from research.data import load_table, once
from research.errors import Fault, InputError, raise_if

Vintage = Literal["nipa_2021", "oews_2025"]

#: Year of the output that each count of jobs is divided by. Output of 2025 by industry is not
#: published, so that jobs of May 2025 stand over output of 2023.
OUTPUT_YEAR: Mapping[str, int] = {"nipa_2021": 2021, "oews_2025": 2023}

# OEWS counts neither farms nor the forces.
_NIPA_ALONE = ("111CA", "GFGD")


def employment_ratios(vintage: Vintage, dollar_year: int) -> pd.Series:
    """Compute jobs per USD million of output by industry, in BEA order.

    ``jobs_per_musd = jobs / (output * P(dollar_year) / P(output year))``, P the price of the
    industry's own output, beyond 2023 moved with the GDP deflator. Jobs are employees, full-time
    and part-time alike, without the self-employed.

    ``nipa_2021`` is NIPA table 6.4D over output of 2021; ``oews_2025`` May 2025 over output of
    2023, too high by what real output grew in between.
    """
    known = {"vintage": (vintage, get_args(Vintage)), "dollar_year": (dollar_year, price_levels())}
    faults = [
        Fault(name, f"one of {', '.join(map(str, allowed))}", repr(value))
        for name, (value, allowed) in known.items()
        if value not in allowed
    ]
    raise_if(InputError, "These jobs ratios do not exist.", faults)
    jobs = 1000 * load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    if vintage == "oews_2025":
        jobs = _oews(jobs)
    year = OUTPUT_YEAR[vintage]
    output = load_table("jobs/bea_gross_output_musd")[year]
    ratio = jobs / (output * price_ratio(year, dollar_year))
    return ratio.reindex(output.index).rename("jobs_per_musd")


@once
def price_levels() -> pd.DataFrame:
    """Give the price of gross output, industry x year, 2017 = 100.

    To the last year of the industry index by industry; beyond it every industry's index moves
    with the GDP deflator, because no industry index exists yet.
    """
    index, deflator = load_table("jobs/bea_price_index_2017eq100"), load_table("jobs/gdp_deflator")
    last = index.columns.max()
    later = deflator.loc[deflator.index > last] / deflator[last]
    beyond = pd.DataFrame({year: index[last] * ratio for year, ratio in later.items()})
    return pd.concat([index, beyond], axis=1).rename_axis(index="industry", columns="year")


def price_ratio(from_year: int, to_year: int) -> pd.Series:
    """Compute what a dollar of output of ``from_year`` costs in ``to_year``, by industry."""
    levels = price_levels()
    return (levels[to_year] / levels[from_year]).rename("price_ratio")


def _oews(nipa: pd.Series) -> pd.Series:
    """Carry OEWS to BEA codes: sum, split by NIPA where codes are shared, NIPA where none is."""
    found, own = load_table("jobs/oews_2025_industry_jobs")["jobs"].to_dict(), nipa.to_dict()
    shared = load_table("jobs/oews_to_bea")
    of = {tuple(one.industries.split(" | ")): one.rows.split(" | ") for one in shared.itertuples()}
    grouped = {code for codes in of for code in codes} | set(_NIPA_ALONE)
    of |= {(code,): [f"{code}000"] for code in own if code not in grouped}
    jobs = {code: float(own[code]) for code in _NIPA_ALONE}
    for codes, rows in of.items():
        total = sum(-found[row[1:]] if row.startswith("-") else found[row] for row in rows)
        jobs |= {code: total * own[code] / sum(own[one] for one in codes) for code in codes}
    return pd.Series(jobs).reindex(nipa.index)
