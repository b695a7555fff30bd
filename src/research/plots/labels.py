"""Names beside lines and above marks that do not touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from research.plots.rows import INK, SIZE, apart
from research.plots.style import GREY

#: Share of the height of a panel that a line of text takes.
LINE = 0.065

# Inches that a line of text takes.
_LINE_INCHES = 0.18

# Where words of marks begin to go to the other side, a share of the width of a panel.
_MIDDLE = 0.5


def around(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions both ways until neighbours stand ``gap`` apart, order and mean kept."""
    moved = np.asarray(apart(positions, gap))
    return [float(value) for value in moved - np.mean(moved - np.asarray(positions))]


def levels(positions: Sequence[float], gap: float) -> list[int]:
    """Give each of the rising positions the lowest level where it is ``gap`` from the last."""
    last: list[float] = []
    found = []
    for position in positions:
        free = (n for n, before in enumerate(last) if position - before >= gap)
        level = next(free, len(last))
        last[level : level + 1] = [position]
        found.append(level)
    return found


def name_ends(
    axes: Axes, ends: pd.DataFrame, *, inches: float, place: float = 1.05, across: bool = False
) -> None:
    """Write the names of lines right of the axes, each with a thin line to its end.

    Call it when the limits of the axes are set.

    Parameters
    ----------
    axes
        Where the lines are.
    ends
        Columns x and y (where each line ends), name and colour.
    inches
        Height of the axes, about.
    place
        Where the names start, in widths of the axes.
    across
        Whether x is in widths of the axes.
    """
    bottom, top = axes.get_ylim()
    lines = max(name.count("\n") + 1 for name in ends["name"])
    gap = (0.04 + lines * _LINE_INCHES) / inches * (top - bottom)
    heights = around(list(ends["y"]), gap)
    coordinates = ("axes fraction" if across else "data", "data")
    for end, height in zip(ends.itertuples(), heights, strict=True):
        axes.annotate(
            end.name, (end.x, end.y), (place, height), xycoords=coordinates,
            textcoords=("axes fraction", "data"), va="center", fontsize=SIZE, color=INK,
            annotation_clip=False, arrowprops={
                "arrowstyle": "-", "color": end.colour, "linewidth": 1.2, "linestyle": ":",
                "relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 3,
            },
        )  # fmt: skip


def name_marks(axes: Axes, marks: pd.Series) -> None:
    """Name each mark (label -> place) above the axes, where there is more room.

    Call it when the limits are set. Words go away from the nearer end of the axis, the mark that is
    furthest from where they go one line higher than the next.
    """
    if marks.empty:
        return
    drawn = axes.transData.transform([(place, 0) for place in marks])
    to_right = bool(axes.transAxes.inverted().transform(drawn)[:, 0].mean() < _MIDDLE)
    side, words = ("left", " {}") if to_right else ("right", "{} ")
    levels = marks.rank(method="first", ascending=not to_right)
    for (label, value), level in zip(marks.items(), levels, strict=True):
        top = 1 + LINE * level
        axes.axvline(
            value, ymax=top, color=GREY, linewidth=1.2, linestyle=":", zorder=0, clip_on=False
        )
        axes.annotate(
            words.format(label), (value, top), xycoords=("data", "axes fraction"), ha=side,
            va="top", fontsize=SIZE, color=INK,
        )  # fmt: skip
