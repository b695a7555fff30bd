"""Plots of jobs: down from the pledge, by phase and industry, beside studies and plants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from research.errors import Fault, InputError
from research.plots.checks import (
    check_frame,
    check_not_below_zero,
    check_some_figure,
    check_words,
)
from research.plots.rows import (
    FRAME,
    INK,
    SIZE,
    embolden,
    legend_below,
    log_axis,
    name_rows,
    range_words,
    rows_height,
    short_figure,
)
from research.plots.style import BLUE, GREY, ORANGE, RED, clean, new_figure, zero_line

Array = NDArray[np.float64]

OURS = "this model"

# Paler than BLUE, so that parts differ from levels in a print in grey.
_PALE_BLUE = "#A6CBE5"

# Half the height of a bar, in rows.
_HALF = 0.31

# Beyond this many years the totals would touch.
_MOST_TOTALS = 13


def plot_ladder(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw how a pledge shrinks as a waterfall with ranges, one panel a unit.

    Parameters
    ----------
    frame
        Columns label, unit, central, low, high, kind; rows in order. A ``level`` is a bar from
        zero, a ``step`` a part that floats on the row before; its figures are its own size, below
        zero for a loss. Whiskers stand on levels alone: that of a step would hang on a start that
        is uncertain itself, so its range is written. ``low`` and ``high`` may be NaN.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column, a figure or a label is missing, a range falls or a kind is unknown.
    """
    check_frame(
        frame, words=["label", "unit", "kind"], numbers=["central"], gaps=["low", "high"],
        rising=["low", "high"], key=["unit", "label"],
    )  # fmt: skip
    check_words(frame, "kind", ["level", "step"])
    panels = [rows for _, rows in frame.groupby("unit", sort=False)]
    names = list(frame["label"])
    heights = [rows_height(names) * len(rows) / len(names) + FRAME for rows in panels]
    figure, body = new_figure(sum(heights), title, source)
    grid = body.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
    for axes, rows in zip(grid.flat, panels, strict=True):
        _draw_ladder(axes, rows)
    return figure


def _draw_ladder(axes: Axes, rows: pd.DataFrame) -> None:
    starts = _starts(rows)
    looks: dict[str, dict[str, Any]] = {
        "level": {"color": BLUE},
        "gain": {"color": _PALE_BLUE},
        "loss": {"facecolor": "white", "edgecolor": RED, "hatch": "////", "linewidth": 1.4},
    }
    for y, row in enumerate(rows.itertuples()):
        look = "level" if row.kind == "level" else "gain" if row.central >= 0 else "loss"
        axes.barh(y, row.central, left=starts[y], height=2 * _HALF, **looks[look])
        if row.kind == "level":
            _whisker(axes, y, row.low, row.high)
        elif y:
            axes.vlines(starts[y], y - 1 + _HALF, y - _HALF, color=GREY, linewidth=1.2)
    zero_line(axes, horizontal=False)
    axes.margins(x=0.02)
    axes.set_xlabel(str(rows["unit"].iloc[0]), fontsize=SIZE)
    figures = [range_words(row.central, row.low, row.high) for row in rows.itertuples()]
    name_rows(axes, list(rows["label"]), figures)
    axes.xaxis.set_major_formatter(lambda value, _: short_figure(value))


def _starts(rows: pd.DataFrame) -> Array:
    """Give where each bar begins: at zero for a level, where the row before ends for a step."""
    starts, end = np.zeros(len(rows)), 0.0
    for y, (kind, central) in enumerate(zip(rows["kind"], rows["central"], strict=True)):
        starts[y] = 0.0 if kind == "level" else end
        end = starts[y] + central
    return starts


def _whisker(axes: Axes, y: float, low: float, high: float) -> None:
    if low == high:
        return
    for colour, width in (("white", 3.6), (INK, 1.5)):  # a white rim, to be seen on a bar in grey
        axes.plot(
            [low, high], [y, y], "|-", color=colour, linewidth=width, markersize=9,
            markeredgewidth=width, zorder=4,
        )  # fmt: skip


