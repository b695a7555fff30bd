"""What flows are worth: rates of return and present values, and what terms ask of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from research.deal.terms import Terms
from research.deal.waterfall import BLOCK, Waterfall, share_out

Array = NDArray[np.float64]

#: Growth a year between which a rate of return is looked for, and at how many points.
_LOWEST, _HIGHEST, _POINTS = 1e-2, 1e2, 81

#: Project returns among which break-even is looked for, per cent a year: first, last, step.
PROJECT_IRR_PCT = (-20.0, 200.0, 0.25)

#: Newton's steps end when growth moves by less, relative to itself.
_CLOSE, _MOST_STEPS = 1e-12, 200


def npv(flows: ArrayLike, rate_pct: ArrayLike) -> Array:
    r"""Give the present value of flows at year ends, year 0 first.

    .. math:: \sum_t x_t (1 + r/100)^{-t}

    ``flows`` are ... x years, USD bn; ``rate_pct`` is one rate, per cent a year, or one for each
    of the leading axes. Adds up over flows. Shape: the leading axes.
    """
    values = np.asarray(flows, dtype=float)
    growth = 1 + np.asarray(rate_pct, dtype=float)[..., None] / 100
    return np.asarray((values * growth ** -np.arange(values.shape[-1])).sum(axis=-1))


def irr(flows: ArrayLike) -> Array:
    r"""Give the internal rate of return of flows at year ends, per cent a year.

    The rate at which `npv` is zero. NaN where there is none, or more than one: a side that pays
    nothing in, such as the United States, has no rate of return. Where money is paid in and nothing
    comes back it is -100. Looked for between -99 and 9,900 % a year.

    ``flows`` are ... x years; shape: the leading axes.
    """
    values = np.asarray(flows, dtype=float)
    rows = values.reshape(-1, values.shape[-1])
    parts = [_irr(rows[start : start + BLOCK].T.copy()) for start in range(0, len(rows), BLOCK)]
    return np.concatenate(parts).reshape(values.shape[:-1])


def _irr(flows: Array) -> Array:
    """Give the rates of return of years x flows, per cent a year."""
    growth = np.geomspace(_LOWEST, _HIGHEST, _POINTS)[:, None]
    years = np.arange(len(flows))
    # Below a growth of one the value at the end of the last year has the same sign and is finite.
    weights = growth ** (np.where(growth < 1, years[-1], 0) - years)
    turns = np.diff(weights @ flows > 0, axis=0)
    one, at = turns.sum(axis=0) == 1, turns.argmax(axis=0)
    ends = (growth[at + k, 0][one] for k in (0, 1))
    found = np.full(flows.shape[1], np.nan)
    found[one] = 100 * (_root(flows[:, one], *ends) - 1)
    found[(flows <= 0).all(axis=0) & (flows < 0).any(axis=0)] = -100
    return found


def _root(flows: Array, low: Array, high: Array) -> Array:
    """Find growth between ``low`` and ``high``, over which the value at year 0 changes its sign.

    Newton's steps in the discount factor; the bracket is halved where one would leave it.
    """
    left, right = 1 / high, 1 / low
    rises = _value(flows, right)[0] > 0
    x = np.sqrt(left * right)
    for _ in range(_MOST_STEPS):
        value, slope = _value(flows, x)
        beyond = (value > 0) == rises
        left, right = np.where(beyond, left, x), np.where(beyond, x, right)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x - value / slope
        inside = (step >= left) & (step <= right)
        moved, x = x, np.where(inside, step, (left + right) / 2)
        if (np.abs(moved - x) <= _CLOSE * x).all():
            break
    return 1 / x


def _value(flows: Array, factor: Array) -> tuple[Array, Array]:
    """Give the value at year 0 and its slope in the discount factor, by Horner's rule."""
    value, slope = np.zeros((2, flows.shape[1]))
    for year in flows[::-1]:
        slope = slope * factor + value
        value = value * factor + year
    return value, slope


def level_project(project_irr_pct: ArrayLike, years: int, paid_in: float = 100.0) -> Array:
    r"""Give the cash of projects that pay the same each year: cost at year 0, cash from year 1 on.

    .. math:: c = k P / (1 - (1 + k)^{-n})

    ``project_irr_pct`` per cent a year above -100; shape: its own x (years + 1).
    """
    k = np.asarray(project_irr_pct, dtype=float)[..., None] / 100
    factor = ((1 + k) ** -np.arange(1, years + 1)).sum(axis=-1, keepdims=True)
    cash = np.broadcast_to(paid_in / factor, (*k.shape[:-1], years))
    return np.concatenate([np.zeros_like(k), cash], axis=-1)


