"""Adjusted p-values against their definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.events.tests import adjusted

# Products of a handful of numbers.
SAME = 1e-14

PVALUES = pd.Series([0.03, np.nan, 0.001, 0.04, 0.2, 0.012], index=list("abcdef"))


def test_holm_multiplies_by_the_number_left():
    ordered = PVALUES.dropna().sort_values()
    largest, expected = 0.0, {}
    for place, (name, p) in enumerate(ordered.items()):
        largest = max(largest, min(1.0, (len(ordered) - place) * p))
        expected[name] = largest
    assert adjusted(PVALUES)["holm_pvalue"].dropna().to_dict() == pytest.approx(expected, rel=SAME)


def test_benjamini_hochberg_divides_by_the_rank():
    ordered = PVALUES.dropna().sort_values()
    smallest, expected = 1.0, {}
    for place in range(len(ordered) - 1, -1, -1):
        smallest = min(smallest, len(ordered) / (place + 1) * ordered.iloc[place])
        expected[ordered.index[place]] = smallest
    assert adjusted(PVALUES)["bh_pvalue"].dropna().to_dict() == pytest.approx(expected, rel=SAME)


def test_a_missing_p_is_no_member_of_the_family():
    found = adjusted(PVALUES)
    assert found.loc["b"].isna().all()
    pd.testing.assert_frame_equal(found.drop("b"), adjusted(PVALUES.dropna()))
    assert adjusted(pd.Series([np.nan, np.nan])).isna().all(axis=None)
