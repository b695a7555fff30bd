"""A difference that was planted is found, and nothing else."""

from dataclasses import replace

import pandas as pd
import pytest

from research.data import load_market
from research.data.market import compare
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
    differences, by_series = compare(bundled, bundled, tolerance_bp=0)
    assert differences.empty
    assert by_series["compared"].sum() == (
        bundled.returns.notna().sum().sum() + bundled.factors.notna().sum().sum()
    )
    assert (by_series["correlation"] > 1 - 1e-12).all()
    assert not by_series["differ"].any()


@pytest.mark.parametrize(("by_bp", "found"), [(0.9, 0), (-0.9, 0), (1.1, 1), (-1.1, 1)])
def test_the_tolerance_holds_on_both_sides(bundled, by_bp, found):
    other = changed(bundled, "NVDA", "2025-07-23", by_bp)
    assert len(compare(bundled, other, tolerance_bp=1)[0]) == found


def test_planted_differences_are_found_the_largest_first(bundled):
    other = changed(bundled, "NVDA", "2025-07-23", 3)
    other = changed(other, "SP500", "2025-12-24", -30)
    rows, by_series = compare(bundled, other, tolerance_bp=1)
    assert list(rows["series_id"]) == list(by_series.index[:2]) == ["SP500", "NVDA"]
    assert list(by_series["differ"][:3]) == [1, 1, 0]
    assert by_series["largest_bp"].iloc[0] == pytest.approx(30, abs=ABSOLUTE_BP)
    ours = bundled.returns.loc["2025-12-24", "SP500"] * 1e4
    assert rows["date"].iloc[0] == pd.Timestamp("2025-12-24")
    figures = rows.iloc[0][["bundled_bp", "other_bp", "difference_bp"]].astype(float)
    assert list(figures) == pytest.approx([ours, ours - 30, -30], abs=ABSOLUTE_BP)


def test_factors_are_compared_as_well(bundled):
    factors = bundled.factors.copy()
    # The yen labelled a day late: the trap that the fetch avoids.
    factors["USDJPY"] = factors["USDJPY"].shift(1)
    row = compare(bundled, replace(bundled, factors=factors), tolerance_bp=1)[1].loc["USDJPY"]
    assert row["differ"] > 400
    assert abs(row["correlation"]) < 0.3


@pytest.mark.parametrize("tolerance_bp", [-1, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(bundled, tolerance_bp):
    with pytest.raises(InputError, match="tolerance"):
        compare(bundled, bundled, tolerance_bp=tolerance_bp)
