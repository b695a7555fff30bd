"""One look for every plot: colours that colour-blind readers can tell apart, a finding on top."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from research.words import unbroken

#: Okabe and Ito's palette, by what the colour stands for.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F6B76"

#: Colour, dash and marker: lines differ in grey as well.
LOOKS = ((BLUE, "-", "o"), (RED, "--", "s"), (GREEN, "-.", "^"), (ORANGE, ":", "D"))

#: Width of a figure in inches; heights follow the content.
WIDTH = 8.0

_TITLE_CHARACTERS, _SOURCE_CHARACTERS = 70, 110


def new_figure(height: float, title: str, source: str) -> tuple[Figure, SubFigure]:
    """Make a figure with its finding on top and its source below, apart from pyplot.

    Parameters
    ----------
    height
        Inches for the drawing; room for the title and the source is added.
    title
        The finding.
    source
        Where the figures come from.

    Returns
    -------
    tuple
        The whole figure, and the part of it to draw in.
    """
    head = textwrap.wrap(unbroken(title), _TITLE_CHARACTERS)
    foot = textwrap.wrap(f"Source: {source}", _SOURCE_CHARACTERS)
    heights = [0.235 * len(head) + 0.12, height, 0.16 * len(foot) + 0.1]
    figure = Figure(figsize=(WIDTH, sum(heights)), facecolor="white", layout="constrained")
    parts = np.asarray(figure.subfigures(3, 1, height_ratios=heights), dtype=object)
    top, body, bottom = parts
    # Dollars are dollars, not the ends of a formula.
    text: dict[str, Any] = {"x": 0.012, "y": 0.5, "ha": "left", "va": "center"}
    text["parse_math"] = False
    top.text(s="\n".join(head), fontsize=12.5, fontweight="bold", **text)
    bottom.text(s="\n".join(foot), fontsize=8, color=GREY, **text)
    return figure, body


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
