"""Simulated event studies with a known effect, to measure how often each test is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.models import Array
from research.events.results import EventStudy
from research.events.study import event_study

_FIRST_DATE = "2001-01-01"
_BENCHMARK_SD = 0.01
_FIRM_SD = (0.01, 0.03)
_BETA = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Design:
    """What a simulated event study looks like.

    A firm earns ``beta * benchmark + e`` and, on its own day 0, the effect. The residuals ``e``
    of all firms share one factor, so that each pair has the same correlation.

    Attributes
    ----------
    n_firms
        Firms of one event.
    window, estimation
        Sessions relative to day 0, as in `event_study`.
    effect
        What every firm earns on its day 0 on top, as a fraction.
    leader
        How many times the effect of the others the first firm has.
    correlation
        Correlation of the residuals of two firms on a date, from 0 to below 1.
    event_sd_ratio
        Standard deviation of the residuals in the event window over that of other days.
    tail_df
        Degrees of freedom of t-distributed residuals (scaled to the same variance); ``None`` is
        normal.
    missing_share
        Share of firm-days without a return.
    thin_share
        Share of firm-days without a trade: a return of zero, the next trade makes up for it.
    stagger
        Each firm's day 0 is drawn from this many sessions after the first; 0 is one common date.
    late_share
        Share of firms that trade one session after the others, benchmark and effect included.
    garch
        Weights of the last squared residual and of the last variance in a GARCH(1,1) variance
        whose mean stays the same; their sum is below 1. Zeros are a constant variance.
    """

    n_firms: int = 30
    window: tuple[int, int] = (0, 0)
    estimation: tuple[int, int] = (-250, -1)
    effect: float = 0.0
    leader: float = 1.0
    correlation: float = 0.0
    event_sd_ratio: float = 1.0
    tail_df: float | None = None
    missing_share: float = 0.0
    thin_share: float = 0.0
    stagger: int = 0
    late_share: float = 0.0
    garch: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False, slots=True)
class Simulation:
    """Tables as `event_study` takes them; each replication is an event with firms of its own.

    Attributes
    ----------
    returns
        Dates x (replications x firms): log returns (which have no floor), fractions.
    benchmark
        Dates: the factor of the market model, the same in every replication.
    events
        event_id (``r0000``), asset (``r0000f00``), date.
    beta
        Assets: what a firm earns of the benchmark in all, whenever it trades.
    design
        What was asked for.
    """

    returns: pd.DataFrame
    benchmark: pd.Series
    events: pd.DataFrame
    beta: pd.Series
    design: Design


def simulate(design: Design, *, replications: int, seed: int) -> Simulation:
    """Draw replications of an event study.

    Parameters
    ----------
    design
        Firms, windows, effect, correlation, missing days.
    replications
        How many; each becomes an event_id.
    seed
        Seed of the random numbers: the same seed gives the same tables.

    Raises
    ------
    InputError
        If a number of the design is out of its range.
    """
    _check(design, replications)
    rng = np.random.default_rng(seed)
    before, after = -min(design.estimation[0], 0), max(design.window[1], 0)
    # One session of margin on each side for late firms and thin trading.
    n_days = before + after + design.stagger + 3
    n_units = replications * design.n_firms
    day_zero = before + 1 + rng.integers(0, design.stagger + 1, n_units)
    market = rng.normal(0.0, _BENCHMARK_SD, n_days)
    beta = rng.uniform(*_BETA, n_units)
    returns = market[:, None] * beta + _residuals(design, day_zero, n_days, rng)
    times = np.where(np.arange(n_units) % design.n_firms == 0, design.leader, 1.0)
    returns[day_zero, np.arange(n_units)] += design.effect * times
    returns = _late(returns, design, replications)
    returns = _thin(returns, design.thin_share, rng)
    if design.missing_share:
        returns[rng.random(returns.shape) < design.missing_share] = np.nan
    return _label(returns, market, day_zero, design, beta=beta, replications=replications)


def studied(drawn: Simulation, **settings: Any) -> EventStudy:
    """Study simulated events in the windows of their design, by the market model if not told."""
    usual = {
        "returns_are": "log",
        "model": "market",
        "window": drawn.design.window,
        "estimation": drawn.design.estimation,
    }
    return event_study(drawn.returns, drawn.benchmark, drawn.events, **usual | settings)


def _check(design: Design, replications: int) -> None:
    shares = ("correlation", "missing_share", "thin_share", "late_share")
    faults = [
        Fault(f"design.{name}", "a number from 0 to below 1", repr(getattr(design, name)))
        for name in shares
        if not 0 <= getattr(design, name) < 1
    ]
    for name, value, least in (
        ("replications", replications, 1),
        ("design.n_firms", design.n_firms, 1),
        ("design.stagger", design.stagger, 0),
        ("design.event_sd_ratio", design.event_sd_ratio, 0),
    ):
        if value < least:
            faults.append(Fault(name, f"at least {least}", repr(value)))
    if min(design.garch) < 0 or sum(design.garch) >= 1:
        asked = "two weights from 0 with a sum below 1"
        faults.append(Fault("design.garch", asked, repr(design.garch)))
    if design.tail_df is not None and design.tail_df <= 2:
        todo = "With fewer the variance is infinite."
        faults.append(Fault("design.tail_df", "more than 2", repr(design.tail_df), todo))
    raise_if(InputError, "This event study cannot be simulated.", faults)


def _residuals(
    design: Design, day_zero: NDArray[np.int64], n_days: int, rng: np.random.Generator
) -> Array:
    """Draw (days, units) residuals: one factor a replication, louder in the event window."""
    n_units = len(day_zero)
    factor = _draw(design.tail_df, (n_days, n_units // design.n_firms), rng)
    own = _draw(design.tail_df, (n_days, n_units), rng)
    shared = np.repeat(factor, design.n_firms, axis=1)
    mixed = np.sqrt(design.correlation) * shared + np.sqrt(1.0 - design.correlation) * own
    mixed = _clustered(mixed, *design.garch)
    offset = np.arange(n_days)[:, None] - day_zero
    in_window = (offset >= design.window[0]) & (offset <= design.window[1])
    mixed *= np.where(in_window, design.event_sd_ratio, 1.0)
    return np.asarray(mixed * rng.uniform(*_FIRM_SD, n_units))


def _clustered(shocks: Array, of_square: float, of_variance: float) -> Array:
    """Give (days, units) shocks of variance one a GARCH(1,1) variance with a mean of one."""
    if not of_square and not of_variance:
        return shocks
    out, variance = np.empty_like(shocks), np.ones(shocks.shape[1])
    for day, shock in enumerate(shocks):
        out[day] = np.sqrt(variance) * shock
        variance = 1 - of_square - of_variance + of_square * out[day] ** 2 + of_variance * variance
    return out


def _draw(tail_df: float | None, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """Draw numbers of variance one."""
    if tail_df is None:
        return rng.standard_normal(shape)
    return np.asarray(rng.standard_t(tail_df, shape) * np.sqrt((tail_df - 2.0) / tail_df))


def _late(returns: Array, design: Design, replications: int) -> Array:
    """Move the first firms of each replication one session back in time."""
    firm = np.tile(np.arange(design.n_firms), replications)
    late = firm < round(design.late_share * design.n_firms)
    out = returns.copy()
    out[1:, late] = returns[:-1, late]
    return out


def _thin(returns: Array, share: float, rng: np.random.Generator) -> Array:
    """Report no change on days without a trade and the whole change at the next trade."""
    if not share:
        return returns
    traded = rng.random(returns.shape) >= share
    traded[0] = True
    last_trade = np.maximum.accumulate(np.where(traded, np.arange(len(returns))[:, None], 0))
    price = np.take_along_axis(np.cumsum(returns, axis=0), last_trade, axis=0)
    return np.diff(price, axis=0, prepend=0.0)


def _label(
    returns: Array,
    market: Array,
    day_zero: NDArray[np.int64],
    design: Design,
    *,
    beta: Array,
    replications: int,
) -> Simulation:
    dates = pd.bdate_range(_FIRST_DATE, periods=len(market), name="date")
    event = np.repeat([f"r{number:04d}" for number in range(replications)], design.n_firms)
    firm = np.tile([f"f{number:02d}" for number in range(design.n_firms)], replications)
    asset = np.char.add(event, firm)
    events = pd.DataFrame({"event_id": event, "asset": asset, "date": dates[day_zero]})
    return Simulation(
        returns=pd.DataFrame(returns, index=dates, columns=asset),
        benchmark=pd.Series(market, index=dates, name="benchmark"),
        events=events,
        beta=pd.Series(beta, index=asset, name="beta"),
        design=design,
    )
