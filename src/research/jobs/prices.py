"""Dollars of one year in dollars of another, industry by industry."""

from __future__ import annotations

import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError, raise_if


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
    """Compute what a dollar of output of ``from_year`` costs in ``to_year``.

    Returns
    -------
    pandas.Series
        Industry -> ratio of price levels; an amount in dollars of ``from_year`` times it is the
        same quantity in dollars of ``to_year``.

    Raises
    ------
    InputError
        If a year has no price level.
    """
    levels = price_levels()
    years = levels.columns
    faults = [
        Fault(name, f"a year from {years.min()} to {years.max()}", repr(year))
        for name, year in (("from_year", from_year), ("to_year", to_year))
        if year not in years
    ]
    raise_if(InputError, "There are no prices for these years.", faults)
    return (levels[to_year] / levels[from_year]).rename("price_ratio")
