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


@cache
def _study(n_firms: int, effects: tuple[float, ...], seed: int) -> tuple[pd.DataFrame, EventStudy]:
    table = simulate(n_firms, RHO, 76, seed)
    for row, effect in enumerate(effects, start=70):
        table.iloc[row, 1:] += effect
    asked = SIMULATED | {"window": [0, 1], "returns_are": "simple"}
    return table, event_study(table / 100, "market", table.index[70], **asked)


def one_firm() -> pd.DataFrame:
    """Give a market and a firm, per cent, sessions -70 to 5 from the day of the news."""
    table = _study(1, EFFECTS, 454)[0].set_axis(["market", "firm"], axis=1)
    return table.set_axis(pd.RangeIndex(-70, 6, name="day"))


def one_group() -> pd.DataFrame:
    """Give a market and 20 firms, per cent, sessions -70 to 5; there is no news on day 0."""
    return _study(N, (), 31)[0].set_axis(pd.RangeIndex(-70, 6, name="day"))


def some_cars(number: int) -> pd.Series:
    """Draw the CARs of eight firms, per cent; each number is another draw."""
    names = [f"firm {one}" for one in range(1, 9)]
    return pd.Series(np.random.default_rng(number).normal(1.5, 3, 8), names, name="CAR")


@cache
def ordinary_days(n_firms: int = N, correlation: float = RHO) -> EventStudy:
    """Study a simulated group on 2,000 days without news, each after 60 days of its own."""
    returns = simulate(n_firms, correlation, 2070) / 100
    market, days = returns.pop("market"), returns.index[70:]
    rows = pd.MultiIndex.from_product([days, returns.columns], names=["date", "asset"])
    events = rows.to_frame(index=False).assign(calendar="XTKS")
    events["event_id"] = events["date"]
    return event_study(returns, market, events, returns_are="simple", **SIMULATED)


def abnormal(study: EventStudy) -> pd.DataFrame:
    """Lay the abnormal returns of day 0 out: a row a date, a column a firm, per cent."""
    return 100 * study.abnormal[0].unstack("asset")


def false_alarms(n_firms: int, correlation: float) -> float:
    """Say on how many of 100 days without news the cross-sectional t sees some, at 5 %."""
    firms = abnormal(ordinary_days(40, correlation)).iloc[:, :n_firms]
    return float(100 * (ttest_1samp(firms, 0, axis=1).pvalue < 0.05).mean())


@cache
def reaction(event_id: str, group: str) -> tuple[EventStudy, Placebo]:
    """Study a group of real shares on day 0 of an event, and on all quiet dates."""
    market, events = load_market(), load_table("deal/events")
    quiet = many_tests.placebos(market, events, [group], **REAL)
    return react(market, events.loc[[event_id]], [group], **REAL), quiet[group]


def what_is_seen(event_id: str, group: str) -> pd.DataFrame:
    """Tell a real group's day 0: mean abnormal return, tests, rank, and what would be seen, %."""
    study, quiet = reaction(event_id, group)
    found, power = study.summary(), minimal_detectable_effect(study)["portfolio_t_mde"]
    found["mean_pct"], found["seen_from_pct"] = 100 * found["caar"], 100 * power
    found = found.droplevel("event_id")
    return found.join(many_tests.ranks(found, {group: quiet}))


@cache
def _ar(last: int = -11, alphas: int = 1) -> pd.Series:
    """Fit the firm's line up to a day; abnormal returns of all days."""
    firm, known = one_firm(), one_firm().loc[:last]
    beta, alpha = np.polyfit(known["market"], known["firm"], 1)
    return firm["firm"] - alphas * alpha - beta * firm["market"]


def _sd(lost: int = 2, last: int = -11) -> float:
    residuals = _ar(last).loc[:last]
    return float(np.sqrt((residuals**2).sum() / (len(residuals) - lost)))


def _se(last: int = 1) -> float:
    """Give the standard error of a CAR from day 0, or of day 1 alone (2), per cent."""
    window = [1, 1] if last == 2 else [0, last]
    return 100 * float(_study(1, EFFECTS, 454)[1].car(window)["se"].iloc[0])


def _car() -> float:
    return float(_ar().loc[0:1].sum())


def _t(lost: int = 1) -> float:
    cars = some_cars(2)
    return float(cars.mean() / cars.std(ddof=lost) * 8**0.5)


def _alarms(bound: float = 0, lost: int = 1, losses: int = 1, axis: int = 1) -> float:
    """Count the false alarms of question 6, per cent, with choices that people make."""
    firms = abnormal(ordinary_days()).to_numpy()
    size = firms.mean(axis) / firms.std(axis, ddof=lost) * firms.shape[axis] ** 0.5
    bound = bound or t.ppf(0.975, firms.shape[axis] - 1)
    return float(100 * ((size > bound) + losses * (size < -bound)).mean())


def _expected(variance: float = 1 + (N - 1) * RHO) -> float:
    """Give the share of true nulls that a z rejects whose variance is not one, per cent."""
    return float(200 * norm.sf(norm.ppf(0.975) / variance**0.5))


def _group() -> pd.Series:
    """Give the tests of question 8 by name, the mean (per cent) and errors as people take them."""
    study = _study(N, (), 31)[1]
    tests, own = study.summary([0, 0]).iloc[0], 100 * study.car([0, 0])["se"]
    mean = 100 * tests["caar"]
    line = study.residuals(None).mean(axis=1)
    return pd.Series({
        "t": tests["portfolio_t"], "csect": tests["csect_t"], "mean": mean,
        "alone": mean / (own**2).sum() ** 0.5 * N, "typical": mean / own.mean(),
        "no_forecast": mean / 100 / ((line**2).sum() / 58) ** 0.5,
    })  # fmt: skip


