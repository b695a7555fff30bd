"""Returns of 500 firms on 1,000 days and events at random places."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.settings import DAYS, ESTIMATION, EVENTS, FIRMS, WINDOW

Panel = tuple[pd.DataFrame, pd.Series, pd.DataFrame]


def panel(n_events: int = EVENTS, seed: int = 1) -> Panel:
    """Make returns, their market and about as many events as asked: pairs drawn twice go."""
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
    ).drop_duplicates(["event_id", "asset"], ignore_index=True)
    return returns, market, events


def as_groups_of_one(data: Panel) -> Panel:
    """Give each event an id of its own."""
    returns, market, events = data
    return returns, market, events.assign(event_id=[f"e{row}" for row in range(len(events))])


def as_one_group(data: Panel) -> Panel:
    """Give each event a firm of its own, all in one group: a column of returns for each."""
    returns, market, events = data
    names = [f"g{row}" for row in range(len(events))]
    columns = returns[events["asset"]].set_axis(names, axis=1)
    return columns, market, events.assign(event_id="all", asset=names)
