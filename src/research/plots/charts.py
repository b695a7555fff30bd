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
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError, raise_if
from research.plots.labels import name_ends, name_marks
from research.plots.rows import (
    FRAME,
    INK,
    SIZE,
    digits_of,
    log_axis,
    name_rows,
    range_words,
    rows_height,
    short_figure,
    signed_range,
)
from research.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    WIDTH,
    clean,
    new_figure,
    zero_line,
)

#: Fills and hatches of stacked parts: neighbours differ in lightness, all in pattern.
FILLS = (
    (BLUE, ""), ("#F6CF86", "..."), ("#A6CBE5", ""), ("#FFFFFF", "////"), ("#8FD1BC", "xxx"),
    ("#C9D0D6", ""), (ORANGE, "\\\\\\\\"), ("#E7EAED", "++"),
)  # fmt: skip

_COLOURS, _DASHES, _SHAPES = (BLUE, RED, GREEN, ORANGE, GREY), ("-", "--", "-.", ":"), "os^D"
_PALE, _DEEP_BLUE, _DEEP_RED, _NO_DATA = "#F3F6F9", "#00344F", "#6B2F00", "#E7EAED"

# Inches: a panel's heading, the legend below, a panel of lines.
_HEADING, _LEGEND, _PANEL = 0.36, 0.34, 1.75


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
) -> Figure:
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
    looks = _looks(frame, series, colours)
    parts = _parts(frame, panel)
    heights = [
        rows_height(list(part[label].unique())) + (_HEADING if name else 0) for name, part in parts
    ]
    below = _LEGEND if len(looks) > 1 or points else 0
    each = FRAME * (1 if one_scale else len(parts))
    figure, body = new_figure(sum(heights) + each + below, title, source)
    grid = body.subplots(len(parts), 1, sharex=one_scale, squeeze=False, height_ratios=heights)
    digits, signed = (
        digits_of(frame[numbers]),
        bool((frame[numbers] < 0).to_numpy().any()) and not log,
    )
    for axes, (name, part) in zip(grid.flat, parts, strict=True):
        names = list(part[label].unique())
        if log:
            log_axis(axes, [*frame[numbers].to_numpy(float).ravel(), *(marks or {}).values()])
        for one, look in looks.items():
            chosen = part if series is None else part[part[series] == one]
            if len(chosen):
                y = chosen[label].map(names.index).to_numpy(float)
                _draw_row(axes, chosen, y, (value, low, high), look | {"label": one}, bars=bars)
        for column, text in points.items():
            y = part[label].map(names.index)
            axes.plot(
                part[column], y, "D", markersize=7.5, markerfacecolor="white", markeredgecolor=RED,
                markeredgewidth=1.8, zorder=4, label=text, linestyle="none",
            )  # fmt: skip
        if not log:
            zero_line(axes, horizontal=False)
            axes.margins(x=0.04)
            axes.xaxis.set_major_locator(MaxNLocator(6))
        texts = []
        for row in names:
            chosen = part[part[label] == row]
            own = _texts(chosen, figures, (value, low, high), digits, signed=signed)
            texts.append("; ".join(own))
        name_rows(axes, names, texts)
        for tick, row in zip(axes.get_yticklabels(), names, strict=True):
            tick.set_fontweight("bold" if row in bold else "normal")
        if name:
            axes.set_title(name, fontsize=SIZE, loc="left", fontweight="bold")
    first, last = grid.flat[0], grid.flat[-1]
    last.set_xlabel(xlabel, fontsize=SIZE)
    for words, place in (marks or {}).items():
        for axes in grid.flat:
            axes.axvline(place, color=GREY, linewidth=1.3, linestyle=":", zorder=0)
        _above(first, words, place)
    if head:
        first.annotate(
            head, (1.02, 1.01), xycoords="axes fraction", va="bottom", fontsize=SIZE, color=GREY
        )
    _legend(body, grid.flat, wanted=bool(below))
    return figure


def _draw_row(
    axes: Axes,
    part: pd.DataFrame,
    y: Any,
    columns: tuple[str, str | None, str | None],
    look: Mapping[str, Any],
    *,
    bars: bool,
) -> None:
    value, low, high = columns
    colour, edge = look["colour"], axes.get_xlim()[0] if axes.get_xscale() == "log" else None
    at = part[value].to_numpy(float)
    if bars:
        axes.barh(y, at, color=colour, height=0.62, label=look["label"])
    if low and high:
        ends = part[[low, high]].clip(lower=edge) if edge else part[[low, high]]
        if bars:
            _whiskers(axes, y, ends[low], ends[high])
        else:
            axes.hlines(y, ends[low], ends[high], color=colour, linewidth=4.5, alpha=0.45)
    if not bars:
        shown = np.where(at > 0, at, np.nan) if edge else at
        axes.plot(
            shown, y, look["shape"], color=colour, markersize=8, zorder=3, label=look["label"]
        )
    lowest = part[[value, *([low] if low else [])]].min(axis=1).to_numpy(float)
    if edge and (lowest <= 0).any():
        beyond = y[lowest <= 0]
        axes.plot([edge] * len(beyond), beyond, "<", color=colour, markersize=9, clip_on=False)


