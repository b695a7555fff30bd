"""Labels that must match before figures are multiplied: checked together, aligned by name."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from research.errors import Fault

# As many labels as a message can hold and still be read.
_SHOWN = 5


def label_faults(
    found: pd.Index, wanted: pd.Index | None, where: str, *, all_of: bool = True
) -> list[Fault]:
    """Word how labels differ from those wanted (``None``: any); ``all_of``: none may be missing.

    Row numbers that pandas counts by itself are no labels: a plain array in a frame is refused.
    """
    if isinstance(found, pd.RangeIndex):
        return [Fault(where, "labels", "row numbers", "Label the figures.")]
    faults = []
    if found.has_duplicates:
        twice = found[found.duplicated()].unique()
        faults.append(Fault(where, "each label once", f"{_few(twice)} more than once"))
    if wanted is None:
        return faults
    unknown = found.unique().difference(wanted, sort=False)
    if len(unknown):
        faults.append(Fault(where, f"labels such as {_few(wanted)}", f"also {_few(unknown)}"))
    missing = wanted.difference(found, sort=False)
    if all_of and len(missing):
        faults.append(Fault(where, f"{len(wanted)} labels", f"none for {_few(missing)}"))
    return faults


def series_faults(
    values: object, wanted: pd.Index, where: str, *, all_of: bool = True
) -> list[Fault]:
    """Word what keeps ``values`` from being a labelled Series of finite figures."""
    if not isinstance(values, pd.Series):
        todo = "Give a pandas Series with labels."
        return [Fault(where, "a labelled Series", type(values).__name__, todo)]
    return [
        *label_faults(values.index, wanted, where, all_of=all_of),
        *_figure_faults(values, where),
    ]


def frame_faults(
    values: object, rows: pd.Index | None, columns: pd.Index | None, where: str
) -> list[Fault]:
    """Word what keeps ``values`` from being a labelled frame of finite figures."""
    if not isinstance(values, pd.DataFrame):
        todo = "Give a pandas DataFrame with labels."
        return [Fault(where, "a labelled DataFrame", type(values).__name__, todo)]
    return [
        *label_faults(values.index, rows, f"{where}, rows"),
        *label_faults(values.columns, columns, f"{where}, columns"),
        *_figure_faults(values, where),
    ]


def share_faults(value: float, where: str) -> list[Fault]:
    """Word why ``value`` is not a share between 0 and 1."""
    good = isinstance(value, int | float | np.number) and 0 <= value <= 1
    return [] if good else [Fault(where, "a share between 0 and 1", repr(value))]


def _figure_faults(values: pd.Series | pd.DataFrame, where: str) -> list[Fault]:
    try:
        figures = values.to_numpy(dtype=float)
    except (TypeError, ValueError):
        return [Fault(where, "figures", "text or objects")]
    bad = np.argwhere(~np.isfinite(figures))
    if not len(bad):
        return []
    first = ", ".join(str(axis[i]) for axis, i in zip(values.axes, bad[0], strict=True))
    return [Fault(where, "finite figures", f"{len(bad)} that are not, the first at {first}")]


def _few(labels: pd.Index | list[Hashable]) -> str:
    more = len(labels) - _SHOWN
    text = ", ".join(map(str, labels[:_SHOWN]))
    return f"{text} and {more} more" if more > 0 else text
