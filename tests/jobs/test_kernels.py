"""What a million dollars calls for: the nation's multipliers, placed in states."""

import numpy as np
import pytest

from research.data import load_table
from research.jobs.economies import VINTAGES
from research.jobs.employment import employment_ratios
from research.jobs.io import load_io_table, requirements
from research.jobs.kernels import kernels
from research.jobs.multipliers import households, multipliers
from research.jobs.projects import portfolio

# Rounds placed in 51 states and added up again.
SAME = 1e-9


@pytest.fixture(scope="module")
def projects():
    return portfolio("named", "mou_sectors")


@pytest.fixture(scope="module")
def made(projects):
    return kernels(projects, method="FLQ", delta=0.3)


@pytest.fixture(scope="module")
def table():
    return load_io_table()


def test_every_line_is_in_one_group_of_its_own_kind(projects, made):
    numbers = sorted(line for lines in made.groups["lines"] for line in lines)
    assert numbers == list(range(len(projects.lines)))
    for group in made.groups.index:
        for line in made.groups.at[group, "lines"]:
            assert projects.lines["template"].iloc[line] == made.groups.at[group, "template"]
            shares = projects.state_shares.iloc[line]
            np.testing.assert_array_equal(made.group_shares.loc[group], shares[made.states])


def test_a_mix_is_that_of_its_template(made):
    shares = load_table("jobs/cost_mix")["share"]
    for phase, mix in (("capital", made.capital_mix), ("operation", made.operation_mix)):
        for row, group in enumerate(made.groups.itertuples()):
            own = made.cells["place"] == group.place
            found = dict(zip(made.cells["commodity"][own], mix[row][own], strict=True))
            expected = shares[group.template].xs(phase, level="phase").to_dict()
            assert {code: share for code, share in found.items() if share} == expected
            assert not mix[row][~own].any()


@pytest.mark.parametrize("vintage", VINTAGES)
def test_the_nation_has_the_multipliers_of_the_table(made, table, vintage):
    v = VINTAGES.index(vintage)
    ratio = employment_ratios(vintage, 2025)
    nation = multipliers(table, ratio, 0.63).loc[made.cells["commodity"]]
    np.testing.assert_allclose(made.direct[v], nation["direct"], rtol=SAME)
    np.testing.assert_allclose(made.all_state[v].sum(axis=1), nation["type_1"], rtol=SAME)
    np.testing.assert_allclose(made.all_industry[v].sum(axis=1), nation["type_1"], rtol=SAME)
    pay, basket = households(table, domestic=True)
    output = requirements(table, domestic=True).industry_by_commodity @ basket
    basket_jobs, rho = ratio @ output, pay @ output
    np.testing.assert_allclose(made.household_industry[v].sum(), basket_jobs, rtol=SAME)
    np.testing.assert_allclose(made.household_state[v].sum(axis=1), basket_jobs, rtol=SAME)
    income = nation["induced"] / basket_jobs * (1 - 0.63 * rho) / 0.63
    np.testing.assert_allclose(made.income_state.sum(axis=1), income, rtol=SAME)
    assert made.rho == pytest.approx(rho, rel=SAME)
