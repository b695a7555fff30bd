"""What all charts are drawn with: colours and sizes, rows with names, axes, legends, whiskers."""

from __future__ import annotations

import base64
import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from pkgutil import resolve_name
from typing import Any, ParamSpec

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from research.errors import Fault, InputError
from research.figures import Pictures, packed, wanted
from research.shared import shared
from research.words import signed, unbroken

#: Okabe and Ito's palette, by what the colour stands for.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F6B76"

#: Nearly black, for whiskers and numbers.
INK = "#1E252B"

#: Colours, dashes and shapes of series: taken in turn, no two of 28 share colour and dash.
COLOURS, DASHES, SHAPES = (
    (BLUE, RED, GREEN, ORANGE, GREY, "#CC79A7", "#56B4E9"), ("-", "--", "-.", ":"), "os^D"
)  # fmt: skip

#: Fills and hatches of stacked parts: neighbours differ in lightness, all in pattern.
FILLS = (
    (BLUE, ""), ("#F6CF86", "..."), ("#A6CBE5", ""), ("#FFFFFF", "////"), ("#8FD1BC", "xxx"),
    ("#C9D0D6", ""), (ORANGE, "\\\\\\\\"), ("#E7EAED", "++"),
)  # fmt: skip

#: Type that can still be read when the picture is 360 pixels wide; that of titles and sources.
SIZE, _TITLE, _SOURCE = 11, 12.5, 8

#: Inches: a picture for a page of a book or a screen, and one for a phone (360 CSS pixels).
WIDE, NARROW = 8.0, 3.75

_WIDTH = ContextVar("width", default=WIDE)

P = ParamSpec("P")


class Drawing(Figure):
    """A figure that knows where its drawing is, without title and source."""

    body: SubFigure


def in_two_widths(draw: Callable[P, Drawing]) -> Callable[P, Pictures]:
    """Let a chart give its pictures, wide and narrow; they are empty where findings alone are."""
    name = f"{draw.__module__}:{draw.__qualname__}"

    @functools.wraps(draw)
    def drawn(*args: P.args, **more: P.kwargs) -> Pictures:
        if (outputs := wanted()) == "findings":
            return Pictures()
        looks = {key: str(rcParams[key]) for key in rcParams if key != "backend"}
        return _pictures(name, args, more, looks, outputs)

    return drawn


@shared
def _pictures(chart: str, args: Any, more: Any, _looks: Any, outputs: str) -> Pictures:
    draw = resolve_name(chart).__wrapped__
    wide, narrow = (at(inches, draw, *args, **more) for inches in (WIDE, NARROW))
    form = "webp" if outputs == "bare" else "png"
    first, second = (base64.b64encode(packed(one, form)).decode() for one in (wide, narrow))
    rows = (round(wide.bbox.y1 - end) for end in (wide.body.bbox.y1, wide.body.bbox.y0))
    return Pictures(first, second, () if outputs == "bare" else tuple(rows))


def at(inches: float, draw: Callable[P, Drawing], *args: P.args, **more: P.kwargs) -> Drawing:
    """Draw a chart at a width."""
    before = _WIDTH.set(inches)
    try:
        return draw(*args, **more)
    finally:
        _WIDTH.reset(before)


def width() -> float:
    """Give the width that is drawn at, in inches."""
    return _WIDTH.get()


def is_narrow() -> bool:
    """Say whether a picture for a phone is being drawn."""
    return width() < WIDE


def room() -> float:
    """Give the inches that a line of text below or above an axis may take."""
    return width() - (0.4 if is_narrow() else 3.2)


