"""General equilibrium of tariffs: exact changes from observed trade, any number of sectors.

One sector without inputs is the model of Dekle, Eaton and Kortum; many sectors that buy from each
other are that of Caliendo and Parro.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from research.errors import InputError, raise_if
from research.labels import frame_faults
from research.tariffs.models import door
from research.tariffs.models.door import HIGHEST_RATE_SHARE, Elasticity, RevenueUse
from research.tariffs.models.result import Equilibrium, labelled, welfare_pct
from research.tariffs.models.search import newton_steps, solve_world
from research.tariffs.models.solver import Array
from research.tariffs.models.world import World

# Cases solved together: their arrays stay in the processor's cache.
_TOGETHER = 32

_SUMMARY = "The equilibrium cannot be solved."


@dataclass(frozen=True, eq=False, slots=True)
class Options:
    r"""What an economy is asked beside tariffs, with its symbols in the methods.

    Of deficits a share stays (zero balances trade). Three may be given by country: the share of
    value added that the state hands back whatever is worked; by importer the part of what is paid
    that is earned at home, and ``selection`` :math:`\chi \ge 1`, by which buyers' prices move with
    :math:`\hat\tau^\chi` as fewer firms sell.
    """

    labour_supply_elasticity: float = 0.0
    revenue_use: RevenueUse = "lump_sum"
    firm_pass_through: float = 1.0
    deficit_left_share: float = 1.0
    income_tax_share: Elasticity = 0.0
    scale_elasticity: float = 0.0
    services_share: Elasticity = 0.0
    selection: Elasticity = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Economy:
    """A checked world to be solved in turn; flows and ``sectors`` in the order of ``world``."""

    world: World
    flows_musd: pd.DataFrame
    sectors: pd.Index
    highest_rate_share: float = HIGHEST_RATE_SHARE

    def solve(self) -> Equilibrium:
        """Solve for the equilibrium at the new rates."""
        raise_if(InputError, _SUMMARY, door.base_faults(self.world))
        return self._solve()

    def base(self) -> Economy:
        """Start from the equilibrium at old rates and costs, with the deficits that are left.

        So deficits are closed before tariffs change, and final shares that were given are those of
        the flows. The new rates are asked of what comes back.
        """
        world = self.world
        still = replace(world, new_power=world.old_power, trade_cost_hat=np.ones_like(world.flows))
        flows = replace(self, world=still)._solve().flows_musd
        known = flows.to_numpy().reshape(world.flows.shape)
        world = replace(world, flows=known, deficit_left_share=1.0)
        return replace(self, world=world, flows_musd=flows)

    def _solve(self) -> Equilibrium:
        state, trail = solve_world(self.world, self.flows_musd.columns)
        return labelled(self.world, state, self.flows_musd, self.sectors, trail)

    def at(self, new_rate_share: Array | pd.DataFrame) -> Equilibrium:
        """Solve with other new rates: a frame, or exporter x importer in the order of the flows."""
        axes, rates = self.flows_musd.axes, new_rate_share
        frame = rates if isinstance(rates, pd.DataFrame) else pd.DataFrame(rates, *axes)
        faults = door.rate_faults(frame, "new_rate_share", self.highest_rate_share, *axes)
        raise_if(InputError, _SUMMARY, faults)
        world = replace(self.world, new_power=self._power(_like(frame, self.flows_musd)))
        return replace(self, world=world).solve()

    def with_theta(self, theta: Elasticity) -> Economy:
        """Give the same world with other elasticities."""
        faults = door.theta_faults(theta, door.sectors_of(self.flows_musd))
        raise_if(InputError, _SUMMARY, faults)
        figures = door.per_label(theta, self.sectors)[:, None]
        return replace(self, world=replace(self.world, theta=figures))

    def welfare_pct(self, thetas: pd.DataFrame) -> pd.DataFrame:
        """Give `Equilibrium.welfare_pct` for many elasticities, cases x sectors, at once."""
        named = thetas.set_axis([str(case) for case in thetas.index])
        faults = frame_faults(named, "thetas", None, self.sectors, above=0)
        raise_if(InputError, _SUMMARY, faults)
        rows = thetas[self.sectors].to_numpy(float).T
        found = self._together(lambda part: replace(self.world, theta=part), rows)
        return found.set_axis(thetas.index)

    def welfare_pct_at(self, new_rates_share: Sequence[Array]) -> pd.DataFrame:
        """Give `Equilibrium.welfare_pct` for many new rates, a row each, at once."""
        rows = np.concatenate([self._power(one) for one in new_rates_share], axis=-1)
        return self._together(lambda part: replace(self.world, new_power=part), rows)

    def _together(self, world_of: Callable[[Array], World], cases: Array) -> pd.DataFrame:
        """Solve for the cases on the last axis, by the steps of the middle one."""
        raise_if(InputError, _SUMMARY, door.base_faults(self.world))
        names, n = self.flows_musd.columns, cases.shape[-1]
        newton = newton_steps(world_of(np.median(cases, axis=-1, keepdims=True)), n)
        worlds = map(world_of, np.split(cases, range(_TOGETHER, n, _TOGETHER), axis=-1))
        found = [welfare_pct(one, solve_world(one, names, newton)[0]) for one in worlds]
        return pd.DataFrame(np.concatenate(found, axis=-1).T, columns=names)

    def _power(self, rate_share: Array) -> Array:
        return np.asarray(1 + rate_share.reshape(self.world.flows.shape))


def solve_equilibrium(flows_musd: pd.DataFrame, **more: Any) -> Equilibrium:
    """Solve for the equilibrium after a change: `prepare` with its parameters, then `solve`."""
    return prepare(flows_musd, **more).solve()


def prepare(
    flows_musd: pd.DataFrame,
    *,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    theta: Elasticity,
    input_shares: pd.DataFrame | None = None,
    final_shares: pd.DataFrame | None = None,
    trade_cost_hat: pd.DataFrame | None = None,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
    **options: Any,
) -> Economy:
    r"""Check a world of N countries and S sectors, to be solved once or many times.

    Equations, symbols and options stand in docs/methods/tariffs.md, general equilibrium (Dekle,
    Eaton and Kortum 2008, IMF Staff Papers 55, 511-540; Costinot and Rodriguez-Clare 2014, Handbook
    of International Economics 4, 197-261; Caliendo and Parro 2015, Review of Economic Studies 82).

    Parameters
    ----------
    flows_musd
        Exporter x importer, or (sector, exporter) x importer, with domestic sales; USD million
        before the tariff. All other frames are labelled so, but for shares.
    old_rate_share, new_rate_share
        Shares (0.15 is 15 %), zero on own goods; above ``highest_rate_share`` they are refused.
    theta
        Elasticity of spending shares to buyers' prices (Armington sigma minus one, or the Frechet
        shape of Eaton and Kortum): a number, with sectors a Series.
    input_shares
        (country, input sector) x using sector: cost of the input, tariff paid, over output.
    final_shares
        Sector x country, adding up to one: final spending; ``None`` takes what of purchases is no
        input. Where the flows say otherwise, `Economy.base` has to be asked first.
    trade_cost_hat
        Ratios of iceberg trade costs, new to old; ``None`` leaves them.
    options
        What is asked beside tariffs (`Options`).

    Every fault of what is given is named in one `InputError`.
    """
    asked = Options(**options)
    frames: dict[str, Any] = {
        "old_rate_share": old_rate_share,
        "new_rate_share": new_rate_share,
        "trade_cost_hat": trade_cost_hat,
        "input_shares": input_shares,
        "final_shares": final_shares,
        "theta": theta,
    }
    given = {name: getattr(asked, name) for name in Options.__dataclass_fields__}
    given["highest_rate_share"] = highest_rate_share
    raise_if(InputError, _SUMMARY, door.equilibrium_faults(flows_musd, frames, given))
    sectors, flows = _ordered(flows_musd)
    world = _world(flows, sectors, frames, asked)
    raise_if(InputError, _SUMMARY, door.world_faults(world, sectors, flows.columns))
    return Economy(world, flows, sectors, highest_rate_share)


def _ordered(flows_musd: pd.DataFrame) -> tuple[pd.Index, pd.DataFrame]:
    sectors = door.sectors_of(flows_musd)
    if sectors is None:
        flows = flows_musd.reindex(columns=flows_musd.index).astype(float)
        return pd.Index(["all goods"], name="sector"), flows
    names = ["sector", "exporter"]
    order = pd.MultiIndex.from_product([sectors, flows_musd.columns], names=names)
    return sectors, flows_musd.reindex(order).astype(float)


def _world(flows: pd.DataFrame, sectors: pd.Index, frames: dict[str, Any], asked: Options) -> World:
    countries, s, n = flows.columns, len(sectors), len(flows.columns)
    shares, final = np.zeros((n, s, s)), frames["final_shares"]
    if frames["input_shares"] is not None:
        buying = pd.MultiIndex.from_product([countries, sectors])
        shares = frames["input_shares"].reindex(index=buying, columns=sectors).to_numpy(float)
        shares = shares.reshape(n, s, s)
    by_flow = [frames[k] for k in ("old_rate_share", "new_rate_share", "trade_cost_hat")]
    old, new, cost = (_like(values, flows).reshape(s, n, n, 1) for values in by_flow)
    by_country = ("income_tax_share", "services_share", "selection")
    if final is not None:
        final = final.reindex(index=sectors, columns=countries).to_numpy(float)[:, :, None]
    return World(
        flows=flows.to_numpy().reshape(s, n, n, 1),
        old_power=1 + old,
        new_power=1 + new,
        trade_cost_hat=cost,
        pass_through=float(asked.firm_pass_through),
        value_added_shares=(1 - shares.sum(axis=1).T)[:, :, None],
        input_shares=shares,
        theta=door.per_label(frames["theta"], sectors)[:, None],
        labour_supply_elasticity=float(asked.labour_supply_elasticity),
        revenue_on_wages=asked.revenue_use == "income_tax",
        deficit_left_share=float(asked.deficit_left_share),
        scale_elasticity=float(asked.scale_elasticity),
        given_final_shares=final,
        **{k: door.per_label(getattr(asked, k), countries)[:, None] for k in by_country},
    )


def _like(values: pd.DataFrame | None, flows: pd.DataFrame) -> Array:
    """Put a frame into the order of the flows; ``None`` is one everywhere."""
    if values is None:
        return np.ones(flows.shape)
    return np.asarray(values.reindex(index=flows.index, columns=flows.columns), dtype=float)
