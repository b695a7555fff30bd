"""Rows with a name at the left and their figures at the right, as forest plots have them."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from research.plots.style import clean

#: Type that can still be read when the picture is 360 pixels wide.
SIZE = 11

#: Nearly black, for whiskers and numbers.
INK = "#1E252B"

#: Inches that a row takes for one line of its name, and what axis and margins take.
ROW, FRAME = 0.3, 0.75

_LINE = 0.185
_NAME_CHARACTERS = 30


def short_figure(value: float) -> str:
    """Write a figure in two or three digits that count: ``1,240``, ``38``, ``4.2``, ``0.07``."""
    size = abs(value)
    digits = 0 if size >= 9.95 else 1 if size >= 0.995 else 2
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return "0"
    return text.replace("-", "\N{MINUS SIGN}")


def range_words(central: float, low: float, high: float) -> str:
    """Write a figure with its range, or whichever of both is known."""
    span = "" if np.isnan(low) or np.isnan(high) else f"{short_figure(low)} to {short_figure(high)}"
    if np.isnan(central):
        return span
    return f"{short_figure(central)} ({span})" if span else short_figure(central)


def wrapped(names: Sequence[str]) -> list[str]:
    """Break long names of rows into lines."""
    return ["\n".join(textwrap.wrap(name, _NAME_CHARACTERS)) for name in names]


def rows_height(names: Sequence[str]) -> float:
    """Give the inches that rows of these names take, all as high as the longest needs."""
    return len(names) * (ROW + _LINE * (_lines(names) - 1))


def _lines(names: Sequence[str]) -> int:
    return max((name.count("\n") + 1 for name in wrapped(names)), default=1)


def name_rows(axes: Axes, names: Sequence[str], figures: Sequence[str]) -> None:
    """Write names at the left and figures at the right, the first row on top.

    Call it when the drawing is done: it sets the axis of the rows, 0 being the first.
    """
    y = range(len(names))
    clean(axes)
    axes.set_yticks(y, wrapped(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(labelsize=SIZE)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#E7EAED", linewidth=0.8)
    for position, text in zip(y, figures, strict=True):
        axes.annotate(
            text, (1.02, position), xycoords=("axes fraction", "data"), va="center",
            fontsize=SIZE, color=INK,
        )  # fmt: skip


def apart(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions up until neighbours stand ``gap`` apart, their order kept."""
    out = np.asarray(positions, dtype=float).copy()
    order = np.argsort(out, kind="stable")
    for below, above in itertools.pairwise(order):
        out[above] = max(out[above], out[below] + gap)
    return [float(value) for value in out]
