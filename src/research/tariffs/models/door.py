"""What the models take: flows, rates, elasticities and options, every fault as a line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Literal, TypeAlias, TypeGuard, get_args

import numpy as np
import pandas as pd

from research.errors import Fault
from research.labels import cell_faults, frame_faults, series_faults
from research.tariffs.law import LARGEST_RATE_SHARE
from research.tariffs.models.solver import Array
from research.tariffs.models.world import World
from research.values import brief

#: A rate above this is more likely a per cent than a share; callers may raise it.
HIGHEST_RATE_SHARE = LARGEST_RATE_SHARE

#: Who gets the revenue: households as they are, or wage earners through a lower income tax.
RevenueUse: TypeAlias = Literal["lump_sum", "income_tax"]

#: One elasticity for all, or one for each label.
Elasticity: TypeAlias = float | pd.Series

# Options that are numbers: from, to, and how this is said. No subnormal is meant by "above 0".
_ABOVE_0 = np.finfo(float).tiny
_RANGES = {
    "labour_supply_elasticity": (0.0, np.inf, "a finite number of zero or more"),
    "firm_pass_through": (_ABOVE_0, 1.0, "a share above 0, at most 1"),
    "deficit_left_share": (0.0, 1.0, "a share from 0 to 1"),
    "highest_rate_share": (_ABOVE_0, np.inf, "a finite rate above 0, as a share"),
    "income_tax_share": (0.0, np.nextafter(1, 0), "a share from 0, below 1"),
    "scale_elasticity": (0.0, np.inf, "a finite number of zero or more"),
    "services_share": (0.0, np.nextafter(1, 0), "a share from 0, below 1"),
    "selection": (1.0, np.inf, "a finite number of at least 1"),
}

# Options that may be given by country.
_BY_COUNTRY = ("income_tax_share", "services_share", "selection")

# Final spending may be below zero by this share of all spending: rounding of the table.
_ROUNDING = 1e-9

# Budgets in the flows and those asked for differ by less, relative to income.
_SAME_BUDGETS = 1e-6


def is_number(value: object) -> TypeGuard[float]:
    """Tell a finite number from text and a truth value."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def equilibrium_faults(
    flows_musd: object, frames: Mapping[str, object], numbers: Mapping[str, object]
) -> list[Fault]:
    """List why `equilibrium.prepare` refuses its frames and its numbers, by name."""
    top, cost, theta = numbers["highest_rate_share"], frames["trade_cost_hat"], frames["theta"]
    sectors, axes, faults = None, (None, None), _flow_faults(flows_musd)
    if isinstance(flows_musd, pd.DataFrame):
        sectors = sectors_of(flows_musd)
        # All else is held against the labels of the flows where these are good, figures always.
        if all(one.where == "flows_musd" for one in faults):
            axes = tuple(flows_musd.axes)
    highest = float(top) if is_number(top) and top > 0 else np.inf
    for name in ("old_rate_share", "new_rate_share"):
        faults += rate_faults(frames[name], name, highest, *axes)
    if cost is not None:
        faults += frame_faults(cost, "trade_cost_hat", *axes, above=0)
    if sectors is not None and axes[1] is not None:
        inputs = frames["input_shares"]
        faults += _share_faults(inputs, axes[1], sectors)
        faults += _final_faults(frames["final_shares"], axes[1], sectors)
    elif sectors is None:
        faults += [
            Fault(name, "flows by (sector, exporter)", "exporters alone")
            for name in ("input_shares", "final_shares")
            if frames[name] is not None and isinstance(flows_musd, pd.DataFrame)
        ]
    if isinstance(theta, pd.Series) and axes[0] is None:
        faults += series_faults(theta, "theta", above=0)
    else:
        faults += theta_faults(theta, sectors)
    return [*faults, *_number_faults(numbers, *axes)]


def axes_faults(values: object, where: str, *, named: bool = False) -> list[Fault]:
    """List axes that are named the other way round; if they have to be ``named``, without names.

    A square table that is read transposed fits all labels: only the names of its axes tell.
    """
    if not isinstance(values, pd.DataFrame):
        return []
    wanted = ["sector", "exporter", "importer"][-1 - values.index.nlevels :]
    found = [*values.index.names, *values.columns.names]
    odd = {x for x, want in zip(found, wanted, strict=False) if x != want}
    if not odd if named else not odd & set(wanted) or found[:-1] == wanted[:-1]:
        return []
    asked = f"rows of {' and '.join(wanted[:-1])}, columns of importer"
    todo = "Name the axes: `.rename_axis(index='exporter', columns='importer')`."
    if found == wanted[::-1]:
        todo = "Give it transposed: `.T`."
    return [Fault(where, asked, f"axes named {', '.join(map(str, found))}", todo)]


def sectors_of(flows_musd: pd.DataFrame) -> pd.Index | None:
    """Give the sectors of flows by (sector, exporter); ``None`` where all goods are one."""
    if flows_musd.index.nlevels == 1:
        return None
    return flows_musd.index.get_level_values(0).unique().rename("sector")


def theta_faults(theta: object, sectors: pd.Index | None) -> list[Fault]:
    """List why ``theta`` is no share elasticity above zero: one, or one for each sector."""
    if sectors is not None:
        return series_faults(theta, "theta", sectors, above=0)
    todo = "Give the elasticity of shares: the Armington sigma minus one."
    good = is_number(theta) and theta > 0
    return [] if good else [Fault("theta", "a share elasticity above 0", brief(theta), todo)]


