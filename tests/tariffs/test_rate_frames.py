"""The rate on Japan over time, against the law day by day as the timeline has it on disk."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.tariffs.names import PART_NAMES
from research.tariffs.rate_frames import (
    DEAL_DAY,
    LINES,
    car_prices,
    cars_steps,
    change_days,
    largest_differences,
    longest_high,
    most_goods_rates,
    parts_words,
    rate_marks,
    rate_steps,
    side_by_side,
)
from research.tariffs.rates import PARTS, against_published, effective_rate, japan_goods
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.schedule import FIRST_DAY, japan_schedule

from .own_cases import raw, sold_by_japan_musd, thetas

# Supply elasticity of sellers that cut prices, as docs/methods.md has it.
SUPPLY = 1.5
# Averages over sectors and over goods: floors fall on different normal rates.
SECTORS_AND_GOODS_PCT = 0.05


@pytest.fixture(scope="module")
def steps():
    return rate_steps()[0]


@pytest.fixture(scope="module")
def beside():
    """With an elasticity of zero, in which every market has a closed form."""
    return side_by_side(thetas(0.0))


def timeline():
    table = raw("us_tariff_timeline_japan").reset_index()
    days = {"effective_date": pd.to_datetime(table["effective_date"])}
    return table.assign(**days).sort_values(["effective_date", "announced_date"])


def duty_pct(row, normal_share):
    """Duty on top of the normal rate: an add-on as it is, a floor less what is paid anyhow."""
    rate = row.rate_share
    return 100 * (max(rate - normal_share, 0) if row.basis == "floor" else rate)


def parts_of(days_and_rates):
    """Make a table of one authority from heights and how many days each holds."""
    days = np.cumsum([0, *(held for held, _ in days_and_rates[:-1])])
    index = FIRST_DAY + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"all": [rate for _, rate in days_and_rates]}, index=index)


def highest_of_a_run(days_and_rates):
    """Walk day by day: highest rate that two days in a row have, and the first of them."""
    daily = [rate for held, rate in days_and_rates for _ in range(held)]
    runs, start = [], 0
    for rate, run in itertools.groupby(daily):
        held = len(list(run))
        runs += [(rate, -start)] if held > 1 else []
        start += held
    rate, place = max(runs)
    return FIRST_DAY - pd.Timedelta(days=place), rate


def test_parts_of_a_step_add_up_to_the_average_rate_until_the_next(steps):
    schedule, goods = japan_schedule(), japan_goods()
    assert list(steps.columns) == list(PART_NAMES.values())
    ends = [*steps.index[1:], steps.index[-1] + pd.Timedelta(days=30)]
    for begin, end in zip(steps.index, ends, strict=True):
        for day in {begin, begin + (end - begin) // 2, end - pd.Timedelta(days=1)}:
            rate = effective_rate(schedule, goods, on=day.normalize(), known_on=None)
            assert steps.loc[begin].sum() == pytest.approx(100 * rate["total_share"], abs=1e-9)
            ours = steps.loc[begin, [PART_NAMES[part] for part in PARTS]]
            assert list(ours) == pytest.approx(list(100 * rate[list(PARTS)]), abs=1e-9)


def test_steps_begin_with_the_schedule_and_whenever_a_measure_takes_effect(steps):
    rows = raw("japan_scopes").reset_index()
    rows = rows[rows["track"].notna()]
    days = pd.to_datetime(rows["from_date"].fillna(rows["effective_date"]))
    assert list(steps.index) == sorted({FIRST_DAY, *days[days > FIRST_DAY]})
    assert change_days(japan_schedule()) == list(steps.index)


def test_the_published_line_is_the_published_table_in_per_cent():
    published = rate_steps()[1]
    table = load_table("tariffs/japan_statutory_rate")["total_share"]
    assert list(published) == pytest.approx([100 * value for value in table])
    assert published.index.equals(table.index)


@pytest.mark.parametrize(
    "days_and_rates",
    [
        [(3, 1.0), (1, 9.0), (4, 5.0), (2, 7.0), (1, 8.0), (5, 2.0)],
        [(3, 1.0), (1, 9.0), (1, 9.0), (5, 2.0)],  # one rate over two rows of a day each
        [(3, 1.0), (1, 9.0), (6, 9.0), (5, 2.0)],  # the rate began a row before the long one
        [(2, 4.0), (1, 5.0), (2, 4.0)],
        [(1, 6.0), (1, 3.0), (9, 3.5)],
    ],
)
def test_the_longest_high_is_that_of_a_walk_day_by_day(days_and_rates):
    assert longest_high(parts_of(days_and_rates)) == highest_of_a_run(days_and_rates)


def test_a_day_is_too_short_for_the_highest_average_rate(steps):
    total = steps.sum(axis=1)
    day, height = longest_high(steps)
    assert total.idxmax() == pd.Timestamp("2025-04-09")  # the country rate, suspended next day
    assert height == pytest.approx(total[day], abs=1e-8)
    assert height < total.max() - 0.5
    assert (total.drop([total.idxmax()]) <= height + 1e-8).all()


def test_most_goods_pay_what_the_timeline_says_day_by_day():
    table, normal = most_goods_rates(), japan_goods().at["general", "mfn_share"]
    rows = timeline()
    on_most = rows["authority"].isin(["ieepa_reciprocal", "s122", "s301_forced_labour", "scotus"])
    rows = rows[on_most & ~rows["scope_japan"].str.contains("aircraft")]
    tracks = {}
    for day in pd.date_range(FIRST_DAY, table["from_day"].iloc[-1] + pd.Timedelta(days=9)):
        for row in rows[rows["effective_date"] == day].itertuples():
            track = "ieepa_reciprocal" if row.authority == "scotus" else row.authority
            tracks[track] = duty_pct(row, normal)
        added = sum(tracks.values())
        ours = table.iloc[table["from_day"].searchsorted(day, side="right") - 1]
        assert ours["added_pct"] == pytest.approx(added, abs=1e-6)
        assert ours["total_pct"] == pytest.approx(added + 100 * normal, abs=1e-6)


def test_goods_without_a_normal_rate_pay_the_rates_of_the_timeline_in_full():
    rows = timeline()
    known = set(rows["rate_share"] * 100)
    table = most_goods_rates()
    assert set(table["without_normal_pct"]) <= known | {0.0}
    under_a_floor = table["without_normal_pct"] > table["added_pct"] + 1e-6
    floors = rows.loc[rows["basis"] == "floor", "rate_share"] * 100
    assert set(table.loc[under_a_floor, "without_normal_pct"]) <= set(floors)
    assert table.loc[under_a_floor, "total_pct"].tolist() == pytest.approx(
        table.loc[under_a_floor, "without_normal_pct"].tolist()
    )
    assert table.loc[~under_a_floor, "without_normal_pct"].tolist() == pytest.approx(
        table.loc[~under_a_floor, "added_pct"].tolist()
    )
    assert under_a_floor.sum() == 2  # the deal, and Section 301


def test_the_row_of_the_ruling_says_that_customs_went_on():
    table = most_goods_rates().set_index("from_day")
    ruling = pd.Timestamp("2026-02-20")
    words = "by law; the duty that ended was collected until 23 February 2026"
    assert table.at[ruling, "note"] == words
    assert table.at[ruling, "to_day"] == pd.Timestamp("2026-02-23")
    assert table.at[ruling, "added_pct"] == 0
    assert (table.drop(index=ruling)["note"] == "").all()


def test_rows_of_most_goods_tile_time_and_neighbours_differ():
    table = most_goods_rates()
    assert table["from_day"].iloc[0] == FIRST_DAY
    next_day = table["to_day"] + pd.Timedelta(days=1)
    assert list(next_day.iloc[:-1]) == list(table["from_day"].iloc[1:])
    assert pd.isna(table["to_day"].iloc[-1])
    assert pd.isna(table["days"].iloc[-1])
    span = table["from_day"].iloc[-1] - FIRST_DAY
    assert table["days"].sum() == span.days
    assert (table["added_pct"].diff().iloc[1:].abs() > 0.1).all()


def test_most_goods_never_pay_25_added_points_and_close_to_it_for_a_day():
    table = most_goods_rates()
    assert (table["added_pct"] < 25).all()
    assert table.loc[table["days"] != 1, "added_pct"].max() < 15
    assert table.loc[table["days"] == 1, "added_pct"].tolist() == pytest.approx([24])


def test_cars_pay_the_rates_of_the_proclamations_from_their_days():
    table = cars_steps().set_index("from_day")
    law = {"2025-01-01": 2.5, "2025-04-03": 27.5, "2025-09-16": 15.0}
    assert {f"{day:%Y-%m-%d}": rate for day, rate in table["rate_pct"].items()} == pytest.approx(
        law
    )
    assert table.loc["2025-01-01", "law"] == "heading 8703"
    rows = timeline()
    autos = rows[rows["authority"] == "s232_autos"].set_index("effective_date")
    for day, row in autos.iterrows():
        assert table.loc[day, "law"] == f"{row['source']} ({row['basis']})"
        assert table.loc[day, "rate_pct"] == pytest.approx(
            100 * row["rate_share"] + (2.5 if row["basis"] == "add_on" else 0)
        )


def test_marks_are_rows_of_the_timeline_on_the_day_they_mark():
    marks, rows = rate_marks(), timeline()
    assert marks["day"].is_monotonic_increasing
    assert not marks.duplicated(["day", "label"]).any()
    assert (marks["label"] != "").all()
    in_force = marks[marks["kind"].isin(["in force", "ruling"])]
    assert len(in_force) == 8
    assert set(in_force["day"]) <= set(rows["effective_date"])
    ruling = marks[marks["kind"] == "ruling"]
    assert (
        ruling["day"].tolist() == rows.loc[rows["authority"] == "scotus", "effective_date"].tolist()
    )


def test_the_threat_is_marked_on_the_day_of_the_letter_and_the_deal_on_its_own():
    marks, rows = rate_marks().set_index("kind"), timeline()
    letter = rows[rows["basis"] == "threat"].iloc[0]
    assert marks.at["threat", "day"] == pd.Timestamp(letter["announced_date"])
    assert marks.at["threat", "label"] == "letter: 25 % from 1 August"
    deal = rows[rows["scope_japan"].str.contains("deal rate as first")].iloc[0]
    assert marks.at["announced", "day"] == DEAL_DAY == pd.Timestamp(deal["announced_date"])


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


def test_the_largest_differences_stand_in_order_of_time_with_their_parts():
    compared = against_published()
    table = largest_differences(compared, 4)
    assert table["date"].is_monotonic_increasing
    others = compared.drop(index=table["date"])["difference_share"].abs().max()
    assert table["difference_pct"].abs().min() >= 100 * others
    last = compared.iloc[-1]
    assert table["parts"].iloc[-1] == (
        f"Section 301 +{100 * last['s301_difference_share']:.2f}, "
        f"Section 232 +{100 * last['s232_difference_share']:.2f}"
    )
    answers = {"yes": True, "no": False}
    assert list(table["tested"].map(answers)) == list(compared.loc[table["date"], "tested"])
    assert parts_words(compared.loc["2025-01-01"].squeeze()) == "no one part"
