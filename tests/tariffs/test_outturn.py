"""The models of 2025 beside what happened, against closed forms and sums from the tables."""

import pytest

from research.tariffs import outturn
from research.tariffs.outturn import (
    against,
    imports_by_month,
    within_one_year,
)
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.who_pays import states_by_month

from .own_cases import raw, sold_by_japan_musd, thetas

SUPPLY = 1.5


def power():
    """Powers of September 2025 over those before, Japan's sectors."""
    rates = [
        us_rates(one).loc["JPN"] for one in (states_by_month()["2025-09-01"], load_scenario("mfn"))
    ]
    return (1 + rates[0]) / (1 + rates[1])


@pytest.fixture
def cobb_douglas(monkeypatch):
    """With theta zero what is spent on each seller stays, duty included."""
    monkeypatch.setattr(outturn, "load_thetas", lambda name: thetas(0.0))
    return imports_by_month(["wto"]).set_index(["prices", "month"])


def test_a_month_has_its_closed_form_where_spending_stays(cobb_douglas):
    """No model of 2025 stood beside what happened in it."""
    sold = sold_by_japan_musd()
    now = sold / power()[sold.index]
    for prices in ("kept", "cut"):
        row = cobb_douglas.loc[(prices, "2025-09-01")]
        assert row["japan_pct"] == pytest.approx(100 * (now.sum() / sold.sum() - 1))
        assert row["cars_pct"] == pytest.approx(100 * (1 / power()["MVH"] - 1))
        gdp = raw("world_regions_2023").at["JPN", "gdp_2023_musd"]
        assert row["lost_pct"] == pytest.approx(100 * (now - sold).sum() / gdp)
        rate = us_rates(states_by_month()["2025-09-01"]).loc["JPN"]
        assert row["paid_pct"] == pytest.approx(100 * (now * rate).sum() / now.sum())


def test_others_pay_what_was_collected_in_the_month(cobb_douglas):
    months = raw("us_monthly_duties_and_prices")
    share = months.at["2025-10", "customs_duties_musd"] / months.at["2025-09", "imports_value_musd"]
    world = raw("us_imports_2024_musd").drop(index="WORLD", columns="TOTAL").astype(float)
    japan = sold_by_japan_musd() / power()
    others = (world.drop(index="JPN") / (1 + share)).to_numpy().sum()
    row = cobb_douglas.loc[("kept", "2025-09-01")]
    wanted = 100 * ((others + japan.sum()) / world.to_numpy().sum() - 1)
    assert row["all_pct"] == pytest.approx(wanted)
    rate = us_rates(states_by_month()["2025-09-01"]).loc["JPN"]
    assert row["duties_bn_usd"] == pytest.approx((others * share + japan @ rate) / 12e3)


def test_within_a_year_trade_falls_by_the_estimate_of_the_study():
    sold = sold_by_japan_musd()
    found = within_one_year().loc["2025-09-01"]
    assert found["cars_pct"] == pytest.approx(100 * (power()["MVH"] ** -0.76 - 1))
    whole = (sold * power() ** -0.76).sum() / sold.sum() - 1
    assert found["japan_pct"] == pytest.approx(100 * whole)


def test_what_happened_is_that_of_the_tables_and_the_gap_is_to_the_nearest_model(cobb_douglas):
    table = against(cobb_douglas.reset_index()).set_index("measure")
    months = raw("us_monthly_duties_and_prices")
    year = months.loc["2025-01":"2025-12", "imports_value_musd"].sum()
    before = months.loc["2024-01":"2024-12", "imports_value_musd"].sum()
    received = months.loc["2025-02":"2026-01", "customs_duties_musd"].sum() / 1e3
    claim = raw("claims", "deal").at["trd_01", "quantity_low"]
    exports, cars, lost, imports, duties = (row for _, row in table.iterrows())
    assert exports["observed"] == float(claim) == -4.1
    assert cars["observed"] == raw("observed").at["japan_car_exports_to_us", "value"]
    assert imports["observed"] == pytest.approx(100 * (year / before - 1))
    assert duties["observed"] == pytest.approx(received)
    assert lost["observed"] / exports["observed"] == pytest.approx(
        lost["kept_low"] / exports["kept_low"]
    )
    for row in (exports, cars, lost, imports, duties):
        low, high = min(row["kept_low"], row["cut_low"]), max(row["kept_high"], row["cut_high"])
        distance = min(abs(row["observed"] - end) for end in (low, high))
        inside = low <= row["observed"] <= high
        assert abs(row["gap"]) == pytest.approx(0 if inside else distance)
    assert exports["gap"] > 0
