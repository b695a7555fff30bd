"""Event study against a loop of statsmodels regressions, in one run on the same data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import statsmodels.api as sm

from research.events import event_study

FIRMS, DAYS, ESTIMATION, WINDOW, REPEATS = 500, 1000, (-260, -11), (-10, 10), 5
EVENTS, LOOPED = 10_000, 300


def panel(n_events: int = EVENTS, seed: int = 1) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Make returns of 500 firms on 1,000 days and about 10,000 events at random places."""
    generator = np.random.default_rng(seed)
    dates = pd.bdate_range("2015-01-01", periods=DAYS)
    names = [f"f{number}" for number in range(FIRMS)]
    market = pd.Series(generator.normal(0, 0.01, DAYS), index=dates, name="market")
    noise = generator.normal(0, 0.02, (DAYS, FIRMS))
    returns = pd.DataFrame(market.to_numpy()[:, None] + noise, index=dates, columns=names)
    day = generator.integers(-ESTIMATION[0], DAYS - WINDOW[1], n_events)
    # As many firms an event, however many events there are.
    story = generator.integers(0, max(1, n_events // EVENTS), n_events)
    events = pd.DataFrame(
        {
            # One date for an event id, so that group tests see firms that share it.
            "event_id": [f"d{number}-{which}" for number, which in zip(day, story, strict=True)],
            "asset": generator.choice(names, n_events),
            "date": dates[day],
        }
    ).drop_duplicates(["event_id", "asset"])
    return returns, market, events


def ours(returns: pd.DataFrame, market: pd.Series, events: pd.DataFrame) -> None:
    """Run the study and all of its tests."""
    study = event_study(
        returns,
        market,
        events,
        returns_are="simple",
        model="market",
        window=WINDOW,
        estimation=ESTIMATION,
    )
    study.tests()


def loop(returns: pd.DataFrame, market: pd.Series, events: pd.DataFrame) -> None:
    """Regress each event by itself with statsmodels: estimates and CAR, no group tests."""
    x = sm.add_constant(market.to_numpy())
    for row in events.itertuples():
        day = returns.index.get_loc(row.date)
        y = returns[row.asset].to_numpy()
        before = slice(day + ESTIMATION[0], day + ESTIMATION[1] + 1)
        inside = slice(day + WINDOW[0], day + WINDOW[1] + 1)
        fit = sm.OLS(y[before], x[before]).fit()
        (y[inside] - fit.predict(x[inside])).sum()


def seconds(call: Callable[[], None]) -> float:
    """Give the median of a few timed calls after one that warms up."""
    call()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def rows() -> Iterator[tuple[str, ...]]:
    """Give the rows of the table: the baseline, then ours on the same and on all events."""
    returns, market, events = panel()
    few = events.head(LOOPED)
    cases = (
        ("statsmodels loop, CAR alone", few, loop),
        ("event_study, all tests", few, ours),
        ("event_study, all tests", events, ours),
    )
    baseline = None
    for name, chosen, call in cases:
        taken = seconds(lambda chosen=chosen, call=call: call(returns, market, chosen))
        each = 1e6 * taken / len(chosen)
        baseline = baseline or each
        yield name, f"{len(chosen):,}", f"{taken:.3f}", f"{each:,.0f}", f"{baseline / each:.1f}"
