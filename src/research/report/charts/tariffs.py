"""The rate by day and authority, with numbered days and a key to them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from research.report.charts import draw

# Shape, fill, dash of the rim and colour of the number, by what happened on the day.
_KINDS: dict[str, tuple[str, str, str, str]] = {
    "announced": ("o", "white", "-", draw.INK),
    "in force": ("o", draw.INK, "-", "white"),
    "threat": ("o", "white", ":", draw.INK),
    "ruling": ("s", "white", "-", draw.INK),
}

# Inches: the plain of the areas, a number above them, a line of text, a line of the legend.
_PLAIN, _NUMBER, _LINE, _ROOM = 3.0, 0.28, 0.19, 0.09


@draw.in_two_widths
def plot_rate_steps(
    parts: pd.DataFrame, published: pd.Series, marks: pd.DataFrame, title: str, source: str, *,
    end: pd.Timestamp,
) -> draw.Drawing:  # fmt: skip
    """Draw a rate as stacked steps by authority, with numbered days and a key to them.

    ``parts`` has days of change as its index, each row in force until the next, the last until
    ``end``, and columns of authorities in words, eight at most, the lowest first, in per cent of
    the import value. ``published``, the same by others, is a black line under its name. ``marks``
    (day, label, kind: ``announced``, ``in force``, ``threat`` or ``ruling``) are numbered by day.
    """
    marks = marks.sort_values("day", kind="stable")
    room = draw.width() - (0.6 if draw.is_narrow() else 3.2)
    labels = [draw.broken(label, room) for label in marks["label"]]
    rows = [_LINE * (len(lines) + draw.is_narrow()) + _ROOM for lines in labels]
    days = list((marks["day"] - parts.index[0]).dt.days)
    span = (end - parts.index[0]).days
    heights = np.array(levels(days, _NUMBER * 1.1 * span / (draw.width() - 0.9)))
    names = [*map(str, parts), str(published.name)]
    sizes = [
        _PLAIN + 0.8 + _NUMBER * (heights.max() + 1) + draw.legend_height(names),
        sum(rows) + 0.1,
    ]
    figure, body = draw.new_figure(sum(sizes), title, source)
    top, below = np.asarray(body.subfigures(2, 1, height_ratios=sizes), dtype=object)
    axes = top.add_subplot()
    _draw_parts(axes, parts, published, end)
    draw.legend(top, [axes], reverse=True)
    draw.name_up(top, "% of import value")
    peak = max(parts.sum(axis=1).max(), published.max())
    _number_days(axes, marks, heights, float(peak))
    _write_key(below.add_subplot(), marks, labels, np.cumsum([0.0, *rows]))
    return figure


def _draw_parts(axes: Axes, parts: pd.DataFrame, published: pd.Series, end: pd.Timestamp) -> None:
    held = _until(parts, end)
    tops = held.cumsum(axis=1)
    for name, (colour, hatch) in zip(parts.columns, draw.FILLS, strict=False):
        axes.fill_between(
            held.index, tops[name] - held[name], tops[name], step="post", linewidth=0.4,
            label=str(name), facecolor=colour, hatch=hatch, edgecolor=draw.INK,
        )  # fmt: skip
    line = _until(published, end)
    axes.step(line.index, line, where="post", color="black", linewidth=1.8, label=published.name)
    draw.clean(axes)
    axes.set_xlim(held.index[0], end)
    draw.month_axis(axes, held.index[0], end, 5 if draw.is_narrow() else 9)


def _until(values: Any, end: pd.Timestamp) -> Any:
    return values.reindex(values.index.union([end]), method="ffill")


def levels(positions: Sequence[float], gap: float) -> list[int]:
    """Give each of the rising positions the lowest level where it is ``gap`` from the last."""
    last: list[float] = []
    found = []
    for position in positions:
        level = next((n for n, before in enumerate(last) if position - before >= gap), len(last))
        last[level : level + 1] = [position]
        found.append(level)
    return found


def _number_days(axes: Axes, marks: pd.DataFrame, heights: Any, peak: float) -> None:
    """Put a number above the areas for each mark, and leave room for them."""
    plain = 1.02 * peak
    number = _NUMBER * plain / _PLAIN
    axes.set_ylim(0, plain + number * (heights.max() + 1.2))
    ticks = [tick for tick in axes.get_yticks() if tick <= plain]
    axes.set_yticks(ticks)
    for count, (row, level) in enumerate(zip(marks.itertuples(), heights, strict=True), 1):
        y = plain + number * (level + 0.6)
        axes.vlines(row.day, 0, y, color=draw.INK, linewidth=0.9, linestyle=":")
        _number(axes, (row.day, y), count, row.kind, size=260)


def _number(axes: Axes, place: tuple[Any, float], number: int, kind: str, *, size: float) -> None:
    shape, fill, dash, ink = _KINDS[kind]
    axes.scatter(
        *place, s=size, marker=shape, facecolor=fill, edgecolor=draw.INK, linestyle=dash,
        linewidth=1.4, zorder=4, clip_on=False,
    )  # fmt: skip
    axes.text(
        *place, str(number), ha="center", va="center_baseline", fontsize=10, color=ink,
        fontweight="bold", zorder=5,
    )  # fmt: skip


def _write_key(key: Axes, marks: pd.DataFrame, labels: list[list[str]], places: Any) -> None:
    """Write a row a mark: number, day, what happened, in words."""
    key.set(xlim=(0, draw.width() - 0.2), ylim=(places[-1], 0))
    key.axis("off")
    words: dict[str, Any] = {"va": "top", "fontsize": draw.SIZE, "color": draw.INK}
    words["parse_math"] = False
    rows = zip(marks.itertuples(), labels, places[:-1], strict=True)
    for count, (row, lines, top) in enumerate(rows, 1):
        _number(key, (0.16, top + 0.115), count, row.kind, size=190)
        key.text(0.43, top + 0.03, f"{row.day.day} {row.day:%b %Y}", **words)
        key.text(1.6, top + 0.03, row.kind, **words)
        left, down = (0.43, _LINE) if draw.is_narrow() else (2.6, 0)
        key.text(left, top + 0.03 + down, "\n".join(lines), **words)
