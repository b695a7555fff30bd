"""Lesson 1, event studies: one firm, a group on one date, false alarms, and what one date shows."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t, ttest_1samp

from research.data import load_market, load_table
from research.events import EventStudy, Placebo, event_study, many_tests, minimal_detectable_effect
from research.events.study import react
from research.sessions import sessions
from research.teach.check import Checker, Question

#: Firms of the simulated group, the correlation of their errors, a firm's effects on days 0 and 1.
N, RHO, EFFECTS = 20, 0.15, (5.0, 0.5)
#: How simulated and real days are studied.
SIMULATED: dict[str, Any] = {"model": "market", "window": [0, 0], "estimation": [-70, -11]}
REAL = SIMULATED | {"estimation": [-130, -11]}


def simulate(n_firms: int, correlation: float, n_days: int, seed: int = 550) -> pd.DataFrame:
    """Draw returns without news, per cent a session: a market, firms with correlated errors."""
    rng = np.random.default_rng(seed)
    market, beta = rng.normal(0, 1, (n_days, 1)), rng.uniform(0.7, 1.3, n_firms)
    shared, own = rng.normal(size=(n_days, 1)), rng.normal(size=(n_days, n_firms))
    errors = 2 * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)
    days = sessions("XTKS", "2015-01-05", "2025-06-30")[:n_days]
    names = ["market", *(f"firm {number:02d}" for number in range(1, n_firms + 1))]
    return pd.DataFrame(np.hstack([market, beta * market + errors]), days, names)


def one_group(n_firms: int = N, seed: int = 31) -> pd.DataFrame:
    """Give a market and firms, per cent, sessions -70 to 5; there is no news on day 0."""
    return simulate(n_firms, RHO, 76, seed).set_axis(pd.RangeIndex(-70, 6, name="day"))


def one_firm() -> pd.DataFrame:
    """Give a market and a firm, per cent, sessions -70 to 5 from the day of the news."""
    table = one_group(1, 454).set_axis(["market", "firm"], axis=1)
    table.loc[0:1, "firm"] += np.array(EFFECTS)
    return table


def some_cars(number: int) -> pd.Series:
    """Draw the CARs of eight firms, per cent; each number is another draw."""
    cars = np.random.default_rng(number).normal(1.5, 3, 8)
    return pd.Series(cars, [f"firm {one}" for one in range(1, 9)], name="CAR")


@cache
def ordinary_days(n_firms: int = N, correlation: float = RHO) -> EventStudy:
    """Study a simulated group on 2,000 days without news, each after 60 days of its own."""
    returns = simulate(n_firms, correlation, 2070) / 100
    market, days = returns.pop("market"), returns.index[70:]
    rows = pd.MultiIndex.from_product([days, returns.columns], names=["date", "asset"])
    events = rows.to_frame(index=False).assign(calendar="XTKS", event_id=rows.get_level_values(0))
    return event_study(returns, market, events, returns_are="simple", **SIMULATED)


def abnormal(study: EventStudy) -> pd.DataFrame:
    """Lay the abnormal returns of day 0 out: a row a date, a column a firm, per cent."""
    return 100 * study.abnormal[0].unstack("asset")


@cache
def reaction(event_id: str, group: str) -> tuple[EventStudy, Placebo]:
    """Study a group of real shares on day 0 of an event, and on all quiet dates."""
    market, events = load_market(), load_table("deal/events")
    quiet = many_tests.placebos(market, events, [group], **REAL)
    return react(market, events.loc[[event_id]], [group], **REAL), quiet[group]


def what_is_seen(event_id: str, group: str) -> pd.DataFrame:
    """Tell a real group's day 0: mean abnormal return, tests, rank, and what would be seen, %."""
    study, quiet = reaction(event_id, group)
    power = 100 * minimal_detectable_effect(study)["portfolio_t_mde"]
    found = study.summary().assign(seen_from_pct=power).droplevel("event_id")
    found["mean_pct"] = 100 * found["caar"]
    return found.join(many_tests.ranks(found, {group: quiet}))


def _ar(data: pd.DataFrame, last: int = -11, order: int = 1) -> pd.Series:
    """Give abnormal returns by a line fitted up to a day; order -1 swaps slope and constant."""
    line = np.polyfit(data.loc[:last, "market"], data.loc[:last, "firm"], 1)[::order]
    return data["firm"] - np.polyval(line, data["market"])


def _sd(data: pd.DataFrame, lost: int = 2) -> float:
    return float(((_ar(data).loc[:-11] ** 2).sum() / (60 - lost)) ** 0.5)