def _seen(*chances: float) -> float:
    """Give the effect of question 9, or a sum of normal quantiles in its place, per cent."""
    found = what_is_seen("deal_announced", "jp_auto").iloc[0]
    se = found["mean_pct"] / found["portfolio_t"]
    return float(norm.ppf(chances).sum() * se) if chances else float(found["seen_from_pct"])


check = Checker({
    "q1": Question(lambda: _ar()[0], "per cent", slips={
        "the return itself, nothing taken off": lambda: one_firm()["firm"][0],
        "alpha 0 and beta 1": lambda: one_firm().loc[0] @ [-1, 1],
        "the line fitted up to day -1": lambda: _ar(-1)[0],
        "the line fitted to all days, the event among them": lambda: _ar(5)[0],
        "alpha left out": lambda: _ar(alphas=0)[0],
        "day 1 in place of day 0": lambda: _ar()[1],
    }),
    "q2": Question(_sd, "per cent a day", slips={
        "n in place of n - 2": lambda: _sd(0),
        "n - 1 in place of n - 2": lambda: _sd(1),
        "the root forgotten": lambda: _sd() ** 2,
        "the spread of returns, not of residuals": lambda: one_firm().loc[:-11].std()["firm"],
        "residuals up to day -1": lambda: _sd(last=-1),
        "residuals of all days, the event among them": lambda: _sd(last=5),
    }),
    "q3": Question(_car, "per cent", slips={
        "the mean in place of the sum": lambda: _car() / 2,
        "day 0 alone": lambda: _ar()[0],
        "the returns themselves summed": lambda: float(one_firm()["firm"].loc[0:1].sum()),
        "days -1 to 1": lambda: float(_ar().loc[-1:1].sum()),
        "days 0 to 2": lambda: float(_ar().loc[0:2].sum()),
        "all days from day 0": lambda: float(_ar().loc[0:].sum()),
        "compounding": lambda: float(100 * (1 + _ar().loc[0:1] / 100).prod() - 100),
    }),
    "q4": Question(lambda: _car() / _se(), slips={
        "the forecast error left out": lambda: _car() / _sd() / 2**0.5,
        "the forecast errors of two days as unrelated": lambda: _car() / np.hypot(_se(0), _se(2)),
        "the residual deviation of one day": lambda: _car() / _sd(),
        "m in place of its root": lambda: _car() / _sd() / 2,
        "the variance in place of the standard error": lambda: _car() / _se() ** 2,
        "the standard error itself, no t": _se,
        "day 0 alone": lambda: _ar()[0] / _se(0),
    }),
    "q5": Question(_t, slips={
        "n in place of n - 1 in the spread": lambda: _t(0),
        "the root of n forgotten": lambda: _t() / 8**0.5,
        "n in place of its root": lambda: _t() * 8**0.5,
        "the sum in place of the mean": lambda: _t() * 8,
        "the variance in place of the deviation": lambda: _t() / some_cars(2).std(),
        "the mean itself, no t": lambda: float(some_cars(2).mean()),
    }),
    "q6": Question(_alarms, "per cent of the days", slips={
        "the bound of a normal, not of Student's t": lambda: _alarms(1.96),
        "the bound of a test at 10 %": lambda: _alarms(t.ppf(0.95, N - 1)),
        "gains alone; losses are alarms as well": lambda: _alarms(losses=0),
        "n in place of n - 1 in the spread": lambda: _alarms(lost=0),
        "a t for each firm over the days, not for each day over the firms": lambda: _alarms(axis=0),
        "the days without an alarm": lambda: 100 - _alarms(),
        "the 5 % that the test promises": lambda: 5.0,
    }),
    "q7": Question(_expected, "per cent", slips={
        "the root forgotten": lambda: _expected((1 + (N - 1) * RHO) ** 2),
        "n in place of n - 1": lambda: _expected(1 + N * RHO),
        "one tail": lambda: _expected() / 2,
        "the 1 left out": lambda: _expected((N - 1) * RHO),
        "the bound made larger, not smaller": lambda: _expected(1 / (1 + (N - 1) * RHO)),
        "the share that is not rejected": lambda: 100 - _expected(),
        "the design effect itself": lambda: (1 + (N - 1) * RHO) ** 0.5,
        "the correlation squared": lambda: _expected(1 + (N - 1) * RHO**2),
    }),
    "q8": Question(lambda: _group()["t"], slips={
        "the spread between firms, a cross-sectional t": lambda: _group()["csect"],
        "firms taken as independent": lambda: _group()["alone"],
        "the mean of the firms' standard errors": lambda: _group()["typical"],
        "the forecast error left out": lambda: _group()["no_forecast"],
        "the mean itself, no t": lambda: _group()["mean"],
        "the root of n put in once more": lambda: _group()["t"] * N**0.5,
        "n - 1 in place of n - 2": lambda: _group()["t"] * (59 / 58) ** 0.5,
    }),
    "q9": Question(_seen, "per cent", 0.015, slips={
        "the bound alone; that is seen in 50 of 100 cases": lambda: _seen(0.975),
        "the second part alone": lambda: _seen(0.8),
        "a test on one side": lambda: _seen(0.95, 0.8),
        "90 of 100 cases": lambda: _seen(0.975, 0.9),
        "20 of 100 cases": lambda: _seen(0.975, 0.2),
    }),
})  # fmt: skip