def break_even_project_irr(
    terms: Terms, target_pct: float, *, years: int, stake: float = 0.0
) -> float:
    """Give the project's return from which Japan earns a target, both per cent a year.

    The project costs 100 at year 0 and pays the same in each of ``years``; Japan pays all of it.
    The lowest of `PROJECT_IRR_PCT` at which Japan's `npv` at ``target_pct`` turns positive, solved;
    NaN where none does. Targets: 0 gets the money back, the cost of funds, the deemed rate. A
    ``stake`` is worth so much more to Japan if it funds the project (`refusal`): minus infinity
    where it then funds any.
    """
    value = _japan_npv(terms, target_pct, years)
    grid = np.arange(*PROJECT_IRR_PCT)
    above = value(grid) + stake >= 0
    if not above.any() or above[0]:
        return float("-inf") if above.any() else float("nan")
    first = int(above.argmax())
    return float(brentq(lambda x: value(x) + stake, *grid[first - 1 : first + 1], xtol=1e-9))


def crossings_project_irr(terms: Terms, rate_pct: float, *, years: int) -> list[float]:
    """Give the project returns, per cent a year, at which readings A and B are worth the same.

    Worth: Japan's `npv` at ``rate_pct`` of a level project as in `break_even_project_irr`. Below
    the first B is worth more to Japan, between the first two A is, and so on.
    """
    a, b = (_japan_npv(_read(terms, reading), rate_pct, years) for reading in ("A", "B"))
    grid = np.arange(*PROJECT_IRR_PCT)
    # Where neither recoups, both may be the same to the last digit but one.
    apart = np.round(a(grid) - b(grid), 9)
    at = [k for k, (x, y) in enumerate(pairwise(apart)) if x * y < 0]
    return [float(brentq(lambda x: a(x) - b(x), grid[k], grid[k + 1], xtol=1e-9)) for k in at]


def asked_of_projects(
    terms: Terms, targets_pct: Mapping[str, float], *, years: int
) -> pd.DataFrame:
    """Give `break_even_project_irr` of each target (columns) under readings A and B (rows)."""
    rows = {
        reading: [
            break_even_project_irr(_read(terms, reading), target, years=years)
            for target in targets_pct.values()
        ]
        for reading in ("A", "B")
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(targets_pct))


def _read(terms: Terms, reading: str) -> Terms:
    return Terms(**(terms.model_dump() | {"reading": reading}))


def _japan_npv(terms: Terms, rate_pct: float, years: int) -> Callable[[ArrayLike], Array]:
    """Give what a level project is worth to Japan, as a function of its return."""
    return lambda project_irr_pct: npv(japan_net(project_irr_pct, terms, years), rate_pct)


def japan_net(project_irr_pct: ArrayLike, terms: Terms, years: int) -> Array:
    """Give Japan's flows of a level project as in `break_even_project_irr`: its own x (years + 1).

    Their `irr` is Katz's "3 % of 6 %": under reading B with interest first, a project that just
    earns the deemed rate gives Japan all principal and half the interest. Under A it is less.
    """
    cash = level_project(project_irr_pct, years)
    paid_in = np.zeros_like(cash)
    paid_in[..., 0] = 100
    return share_out(cash, paid_in, terms).japan_net


def outcomes(shared: Waterfall, rate_pct: float) -> pd.DataFrame:
    """Sum up each draw of a portfolio (rows), in present values at ``rate_pct`` a year, USD bn.

    ``japan_npv`` is net of what Japan pays in, ``us_npv`` all that the United States receive, as it
    pays nothing in; ``us_npv_share`` and ``us_cash_share`` are its fractions of all cash, with and
    without discount. ``japan_irr_pct`` and ``project_irr_pct`` are of the whole portfolio.
    ``japan_loss`` and ``project_loss`` add up what does not come back, undiscounted, over the
    projects that lose: to Japan, and at all.
    """
    cash = shared.japan + shared.us
    net, all_net = shared.japan_net, cash - shared.paid_in
    us, worth = (npv(x, rate_pct).sum(axis=-1) for x in (shared.us, cash))
    money, all_money = (x.sum(axis=(-2, -1)) for x in (shared.us, cash))
    with np.errstate(invalid="ignore"):
        shares = {"us_npv_share": us / worth, "us_cash_share": money / all_money}
    return pd.DataFrame(
        {
            "japan_npv": npv(net, rate_pct).sum(axis=-1),
            "us_npv": us,
            **shares,
            "japan_irr_pct": irr(net.sum(axis=-2)),
            "project_irr_pct": irr(all_net.sum(axis=-2)),
            "japan_loss": np.maximum(-net.sum(axis=-1), 0).sum(axis=-1),
            "project_loss": np.maximum(-all_net.sum(axis=-1), 0).sum(axis=-1),
        }
    )
