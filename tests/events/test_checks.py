"""Unusable input: an error that names row and value, all faults at once, nothing changed."""

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


def faults_of(given):
    with pytest.raises(InputError) as caught:
        run(given)
    return caught.value.faults


def with_cell(table, row, column, value):
    out = table.copy()
    out.iloc[row, column] = value
    return out


def changed(**changes):
    """Damage good arguments: a function of a table, or the value of a setting."""

    def damage(given):
        for name, change in changes.items():
            if name in ("returns", "benchmark", "events"):
                setattr(given, name, change(getattr(given, name)))
            elif name == "both":
                given.returns, given.benchmark = change(given.returns), change(given.benchmark)
            else:
                given.settings[name] = change

    return damage


def column(**values):
    return changed(events=lambda t: t.assign(**values))


def days_of(change):
    return changed(both=lambda t: t.set_axis(change(t.index)))


def text_for_a_number(t):
    return with_cell(t.astype(object), 3, 2, "0.1%")


CALENDAR_TWICE = changed(
    events=lambda t: pd.concat([t, pd.DataFrame("XNYS", t.index, ["calendar"] * 2)], axis=1)
)
PRICES = changed(returns=lambda t: t + 1412.5)
INFINITE = changed(returns=lambda t: with_cell(t, 3, 2, np.inf))
UNKNOWN_ASSET = column(asset=["firm0", "firm1", "firm2", "frim3", "firm4"])

# What is done to good arguments, and words that the error must hold: place, value, way out.
CASES = [
    (
        changed(both=lambda t: pd.concat([t, t.iloc[[5]]])),
        *("returns.index", "2020-01-08", "Keep one row of each"),
    ),
    (
        changed(both=lambda t: t.iloc[[1, 0, *range(2, len(t))]]),
        *("returns.index", "2020-01-01", "Use .sort_index()"),
    ),
    (days_of(lambda d: d.strftime("%d %B %Y")), "returns.index", "str", "Write 2025-07-23"),
    (
        days_of(lambda d: d.tz_localize("Asia/Tokyo")),
        *("returns.index", "Asia/Tokyo", "tz_localize(None)"),
    ),
    (
        days_of(lambda d: d + pd.Timedelta(hours=15)),
        *("benchmark.index", "2020-01-01, 2020-01-02", "normalize"),
    ),
    (changed(returns=text_for_a_number), "returns['firm2']", "'0.1%' on 2020-01-06", "numbers"),
    (INFINITE, "returns", "2020-01-06, firm2: inf", "price zero"),
    (PRICES, "returns", "2020-01-01, firm0: 1412", "prices or basis points"),
    (changed(returns=lambda t: t * 100), "returns", "2020-01-03, firm0: -1.35", "per cent"),
    (
        changed(returns=lambda t: t * 100, returns_are="log"),
        *("returns", "firm0: 1.5", "per cent"),
    ),
    (
        changed(benchmark=lambda t: t * 100),
        *("benchmark", "factor0: 0.58", "median at most 10%"),
    ),
    (
        changed(returns=lambda t: t.assign(firm3=100 * t["firm3"].clip(lower=-0.01))),
        *("returns", "a median of firm3: 1", "per cent"),
    ),
    (
        changed(returns=lambda t: t.assign(firm1=t["firm1"] + 0.5j)),
        *("returns['firm1']", "complex128", "real numbers"),
    ),
    (
        changed(returns=lambda t: t.assign(firm1=pd.Timedelta(days=1))),
        *("returns['firm1']", "timedelta64", "real numbers"),
    ),
    (
        # The shape in which yfinance hands prices out.
        changed(returns=lambda t: pd.concat({"Close": t}, axis=1)),
        *("returns.columns", "2 levels", "droplevel"),
    ),
    (
        changed(returns=lambda t: pd.concat([t, t[["firm1"]]], axis=1)),
        *("returns.columns", "firm1", "each column once"),
    ),
    (changed(benchmark=lambda t: t.iloc[2:]), "benchmark", "2020-01-01, 2020-01-02", "Reindex"),
    (changed(benchmark=list), "benchmark", "list", "DataFrame"),
    (changed(events=lambda t: t.head(0)), "events", "none", "at least one row"),
    (
        changed(events=lambda t: t.drop(columns="date")),
        *("events", "no date", "event_id, asset, date"),
    ),
    (
        column(date=pd.Timestamp("2027-05-04")),
        *("events row 0 (news / firm0)", "2027-05-04", "longer sample"),
    ),
    (column(date=pd.Timestamp("2020-07-04")), "events row 0", "2020-07-04", "day_zero"),
    (
        column(date=DAY + pd.Timedelta(hours=19, minutes=12)),
        *("events row 3", "2020-07-01 19:12:00", "time of day"),
    ),
    (
        column(date=DAY.tz_localize("America/New_York")),
        *("events.date", "America/New_York", "day_zero"),
    ),
    (column(date=[DAY, pd.NaT, DAY, DAY, DAY]), "events row 1", "NaT", "a date"),
    (column(date="1 July 2020"), "events.date", "'1 July 2020'", "as 2025-07-23"),
    (UNKNOWN_ASSET, "events.asset", "'frim3'", "Did you mean firm3"),
    (
        column(asset=["firm0", None, "firm2", "firm3", "firm4"]),
        *("events row 1", "none", "and of asset"),
    ),
    (
        changed(events=lambda t: pd.concat([t, t.iloc[[2]]])),
        *("events", "news / firm2", "one row for each"),
    ),
    (CALENDAR_TWICE, "events", "2 calendar", "each once"),
    (
        column(calendar=["XTKS", "XNYS", "XLON", ["XNYS"], None]),
        *("events row 2", "'XLON'", "XTKS or XNYS"),
    ),
    (changed(window=(0, 300)), "window and estimation", "401 sessions", "150 dates"),
    (changed(window=(2, -2)), "window", "(2, -2)", "first <= last"),
    (changed(estimation=(-100, 0)), "estimation", "found 0", "must not see the event"),
    (changed(estimation=(-30, -11)), "estimation", "found 20", "min_estimation=60"),
    (changed(min_estimation=3), "min_estimation", "found 3", "at least 5"),
    (changed(min_estimation="60"), "min_estimation", "'60'", "at least 5"),
    (changed(model="markt"), "model", "'markt'", "Did you mean market"),
    (changed(returns_are="percent"), "returns_are", "'percent'", "'simple' or 'log'"),
    (
        changed(benchmark=lambda t: pd.DataFrame({"a": t, "b": t * 2}), model="market_adjusted"),
        *("benchmark", "2 columns", "one column"),
    ),
]


