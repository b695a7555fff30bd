"""Unusable input: an error that names row and value, all faults at once, nothing changed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import event_study

DAY = pd.Timestamp("2020-07-01")


def arguments(panel):
    drawn = panel()
    return SimpleNamespace(
        returns=drawn.returns,
        benchmark=drawn.benchmark["factor0"],
        events=drawn.events,
        settings={
            "returns_are": "simple",
            "model": "market",
            "window": (0, 1),
            "estimation": (-100, -11),
        },
    )


def run(given):
    return event_study(given.returns, given.benchmark, given.events, **given.settings)


def with_cell(table, row, column, value):
    out = table.copy()
    out.iloc[row, column] = value
    return out


def both(given, change):
    given.returns, given.benchmark = change(given.returns), change(given.benchmark)


# What is done to good arguments, and words that the error must hold: place, value, way out.
def duplicate_dates(g):
    both(g, lambda t: pd.concat([t, t.iloc[[5]]]))


def unsorted_dates(g):
    both(g, lambda t: t.iloc[[1, 0, *range(2, len(t))]])


def dates_as_text(g):
    both(g, lambda t: t.set_axis(t.index.astype(str)))


def dates_with_zone(g):
    both(g, lambda t: t.tz_localize("Asia/Tokyo"))


def dates_of_mixed_zones(g):
    days = list(g.returns.index)
    mixed = [days[0].tz_localize("UTC"), *(d.tz_localize("Asia/Tokyo") for d in days[1:])]
    both(g, lambda t: t.set_axis(pd.Index(mixed, dtype=object)))


def dates_with_hours(g):
    both(g, lambda t: t.set_axis(t.index + pd.Timedelta(hours=15)))


def a_date_missing(g):
    both(g, lambda t: t.set_axis([*t.index[:-1], pd.NaT]))


def text_for_a_number(g):
    g.returns = g.returns.astype(object)
    g.returns.iloc[3, 2] = "0.1%"


def text_in_the_benchmark(g):
    g.benchmark = g.benchmark.astype(str)


def infinite_return(g):
    g.returns = with_cell(g.returns, 3, 2, np.inf)


def infinite_benchmark(g):
    g.benchmark = g.benchmark.replace(g.benchmark.iloc[3], -np.inf)


def prices(g):
    g.returns = g.returns + 1412.5


def per_cent(g):
    g.returns = g.returns * 100


def log_returns_in_per_cent(g):
    g.returns = g.returns * 100
    g.settings |= {"returns_are": "log"}


def benchmark_in_per_cent(g):
    g.benchmark = g.benchmark * 100
    g.settings |= {"model": "market_adjusted"}


def benchmark_of_log_returns_in_per_cent(g):
    benchmark_in_per_cent(g)
    g.settings |= {"returns_are": "log"}


def one_column_in_per_cent(g):
    g.returns["firm3"] = 100 * g.returns["firm3"].clip(lower=-0.01)


def complex_returns(g):
    g.returns = g.returns.assign(firm1=g.returns["firm1"] + 0.5j)


def durations(g):
    g.returns = g.returns.assign(firm1=pd.Timedelta(days=1))


def benchmark_of_durations(g):
    g.benchmark = pd.Series(pd.Timedelta(days=1), g.benchmark.index, name="factor0")


def columns_of_two_levels(g):
    """The shape in which yfinance hands prices out."""
    g.returns = pd.concat({"Close": g.returns}, axis=1)
    g.events = g.events.head(1).assign(asset="Close")


def a_column_twice(g):
    g.returns = pd.concat([g.returns, g.returns[["firm1"]]], axis=1)


def benchmark_of_other_dates(g):
    g.benchmark = g.benchmark.iloc[2:]


def benchmark_as_a_list(g):
    g.benchmark = list(g.benchmark)


def returns_as_a_series(g):
    g.returns = g.returns["firm0"]


def no_event(g):
    g.events = g.events.head(0)


def events_without_dates(g):
    g.events = g.events.drop(columns="date")


def event_after_the_sample(g):
    g.events = g.events.assign(date=pd.Timestamp("2027-05-04"))


def event_before_the_sample(g):
    g.events = g.events.assign(date=pd.Timestamp("2019-12-02"))


def event_on_a_weekend(g):
    g.events = g.events.assign(date=pd.Timestamp("2020-07-04"))


def event_with_an_hour(g):
    g.events = g.events.assign(date=DAY + pd.Timedelta(hours=19, minutes=12))


def event_with_a_zone(g):
    g.events = g.events.assign(date=DAY.tz_localize("America/New_York"))


def events_of_mixed_zones(g):
    zones = ["UTC", "Asia/Tokyo", "UTC", "UTC", None]
    g.events = g.events.assign(date=[DAY.tz_localize(zone) for zone in zones])


def event_without_a_date(g):
    g.events = g.events.assign(date=[DAY, pd.NaT, DAY, DAY, DAY])


def event_as_text(g):
    g.events = g.events.assign(date="2020-07-01")


def unknown_asset(g):
    g.events = g.events.assign(asset=["firm0", "firm1", "firm2", "frim3", "firm4"])


def asset_missing(g):
    g.events = g.events.assign(asset=["firm0", None, "firm2", "firm3", "firm4"])


def event_twice(g):
    g.events = pd.concat([g.events, g.events.iloc[[2]]])


def event_numbers_twice(g):
    g.events = pd.concat([g.events.assign(event_id=7)] * 2)


def column_of_events_twice(name):
    def damage(g):
        events = g.events.assign(calendar="XNYS")
        g.events = pd.concat([events, events[[name]]], axis=1)

    damage.__name__ = f"column_{name}_twice"
    return damage


def lists_as_event_names(g):
    g.events = g.events.assign(event_id=[["news"]] * 5)


def a_list_as_an_asset(g):
    g.events = g.events.assign(asset=["firm0", ["firm1"], "firm2", "firm3", "firm4"])


def a_list_as_a_calendar(g):
    g.events = g.events.assign(calendar=["XNYS", "XNYS", ["XNYS"], "XNYS", "XNYS"])


def unknown_calendar(g):
    g.events = g.events.assign(calendar=["XTKS", "XNYS", "XLON", "XTKS", None])


def window_longer_than_the_sample(g):
    g.settings |= {"window": (0, 300)}


def estimation_longer_than_the_sample(g):
    g.settings |= {"estimation": (-400, -11)}


def window_of_one_number(g):
    g.settings |= {"window": 3}


def window_backwards(g):
    g.settings |= {"window": (2, -2)}


def window_of_halves(g):
    g.settings |= {"window": (0, 1.5)}


def estimation_sees_the_event(g):
    g.settings |= {"estimation": (-100, 0)}


def short_estimation(g):
    g.settings |= {"estimation": (-30, -11)}


def few_days_are_enough(g):
    g.settings |= {"min_estimation": 3}


def fewest_days_as_text(g):
    g.settings |= {"min_estimation": "60"}


def unknown_model(g):
    g.settings |= {"model": "markt"}


def unknown_kind_of_returns(g):
    g.settings |= {"returns_are": "percent"}


def model_is(value):
    def damage(g):
        g.settings |= {"model": value}

    damage.__name__ = f"model_is_{type(value).__name__}"
    return damage


def an_array_of_kinds_of_returns(g):
    g.settings |= {"returns_are": np.array(["simple", "log"])}


def two_benchmarks_to_adjust_by(g):
    g.benchmark = pd.DataFrame({"a": g.benchmark, "b": g.benchmark * 2})
    g.settings |= {"model": "market_adjusted"}


CASES = [
    (duplicate_dates, "returns.index", "2020-01-08", "each date once"),
    (unsorted_dates, "returns.index", "2020-01-01", "rising order"),
    (dates_as_text, "returns.index", "str", "DatetimeIndex"),
    (dates_with_zone, "returns.index", "Asia/Tokyo", "tz_localize(None)"),
    (dates_of_mixed_zones, "returns.index", "object", "DatetimeIndex"),
    (dates_with_hours, "benchmark.index", "2020-01-01 15:00:00", "normalize"),
    (a_date_missing, "returns.index", "row 149", "a date in each row"),
    (text_for_a_number, "returns['firm2']", "'0.1%' on 2020-01-06", "numbers"),
    (text_in_the_benchmark, "benchmark['factor0']", "str", "numbers"),
    (infinite_return, "returns", "firm2 on 2020-01-06: inf", "price zero"),
    (infinite_benchmark, "benchmark", "factor0 on 2020-01-06: -inf", "finite"),
    (prices, "returns", "firm0 on 2020-01-01: 1412", "prices or basis points"),
    (per_cent, "returns", "firm0 on 2020-01-03: -1.35", "per cent"),
    (log_returns_in_per_cent, "returns", "firm0: 1.5", "per cent"),
    (benchmark_in_per_cent, "benchmark", "factor0 on 2020-01-06: -1.25", "per cent"),
    (benchmark_in_per_cent, "benchmark", "factor0: 0.58", "median at most 10%"),
    (benchmark_of_log_returns_in_per_cent, "benchmark", "factor0: 0.58", "per cent"),
    (one_column_in_per_cent, "returns", "a median of firm3: 1", "per cent"),
    (complex_returns, "returns['firm1']", "complex128", "real numbers"),
    (durations, "returns['firm1']", "timedelta64", "real numbers"),
    (benchmark_of_durations, "benchmark['factor0']", "timedelta64", "real numbers"),
    (columns_of_two_levels, "returns.columns", "2 levels", "droplevel"),
    (a_column_twice, "returns.columns", "firm1", "each column once"),
    (benchmark_of_other_dates, "benchmark", "2020-01-01, 2020-01-02", "Reindex"),
    (benchmark_as_a_list, "benchmark", "list", "DataFrame"),
    (returns_as_a_series, "returns", "Series", "DataFrame"),
    (no_event, "events", "none", "at least one row"),
    (events_without_dates, "events", "no date", "event_id, asset, date"),
    (event_after_the_sample, "events row 0 (news / firm0)", "2027-05-04", "longer sample"),
    (event_before_the_sample, "events row 4 (news / firm4)", "2019-12-02", "longer sample"),
    (event_on_a_weekend, "events row 0", "2020-07-04", "day_zero"),
    (event_with_an_hour, "events row 3", "2020-07-01 19:12:00", "time of day"),
    (event_with_a_zone, "events.date", "America/New_York", "day_zero"),
    (events_of_mixed_zones, "events.date", "object", "without a time zone"),
    (event_without_a_date, "events row 1", "none", "a date"),
    (event_as_text, "events.date", "str", "without a time zone"),
    (unknown_asset, "events.asset", "'frim3'", "Did you mean 'firm3'"),
    (asset_missing, "events row 1", "none", "a value of asset"),
    (event_twice, "events", "news / firm2", "one row for each"),
    (event_numbers_twice, "events", "7 / firm0", "one row for each"),
    *(
        (column_of_events_twice(name), "events", f"more than one {name}", "each column once")
        for name in ("event_id", "asset", "date", "calendar")
    ),
    (lists_as_event_names, "events row 4", "['news']", "a name as event_id"),
    (a_list_as_an_asset, "events row 1", "['firm1']", "a name as asset"),
    (a_list_as_a_calendar, "events row 2", "['XNYS']", "XTKS or XNYS"),
    (unknown_calendar, "events row 2", "'XLON'", "XTKS or XNYS"),
    (window_longer_than_the_sample, "window and estimation", "401 sessions", "150 dates"),
    (estimation_longer_than_the_sample, "window and estimation", "402 sessions", "150 dates"),
    (window_of_one_number, "window", "found 3", "two whole numbers"),
    (window_backwards, "window", "(2, -2)", "first <= last"),
    (window_of_halves, "window", "(0, 1.5)", "whole numbers"),
    (estimation_sees_the_event, "estimation", "found 0", "must not see the event"),
    (short_estimation, "estimation", "found 20", "min_estimation=60"),
    (few_days_are_enough, "min_estimation", "found 3", "at least 5"),
    (fewest_days_as_text, "min_estimation", "'60'", "at least 5"),
    (unknown_model, "model", "'markt'", "Did you mean 'market'"),
    *(
        (model_is(value), "model", f"found {value!r}", "one of market, ")
        for value in ([], {}, np.array(["a", "b"]), None)
    ),
    (an_array_of_kinds_of_returns, "returns_are", "array(['simple', 'log']", "'simple' or 'log'"),
    (unknown_kind_of_returns, "returns_are", "'percent'", "'simple' or 'log'"),
    (two_benchmarks_to_adjust_by, "benchmark", "2 columns", "one column"),
]


def test_good_arguments_pass(panel):
    assert len(run(arguments(panel)).car()) == 5


@pytest.mark.parametrize(
    ("damage", "where", "found", "way_out"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_every_fault_names_place_value_and_way_out(panel, damage, where, found, way_out):
    given = arguments(panel)
    damage(given)
    with pytest.raises(InputError) as caught:
        run(given)
    lines = [line for line in map(str, caught.value.faults) if line.startswith(where)]
    assert lines, f"no fault at {where}: {caught.value}"
    assert any(found in line and way_out in line for line in lines), str(caught.value)


def test_all_faults_at_once(panel):
    given = arguments(panel)
    damages = (infinite_return, unknown_asset, unknown_model, estimation_sees_the_event)
    for damage in (*damages, event_before_the_sample):
        damage(given)
    given.returns = with_cell(given.returns, 9, 1, 2000.0)
    with pytest.raises(InputError) as caught:
        run(given)
    places = [fault.where for fault in caught.value.faults]
    outside = [place for place in places if place.startswith("events row ")]
    assert len(outside) == len(given.events)
    rest = sorted(set(places) - set(outside))
    assert rest == ["estimation", "events.asset", "model", "returns"]
    assert places.count("returns") == 2


@pytest.mark.parametrize(
    "order", [lambda t: t.iloc[::-1], lambda t: pd.concat([t, t.iloc[[5]]])], ids=["back", "twice"]
)
def test_dates_out_of_order_are_one_fault_not_two(panel, order):
    given = arguments(panel)
    given.benchmark = order(given.benchmark)
    with pytest.raises(InputError) as caught:
        run(given)
    assert [fault.where for fault in caught.value.faults] == ["benchmark.index"]


def test_many_bad_cells_are_counted(panel):
    given = arguments(panel)
    prices(given)
    with pytest.raises(InputError, match=r"and 747 more"):
        run(given)


def test_a_missing_date_is_named_once_and_is_no_step_back(panel):
    given = arguments(panel)
    both(given, lambda t: t.set_axis([pd.NaT, *t.index[1:-1], pd.NaT]))
    with pytest.raises(InputError) as caught:
        run(given)
    places = [(fault.where, fault.found) for fault in caught.value.faults]
    rows = "none in row 0, 149"
    assert places == [("returns.index", rows), ("benchmark.index", rows)]


def test_every_table_in_per_cent_is_named_at_once(panel):
    given = arguments(panel)
    both(given, lambda t: t * 100)
    with pytest.raises(InputError) as caught:
        run(given)
    places = [fault.where for fault in caught.value.faults]
    assert sorted(places) == ["benchmark", "benchmark", "returns", "returns"]


def test_prices_are_not_called_per_cent_as_well(panel):
    given = arguments(panel)
    prices(given)
    with pytest.raises(InputError) as caught:
        run(given)
    assert len(caught.value.faults) == 1


# Fractions that are large and true.
def a_loud_share(g):
    """Moves of 7 % on a usual day, more than any listed share of a year's standing."""
    g.returns["firm0"] = g.returns["firm0"] / g.returns["firm0"].abs().median() * 0.07


