"""Checks of what general equilibrium with many sectors takes."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from research.errors import Fault
from research.labels import cell_faults, frame_faults, series_faults
from research.tariffs.hat_checks import flow_faults, rates_faults
from research.tariffs.hat_one_sector import trade_cost_faults
from research.tariffs.hat_options import Options, option_faults, pass_through_faults
from research.tariffs.hat_world import World, bought_inputs

# Final spending may be below zero by this share of all spending: rounding of the table.
_ROUNDING = 1e-9


def many_sectors_faults(
    flows_musd: pd.DataFrame,
    *,
    input_shares: pd.DataFrame,
    theta: pd.Series | None,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    highest_rate_share: float,
    **options: Unpack[Options],
) -> list[Fault]:
    """List why the frames and options of `solve_many_sectors` are refused; ``None`` comes later."""
    through = options.get("firm_pass_through", 1.0)
    # All else is held against the labels of the flows, once these are good.
    faults = _flow_faults(flows_musd) or [
        *_share_faults(input_shares, flows_musd),
        *_theta_faults(theta, sectors_of(flows_musd)),
        *rates_faults(old_rate_share, new_rate_share, flows_musd, highest_rate_share),
        *trade_cost_faults(options.get("trade_cost_hat"), flows_musd),
        *pass_through_faults(through, flows_musd),
    ]
    others = option_faults(
        options.get("labour_supply_elasticity", 0.0),
        options.get("revenue_use", "lump_sum"),
        through,
        options.get("deficit_left_share", 1.0),
    )
    return [*faults, *others]


def world_faults(world: World, sectors: pd.Index, countries: pd.Index) -> list[Fault]:
    """List sectors that nobody buys, and countries that make or spend nothing."""
    bought = pd.DataFrame(world.expenditure, sectors, countries)
    final = bought - bought_inputs(world.input_shares, world.output)
    rounding = _ROUNDING * bought.sum(axis=0)
    made = pd.DataFrame(world.value_added[None], ["value added"], countries)
    todo = "Add the sector to another one, or correct stocks that were run down."
    return [
        *cell_faults(bought, bought <= 0, "flows_musd", "purchases of every sector", todo),
        *cell_faults(final, final < -rounding, "final spending", "zero or more", todo),
        *cell_faults(made, made <= 0, "flows_musd", "countries that make something"),
        *_income_faults(world, countries),
    ]


def sectors_of(flows_musd: pd.DataFrame) -> pd.Index:
    """Give the sectors of flows by (sector, exporter)."""
    return flows_musd.index.get_level_values(0).unique().rename("sector")


def _flow_faults(flows_musd: pd.DataFrame) -> list[Fault]:
    faults = flow_faults(flows_musd)
    if not faults and flows_musd.index.nlevels != 2:
        faults = [Fault("flows_musd, rows", "sector and exporter", "one level")]
    return faults


def _theta_faults(theta: pd.Series | None, sectors: pd.Index) -> list[Fault]:
    return [] if theta is None else series_faults(theta, "theta", sectors, above=0)


def _share_faults(input_shares: object, flows_musd: pd.DataFrame) -> list[Fault]:
    where, sectors = "input_shares", sectors_of(flows_musd)
    wanted = pd.MultiIndex.from_product([flows_musd.columns, sectors])
    faults = frame_faults(input_shares, where, wanted, sectors, at_least=0)
    if faults or not isinstance(input_shares, pd.DataFrame):
        return faults
    totals = input_shares.groupby(level=0).sum()
    return cell_faults(totals, totals >= 1, where, "inputs that leave value added")


def _income_faults(world: World, countries: pd.Index) -> list[Fault]:
    """List countries whose final spending is not above zero."""
    return [
        Fault(f"flows_musd, {name}", "final spending above zero", f"{income:g}")
        for name, income in zip(countries, world.old_income, strict=True)
        if income <= 0
    ]
