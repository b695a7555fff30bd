"""Frames of who pays: rates by hand, estimates by statsmodels, power by its formula, words."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from research import paths
from research.data import load_table
from research.errors import DataError, InputError
from research.plots.tariffs import plot_collected
from research.plots.tariffs_prices import plot_pass_through
from research.tariffs import pass_through_bands as bands
from research.tariffs import pass_through_words as words
from research.tariffs.pass_through_power import identification_frame, smallest_share
from research.tariffs.pass_through_report import (
    FEWEST_DF,
    HORIZON_MONTHS,
    METHODS,
    SAMPLES,
    Price,
    bundled_prices,
    collected_frame,
    estimate_frame,
    monthly_rates,
    path_frame,
)
from research.tariffs.pass_through_simulation import simulate_price

# Least squares in another order of steps.
EXACT = 1e-9
# Three standard errors of a share of 80 % in 4,000 draws.
POWER_POINTS = 1.9

ALL = {"all months": None}
MONTHS = pd.date_range("2010-01-01", periods=140, freq="MS")
PAGE = Path(__file__).parents[2] / "docs" / "methods.md"
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_tariffs.ipynb"


@pytest.fixture(scope="module")
def estimates():
    return estimate_frame()


@pytest.fixture(scope="module")
def identified():
    return identification_frame(replications=20)


def own_rates():
    steps = np.random.default_rng(5).choice([0, 0, 0.02, -0.02], len(MONTHS))
    return pd.Series((0.1 + steps.cumsum()).clip(0, 0.6), MONTHS)


def own_price(responses, noise_sd=1e-4, before_duty=False):
    index = simulate_price(own_rates(), responses, noise_sd=noise_sd, seed=3)
    return Price("own", index, before_duty)


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
    assert list(collected_frame().loc["2025-05-01"].round(2)) == [9.64, 8.02]


@pytest.mark.parametrize("series", [0, 1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_estimates_by_statsmodels(series, method):
    """All months before October 2025, which has no prices, so that no month is missing."""
    price = bundled_prices()[series]
    whole = Price(price.name, price.index.loc["2020-01":"2025-09"], price.before_duty)
    frame = estimate_frame([whole], samples=ALL).set_index(["sample", "method", "control"])
    ours = frame.loc[("all months", method, "none")]

    h, change = HORIZON_MONTHS, np.log1p(monthly_rates()).diff()
    log = np.log(whole.index)
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
    assert ours["estimate_share"] == pytest.approx(test.effect[0] + price.before_duty, abs=EXACT)
    assert ours["standard_error_share"] == pytest.approx(test.sd[0, 0], rel=1e-8)
    assert (ours["low_share"], ours["high_share"]) == pytest.approx((low, high), abs=1e-8)
    assert (ours["months_used"], ours["residual_df"]) == (len(data), len(data) - x.shape[1])


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
        frame = estimate_frame([own_price([-0.25], before_duty=before)], own_rates(), samples=ALL)
        row = frame.query("sample == 'all months' and method == 'local projections'").squeeze()
        assert row["estimate_share"] == pytest.approx(expected, abs=0.01)
        assert ("sellers bear all" in row["reading"]) == before


def test_a_control_takes_what_it_explains():
    fuel = pd.Series(100 * np.exp(np.random.default_rng(8).normal(0, 0.03, 140).cumsum()), MONTHS)
    made = own_price([0.4])
    price = Price("own", made.index * fuel / 100, False, "fuel", fuel)
    frame = estimate_frame([price], own_rates(), samples=ALL).set_index(["method", "control"])
    bare, given = (
        frame.loc[("distributed lags", name), "standard_error_share"] for name in ("none", "fuel")
    )
    assert given < bare / 5


def test_own_faults_come_all_at_once():
    made = own_price([0.4])
    price = Price("own", made.index.drop(MONTHS[7]), False)
    with pytest.raises(InputError) as caught:
        estimate_frame([price], 100 * own_rates())
    for part in ("without 2010-08-01", "rate_share, 2010-01", "0.15 for 15 %"):
        assert part in str(caught.value)


def test_paths_end_at_the_estimates(estimates):
    last = path_frame().query("months == @HORIZON_MONTHS")
    same = estimates.query("sample == 'all months' and control == 'none'")
    columns = {"share_pct": "estimate_share", "low_pct": "low_share", "high_pct": "high_share"}
    for pct, share in columns.items():
        assert list(last[pct]) == pytest.approx(list(100 * same[share]))
    assert list(last["months_used"]) == list(same["months_used"])


def test_frames_fit_the_plots():
    figure = plot_pass_through(path_frame(), bands.literature_bands(), "title", "source")
    assert len(figure.findobj(lambda one: type(one).__name__ == "Axes")) == len(bundled_prices())
    plot_collected(collected_frame(), "title", "source")


def test_smallest_share_by_formula():
    """2.80 standard errors with many months: Bloom (1995)."""
    assert smallest_share(1.0, 1e9) == pytest.approx(2.80, abs=0.005)
    assert smallest_share(0.1, 1) == pytest.approx(0.1 * (12.7062 + 1.3764), abs=1e-4)


def test_the_smallest_share_is_told_from_zero_in_four_of_five():
    rng, df = np.random.default_rng(2), 30
    se = 0.2 * np.sqrt(rng.chisquare(df, 4000) / df)
    found = rng.normal(smallest_share(0.2, df), 0.2, 4000)
    told = abs(found / se) > stats.t.ppf(0.975, df)
    assert 100 * told.mean() == pytest.approx(80, abs=POWER_POINTS)


def test_smallest_share_refuses():
    with pytest.raises(InputError, match=r"(?s)standard_error_share.*residual_df"):
        smallest_share(-1.0, 0)


def test_recent_months_tell_less(identified):
    wide = identified.set_index(["sample", "method"])["spread_share"]
    for method in METHODS:
        assert wide["from January 2025", method] > wide["all months", method]
    held = identified.set_index(["sample", "method"])["covers_0_and_1_pct"]
    assert held["from January 2025", "local projections"] > 25
    assert held["all months", "local projections"] < 25


def test_months_in_which_tariffs_move_tell_full_from_none():
    """A price without noise: no interval holds 0 and 1, each rules out one half."""
    frame = identification_frame(
        own_price([0.0], before_duty=True), own_rates(), replications=5,
        samples=ALL,
    )  # fmt: skip
    assert list(frame["covers_0_and_1_pct"]) == [0, 0]
    assert list(frame["rules_out_half_pct"]) == [100, 100]
    assert (frame["smallest_spread_share"] < 0.02).all()


def test_a_standard_error_by_simulation():
    """Where tariffs move all the time, the standard error is about the spread of estimates."""
    price = own_price([0.0], noise_sd=0.005)
    frame = identification_frame(
        price, own_rates(), replications=60, samples=ALL
    )  # fmt: skip
    # The error of a standard deviation of 60 draws is 9 %.
    assert frame["standard_error_share"].to_numpy() == pytest.approx(
        frame["spread_share"].to_numpy(), rel=0.35
    )


def test_ranges_of_studies_by_hand():
    ranges = bands.literature_ranges().set_index(["definition", "episode"])
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


def test_bands_are_the_ranges_of_the_border():
    found = bands.literature_bands()
    assert list(found["label"]) == ["studies: Japan, 1980s", "studies: 2018-19", "studies: 2025"]
    assert set(found["price"]) == {bundled_prices()[0].name}
    assert list(found["low_pct"]) == pytest.approx([60, 80, 86])
    assert list(found["high_pct"]) == pytest.approx([100, 100, 96])


def test_an_episode_of_no_group_is_refused(monkeypatch):
    table = load_table("tariffs/pass_through_literature").assign(episode="Corn Laws")
    monkeypatch.setattr(bands, "load_table", lambda name: table)
    with pytest.raises(DataError, match="Corn Laws"):
        bands.literature_ranges()


def test_car_buyers_by_hand():
    """A price of 80.6 with 27.5 % is 102.8, against 102.5 before: 0.3 of 22 log points."""
    found = bands.car_buyers_share()
    cut = float(load_table("deal/claims").at["auto_01", "quantity"]) / 100
    assert (found["rate_before_share"], found["rate_share"]) == pytest.approx((0.025, 0.275))
    price_with_duty = math.log((1 + cut) * 1.275 / 1.025)
    assert found["buyers_share"] == pytest.approx(price_with_duty / math.log(1.275 / 1.025))
    assert found["buyers_share"] == pytest.approx(0.012, abs=0.001)


def row_of(estimates, place, sample="all months"):
    name = bundled_prices()[place].name
    keep = estimates["price"].eq(name) & estimates["control"].eq("none")
    return estimates[keep & estimates["sample"].eq(sample)].query("method == 'local projections'")


def test_the_sample_is_told_with_its_interval(estimates):
    text = words.sample_sentence(estimates)
    row = row_of(estimates, 0).squeeze()
    assert f"took up {100 * row['estimate_share']:.0f}\N{NO-BREAK SPACE}%" in text
    assert f"{100 * row['low_share']:.0f} to {100 * row['high_share']:.0f}" in text
    assert f"over {row['months_used']} months between February 2020 and January 2026" in text
    assert text.endswith(
        "This does not rule out buyers bearing all, has an even split at the edge and rules out "
        "sellers bearing all."
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.7, 0.9, "rules out sellers bearing all, an even split or buyers bearing all"),
        (-0.5, 1.5, "does not rule out sellers bearing all, an even split or buyers bearing all"),
        (0.46, 0.96, "does not rule out an even split and rules out sellers bearing all or buyers"),
        (0.52, 1.02, "has an even split or buyers bearing all at the edge and rules out sellers"),
        (0.48, 0.9, "has an even split at the edge and rules out sellers bearing all or buyers"),
    ],
)
def test_the_verdict_follows_the_interval(estimates, low, high, verdict):
    text = words.sample_sentence(estimates.assign(low_share=low, high_share=high))
    assert f". This {verdict}" in text


def test_recent_months_are_not_quoted_unless_they_may_be(estimates, identified):
    text = words.recent_sentence(estimates, identified)
    assert "9 usable months for local projections: too few to be quoted, with 1 degree of" in text
    quoted = words.recent_sentence(estimates.assign(quotable=True), identified)
    value = 100 * row_of(estimates, 0, "from January 2025")["estimate_share"].item()
    assert f"local projections: {value:.0f}\N{NO-BREAK SPACE}%" in quoted


def test_trust_names_both_methods(identified):
    text = words.trust_sentence(identified)
    held = identified.query("sample == 'all months'").set_index("method")["holds_truth_pct"]
    for method in METHODS:
        assert f"those of {method} hold it in {held[method]:.0f} %" in text


@pytest.mark.parametrize(
    ("low", "said"),
    [(-1.0, "Every interval holds zero"), (0.01, "No interval holds zero")],
)
def test_shops_say_how_many_hold_zero(estimates, low, said):
    text = words.shops_sentence(estimates.assign(low_share=low, high_share=2.0))
    assert said in text
    assert "three months later: consumer prices of goods" in text


def test_controls_and_dating_are_told(estimates):
    assert words.control_sentence(estimates).count(" given ") == len(bundled_prices())
    other = estimates.assign(estimate_share=0.92, low_share=0.59, high_share=1.25)
    assert re.search(r"same month 92.% \(95.% interval 59 to 125.%\)",
                     words.dating_sentence(estimates, other))  # fmt: skip


def test_studies_are_told_by_definition():
    text = words.literature_sentence(bands.literature_ranges())
    assert "tariffs of 2025: 86 to 96" in text
    assert "12 of 27 findings were read in the source" in text
    assert text.count("In shops") == 2


def test_cars_are_told():
    text = words.cars_sentence(bands.car_buyers_share())
    assert "fell by 19.4 %" in text
    assert (
        "from 2.5 to 27.5 %: as if buyers at the border had paid 1\N{NO-BREAK SPACE}% of it, had "
        "prices stood still without the duty." in text
    )


def page_rows(start):
    """Numbers in the rows of the page that begin so, a row at a time."""
    rows = [x for x in PAGE.read_text(encoding="utf-8").splitlines() if x.startswith(start)]
    return [[float(cell) for cell in row.strip("| ").split("|")[2:]] for row in rows]


def test_the_page_says_what_the_frames_give(identified):
    for (sample, method), ours in identified.set_index(["sample", "method"]).iterrows():
        smallest, spread, both = page_rows(f"| {sample} | {method} |")[-1]
        # 100 draws on the page, 20 here: a spread is known to 17 %, a share of a half to 12 points.
        assert ours["smallest_share"] == pytest.approx(smallest, abs=0.006)
        assert ours["smallest_spread_share"] == pytest.approx(spread, rel=0.5)
        assert ours["covers_0_and_1_pct"] == pytest.approx(both, abs=36)


def test_the_page_and_the_notebook_quote_the_same_samples():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (cell,) = (one for one in cells if one["id"] == "cell-22")
    told = "".join(cell["outputs"][0]["data"]["text/markdown"])
    found = {
        "all months": re.search(
            r"lags hold it in (\d+) %, and a pass-through has to be (\d+).*"
            r"projections hold it in (\d+) %, and a pass-through has to be (\d+)", told,
        ),
        "from January 2025": re.search(
            r"bear 100 %, (\d+) % of the intervals.*holds the truth in (\d+) %", told
        ),
    }  # fmt: skip
    (lags,), (projections,), (recent_lags,), _ = (
        page_rows(f"| {months} | {method} |")
        for months in ("2020-02 to 2026-01", "2025-01 to 2026-01") for method in METHODS
    )  # fmt: skip
    spreads = [100 * page_rows(f"| all months | {method} |")[0][1] for method in METHODS]
    whole = [lags[0], spreads[0], projections[0], spreads[1]]
    assert [float(x) for x in found["all months"].groups()] == pytest.approx(whole)
    both = page_rows("| from January 2025 | local projections |")[0][2]
    recent = [float(x) for x in found["from January 2025"].groups()]
    assert recent == [both, recent_lags[0]]


def test_the_page_says_what_dating_changes():
    row = row_of(estimate_frame(rate_share=monthly_rates(0), samples=ALL), 0).squeeze()
    quoted = f"{row.estimate_share:.2f} ({row.low_share:.2f} to {row.high_share:.2f})"
    assert quoted in PAGE.read_text(encoding="utf-8")
