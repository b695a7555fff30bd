"""Power on one date: how large an effect must be before a group test sees it.

Two answers side by side. The closed form takes residuals as normal and every pair of firms as
equally correlated; resampling adds the effect to days of the estimation window as they were, with
their fat tails and unequal correlations. Both take the standard errors of the sample as the truth
and give every firm of the group the same effect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import chndtrix, nctdtr, ndtr

from research.errors import Fault, InputError
from research.events.groups import t_bound
from research.events.joint import JointCars, events_of, joint_cars
from research.events.models import Array, Labels
from research.events.results import ALL, LEVEL, EventStudy

#: Tests whose power is computed.
POWER_TESTS = ("portfolio_t", "kp_t")

#: Resampled days of each group: how many CARs are drawn, and where the draws start.
REPLICATIONS, SEED = 2000, 550

# Gauss-Legendre nodes for the mean over the spread of firms: five digits of a power.
_NODES = 128

# No share moves by more than this on a date; a test that needs more does not see anything.
_LARGEST_EFFECT = 10.0

# Power at effects of any shape.
_Power = Callable[[ArrayLike], Array]


@dataclass(frozen=True, eq=False, slots=True)
class GroupPrecision:
    """What one group's power on one date depends on."""

    se: Array  # (n,): standard error of each firm's CAR
    correlation: float  # mean correlation of two CARs
    portfolio_se: float  # standard error of the mean CAR
    portfolio_df: float
    draws: Array  # (replications, n): CARs of resampled days without an effect, perhaps none
    n_days: int  # days of the estimation window that were drawn from
    reason: str  # why there are no draws


def minimal_detectable_effect(
    result: EventStudy,
    *,
    window: Sequence[int] | None = None,
    power: float = 0.8,
) -> pd.DataFrame:
    """Find the effect that a two-sided test at `LEVEL` sees with probability ``power``.

    Every event of the study is taken by itself.

    Table: index (event_id, group); n, portfolio_t_mde, kp_t_mde (closed form),
    portfolio_t_resampled, kp_t_resampled: mean CAR as a fraction, positive effects; n_days drawn
    from; reason (why nothing was resampled). NaN where no effect of any size reaches the power.
    """
    if not LEVEL < power < 1:
        fault = Fault("power", f"a share above {LEVEL} and below 1, 0.8 for 80 %", f"{power}")
        raise InputError("The power of these tests cannot be computed.", [fault])
    rows = {}
    for key, group in _precisions(result, window).items():
        row: dict[str, object] = {"n": len(group.se)}
        for test in POWER_TESTS:
            row[f"{test}_mde"] = _solve(_closed(group, test), power, group.portfolio_se)
            row[f"{test}_resampled"] = _solve(_resampled(group, test), power, group.portfolio_se)
        rows[key] = row | {"n_days": group.n_days, "reason": group.reason}
    out = pd.DataFrame.from_dict(rows, orient="index")
    out.index = pd.MultiIndex.from_tuples(rows, names=["event_id", "group"])
    return out


def power_curve(
    result: EventStudy,
    *,
    effects: Sequence[float],
    window: Sequence[int] | None = None,
    tests: Collection[str] = POWER_TESTS,
) -> pd.DataFrame:
    """Compute the power of `POWER_TESTS`, or some, at several effects, two-sided at `LEVEL`.

    Effects are mean CARs (fractions) of either sign; zero gives the size.

    Table: event_id, group, test, effect, power (closed form), power_resampled (shares).
    """
    rows, effects = [], [float(effect) for effect in effects]
    for key, group in _precisions(result, window).items():
        for test in tests:
            closed, resampled = _closed(group, test), _resampled(group, test)
            at = zip(effects, closed(effects), resampled(effects), strict=True)
            rows += [(*key, test, *powers) for powers in at]
    columns = ["event_id", "group", "test", "effect", "power", "power_resampled"]
    return pd.DataFrame(rows, columns=columns)


def portfolio_power(effect: ArrayLike, se: float, df: float) -> Array:
    """Compute the power of ``portfolio_t``: noncentral t with noncentrality ``effect / se``.

    Exact for normal residuals with the same variance on the event day as before.
    """
    bound, shift = t_bound(1 - LEVEL, df), np.abs(effect) / se
    # Above the bound is below its negative for the opposite effect; NaN is too little to compute.
    power: Array = nctdtr(df, -shift, -bound) + np.nan_to_num(nctdtr(df, shift, -bound))
    return power


def kp_power(effect: ArrayLike, se: Array, correlation: float) -> Array:
    """Compute the power of ``kp_t`` for firms with equal effects and unequal standard errors.

    With q_i = 1 / se_i, standardised CARs of variance one and equal correlation r, ``kp_t`` is a
    normal with mean ``effect * mean(q) * sqrt(n / (1 + (n - 1) r))`` over the root of W / (n - 1),
    W an independent noncentral chi-square with n - 1 degrees of freedom and noncentrality
    ``effect^2 * sum((q_i - mean(q))^2) / (1 - r)``: equal effects are unequal standardised ones,
    and that spread is in the yardstick of the test. NaN where ``kp_t`` is undefined.
    """
    n = len(se)
    inflation = 1 + (n - 1) * correlation
    if n < 2 or inflation <= 0 or correlation >= 1:
        return np.full(np.shape(effect), np.nan)
    q, e = 1 / se, np.asarray(effect)[..., None]
    shift = e * q.mean() * np.sqrt(n / inflation)
    spread = e**2 * ((q - q.mean()) ** 2).sum() / (1 - correlation)
    nodes, weights = _nodes()
    # The smallest noncentrality stands for none, where the noncentral law is not defined.
    w = chndtrix((nodes + 1) / 2, n - 1, np.maximum(spread, 1e-12))
    bound = t_bound(1 - LEVEL, n - 1) * np.sqrt(w / (n - 1))
    power: Array = (ndtr(shift - bound) + ndtr(-bound - shift)) @ (weights / 2)
    return power


