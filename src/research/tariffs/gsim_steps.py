"""The global simulation model in small steps and their limit, for changes too large for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.flow_checks import LARGEST_RATE_SHARE
from research.tariffs.gsim import GsimElasticities, gsim

#: Steps of the shorter of two paths, after which the limit is told (docs/methods.md).
STEPS = 32


@dataclass(frozen=True, eq=False, slots=True)
class GsimPath:
    """Where a path of small steps ends; money in the unit of the flows.

    Attributes
    ----------
    world_price_ratio
        (origins,): price that exporters receive, ratio to before.
    trade_value
        (origins, destinations): flows at the end, at the world prices there.
    welfare
        Countries x ``producer_surplus_change``, ``consumer_surplus_change``, ``revenue_change``
        and ``net_welfare_change``: sums over the steps.
    """

    world_price_ratio: pd.Series
    trade_value: pd.DataFrame
    welfare: pd.DataFrame


def gsim_in_steps(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    steps: int,
    largest_rate_share: float = LARGEST_RATE_SHARE,
    **elasticities: Unpack[GsimElasticities],
) -> GsimPath:
    r"""Follow world prices and trade from one set of tariffs to another.

    The powers move in equal ratios, :math:`T_k = T_0 (T_1 / T_0)^{k/K}`; each step is one `gsim`
    from where the last one ended. As K grows, the end is that of the model with constant
    elasticities: the linear responses are then exact at every point of the path.

    Parameters
    ----------
    steps
        Number of steps K; one is `gsim` itself.

    Other parameters are those of `gsim`.

    Raises
    ------
    InputError
        As `gsim`; if ``steps`` is not above zero, or a step is so long that a flow falls to zero.

    References
    ----------
    Francois and Hall (2003) for the step; solving linear responses along a path is the method of
    Johansen and Euler, as in Dixon, Parmenter, Sutton and Vincent (1982), ORANI.
    """
    if steps < 1:
        raise InputError("There is no path.", [Fault("steps", "at least 1", str(steps))])
    ratio = (power_after.reindex_like(power_before) / power_before) ** (1 / steps)
    price = pd.Series(1.0, trade.index)
    parts = []
    for step in range(steps):
        last = step == steps - 1
        result = gsim(
            trade,
            power_before,
            power_after if last else power_before * ratio,
            largest_rate_share=largest_rate_share,
            **elasticities,
        )
        _check_positive(trade, result.trade_value, steps)
        price = price * (1 + result.world_price_change_share)
        parts.append(result.summary())
        trade, power_before = result.trade_value, power_before * ratio
    welfare = pd.concat(parts).groupby(level="country", sort=False).sum()
    return GsimPath(price, trade, welfare)


def gsim_limit(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    steps: int = STEPS,
    largest_rate_share: float = LARGEST_RATE_SHARE,
    **elasticities: Unpack[GsimElasticities],
) -> GsimPath:
    r"""Tell where ever smaller steps end from a path of K steps and one of 2 K.

    The error of a path is close to a multiple of :math:`1/K`, so that for logs of prices and
    flows, and for welfare,

    .. math:: y_\infty \approx 2\, y_{2K} - y_K

    with an error close to a multiple of :math:`1/K^2`.

    Parameters
    ----------
    steps
        Number of steps K of the shorter path.

    Other parameters are those of `gsim`.

    Raises
    ------
    InputError
        As `gsim_in_steps`.

    References
    ----------
    Harrison and Pearson (1996), Computational Economics 9, on extrapolation from multi-step
    solutions of linearised models.
    """
    short, long = (
        gsim_in_steps(
            trade,
            power_before,
            power_after,
            steps=number,
            largest_rate_share=largest_rate_share,
            **elasticities,
        )
        for number in (steps, 2 * steps)
    )
    moved = (long.trade_value / short.trade_value).fillna(1.0)  # no flow stays none
    return GsimPath(
        long.world_price_ratio**2 / short.world_price_ratio,
        long.trade_value * moved,
        2 * long.welfare - short.welfare,
    )


def _check_positive(before: pd.DataFrame, after: pd.DataFrame, steps: int) -> None:
    """Refuse a step in which a flow that was there falls to zero or below."""
    gone = np.argwhere(((before > 0) & (after <= 0)).to_numpy())
    todo = f"Take more than {steps} steps, or a smaller change of tariffs."
    faults = [
        Fault(
            f"trade, {before.index[row]} to {before.columns[column]}",
            "a flow above zero after each step",
            f"{after.iloc[row, column]:g}",
            todo,
        )
        for row, column in gone
    ]
    raise_if(InputError, "The change is too large for steps of this length.", faults)
