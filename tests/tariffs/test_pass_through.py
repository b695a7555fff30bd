"""The estimators find a pass-through that is known, and their intervals hold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.data import load_table
from research.errors import InputError
from research.tariffs.pass_through import (
    collected_rate_share,
    distributed_lags,
    local_projections,
)
from research.tariffs.pass_through_simulation import simulate_price, simulated_coverage

# Least squares in another order of steps.
EXACT = 1e-9
REPLICATIONS = 100
# Three standard errors of a share of 95 % in 100 draws, and 3 points for the small sample.
COVERAGE_POINTS = 9.5

ESTIMATORS = (distributed_lags, local_projections)
RESPONSES = [0.3, 0.2, 0.1, 0.1]
MONTHS = pd.date_range("2005-01-01", periods=160, freq="MS")


def rates():
    steps = np.random.default_rng(5).choice([0, 0, 0, 0.02, -0.02], len(MONTHS))
    return pd.Series((0.1 + steps.cumsum()).clip(0, 0.6), MONTHS)


def price(seed=1, noise_sd=0.005, **changes):
    return simulate_price(rates(), RESPONSES, noise_sd=noise_sd, seed=seed, **changes)


def bundled(duty_lag_months=1):
    months = load_table("tariffs/us_monthly_duties_and_prices")
    duties, imports = months["customs_duties_musd"], months["imports_value_musd"]
    rate = collected_rate_share(duties, imports, duty_lag_months=duty_lag_months)
    return months, rate


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_without_noise_the_truth_comes_out(estimate):
    table = estimate(price(noise_sd=0.0), rates(), horizon_months=3, before_duty=False).table
    assert list(table["pass_through"]) == pytest.approx([0.3, 0.5, 0.6, 0.7], abs=EXACT)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_bias_and_coverage_with_autocorrelated_noise(estimate):
    draws = [
        estimate(price(seed, noise_ar=0.3), rates(), horizon_months=3, before_duty=False).table
        for seed in range(REPLICATIONS)
    ]
    truth = np.cumsum(RESPONSES)
    found = np.array([table["pass_through"] for table in draws])
    standard_error = found.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    assert (abs(found.mean(axis=0) - truth) < 3 * standard_error).all()
    held = [(table["low"] <= truth) & (truth <= table["high"]) for table in draws]
    assert np.mean(held, axis=0) * 100 == pytest.approx([95] * 4, abs=COVERAGE_POINTS)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_wrong_truth_is_not_held(estimate):
    table = estimate(price(), rates(), horizon_months=3, before_duty=False).table
    assert not table.loc[3, "low"] <= 0.0 <= table.loc[3, "high"]


def by_hand(y, x, lags):
    """Least squares and Bartlett weights, pair of months by pair of months."""
    good = y.notna() & x.notna().all(axis=1)
    place, y, x = np.flatnonzero(good), y[good].to_numpy(), x[good].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    scores = x * (y - x @ b)[:, None]
    middle = np.zeros_like(inverse)
    for i, s in enumerate(scores):
        for j, t in enumerate(scores):
            middle += max(0, 1 - abs(place[i] - place[j]) / (lags + 1)) * np.outer(s, t)
    n, k = x.shape
    return b, inverse @ middle @ inverse * n / (n - k), n - k


def test_distributed_lags_by_hand_with_a_missing_month():
    series = price()
    series.iloc[60] = np.nan
    ours = distributed_lags(series, rates(), horizon_months=2, before_duty=True, hac_lags=5)
    change = np.log1p(rates()).diff()
    x = pd.DataFrame({k: change.shift(k) for k in range(3)}).assign(constant=1.0)
    b, v, df = by_hand(np.log(series).diff(), x, 5)
    se = np.sqrt(v[:3, :3].sum())
    row = ours.table.loc[2]
    assert row["response"] == pytest.approx(b[:3].sum(), abs=EXACT)
    assert row["pass_through"] == pytest.approx(1 + b[:3].sum(), abs=EXACT)
    assert row["se"] == pytest.approx(se, rel=1e-8)
    assert row["high"] == pytest.approx(1 + b[:3].sum() + stats.t.ppf(0.975, df) * se)
    assert set(ours.dropped.loc[2].index) == {MONTHS[60], MONTHS[61]}
    assert ours.dropped.loc[2].unique() == ["no figure of the price"]


def test_local_projections_by_hand():
    series, h = price(), 2
    ours = local_projections(series, rates(), horizon_months=h, before_duty=False, hac_lags=4)
    change, log = np.log1p(rates()).diff(), np.log(series)
    x = pd.DataFrame({k: change.shift(k) for k in range(-h, h + 1)}).assign(constant=1.0)
    b, v, _ = by_hand(log.shift(-h) - log.shift(1), x, 4)
    assert ours.table.loc[h, "response"] == pytest.approx(b[h], abs=EXACT)
    assert ours.table.loc[h, "se"] == pytest.approx(np.sqrt(v[h, h]), rel=1e-8)


def test_both_agree_at_horizon_zero():
    tables = [f(price(), rates(), horizon_months=3, before_duty=False).table for f in ESTIMATORS]
    assert list(tables[0].loc[0]) == pytest.approx(list(tables[1].loc[0]))


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_base_of_the_index_does_not_matter(estimate):
    one, other = (
        estimate(price() * factor, rates(), horizon_months=2, before_duty=False).table
        for factor in (1.0, 7.5)
    )
    pd.testing.assert_frame_equal(one, other)


def test_a_control_takes_what_it_explains():
    rng = np.random.default_rng(8)
    fuel = pd.DataFrame({"fuel": rng.normal(0, 0.03, len(MONTHS))}, MONTHS)
    series = price(noise_sd=0.001) * np.exp(fuel["fuel"].cumsum())
    tables = [
        distributed_lags(series, rates(), horizon_months=3, before_duty=False, controls=x).table
        for x in (None, fuel)
    ]
    assert tables[1].loc[3, "se"] < tables[0].loc[3, "se"] / 5


def test_the_collected_rate_takes_later_duties():
    months, same = bundled(0)
    _, later = bundled(1)
    duties, imports = months["customs_duties_musd"], months["imports_value_musd"]
    assert same["2025-04-01"] == duties["2025-04-01"] / imports["2025-04-01"]
    assert later["2025-04-01"] == duties["2025-05-01"] / imports["2025-04-01"]
    assert np.isnan(later.iloc[-1])


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_the_bundled_months_alone_of_2025_say_less(estimate):
    months, rate = bundled()
    series = months["import_price_nonpetroleum_index"]
    widths = [
        estimate(series, rate, horizon_months=3, before_duty=True, first=first).summary()["width"]
        for first in (None, "2025-01")
    ]
    assert widths[1][0] > widths[0][0]
    result = estimate(series, rate, horizon_months=3, before_duty=True)
    assert pd.Timestamp("2025-10-01") in result.dropped.loc[0].index


def test_one_episode_of_tariffs_makes_intervals_too_narrow():
    months, rate = bundled()
    series = months["import_price_nonpetroleum_index"]
    lags, projections = (
        simulated_coverage(
            f, series, rate, [-0.1, -0.05, -0.05], horizon_months=3, replications=60
        ).loc[3]
        for f in ESTIMATORS
    )
    assert lags["coverage_share"] < 0.8 < projections["coverage_share"]
    assert lags["median_width"] < projections["median_width"]


def test_a_gap_in_the_rate_is_refused_in_a_simulation():
    rate = rates()
    rate.iloc[7] = np.nan
    with pytest.raises(InputError, match="rate_share, 2005-08"):
        simulate_price(rate, RESPONSES, noise_sd=0.01, seed=1)


def test_too_few_months_are_refused():
    months, rate = bundled()
    series = months["import_price_nonpetroleum_index"]
    with pytest.raises(InputError, match="more than the 10 coefficients; found 9"):
        local_projections(series, rate, horizon_months=6, before_duty=True, first="2025-01")


def test_a_tariff_that_does_not_move_is_refused():
    with pytest.raises(InputError, match=r"regressors: asked for 3 that differ; found 1"):
        distributed_lags(price(), rates() * 0 + 0.1, horizon_months=1, before_duty=False)


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        distributed_lags(
            price().drop(MONTHS[9]),
            rates().reset_index(drop=True),
            horizon_months=-1,
            before_duty=False,
            level=5,
            controls=pd.DataFrame({"constant": 1.0}, MONTHS),
        )
    for part in ("price_index: asked for 160 months", "rate_share", "horizon_months", "level"):
        assert part in str(caught.value)
    assert "names of their own" in str(caught.value)


def test_rates_in_per_cent_and_prices_of_zero_are_refused():
    series = price()
    series.iloc[3] = 0.0
    with pytest.raises(InputError) as caught:
        local_projections(series, rates() * 100, horizon_months=1, before_duty=False)
    for part in ("price_index, 2005-04", "rate_share, 2005-01", "0.15 for 15 %"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("series", "rate", "parts"),
    [
        (lambda: price().drop(MONTHS[[9, 20]]), rates,
         ["price_index: asked for 160 months without a gap; found 158 dates", "2005-10-01",
          "without 2005-10-01, 2006-09-01. Give every month its first day, and NaN"]),
        (lambda: price().set_axis(MONTHS + pd.Timedelta(days=14)), rates,
         ["not the first of a month 2005-01-15, 2005-02-15, 2005-03-15 and 157 more"]),
        (lambda: pd.concat([price(), price().tail(1)]), rates, ["161 dates", "twice 2018-04-01"]),
        (lambda: price().iloc[::-1], rates, ["out of order"]),
        (lambda: price().to_period("M"), rates, ["found PeriodIndex. ", "index.to_timestamp()"]),
        (lambda: price().set_axis(pd.date_range("1990-01-01", periods=160, freq="MS")), rates,
         ["rate_share: asked for months of the price, 1990-01 to 2003-04; found 2005-01 to 2018"]),
        (price, lambda: rates() * 0 + 15,
         ["rate_share, 2005-01: asked for a share from 0 to 2, 0.15 for 15 %; found 15",
          "rate_share: asked for a share from 0 to 2, 0.15 for 15 %; found others in 157 more"]),
        (lambda: price() * 0, lambda: rates() - 1, ["price_index, 2005-03", "rate_share, 2005-03"]),
        (lambda: price().astype(str), rates, ["price_index: asked for figures; found text"]),
        (lambda: list(price()), lambda: rates().head(0),
         ["price_index: asked for a Series by month (DatetimeIndex); found list",
          "rate_share: asked for at least one month; found none"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_own_series_that_cannot_be_used_say_why(estimate, series, rate, parts):
    with pytest.raises(InputError) as caught:
        estimate(series(), rate(), horizon_months=1, before_duty=True)
    for part in parts:
        assert part in str(caught.value)


def test_controls_of_other_months_are_refused():
    other = pd.date_range("1990-01-01", periods=9, freq="MS")
    with pytest.raises(InputError, match="controls: asked for months of the price, 2005-01 to"):
        distributed_lags(
            price(), rates(), horizon_months=1, before_duty=False,
            controls=pd.DataFrame({"fuel": 1.0}, other),
        )  # fmt: skip


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_own_series_of_other_lengths_are_matched_by_month(estimate):
    """Months that one of both lacks are left out by name, never matched by place."""
    whole = estimate(price(), rates(), horizon_months=2, before_duty=True, first="2006-01")
    later = estimate(price().loc["2005-06":], rates(), horizon_months=2, before_duty=True,
                     first="2006-01")  # fmt: skip
    pd.testing.assert_frame_equal(whole.table, later.table)


def test_duties_that_cannot_be():
    months, _ = bundled()
    duties, imports = months["customs_duties_musd"], months["imports_value_musd"]
    with pytest.raises(InputError) as caught:
        collected_rate_share(-duties.head(2), imports.tail(3).fillna(0) * 0, duty_lag_months=-1)
    for part in (
        "duties_musd, 2015-01",
        "imports_musd, 2026-02",
        "the months of the duties, 2015-01 to 2015-02; found 2025-12 to 2026-02",
        "duty_lag_months: asked for a whole number of 0 or more; found -1",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_the_page_says_what_the_simulation_gives(estimate):
    page = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
    name = estimate.__name__.replace("_", " ")
    row = next(x for x in page.splitlines() if x.startswith(f"| 2020-02 to 2026-01 | {name}"))
    held, width = map(float, row.strip("| ").split("|")[2:])
    months, rate = bundled()
    series = months["import_price_nonpetroleum_index"]
    again = simulated_coverage(
        estimate, series, rate, [-0.1, -0.05, -0.05], horizon_months=3, replications=60
    ).loc[3]
    # 100 draws on the page, 60 here, other seeds: three standard errors of a half are 24 points.
    assert again["coverage_share"] * 100 == pytest.approx(held, abs=24)
    assert again["median_width"] == pytest.approx(width, rel=0.15)
    table = local_projections(series, rate, horizon_months=3, before_duty=True).table.loc[3]
    quoted = f"{table['pass_through']:.2f} ({table['low']:.2f} to {table['high']:.2f})"
    assert quoted in page
