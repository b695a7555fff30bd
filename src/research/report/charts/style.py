"""One look for every chart: colours that colour-blind readers can tell apart, a finding on top."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import ArrayLike

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

#: Type that can still be read when the picture is 360 pixels wide.
SIZE = 11

#: Sizes of titles and sources.
_TITLE, _SOURCE = 12.5, 8


#: Inches: a picture for a page of a book or a screen, and one for a phone (360 CSS pixels).
WIDE, NARROW = 8.0, 3.75

_WIDTH = ContextVar("width", default=WIDE)

P = ParamSpec("P")


class Drawing(Figure):
    """A figure that knows where its drawing is, without title and source, and a narrow one."""

    body: SubFigure
    narrow: Callable[[], Drawing]


def in_two_widths(draw: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Let the figure that a chart gives draw itself ``narrow`` when asked."""

    @functools.wraps(draw)
    def wide(*args: P.args, **more: P.kwargs) -> Drawing:
        def narrow() -> Drawing:
            before = _WIDTH.set(NARROW)
            try:
                return draw(*args, **more)
            finally:
                _WIDTH.reset(before)

        drawn = draw(*args, **more)
        drawn.narrow = narrow
        return drawn

    return wide


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
    the title and the source is added. A narrow figure has neither: the page says them.
    """
    look: dict[str, Any] = {"facecolor": "white", "layout": ConstrainedLayoutEngine(w_pad=0.08)}
    if is_narrow():
        figure = Drawing(figsize=(NARROW, height), **look)
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
    """Measure a sign of matplotlib's own font."""
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
            cut = longer
            while len(cut) > 1 and breadth(cut, size, bold=bold) > inches:
                cut = cut[:-1]
            lines[-1], words[0] = cut, longer[len(cut) :]
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
