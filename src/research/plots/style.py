"""One look for every plot: colours that colour-blind readers can tell apart, a finding on top."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

#: Okabe and Ito's palette, by what the colour stands for.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F6B76"

#: Width of a figure in inches; heights follow the content.
WIDTH = 8.0

_TITLE_CHARACTERS, _SOURCE_CHARACTERS = 78, 110
_LINE_INCHES = 0.235


def new_figure(height: float, title: str, source: str) -> Figure:
    """Make a figure with its finding as title and its source line, apart from pyplot.

    Parameters
    ----------
    height
        Inches for the axes; room for the title and the source comes on top.
    title
        The finding.
    source
        Where the figures come from.
    """
    head = textwrap.wrap(title, _TITLE_CHARACTERS)
    foot = textwrap.wrap(f"Source: {source}", _SOURCE_CHARACTERS)
    top = _LINE_INCHES * len(head) + 0.15
    bottom = 0.16 * len(foot) + 0.1
    total = height + top + bottom
    layout = ConstrainedLayoutEngine(rect=(0.0, bottom / total, 1.0, height / total))
    figure = Figure(figsize=(WIDTH, total), facecolor="white", layout=layout)
    text: dict[str, Any] = {"x": 0.012, "ha": "left", "in_layout": False}
    figure.text(
        y=1 - 0.08 / total, s="\n".join(head), va="top", fontsize=12.5, fontweight="bold", **text
    )
    figure.text(y=0.06 / total, s="\n".join(foot), va="bottom", fontsize=8, color=GREY, **text)
    return figure


def clean(axes: Axes) -> None:
    """Take away what carries no figures and set readable type."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#B8C0C8")
    axes.tick_params(labelsize=9, color="#B8C0C8")
    axes.grid(axis="y", color="#E7EAED", linewidth=0.8)
    axes.set_axisbelow(True)


def zero_line(axes: Axes, *, horizontal: bool = True) -> None:
    """Draw the line of no effect."""
    draw = axes.axhline if horizontal else axes.axvline
    draw(0, color="#3C454D", linewidth=0.9, zorder=1)