def new_figure(height: float, title: str, source: str) -> tuple[Drawing, SubFigure]:
    """Make a figure with its finding on top and its source below, apart from pyplot.

    ``height`` is in inches for the drawing, which goes into the part given back second; room for
    the title and the source is added. A narrow or bare figure has neither: the page says them.
    """
    look: dict[str, Any] = {"facecolor": "white", "layout": ConstrainedLayoutEngine(w_pad=0.08)}
    if is_narrow() or wanted() == "bare":
        figure = Drawing(figsize=(width(), height), **look)
        figure.body = figure.add_subfigure(figure.add_gridspec()[0])
        return figure, figure.body
    head = broken(unbroken(title), WIDE - 0.6, _TITLE, bold=True)
    foot = broken(f"Source: {source}", WIDE - 0.3, _SOURCE)
    heights = [0.235 * len(head) + 0.12, height, 0.16 * len(foot) + 0.1]
    figure = Drawing(figsize=(WIDE, sum(heights)), **look)
    top, body, bottom = np.asarray(figure.subfigures(3, 1, height_ratios=heights), dtype=object)
    # Dollars are dollars, not the ends of a formula.
    text: dict[str, Any] = {"x": 0.012, "y": 0.5, "ha": "left", "va": "center"}
    text["parse_math"] = False
    top.text(s="\n".join(head), fontsize=_TITLE, fontweight="bold", **text)
    bottom.text(s="\n".join(foot), fontsize=_SOURCE, color=GREY, **text)
    figure.body = body
    return figure, body


