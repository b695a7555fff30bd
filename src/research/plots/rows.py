"""Parts of plots in rows: names at the left, figures at the right, an axis in logs below."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from numpy.typing import ArrayLike, NDArray

from research.errors import Fault, InputError
from research.plots.style import GREY, clean
from research.words import signed

#: Type that can still be read when the picture is 360 pixels wide.
SIZE = 11

#: Nearly black, for whiskers and numbers.
INK = "#1E252B"

#: Inches that an axis with its name and the margins take.
FRAME = 0.75

# Inches: the least that a row takes, a line of its name and the room between names.
_ROW, _LINE, _GAP = 0.3, 0.18, 0.06
_NAME_CHARACTERS = 30

# Ticks within a decade, unless there are so many decades that their labels would touch.
_TICKS, _MANY = (1, 2, 5), 6


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
    known = low < high  # False where either is NaN
    span = f"{short_figure(low)} to {short_figure(high)}" if known else ""
    if np.isnan(central):
        return span
    return f"{short_figure(central)} ({span})" if span else short_figure(central)


def digits_of(values: ArrayLike) -> int:
    """Give the decimals that show three digits of the largest figure, two if it is below 0.1."""
    sizes = np.abs(np.asarray(values, dtype=float))
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    if not largest:
        return 0
    place = int(np.floor(np.log10(largest)))
    return max(0, 2 - place if place >= -1 else 1 - place)


def signed_range(central: float, low: float, high: float, digits: int) -> str:
    """Write a figure with its sign and its range, or whichever of both is known."""
    known = low < high  # False where either is NaN
    span = f"{signed(low, digits)} to {signed(high, digits)}" if known else ""
    if np.isnan(central):
        return span
    return f"{signed(central, digits)} ({span})" if span else signed(central, digits)


def wrapped(names: Sequence[str]) -> list[str]:
    """Break long names of rows into lines."""
    return ["\n".join(textwrap.wrap(name, _NAME_CHARACTERS)) for name in names]


def rows_height(names: Sequence[str]) -> float:
    """Give the inches that rows of these names take, all as high as the longest needs."""
    lines = max((name.count("\n") + 1 for name in wrapped(names)), default=1)
    return len(names) * max(_ROW, _LINE * lines + _GAP)


def name_rows(axes: Axes, names: Sequence[str], figures: Sequence[str]) -> None:
    """Write names at the left and figures at the right, the first row on top.

    Call it when the drawing is done: it sets the axis of the rows, 0 being the first.
    """
    y = range(len(names))
    clean(axes)
    axes.set_yticks(y, wrapped(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(labelsize=SIZE)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#E7EAED", linewidth=0.8)
    for position, text in zip(y, figures, strict=True):
        axes.annotate(
            text, (1.02, position), xycoords=("axes fraction", "data"), va="center",
            fontsize=SIZE, color=INK,
        )  # fmt: skip


def head_figures(axes: Axes, words: str) -> None:
    """Write above the figures at the right what they are."""
    axes.annotate(
        words, (1.02, 1.01), xycoords="axes fraction", va="bottom", fontsize=SIZE, color=GREY
    )


def embolden(axes: Axes, chosen: NDArray[np.bool_]) -> None:
    """Write the names of the chosen rows in bold."""
    for label, bold in zip(axes.get_yticklabels(), chosen, strict=True):
        if bold:
            label.set_fontweight("bold")


def legend_below(body: SubFigure, axes: Axes) -> None:
    """Put the legend of one of the axes below all of them."""
    handles, labels = axes.get_legend_handles_labels()
    body.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=SIZE)


def apart(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions up until neighbours stand ``gap`` apart, their order kept."""
    out = np.asarray(positions, dtype=float).copy()
    order = np.argsort(out, kind="stable")
    for below, above in itertools.pairwise(order):
        out[above] = max(out[above], out[below] + gap)
    return [float(value) for value in out]


def log_axis(axes: Axes, values: ArrayLike) -> None:
    """Set a horizontal axis in logs that holds all values above zero, with ticks at 1, 2, 5, 10.

    Raises
    ------
    InputError
        If no value is above zero.
    """
    found = np.asarray(values, dtype=float)
    seen = found[np.isfinite(found) & (found > 0)]
    if not seen.size:
        fault = Fault("figures", "at least one above zero, for an axis in logs", "none")
        raise InputError("This frame cannot be drawn.", [fault])
    low, high = seen.min() / 1.15, seen.max() * 1.15
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = np.outer(decades, _TICKS if len(decades) < _MANY else (1,)).ravel()
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(low, high)
    axes.set_xticks(ticks[(ticks >= low) & (ticks <= high)])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
