"""A difference that was planted is found, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from research.data import load_market
from research.data.prices.compare import compare
from research.errors import InputError

# Fractions become basis points by a multiplication.
ABSOLUTE_BP = 1e-8


@pytest.fixture(scope="module")
def bundled():
    """Six series of the bundled figures: each is held against its own, so more show no more."""
    market = load_market("bundled")
    few = ["N225", "7203.T", "NVDA", "SP500", "WMT", "XLE"]
    return replace(market, returns=market.returns[few])


def changed(market, name, day, by_bp):
    returns = market.returns.copy()
    returns.loc[day, name] += by_bp / 1e4
    return replace(market, returns=returns)


def test_a_source_does_not_differ_from_itself(bundled):
    result = compare(bundled, bundled, tolerance_bp=0)
    assert result.differences.empty
    assert result.by_series["compared"].sum() == (
        bundled.returns.notna().sum().sum() + bundled.factors.notna().sum().sum()
    )
    assert (result.by_series["correlation"] > 1 - 1e-12).all()
    assert not result.by_series["differ"].any()


def test_a_planted_difference_is_found_with_both_figures(bundled):
    other = changed(bundled, "7203.T", "2025-07-23", 12.5)
    result = compare(bundled, other, tolerance_bp=1)
    ours = bundled.returns.loc["2025-07-23", "7203.T"] * 1e4
    row = result.differences.iloc[0]
    assert len(result.differences) == 1
    assert (row["series_id"], row["date"]) == ("7203.T", pd.Timestamp("2025-07-23"))
    assert row["bundled_bp"] == pytest.approx(ours, abs=ABSOLUTE_BP)
    assert row["other_bp"] == pytest.approx(ours + 12.5, abs=ABSOLUTE_BP)
    assert row["difference_bp"] == pytest.approx(12.5, abs=ABSOLUTE_BP)
    summary = result.by_series
    assert summary.index[0] == "7203.T"
    assert summary["differ"].iloc[0] == 1
    assert summary["largest_bp"].iloc[0] == pytest.approx(12.5, abs=ABSOLUTE_BP)


@pytest.mark.parametrize(("by_bp", "found"), [(0.9, 0), (-0.9, 0), (1.1, 1), (-1.1, 1)])
def test_the_tolerance_holds_on_both_sides(bundled, by_bp, found):
    other = changed(bundled, "NVDA", "2025-07-23", by_bp)
    assert len(compare(bundled, other, tolerance_bp=1).differences) == found


def test_the_largest_difference_comes_first(bundled):
    other = changed(bundled, "NVDA", "2025-07-23", 3)
    other = changed(other, "SP500", "2025-12-24", -30)
    other = changed(other, "WMT", "2025-09-05", 10)
    found = compare(bundled, other, tolerance_bp=1).differences
    assert list(found["series_id"]) == ["SP500", "WMT", "NVDA"]


def test_dates_of_one_source_alone_are_not_compared(bundled):
    returns = bundled.returns.copy()
    returns.loc["2025-07-23", "NVDA"] = np.nan
    result = compare(bundled, replace(bundled, returns=returns), tolerance_bp=1)
    assert result.differences.empty
    assert result.by_series.loc["NVDA", "compared"] == bundled.returns["NVDA"].count() - 1


def test_series_of_one_source_alone_are_listed_with_nothing_compared(bundled):
    fewer = replace(bundled, returns=bundled.returns.drop(columns="NVDA"))
    assert compare(bundled, fewer, tolerance_bp=1).by_series.loc["NVDA", "compared"] == 0
    assert compare(fewer, bundled, tolerance_bp=1).by_series.loc["NVDA", "compared"] == 0


def test_factors_are_compared_as_well(bundled):
    factors = bundled.factors.copy()
    # The yen labelled a day late: the trap that the fetch avoids.
    factors["USDJPY"] = factors["USDJPY"].shift(1)
    row = compare(bundled, replace(bundled, factors=factors), tolerance_bp=1).by_series.loc[
        "USDJPY"
    ]
    assert row["differ"] > 400
    assert abs(row["correlation"]) < 0.3


@pytest.mark.parametrize("tolerance_bp", [-1, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(bundled, tolerance_bp):
    with pytest.raises(InputError, match="tolerance"):
        compare(bundled, bundled, tolerance_bp=tolerance_bp)
