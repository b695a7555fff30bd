"""Cells coloured by their value: a heat map, or a map of tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb

from research.report.charts import draw

_PALE, _DEEP_BLUE, _DEEP_RED, _NO_DATA = "#F3F6F9", "#00344F", "#6B2F00", "#E7EAED"


@draw.in_two_widths
def cells(
    frame: pd.DataFrame, *, row: str, column: str, value: str, title: str, source: str, unit: str,
    words: str | None = None, dots: Mapping[str, float] | None = None, square: bool = False,
) -> draw.Drawing:  # fmt: skip
    """Draw a cell for each row and column, coloured by its value: a heat map, or a map of tiles.

    Blue is above zero, brown below, pale near it; a cell without a value is grey. ``words`` are
    written on the cells, for tiles with ``square`` and whole numbers as rows and columns; ``dots``
    (column of true or false -> size in points) puts a dot on some of them.
    """
    draw.check(frame, [value, *(dots or {})], [row, column, *filter(None, (words,))])
    down, along = list(frame[row].unique()), list(frame[column].unique())
    if square:
        down, along = (list(range(int(min(n)), int(max(n)) + 1)) for n in (down, along))
    grid = frame.pivot(index=row, columns=column, values=value).reindex(index=down, columns=along)
    values = np.ma.masked_invalid(grid.to_numpy(float))
    colours, norm = _colours(values.compressed())
    colours = colours.with_extremes(bad="none" if square else _NO_DATA)
    size = draw.SIZE - 1 if words else 8
    names = [str(name) for name in down]
    high = draw.row_height(names, size=size, least=0.3 if words else 0.2)
    share = 1 if square else draw.thickness(high, 1)
    heads, level = _column_names([str(name) for name in along], size)
    tall = max(
        (name.count("\n") + 1) * 0.2 if level else draw.breadth(name, size) for name in heads
    )
    inches = high * len(down) + tall + 0.8
    if square:
        inches = draw.width() * len(down) / len(along) + 0.75
    figure, body = draw.new_figure(inches, title, source)
    axes = body.add_subplot()
    for number, line in enumerate(values):
        drawn = axes.pcolormesh(
            np.arange(len(along) + 1) - 0.5, number + np.array([-share, share]) / 2, line[None],
            cmap=colours, norm=norm, edgecolors="white", linewidth=1.5 if square else 0.4,
        )  # fmt: skip
    axes.spines[:].set_visible(False)
    x, y = frame[column].map(along.index).to_numpy(), frame[row].map(down.index).to_numpy()
    for name, points in (dots or {}).items():
        hit = frame[name].to_numpy(bool)
        axes.plot(x[hit], y[hit], "ko", markersize=points, mec="white", mew=0.6)
    for place, text, number in zip(
        zip(x, y, strict=True), frame[words] if words else [], frame[value], strict=False
    ):
        shade = np.dot(to_rgb(colours(norm(number))), (0.299, 0.587, 0.114))
        ink = draw.INK if shade > 0.5 or pd.isna(number) else "white"
        # A tile of a narrow map holds its name alone.
        axes.text(
            *place, text.split("\n")[0] if square and draw.is_narrow() else text, ha="center",
            va="center", fontsize=size, color=ink,
        )  # fmt: skip
    if square:
        axes.set_ylim(len(down) - 0.5, -0.5)
        axes.axis("off")
        axes.set_aspect("equal")
    else:
        draw.name_rows(axes, names, size=size, height=high)
        axes.xaxis.tick_top()
        axes.set_xticks(range(len(along)), heads, rotation=0 if level else 90, fontsize=size)
        axes.tick_params(axis="x", length=0)
    bar = body.colorbar(
        drawn, ax=axes, aspect=50, pad=0.01, shrink=0.9, location="bottom" if square else "top",
        extend="neither" if square else "both",
    )  # fmt: skip
    bar.set_label(unit, fontsize=draw.SIZE)
    bar.ax.tick_params(labelsize=draw.SIZE - 1)
    bar.outline.set_visible(False)
    return figure


def _column_names(names: list[str], size: float) -> tuple[list[str], bool]:
    """Break the names of columns; they lie level if their words are no wider than a column."""
    inches = (draw.room() if draw.is_narrow() else 5) / len(names) - 0.05
    if max(draw.breadth(word, size) for name in names for word in name.split(" ")) < inches:
        return ["\n".join(draw.broken(name, inches, size)) for name in names], True
    lines = max(1, int(inches / (draw.LINE * size / draw.SIZE)))
    return [
        "\n".join(draw.broken(name, max(1.7, 1.2 * draw.breadth(name, size) / lines), size))
        for name in names
    ], False


def _colours(values: Any) -> tuple[Colormap, Normalize]:
    """Run from pale to deep blue, and to deep red for figures below zero, zero being pale."""
    if values.min() >= 0:
        blues = LinearSegmentedColormap.from_list("blues", [_PALE, draw.BLUE, _DEEP_BLUE])
        return blues, Normalize(0, values.max() or 1)
    both = [_DEEP_RED, draw.RED, _PALE, draw.BLUE, _DEEP_BLUE]
    # A few extreme cells must not leave all others pale.
    limit = float(np.quantile(np.abs(values), 0.98)) or 1
    return LinearSegmentedColormap.from_list("both", both), Normalize(-limit, limit)
