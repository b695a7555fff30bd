"""Plots that set models beside each other, beside forecasts and beside their own inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError, raise_if
from research.plots.checks import check_frame, check_some_figure, check_words
from research.plots.rows import (
    FRAME,
    INK,
    SIZE,
    digits_of,
    embolden,
    head_figures,
    legend_below,
    name_rows,
    rows_height,
    signed_range,
)
from research.plots.style import BLUE, GREY, RED, new_figure, zero_line
from research.words import plain, signed

OURS = "this repository"

# Inches: a panel's heading, and the least row of a tornado, which holds two lines.
_HEADING, _TWO_LINES = 0.75, 0.46

# Widths of the axes of a tornado that a character beside a bar takes.
_CHARACTER = 0.024

# More characters would leave no room for the bars.
_MOST_CHARACTERS = 14


def plot_models(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw what models say of the same tariff, one panel a measure, each on its own scale.

    Parameters
    ----------
    frame
        Columns model and one for each measure, the unit in its name; NaN where a model has no
        such measure.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a model has no name or stands twice, there is no measure or one that no model has.
    """
    measures = [name for name in frame.columns if name != "model"]
    check_frame(frame, words=["model"], numbers=[], gaps=measures, key=["model"])
    empty = [name for name in measures if frame[name].isna().all()]
    faults = [Fault(f"measure {name!r}", "a figure of one model or more", "none") for name in empty]
    if not measures:
        faults.append(Fault("frame", "a column for each measure", "none"))
    raise_if(InputError, "This frame cannot be drawn.", faults)
    names = list(frame["model"])
    figure, body = new_figure(len(measures) * (rows_height(names) + _HEADING), title, source)
    panels = body.subplots(len(measures), 1, squeeze=False)
    for axes, measure in zip(panels.flat, measures, strict=True):
        _draw_measure(axes, names, frame[measure].to_numpy(float))
        axes.set_title(measure, fontsize=SIZE, loc="left", fontweight="bold")
    return figure


def _draw_measure(axes: Axes, names: list[str], values: np.ndarray) -> None:
    y, known = np.arange(len(values)), np.isfinite(values)
    axes.hlines(y[known], 0, values[known], color="#B8C0C8", linewidth=2.5)
    axes.plot(values[known], y[known], "o", color=BLUE, markersize=9)
    zero_line(axes, horizontal=False)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    digits = digits_of(values)
    name_rows(
        axes, names,
        [plain(value, digits) if found else "not in this model"
         for value, found in zip(values, known, strict=True)],
    )  # fmt: skip


def plot_forecasts(frame: pd.DataFrame, title: str, source: str, *, unit: str) -> Figure:
    """Draw forecasts of others and the figures of this repository as a forest plot.

    Parameters
    ----------
    frame
        Columns group (``forecast`` or ``this repository``), label, low, central, high; NaN where
        unknown, all equal for a point without a range; rows in order.
    title, source
        Finding and source line.
    unit
        Of the figures, for the axis.

    Raises
    ------
    InputError
        If a column or a label is missing, a range falls, a group is unknown or no figure of a row
        is known.
    """
    values = ["low", "central", "high"]
    check_frame(
        frame, words=["group", "label"], numbers=[], gaps=values, rising=values,
        key=["group", "label"],
    )  # fmt: skip
    check_words(frame, "group", ["forecast", OURS])
    check_some_figure(frame, values, "label")
    names = list(frame["label"])
    figure, body = new_figure(rows_height(names) + FRAME + 0.3, title, source)
    axes = body.add_subplot()
    for group, colour, shape in (("forecast", GREY, "o"), (OURS, BLUE, "s")):
        rows = frame.assign(y=range(len(frame)))[frame["group"] == group]
        if len(rows):
            axes.hlines(rows["y"], rows["low"], rows["high"], color=colour, lw=5, alpha=0.55)
            axes.scatter(
                rows["central"], rows["y"], s=62, color=colour, marker=shape, zorder=3, label=group
            )
    zero_line(axes, horizontal=False)
    axes.set_xlabel(unit, fontsize=SIZE)
    digits = digits_of(frame[values])
    figures = [signed_range(row.central, row.low, row.high, digits) for row in frame.itertuples()]
    name_rows(axes, names, figures)
    embolden(axes, (frame["group"] == OURS).to_numpy())
    legend_below(body, axes)
    return figure


