"""Labelled figures: do labels match, are figures numbers in range; every fault as a line."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault

# As many labels or figures as a message can hold and still be read.
_SHOWN = 5


def series_faults(
    values: object,
    where: str,
    known: pd.Index | None = None,
    *,
    at_least: float = -np.inf,
    above: float = -np.inf,
) -> list[Fault]:
    """List what keeps ``values`` from being a Series with labels and finite figures in range.

    Labels are held against ``known`` as in `label_faults`.
    """
    if not isinstance(values, pd.Series):
        return [Fault(where, "a Series with labels", type(values).__name__, "Label it.")]
    return [
        *label_faults(values.index, where, known),
        *figure_faults(values, where, at_least=at_least, above=above),
    ]


def frame_faults(
    values: object,
    where: str,
    rows: pd.Index | None = None,
    columns: pd.Index | None = None,
    *,
    at_least: float = -np.inf,
    above: float = -np.inf,
) -> list[Fault]:
    """List what keeps ``values`` from being a DataFrame with labels and finite figures in range.

    Labels are held against all of ``rows`` and ``columns`` as in `label_faults`.
    """
    if not isinstance(values, pd.DataFrame):
        return [Fault(where, "a DataFrame with labels", type(values).__name__, "Label it.")]
    return [
        *label_faults(values.index, f"{where}, rows", rows),
        *label_faults(values.columns, f"{where}, columns", columns),
        *figure_faults(values, where, at_least=at_least, above=above),
    ]


def label_faults(
    labels: pd.Index, where: str, known: pd.Index | None = None, *, whole: bool = True
) -> list[Fault]:
    """List labels that are not text, stand twice, are not ``known`` or, of the ``whole``, missing.

    Row numbers are no labels: figures under them would be matched by position. ``None`` for
    ``known`` takes any labels, but not none at all.
    """
    known = labels if known is None else known
    if labels.empty and known.empty:
        return [Fault(where, "at least one label", "none")]
    given, wanted = dict.fromkeys(labels), dict.fromkeys(known)
    odd = [repr(label) for label in given if not _is_text(label)]
    twice = [repr(label) for label in dict.fromkeys(labels[labels.duplicated()])]
    unknown = [repr(label) for label in given if _is_text(label) and label not in wanted]
    missing = [_place([label]) for label in wanted if whole and label not in given]
    lines = (
        (odd, "labels of text", few(odd)),
        (twice, "each label once", f"{few(twice)} more than once"),
        (unknown, one_of(known), few(unknown)),
        (missing, f"a figure for {few(missing)}", "none"),
    )
    return [Fault(where, asked, found) for bad, asked, found in lines if bad]


def figure_faults(
    values: pd.Series | pd.DataFrame,
    where: str,
    *,
    at_least: float = -np.inf,
    above: float = -np.inf,
) -> list[Fault]:
    """List figures that are not numbers, not finite or out of range; of text this alone."""
    numeric = pd.api.types.is_numeric_dtype
    if isinstance(values, pd.Series):
        text = "" if numeric(values.dtype) else "text or objects"
    else:
        text = few(str(name) for name, kind in values.dtypes.items() if not numeric(kind))
        text = text and f"text or objects in {text}"
    if text:
        return [Fault(where, "figures", text)]
    figures = values.to_numpy(dtype=float)
    return [
        *cell_faults(values, ~np.isfinite(figures), where, "finite figures"),
        *cell_faults(values, figures < at_least, where, f"figures of at least {at_least:g}"),
        *cell_faults(values, figures <= above, where, f"figures above {above:g}"),
    ]


def cell_faults(
    values: pd.Series | pd.DataFrame,
    bad: pd.Series | pd.DataFrame | NDArray[np.bool_],
    where: str,
    asked: str,
    todo: str = "",
) -> list[Fault]:
    """Word the figures that are marked as ``bad`` in one line, each with its labels."""
    if not np.any(bad):
        return []
    figures = values.to_numpy(dtype=float)
    cells = [
        f"{_place([axis[k] for axis, k in zip(values.axes, at, strict=True)])}: {figures[*at]:g}"
        for at in np.argwhere(np.asarray(bad))
    ]
    return [Fault(where, asked, few(cells, "; "), todo)]


def one_of(known: pd.Index) -> str:
    """Say which labels are known, by the first of them."""
    shown = ", ".join(_place([name]) for name in known[:_SHOWN])
    return f"a known label ({shown}{', ...' if len(known) > _SHOWN else ''}; {len(known)} in all)"


def _is_text(label: Hashable) -> bool:
    parts = label if isinstance(label, tuple) else (label,)
    return all(isinstance(part, str) for part in parts)


def _place(labels: Sequence[Hashable]) -> str:
    """Name a place by its labels: ``c0, c1``, or ``s0/c0, c1`` where rows have two levels."""
    return ", ".join("/".join(map(_text, x)) if isinstance(x, tuple) else _text(x) for x in labels)


def _text(label: object) -> str:
    return f"{label:%F}" if isinstance(label, pd.Timestamp) else str(label)


def few(labels: Iterable[object], separator: str = ", ") -> str:
    """Name the first of many, and count the rest."""
    found = [_text(label) for label in labels]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return separator.join(found[:_SHOWN]) + more
