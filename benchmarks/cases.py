"""What is timed: a case prepares what it reads and gives the call to time, which returns CARs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import statsmodels.api as sm

from benchmarks import plain
from benchmarks.panel import Panel, as_groups_of_one, as_one_group
from benchmarks.settings import ESTIMATION, GAP, LENGTH, WINDOW
from research.events import event_study

SETTINGS = {
    "returns_are": "simple",
    "model": "market",
    "window": WINDOW,
    "estimation": ESTIMATION,
}

Call = Callable[[], pd.Series]


def statsmodels_loop(data: Panel) -> Call:
    """Regress each event by itself."""
    returns, market, events = data
    x = sm.add_constant(market.to_numpy())

    def car(row: tuple) -> float:
        day = returns.index.get_loc(row.date)
        y = returns[row.asset].to_numpy()
        before = slice(day + ESTIMATION[0], day + ESTIMATION[1] + 1)
        inside = slice(day + WINDOW[0], day + WINDOW[1] + 1)
        fit = sm.OLS(y[before], x[before]).fit()
        return (y[inside] - fit.predict(x[inside])).sum()

    return lambda: pd.Series([car(row) for row in events.itertuples()])


def eventstudy(data: Panel) -> Call:
    """Give the package eventstudy its returns, which it reads from a file."""
    from eventstudy import Multiple, Single

    returns, market, events = data
    with TemporaryDirectory() as folder:
        path = Path(folder) / "returns.csv"
        returns.assign(market=market).rename_axis("date").to_csv(path)
        Single.import_returns(str(path))
    asked = [
        {"event_date": row.date.to_datetime64(), "security_ticker": row.asset}
        | {"market_ticker": "market"}
        for row in events.itertuples()
    ]

    def run() -> pd.Series:
        sample = Multiple.from_list(
            asked, Single.market_model, WINDOW, LENGTH, GAP, ignore_errors=False
        )
        return pd.Series(sample.CAR)

    return run


def easy_es(data: Panel) -> Call:
    """Give the package easy-es its returns; every column that it reads has to be there."""
    from easy_es import EventStudy as EasyStudy

    returns, market, events = data
    study = EasyStudy(
        estimation_days=LENGTH,
        gap_days=GAP,
        window_before=-WINDOW[0],
        window_after=WINDOW[1],
        n_cores=1,
    )
    # It looks for sessions among so many more calendar days: ten are too few for 250 sessions.
    study.AUX_OFFSET = 200
    long = returns.set_axis(returns.index.date).rename_axis("Date").reset_index()
    long = long.melt("Date", var_name="ticker", value_name="Ret").assign(Volume=1.0)
    study.add_returns(ret_df=long)
    study.add_factors(pd.DataFrame({"Date": returns.index.date, "Mkt-RF": market.to_numpy()}))
    asked = events.rename(columns={"asset": "ticker", "date": "event_date"})

    def run() -> pd.Series:
        days = study.run_study(asked[["ticker", "event_date"]])
        return days[days["Offset"] == WINDOW[1]].set_index("event_id")["car"].sort_index()

    return run


def cars(data: Panel) -> Call:
    """Study all events at once: CARs, their errors and p-values."""
    return lambda: event_study(*data, **SETTINGS).car()["car"]


def all_tests(data: Panel) -> Call:
    """Study all events at once, with every group test."""

    def run() -> pd.Series:
        study = event_study(*data, **SETTINGS)
        study.tests()
        return study.car()["car"]

    return run


def groups_of_one(data: Panel) -> Call:
    """Study all events, each a group of its own, with every group test."""
    return all_tests(as_groups_of_one(data))


def one_group(data: Panel) -> Call:
    """Study all events as one group of firms, with every group test."""
    return all_tests(as_one_group(data))


def plain_groups_of_one(data: Panel) -> Call:
    """Compute the same straight down in numpy."""
    ones = as_groups_of_one(data)
    return lambda: pd.Series(plain.alone(ones)[0])


def plain_one_group(data: Panel) -> Call:
    """Compute the same straight down in numpy."""
    one = as_one_group(data)
    return lambda: pd.Series(plain.pooled(one)[0])
