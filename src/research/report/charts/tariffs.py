"""The rate by day and authority, with numbered days and a key to them."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from research.report.charts.parts import levels
from research.report.charts.style import (
    BLUE,
    INK,
    ORANGE,
    SIZE,
    Drawing,
    clean,
    in_two_widths,
    new_figure,
    width,
)

# Fill and hatch of an authority: neighbours differ in lightness, all in pattern.
_FILLS = (
    ("#C9D0D6", ""), ("#F6CF86", "..."), (BLUE, ""), ("#CFE4F2", "////"), ("#8FD1BC", "xxx"),
    ("#FFFFFF", "----"), (ORANGE, "\\\\\\\\"), ("#E7EAED", "++"),
)  # fmt: skip

# Shape, fill, dash of the rim and colour of the number, by what happened on the day.
_KINDS: dict[str, tuple[str, str, str, str]] = {
    "announced": ("o", "white", "-", INK),
    "in force": ("o", INK, "-", "white"),
    "threat": ("o", "white", ":", INK),
    "ruling": ("s", "white", "-", INK),
}

# Inches: the plain of the areas, a number above them, a line of text, a line of the legend.
_PLAIN, _NUMBER, _LINE, _ROOM = 3.0, 0.28, 0.19, 0.09
_MOST_TICKS = 9
_KEY_CHARACTERS = 56


@in_two_widths
def plot_rate_steps(
    parts: pd.DataFrame,
    published: pd.Series,
    marks: pd.DataFrame,
    title: str,
    source: str,
    *,
    end: pd.Timestamp,
) -> Drawing:
    """Draw a rate as stacked steps by authority, with numbered days and a key to them.

    Parameters
    ----------
    parts
        Index: days of change, each row in force until the next, the last until ``end``. Columns:
        authorities in words, from the lowest of the stack, per cent of the import value; eight at
        most.
    published
        The rate as others published it, per cent, on days of change of its own, each in force until
        the next: a black step line under the name of the series.
    marks
        Columns day, label, kind (``announced``, ``in force``, ``threat`` or ``ruling``); one row
        an event, numbered by day.
    title, source
        Finding and source line.
    end
        Last day drawn; no day of the tables lies behind it.
    """
    marks = marks.sort_values("day", kind="stable")
    labels = [textwrap.wrap(label, _KEY_CHARACTERS) for label in marks["label"]]
    days = list((marks["day"] - parts.index[0]).dt.days)
    span = (end - parts.index[0]).days
    heights = np.array(levels(days, _NUMBER * 1.1 * span / (width() - 0.9)))
    entries = parts.shape[1] + 1
    sizes = [
        _PLAIN + 0.6 + _NUMBER * (heights.max() + 1) + 0.24 * -(-entries // 2),
        sum(_LINE * len(lines) + _ROOM for lines in labels) + 0.1,
    ]
    figure, body = new_figure(sum(sizes), title, source)
    axes, key = body.subplots(2, 1, height_ratios=sizes)
    _draw_parts(axes, parts, published, end)
    peak = max(parts.sum(axis=1).max(), published.max())
    _number_days(axes, marks, heights, float(peak))
    _write_key(key, marks, labels)
    return figure


def _draw_parts(axes: Axes, parts: pd.DataFrame, published: pd.Series, end: pd.Timestamp) -> None:
    held = _until(parts, end)
    tops = held.cumsum(axis=1)
    handles: list[Any] = []
    for name, (colour, hatch) in zip(parts.columns, _FILLS, strict=False):
        look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": INK}
        axes.fill_between(
            held.index, tops[name] - held[name], tops[name], step="post", linewidth=0.4, **look
        )
        handles.append(Patch(label=str(name), linewidth=0.4, **look))
    line = _until(published, end)
    handles += axes.step(
        line.index, line, where="post", color="black", linewidth=1.8, label=published.name
    )
    clean(axes)
    axes.legend(
        handles=handles[::-1], loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2,
        frameon=False, fontsize=SIZE, borderaxespad=0,
    )  # fmt: skip
    axes.tick_params(labelsize=SIZE)
    axes.set_ylabel("% of import value", fontsize=SIZE)
    _month_axis(axes, held.index[0], end)


def _until(values: Any, end: pd.Timestamp) -> Any:
    """Repeat the last row at ``end``."""
    index = (
        values.index if values.index[-1] == end else values.index.append(pd.DatetimeIndex([end]))
    )
    return values.reindex(index, method="ffill")


def _month_axis(axes: Axes, first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Set an axis of days with a tick at the start of months, the year below January."""
    steps = (pd.date_range(first, last, freq=f"{step}MS") for step in (1, 2, 3, 6, 12, 60))
    starts = next((ticks for ticks in steps if len(ticks) <= _MOST_TICKS), ())
    labels = [f"{day:%b}\n{day:%Y}" if day.month < 2 else f"{day:%b}" for day in starts]
    axes.set_xlim(first, last)
    axes.set_xticks(starts, labels)


def _number_days(axes: Axes, marks: pd.DataFrame, heights: Any, peak: float) -> None:
    """Put a number above the areas for each mark, and leave room for them."""
    plain = 1.02 * peak
    number = _NUMBER * plain / _PLAIN
    axes.set_ylim(0, plain + number * (heights.max() + 1.2))
    ticks = [tick for tick in axes.get_yticks() if tick <= plain]
    axes.set_yticks(ticks)
    for count, (row, level) in enumerate(zip(marks.itertuples(), heights, strict=True), 1):
        y = plain + number * (level + 0.6)
        axes.vlines(row.day, 0, y, color=INK, linewidth=0.9, linestyle=":")
        _number(axes, (row.day, y), count, row.kind, size=260)


def _number(axes: Axes, place: tuple[Any, float], number: int, kind: str, *, size: float) -> None:
    shape, fill, dash, ink = _KINDS[kind]
    axes.scatter(
        *place, s=size, marker=shape, facecolor=fill, edgecolor=INK, linestyle=dash,
        linewidth=1.4, zorder=4, clip_on=False,
    )  # fmt: skip
    axes.text(
        *place, str(number), ha="center", va="center_baseline", fontsize=10, color=ink,
        fontweight="bold", zorder=5,
    )  # fmt: skip


def _write_key(key: Axes, marks: pd.DataFrame, labels: list[list[str]]) -> None:
    """Write a row a mark: number, day, what happened, in words."""
    places = np.cumsum([0.0, *(_LINE * len(lines) + _ROOM for lines in labels)])
    key.set(xlim=(0, 1), ylim=(places[-1], 0))
    key.axis("off")
    words: dict[str, Any] = {"va": "top", "fontsize": SIZE, "color": INK, "parse_math": False}
    rows = zip(marks.itertuples(), labels, places[:-1], strict=True)
    for count, (row, lines, top) in enumerate(rows, 1):
        _number(key, (0.02, top + 0.125), count, row.kind, size=190)
        key.text(0.055, top + 0.03, f"{row.day.day} {row.day:%b %Y}", **words)
        key.text(0.205, top + 0.03, row.kind, **words)
        key.text(0.335, top + 0.03, "\n".join(lines), **words)
