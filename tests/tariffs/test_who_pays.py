"""Who pays: rates by hand, estimates by statsmodels, studies by hand, cars and months of law."""

import csv
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from studies.pass_through import simulate_price

from research import paths
from research.data import load_table
from research.tariffs import who_pays
from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.pass_through import estimate
from research.tariffs.rates import effective_rate, japan_goods
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.who_pays import (
    FEWEST_DF,
    HORIZON_MONTHS,
    LINES,
    METHODS,
    SAMPLES,
    bundled_prices,
    car_prices,
    monthly_rates,
    rates_by_month,
)

from .own_cases import raw, sold_by_japan_musd, thetas

# Least squares in another order of steps.
EXACT = 1e-9
# Supply elasticity of sellers that cut prices, as docs/methods/tariffs.md has it.
SUPPLY = 1.5

MONTHS = pd.date_range("2010-01-01", periods=140, freq="MS")


@pytest.fixture(scope="module")
def estimates():
    return who_pays.estimates(monthly_rates())


@pytest.fixture(scope="module")
def beside():
    """With an elasticity of zero, in which every market has a closed form."""
    return rates_by_month(thetas(0.0))


def own_rates():
    steps = np.random.default_rng(5).choice([0, 0, 0.02, -0.02], len(MONTHS))
    return pd.Series((0.1 + steps.cumsum()).clip(0, 0.6), MONTHS)


def own_price(responses):
    return simulate_price(own_rates(), responses, noise_sd=1e-4, seed=3)


def at_the_horizon(method, price_index, rate, before_duty, **more):
    options = {"horizon_months": HORIZON_MONTHS, "before_duty": before_duty} | more
    return estimate(METHODS[method], price_index, rate, **options).loc[HORIZON_MONTHS]


def rows_of_the_file():
    with open(paths.data() / "tariffs/us_monthly_duties_and_prices.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lag", [0, 1])
def test_rates_by_hand(lag):
    rows = rows_of_the_file()
    rates = monthly_rates(lag)
    assert rates.name == "rate_share"
    assert len(rates) == len(rows)
    for place, row in enumerate(rows):
        later = place + lag
        known = later < len(rows) and row["imports_value_musd"]
        ours = rates[row["month"]].item()
        if known:
            duties = float(rows[later]["customs_duties_musd"])
            assert ours == pytest.approx(duties / float(row["imports_value_musd"]), rel=1e-12)
        else:
            assert math.isnan(ours)


def test_the_rate_of_may_2025_is_about_ten_per_cent():
    """Duties received in June, 26,632 million, over imports of May, 276,402.9 million."""
    assert monthly_rates()["2025-05-01"] == pytest.approx(26_632 / 276_402.9)
    assert round(100 * monthly_rates(0)["2025-05-01"], 2) == 8.02


