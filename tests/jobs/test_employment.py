"""Jobs ratios against their sources, and prices by industry."""

import numpy as np
import pytest

from research.data import load_table
from research.errors import InputError
from research.jobs.employment import employment_ratios, price_ratio
from research.jobs.io import load_io_table, requirements
from research.jobs.multipliers import multipliers


def test_construction_costs_43_per_cent_more_than_in_2017():
    ratio = price_ratio(2017, 2023)
    assert 100 * (ratio["23"] - 1) == pytest.approx(43, abs=0.5)
    # One deflator for all would be wrong for it by a sixth.
    deflator = load_table("jobs/gdp_deflator")
    assert ratio["23"] / (deflator[2023] / deflator[2017]) > 1.16


def test_years_without_prices_are_refused():
    with pytest.raises(InputError) as caught:
        employment_ratios("oews_2024", 2030)
    assert [fault.where for fault in caught.value.faults] == ["vintage", "dollar_year"]
    assert "2012, 2013" in str(caught.value)


@pytest.mark.parametrize("year", [2017, 2021, 2023, 2025])
def test_nipa_ratios_by_hand(year):
    ours = employment_ratios("nipa_2021", year)
    prices, deflator = load_table("jobs/bea_price_index_2017eq100"), load_table("jobs/gdp_deflator")
    for code in ("23", "334", "722"):
        jobs = (
            1000 * load_table("jobs/employees_2021_thousand").loc[code, "employees_2021_thousand"]
        )
        output = load_table("jobs/bea_gross_output_musd").loc[code, 2021]
        level = prices.loc[code, min(year, 2023)] / prices.loc[code, 2021]
        if year > 2023:
            level *= deflator[year] / deflator[2023]
        assert ours[code] == pytest.approx(jobs / (output * level))


def test_jobs_of_a_million_of_another_year_are_those_of_what_it_buys():
    """Recipes stood in dollars of 2023 while jobs per dollar were those of another year."""
    table = load_io_table()
    old, new = (employment_ratios("nipa_2021", year) for year in (2017, 2023))
    dear = price_ratio(2023, 2017)[table.industries]
    price = dear @ table.make / table.make.sum()
    # The recipes told in dollars of 2017: each flow times the price of what it is.
    W = requirements(table, domestic=True).market_shares.mul(dear, axis=0) / price
    B = ((table.use - table.imports) / table.industry_output).mul(price, axis=0) / dear
    retold = old @ W @ np.linalg.inv(np.eye(len(price)) - B @ W)
    found = multipliers(table, new, 0.63)["type_1"] / price
    np.testing.assert_allclose(found, retold, rtol=1e-9)
