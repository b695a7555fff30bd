"""The comparison with published numbers catches what it is there to catch."""

from __future__ import annotations

import pandas as pd
import pytest

PUBLISHED = {
    "intercept": -0.262323073774029,
    "slope": 1.00211681802045,
    "sd_intercept": 0.232818234301152,
    "sd_slope": 0.429796848199937e-03,
    "residual_sd": 0.884796396144373,
}


def test_the_published_numbers_pass(compare):
    report = compare("nist_norris", PUBLISHED)
    assert list(report.columns) == ["published", "ours", "difference", "tolerance"]
    assert (report["difference"] == 0).all()


@pytest.mark.parametrize("quantity", PUBLISHED)
def test_a_number_off_by_a_millionth_is_caught(compare, quantity):
    wrong = PUBLISHED | {quantity: PUBLISHED[quantity] * (1 + 1e-6)}
    with pytest.raises(AssertionError, match=quantity):
        compare("nist_norris", wrong)


def test_a_missing_and_an_unknown_quantity_are_caught(compare):
    with pytest.raises(AssertionError, match="slope"):
        compare("nist_norris", {k: v for k, v in PUBLISHED.items() if k != "slope"})
    with pytest.raises(AssertionError, match="beta"):
        compare("nist_norris", PUBLISHED | {"beta": 1.0})


def test_a_number_that_is_not_there_is_caught(compare):
    with pytest.raises(AssertionError, match="slope"):
        compare("nist_norris", PUBLISHED | {"slope": float("nan")})


def test_every_target_names_its_source(request):
    for path in (request.path.parent / "targets").glob("*.csv"):
        table = pd.read_csv(path)
        if "published" in table:
            assert table[["quantity", "published", "tolerance", "source"]].notna().all(axis=None)