def plot_tornado(frame: pd.DataFrame, base: float, title: str, source: str, unit: str) -> Figure:
    """Draw how far each input moves a result from its base, the widest on top.

    Parameters
    ----------
    frame
        Columns driver, low_label and high_label (the input at its low and its high, in 14
        characters at most), at_low and at_high (the result there).
    base
        The result with all inputs at their central values.
    title, source
        Finding and source line.
    unit
        Of the result, for the axis.

    Raises
    ------
    InputError
        If a column, a figure or a name is missing, a driver stands twice, a label is too long
        or ``base`` is not a finite number.
    """
    words = ["driver", "low_label", "high_label"]
    check_frame(frame, words=words, numbers=["at_low", "at_high"], key=["driver"])
    faults = [
        Fault(f"{name}, row {row}", f"{_MOST_CHARACTERS} characters at most", repr(label))
        for name in words[1:]
        for row, label in enumerate(frame[name])
        if len(label) > _MOST_CHARACTERS
    ]
    if not np.isfinite(base):
        faults.append(Fault("base", "a finite number", str(base)))
    raise_if(InputError, "This frame cannot be drawn.", faults)
    ends = frame[["at_low", "at_high"]]
    length = ends.max(axis=1).clip(lower=base) - ends.min(axis=1).clip(upper=base)
    rows = frame.loc[length.sort_values(ascending=False, kind="stable").index]
    names = list(rows["driver"])
    height = max(rows_height(names), _TWO_LINES * len(names))
    figure, body = new_figure(height + FRAME + 0.3, title, source)
    axes = body.add_subplot()
    _draw_swings(axes, rows, base)
    axes.axvline(base, color=INK, linewidth=1.4)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    digits = digits_of([*ends.to_numpy().ravel(), base])
    axes.set_xlabel(f"{unit}; the line is the base, {signed(base, digits)}", fontsize=SIZE)
    figures = [
        f"{signed(row.at_low, digits)}; {signed(row.at_high, digits)}" for row in rows.itertuples()
    ]
    name_rows(axes, names, figures)
    head_figures(axes, "at low; at high")
    legend_below(body, axes)
    return figure


def _draw_swings(axes: Axes, rows: pd.DataFrame, base: float) -> None:
    """Draw the bar of the low above that of the high, so that their words never meet."""
    looks: dict[str, dict[str, Any]] = {
        "low": {"facecolor": "white", "edgecolor": RED, "hatch": "////", "linewidth": 1.2},
        "high": {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 1.2},
    }
    y = np.arange(len(rows))
    room = {-1: 0, 1: 0}
    for (name, look), shift in zip(looks.items(), (-0.19, 0.19), strict=True):
        at = rows[f"at_{name}"].to_numpy(float)
        axes.barh(y + shift, at - base, left=base, height=0.34, label=f"input {name}", **look)
        for place, value, words in zip(y + shift, at, rows[f"{name}_label"], strict=True):
            side = -1 if value < base else 1
            room[side] = max(room[side], len(words))
            axes.annotate(
                words, (value, place), (4 * side, 0), textcoords="offset points", va="center",
                ha="left" if side > 0 else "right", fontsize=SIZE - 1, color=INK,
            )  # fmt: skip
    values = np.append(rows[["at_low", "at_high"]].to_numpy(float), base)
    low, high = values.min(), values.max()
    left, right = (0.03 + _CHARACTER * room[side] for side in (-1, 1))
    width = ((high - low) or 1) / max(1 - left - right, 0.25)
    axes.set_xlim(low - left * width, high + right * width)