@pytest.mark.parametrize(("damage", "where", "found", "way_out"), CASES)
def test_every_fault_names_place_value_and_way_out(panel, damage, where, found, way_out):
    given = arguments(panel)
    damage(given)
    lines = [line for line in map(str, faults_of(given)) if line.startswith(where)]
    assert any(found in line and way_out in line for line in lines), lines


# Fractions that are large and true: moves of 7 % on a usual day, more than any share of a year's
# standing; a share of 5 yen, which moves by a fifth or not at all; one listed last week; one
# without values.
LOUD = [
    lambda own: own / own.abs().median() * 0.07,
    lambda own: np.resize([0.2, -1 / 6, 0, 0, 0], len(own)),
    lambda own: np.where(np.arange(len(own)) > 145, 0.3, np.nan),
    lambda own: own * np.nan,
]


@pytest.mark.parametrize("loud", LOUD)
@pytest.mark.parametrize("kind", ["simple", "log"])
def test_large_fractions_are_not_called_per_cent(panel, loud, kind):
    given = arguments(panel)
    given.returns["firm0"] = loud(given.returns["firm0"])
    given.settings |= {"returns_are": kind}
    measured = run(given).car().index.get_level_values("asset")
    assert {"firm1", "firm2", "firm3", "firm4"} <= set(measured)


def test_log_returns_may_fall_below_minus_one(panel):
    given = arguments(panel)
    given.returns = with_cell(given.returns, 60, 0, -1.2)
    with pytest.raises(InputError, match=r", firm0: -1\.2"):
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