def a_share_of_few_yen(g):
    """A share of 5 yen moves by a fifth or not at all: most days not at all."""
    g.returns["firm0"] = np.resize([0.2, -1 / 6, 0, 0, 0], len(g.returns))


def a_share_listed_last_week(g):
    """All its days are news, and it has no history to be estimated by."""
    g.returns["firm0"] = np.where(np.arange(len(g.returns)) > 145, 0.3, np.nan)


def a_share_without_values(g):
    g.returns["firm0"] = np.nan


@pytest.mark.parametrize(
    "loud", [a_loud_share, a_share_of_few_yen, a_share_listed_last_week, a_share_without_values]
)
@pytest.mark.parametrize("kind", ["simple", "log"])
def test_large_fractions_are_not_called_per_cent(panel, loud, kind):
    given = arguments(panel)
    loud(given)
    given.settings |= {"returns_are": kind}
    measured = run(given).car().index.get_level_values("asset")
    assert {"firm1", "firm2", "firm3", "firm4"} <= set(measured)


def test_log_returns_may_fall_below_minus_one(panel):
    given = arguments(panel)
    given.returns = with_cell(given.returns, 60, 0, -1.2)
    with pytest.raises(InputError, match=r"firm0 on .*: -1\.2"):
        run(given)
    given.settings |= {"returns_are": "log"}
    assert len(run(given).car()) == 5


def test_inputs_are_never_changed(panel):
    given = arguments(panel)
    before = [given.returns.copy(), given.benchmark.copy(), given.events.copy()]
    study = run(given)
    study.tests()
    study.path()
    study.abnormal.iloc[:] = 0.0
    pd.testing.assert_frame_equal(given.returns, before[0])
    pd.testing.assert_series_equal(given.benchmark, before[1])
    pd.testing.assert_frame_equal(given.events, before[2])