def _t(data: pd.DataFrame, last: int, terms: tuple[int, ...] = (0, 1, 2)) -> float:
    """Give the t of days 0 to last; the last of four terms squares distances before adding them."""
    m, away = last + 1, data["market"] - data.loc[:-11, "market"].mean()
    away = away.loc[0:last] / (away.loc[:-11] ** 2).sum() ** 0.5
    spread = np.array([m, m**2 / 60, away.sum() ** 2, (away**2).sum()])[[*terms]].sum()
    return float(_ar(data).loc[0:last].sum() / _sd(data) / spread**0.5)


def _alarms(bound: float = t.ppf(0.975, N - 1), losses: int = 1) -> float:
    found = ttest_1samp(abnormal(ordinary_days()), 0, axis=1).statistic
    return float(100 * ((found > bound) + losses * (found < -bound)).mean())


def _rejected(variance: float = 1 + (N - 1) * RHO) -> float:
    """Give the share of true nulls that a z rejects whose variance is not one, per cent."""
    return float(200 * norm.sf(norm.ppf(0.975) / variance**0.5))


def _portfolio() -> pd.DataFrame:
    return one_group().assign(firm=one_group().drop(columns="market").mean(axis=1))


def _seen() -> float:
    return float(what_is_seen("deal_announced", "jp_auto")["seen_from_pct"].iloc[0])


check = Checker({
    "q1": Question(lambda: _ar(one_firm())[0], "per cent", slips={
        "alpha 0 and beta 1": lambda: one_firm().loc[0] @ [-1, 1],
        "slope and constant exchanged": lambda: _ar(one_firm(), order=-1)[0],
        "the line fitted to all days, the event among them": lambda: _ar(one_firm(), 5)[0],
        "what the news added, without the noise of the day": lambda: EFFECTS[0],
    }),
    "q2": Question(lambda: _sd(one_firm()), "per cent a day", slips={
        "n in place of n - 2": lambda: _sd(one_firm(), 0),
        "n - 1 in place of n - 2": lambda: _sd(one_firm(), 1),
        "the root forgotten": lambda: _sd(one_firm()) ** 2,
        "the spread of returns, not of residuals": lambda: one_firm().loc[:-11].std()["firm"],
    }),
    "q3": Question(lambda: sum(_ar(one_firm())[[0, 1]]), "per cent", slips={
        "the mean in place of the sum": lambda: sum(_ar(one_firm())[[0, 1]]) / 2,
        "day 0 alone": lambda: _ar(one_firm())[0],
        "the returns themselves summed": lambda: one_firm().loc[0:1].sum()["firm"],
    }),
    "q4": Question(lambda: _t(one_firm(), 1), slips={
        "the forecast error left out": lambda: _t(one_firm(), 1, (0,)),
        "the third term left out": lambda: _t(one_firm(), 1, (0, 1)),
        "the two distances squared before they are added": lambda: _t(one_firm(), 1, (0, 1, 3)),
    }),
    "q5": Question(lambda: ttest_1samp(some_cars(2), 0)[0], slips={
        "n in place of n - 1": lambda: ttest_1samp(some_cars(2), 0)[0] * (8 / 7) ** 0.5,
        "the root of n forgotten": lambda: ttest_1samp(some_cars(2), 0)[0] / 8**0.5,
        "the CARs of the table, not those it is given": lambda: ttest_1samp(some_cars(1), 0)[0],
    }),
    "q6": Question(_alarms, "per cent of the days", slips={
        "the bound of a normal, not of Student's t": lambda: _alarms(1.96),
        "gains alone; losses are alarms as well": lambda: _alarms(losses=0),
        "the number of days, not their share": lambda: 20 * _alarms(),
    }),
    "q7": Question(_rejected, "per cent", slips={
        "the root forgotten": lambda: _rejected((1 + (N - 1) * RHO) ** 2),
        "n in place of n - 1": lambda: _rejected(1 + N * RHO),
        "one tail": lambda: _rejected() / 2,
    }),
    "q8": Question(lambda: _t(_portfolio(), 0), slips={
        "the forecast error left out": lambda: _t(_portfolio(), 0, (0,)),
        "the third term left out": lambda: _t(_portfolio(), 0, (0, 1)),
        "days 0 and 1, not day 0 alone": lambda: _t(_portfolio(), 1),
    }),
    "q9": Question(_seen, "per cent", 0.015, slips={
        "the bound alone; that is seen in 50 of 100 cases": lambda: _seen() * 1.96 / 2.80,
        "a test on one side, or without the standard error": lambda: _seen() * 2.49 / 2.80,
        "90 of 100 cases": lambda: _seen() * 3.24 / 2.80,
    }),
})  # fmt: skip