def plot_phases(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw the jobs of each year as bars, those of operation on those of building.

    Parameters
    ----------
    frame
        Columns year, building, operation (thousand jobs).
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, jobs are below zero or a year stands twice.
    """
    check_frame(frame, numbers=["year", "building", "operation"], key=["year"])
    check_not_below_zero(frame, ["building", "operation"])
    figure, body = new_figure(3.7, title, source)
    axes = body.add_subplot()
    years, building, operation = (frame[name] for name in ("year", "building", "operation"))
    axes.bar(years, building, color=BLUE, width=0.8, label="building")
    axes.bar(
        years, operation, bottom=building, width=0.8, label="operation", facecolor="#F6CF86",
        edgecolor=ORANGE, linewidth=0.8, hatch="...",
    )  # fmt: skip
    if len(frame) <= _MOST_TOTALS:
        for year, total in zip(years, building + operation, strict=True):
            axes.annotate(
                short_figure(total), (year, total), (0, 3), textcoords="offset points",
                ha="center", fontsize=SIZE, color=INK,
            )  # fmt: skip
    clean(axes)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.tick_params(labelsize=SIZE)
    axes.set_ylabel("thousand jobs", fontsize=SIZE)
    axes.margins(y=0.1)
    axes.set_ylim(bottom=0)
    body.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=SIZE)
    return figure


def plot_industries(frame: pd.DataFrame, title: str, source: str, *, largest: int = 15) -> Figure:
    """Draw mean jobs by industry with their range, the largest first, the others as one row.

    Parameters
    ----------
    frame
        Columns industry, mean, p5, p95 (thousand jobs a year).
    title, source
        Finding and source line.
    largest
        Industries with a row of their own. The sum of the others has no range: quantiles of parts
        do not add up.

    Raises
    ------
    InputError
        If a column, a figure or a name is missing, a range falls, an industry stands twice or
        ``largest`` is below one.
    """
    numbers = ["mean", "p5", "p95"]
    check_frame(frame, words=["industry"], numbers=numbers, rising=["p5", "p95"], key=["industry"])
    if largest < 1:
        fault = Fault("largest", "one industry or more", repr(largest))
        raise InputError("There is nothing to draw.", [fault])
    rows = _largest(frame, largest)
    names = list(rows["industry"])
    figure, body = new_figure(rows_height(names) + FRAME, title, source)
    axes = body.add_subplot()
    colours = [BLUE if known else "#C9D0D6" for known in rows["p5"].notna()]
    axes.barh(range(len(rows)), rows["mean"], color=colours, height=2 * _HALF)
    for y, row in enumerate(rows.itertuples()):
        _whisker(axes, y, row.p5, row.p95)
    zero_line(axes, horizontal=False)
    axes.set_xlabel("thousand jobs a year: mean (bar), 5 to 95 % of draws (line)", fontsize=SIZE)
    figures = [range_words(row.mean, row.p5, row.p95) for row in rows.itertuples()]
    name_rows(axes, names, figures)
    return figure


def _largest(frame: pd.DataFrame, largest: int) -> pd.DataFrame:
    rows = frame.sort_values("mean", ascending=False, kind="stable")
    shown, others = rows.head(largest), rows.iloc[largest:]
    if others.empty:
        return shown
    name = f"{len(others)} other industr{'y' if len(others) == 1 else 'ies'}"
    rest = {"industry": name, "mean": others["mean"].sum(), "p5": np.nan, "p95": np.nan}
    return pd.concat([shown, pd.DataFrame([rest])], ignore_index=True)


def plot_literature(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw job-years per USD million as a forest plot in logs, this model's rows marked.

    Parameters
    ----------
    frame
        Columns label, low, central, high (job-years per USD million, NaN where unknown), group
        (``this model`` or ``studies``); rows in order. A figure of zero or below lies beyond the
        axis: an arrow at its left edge points there.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a label is missing, a range falls, a group is unknown or no figure of a row
        is known.
    """
    values = ["low", "central", "high"]
    check_frame(
        frame, words=["label", "group"], numbers=[], gaps=values, rising=["low", "high"],
        key=["label"],
    )  # fmt: skip
    check_words(frame, "group", [OURS, "studies"])
    check_some_figure(frame, values, "label")
    names = list(frame["label"])
    figure, body = new_figure(rows_height(names) + FRAME + 0.3, title, source)
    axes = body.add_subplot()
    log_axis(axes, frame[values].to_numpy(float))
    for group in frame["group"].unique():
        _draw_ranges(axes, frame.assign(y=range(len(frame))).query("group == @group"), group)
    axes.set_xlabel("job-years per USD million (log scale)", fontsize=SIZE)
    figures = [range_words(row.central, row.low, row.high) for row in frame.itertuples()]
    name_rows(axes, names, figures)
    embolden(axes, (frame["group"] == OURS).to_numpy())
    legend_below(body, axes)
    return figure


def _draw_ranges(axes: Axes, rows: pd.DataFrame, group: str) -> None:
    colour, shape = (BLUE, "s") if group == OURS else (GREY, "o")
    left = axes.get_xlim()[0]
    low, high = (rows[name].clip(lower=left) for name in ("low", "high"))
    axes.hlines(rows["y"], low, high, color=colour, linewidth=5, alpha=0.55)
    central = rows["central"].where(rows["central"] > 0)
    axes.scatter(central, rows["y"], s=62, color=colour, marker=shape, zorder=3, label=group)
    _point_left(axes, rows.loc[rows[["low", "central"]].min(axis=1) <= 0, "y"], colour)
    if group == OURS:
        for value in central.dropna():
            axes.axvline(value, color=colour, linewidth=1.1, linestyle=":", zorder=0)


def _point_left(axes: Axes, y: pd.Series, colour: str) -> None:
    """Draw arrows at the left edge, for what an axis in logs cannot show."""
    if y.empty:  # an empty line would count as a point at the corner of the picture
        return
    left = axes.get_xlim()[0]
    axes.plot([left] * len(y), y, "<", color=colour, markersize=9, clip_on=False, zorder=3)


def plot_plants(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw what plants brought over what was announced, in logs, with a line where both agree.

    Parameters
    ----------
    frame
        Columns label (of the plant), ratio (realised over announced; zero is an arrow at the left
        edge), what (of which jobs); at most four kinds of jobs, plants in order.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, a ratio is below zero or a row stands twice.
    """
    check_frame(frame, words=["label", "what"], numbers=["ratio"], key=["label", "what"])
    check_not_below_zero(frame, ["ratio"])
    names, kinds = list(frame["label"].unique()), list(frame["what"].unique())
    if len(kinds) > 4:
        raise InputError(
            "This frame cannot be drawn.", [Fault("what", "four kinds at most", str(len(kinds)))]
        )
    figure, body = new_figure(rows_height(names) * 1.25 + FRAME + 0.3, title, source)
    axes = body.add_subplot()
    log_axis(axes, np.append(frame["ratio"].to_numpy(float), [0.5, 2]))
    axes.axvline(1, color=INK, linewidth=1.3, zorder=1)
    looks = zip(kinds, ((BLUE, "o"), (ORANGE, "D"), (GREY, "s"), (RED, "^")), strict=False)
    for kind, (colour, shape) in looks:
        rows = frame[frame["what"] == kind]
        y = rows["label"].map(names.index)
        ratio = rows["ratio"].clip(lower=axes.get_xlim()[0])
        axes.hlines(y, ratio, 1, color="#B8C0C8", linewidth=2.5)
        _point_left(axes, y[rows["ratio"] == 0], colour)
        axes.scatter(
            ratio.where(rows["ratio"] > 0), y, s=75, color=colour, marker=shape, edgecolor=INK,
            linewidth=0.8, zorder=3, label=kind,
        )  # fmt: skip
    axes.set_xlabel("realised over announced (1: as announced)", fontsize=SIZE)
    name_rows(axes, names, [_ratios(frame[frame["label"] == name]) for name in names])
    legend_below(body, axes)
    return figure


def _ratios(rows: pd.DataFrame) -> str:
    return "; ".join(
        f"{what} {short_figure(ratio)}"
        for what, ratio in zip(rows["what"], rows["ratio"], strict=True)
    )
