"""Rates by month and the price of a car, in markets that have a closed form."""

from __future__ import annotations

import pandas as pd
import pytest

from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.rate_frames import LINES, car_prices, side_by_side
from research.tariffs.rates import effective_rate, japan_goods
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates

from .own_cases import raw, sold_by_japan_musd, thetas

# Supply elasticity of sellers that cut prices, as docs/methods/tariffs.md has it.
SUPPLY = 1.5
# Averages over sectors and over goods: floors fall on different normal rates.
SECTORS_AND_GOODS_PCT = 0.05


@pytest.fixture(scope="module")
def beside():
    """With an elasticity of zero, in which every market has a closed form."""
    return side_by_side(thetas(0.0))


def test_the_statutory_line_is_the_law_of_the_fifteenth(beside):
    schedule, goods = japan_schedule(), japan_goods()
    assert beside.index[0] == FIRST_DAY
    assert beside.index.equals(pd.date_range(FIRST_DAY, beside.index[-1], freq="MS"))
    for month, ours in beside["statutory on Japan"].items():
        day = f"{month:%Y-%m}-15"
        law = effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        assert ours == pytest.approx(100 * law, abs=1e-9)


def test_what_was_collected_is_the_next_months_duties_over_imports(beside):
    months = raw("us_monthly_duties_and_prices")
    duties, imports = months["customs_duties_musd"], months["imports_value_musd"]
    known = beside["collected on all imports"].dropna()
    assert f"{known.index[-1]:%Y-%m}" == imports.last_valid_index()
    for month, ours in known.items():
        after = f"{month + pd.DateOffset(months=1):%Y-%m}"
        assert ours == pytest.approx(100 * duties[after] / imports[f"{month:%Y-%m}"])


def test_buyers_that_spend_the_same_on_all_pay_the_average_of_what_is_left(beside):
    """With theta zero a seller's value falls with one plus its rate, whatever the supply."""
    base, sold = us_rates(load_scenario("mfn")).loc["JPN"], sold_by_japan_musd()
    for month in ("2025-02", "2025-05", "2025-11"):
        rate = us_rates(load_scenario(f"{month}-15")).loc["JPN"]
        left = sold * (1 + base) / (1 + rate)
        for line in LINES[1:3]:
            ours = beside.loc[month, line].item()
            assert ours == pytest.approx(100 * (left * rate).sum() / left.sum())


def test_substitution_lowers_the_average_where_all_sectors_answer_alike(beside):
    """Value falls with the rate of a sector, so that weights move to low rates (Chebyshev)."""
    law, after = beside["statutory on Japan"], beside[LINES[1]]
    assert (after <= law + SECTORS_AND_GOODS_PCT).all()
    assert (after["2025-05":] < law["2025-05":]).all()


def test_buyers_pay_what_sellers_and_customs_receive():
    cars = car_prices(thetas(0.0))
    assert cars["buyer_pays"].to_numpy() == pytest.approx(
        (cars["seller_receives"] + cars["duty"]).to_numpy()
    )
    rate = 100 * cars["duty"] / cars["seller_receives"]
    assert rate.tolist() == pytest.approx([2.5, 27.5, 27.5, 15, 15])
    assert cars["case"].is_unique
    for words, share in zip(cars["case"].iloc[1:], rate.iloc[1:], strict=True):
        assert words.startswith(f"{share:g} %, price ")


def test_price_cuts_of_cars_are_that_of_the_claim_and_that_of_the_model():
    """With theta zero sellers bear 1 / (1 + supply elasticity) of the log of the duty."""
    cars = car_prices(thetas(0.0)).set_index("case")["seller_receives"]
    claim = float(raw("claims", "deal").at["auto_01", "quantity"])
    kept = cars[~cars.index.str.contains("cut")]
    assert (kept == 100).all()
    assert cars.filter(like="index fell").item() == pytest.approx(100 + claim)
    power = [1 + us_rates(load_scenario(name)).at["JPN", "MVH"] for name in ("deal_15", "mfn")]
    model = (power[0] / power[1]) ** (-1 / (1 + SUPPLY))
    assert cars.filter(like="in the model").item() == pytest.approx(100 * model)
