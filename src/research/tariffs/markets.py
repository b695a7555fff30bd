"""US markets sector by sector: revenue at every rate, and who is bought from instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy import optimize

from research.data import load_table
from research.shared import shared
from research.tariffs.elasticities import SET_NAMES, Thetas, load_thetas
from research.tariffs.models.armington import laffer_curve
from research.tariffs.models.registry import (
    BASE,
    EXPORT_SUPPLY_ELASTICITY,
    Case,
    ready_us_markets,
    us_market_states,
)
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.worlds import HOME, PARTNER, gdp_musd

#: Rates of the curves, and how far they go: shares of customs value.
RATES_SHARE = tuple(np.round(np.concatenate([np.arange(0, 1, 0.05), np.arange(1, 4.01, 0.2)]), 2))

#: What sellers may do with their prices -> elasticity of their supply.
ENDS = {"kept": np.inf, "cut": EXPORT_SUPPLY_ELASTICITY}

_NAMES = "tariffs/us_mfn_2025_by_sector"


@shared
def laffer(
    thetas: Thetas, sector: str, export_supply_elasticity: float, others_share: float = 0.0
) -> pd.DataFrame:
    """Give the yearly duty on goods from Japan over the rate, with ``others_share`` on all others.

    ``sector`` (name), ``rate_pct``, ``revenue_bn_usd``: at `RATES_SHARE`, and at the peak among
    them to a hundredth of a per cent.
    """
    market = ready_us_markets(thetas, export_supply_elasticity)[sector]
    others = 1 + others_share * (market.names != HOME)
    curve = _with_peak(partial(laffer_curve, market, PARTNER, others))
    found = {"rate_pct": 100 * curve.index, "revenue_bn_usd": curve.to_numpy() / 1e3}
    return pd.DataFrame({"sector": load_table(_NAMES).at[sector, "sector_name"]} | found)


def _with_peak(curve_at: Callable[[Sequence[float]], pd.Series]) -> pd.Series:
    curve = curve_at(RATES_SHARE)
    best = int(curve.argmax())
    if best in (0, len(curve) - 1):
        return curve
    found = optimize.minimize_scalar(
        lambda rate: -curve_at([rate]).iloc[0],
        bounds=(curve.index[best - 1], curve.index[best + 1]),
        method="bounded",
        options={"xatol": 1e-4},
    )
    peak = pd.Series([-found.fun], [float(found.x)])
    return pd.concat([curve, peak[~peak.index.isin(curve.index)]]).sort_index()


def peak_pct(curve: pd.DataFrame) -> float:
    """Give the rate with most revenue, NaN where the curve still rises at its last rate."""
    best = float(curve.set_index("rate_pct")["revenue_bn_usd"].idxmax())
    return best if best < 100 * RATES_SHARE[-1] else float("nan")


@shared
def diversion(
    thetas: Thetas, scenario: Scenario, counterfactual: Scenario, export_supply_elasticity: float
) -> pd.DataFrame:
    """Follow US imports from Japan by sector from the counterfactual to the scenario.

    The supply elasticity is of every seller; infinite where prices before duty are given.

    Sectors x ``sector_name``, ``imports_bn_usd`` (2024), ``counterfactual_bn_usd`` (imports in that
    state, before duty), ``old_rate_pct``, ``new_rate_pct``, ``imports_pct`` (change of value before
    duty), ``price_pct`` (before duty), ``buyer_price_pct``, ``home_bn_usd`` and ``others_bn_usd``
    (change of what is bought at home and from others), ``revenue_bn_usd`` (change of the duty on
    Japan); largest imports first.
    """
    new, old = (
        us_market_states(Case(state, thetas), export_supply_elasticity)[1]
        for state in (scenario, counterfactual)
    )
    value = (new["trade_value"] - old["trade_value"]) / 1e3
    supplier = value.index.get_level_values("supplier")
    others = value[(supplier != PARTNER) & (supplier != HOME)].groupby(level="sector").sum()
    after, before = (table.xs(PARTNER, level="supplier") for table in (new, old))
    duty = [table["trade_value"] * table["rate_share"] / 1e3 for table in (after, before)]
    change = 100 * (after / before - 1)
    frame = pd.DataFrame(
        {
            "sector_name": load_table(_NAMES)["sector_name"].reindex(after.index),
            "imports_bn_usd": after["trade_musd"] / 1e3,
            "counterfactual_bn_usd": before["trade_value"] / 1e3,
            "old_rate_pct": 100 * before["rate_share"],
            "new_rate_pct": 100 * after["rate_share"],
            "imports_pct": change["trade_value"],
            "price_pct": change["world_price_ratio"],
            "buyer_price_pct": change["buyer_price_ratio"],
            "home_bn_usd": value.xs(HOME, level="supplier"),
            "others_bn_usd": others,
            "revenue_bn_usd": duty[0] - duty[1],
        }
    )
    return frame.sort_values("imports_bn_usd", ascending=False)


@shared
def by_set(
    sets: Sequence[str], scenario: Scenario, counterfactual: Scenario, sector: str
) -> pd.DataFrame:
    """Give what each set of elasticities says of trade and revenue.

    ``elasticities`` (words), ``theta`` of the sector, and for both of `ENDS`, from
    `diversion`: ``kept_pct`` and ``cut_pct`` (imports from Japan), ``kept_bn_usd`` and
    ``cut_bn_usd`` (duties on Japan), ``kept_peak_pct`` and ``cut_peak_pct`` (rate on the sector
    with most revenue).
    """
    rows = []
    for name in sets:
        thetas = load_thetas(name)
        row = {"elasticities": SET_NAMES[name], "theta": thetas.us_sectors[sector]}
        for words, supply in ENDS.items():
            moved = diversion(thetas, scenario, counterfactual, supply)
            curve = laffer(thetas, sector, supply, scenario.on_others_share or 0.0)
            row[f"{words}_pct"] = imports_pct(moved)
            row[f"{words}_bn_usd"] = moved["revenue_bn_usd"].sum()
            row[f"{words}_peak_pct"] = peak_pct(curve)
        rows.append(row)
    return pd.DataFrame(rows)


def imports_pct(diverted: pd.DataFrame) -> float:
    """Give the change of all imports from Japan, from `diversion`."""
    return float(np.average(diverted["imports_pct"], weights=diverted["counterfactual_bn_usd"]))


def buyers_share(diverted: pd.DataFrame) -> float:
    """Give the part of a change of duties that reaches buyers' prices, NaN if none changes.

    From `diversion`: logs of buyers' prices over logs of one plus the rate, weighted by what was
    bought before.
    """
    weights = diverted["counterfactual_bn_usd"]
    price = weights @ np.log1p(diverted["buyer_price_pct"] / 100)
    old, new = (np.log1p(diverted[f"{one}_rate_pct"] / 100) for one in ("old", "new"))
    duty = weights @ (new - old)
    return float(price / duty) if abs(duty) > 0 else float("nan")


@shared
def lost_exports_pct(case: Case, export_supply_elasticity: float) -> float:
    """Give the fall of US imports from Japan against the base, per cent of Japan's GDP."""
    base = Case(load_scenario(BASE), case.thetas)
    new, old = (
        us_market_states(one, export_supply_elasticity)[0]["imports_bn_usd"] for one in (case, base)
    )
    return float(100 * (new - old) / (gdp_musd()[PARTNER] / 1e3))
