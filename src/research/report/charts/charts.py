"""Four kinds of charts, each drawn from one table: rows, lines, levels and cells.

All take names of columns, a title that states the finding and a source line. Words in the table
(labels, series, panels) are drawn as they stand, in the order of the table; of more than one
series, colour and shape (or dash, or hatch) change together, so that a print in grey can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError, raise_if
from research.report.charts.parts import (
    head_figures,
    legend,
    log_axis,
    mark,
    name_ends,
    name_rows,
    rows_height,
    whiskers,
)
from research.report.charts.style import (
    BLUE,
    COLOURS,
    DASHES,
    FILLS,
    FRAME,
    GREY,
    INK,
    RED,
    SHAPES,
    SIZE,
    Drawing,
    clean,
    digits_of,
    in_two_widths,
    new_figure,
    range_words,
    width,
    zero_line,
)
from research.words import about

_PALE, _DEEP_BLUE, _DEEP_RED, _NO_DATA = "#F3F6F9", "#00344F", "#6B2F00", "#E7EAED"

# Inches: a panel's heading, the legend below, a panel of lines.
_HEADING, _LEGEND, _PANEL = 0.36, 0.34, 1.75

# With a place of its own a heading is not placed anew in every round of the layout.
_BOLD: dict[str, Any] = {"fontsize": SIZE, "loc": "left", "fontweight": "bold", "y": 1}


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
    _check(frame, numbers, [label, *filter(None, (series, panel, figures))])
    looks, parts = _looks(frame, series, colours), _parts(frame, panel)
    heights = [rows_height(part[label].unique()) + _HEADING * bool(name) for name, part in parts]
    several = len(looks) > 1 or bool(points)
    inches = sum(heights) + FRAME * (1 if one_scale else len(parts)) + _LEGEND * several
    figure, body = new_figure(inches, title, source)
    grid = body.subplots(len(parts), 1, sharex=one_scale, squeeze=False, height_ratios=heights)
    signs = bool((frame[numbers] < 0).to_numpy().any()) and not log
    digits = digits_of(frame[numbers]) if signs else None
    for axes, (name, part) in zip(grid.flat, parts, strict=True):
        names = list(part[label].unique())
        if log:
            log_axis(axes, [*frame[numbers].to_numpy(float).ravel(), *(marks or {}).values()])
        for one, look in looks.items():
            chosen = _only(part, series, one)
            if len(chosen):
                y = chosen[label].map(names.index).to_numpy(float)
                _draw_row(axes, chosen, y, (value, low, high), look, bars=bars)
        for column, words in points.items():
            axes.plot(
                part[column], part[label].map(names.index), "D", markersize=7.5, zorder=4,
                markerfacecolor="white", markeredgecolor=RED, markeredgewidth=1.8, label=words,
            )  # fmt: skip
        if not log:
            zero_line(axes, horizontal=False)
            axes.margins(x=0.04)
            axes.xaxis.set_major_locator(MaxNLocator(6))
        ends = part[[value, low or value, high or value]].to_numpy(float).tolist()
        texts = pd.Series([range_words(a, b, c, digits) for a, b, c in ends])
        texts = texts if figures is None else part[figures]
        own = texts.groupby(part[label].to_numpy(), sort=False).unique().map("; ".join)
        name_rows(axes, names, list(own), bold)
        axes.set_title(name, **_BOLD)
        mark(axes, marks or {}, named=axes is grid.flat[0] and not name)
    grid.flat[-1].set_xlabel(xlabel, fontsize=SIZE)
    head_figures(grid.flat[0], head)
    if several:
        legend(body, grid.flat)
    return figure


def _draw_row(
    axes: Axes,
    part: pd.DataFrame,
    y: Any,
    columns: tuple[str, str | None, str | None],
    look: dict[str, Any],
    *,
    bars: bool,
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
    if bars:
        axes.barh(y, at, color=colour, height=0.62, label=look["label"])
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
    _check(frame, [y, *(name for pair in bands for name in pair)], [x, *filter(None, (series,))])
    looks, parts = _looks(frame, series), _parts(frame, panel)
    one, columns = len(parts) == 1, min(2, len(parts))
    grid_rows = -(-len(parts) // columns)
    single = {"linestyle": "none", "markersize": 8}  # a series of one place is a mark
    figure, body = new_figure(height if one else _PANEL * grid_rows + 0.3, title, source)
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
            if points is not None:
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
        axes.set_title(name, **_BOLD)
        _ticks(axes, frame[x], one=one)
        mark(axes, marks or {}, named=one)
    for axes in grid.flat[len(parts) :]:
        axes.set_visible(False)
    first = grid.flat[0]
    for words, place in (across or {}).items():
        first.annotate(
            words, (0.01, place), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", va="bottom", fontsize=SIZE - 1, color=INK,
        )  # fmt: skip
    if len(parts) == 1:  # a label of all panels would lie under the legend
        first.set_xlabel(xlabel, fontsize=SIZE)
    else:
        body.supxlabel(xlabel, fontsize=SIZE)
    body.supylabel(ylabel, fontsize=SIZE)
    if names_at_ends:
        first.set_ylim(first.get_ylim())
        known = frame.dropna(subset=[y]).sort_values(x)
        ends = known.groupby(series, sort=False).tail(1)[[x, y, series]]
        ends = ends.set_axis(["x", "y", "name"], axis=1)
        colours = [looks[name]["color"] for name in ends["name"]]
        name_ends(first, ends.assign(colour=colours), inches=height - 0.5)
    elif len(looks) > 1:
        legend(body, [first], right=len(looks) > 4)
    return figure


def _ticks(axes: Axes, values: pd.Series, *, one: bool) -> None:
    if pd.api.types.is_datetime64_any_dtype(values):
        locator: Any = AutoDateLocator(maxticks=8 if one else 5)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    elif axes.get_xscale() != "log":
        whole = bool((values == values.round()).all())
        round_steps = {} if whole else {"steps": [1, 2, 2.5, 5, 10]}
        axes.xaxis.set_major_locator(MaxNLocator(8 if one else 6, integer=whole, **round_steps))
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
    _check(frame, numbers, [label, *filter(None, (panel, figures))])
    groups = _parts(frame, panel)
    heights = [
        height if upright else rows_height(list(part[label])) + FRAME + _HEADING * bool(name)
        for name, part in groups
    ]
    figure, body = new_figure(sum(heights) + _LEGEND * (len(parts) > 1), title, source)
    grid = body.subplots(len(groups), 1, squeeze=False, height_ratios=heights)
    for axes, (name, part) in zip(grid.flat, groups, strict=True):
        places = part[label].to_numpy(float) if upright else np.arange(len(part), dtype=float)
        base = part[start].to_numpy(float) if start else np.zeros(len(part))
        draw, along = (axes.bar, "bottom") if upright else (axes.barh, "left")
        for (column, words), (colour, hatch) in zip(parts.items(), FILLS, strict=False):
            size = part[column].fillna(0).to_numpy(float)
            look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": INK}
            draw(places, size, label=words, linewidth=0.6, **look | {along: base})
            base = base + size
        if low and high:
            whiskers(axes, places, part[low], part[high], upright=upright)
        zero_line(axes, horizontal=upright)
        axes.set_title(name, **_BOLD)
        if upright:
            clean(axes)
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
            axes.set_ylabel(unit, fontsize=SIZE)
        else:
            texts = list(part[figures]) if figures else [""] * len(part)
            name_rows(axes, list(part[label]), texts)
            axes.xaxis.set_major_locator(MaxNLocator(6))
            axes.xaxis.set_major_formatter(lambda value, _: about(value, 6))
            axes.set_xlabel(unit, fontsize=SIZE)
            mark(axes, marks or {}, zorder=4)
    head_figures(grid.flat[0], head)
    if len(parts) > 1:
        legend(body, grid.flat)
    return figure


@in_two_widths
def cells(
    frame: pd.DataFrame,
    *,
    row: str,
    column: str,
    value: str,
    title: str,
    source: str,
    unit: str,
    words: str | None = None,
    dots: Mapping[str, float] | None = None,
    square: bool = False,
) -> Drawing:
    """Draw a cell for each row and column, coloured by its value: a heat map, or a map of tiles.

    Blue is above zero, red below, pale near it; a cell without a value is grey. ``words`` are
    written on the cells, for tiles with ``square`` and whole numbers as rows and columns; ``dots``
    (column of true or false -> size in points) puts a dot on some of them.
    """
    _check(frame, [value, *(dots or {})], [row, column, *filter(None, (words,))])
    down, along = list(frame[row].unique()), list(frame[column].unique())
    if square:
        down, along = (list(range(int(min(n)), int(max(n)) + 1)) for n in (down, along))
    grid = frame.pivot(index=row, columns=column, values=value).reindex(index=down, columns=along)
    values = np.ma.masked_invalid(grid.to_numpy(float))
    colours, norm = _colours(values.compressed())
    inches = width() * len(down) / len(along) + 0.55
    figure, body = new_figure(
        inches if square else (0.3 if words else 0.2) * len(down) + 2.2, title, source
    )
    axes = body.add_subplot()
    drawn = axes.pcolormesh(
        np.arange(len(along) + 1) - 0.5, np.arange(len(down) + 1) - 0.5, values, cmap=colours,
        norm=norm, edgecolors="white", linewidth=1.5 if square else 0.4,
    )  # fmt: skip
    axes.set_ylim(len(down) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    x, y = frame[column].map(along.index).to_numpy(), frame[row].map(down.index).to_numpy()
    for name, size in (dots or {}).items():
        hit = frame[name].to_numpy(bool)
        axes.plot(x[hit], y[hit], "ko", markersize=size, mec="white", mew=0.6)
    for place, text, number in zip(
        zip(x, y, strict=True), frame[words] if words else [], frame[value], strict=False
    ):
        shade = np.dot(to_rgb(colours(norm(number))), (0.299, 0.587, 0.114))
        ink = INK if shade > 0.5 or pd.isna(number) else "white"
        axes.text(*place, text, ha="center", va="center", fontsize=SIZE, color=ink)
    if square:
        axes.axis("off")
        axes.set_aspect("equal")
    else:
        axes.set_facecolor(_NO_DATA)
        axes.set_xticks(range(len(along)), along, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(down)), down)
        axes.tick_params(length=0, labelsize=SIZE - 1 if words else 8)
    bar = body.colorbar(
        drawn, ax=axes, aspect=50, pad=0.01, location="bottom" if square else "top",
        extend="neither" if square else "both",
    )  # fmt: skip
    bar.set_label(unit, fontsize=SIZE)
    bar.ax.tick_params(labelsize=SIZE - 1)
    bar.outline.set_visible(False)
    return figure


def _colours(values: Any) -> tuple[Colormap, Normalize]:
    """Run from pale to deep blue, and to deep red for figures below zero, zero being pale."""
    if values.min() >= 0:
        blues = LinearSegmentedColormap.from_list("blues", [_PALE, BLUE, _DEEP_BLUE])
        return blues, Normalize(0, values.max() or 1)
    both = [_DEEP_RED, RED, _PALE, BLUE, _DEEP_BLUE]
    # A few extreme cells must not leave all others pale.
    limit = float(np.quantile(np.abs(values), 0.98)) or 1
    return LinearSegmentedColormap.from_list("both", both), Normalize(-limit, limit)


def _check(frame: pd.DataFrame, numbers: Iterable[str], words: Iterable[str]) -> None:
    """Refuse a table without rows, without a column asked for, or with a number that is none."""
    numbers, words = list(numbers), list(words)
    found = ", ".join(map(str, frame.columns)) or "no column"
    lost = [name for name in [*numbers, *words] if name not in frame]
    faults = [Fault("frame", f"a column {name}", found) for name in lost]
    if frame.empty:
        faults.append(Fault("frame", "at least one row", "none"))
    for name in (name for name in numbers if name not in lost):
        if not pd.api.types.is_numeric_dtype(frame[name]):
            faults.append(Fault(name, "numbers", f"values of type {frame[name].dtype}"))
        elif np.isinf(frame[name].to_numpy(float)).any():
            faults.append(Fault(name, "finite numbers, or NaN", "an infinite one"))
    if not faults and frame[numbers[0]].isna().all():
        faults.append(Fault(numbers[0], "at least one figure", "none"))
    raise_if(InputError, "This frame cannot be drawn.", faults)


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
