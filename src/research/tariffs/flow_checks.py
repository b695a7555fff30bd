"""Flows, powers and elasticities of the partial models: every fault as a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from research.errors import Fault

#: One elasticity for all, or one for each label.
Elasticity: TypeAlias = float | pd.Series

#: A rate above this share is taken for one in per cent, unless the caller raises the bound.
LARGEST_RATE_SHARE = 2.0


def frame_faults(values: object, where: str, like: pd.DataFrame | None = None) -> list[Fault]:
    """Word what keeps ``values`` from being finite figures, labelled as ``like`` is."""
    if not isinstance(values, pd.DataFrame):
        return [Fault(where, "a DataFrame with labels", type(values).__name__, "Label it.")]
    faults = []
    for axis, name in ((0, "origins"), (1, "destinations")):
        known = None if like is None else like.axes[axis]
        faults += label_faults(values.axes[axis], f"{where}, {name}", known)
    return faults or figure_faults(long(values), where)


def series_faults(values: object, where: str, known: pd.Index | None = None) -> list[Fault]:
    """Word what keeps ``values`` from being finite figures for ``known`` labels."""
    if not isinstance(values, pd.Series):
        return [Fault(where, "a Series with labels", type(values).__name__, "Label it.")]
    return label_faults(values.index, where, known) or figure_faults(values, where)


def label_faults(found: pd.Index, where: str, known: pd.Index | None = None) -> list[Fault]:
    """Word how labels fail: none, numbers counted by pandas, twice, unknown or missing."""
    if isinstance(found, pd.RangeIndex) or not len(found):
        return [Fault(where, "names of countries", "none", "Label the figures.")]
    twice = found[found.duplicated()].unique()
    faults = [Fault(where, "each label once", f"{label!r} twice") for label in twice]
    if known is not None:
        unknown = found.unique().difference(known, sort=False)
        missing = known.difference(found, sort=False)
        names = ", ".join(map(str, known[:5]))
        faults += [Fault(where, f"labels of the trade flows ({names})", repr(x)) for x in unknown]
        faults += [Fault(where, f"a figure for {x}", "none") for x in missing]
    return faults


def figure_faults(values: pd.Series, where: str) -> list[Fault]:
    """Word which values are not finite figures."""
    if not pd.api.types.is_numeric_dtype(values):
        return [Fault(where, "figures", "text or objects")]
    bad = values[~np.isfinite(values.to_numpy(float))]
    return [Fault(at(where, key), "a finite figure", f"{value}") for key, value in bad.items()]


def flow_faults(trade: pd.Series, where: str = "trade") -> list[Fault]:
    """Word which flows are negative."""
    negative = trade[trade.to_numpy(float) < 0]
    return [
        Fault(at(where, key), "a flow of zero or more", f"{value:g}", "Correct the flow.")
        for key, value in negative.items()
    ]


def power_faults(powers: pd.Series, where: str, largest_rate_share: float) -> list[Fault]:
    """Word which powers (1 + rate) are below one, or belong to a rate above the bound."""
    highest = 1 + largest_rate_share
    todo = (
        "A power is 1 + rate, the rate a share: 1.15 for 15 %. "
        "If a higher rate is meant, raise largest_rate_share."
    )
    bad = powers[(powers.to_numpy(float) < 1) | (powers.to_numpy(float) > highest)]
    asked = f"a power from 1 to {highest:g}"
    return [Fault(at(where, key), asked, f"{value:g}", todo) for key, value in bad.items()]


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
        if faults or not pd.api.types.is_numeric_dtype(value):
            return faults or [Fault(where, "figures", "text or objects")]
        pairs = [(at(where, key), float(figure)) for key, figure in value.items()]
    elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
        pairs = [(where, float(value))]
    else:
        return [Fault(where, "a number or a Series with labels", type(value).__name__)]
    return [Fault(place, asked, f"{figure:g}") for place, figure in pairs if not good(figure)]


def per_label(value: Elasticity, labels: pd.Index) -> pd.Series:
    """Give one elasticity a label, in the order of ``labels``."""
    if isinstance(value, pd.Series):
        return value.reindex(labels).astype(float)
    return pd.Series(float(value), labels)


def long(frame: pd.DataFrame) -> pd.Series:
    """Give a frame as one Series, its index origin and destination."""
    index = pd.MultiIndex.from_product(frame.axes)
    return pd.Series(frame.to_numpy().ravel(), index)


def at(where: str, key: object) -> str:
    """Name the place of one figure."""
    place = " to ".join(map(str, key)) if isinstance(key, tuple) else str(key)
    return f"{where}, {place}"
