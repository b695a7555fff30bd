"""What the benchmark times are equilibria in which something happens. Nothing is timed."""

import pytest
from benchmarks.tariffs import many_sectors, one_sector, world_table

# Conditions hold to the tolerance of the package.
SAME = 1e-8


@pytest.mark.parametrize("case", [one_sector(20), many_sectors(4, 6), world_table()])
def test_the_benchmark_solves_an_equilibrium(case):
    result = case()
    assert result.residuals.max() <= SAME
    assert (result.countries["new_revenue_musd"] > 0).all()
    assert (result.countries["welfare_hat"] != 1).all()