@pytest.mark.parametrize("series", [0, 1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_estimates_by_statsmodels(series, method):
    """All months before October 2025, which has no prices, so that no month is missing."""
    price = bundled_prices()[series]
    whole = price.index.loc["2020-01":"2025-09"]
    ours = at_the_horizon(method, whole, monthly_rates(), price.before_duty)

    h, change = HORIZON_MONTHS, np.log1p(monthly_rates()).diff()
    log = np.log(whole)
    if method == "distributed lags":
        y, lags = log.diff(), range(h + 1)
    else:
        y, lags = log.shift(-h) - log.shift(1), range(-h, h + 1)
    x = pd.DataFrame({f"k{k}": change.shift(k) for k in lags}).assign(one=1.0)
    data = x.join(y.rename("y")).dropna()
    rule = int(4 * (len(data) / 100) ** (2 / 9))
    maxlags = rule if method == "distributed lags" else max(rule, h)
    fitted = sm.OLS(data["y"], data.drop(columns="y")).fit(
        cov_type="HAC", cov_kwds={"maxlags": maxlags, "use_correction": True}, use_t=True
    )
    summed = [1.0 if method == "distributed lags" or k == 0 else 0.0 for k in lags]
    test = fitted.t_test([*summed, 0.0])
    low, high = test.conf_int()[0] + price.before_duty
    assert ours["pass_through"] == pytest.approx(test.effect[0] + price.before_duty, abs=EXACT)
    assert ours["se"] == pytest.approx(test.sd[0, 0], rel=1e-8)
    assert (ours["low"], ours["high"]) == pytest.approx((low, high), abs=1e-8)
    assert (ours["n"], ours["df"]) == (len(data), len(data) - x.shape[1])


def test_every_case_stands_once(estimates):
    prices = [price.name for price in bundled_prices()]
    bare = estimates[estimates["control"] == "none"]
    key = ["price", "sample", "method"]
    expected = [(p, s, m) for p in prices for s in SAMPLES for m in METHODS]
    assert list(bare[key].itertuples(index=False, name=None)) == expected
    controlled = estimates[estimates["control"] != "none"]
    assert len(controlled) == len(prices) * len(METHODS)
    assert set(controlled["sample"]) == {"all months"}
    assert not estimates.isna().any(axis=None)
    assert (estimates["low_share"] < estimates["estimate_share"]).all()
    assert (estimates["estimate_share"] < estimates["high_share"]).all()


def test_the_months_used_are_those_with_prices(estimates):
    """Of 72 price changes, October and November 2025 fall out, with the lags of the rate known."""
    row = estimates.query("sample == 'all months' and method == 'distributed lags'").iloc[0]
    change = load_table("tariffs/us_monthly_duties_and_prices")[
        "import_price_nonpetroleum_index"
    ].diff()
    assert row["months_used"] == change.notna().sum() == 70
    assert row["months_missing"] == 2
    assert (row["first_month"], row["last_month"]) == tuple(change.dropna().index[[0, -1]])


def test_one_degree_of_freedom_is_not_to_be_quoted(estimates):
    recent = estimates[estimates["sample"] == "from January 2025"]
    by_method = recent.groupby("method")["quotable"].all()
    assert by_method.to_dict() == {"distributed lags": True, "local projections": False}
    assert (estimates["quotable"] == (estimates["residual_df"] >= FEWEST_DF)).all()


def test_a_price_before_duty_reads_one_where_sellers_keep_it():
    for before, expected in ((True, 0.75), (False, -0.25)):
        row = at_the_horizon("local projections", own_price([-0.25]), own_rates(), before)
        assert row["pass_through"] == pytest.approx(expected, abs=0.01)


def test_a_control_takes_what_it_explains():
    fuel = pd.Series(100 * np.exp(np.random.default_rng(8).normal(0, 0.03, 140).cumsum()), MONTHS)
    case = ("distributed lags", own_price([0.4]) * fuel / 100, own_rates(), False)
    given = at_the_horizon(*case, controls=np.log(fuel).diff().to_frame("fuel"))
    assert given["se"] < at_the_horizon(*case)["se"] / 5


def test_paths_end_at_the_estimates(estimates):
    last = who_pays.paths().query("months == @HORIZON_MONTHS")
    same = estimates.query("sample == 'all months' and control == 'none'")
    columns = {"share_pct": "estimate_share", "low_pct": "low_share", "high_pct": "high_share"}
    for pct, share in columns.items():
        assert list(last[pct]) == pytest.approx(list(100 * same[share]))
    assert list(last["months_used"]) == list(same["months_used"])


def test_ranges_of_studies_by_hand():
    ranges = who_pays.literature_ranges().set_index(["definition", "episode"])
    at_border = "duty in the price importers pay"
    row = ranges.loc[(at_border, "tariffs of 2025")]
    assert (row["low_share"], row["high_share"], row["findings"]) == (0.86, 0.96, 6)
    assert tuple(ranges.loc[(at_border, "goods of Japan, 1980s")][["low_share", "high_share"]]) == (
        0.6,
        1.0,
    )
    assert (ranges["low_share"] <= ranges["high_share"]).all()
    table = load_table("tariffs/pass_through_literature")
    assert ranges["findings"].sum() == len(table)
    assert ranges["seen"].sum() == (table["evidence"] == "seen").sum()


def test_car_buyers_by_hand():
    """A price of 80.6 with 27.5 % is 102.8, against 102.5 before: 0.3 of 22 log points."""
    found = who_pays.car_buyers_share()
    cut = float(load_table("deal/claims").at["auto_01", "quantity_low"]) / 100
    assert (found["rate_before_share"], found["rate_share"]) == pytest.approx((0.025, 0.275))
    price_with_duty = math.log((1 + cut) * 1.275 / 1.025)
    assert found["buyers_share"] == pytest.approx(price_with_duty / math.log(1.275 / 1.025))
    assert found["buyers_share"] == pytest.approx(0.012, abs=0.001)


def test_the_statutory_line_is_the_law_of_the_fifteenth(beside):
    schedule, goods = japan_schedule(), japan_goods()
    assert beside.index[0] == FIRST_DAY
    assert beside.index.equals(pd.date_range(FIRST_DAY, beside.index[-1], freq="MS"))
    for month, ours in beside["statutory on Japan"].items():
        day = f"{month:%Y-%m}-15"
        law = effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        assert ours == pytest.approx(100 * law, abs=1e-9)


def test_buyers_that_spend_the_same_on_all_pay_the_average_of_what_is_left(beside):
    """With theta zero a seller's value falls with one plus its rate, whatever the supply."""
    base, sold = us_rates(load_scenario("mfn")).loc["JPN"], sold_by_japan_musd()
    for month in ("2025-02", "2025-05", "2025-11"):
        rate = us_rates(load_scenario(f"{month}-15")).loc["JPN"]
        left = sold * (1 + base) / (1 + rate)
        for line in LINES[1:3]:
            ours = beside.loc[month, line].item()
            assert ours == pytest.approx(100 * (left * rate).sum() / left.sum())


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
    claim = float(raw("claims", "deal").at["auto_01", "quantity_low"])
    kept = cars[~cars.index.str.contains("cut")]
    assert (kept == 100).all()
    assert cars.filter(like="in the press").item() == pytest.approx(100 + claim)
    power = [1 + us_rates(load_scenario(name)).at["JPN", "MVH"] for name in ("deal_15", "mfn")]
    model = (power[0] / power[1]) ** (-1 / (1 + SUPPLY))
    assert cars.filter(like="in the model").item() == pytest.approx(100 * model)
