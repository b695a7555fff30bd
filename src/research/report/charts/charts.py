"""Four kinds of charts, each drawn from one table: rows, lines, levels and cells.

All take names of columns, a title that states the finding and a source line. Words in the table
(labels, series, panels) are drawn as they stand, in the order of the table; of more than one
series, colour and shape (or dash, or hatch) change together, so that a print in grey can be read.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.ticker import MaxNLocator

from research.report.charts import draw
from research.words import about

# Inches: one of several panels of lines, and a panel alone.
_PANEL, _HEIGHT = 1.35, 3.7

_PALE, _DEEP_BLUE, _DEEP_RED, _NO_DATA = "#F3F6F9", "#00344F", "#6B2F00", "#E7EAED"


@draw.in_two_widths
def rows(
    frame: pd.DataFrame, *, label: str, value: str, title: str, source: str,
    low: str | None = None, high: str | None = None, series: str | None = None,
    panel: str | None = None, bars: bool = False, points: Mapping[str, str] | None = None,
    figures: str | None = None, xlabel: str = "", bold: Collection[str] = (), log: bool = False,
    marks: Mapping[str, float] | None = None, colours: Mapping[str, str] | None = None,
    one_scale: bool = True,
) -> draw.Drawing:  # fmt: skip
    """Draw a row for each label: a dot or a bar at its value, a line from low to high.

    Rows of one label share their line, one mark for each of the ``series``; ``panel`` parts the
    rows under headings, on one scale unless told otherwise. ``points`` (column -> words) adds open
    diamonds, such as what others reported; ``marks`` (words -> place) dotted lines across. At the
    right stands the text of ``figures``, by default the value with its range. On an axis in logs an
    arrow at the left edge stands for what is not above zero.
    """
    points = {name: text for name, text in (points or {}).items() if frame[name].notna().any()}
    numbers = [value, *points, *filter(None, (low, high))]
    draw.check(frame[value])
    looks = _looks(frame, series, colours)
    if figures is None:
        signs = bool((frame[numbers] < 0).to_numpy().any()) and not log
        digits = draw.digits_of(frame[numbers]) if signs else None
        ends = frame[[value, low or value, high or value]].to_numpy(float).tolist()
        figures = "its own words"
        frame = frame.assign(**{figures: [draw.range_words(a, b, c, digits) for a, b, c in ends]})
    parts = _parts(frame, panel)
    grouped = (part[figures].groupby(part[label].to_numpy(), sort=False) for _, part in parts)
    texts = [dict(one.unique().map("; ".join)) for one in grouped]
    heights = [
        len(text) * draw.row_height([*text], [*text.values()], bold) + draw.head_height(name)
        for text, (name, _) in zip(texts, parts, strict=True)
    ]
    named = [*looks, *points.values()]
    inches = sum(heights) + draw.axis_height(xlabel) + draw.legend_height(named)
    inches += draw.axis_height() * (0 if one_scale else len(parts) - 1)
    figure, body = draw.new_figure(inches, title, source)
    grid = body.subplots(len(parts), 1, sharex=one_scale, squeeze=False, height_ratios=heights)
    for axes, (name, part), text in zip(grid.flat, parts, texts, strict=True):
        names = list(text)
        thick = draw.thickness(draw.row_height(names, [*text.values()], bold))
        if log:
            draw.log_axis(axes, [*frame[numbers].to_numpy(float).ravel(), *(marks or {}).values()])
        for one, look in looks.items():
            chosen = _only(part, series, one)
            if len(chosen):
                y = chosen[label].map(names.index).to_numpy(float)
                _draw_row(axes, chosen, y, (value, low, high), look, bars=thick * bars)
        for column, words in points.items():
            axes.plot(
                part[column], part[label].map(names.index), "D", markersize=7.5, zorder=4,
                markerfacecolor="white", markeredgecolor=draw.RED, markeredgewidth=1.8, label=words,
            )  # fmt: skip
        if not log:
            draw.zero_line(axes, horizontal=False)
            axes.margins(x=0.04)
            draw.ticks(axes, names, text.values())
        draw.clean(axes, grid="x")
        draw.name_rows(axes, names, [*text.values()], bold)
        draw.head_panel(axes, name)
        draw.mark(axes, marks or {}, named=axes is grid.flat[0] and not name)
    draw.name_axis(grid.flat[-1], xlabel)
    if len(named) > 1:
        draw.legend(body, grid.flat)
    return figure


def _draw_row(
    axes: Axes, part: pd.DataFrame, y: Any, columns: tuple[str, str | None, str | None],
    look: dict[str, Any], *, bars: float,
) -> None:  # fmt: skip
    value, low, high = columns
    at, colour = part[value].to_numpy(float), look["color"]
    log, edge = axes.get_xscale() == "log", axes.get_xlim()[0]
    if low and high:
        ends = part[[low, high]].clip(lower=edge if log else None)
        if bars:
            draw.whiskers(axes, y, ends[low], ends[high])
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


@draw.in_two_widths
def lines(
    frame: pd.DataFrame, *, x: str, y: str, title: str, source: str, series: str | None = None,
    panel: str | None = None, bands: Sequence[tuple[str, str]] = (),
    points: pd.DataFrame | None = None, marks: Mapping[str, float] | None = None,
    across: Mapping[str, float] | None = None, xlabel: str = "", ylabel: str = "",
    dots: bool = False, names_at_ends: bool = False, height: float = _HEIGHT,
) -> draw.Drawing:  # fmt: skip
    """Draw lines over time or over any number, one for each of the ``series``, in ``panel``s.

    ``bands`` are pairs of columns shaded around a line, the widest first. ``points``, a table with
    the same columns, marks single places on the lines; ``marks`` (words -> x) and ``across``
    (words -> y) are dotted lines, the first with words where there is one panel. Names stand in a
    legend, or at the ends of the lines (of one panel).
    """
    draw.check(frame[y])
    looks, parts, has_points = _looks(frame, series), _parts(frame, panel), points is not None
    points = frame[:0] if points is None else points
    one, columns = len(parts) == 1, 1 if draw.is_narrow() else min(2, len(parts))
    grid_rows = -(-len(parts) // columns)
    at_ends = names_at_ends or (len(looks) > 4 and not has_points)
    beside = len(looks) > 4 and not draw.is_narrow()
    if at_ends:  # the names in the order of the lines
        last = frame.dropna(subset=[y]).sort_values(x).groupby(series, sort=False).tail(1)
        looks = {name: looks[name] for name in last.sort_values(y)[series][::-1]}
    single = {"linestyle": "none", "markersize": 8}  # a series of one place is a mark
    heads = [draw.head_height(name, columns) for name, _ in parts]
    tallest = [max(heads[i : i + columns]) for i in range(0, len(heads), columns)]
    inches = height if one else grid_rows * _PANEL + sum(tallest) + 0.3
    inches += draw.legend_height(looks) if draw.is_narrow() else 0
    figure, body = draw.new_figure(inches, title, source)
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
            size = {"markersize": 8, "mec": "white"} if len(here) < 30 else {"markersize": 2.5}
            axes.plot(here[x], here[y], zorder=4, **size | mine)
        for place in (across or {}).values():
            axes.axhline(place, color=draw.GREY, linewidth=1.2, linestyle=":", zorder=0)
        draw.zero_line(axes)
        draw.clean(axes)
        axes.margins(x=0.02)
        draw.head_panel(axes, name, columns)
        _ticks(axes, frame[x], one=one)
        draw.mark(axes, marks or {}, named=one)
    for axes in grid.flat[len(parts) :]:
        axes.set_visible(False)
    first = grid.flat[0]
    for words, place in (across or {}).items():
        first.annotate(
            words, (0.01, place), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", va="bottom", fontsize=draw.SIZE - 1, color=draw.INK,
            path_effects=draw.HALO,
        )  # fmt: skip
    if one:  # a label of all panels would lie under the legend
        draw.name_axis(first, xlabel)
    else:
        body.supxlabel("\n".join(draw.broken(xlabel, draw.room())), fontsize=draw.SIZE)
    draw.name_up(body, ylabel)
    if at_ends and not draw.is_narrow():
        first.set_ylim(first.get_ylim())
        ends = last[[x, y, series]].set_axis(["x", "y", "name"], axis=1)
        colours = [looks[name]["color"] for name in ends["name"]]
        draw.name_ends(first, ends.assign(colour=colours), inches=height - 0.5)
    elif len(looks) > 1:
        draw.legend(body, [first], right=beside)
    return figure


def _ticks(axes: Axes, values: pd.Series, *, one: bool) -> None:
    wide = one and not draw.is_narrow()
    if pd.api.types.is_datetime64_any_dtype(values):
        draw.month_axis(axes, values.min(), values.max(), 8 if wide else 5)
    else:
        whole = bool((values == values.round()).all())
        round_steps = {} if whole else {"steps": [1, 2, 2.5, 5, 10]}
        axes.xaxis.set_major_locator(MaxNLocator(8 if wide else 5, integer=whole, **round_steps))
    axes.yaxis.set_major_locator(MaxNLocator(6 if one else 4))


@draw.in_two_widths
def levels(
    frame: pd.DataFrame, *, label: str, parts: Mapping[str, str], title: str, source: str,
    start: str | None = None, low: str | None = None, high: str | None = None,
    panel: str | None = None, figures: str | None = None, head: str = "", unit: str = "",
    upright: bool = False, marks: Mapping[str, float] | None = None,
) -> draw.Drawing:  # fmt: skip
    """Draw bars made of ``parts`` (column -> words), stacked from zero or from ``start``.

    A bar that begins where the one before ended makes a waterfall: give ``start``, and a part
    each for levels, gains and losses. ``low`` and ``high`` are the ends of a whisker, at places of
    the axis. Bars lie in rows with the text of ``figures`` at the right, or stand ``upright`` over
    numbers such as years; ``marks`` (words -> place) are lines across bars that lie.
    """
    draw.check(frame[next(iter(parts))])
    groups = _parts(frame, panel)
    texts = [(list(part[label]), list(part[figures]) if figures else []) for _, part in groups]
    each = [0 if upright else draw.row_height(*text) for text in texts]
    heights = [
        len(part) * row + draw.axis_height(unit) + draw.head_height(name) if row else _HEIGHT
        for row, (name, part) in zip(each, groups, strict=True)
    ]
    inches = sum(heights) + draw.legend_height(parts.values())
    figure, body = draw.new_figure(inches, title, source)
    grid = body.subplots(len(groups), 1, squeeze=False, height_ratios=heights)
    for axes, (name, part), text, row in zip(grid.flat, groups, texts, each, strict=True):
        places = part[label].to_numpy(float) if upright else np.arange(len(part), dtype=float)
        base = part[start].to_numpy(float) if start else np.zeros(len(part))
        bar, along, thick = axes.bar, "bottom", 0.8
        if not upright:
            bar, along, thick = axes.barh, "left", draw.thickness(row, 0.8)
        for (column, words), (colour, hatch) in zip(parts.items(), draw.FILLS, strict=False):
            size = part[column].fillna(0).to_numpy(float)
            look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": draw.INK}
            bar(places, size, thick, label=words, linewidth=0.6, **look | {along: base})
            base = base + size
        if low and high:
            draw.whiskers(axes, places, part[low], part[high], upright=upright)
        draw.zero_line(axes, horizontal=upright)
        draw.head_panel(axes, name)
        if upright:
            draw.clean(axes)
            if start:  # the lowest bar is not cut off
                axes.use_sticky_edges = False
                axes.margins(y=0.05)
            axes.xaxis.set_major_locator(MaxNLocator(5 if draw.is_narrow() else 8, integer=True))
            axes.set_ylabel(unit, fontsize=draw.SIZE)
        else:
            draw.clean(axes, grid="x")
            draw.name_rows(axes, *text)
            draw.ticks(axes, *text)
            axes.xaxis.set_major_formatter(lambda value, _: about(value, 6))
            draw.name_axis(axes, unit)
            draw.mark(axes, marks or {}, zorder=4)
    beside, above = ((1.02, 1), "left", 2), ((1, 1), "right", 2 + 15 * len(marks or {}))
    place, ha, up = above if draw.is_narrow() else beside
    grid.flat[0].annotate(
        head, place, (0, up), xycoords="axes fraction", textcoords="offset points", va="bottom",
        ha=ha, fontsize=draw.SIZE, color=draw.GREY,
    )  # fmt: skip
    if len(parts) > 1:
        draw.legend(body, grid.flat)
    return figure


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
    draw.check(frame[value])
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
    tall = max(0.2 * (one.count("\n") + 1) if level else draw.breadth(one, size) for one in heads)
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


def _looks(
    frame: pd.DataFrame, series: str | None, colours: Mapping[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """Give each series its colour, dash and shape; no two of 28 share colour and dash."""
    names = [""] if series is None else list(frame[series].unique())
    own, turns = colours or {}, map(cycle, (draw.COLOURS, draw.DASHES, draw.SHAPES))
    return {
        name: {"color": own.get(name, colour), "linestyle": dash, "marker": shape, "label": name}
        for name, colour, dash, shape in zip(names, *turns, strict=False)
    }


def _parts(frame: pd.DataFrame, panel: str | None) -> list[tuple[str, pd.DataFrame]]:
    if panel is None:
        return [("", frame)]
    return [(str(name), part) for name, part in frame.groupby(panel, sort=False)]


def _only(frame: pd.DataFrame, column: str | None, value: object) -> pd.DataFrame:
    return frame if column is None else frame[frame[column] == value]
