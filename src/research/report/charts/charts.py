"""Four kinds of charts, each drawn from one table: rows, lines, levels and cells.

All take names of columns, a title that states the finding and a source line. Words in the table
(labels, series, panels) are drawn as they stand, in the order of the table; of more than one
series, colour and shape (or dash, or hatch) change together, so that a print in grey can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError
from research.report.charts.heat import cells
from research.report.charts.parts import (
    HALO,
    axis_height,
    check,
    head_figures,
    head_height,
    head_panel,
    legend,
    legend_height,
    log_axis,
    mark,
    month_axis,
    name_axis,
    name_ends,
    name_rows,
    name_up,
    row_height,
    thickness,
    ticks,
    whiskers,
)
from research.report.charts.style import (
    COLOURS,
    DASHES,
    FILLS,
    GREY,
    INK,
    RED,
    SHAPES,
    SIZE,
    Drawing,
    broken,
    clean,
    digits_of,
    in_two_widths,
    is_narrow,
    new_figure,
    range_words,
    room,
    zero_line,
)
from research.words import about

__all__ = ["cells", "levels", "lines", "rows"]

# Inches: a panel of lines.
_PANEL = 1.35


@in_two_widths
def rows(
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    title: str,
    source: str,
    low: str | None = None,
    high: str | None = None,
    series: str | None = None,
    panel: str | None = None,
    bars: bool = False,
    points: Mapping[str, str] | None = None,
    figures: str | None = None,
    head: str = "",
    xlabel: str = "",
    bold: Collection[str] = (),
    log: bool = False,
    marks: Mapping[str, float] | None = None,
    colours: Mapping[str, str] | None = None,
    one_scale: bool = True,
) -> Drawing:
    """Draw a row for each label: a dot or a bar at its value, a line from low to high.

    Rows of one label share their line, one mark for each of the ``series``; ``panel`` parts the
    rows under headings, on one scale unless told otherwise. ``points`` (column -> words) adds open
    diamonds, such as what others reported; ``marks`` (words -> place) dotted lines across. At the
    right stands the text of ``figures``, by default the value with its range; ``head`` says what it
    is. On an axis in logs an arrow at the left edge stands for what is not above zero.
    """
    points = {name: text for name, text in (points or {}).items() if frame[name].notna().any()}
    numbers = [value, *points, *filter(None, (low, high))]
    check(frame, numbers, [label, *filter(None, (series, panel, figures))])
    looks, parts = _looks(frame, series, colours), _parts(frame, panel)
    signs = bool((frame[numbers] < 0).to_numpy().any()) and not log
    digits = digits_of(frame[numbers]) if signs else None
    texts = []
    for _, part in parts:
        ends = part[[value, low or value, high or value]].to_numpy(float).tolist()
        own = (
            part[figures]
            if figures
            else pd.Series([range_words(a, b, c, digits) for a, b, c in ends])
        )
        own = own.groupby(part[label].to_numpy(), sort=False).unique().map("; ".join)
        texts.append({str(name): text for name, text in own.items()})
    heights = [
        len(text) * row_height([*text], [*text.values()], bold) + head_height(name)
        for text, (name, _) in zip(texts, parts, strict=True)
    ]
    named = [*looks, *points.values()]
    inches = sum(heights) + axis_height(xlabel) + legend_height(named)
    inches += axis_height() * (0 if one_scale else len(parts) - 1)
    figure, body = new_figure(inches, title, source)
    grid = body.subplots(len(parts), 1, sharex=one_scale, squeeze=False, height_ratios=heights)
    for axes, (name, part), text in zip(grid.flat, parts, texts, strict=True):
        names = list(text)
        thick = thickness(row_height(names, [*text.values()], bold))
        if log:
            log_axis(axes, [*frame[numbers].to_numpy(float).ravel(), *(marks or {}).values()])
        for one, look in looks.items():
            chosen = _only(part, series, one)
            if len(chosen):
                y = chosen[label].map(names.index).to_numpy(float)
                _draw_row(axes, chosen, y, (value, low, high), look, bars=thick * bars)
        for column, words in points.items():
            axes.plot(
                part[column], part[label].map(names.index), "D", markersize=7.5, zorder=4,
                markerfacecolor="white", markeredgecolor=RED, markeredgewidth=1.8, label=words,
            )  # fmt: skip
        if not log:
            zero_line(axes, horizontal=False)
            axes.margins(x=0.04)
            ticks(axes, names, text.values())
        clean(axes, grid="x")
        name_rows(axes, names, [*text.values()], bold)
        head_panel(axes, name)
        mark(axes, marks or {}, named=axes is grid.flat[0] and not name)
    name_axis(grid.flat[-1], xlabel)
    head_figures(grid.flat[0], head, lines=len(marks or {}))
    if len(named) > 1:
        legend(body, grid.flat)
    return figure


def _draw_row(
    axes: Axes,
    part: pd.DataFrame,
    y: Any,
    columns: tuple[str, str | None, str | None],
    look: dict[str, Any],
    *,
    bars: float,
) -> None:
    value, low, high = columns
    at, colour = part[value].to_numpy(float), look["color"]
    log, edge = axes.get_xscale() == "log", axes.get_xlim()[0]
    if low and high:
        ends = part[[low, high]].clip(lower=edge if log else None)
        if bars:
            whiskers(axes, y, ends[low], ends[high])
        else:
            axes.hlines(y, ends[low], ends[high], color=colour, linewidth=4.5, alpha=0.45)
            # Ends that rise above a dot show a range that is narrower than it.
            open_ = ends[low] < ends[high]
            axes.plot(ends[open_], y[open_], "|", color=colour, markersize=12, mew=1.5)
    if bars:
        axes.barh(y, at, color=colour, height=bars, label=look["label"])
    else:
        shown = np.where(at > 0, at, np.nan) if log else at
        axes.plot(shown, y, markersize=8, zorder=3, **look | {"linestyle": "none"})
    beyond = y[np.fmin(at, part[low] if low else at) <= 0] if log else []
    if len(beyond):  # an empty line would count as a point at the corner of the picture
        axes.plot([edge] * len(beyond), beyond, "<", color=colour, markersize=9, clip_on=False)


@in_two_widths
def lines(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    title: str,
    source: str,
    series: str | None = None,
    panel: str | None = None,
    bands: Sequence[tuple[str, str]] = (),
    points: pd.DataFrame | None = None,
    marks: Mapping[str, float] | None = None,
    across: Mapping[str, float] | None = None,
    xlabel: str = "",
    ylabel: str = "",
    dots: bool = False,
    names_at_ends: bool = False,
    log: bool = False,
    height: float = 3.7,
) -> Drawing:
    """Draw lines over time or over any number, one for each of the ``series``, in ``panel``s.

    ``bands`` are pairs of columns shaded around a line, the widest first. ``points``, a table with
    the same columns, marks single places on the lines; ``marks`` (words -> x) and ``across``
    (words -> y) are dotted lines, the first with words where there is one panel. Names stand in a
    legend, or at the ends of the lines (of one panel).
    """
    check(frame, [y, *(name for pair in bands for name in pair)], [x, *filter(None, (series,))])
    looks, parts, has_points = _looks(frame, series), _parts(frame, panel), points is not None
    points = frame[:0] if points is None else points
    one, columns = len(parts) == 1, 1 if is_narrow() else min(2, len(parts))
    grid_rows = -(-len(parts) // columns)
    at_ends = names_at_ends or (len(looks) > 4 and not has_points)
    beside = len(looks) > 4 and not is_narrow()
    if at_ends:  # the names in the order of the lines
        last = frame.dropna(subset=[y]).sort_values(x).groupby(series, sort=False).tail(1)
        looks = {name: looks[name] for name in last.sort_values(y)[series][::-1]}
    single = {"linestyle": "none", "markersize": 8}  # a series of one place is a mark
    heads = [head_height(name, columns) for name, _ in parts]
    inches = (
        height
        if one
        else sum(_PANEL + max(heads[i : i + columns]) for i in range(0, len(heads), columns)) + 0.3
    )
    more = legend_height(looks) if is_narrow() else 0
    figure, body = new_figure(inches + more, title, source)
    grid = body.subplots(grid_rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, (name, part) in zip(grid.flat, parts, strict=False):
        for key, look in looks.items():
            chosen = _only(part, series, key).sort_values(x)
            for number, (low, high) in enumerate(bands):
                axes.fill_between(
                    chosen[x], chosen[low], chosen[high], color=look["color"], linewidth=0,
                    alpha=0.18 + 0.2 * number,
                )  # fmt: skip
            own = look | (single if len(chosen) == 1 else {} if dots else {"marker": None})
            axes.plot(chosen[x], chosen[y], **{"linewidth": 2, "markersize": 4} | own)
            here = _only(_only(points, panel, name), series, key)
            mine = look | {"linestyle": "none", "label": None}
            axes.plot(here[x], here[y], markersize=8, mec="white", zorder=4, **mine)
        for place in (across or {}).values():
            axes.axhline(place, color=GREY, linewidth=1.2, linestyle=":", zorder=0)
        if log:
            log_axis(axes, [*frame[x], *(marks or {}).values()])
        zero_line(axes)
        clean(axes)
        axes.margins(x=0.02)
        head_panel(axes, name, columns)
        _ticks(axes, frame[x], one=one)
        mark(axes, marks or {}, named=one)
    for axes in grid.flat[len(parts) :]:
        axes.set_visible(False)
    first = grid.flat[0]
    for words, place in (across or {}).items():
        first.annotate(
            words, (0.01, place), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", va="bottom", fontsize=SIZE - 1, color=INK,
            path_effects=HALO,
        )  # fmt: skip
    if one:  # a label of all panels would lie under the legend
        name_axis(first, xlabel)
    else:
        body.supxlabel("\n".join(broken(xlabel, room())), fontsize=SIZE)
    name_up(body, ylabel)
    if at_ends and not is_narrow():
        first.set_ylim(first.get_ylim())
        ends = last[[x, y, series]].set_axis(["x", "y", "name"], axis=1)
        colours = [looks[name]["color"] for name in ends["name"]]
        name_ends(first, ends.assign(colour=colours), inches=height - 0.5)
    elif len(looks) > 1:
        legend(body, [first], right=beside)
    return figure


def _ticks(axes: Axes, values: pd.Series, *, one: bool) -> None:
    wide = one and not is_narrow()
    if pd.api.types.is_datetime64_any_dtype(values):
        month_axis(axes, values.min(), values.max(), 8 if wide else 5)
    elif axes.get_xscale() != "log":
        whole = bool((values == values.round()).all())
        round_steps = {} if whole else {"steps": [1, 2, 2.5, 5, 10]}
        axes.xaxis.set_major_locator(MaxNLocator(8 if wide else 5, integer=whole, **round_steps))
    axes.yaxis.set_major_locator(MaxNLocator(6 if one else 4))


@in_two_widths
def levels(
    frame: pd.DataFrame,
    *,
    label: str,
    parts: Mapping[str, str],
    title: str,
    source: str,
    start: str | None = None,
    low: str | None = None,
    high: str | None = None,
    panel: str | None = None,
    figures: str | None = None,
    head: str = "",
    unit: str = "",
    upright: bool = False,
    marks: Mapping[str, float] | None = None,
    height: float = 3.7,
) -> Drawing:
    """Draw bars made of ``parts`` (column -> words), stacked from zero or from ``start``.

    A bar that begins where the one before ended makes a waterfall: give ``start``, and a part
    each for levels, gains and losses. ``low`` and ``high`` are the ends of a whisker, at places of
    the axis. Bars lie in rows with the text of ``figures`` at the right, or stand ``upright`` over
    numbers such as years; ``marks`` (words -> place) are lines across bars that lie.
    """
    numbers = [*parts, *filter(None, (start, low, high))]
    check(frame, numbers, [label, *filter(None, (panel, figures))])
    groups = _parts(frame, panel)

    def texts_of(part: pd.DataFrame) -> tuple[list[str], list[str]]:
        return list(part[label]), list(part[figures]) if figures else []

    heights = [
        height
        if upright
        else len(part) * row_height(*texts_of(part)) + axis_height(unit) + head_height(name)
        for name, part in groups
    ]
    inches = sum(heights) + legend_height(parts.values())
    figure, body = new_figure(inches, title, source)
    grid = body.subplots(len(groups), 1, squeeze=False, height_ratios=heights)
    for axes, (name, part) in zip(grid.flat, groups, strict=True):
        places = part[label].to_numpy(float) if upright else np.arange(len(part), dtype=float)
        base = part[start].to_numpy(float) if start else np.zeros(len(part))
        draw, along, thick = axes.bar, "bottom", 0.8
        if not upright:
            draw, along, thick = axes.barh, "left", thickness(row_height(*texts_of(part)), 0.8)
        for (column, words), (colour, hatch) in zip(parts.items(), FILLS, strict=False):
            size = part[column].fillna(0).to_numpy(float)
            look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": INK}
            draw(places, size, thick, label=words, linewidth=0.6, **look | {along: base})
            base = base + size
        if low and high:
            whiskers(axes, places, part[low], part[high], upright=upright)
        zero_line(axes, horizontal=upright)
        head_panel(axes, name)
        if upright:
            clean(axes)
            axes.xaxis.set_major_locator(MaxNLocator(5 if is_narrow() else 8, integer=True))
            axes.set_ylabel(unit, fontsize=SIZE)
        else:
            clean(axes, grid="x")
            name_rows(axes, *texts_of(part))
            ticks(axes, *texts_of(part))
            axes.xaxis.set_major_formatter(lambda value, _: about(value, 6))
            name_axis(axes, unit)
            mark(axes, marks or {}, zorder=4)
    head_figures(grid.flat[0], head, lines=len(marks or {}))
    if len(parts) > 1:
        legend(body, grid.flat)
    return figure


def _looks(
    frame: pd.DataFrame, series: str | None, colours: Mapping[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """Give each series its colour, dash and shape; no two of twenty share colour and dash."""
    names = [""] if series is None else list(frame[series].unique())
    most = len(COLOURS) * len(DASHES)
    if len(names) > most:
        fault = Fault(str(series), f"{most} at most", str(len(names)))
        raise InputError("This frame cannot be drawn.", [fault])
    return {
        name: {
            "color": (colours or {}).get(name, COLOURS[number % len(COLOURS)]),
            "linestyle": DASHES[number % len(DASHES)],
            "marker": SHAPES[number % len(SHAPES)],
            "label": name,
        }
        for number, name in enumerate(names)
    }


def _parts(frame: pd.DataFrame, panel: str | None) -> list[tuple[str, pd.DataFrame]]:
    if panel is None:
        return [("", frame)]
    return [(str(name), part) for name, part in frame.groupby(panel, sort=False)]


def _only(frame: pd.DataFrame, column: str | None, value: object) -> pd.DataFrame:
    return frame if column is None else frame[frame[column] == value]