@functools.cache
def _ems(sign: str, bold: bool) -> float:
    font = get_font(findfont(FontProperties(weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    glyph = font.load_glyph(font.get_char_index(ord(sign)), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 6_553_600


def breadth(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Measure the longest line of a text, in inches."""
    return max(sum(_ems(sign, bold) for sign in line) for line in text.split("\n")) * size / 72


def broken(text: str, inches: float, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit; a word that is too long for a line is cut in two."""
    lines, words = [""], text.split(" ")
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if breadth(longer, size, bold=bold) <= inches:
            lines[-1] = longer
            del words[0]
        elif lines[-1]:
            lines.append("")
        else:
            parts = (longer[:end] for end in range(len(longer) - 1, 1, -1))
            lines[-1] = next((x for x in parts if breadth(x, size, bold=bold) <= inches), longer[0])
            words[0] = longer[len(lines[-1]) :]
    return lines


def clean(axes: Axes, *, grid: str = "y") -> None:
    """Take away what carries no figures and set readable type."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#B8C0C8")
    axes.tick_params(labelsize=SIZE, color="#B8C0C8")
    axes.grid(visible=True, axis=grid, color="#E7EAED", linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def zero_line(axes: Axes, *, horizontal: bool = True) -> None:
    """Draw the line of no effect."""
    draw = axes.axhline if horizontal else axes.axvline
    draw(0, color="#3C454D", linewidth=0.9, zorder=1)


def short_figure(value: float) -> str:
    """Write a figure in two or three digits that count: ``1,240``, ``38``, ``4.2``, ``0.07``."""
    size = abs(value)
    text = f"{value:,.{0 if size >= 9.95 else 1 if size >= 0.995 else 2}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text.replace(",", "")) else "0"


def digits_of(values: ArrayLike) -> int:
    """Give the decimals that show three digits of the largest figure, two if it is below 0.1."""
    sizes = np.abs(np.asarray(values, dtype=float))
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    place = int(np.floor(np.log10(largest))) if largest else 2
    return max(0, 2 - place if place >= -1 else 1 - place)


def range_words(central: float, low: float, high: float, digits: int | None = None) -> str:
    """Write a figure with its range, or whichever is known; with ``digits``, and signs for all."""
    one, least, most = (
        short_figure(value) if digits is None else signed(value, digits)
        for value in (central, low, high)
    )
    span = f"{least} to {most}" if low < high else ""  # False where either is NaN
    if np.isnan(central):
        return span
    return f"{one} ({span})" if span else one


# Inches: the least that a row takes, a line of text, the room between names, a name at the left,
# and what is drawn in a row below its name.
_ROW, LINE, _GAP, _NAME, _DRAWN = 0.3, 0.18, 0.06, 2.2, 0.26

#: Round words: a line across must not strike them out.
HALO = [withStroke(linewidth=3, foreground="white")]


def _row_lines(
    name: str, figure: str, size: float = SIZE, *, bold: bool = False
) -> list[tuple[str, str]]:
    """Break the name and the figure of a row into lines with what stands left and right in each."""
    if not is_narrow():
        return [(line, "") for line in broken(name, _NAME, size, bold=bold)]
    left = broken(name, room(), size, bold=bold)
    right = broken(figure, room(), size)
    touch = breadth(left[-1], size, bold=bold) + breadth(right[0], size) > room() - 0.15
    left, right = left + [""] * (len(right) - 1 + touch), [""] * (len(left) - 1 + touch) + right
    return list(zip(left, right, strict=True))


def row_height(
    names: Sequence[str], figures: Sequence[str] = (), bold: Collection[str] = (), *,
    size: float = SIZE, least: float = _ROW,
) -> float:  # fmt: skip
    """Give the inches of a row, all as high as the one with most lines.

    Names stand left of the rows, or, with the figures, above them in a narrow picture.
    """
    texts = itertools.zip_longest(names, figures, fillvalue="")
    lines = max(len(_row_lines(*text, size, bold=text[0] in bold)) for text in texts)
    inches = LINE * size / SIZE * lines + _GAP
    return _DRAWN + inches if is_narrow() else max(least, inches)


def thickness(height: float, share: float = 0.62) -> float:
    """Give the part of a row, ``height`` inches, that is drawn in: below its name, or all of it."""
    return share * _DRAWN / height if is_narrow() else share


def name_rows(
    axes: Axes, names: Sequence[str], figures: Sequence[str] = (), bold: Collection[str] = (), *,
    size: float = SIZE, height: float | None = None,
) -> None:  # fmt: skip
    """Write names at the left and figures at the right, or both above a row; the first is on top.

    Call it when the drawing is done: it sets the axis of the rows, 0 being the first.
    """
    height = height or row_height(names, figures, bold, size=size)
    axes.tick_params(axis="y", length=0, pad=8, labelsize=size)
    text: dict[str, Any] = {"fontsize": size, "color": INK, "annotation_clip": False}
    text["zorder"] = 5
    if not is_narrow():
        rows = (_row_lines(name, "", size, bold=name in bold) for name in names)
        axes.set_yticks(range(len(names)), ["\n".join(line for line, _ in row) for row in rows])
        axes.set_ylim(len(names) - 0.4, -0.6)
        for tick, name in zip(axes.get_yticklabels(), names, strict=True):
            tick.set_fontweight("bold" if name in bold else "normal")
        text |= {"xycoords": ("axes fraction", "data"), "va": "center"}
        for position, figure in enumerate(figures):
            axes.annotate(figure, (1.02, position), **text)
        return
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(names) - 1 + 0.6 * _DRAWN / height, 0.6 * _DRAWN / height - 1)
    text |= {"textcoords": "offset points", "va": "baseline", "path_effects": HALO}
    for position, (name, figure) in enumerate(itertools.zip_longest(names, figures, fillvalue="")):
        lines = _row_lines(name, figure, size, bold=name in bold)
        weight = "bold" if name in bold else "normal"
        for up, pair in enumerate(reversed(lines)):
            rise = 72 * (0.5 * _DRAWN + 0.06 + LINE * size / SIZE * up)
            for x, words, ha in zip((0, 1), pair, ("left", "right"), strict=True):
                axes.annotate(
                    words, (x, position), (0, rise), ha=ha, fontweight="normal" if x else weight,
                    xycoords=("axes fraction", "data"), in_layout=False, **text,
                )  # fmt: skip


def mark(axes: Axes, marks: Mapping[str, float], *, named: bool = True, zorder: float = 0) -> None:
    """Draw dotted lines across the axis of x, each with its words above, close ones higher.

    Call it when the limits are set. Words go away from the nearer end of the axis, the mark that is
    furthest from where they go one line higher than the next.
    """
    places = pd.Series(dict(marks), dtype=float)
    drawn = [axes.transAxes.inverted().transform(axes.transData.transform((x, 0))) for x in places]
    right = not drawn or float(np.mean(drawn, axis=0)[0]) < 0.5
    levels = places.rank(method="first", ascending=not right)
    line: dict[str, Any] = {"color": GREY, "linewidth": 1.3, "linestyle": ":"}
    for (label, place), level in zip(places.items(), levels, strict=True):
        axes.axvline(place, zorder=zorder, **line)
        if named and label:
            axes.annotate(
                f" {label} ", (place, 1), (0, 2 + 15 * (level - 1)), va="bottom", color=INK,
                xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=SIZE,
                ha="left" if right else "right", annotation_clip=False,
                arrowprops={"arrowstyle": "-", "relpos": (1 - right, 0), "shrinkA": 0, "shrinkB": 0}
                | line,
            )  # fmt: skip


def name_ends(axes: Axes, ends: pd.DataFrame, *, inches: float) -> None:
    """Write names right of the axes, each with a thin line to where its line ends.

    Call it when the limits of the axes are set; ``ends`` has columns x, y, name and colour,
    ``inches`` is the height of the axes, about.
    """
    bottom, top = axes.get_ylim()
    ends = ends.assign(name=["\n".join(broken(name, _NAME)) for name in ends["name"]])
    lines = max(name.count("\n") + 1 for name in ends["name"])
    heights = around(list(ends["y"]), (0.04 + lines * LINE) / inches * (top - bottom))
    for end, height in zip(ends.itertuples(), heights, strict=True):
        axes.annotate(
            end.name, (end.x, end.y), (1.05, height), textcoords=("axes fraction", "data"),
            va="center", fontsize=SIZE, color=INK, annotation_clip=False, arrowprops={
                "arrowstyle": "-", "color": end.colour, "linewidth": 1.2, "linestyle": ":",
                "relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 3,
            },
        )  # fmt: skip


def around(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions until neighbours stand ``gap`` apart, their order and mean kept."""
    given = np.asarray(positions, dtype=float)
    moved = given.copy()
    for below, above in itertools.pairwise(np.argsort(given, kind="stable")):
        moved[above] = max(moved[above], moved[below] + gap)
    return [float(value) for value in moved - np.mean(moved - given)]


def log_axis(axes: Axes, values: ArrayLike) -> None:
    """Set a horizontal axis in logs that holds all values above zero, with ticks at 1, 2, 5, 10."""
    found = np.asarray(values, dtype=float)
    seen = found[np.isfinite(found) & (found > 0)]
    low, high = seen.min() / 1.15, seen.max() * 1.15
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    # Of many decades the labels of ticks within them would touch.
    ticks = np.outer(decades, (1, 2, 5) if len(decades) < 6 else (1,)).ravel()
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(low, high)
    axes.set_xticks(ticks[(ticks >= low) & (ticks <= high)])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")


def whiskers(axes: Axes, places: Any, low: Any, high: Any, *, upright: bool = False) -> None:
    """Draw ranges that are none of a point; a white rim lets them be seen on a dark bar."""
    for place, *ends in zip(places, low, high, strict=True):
        if ends[0] < ends[1]:
            line = ([place, place], ends) if upright else (ends, [place, place])
            for colour, wide in (("white", 3.6), (INK, 1.5)):
                axes.plot(
                    *line, "_-" if upright else "|-", color=colour, linewidth=wide, markersize=9,
                    markeredgewidth=wide, zorder=4,
                )  # fmt: skip


def _entries(names: Collection[str], *, right: bool = False) -> tuple[list[str], int]:
    """Break the names of a legend into lines and say in how many columns they fit."""
    written = ["\n".join(broken(name, _NAME if right else width() - 0.9)) for name in names]
    fit = int((width() - 0.1) // (max(map(breadth, written)) + 0.75))
    return written, 1 if right else max(1, min(4, fit))


def legend_height(names: Collection[str]) -> float:
    """Give the inches of a legend below; of one name there is none."""
    written, columns = _entries(names or [""])
    lines = max(name.count("\n") + 1 for name in written)
    return (-(-len(names) // columns) * (LINE * lines + _GAP) + 0.1) * (len(names) > 1)


def legend(
    body: SubFigure, panels: Iterable[Axes], *, right: bool = False, reverse: bool = False
) -> None:
    """Write each name of any panel once, below the panels or at their right."""
    found: dict[str, Any] = {}
    for axes in panels:
        handles, names = axes.get_legend_handles_labels()
        found |= {name: one for name, one in zip(names, handles, strict=True) if name}
    written, columns = _entries(found, right=right)
    body.legend(
        list(found.values()), written, frameon=False, fontsize=SIZE, ncols=columns,
        loc="outside right upper" if right else "outside lower center", reverse=reverse,
    )  # fmt: skip


def head_panel(axes: Axes, name: str, columns: int = 1) -> None:
    """Write the name of a panel above it."""
    # With a place of its own a heading is not placed anew in every round of the layout.
    words = "\n".join(broken(name, room() / columns, bold=True))
    axes.set_title(words, fontsize=SIZE, loc="left", fontweight="bold", y=1)


def head_height(name: str, columns: int = 1) -> float:
    """Give the inches of the name of a panel."""
    return (0.18 + LINE * len(broken(name, room() / columns, bold=True))) * bool(name)


def name_axis(axes: Axes, words: str) -> None:
    """Write what the axis of x measures, in as many lines as it takes."""
    axes.set_xlabel("\n".join(broken(words, room())), fontsize=SIZE)


def axis_height(words: str = "") -> float:
    """Give the inches of an axis with its name, and of the margins."""
    return 0.75 + LINE * (len(broken(words, room())) - 1)


def ticks(axes: Axes, names: Collection[str], figures: Collection[str]) -> None:
    """Set as many ticks as fit between the names and the figures of rows."""
    beside = [min(_NAME, max(map(breadth, names))), max(map(breadth, figures), default=0)]
    inches = room() if is_narrow() else width() - sum(beside) - 0.4
    axes.xaxis.set_major_locator(MaxNLocator(max(2, min(5, int(inches / 0.8)))))


def name_up(body: SubFigure, words: str) -> None:
    """Write what the axis of y measures: beside it, or above where that would take room."""
    if is_narrow():
        body.suptitle("\n".join(broken(words, room())), x=0.02, ha="left", fontsize=SIZE)
    else:
        body.supylabel(words, fontsize=SIZE)


def month_axis(axes: Axes, first: pd.Timestamp, last: pd.Timestamp, most: int) -> None:
    """Set ticks at the start of months, at most so many, the year below the first and January."""
    months = pd.date_range(first, last, freq="MS", normalize=True)
    counted = months.year * 12 + months.month - 1
    chosen = (months[counted % step == 0] for step in (1, 2, 3, 6, 12, 24, 60, 120))
    ticks = next((list(some) for some in chosen if len(some) <= most), [])
    if not ticks:
        axes.set_xticks([first, last], [f"{day.day} {day:%b}\n{day:%Y}" for day in (first, last)])
        return
    years = [f"\n{day:%Y}" if day.month == 1 or day == ticks[0] else "" for day in ticks]
    axes.set_xticks(ticks, [f"{day:%b}{year}" for day, year in zip(ticks, years, strict=True)])


def check(figures: pd.Series) -> None:
    """Refuse a column without a figure, or with an infinite one."""
    if figures.isna().all() or np.isinf(figures.to_numpy(float)).any():
        asked, found = "at least one figure, none infinite", figures.unique()[:5].tolist()
        fault = Fault(str(figures.name), asked, str(found))
        raise InputError("This frame cannot be drawn.", [fault])