def world_faults(world: World, sectors: pd.Index, countries: pd.Index) -> list[Fault]:
    """List sectors that nobody buys, and countries that make or spend nothing."""
    bought = pd.DataFrame(world.expenditure[..., 0], sectors, countries)
    final = pd.DataFrame(world.final_spending[..., 0], sectors, countries)
    made = pd.Series(world.value_added[:, 0], countries)
    income = pd.Series(world.old_income[:, 0], countries)
    todo = "Stocks were run down: give final_shares."
    short = final < -_ROUNDING * bought.sum(axis=0)
    if world.given_final_shares is not None:
        short = short & False
    return [
        *cell_faults(bought, bought <= 0, "flows_musd", "purchases of every sector", "Join it."),
        *cell_faults(final, short, "final spending", "zero or more", todo),
        *cell_faults(made, made <= 0, "flows_musd", "countries that make something"),
        *cell_faults(income, income <= 0, "flows_musd", "final spending above zero"),
    ]


def base_faults(world: World) -> list[Fault]:
    """List why no change can be asked of flows that are no equilibrium under the shares given."""
    if world.given_final_shares is None:
        return []
    asked = world.given_final_shares * world.old_income
    gap = float((np.abs(asked - world.final_spending) / world.old_income).max())
    todo = "Start from the equilibrium under these shares: `Economy.base`."
    found = f"budgets off by up to {gap:.1e} of income"
    same = "flows in which final shares hold"
    return [] if gap <= _SAME_BUDGETS else [Fault("final_shares", same, found, todo)]


def _flow_faults(flows_musd: object) -> list[Fault]:
    where = "flows_musd"
    if not isinstance(flows_musd, pd.DataFrame):
        return frame_faults(flows_musd, where)
    rows, whole = flows_musd.index, None
    exporters = rows.get_level_values(-1).unique()
    if rows.nlevels > 1:
        whole = pd.MultiIndex.from_product([rows.get_level_values(0).unique(), exporters])
    faults = frame_faults(flows_musd, where, whole, exporters, at_least=0)
    faults += [replace(one, where=f"{where}, axes") for one in axes_faults(flows_musd, where)]
    if len(flows_musd.columns) < 2:
        faults.append(Fault(where, "at least two countries", str(len(flows_musd.columns))))
    if rows.nlevels > 2:
        faults.append(Fault(f"{where}, rows", "exporter, or sector and exporter", "more levels"))
    return faults


def rate_faults(values: object, where: str, highest: float, *axes: pd.Index | None) -> list[Fault]:
    """List why ``values`` are no rates, shares of at most ``highest``, on flows so labelled."""
    faults = [*axes_faults(values, where), *frame_faults(values, where, *axes)]
    if faults or not isinstance(values, pd.DataFrame):
        return faults
    own = np.equal.outer(values.index.get_level_values(-1), values.columns).astype(bool)
    todo = "Write 15 % as 0.15; a rate that is truly so high needs a higher highest_rate_share."
    top = f"rates as shares of at most {highest:g}"
    return [
        *cell_faults(values, values > highest, where, top, todo),
        *cell_faults(values, values < 0, where, "rates of zero or more"),
        *cell_faults(values, own & (values != 0), where, "no rate on a country's own goods"),
    ]


def _share_faults(input_shares: object, countries: pd.Index, sectors: pd.Index) -> list[Fault]:
    where, wanted = "input_shares", pd.MultiIndex.from_product([countries, sectors])
    faults = frame_faults(input_shares, where, wanted, sectors, at_least=0)
    if faults or not isinstance(input_shares, pd.DataFrame):
        return faults
    totals = input_shares.groupby(level=0).sum()
    return cell_faults(totals, totals >= 1, where, "inputs that leave value added")


def _final_faults(final_shares: object, countries: pd.Index, sectors: pd.Index) -> list[Fault]:
    if final_shares is None:
        return []
    where = "final_shares"
    faults = frame_faults(final_shares, where, sectors, countries, at_least=0)
    if faults or not isinstance(final_shares, pd.DataFrame):
        return faults
    totals = final_shares.sum()
    return cell_faults(totals, (totals - 1).abs() > _SAME_BUDGETS, where, "shares that add up to 1")


def _number_faults(numbers: Mapping[str, object], *axes: pd.Index | None) -> list[Fault]:
    """List options out of their range: numbers, some by country, and one word."""
    faults: list[Fault] = []
    for name, (low, high, asked) in _RANGES.items():
        value = numbers[name]
        if isinstance(value, pd.Series) and name in _BY_COUNTRY:
            found = series_faults(value, name, axes[-1])
            faults += found or cell_faults(value, (value < low) | (value > high), name, asked)
        elif not (is_number(value) and low <= value <= high):
            faults.append(Fault(name, asked, brief(value)))
    use, known = numbers["revenue_use"], get_args(RevenueUse)
    if not isinstance(use, str) or use not in known:
        faults.append(Fault("revenue_use", f"one of {', '.join(known)}", brief(use)))
    return faults


def per_label(value: Elasticity, labels: pd.Index) -> Array:
    """Give one elasticity a label, in the order of ``labels``."""
    figures = value.reindex(labels) if isinstance(value, pd.Series) else value
    return np.broadcast_to(np.asarray(figures, dtype=float), len(labels))
