"""Powers and elasticities of the partial models: every fault as a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from research.errors import Fault
from research.labels import cell_faults, label_faults

#: One elasticity for all, or one for each label.
Elasticity: TypeAlias = float | pd.Series

#: A rate above this share is taken for one in per cent, unless the caller raises the bound.
LARGEST_RATE_SHARE = 2.0


def power_faults(
    powers: pd.Series | pd.DataFrame, where: str, largest_rate_share: float
) -> list[Fault]:
    """Word which powers (1 + rate) are below one, or belong to a rate above the bound."""
    highest = 1 + largest_rate_share
    todo = (
        "A power is 1 + rate, the rate a share: 1.15 for 15 %. "
        "If a higher rate is meant, raise largest_rate_share."
    )
    bad = (powers < 1) | (powers > highest)
    return cell_faults(powers, bad, where, f"powers from 1 to {highest:g}", todo)


def elasticity_faults(
    value: object,
    where: str,
    known: pd.Index,
    good: Callable[[float], bool],
    asked: str,
) -> list[Fault]:
    """Word which elasticities (one number, or a Series for ``known`` labels) are not ``good``."""
    if isinstance(value, pd.Series):
        faults = label_faults(value.index, where, known)
        if not pd.api.types.is_numeric_dtype(value):
            return [*faults, Fault(where, "figures", "text or objects")]
        return [*faults, *cell_faults(value, ~value.map(good).astype(bool), where, asked)]
    if not isinstance(value, int | float | np.number) or isinstance(value, bool):
        return [Fault(where, "a number or a Series with labels", type(value).__name__)]
    return [] if good(float(value)) else [Fault(where, asked, f"{value:g}")]


def per_label(value: Elasticity, labels: pd.Index) -> pd.Series:
    """Give one elasticity a label, in the order of ``labels``."""
    if isinstance(value, pd.Series):
        return value.reindex(labels).astype(float)
    return pd.Series(float(value), labels)
