"""Titles and alt texts of the tariff figures read their frames, also where the fact is another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs import captions
from research.tariffs.rate_frames import LINES
from research.tariffs.welfare_draws import TOGETHER
from research.words import plain

from .sound_words import sound

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


def parts(**totals):
    days = pd.to_datetime([day.strip("_").replace("_", "-") for day in totals])
    total = np.array(list(totals.values()))
    return pd.DataFrame({"normal (MFN)": 1.0, "emergency powers": total - 1}, index=days)


def months(collected):
    index = pd.date_range("2025-01-01", periods=len(collected), freq="MS", name="month")
    law = np.arange(10.0, 10.0 + len(index))
    rates = (law, law - 0.5, law - 1.5, collected)
    return pd.DataFrame(dict(zip(LINES, rates, strict=True)), index=index)


def car_steps():
    rows = [("before", 100.0, 2.5), ("price kept", 100.0, 27.5), ("price cut", 80.6, 22.2)]
    table = pd.DataFrame(rows, columns=["case", "seller_receives", "duty"])
    return table.assign(buyer_pays=table["seller_receives"] + table["duty"])


def shares(*rows):
    columns = ["price", "method", "months", "share_pct", "low_pct", "high_pct"]
    return pd.DataFrame(rows, columns=columns)


def curve(sector, revenue, step=10.0):
    rates = np.arange(len(revenue)) * step
    return pd.DataFrame({"sector": sector, "rate_pct": rates, "revenue_bn_usd": revenue})


def curves(*each):
    return pd.concat([curve(name, revenue) for name, revenue in each], ignore_index=True)


def welfare(*us):
    rows = [
        {"country": "United States", "elasticities": f"set {k}", "central": middle}
        | {"low": middle - 0.01, "high": middle + 0.01}
        for k, middle in enumerate(us)
    ]
    other = {"country": "Japan", "elasticities": "set 0", "central": -5, "low": -9, "high": 9}
    return pd.DataFrame([*rows, other])


def models(*rows):
    columns = ["title", "imports_pct", "welfare_pct", "japan_welfare_pct"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(refused=np.where(table["imports_pct"].isna(), "rates on TWN", ""))


def game(us, japan):
    rates = np.arange(len(us)) * 10.0
    tables = {"United States": us, "Japan": japan}
    return pd.concat(
        [
            pd.DataFrame({"country": name, "rate_pct": rates, "welfare_pct": values})
            for name, values in tables.items()
        ]
    )


def drivers(*rows):
    table = pd.DataFrame(rows, columns=["driver", "low_label", "high_label", "at_low", "at_high"])
    return table.assign(base=0.01)


def forecasts():
    rows = [
        ("forecast", "level", "bank: 15 % deal, 2025", -0.2, -0.2, -0.2),
        ("forecast", "level", "bank: 15 % deal, 2029", -3.2, -3.2, -3.2),
        ("this repository", "real income", "real income: deal", -0.15, -0.11, -0.07),
        ("this repository", "exports lost", "exports lost: deal", -1.4, -1.0, 0.001),
    ]
    return pd.DataFrame(rows, columns=["group", "kind", "label", "low", "central", "high"])


def test_a_number_that_is_no_change_has_a_sign_only_below_zero():
    assert [plain(x, 1) for x in (2.0, -2.0, -0.01, 0.0)] == ["2.0", f"{MINUS}2.0", "0.0", "0.0"]


def test_the_rate_is_read_at_its_first_highest_and_last_day():
    """22 % on one day alone is not the height that is told."""
    table = parts(
        _2025_01_01=1.6, _2025_04_09=22.0, _2025_04_10=14.4, _2025_08_18=21, _2026_02_20=9
    )
    assert sound(captions.rates_title(table)) == (
        "The average US rate on Japan rose from 1.6 % to 21.0 % by 18 August 2025 and is 9.0 % by "
        "the last law in the schedule"
    )


def test_a_rate_that_only_fell_did_not_rise():
    table = parts(_2025_01_01=6.0, _2025_04_10=4.0, _2025_08_18=2.0)
    assert sound(captions.rates_title(table)) == (
        "The average US rate on Japan was 6.0 % at first and is 2.0 % by the last law in the "
        "schedule"
    )


def test_the_alt_of_the_rate_reads_steps_gap_and_marks():
    table = parts(_2025_01_01=2.0, _2025_04_10=14.0)
    published = pd.Series(
        [2.5, 2.5, 13.0], pd.to_datetime(["2025-01-01", "2025-04-09", "2025-05-01"])
    )
    marks = pd.DataFrame(
        {"day": [pd.Timestamp("2025-04-10")], "label": ["10 % on goods"], "kind": ["in force"]}
    )
    text = sound(captions.rates_alt(table, published, marks))
    assert "totals: 1 January 2025 2.0; 10 April 2025 14.0." in text
    assert "differs by 0.50 points in the median and 1.00 at most" in text
    assert text.endswith("Marked: 10 April 2025 10 % on goods (in force).")


def test_what_was_collected_is_told_for_the_last_month_that_has_it():
    table = months([2.0, 4.0, np.nan])
    assert sound(captions.collected_title(table)) == (
        "In February 2025 the law asked 11.0 % on goods from Japan, 9.5 to 10.5 % after buyers "
        "turn elsewhere; 4.0 % was collected on all imports"
    )
    assert "collected on all imports: Jan 2025 2.0, Feb 2025 4.0." in sound(
        captions.collected_alt(table)
    )


def test_the_car_is_read_before_at_the_highest_duty_and_with_the_cut():
    title = sound(captions.cars_title(car_steps()))
    assert "a car would cost 127.5 for 102.5 before" in title
    assert title.endswith("it cost 102.8")
    text = sound(captions.cars_alt(car_steps()))
    assert "price cut: seller 80.6, duty 22.2, buyer 102.8" in text


def test_shares_are_those_of_the_last_month_of_the_price():
    table = shares(
        ("imports", "lags", 1, 10.0, 5.0, 15.0),
        ("imports", "lags", 3, 80.0, -49.0, 111.0),
        ("shops", "lags", 1, -6.0, -61.0, -0.2),
    )
    title = sound(captions.pass_through_title(table, "imports"))
    assert title.endswith(
        f"buyers bear 80 % of a duty after 3 months (95 % interval {MINUS}49 to 111 %)"
    )
    shops = sound(captions.pass_through_title(table, "shops"))
    assert f"buyers bear {MINUS}6 % of a duty after 1 month (95 % " in shops
    text = sound(captions.pass_through_alt(table))
    assert f"imports, lags, 3 months: 80 ({MINUS}49 to 111); shops, lags, 1 month: {MINUS}6" in text
    assert f"({MINUS}61 to 0)." in text
    assert "10 (5" not in text


def test_a_peak_is_where_revenue_is_highest_and_a_rising_curve_has_none():
    table = captions.laffer_peaks(curves(("cars", [0, 3, 5, 4]), ("wood", [0, 1, 2, 3])))
    assert table.loc["cars"].tolist() == [20.0, 5.0]
    assert np.isnan(table.at["wood", "peak_pct"])
    assert table.at["wood", "peak_bn_usd"] == 3


@pytest.mark.parametrize(
    ("in_force", "end"),
    [
        ((15.0, 10.0), "no rate of the scenario is beyond it"),
        ((20.0, 11.0), "beyond it is the scenario's rate in 1: wood"),
        ((21.0, 11.0), "beyond it is the scenario's rate in 2: cars; wood"),
    ],
)
def test_rates_beyond_their_peaks_are_named(in_force, end):
    table = curves(("cars", [0, 3, 5, 4]), ("wood", [0, 2, 1, 0]))
    title = sound(captions.laffer_title(table, pd.Series(in_force, ["cars", "wood"])))
    assert title == f"If sellers keep their prices, revenue peaks at 10 to 20 %; {end}"


def test_peaks_of_one_rate_are_no_range_and_missing_ones_no_number():
    in_force = pd.Series({"cars": 15.0, "wood": 5.0})
    one = curves(("cars", [0, 3, 5, 4]), ("wood", [0, 1, 2, 3]))
    assert "peaks at 20 %; no rate" in sound(captions.laffer_title(one, in_force))
    text = sound(captions.laffer_alt(one, in_force))
    assert "cars: peak 20 % with 5.00, scenario 15.0 %" in text
    assert "wood: no peak, at the last rate 3.00, scenario 5.0 %" in text
    none = curves(("cars", [0, 3, 5, 6]), ("wood", [0, 1, 2, 3]))
    assert sound(captions.laffer_title(none, in_force)) == (
        "If sellers keep their prices, revenue still rises at the last rate looked at"
    )


@pytest.mark.parametrize(
    ("us", "words"),
    [
        ((0.02, -0.02), f"hangs on the elasticity, {MINUS}0.030{NBSP}% to +0.030{NBSP}% of income"),
        ((0.02, 0.03), "the United States gain by the median of every set, +0.010"),
        ((-0.02, -0.03), f"the United States lose by the median of every set, {MINUS}0.040"),
        ((0.02,), "the United States gain by the median of the draws"),
        ((-0.02,), "the United States lose by the median of the draws"),
        ((0.0,), "the United States neither gain nor lose"),
    ],
)
def test_welfare_turns_with_the_medians(us, words):
    title = sound(captions.welfare_title(welfare(*us), "This against that"))
    assert title.startswith("This against that: the ")
    assert words in title


def test_every_interval_of_welfare_is_read():
    text = sound(captions.welfare_alt(welfare(0.02, -0.02)))
    assert text.count(" to ") == 3
    assert f"United States, set 1: {MINUS}0.020 ({MINUS}0.030 to {MINUS}0.010)" in text


def test_models_that_refuse_are_counted_out_and_said_to():
    table = models(("one", 27.6, 0.013, 0.0), ("two", 11.6, -0.009, 0.1), ("three", *[np.nan] * 3))
    assert sound(captions.models_title(table)) == (
        f"One scenario, 2 models: imports from Japan move by +12{NBSP}% to +28{NBSP}%, US welfare "
        f"by {MINUS}0.009{NBSP}% to +0.013{NBSP}% of income"
    )
    text = sound(captions.models_alt(table))
    assert text.endswith("three: does not take the case.")
    assert f"one: imports +27.6{NBSP}%, US welfare +0.013{NBSP}%, Japan 0.000{NBSP}%" in text
    assert "One scenario, 1 model:" in captions.models_title(table.iloc[:1])


@pytest.mark.parametrize(
    ("japan", "words"), [(-0.114, "lose 0.11 %"), (0.024, "gain 0.02 %"), (-0.001, "lose 0.00 %")]
)
def test_the_best_rate_is_told_with_what_it_does_to_japan(japan, words):
    games = pd.DataFrame(
        {
            "us_rate_pct": [11.5, 28.0],
            "japan_welfare_pct": [japan, -0.2],
        }
    )
    by_set = pd.DataFrame({"best_pct": [7.0, 11.5, 38.3]})
    best = "Unanswered, 11.5 % on Japan would be best for the United States at"
    assert sound(captions.game_title(games, by_set)) == (
        f"{best} the middle elasticity (7 to 38 % by set); Japan would {words}"
    )
    alone = captions.game_title(games, by_set.head(1))
    assert sound(alone) == f"{best} this elasticity; Japan would {words}"


def test_some_rates_of_both_curves_are_read():
    text = sound(captions.game_alt(game([0.0, 0.007, 0.003], [0.1, -0.1, -0.2])))
    assert "United States 0 %: 0.000, 10 %: +0.007, 20 %: +0.003; Japan 0 %: +0.100" in text
    long = captions.game_alt(game(np.zeros(61), np.zeros(61)))
    assert long.count("%:") == 2 * 9


def test_the_widest_driver_is_named_whichever_way_it_goes():
    table = drivers(("a", "0", "1", 0.01, 0.02), ("b", "no", "yes", 0.02, -0.01))
    assert sound(captions.drivers_title(table)) == (
        f"What moves US welfare most: b, +0.020{NBSP}% at no and {MINUS}0.010{NBSP}% at yes"
    )
    text = sound(captions.drivers_alt(table))
    assert "around +0.010 % of income" in text
    assert f"b: +0.020 at no, {MINUS}0.010 at yes." in text


def test_all_switches_together_are_no_driver_of_their_own():
    together = (TOGETHER, "off", "on", 0.01, -0.05)
    title = captions.drivers_title(drivers(("a", "0", "1", 0.01, 0.02), together))
    assert title.startswith("What moves US welfare most: a,")


def test_a_driver_that_moves_nothing_is_not_what_welfare_hangs_on():
    title = sound(captions.drivers_title(drivers(("a", "0", "1", 0.01, 0.0104))))
    assert (
        title == f"No driver moves US welfare by 0.001 points: it stays at +0.010{NBSP}% of income"
    )


def test_forecasts_and_ours_are_read_from_low_to_high():
    assert sound(captions.forecasts_title(forecasts())) == (
        f"Forecasts for Japan's GDP run from {MINUS}3.2{NBSP}% to {MINUS}0.2{NBSP}%; here real "
        f"income moves by {MINUS}0.15{NBSP}% to {MINUS}0.07{NBSP}%, exports to the United States "
        f"by {MINUS}1.40{NBSP}% to 0.00{NBSP}% of GDP"
    )
    text = sound(captions.forecasts_alt(forecasts()))
    assert f"bank: 15 % deal, 2025: {MINUS}0.20; bank" in text
    assert f"real income: deal: {MINUS}0.11 ({MINUS}0.15 to {MINUS}0.07)" in text
