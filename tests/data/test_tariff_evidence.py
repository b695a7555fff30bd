"""Sets of elasticities and forecasts: what they hold and what their checks catch."""

import pytest

from research.data import load_table
from research.data.tables import examine
from research.data.tariff_evidence import FORECASTS, SETS


def test_cars_are_the_auto_sector_of_the_study():
    cars = load_table("tariffs/elasticity_sets").query("sector == 'MVH'").set_index("set")
    assert cars["source_sectors"].to_dict() == {"cp_used": ("Auto",), "cp_estimated": ("Auto",)}


def test_one_set_is_of_the_short_run_and_one_no_estimate():
    horizons = load_table("tariffs/elasticity_sets").groupby("set")["horizon"].first()
    assert horizons.value_counts().to_dict() == {"long": 7, "short": 1, "convention": 1}
    assert horizons["boehm_short"] == "short"


def test_forecasts_are_of_the_letter_and_of_the_deal():
    forecasts = load_table("tariffs/gdp_forecasts")
    nri = forecasts[forecasts["forecaster"] == "Nomura Research Institute"]
    assert nri.set_index("rate_on_japan_pct")["effect_pct"].to_dict() == {25: -0.85, 15: -0.55}


def test_duties_on_cars_as_well_cost_more_than_the_reciprocal_rate_alone():
    rows = (
        load_table("tariffs/gdp_forecasts")
        .query("claim_id == 'gdp_03'")
        .set_index(["horizon", "rate_of"])
    )
    for year in ("2025", "2029"):
        both = rows["effect_pct"].loc[year]
        assert both["most goods"] < both["reciprocal alone"]


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        ("short run (1y)", "short run (2y)", "a row of tariffs/trade_elasticities", "(2y)"),
        ("MIN,ILMS 2025 Table 7,Mining", "MIN,ILMS 2025,Mining", "a row of", "ILMS 2025: Mining"),
        ("ilms,long,MIN", "ilms,short,MIN", "one horizon", "long, short"),
        ("boehm_short,short,REST", "boehm_short,short,MVH", "a row AGR or REST", "none"),
        (
            "import substitution,substitution",
            "import substitution,sigma",
            "one of share, minus_share",
            "sigma",
        ),
    ],
)
def test_a_set_that_does_not_hold_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(SETS.name, old, new)
    has_fault(examine(SETS)[1], "elasticity_sets.csv", asked, found)


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        (
            "about one year,-0.85",
            "about one year,-0.58",
            "a figure of claim gdp_01: -0.85",
            "-0.58",
        ),
        ("2029,-3.7", "2029,-3.9", "-0.8 (2025); -1.9 (2029). With car and other", "-3.9"),
        ("gdp_01,", "gdp_99,", "a figure of claim gdp_99", "-0.85"),
        ("15 % deal,15,most goods,2029", "15 % deal,0.15x,most goods,2029", "a number", "0.15x"),
        ("16,average,2025", "16,mean,2025", "one of most goods, reciprocal alone", "mean"),
    ],
)
def test_a_forecast_that_was_not_made_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(FORECASTS.name, old, new)
    has_fault(examine(FORECASTS)[1], "gdp_forecasts.csv", asked, found)
