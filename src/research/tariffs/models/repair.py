"""Figures of real tables that no equilibrium has, repaired by a rule and listed one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from research.tariffs.models.world import World

#: Columns of what was repaired: a row a figure, as found (a share, or USD million) and as used.
REPAIRED = ["what", "country", "sector", "using_sector", "found", "used"]

#: Final spending may be below zero by this share of all spending: rounding of the table.
ROUNDING = 1e-9

Repair = tuple[str, str, str, str, float, float]


def repaired_inputs(shares: pd.DataFrame) -> tuple[pd.DataFrame, list[Repair]]:
    """Set input shares below zero to zero; others of the same user are scaled to the old total."""
    kept = shares.clip(lower=0)
    old, new = (each.groupby(level=0).transform("sum") for each in (shares, kept))
    found = [
        ("input share", *shares.index[row], shares.columns[k], float(shares.iloc[row, k]), 0.0)
        for row, k in np.argwhere((shares < 0).to_numpy())
    ]
    return kept * (old.clip(lower=0) / new).where(new > 0, 1.0), found


def repaired_stocks(
    world: World, sectors: pd.Index, countries: pd.Index
) -> tuple[World, list[Repair]]:
    """Set final spending below zero to zero; others of the country are scaled to its income."""
    final = world.final_spending[:, :, 0]
    short = final < -ROUNDING * world.expenditure[:, :, 0].sum(axis=0)
    if not short.any():
        return world, []
    kept = np.maximum(final, 0)
    found = [
        ("final spending", countries[n], sectors[k], "", float(final[k, n]), 0.0)
        for k, n in np.argwhere(short)
    ]
    return replace(world, given_final_shares=(kept / kept.sum(axis=0))[:, :, None]), found
