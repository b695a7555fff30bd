"""What a world must be before its equilibrium is solved: every fault as a line."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real

import numpy as np
import pandas as pd

from research.errors import Fault

#: A rate above this is more likely a per cent than a share.
HIGHEST_RATE_SHARE = 2.0

# As many cells as a message can hold and still be read.
_SHOWN = 5


def flow_faults(flows_musd: object) -> list[Fault]:
    """List why the flows are not finite figures of zero or more with the same countries twice."""
    faults = frame_faults(flows_musd, "flows_musd")
    if faults or not isinstance(flows_musd, pd.DataFrame):
        return faults
    rows, columns = flows_musd.index, flows_musd.columns
    exporters = rows.get_level_values(-1).unique()
    faults = label_faults(columns, exporters, "flows_musd, importers")
    if isinstance(rows, pd.MultiIndex):
        whole = pd.MultiIndex.from_product([rows.get_level_values(0).unique(), exporters])
        faults += label_faults(rows, whole, "flows_musd, rows of sector and exporter")
    faults += cell_faults(flows_musd, flows_musd < 0, "flows_musd", "flows of zero or more")
    if len(columns) < 2:
        faults.append(Fault("flows_musd", "at least two countries", str(len(columns))))
    return faults


def like_flows_faults(values: object, flows_musd: pd.DataFrame, where: str) -> list[Fault]:
    """List why ``values`` are not finite figures with the labels of the flows."""
    faults = frame_faults(values, where)
    if faults or not isinstance(values, pd.DataFrame):
        return faults
    return [
        *label_faults(values.index, flows_musd.index, f"{where}, rows"),
        *label_faults(values.columns, flows_musd.columns, f"{where}, columns"),
    ]


def rates_faults(
    old: object, new: object, flows_musd: pd.DataFrame, highest_rate_share: float
) -> list[Fault]:
    """List rates that are not shares, stand on a country's own goods, or are unlikely high."""
    return [
        *_rate_faults(old, flows_musd, "old_rate_share", highest_rate_share),
        *_rate_faults(new, flows_musd, "new_rate_share", highest_rate_share),
    ]


def _rate_faults(
    values: object, flows_musd: pd.DataFrame, where: str, highest_rate_share: float
) -> list[Fault]:
    faults = like_flows_faults(values, flows_musd, where)
    if faults or not isinstance(values, pd.DataFrame):
        return faults
    own = np.equal.outer(values.index.get_level_values(-1), values.columns).astype(bool)
    top = f"rates as shares of at most {highest_rate_share:g}"
    todo = "Write 15 % as 0.15; a rate that is truly so high needs a higher highest_rate_share."
    return [
        *cell_faults(values, values > highest_rate_share, where, top, todo),
        *cell_faults(values, values < 0, where, "rates of zero or more"),
        *cell_faults(values, own & (values != 0), where, "no rate on a country's own goods"),
    ]


def theta_faults(theta: object, where: str = "theta") -> list[Fault]:
    """List why ``theta`` is not a share elasticity above zero."""
    good = isinstance(theta, Real) and np.isfinite(float(theta)) and float(theta) > 0
    todo = "Give the elasticity of shares: the Armington sigma minus one."
    return [] if good else [Fault(where, "a share elasticity above 0", repr(theta), todo)]


def frame_faults(values: object, where: str) -> list[Fault]:
    """List why ``values`` is not a labelled frame of finite figures."""
    if not isinstance(values, pd.DataFrame):
        return [Fault(where, "a labelled DataFrame", type(values).__name__, "Label it.")]
    if not values.size:
        return [Fault(where, "at least one row and column", str(values.shape))]
    faults = [
        Fault(f"{where}, {axis}", "labels", "row numbers", "Label them by name.")
        for axis, labels in (("rows", values.index), ("columns", values.columns))
        if isinstance(labels, pd.RangeIndex)
    ]
    text = [name for name, kind in values.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    faults += [Fault(f"{where}, column {name}", "figures", "text") for name in text]
    if faults:
        return faults
    return cell_faults(values, ~np.isfinite(values.astype(float)), where, "finite figures")


def label_faults(found: pd.Index, wanted: pd.Index, where: str) -> list[Fault]:
    """List labels that stand twice, are unknown, or are missing."""
    twice = found[found.duplicated()].unique()
    unknown = found.unique().difference(wanted, sort=False)
    missing = wanted.difference(found, sort=False)
    return [
        Fault(where, asked, f"{_few(map(str, labels))}{rest}", "Match the labels of the flows.")
        for asked, labels, rest in (
            ("each label once", twice, " more than once"),
            ("known labels", unknown, ""),
            ("a figure for every label", missing, " without one"),
        )
        if len(labels)
    ]


def cell_faults(
    values: pd.DataFrame, bad: pd.DataFrame, where: str, asked: str, todo: str = ""
) -> list[Fault]:
    """Word the cells that are marked as bad in one line, with their values."""
    places = np.argwhere(bad.to_numpy())
    if not len(places):
        return []
    cells = (
        f"{values.index[i]}, {values.columns[j]}: {values.iloc[i, j]:g}" for i, j in places[:_SHOWN]
    )
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return [Fault(where, asked, "; ".join(cells) + more, todo)]


def _few(labels: Iterator[str]) -> str:
    names = list(labels)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
