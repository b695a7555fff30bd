"""Which sessions of the benchmark each model reads, on which calendar."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.sessions import sessions

# The same regression from the same numbers.
SAME = 1e-10

# A shock of 5 % moves every number that hangs on the day by far more than rounding.
MOVED = 1e-9

WINDOW, ESTIMATION = (-1, 2), (-100, -11)
CHOICES = {
    "market": {"model": "market"},
    "dimson": {"model": "dimson", "lags": 2, "leads": 1},
    "scholes_williams": {"model": "scholes_williams"},
}
# First and last session around a day that the fit, and the forecast, read of the benchmark.
READS = {
    "market": ((0, 0), (0, 0)),
    "dimson": ((-2, 1), (-2, 1)),
    "scholes_williams": ((-1, 1), (0, 0)),
}


def moved(before, after):
    return float(np.max(np.abs(np.asarray(before) - np.asarray(after)))) > MOVED


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("table", ["benchmark", "returns"])
@pytest.mark.parametrize("offset", [-103, -102, -101, -100, -11, -10, -9, -4, -3, -2, -1, 2, 3, 4])
def test_each_number_hangs_on_its_sessions_alone(panel, name, table, offset):
    """The wrong turn: a lag that is a session off, or a lead taken for a lag."""
    reads = READS[name] if table == "benchmark" else READS["market"]
    (first, last), (first_ahead, last_ahead) = reads
    before = panel().study(window=WINDOW, estimation=ESTIMATION, **CHOICES[name])
    shocked = panel()
    getattr(shocked, table).iloc[130 + offset] += 0.05
    after = shocked.study(window=WINDOW, estimation=ESTIMATION, **CHOICES[name])
    in_fit = ESTIMATION[0] + first <= offset <= ESTIMATION[1] + last
    assert moved(before.units["sigma"], after.units["sigma"]) == in_fit
    for day in before.abnormal:
        in_forecast = day + first_ahead <= offset <= day + last_ahead
        assert moved(before.abnormal[day], after.abnormal[day]) == (in_fit or in_forecast)


@pytest.mark.parametrize("name", CHOICES)
def test_the_estimation_window_moves_with_a_rolled_event(panel, name):
    """The wrong turn: rolling the event date and keeping the first estimate."""
    drawn = panel()
    rolled = type(drawn)(
        drawn.returns, drawn.benchmark, drawn.events.assign(date=drawn.returns.index[140])
    ).study(**CHOICES[name])
    cut = slice(140 - 103, 142)
    alone = type(drawn)(
        drawn.returns.iloc[cut],
        drawn.benchmark.iloc[cut],
        rolled.units.reset_index().drop(columns="calendar"),
    ).study(**CHOICES[name])
    first = drawn.study(window=(0, 10), **CHOICES[name])
    pd.testing.assert_frame_equal(rolled.car(), alone.car(), rtol=SAME)
    assert moved(first.units["sigma"], rolled.units["sigma"])
    assert moved(first.abnormal[10], rolled.abnormal[0])


def benchmark_of_every_row(drawn, seed=5):
    """A benchmark with a value on each row, also on the holidays of one exchange."""
    rng = np.random.default_rng(seed)
    return drawn.benchmark.assign(factor0=rng.normal(0, 0.01, len(drawn.benchmark)))


@pytest.mark.parametrize("name", ["dimson", "scholes_williams"])
def test_a_lag_is_a_session_of_the_own_exchange(two_exchanges, name):
    """The wrong turn: the previous row, which on the day after a holiday is no session."""
    drawn = two_exchanges()
    drawn = type(drawn)(drawn.returns, benchmark_of_every_row(drawn), drawn.events)
    study = drawn.study(estimation=(-100, -11), **CHOICES[name])
    for code, names in (("XTKS", ["tokyo0", "tokyo2"]), ("XNYS", ["york1"])):
        own = sessions(code, drawn.returns.index[0], drawn.returns.index[-1])
        events = drawn.events[drawn.events["asset"].isin(names)].drop(columns="calendar")
        alone = type(drawn)(drawn.returns.loc[own], drawn.benchmark.loc[own], events)
        expected = alone.study(estimation=(-100, -11), **CHOICES[name]).car()
        found = study.car().loc[expected.index]
        pd.testing.assert_frame_equal(found, expected, rtol=SAME)
        by_row = type(drawn)(drawn.returns, drawn.benchmark, events)
        wrong = by_row.study(estimation=(-100, -11), min_estimation=50, **CHOICES[name]).car()
        assert moved(found["se"], wrong["se"])


def test_a_neighbour_without_a_value_takes_the_day_out_and_is_listed(panel):
    drawn = panel()
    drawn.events["calendar"] = "XNYS"
    drawn.events["date"] = pd.Timestamp("2020-07-01")
    hole = pd.Timestamp("2020-05-13")
    drawn.benchmark.loc[hole] = np.nan
    study = drawn.study(estimation=(-80, -11), model="scholes_williams")
    lost = study.dropped[study.dropped["reason"] == "no value of the benchmark"]
    around = [pd.Timestamp(day) for day in ("2020-05-12", "2020-05-13", "2020-05-14")]
    assert sorted(lost["date"].unique()) == around
    assert (study.units["n_estimation"] == 70 - 3).all()


def test_lags_before_the_first_day_of_the_sample_are_listed(panel):
    drawn = panel(day_zero=101)
    study = drawn.study(model="dimson", lags=3, leads=0)
    lost = study.dropped.drop_duplicates("date")
    assert list(lost["date"]) == list(drawn.returns.index[1:3])
    assert lost["reason"].unique().tolist() == ["no value of the benchmark"]
    assert (study.units["n_estimation"] == 88).all()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"model": "market", "lags": 1}, [("lags", "nothing for the model 'market'", "1")]),
        ({"model": "scholes_williams", "leads": 1}, [("leads", "use model='dimson'", "1")]),
        ({"model": "dimson"}, [("lags", "whole number", "None"), ("leads", "whole", "None")]),
        ({"model": "dimson", "lags": -1, "leads": 0}, [("lags", "from 0", "-1")]),
        (
            {"model": "dimson", "lags": 1.5, "leads": True},
            [("lags", "", "1.5"), ("leads", "", "T")],
        ),
        ({"model": "dimson", "lags": 80, "leads": 0}, [("min_estimation", "at least 85", "60")]),
        ({"model": "dimson", "lags": 0, "leads": 11}, [("estimation", "at or before -12", "-11")]),
        (
            {"model": "scholes_williams", "estimation": (-100, -1)},
            [("estimation", "at or before -2", "-1")],
        ),
    ],
)
def test_lags_that_cannot_be_used(panel, settings, expected):
    with pytest.raises(InputError) as caught:
        panel().study(**settings)
    faults = {fault.where: str(fault) for fault in caught.value.faults}
    for where, asked, found in expected:
        assert asked in faults[where]
        assert f"found {found}" in faults[where]