@cache
def _nodes() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(_NODES)


def _closed(group: GroupPrecision, test: str) -> _Power:
    if test == "kp_t":
        return lambda effect: kp_power(effect, group.se, group.correlation)
    return lambda effect: portfolio_power(effect, group.portfolio_se, group.portfolio_df)


def _resampled(group: GroupPrecision, test: str) -> _Power:
    """Count how often a test rejects when the effect is added to resampled days."""
    n, r = len(group.se), group.correlation
    inflation = 1 + (n - 1) * r
    if not len(group.draws) or (test == "kp_t" and (n < 2 or inflation <= 0 or r >= 1)):
        return lambda effect: np.full(np.shape(effect), np.nan)
    if test == "portfolio_t":
        bound = t_bound(1 - LEVEL, group.portfolio_df) * group.portfolio_se
        means = group.draws.mean(axis=1)
        return lambda effect: (np.abs(means + np.asarray(effect)[..., None]) > bound).mean(axis=-1)
    factor, bound = np.sqrt(n * (1 - r) / inflation), t_bound(1 - LEVEL, n - 1)
    # Standardised, a draw with the effect e is s + e q: its mean, and its spread over the firms.
    s, q = group.draws / group.se, 1 / group.se
    ds, dq = s - s.mean(axis=1, keepdims=True), q - q.mean()

    def share(effect: ArrayLike) -> Array:
        e = np.asarray(effect)[..., None]
        squares = (ds**2).sum(axis=1) + e * (2 * ds @ dq + e * (dq**2).sum())
        mean = s.mean(axis=1) + e * q.mean()
        found: Array = (np.abs(mean) * factor > bound * np.sqrt(squares / (n - 1))).mean(axis=-1)
        return found

    return share


def _solve(power_at: _Power, power: float, start: float) -> float:
    """Find the smallest positive effect with this power; NaN where there is none."""
    high = start
    while high < _LARGEST_EFFECT:
        if power_at(high) >= power:
            low = high / 2 if high > start else 0.0
            return float(brentq(lambda x: power_at(x) - power, low, high, xtol=1e-7))
        high *= 2
    return float("nan")


def _precisions(
    result: EventStudy, window: Sequence[int] | None
) -> dict[tuple[object, object], GroupPrecision]:
    """Read each group's standard errors and correlation off the study, and draw its days."""
    tests = result.tests(window, names=["portfolio_t"]).set_index(["event_id", "group"])
    table, se = tests.join(result.band(window)[["low", "high"]]), result.car(window)["se"]
    out: dict[tuple[object, object], GroupPrecision] = {}
    for event_id in events_of(result):
        joint = joint_cars(result, event_id, window)
        names = pd.Series(ALL, joint.car.index) if result.groups is None else result.groups
        own, of_event = names.reindex(joint.car.index).to_numpy(), se.loc[event_id]
        every_se = of_event.loc[joint.car.index].to_numpy()
        for name, row in table.loc[event_id].to_dict("index").items():
            firms = np.flatnonzero(own == name)
            draws, n_days, reason = _draw(joint, firms, every_se[firms])
            half = (row["high"] - row["low"]) / 2
            out[event_id, name] = GroupPrecision(
                se=every_se[firms],
                correlation=float(row["correlation"] * row["overlap"]) if len(firms) > 1 else 0.0,
                portfolio_se=float(half / t_bound(0.95, row["df"])),
                portfolio_df=float(row["df"]),
                draws=draws,
                n_days=n_days,
                reason=reason,
            )
    return out


def _draw(joint: JointCars, firms: Labels, se: Array) -> tuple[Array, int, str]:
    """Draw CARs without an effect: whole days of the group, scaled to the variance of its CARs."""
    none: Array = np.empty((0, len(firms)))
    if not len(firms):
        return none, 0, "no firm has every day of the window"
    if (joint.overlap.to_numpy()[np.ix_(firms, firms)] < 1).any():
        return none, 0, "the firms do not share their event days"
    complete = joint.residuals.to_numpy()[:, firms]
    complete = complete[np.isfinite(complete).all(axis=1)]
    if len(complete) <= max(joint.k, joint.n_days):
        return none, len(complete), "too few days with a residual of every firm"
    size = (REPLICATIONS, joint.n_days)
    rows: NDArray[np.int64] = np.random.default_rng(SEED).integers(len(complete), size=size)
    scale = se / np.sqrt(joint.n_days * (complete**2).mean(axis=0))
    return complete[rows].sum(axis=1) * scale, len(complete), ""
