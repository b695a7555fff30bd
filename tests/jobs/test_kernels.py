"""What a million dollars calls for: the nation's multipliers, placed in states."""

import numpy as np
import pytest

from research.data import load_table
from research.jobs.economies import ON_SITE, VINTAGES
from research.jobs.employment import employment_ratios
from research.jobs.io import load_io_table, requirements
from research.jobs.kernels import kernels
from research.jobs.multipliers import Households, household_terms, multipliers
from research.jobs.projects import Kinds, portfolio

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
    ratio = employment_ratios(vintage, 2025)["jobs_per_musd"]
    nation = multipliers(table, ratio, Households(0.9, 0.3)).loc[made.cells["commodity"]]
    np.testing.assert_allclose(made.direct[v], nation["direct"], rtol=SAME)
    np.testing.assert_allclose(made.all_state[v].sum(axis=1), nation["type_1"], rtol=SAME)
    np.testing.assert_allclose(made.all_industry[v].sum(axis=1), nation["type_1"], rtol=SAME)
    terms = household_terms(table, ratio, requirements(table, domestic=True))
    np.testing.assert_allclose(made.household_industry[v].sum(), terms.basket_jobs, rtol=SAME)
    np.testing.assert_allclose(made.household_state[v].sum(axis=1), terms.basket_jobs, rtol=SAME)
    income = nation["induced"] / terms.basket_jobs * (1 - 0.63 * terms.rho) / 0.63
    np.testing.assert_allclose(made.income_state.sum(axis=1), income, rtol=SAME)
    assert made.rho == pytest.approx(terms.rho, rel=SAME)


def test_import_shares_are_those_of_the_tables(made):
    use, imports = load_table("jobs/bea_use_2023_musd"), load_table("jobs/bea_imports_2023_musd")
    capital, industries = ["F02S", "F02E"], list(made.industries)
    for cell in made.cells.itertuples():
        code = cell.commodity
        of_all = imports.loc[code, industries].sum() / use.loc[code, industries].sum()
        used = use.loc[code, capital].sum()
        own = imports.loc[code, capital].sum() / used if used else of_all
        assert cell.operation_import == pytest.approx(of_all, rel=SAME)
        assert cell.capital_import == pytest.approx(own, rel=SAME)


def test_building_stands_where_the_project_stands(made):
    for number, cell in enumerate(made.site_cells):
        assert made.cells["commodity"][cell] == ON_SITE
        group = np.flatnonzero(made.groups["place"] == made.cells["place"][cell])[0]
        site = made.site[:, number]
        shares = made.group_shares.iloc[group].to_numpy()
        np.testing.assert_allclose(site, site.sum(axis=1)[:, None] * shares, rtol=SAME)
        assert (site.sum(axis=1) <= made.direct[:, cell]).all()


def test_pay_per_employee_is_that_of_the_table(made, table):
    """Beyond 2023 every industry's dollars move with the deflator, so that the mean does."""
    pay, deflator = table.value_added.loc["V001"].sum(), load_table("jobs/gdp_deflator")
    ratios = [employment_ratios(vintage, 2023)["jobs_per_musd"] for vintage in VINTAGES]
    jobs = np.mean([ratio @ table.industry_output for ratio in ratios])
    expected = pay / jobs * deflator[2025] / deflator[2023]
    assert made.wage_musd == pytest.approx(expected, rel=SAME)


def test_every_template_has_an_industry_for_its_staff(made):
    templates = load_table("jobs/project_templates").index.unique("template")
    assert set(Kinds().staff_industry) == set(templates)
