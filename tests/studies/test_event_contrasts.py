"""The sizes of contrasts and exposure regressions in docs/methods/events.md, and their command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from studies.event_contrasts import COMPARISONS, INDUSTRY, table
from studies.event_simulator import simulate

from studies import event_contrasts

PAGE = (Path(__file__).parents[2] / "docs" / "methods" / "events.md").read_text(encoding="utf-8")

# Page 2,000 replications, test 80: standard errors of 0.5 and 2.4 points at 5 %, of 1.0 and 4.8 at
# 25 %.
REPLICATIONS, POINTS = 80, 15.0

# The same sums in another order.
SAME = 1e-9


def rates_of_the_page():
    """Comparison and standard error -> rejections in per cent."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
    return {(row[0], row[1]): float(row[2]) for row in rows if row[0] in COMPARISONS}


def test_the_numbers_of_the_page_come_out_again():
    found = table(replications=REPLICATIONS, seed=7)["rejected"]
    assert found.to_dict() == pytest.approx(rates_of_the_page(), abs=POINTS)


def test_whites_errors_by_loops():
    """One replication from the drawn returns: two drawn events are the two industries of one."""
    drawn = simulate(INDUSTRY, replications=2, seed=11)
    cars = [ols_forecast(drawn, asset) for asset in drawn.returns]
    dummy = np.repeat([1.0, 0.0], INDUSTRY.n_firms)
    b = np.mean(cars[: INDUSTRY.n_firms]) - np.mean(cars[INDUSTRY.n_firms :])
    errors = [
        car - np.mean([c for c, e in zip(cars, dummy, strict=True) if e == d])
        for car, d in zip(cars, dummy, strict=True)
    ]
    n = len(cars)
    squares = sum(e**2 for e in errors) / INDUSTRY.n_firms**2 * n / (n - 2)
    expected = 2 * stats.t.sf(abs(b) / np.sqrt(squares), n - 2)
    found = event_contrasts.two_industries(1, 11)["White"].item()
    assert found == pytest.approx(expected, rel=SAME)


def ols_forecast(drawn, asset):
    """Abnormal return of day 0 by least squares over the estimation window."""
    zero = drawn.returns.index.get_loc(drawn.events["date"].iloc[0])
    inside = slice(zero + INDUSTRY.estimation[0], zero)
    x, y = drawn.benchmark.iloc[inside], drawn.returns[asset].iloc[inside]
    slope, intercept = np.polyfit(x, y, 1)
    return drawn.returns[asset].iloc[zero] - intercept - slope * drawn.benchmark.iloc[zero]
