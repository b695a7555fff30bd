"""Parts of charts: rows with names, axes in logs, whiskers, legends, names that do not touch."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from numpy.typing import ArrayLike

from research.report.charts.style import GREY, INK, SIZE, clean

# Inches: the least that a row takes, a line of text and the room between names.
_ROW, _LINE, _GAP = 0.3, 0.18, 0.06
_NAME_CHARACTERS = 30

# Ticks within a decade, unless there are so many decades that their labels would touch.
_TICKS, _MANY = (1, 2, 5), 6


def wrapped(names: Iterable[str]) -> list[str]:
    """Break long names of rows into lines."""
    return ["\n".join(textwrap.wrap(name, _NAME_CHARACTERS)) for name in names]


def rows_height(names: Collection[str]) -> float:
    """Give the inches that rows of these names take, all as high as the longest needs."""
    lines = max((name.count("\n") + 1 for name in wrapped(names)), default=1)
    return len(names) * max(_ROW, _LINE * lines + _GAP)


def name_rows(
    axes: Axes, names: Sequence[str], figures: Sequence[str], bold: Collection[str] = ()
) -> None:
    """Write names at the left and figures at the right, the first row on top.

    Call it when the drawing is done: it sets the axis of the rows, 0 being the first.
    """
    clean(axes, grid="x")
    axes.set_yticks(range(len(names)), wrapped(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, pad=8)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if name in bold else "normal")
    for position, text in enumerate(figures):
        axes.annotate(
            text, (1.02, position), xycoords=("axes fraction", "data"), va="center",
            fontsize=SIZE, color=INK,
        )  # fmt: skip


def head_figures(axes: Axes, words: str) -> None:
    """Write above the figures at the right what they are."""
    axes.annotate(
        words, (1.02, 1.01), xycoords="axes fraction", va="bottom", fontsize=SIZE, color=GREY
    )


def mark(axes: Axes, marks: Mapping[str, float], *, named: bool = True, zorder: float = 0) -> None:
    """Draw dotted lines across the axis of x, each with its words above, close ones higher.

    Call it when the limits are set. Words go away from the nearer end of the axis, the mark that is
    furthest from where they go one line higher than the next.
    """
    places = pd.Series(dict(marks), dtype=float)
    drawn = [axes.transAxes.inverted().transform(axes.transData.transform((x, 0))) for x in places]
    right = not drawn or float(np.mean(drawn, axis=0)[0]) < 0.5
    levels = places.rank(method="first", ascending=not right)
    line: dict[str, Any] = {"color": GREY, "linewidth": 1.3, "linestyle": ":"}
    for (label, place), level in zip(places.items(), levels, strict=True):
        axes.axvline(place, zorder=zorder, **line)
        if named and label:
            axes.annotate(
                f" {label} ", (place, 1), (0, 2 + 15 * (level - 1)), va="bottom", color=INK,
                xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=SIZE,
                ha="left" if right else "right", annotation_clip=False,
                arrowprops={"arrowstyle": "-", "relpos": (1 - right, 0), "shrinkA": 0, "shrinkB": 0}
                | line,
            )  # fmt: skip


def name_ends(axes: Axes, ends: pd.DataFrame, *, inches: float) -> None:
    """Write names right of the axes, each with a thin line to where its line ends.

    Call it when the limits of the axes are set; ``ends`` has columns x, y, name and colour,
    ``inches`` is the height of the axes, about.
    """
    bottom, top = axes.get_ylim()
    lines = max(name.count("\n") + 1 for name in ends["name"])
    heights = around(list(ends["y"]), (0.04 + lines * _LINE) / inches * (top - bottom))
    for end, height in zip(ends.itertuples(), heights, strict=True):
        axes.annotate(
            end.name, (end.x, end.y), (1.05, height), textcoords=("axes fraction", "data"),
            va="center", fontsize=SIZE, color=INK, annotation_clip=False, arrowprops={
                "arrowstyle": "-", "color": end.colour, "linewidth": 1.2, "linestyle": ":",
                "relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 3,
            },
        )  # fmt: skip


def around(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions until neighbours stand ``gap`` apart, their order and mean kept."""
    given = np.asarray(positions, dtype=float)
    moved = given.copy()
    for below, above in itertools.pairwise(np.argsort(given, kind="stable")):
        moved[above] = max(moved[above], moved[below] + gap)
    return [float(value) for value in moved - np.mean(moved - given)]


def levels(positions: Sequence[float], gap: float) -> list[int]:
    """Give each of the rising positions the lowest level where it is ``gap`` from the last."""
    last: list[float] = []
    found = []
    for position in positions:
        level = next((n for n, before in enumerate(last) if position - before >= gap), len(last))
        last[level : level + 1] = [position]
        found.append(level)
    return found


def log_axis(axes: Axes, values: ArrayLike) -> None:
    """Set a horizontal axis in logs that holds all values above zero, with ticks at 1, 2, 5, 10."""
    found = np.asarray(values, dtype=float)
    seen = found[np.isfinite(found) & (found > 0)]
    low, high = seen.min() / 1.15, seen.max() * 1.15
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = np.outer(decades, _TICKS if len(decades) < _MANY else (1,)).ravel()
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(low, high)
    axes.set_xticks(ticks[(ticks >= low) & (ticks <= high)])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")


def whiskers(axes: Axes, places: Any, low: Any, high: Any, *, upright: bool = False) -> None:
    """Draw ranges that are none of a point; a white rim lets them be seen on a dark bar."""
    for place, *ends in zip(places, low, high, strict=True):
        if ends[0] < ends[1]:
            line = ([place, place], ends) if upright else (ends, [place, place])
            for colour, width in (("white", 3.6), (INK, 1.5)):
                axes.plot(
                    *line, "_-" if upright else "|-", color=colour, linewidth=width, markersize=9,
                    markeredgewidth=width, zorder=4,
                )  # fmt: skip


def legend(body: SubFigure, panels: Iterable[Axes], *, right: bool = False) -> None:
    """Write each name of any panel once, below the panels or at their right."""
    found: dict[str, Any] = {}
    for axes in panels:
        handles, names = axes.get_legend_handles_labels()
        found |= {name: one for name, one in zip(names, handles, strict=True) if name}
    columns = 1 if right else 2 if max(map(len, found)) > 28 else 4
    body.legend(
        list(found.values()), list(found), frameon=False, fontsize=SIZE, ncols=columns,
        loc="outside right upper" if right else "outside lower center",
    )  # fmt: skip