def _texts(
    part: pd.DataFrame,
    figures: str | None,
    columns: tuple[str, str | None, str | None],
    digits: int,
    *,
    signed: bool,
) -> list[str]:
    """Give what stands at the right of a row: a text for each of its marks."""
    if figures:
        return list(dict.fromkeys(text for text in part[figures] if text))
    value, low, high = columns
    known = part[[value, low or value, high or value]].to_numpy(float).tolist()
    if signed:
        return [signed_range(one, least, most, digits) for one, least, most in known]
    return [range_words(one, least, most) for one, least, most in known]


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
    steps: bool = False,
    dots: bool = False,
    names_at_ends: bool = False,
    log: bool = False,
    columns: int = 2,
    height: float = 3.7,
    colours: Mapping[str, str] | None = None,
) -> Figure:
    """Draw lines over time or over any number, one for each of the ``series``, in ``panel``s.

    ``bands`` are pairs of columns shaded around a line, the widest first; ``steps`` holds each
    value until the next. ``points``, a table with the same columns, marks single places on the
    lines; ``marks`` (words -> x) and ``across`` (words -> y) are dotted lines, the first with words
    where there is one panel.
    Names stand in a legend, or at the ends of the lines (of one panel).
    """
    _check(frame, [y, *(name for pair in bands for name in pair)], [x, *filter(None, (series,))])
    looks, parts = _looks(frame, series, colours), _parts(frame, panel)
    columns = min(columns, len(parts))
    grid_rows = -(-len(parts) // columns)
    inches = height if len(parts) == 1 else _PANEL * grid_rows + 0.3
    figure, body = new_figure(inches, title, source)
    grid = body.subplots(grid_rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, (name, part) in zip(grid.flat, parts, strict=False):
        for one, look in looks.items():
            chosen = part if series is None else part[part[series] == one]
            _draw_line(axes, chosen.sort_values(x), (x, y), bands, look, steps=steps, dots=dots)
            if points is not None and len(points):
                here = points if panel is None else points[points[panel] == name]
                here = here if series is None else here[here[series] == one]
                axes.plot(
                    here[x], here[y], look["shape"], color=look["colour"], markersize=8,
                    markeredgecolor="white", zorder=4, clip_on=False,
                )  # fmt: skip
        for place in (across or {}).values():
            axes.axhline(place, color=GREY, linewidth=1.2, linestyle=":", zorder=0)
        if log:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        zero_line(axes)
        clean(axes)
        axes.margins(x=0.02)
        axes.set_title(name, fontsize=SIZE, loc="left", fontweight="bold")
        axes.tick_params(labelsize=SIZE if len(parts) == 1 else SIZE - 1)
        _ticks(axes, frame[x], one=len(parts) == 1)
    for axes in grid.flat[len(parts) :]:
        axes.set_visible(False)
    first = grid.flat[0]
    for words, place in (across or {}).items():
        first.annotate(
            words, (0.01, place), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", va="bottom", fontsize=SIZE - 1, color=INK,
        )  # fmt: skip
    for axes in grid.flat[: len(parts)] if marks else ():
        if len(parts) == 1:
            name_marks(axes, pd.Series(marks))
        else:
            for place in (marks or {}).values():
                axes.axvline(place, color=GREY, linewidth=1.2, linestyle=":", zorder=0)
    body.supxlabel(xlabel, fontsize=SIZE)
    body.supylabel(ylabel, fontsize=SIZE)
    if names_at_ends:
        first.set_ylim(first.get_ylim())
        name_ends(first, _ends(frame, x, y, series, looks), inches=height - 0.5)
    _legend(body, [first], wanted=len(looks) > 1 and not names_at_ends, right=len(looks) > 4)
    return figure


def _draw_line(
    axes: Axes,
    part: pd.DataFrame,
    columns: tuple[str, str],
    bands: Sequence[tuple[str, str]],
    look: Mapping[str, Any],
    *,
    steps: bool,
    dots: bool,
) -> None:
    x, y = (part[name] for name in columns)
    step: Any = "post" if steps else None
    for number, (low, high) in enumerate(bands):
        axes.fill_between(
            x, part[low], part[high], color=look["colour"], alpha=0.18 + 0.2 * number, lw=0,
            step=step,
        )  # fmt: skip
    axes.plot(
        x, y, look["dash"], color=look["colour"], linewidth=2, label=look["label"],
        drawstyle="steps-post" if steps else "default", marker=look["shape"] if dots else None,
        markersize=4,
    )  # fmt: skip


def _ticks(axes: Axes, values: pd.Series, *, one: bool) -> None:
    if pd.api.types.is_datetime64_any_dtype(values):
        locator: Any = AutoDateLocator(maxticks=8 if one else 5)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    elif axes.get_xscale() != "log":
        whole = bool((values == values.round()).all())
        axes.xaxis.set_major_locator(MaxNLocator(8 if one else 6, integer=whole))
    axes.yaxis.set_major_locator(MaxNLocator(6 if one else 4))


def _ends(
    frame: pd.DataFrame, x: str, y: str, series: str | None, looks: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    known = frame.dropna(subset=[y]).sort_values(x)
    found = known.tail(1) if series is None else known.groupby(series, sort=False).tail(1)
    names = [""] * len(found) if series is None else list(found[series])
    return pd.DataFrame(
        {"x": found[x], "y": found[y], "name": names, "colour": [looks[n]["colour"] for n in names]}
    )


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
) -> Figure:
    """Draw bars made of ``parts`` (column -> words), stacked from zero or from ``start``.

    A bar that begins where the one before ended makes a waterfall: give ``start``, and a part
    each for levels, gains and losses. ``low`` and ``high`` are the ends of a whisker, at places of
    the axis. Bars lie in rows with the text of ``figures`` at the right, or stand ``upright`` over
    numbers such as years.
    """
    numbers = [*parts, *filter(None, (start, low, high))]
    _check(frame, numbers, [label, *filter(None, (panel, figures))])
    groups = _parts(frame, panel)
    heights = [
        height if upright else rows_height(list(part[label])) + FRAME + (_HEADING if name else 0)
        for name, part in groups
    ]
    figure, body = new_figure(sum(heights) + _LEGEND, title, source)
    grid = body.subplots(len(groups), 1, squeeze=False, height_ratios=heights)
    for axes, (name, part) in zip(grid.flat, groups, strict=True):
        places = part[label].to_numpy(float) if upright else np.arange(len(part), dtype=float)
        _stack(axes, part, places, parts, start, upright=upright)
        if low and high:
            _whiskers(axes, places, part[low], part[high], upright=upright)
        zero_line(axes, horizontal=upright)
        if upright:
            clean(axes)
            axes.tick_params(labelsize=SIZE)
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
            axes.set_ylabel(unit, fontsize=SIZE)
        else:
            texts = list(part[figures]) if figures else [""] * len(part)
            name_rows(axes, list(part[label]), texts)
            axes.xaxis.set_major_locator(MaxNLocator(6))
            axes.xaxis.set_major_formatter(lambda value, _: short_figure(value))
            axes.set_xlabel(unit, fontsize=SIZE)
        if name:
            axes.set_title(name, fontsize=SIZE, loc="left", fontweight="bold")
        for words, place in (marks or {}).items():
            (axes.axhline if upright else axes.axvline)(
                place, color=INK, linewidth=1.4, linestyle="--"
            )
            if not upright:
                _above(axes, words, place)
    if head:
        grid.flat[0].annotate(
            head, (1.02, 1.01), xycoords="axes fraction", va="bottom", fontsize=SIZE, color=GREY
        )
    _legend(body, grid.flat, wanted=len(parts) > 1)
    return figure


def _stack(
    axes: Axes,
    part: pd.DataFrame,
    places: Any,
    parts: Mapping[str, str],
    start: str | None,
    *,
    upright: bool,
) -> None:
    base = part[start].to_numpy(float) if start else np.zeros(len(part))
    draw, along = (axes.bar, "bottom") if upright else (axes.barh, "left")
    for (column, words), (colour, hatch) in zip(parts.items(), FILLS, strict=False):
        size = part[column].fillna(0).to_numpy(float)
        look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": INK}
        draw(places, size, label=words, linewidth=0.6, **look | {along: base})
        base = base + size


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
) -> Figure:
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
    colours, norm = _colours(grid.to_numpy(float))
    inches = (
        WIDTH * len(down) / len(along) + 0.55
        if square
        else (0.3 if words else 0.2) * len(down) + 2.2
    )
    figure, body = new_figure(inches, title, source)
    axes = body.add_subplot()
    drawn = axes.pcolormesh(
        np.arange(len(along) + 1) - 0.5, np.arange(len(down) + 1) - 0.5,
        np.ma.masked_invalid(grid.to_numpy(float)), cmap=colours, norm=norm, edgecolors="white",
        linewidth=1.5 if square else 0.4,
    )  # fmt: skip
    axes.set_ylim(len(down) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    places = [
        (along.index(c), down.index(r)) for r, c in zip(frame[row], frame[column], strict=True)
    ]
    for name, size in (dots or {}).items():
        hits = [place for place, hit in zip(places, frame[name], strict=True) if hit]
        if hits:
            axes.plot(
                *zip(*hits, strict=True), "o", markersize=size, color="black",
                markeredgecolor="white", markeredgewidth=0.6,
            )  # fmt: skip
    if words:
        for place, text, number in zip(places, frame[words], frame[value], strict=True):
            fill = _NO_DATA if pd.isna(number) else colours(norm(number))
            shade = np.dot(to_rgb(fill), (0.299, 0.587, 0.114))
            axes.text(
                *place, text, ha="center", va="center", fontsize=SIZE,
                color="white" if shade < 0.5 else INK,
            )  # fmt: skip
    if square:
        axes.axis("off")
        axes.set_aspect("equal")
    else:
        axes.set_facecolor(_NO_DATA)
        axes.set_xticks(range(len(along)), along, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(down)), down)
        axes.tick_params(length=0, labelsize=SIZE - 1 if words else 8)
    bar = body.colorbar(
        ScalarMappable(norm, colours) if square else drawn, ax=axes, aspect=50, pad=0.01,
        location="bottom" if square else "top", extend="neither" if square else "both",
    )  # fmt: skip
    bar.set_label(unit, fontsize=SIZE)
    bar.ax.tick_params(labelsize=SIZE - 1)
    bar.outline.set_visible(False)
    return figure


def _colours(values: Any) -> tuple[Colormap, Normalize]:
    """Run from pale to deep blue, and to deep red for figures below zero, zero being pale."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low >= 0:
        blues = LinearSegmentedColormap.from_list("blues", [_PALE, BLUE, _DEEP_BLUE])
        return blues, Normalize(0, high or 1)
    both = [_DEEP_RED, RED, _PALE, BLUE, _DEEP_BLUE]
    # A few extreme cells must not leave all others pale.
    limit = float(np.nanquantile(np.abs(values), 0.98)) or 1
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
    frame: pd.DataFrame, series: str | None, colours: Mapping[str, str] | None
) -> dict[str, dict[str, Any]]:
    """Give each series a colour, a dash and a shape; no two of twenty share both of the first."""
    names = [""] if series is None else list(frame[series].unique())
    if len(names) > len(_COLOURS) * len(_DASHES):
        fault = Fault(str(series), f"{len(_COLOURS) * len(_DASHES)} at most", str(len(names)))
        raise InputError("This frame cannot be drawn.", [fault])
    return {
        name: {
            "colour": (colours or {}).get(name, _COLOURS[number % len(_COLOURS)]),
            "dash": _DASHES[number % len(_DASHES)],
            "shape": _SHAPES[number % len(_SHAPES)],
            "label": name,
        }
        for number, name in enumerate(names)
    }


def _parts(frame: pd.DataFrame, panel: str | None) -> list[tuple[str, pd.DataFrame]]:
    if panel is None:
        return [("", frame)]
    return [(str(name), part) for name, part in frame.groupby(panel, sort=False)]


def _whiskers(axes: Axes, places: Any, low: Any, high: Any, *, upright: bool = False) -> None:
    """Draw ranges that are none of a point; a white rim lets them be seen on a dark bar."""
    for place, *ends in zip(places, low, high, strict=True):
        if ends[0] < ends[1]:
            line = ([place, place], ends) if upright else (ends, [place, place])
            for colour, width in (("white", 3.6), (INK, 1.5)):
                axes.plot(
                    *line, "_-" if upright else "|-", color=colour, linewidth=width, markersize=9,
                    markeredgewidth=width, zorder=4,
                )  # fmt: skip


def _above(axes: Axes, words: str, place: float) -> None:
    axes.annotate(
        words, (place, 1.01), xycoords=("data", "axes fraction"), ha="center", va="bottom",
        fontsize=SIZE, color=INK,
    )  # fmt: skip


def _legend(body: SubFigure, panels: Iterable[Axes], *, wanted: bool, right: bool = False) -> None:
    """Write each name of any panel once, below the panels or at their right."""
    if not wanted:
        return
    found: dict[str, Any] = {}
    for axes in panels:
        handles, names = axes.get_legend_handles_labels()
        found = found | dict(zip(names, handles, strict=True))
    found = {name: handle for name, handle in found.items() if name}
    columns = 1 if right else min(len(found), 2 if max(map(len, found)) > 28 else 4)
    body.legend(
        list(found.values()), list(found), frameon=False, fontsize=SIZE, ncols=columns,
        loc="outside right upper" if right else "outside lower center",
    )  # fmt: skip
