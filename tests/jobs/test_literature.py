"""Findings in one unit, and what plants promised against what came."""

import pytest

from research.data import load_table
from research.jobs.results import plants, spending_effects


def test_a_cost_is_turned_over_with_its_range():
    study = spending_effects().loc["Feyrer and Sacerdote (2011)"]
    costs = load_table("jobs/jobs_literature").set_index("study").loc["Feyrer and Sacerdote (2011)"]
    assert study["central"] == pytest.approx(1e6 / costs["central"])
    assert study["low"] == pytest.approx(1e6 / costs["high"])
    assert study["high"] == pytest.approx(1e6 / costs["low"])


def test_an_effect_stays_as_it_is_and_a_missing_end_stays_missing():
    rule = spending_effects().loc["ABC (2025)"]
    assert rule["central"] == 3.55
    assert rule[["low", "high"]].isna().all()


def test_only_findings_with_dollars_are_converted():
    kinds = load_table("jobs/jobs_literature")["kind"]
    assert len(spending_effects()) == kinds.isin(["job_years_per_musd", "usd_per_job_year"]).sum()


def test_ratios_of_plants():
    found = plants()
    foxconn = found.loc["Foxconn Wisconsin"]
    assert foxconn["staff_ratio"] == pytest.approx(1029 / 13_000)
    assert found.loc["Vogtle 3 and 4", "construction_ratio"] == pytest.approx(9 / 5)
    assert found.loc["Samsung Taylor", ["staff_ratio", "construction_ratio"]].isna().all()


def test_staff_of_a_template_covers_the_plants_like_it():
    # Rounded figures: a template may miss a plant by one per cent.
    ranges = load_table("jobs/project_templates").xs("staff_per_bn_usd", level="quantity")
    found = plants().dropna(subset=["template", "staff_per_bn_usd"])
    deflator = load_table("jobs/gdp_deflator")
    prices = deflator[2025] / deflator[2017]
    assert found["template"].nunique() >= 7
    for plant, row in found.iterrows():
        low, high = ranges.loc[row["template"], ["low", "high"]]
        # Amounts are in dollars of the plants' own years, templates in those of 2025.
        assert 0.99 * low <= row["staff_per_bn_usd"] <= 1.01 * high * prices, plant
