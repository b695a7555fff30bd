"""Which days each number hangs on, and what was left out with which reason."""

import numpy as np
import pandas as pd
import pytest


def test_days_are_counted_in_sessions_of_the_own_exchange(two_exchanges):
    drawn = two_exchanges()
    study = drawn.study(model="mean", window=(-3, 3), estimation=(-100, -11))
    for asset, row in drawn.events.set_index("asset").iterrows():
        own = drawn.returns[asset].dropna()
        zero = own.index.get_loc(row["date"])
        mean = own.iloc[zero - 100 : zero - 10].mean()
        expected = own.iloc[zero - 3 : zero + 4].to_numpy() - mean
        assert study.abnormal.loc[("news", asset)].to_numpy() == pytest.approx(expected, abs=1e-14)


def test_the_ledger_lists_every_asset_day_with_its_reason(panel):
    drawn = panel()
    days = drawn.returns.index
    drawn.returns.iloc[[50, 131], 0] = np.nan
    drawn.benchmark.iloc[[20, 60]] = np.nan  # the first lies before all windows
    study = drawn.study(window=(0, 25))
    ledger = study.dropped
    by_reason = ledger.groupby(["part", "reason"]).size().to_dict()
    # Day 0 is row 130 of 150: 26 days ahead, of which the sample has 20.  A day without a
    # benchmark is no session of it when the events name no exchange.
    assert by_reason == {
        ("estimation", "no return of the asset"): 1,
        ("window", "no return of the asset"): 1,
        ("window", "outside the sample"): 5 * 6,
        ("off session", "a return on a day that is no benchmark session"): 5,
    }
    lost = ledger[ledger["reason"] == "no return of the asset"]
    assert lost["date"].tolist() == [days[50], days[131]]
    assert lost["asset"].unique().tolist() == ["firm0"]
    assert ledger.loc[ledger["part"] == "off session", "date"].unique() == [days[60]]


def test_a_missing_benchmark_on_a_session_is_listed(two_exchanges):
    drawn = two_exchanges()
    hole = pd.Timestamp("2025-05-14")
    drawn.benchmark.loc[hole] = np.nan
    study = drawn.study(estimation=(-100, -11))
    assert study.dropped["reason"].unique().tolist() == ["no value of the benchmark"]
    assert study.dropped["date"].unique() == [hole]
    assert (study.units["n_estimation"] == 89).all()


def test_a_session_without_a_row_is_listed_with_its_date(two_exchanges):
    drawn = two_exchanges()
    hole = pd.Timestamp("2025-05-14")
    holed = type(drawn)(drawn.returns.drop(hole), drawn.benchmark.drop(hole), drawn.events).study(
        model="mean", estimation=(-100, -11)
    )
    assert holed.dropped["date"].tolist() == [hole] * 6
    assert holed.dropped["reason"].unique().tolist() == ["no return of the asset"]


def test_returns_off_the_calendar_are_listed(two_exchanges):
    """A New York share under the label of Tokyo loses the days when Tokyo was closed."""
    drawn = two_exchanges()
    events = drawn.events.assign(calendar="XTKS")
    study = type(drawn)(drawn.returns, drawn.benchmark, events).study(
        model="mean", estimation=(-100, -11)
    )
    off = study.dropped[study.dropped["part"] == "off session"]
    assert pd.Timestamp("2025-07-21") in set(off["date"])
    assert set(off["asset"]) == {"york0", "york1", "york2"}
    assert off["reason"].unique().tolist() == ["a return on a day that is no XTKS session"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda p: p.returns.iloc[30:70, [0]], "50 usable estimation days, 60 needed"),
        (lambda p: p.returns.iloc[:, [0]], "0 usable estimation days, 60 needed"),
    ],
)
def test_a_share_with_too_short_a_history_is_dropped_and_listed(panel, damage, reason):
    drawn = panel()
    hole = damage(drawn)
    drawn.returns.loc[hole.index, hole.columns] = np.nan
    study = drawn.study()
    assert ("news", "firm0") not in study.units.index
    gone = study.dropped[study.dropped["part"] == "unit"]
    assert gone[["asset", "reason"]].to_numpy().tolist() == [["firm0", reason]]
    assert study.tests()["n"].unique().tolist() == [4]


@pytest.mark.parametrize("level", [0.0, 0.001])
def test_a_share_that_never_moves_is_dropped_and_listed(panel, level):
    """Rounding errors of a constant once passed for a variance."""
    drawn = panel()
    drawn.returns["firm2"] = level
    study = drawn.study()
    assert study.dropped["reason"].tolist() == ["no variation in the estimation window"]
    assert study.dropped["asset"].tolist() == ["firm2"]


@pytest.mark.parametrize("kind", ["constant", "collinear"])
def test_a_benchmark_that_explains_nothing_is_named(panel, kind):
    drawn = panel(n_factors=2)
    first = drawn.benchmark["factor0"]
    drawn.benchmark["factor1"] = 0.001 if kind == "constant" else first * 3
    study = drawn.study(allow_empty=True)
    assert study.units.empty
    assert study.dropped["reason"].unique().tolist() == [
        "benchmark constant or collinear in the estimation window"
    ]
    assert (study.tests()["n"] == 0).all()
