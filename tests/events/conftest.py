"""Panels to study, and a second computation of everything by plain loops.

The reference below shares no code with `research.events`: it regresses with numpy's least squares,
inverts X'X, loops over firms and pairs of firms, and matches days by their dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from research.data import load_market, load_table
from research.events import event_study, tests
from research.sessions import sessions

from .reference_tests import reference_tests


@pytest.fixture(scope="module")
def market():
    return load_market()


@pytest.fixture(scope="module")
def events():
    return load_table("deal/events")


@dataclass(frozen=True)
class Panel:
    returns: pd.DataFrame
    benchmark: pd.DataFrame
    events: pd.DataFrame

    def study(self, **settings):
        usual = {
            "returns_are": "simple",
            "model": "market",
            "window": (0, 0),
            "estimation": (-100, -11),
        }
        return event_study(self.returns, self.benchmark, self.events, **usual | settings)


def make_panel(*, n_firms=5, n_days=150, n_factors=1, missing=0.0, day_zero=130, seed=1):
    """Draw correlated returns on business days; every firm has the same day 0."""
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2020-01-01", periods=n_days)
    factors = rng.normal(0.0005, 0.01, (n_days, n_factors))
    shared = rng.normal(0.0, 0.01, (n_days, 1))
    own = rng.normal(0.0, 0.02, (n_days, n_firms))
    returns = factors @ rng.uniform(0.5, 1.5, (n_factors, n_firms)) + shared + own
    returns[rng.random(returns.shape) < missing] = np.nan
    names = [f"firm{number}" for number in range(n_firms)]
    return Panel(
        returns=pd.DataFrame(returns, index=days, columns=names),
        benchmark=pd.DataFrame(factors, index=days).add_prefix("factor"),
        events=pd.DataFrame({"event_id": "news", "asset": names, "date": days[day_zero]}),
    )


def make_two_exchanges(*, seed=2):
    """Draw three Tokyo and three New York shares on the real sessions of both exchanges."""
    rng = np.random.default_rng(seed)
    calendars = {"XTKS": ["tokyo0", "tokyo1", "tokyo2"], "XNYS": ["york0", "york1", "york2"]}
    own = {code: sessions(code, "2024-10-01", "2025-09-30") for code in calendars}
    days = own["XTKS"].union(own["XNYS"])
    shared = pd.Series(rng.normal(0.0, 0.02, len(days)), index=days)
    columns = {}
    for code, names in calendars.items():
        for name in names:
            noise = rng.normal(0.0, 0.01, len(own[code]))
            columns[name] = pd.Series(noise, index=own[code]) + shared[own[code]]
    events = pd.DataFrame(
        [
            {"event_id": "news", "asset": name, "calendar": code, "date": day}
            for code, day in (("XTKS", "2025-07-23"), ("XNYS", "2025-07-24"))
            for name in calendars[code]
        ]
    ).assign(date=lambda table: pd.to_datetime(table["date"]))
    benchmark = pd.DataFrame({"factor0": rng.normal(0.0, 0.01, len(days))}, index=days)
    return Panel(pd.DataFrame(columns, index=days), benchmark, events)


def reference_unit(
    panel, asset, *, model, window, estimation, tested=None, date=None, own_sessions=None
):
    """Abnormal returns, CAR, its standard error and residuals of one firm, step by step.

    The CAR is over the days ``tested`` of the event window: all of them if not given.
    """
    tested = window if tested is None else tested
    date = panel.events.set_index("asset").at[asset, "date"] if date is None else date
    days = panel.returns.index if own_sessions is None else own_sessions
    zero = days.get_loc(date)
    inside = days[zero + estimation[0] : zero + estimation[1] + 1]
    event = days[zero + window[0] : zero + window[1] + 1]
    chosen = slice(tested[0] - window[0], tested[1] - window[0] + 1)
    y, factors = panel.returns[asset], panel.benchmark
    if model == "market_adjusted":
        y = y - factors.iloc[:, 0]
    design = pd.DataFrame(index=panel.returns.index)
    if model != "market_adjusted":
        design["one"] = 1.0
    if model == "market":
        design = design.join(factors)
    used = [d for d in inside if np.isfinite(y[d]) and np.isfinite(design.loc[d]).all()]
    X, X_event = design.loc[used].to_numpy(), design.loc[event].to_numpy()
    k = X.shape[1]
    beta = np.linalg.lstsq(X, y[used].to_numpy(), rcond=None)[0] if k else np.zeros(0)
    residuals = pd.Series(y[used].to_numpy() - X @ beta, index=used)
    sigma2 = float((residuals**2).sum()) / (len(used) - k)
    abnormal = y[event].to_numpy() - X_event @ beta
    covariance = np.eye(len(event))
    if k:
        covariance = covariance + X_event @ np.linalg.inv(X.T @ X) @ X_event.T
    spread = float(covariance[chosen, chosen].sum())
    return SimpleNamespace(
        abnormal=abnormal[chosen],
        car=float(abnormal[chosen].sum()),
        se=float(np.sqrt(sigma2 * spread)),
        df=len(used) - k,
        residuals=residuals,
        day_sd=None,
        sigma2=sigma2,
        spread=spread,
        k=k,
        ahead=list(event[chosen]),
        event_days=list(event),
        event_abnormal=abnormal,
        event_spread=np.diag(covariance),
    )


@pytest.fixture
def few_firms(monkeypatch):
    """Let tests that divide by a spread over firms take any number, to hold formulas by hand."""
    monkeypatch.setattr(tests, "FEWEST_FIRMS", 2)


@pytest.fixture(scope="session")
def panel():
    return make_panel


@pytest.fixture(scope="session")
def two_exchanges():
    return make_two_exchanges


@pytest.fixture(scope="session")
def reference():
    return SimpleNamespace(unit=reference_unit, tests=reference_tests)
