"""The global simulation model: one good, many countries, tariffs from each to each.

Goods differ by country of origin, demand is of constant elasticity of substitution, and all
responses are linear in relative changes, as published. Large changes go in small steps, whose limit
is the model with constant elasticities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import InputError, raise_if
from research.labels import cell_faults, frame_faults
from research.tariffs.models.solver import Array

#: Steps of the shorter of two paths, after which the limit is told.
STEPS = 32


@dataclass(frozen=True, eq=False, slots=True)
class GsimResult:
    """Prices, trade and welfare after a change of tariffs; money in the unit of the flows.

    (origins,) prices that exporters receive, ratio to before; origins x destinations, new flows at
    them; countries x ``producer_surplus_change``, ``consumer_surplus_change``, ``revenue_change``
    and their sum ``net_welfare_change``: a country that does not export has no producers in the
    model, one that does not import no consumers (zero).
    """

    world_price_ratio: pd.Series
    trade_value: pd.DataFrame
    welfare: pd.DataFrame


def gsim(
    trade: pd.DataFrame,
    power_before: pd.DataFrame,
    power_after: pd.DataFrame,
    *,
    import_demand_elasticity: float,
    export_supply_elasticity: float,
    substitution_elasticity_sigma: float,
    steps: int = 1,
) -> GsimResult:
    r"""Solve for the world prices that clear every exporter's market after a change of tariffs.

    With the expenditure shares :math:`\theta_{rv}` of origin r in destination v at internal
    prices, and the shares :math:`\varphi_{rv}` of destination v in r's exports at world prices:

    .. math::
        \hat M_{rv} = -E_s (\hat p_r + \hat T_{rv})
            + (E_m + E_s) \sum_s \theta_{sv} (\hat p_s + \hat T_{sv}),
        \qquad E_x \hat p_r = \sum_v \varphi_{rv} \hat M_{rv}

    All frames are origins x destinations, labelled alike: flows at world prices (sales at home may
    be on the diagonal), powers 1 + tariff rate as a share. ``import_demand_elasticity`` :math:`E_m`
    is below 0, ``export_supply_elasticity`` :math:`E_x` and ``substitution_elasticity_sigma``
    :math:`E_s` are above it. Powers move in ``steps`` equal ratios,
    :math:`T_k = T_0 (T_1 / T_0)^{k/K}`: one is the model as published; as K grows, the end is that
    of the model with constant elasticities. A flow or a price that a step takes to zero or below is
    an `InputError`: there the linear answer means nothing, and `gsim_limit` has to be asked.

    Francois and Hall (2003), Global Simulation Analysis of Industry-Level Trade Policy; surpluses
    are trapezoids on linear curves. Paths of linear responses: Dixon, Parmenter, Sutton and Vincent
    (1982), ORANI.
    """
    powers = {"power_before": power_before, "power_after": power_after}
    faults = [x for name, one in powers.items() for x in frame_faults(one, name, *trade.axes)]
    raise_if(InputError, "The markets cannot be solved.", faults)
    before, after = (power.reindex_like(trade).to_numpy(float) for power in powers.values())
    flows, power, price = trade.to_numpy(float), before, np.ones(len(trade))
    asked = import_demand_elasticity, export_supply_elasticity, substitution_elasticity_sigma
    parts = []
    for step in range(1, steps + 1):
        last, power = power, after if step == steps else power * (after / before) ** (1 / steps)
        change, value, welfare = _step(flows, last, power, asked)
        _check_positive(trade, flows, change, value, steps)
        flows, price = value, price * (1 + change)
        parts.append(welfare)
    origins, destinations = trade.axes
    countries = origins.append(destinations.difference(origins))
    table = pd.DataFrame(index=countries.rename("country"))
    for name in parts[0]:
        axis = origins if name == "producer_surplus_change" else destinations
        total = pd.Series(np.sum([part[name] for part in parts], axis=0), axis)
        table[name] = total.reindex(countries, fill_value=0.0)
    return GsimResult(
        pd.Series(price, origins),
        pd.DataFrame(flows, origins, destinations),
        table.assign(net_welfare_change=table.sum(axis=1)),
    )


def gsim_limit(*case: pd.DataFrame, steps: int = STEPS, **elasticities: float) -> GsimResult:
    r"""Tell where ever smaller steps of `gsim` end from a path of K steps and one of 2 K.

    The error of a path is close to a multiple of :math:`1/K`, so that for logs of prices and
    flows, and for welfare, :math:`y_\infty \approx 2\, y_{2K} - y_K` with an error close to a
    multiple of :math:`1/K^2` (Harrison and Pearson 1996, Computational Economics 9). Arguments are
    those of `gsim`.
    """
    short, long = (gsim(*case, steps=number, **elasticities) for number in (steps, 2 * steps))
    moved = (long.trade_value / short.trade_value).fillna(1.0)  # no flow stays none
    return GsimResult(
        long.world_price_ratio**2 / short.world_price_ratio,
        long.trade_value * moved,
        2 * long.welfare - short.welfare,
    )


def _step(
    trade: Array, before: Array, after: Array, elasticities: tuple[float, float, float]
) -> tuple[Array, Array, dict[str, Array]]:
    """Answer at once: relative change of world prices, flows, parts of welfare."""
    demand, supply, sigma = elasticities
    cross, spending, exports = demand + sigma, trade * before, trade.sum(axis=1)
    share, weight = spending / spending.sum(axis=0), trade / exports[:, None]
    power = after / before - 1
    # (E_x - sum_v phi_v N_v) p = sum_v phi_v N_v T_v, N_v the price elasticities in v.
    system = (supply + sigma) * np.eye(len(trade)) - cross * weight @ share.T
    shift = (weight * (cross * (share * power).sum(axis=0) - sigma * power)).sum(axis=1)
    price = np.linalg.solve(system, shift)
    internal = power + price[:, None]
    composite = (share * internal).sum(axis=0)
    value = trade * (1 + cross * composite - sigma * internal) * (1 + price)[:, None]
    consumers = spending.sum(axis=0) * composite * (1 + demand * composite / 2)
    welfare = {
        "producer_surplus_change": exports * price * (1 + supply * price / 2),
        "consumer_surplus_change": -consumers,
        "revenue_change": (value * (after - 1) - trade * (before - 1)).sum(axis=0),
    }
    return price, value, welfare


def _check_positive(
    labels: pd.DataFrame, trade: Array, change: Array, value: Array, steps: int
) -> None:
    gone = (value <= 0) & (trade > 0)
    if not gone.any() and (change > -1).all():
        return
    flows = pd.DataFrame(value, *labels.axes)
    prices = pd.Series(1 + change, labels.index)
    todo = f"Take more than {steps} steps, or a smaller change of tariffs."
    if steps == 1:
        todo = "The linear answer is out of its range: ask `gsim_limit`."
    asked = "above zero after each step"
    faults = cell_faults(prices, prices <= 0, "world_price_ratio", f"prices {asked}", todo)
    faults += cell_faults(flows, gone, "trade", f"flows {asked}", todo)
    raise_if(InputError, "The change is too large for steps of this length.", faults)
