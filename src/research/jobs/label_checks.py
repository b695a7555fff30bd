"""Are tables and series labelled, and do their labels match: every fault as a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault


def frame_faults(frame: Any, where: str) -> list[Fault]:
    """List what keeps a table from being a labelled table of numbers."""
    if not isinstance(frame, pd.DataFrame):
        found = f"a {type(frame).__name__}"
        return [Fault(where, "a DataFrame with labels", found, "Label its rows and columns.")]
    faults = []
    for axis, labels in (("rows", frame.index), ("columns", frame.columns)):
        faults += label_faults(labels, f"{where}, {axis}")
    text = [name for name, kind in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    faults += [Fault(f"{where}, column {name}", "numbers", "text") for name in text]
    if not frame.size:
        faults.append(Fault(where, "at least one row and column", f"{frame.shape}"))
    return faults


def label_faults(labels: pd.Index, where: str) -> list[Fault]:
    """List labels that are not text, or stand more than once."""
    faults = [
        Fault(where, "labels of text", repr(label), "Label by code or name.")
        for label in labels
        if not isinstance(label, str)
    ]
    twice = labels[labels.duplicated()].unique()
    return faults + [Fault(where, "each label once", f"{label!r} twice") for label in twice]


def series_faults(series: Any, where: str, known: pd.Index, *, whole: bool) -> list[Fault]:
    """List what keeps a series from being figures of zero or more for ``known`` labels."""
    if not isinstance(series, pd.Series):
        found = f"a {type(series).__name__}"
        return [Fault(where, "a Series with labels", found, "Label it by code or name.")]
    faults = label_faults(series.index, where) or set_faults(
        series.index, known, where, whole=whole
    )
    if not pd.api.types.is_numeric_dtype(series):
        return [*faults, Fault(where, "numbers", "text")]
    values = series.to_numpy(float)
    bad = ~np.isfinite(values) | (values < 0)
    return faults + [
        Fault(f"{where}, {label}", "a figure of zero or more", f"{value:g}")
        for label, value in series[bad].items()
    ]


def set_faults(found: pd.Index, known: pd.Index, where: str, *, whole: bool) -> list[Fault]:
    """List labels that are not known and, of a ``whole`` set, known ones that are missing."""
    faults = [Fault(where, one_of(known), repr(x)) for x in found.difference(known)]
    if whole:
        faults += [Fault(where, f"a figure for {x}", "none") for x in known.difference(found)]
    return faults


def one_of(known: pd.Index) -> str:
    """Say which labels are known, by the first three."""
    names = ", ".join(map(str, known[:3]))
    return f"a known label ({names}{', ...' if len(known) > 3 else ''}; {len(known)} in all)"
