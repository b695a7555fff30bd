"""Words of every chart, wide and narrow, on awkward tables: none is cut off or lies on another."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from research.figures import DPI
from research.report.charts import charts, tariffs
from research.report.charts.draw import NARROW, WIDE, at

cells, levels, lines, rows = (
    getattr(charts, kind).__wrapped__ for kind in ("cells", "levels", "lines", "rows")
)
plot_rate_steps = tariffs.plot_rate_steps.__wrapped__

# Some names have a sign that the font lacks.
pytestmark = pytest.mark.filterwarnings("ignore:Glyph")

LONG = "Miscellaneous professional, scientific and technical services that nobody names twice"
WORDS = {"title": f"A title: {LONG}", "source": f"{LONG}; {LONG}"}
NAMES = ["short", LONG, "exports lost: 25 % of the letter", "−0.5", "Wilson (2012)", "日本の車"]

#: Pixels that two words may share: a box of text is a little larger than its letters.
SLACK = 2.5


def table():
    value = np.array([-1234.5, 0.01, 987.6, np.nan, -3.0, 12_345.6])
    ends = {"low": value - 900, "high": value + 4_000}
    words = ["+0.008 at none; 0.000 at a fifth of it"] + ["−1,234.5 (−2,134.5 to +2,765.5)"] * 5
    kinds = ["model", "a study of others", "forecast"] * 2
    return pd.DataFrame(
        {"name": NAMES, "value": value, "kind": kinds, "words": words, "part": 5.0} | ends
    )


def many():
    months = pd.date_range("2025-01-01", "2029-03-01", freq="MS")
    series = [f"{name} {n}" for n, name in enumerate(NAMES)]
    size = len(months)
    return pd.concat(
        pd.DataFrame({"s": name, "day": months, "x": np.arange(size), "y": k * np.arange(size)})
        for k, name in enumerate(series)
    ).assign(low=lambda frame: frame["y"] - 9, high=lambda frame: frame["y"] + 9)


def grid():
    pairs = itertools.product([f"2025-07-{n} {name}" for n, name in enumerate(NAMES)], NAMES)
    frame = pd.DataFrame(pairs, columns=["row", "column"])
    return frame.assign(value=np.linspace(-3, 9, len(frame)), words="−12.3*")


def tiles():
    frame = pd.DataFrame(itertools.product(range(8), range(12)), columns=["row", "column"])
    return frame.assign(value=range(96), words="WA\n<100")


def steps():
    days = pd.date_range("2025-01-01", periods=9, freq="70D")
    parts = pd.DataFrame({name: np.arange(9.0) for name in NAMES[:5]}, index=days)
    close = pd.DatetimeIndex(["2025-04-02", "2025-04-03", "2025-04-05", "2026-04-05"])
    marks = pd.DataFrame({"day": close, "label": [*NAMES[:3], LONG + LONG], "kind": "announced"})
    published = (parts.sum(axis=1) + 1).rename("published (Yale Budget Lab)")
    return {"parts": parts, "published": published, "marks": marks, "end": days[-1]}


ROWS = {"label": "name", "value": "value", "low": "low", "high": "high", "xlabel": LONG}
LINES = {"x": "day", "y": "y", "series": "s", "xlabel": LONG, "ylabel": "% of import value"}
MARKS = {"marks": {"the scenario": 40.0, "best, unanswered": 42.0}}
LEVELS = {"label": "name", "parts": {"part": "a level", "high": LONG}, "unit": LONG}
CHARTS = {
    "rows": lambda: rows(table(), series="kind", bold=NAMES[1:3], **ROWS, **WORDS),
    "bars": lambda: rows(table(), bars=True, figures="words", **ROWS, **WORDS),
    "panels": lambda: rows(
        table(), panel="kind", points={"part": "alone"}, one_scale=False, **ROWS, **WORDS
    ),
    "logs": lambda: rows(table(), log=True, marks={"as announced": 1}, **ROWS, **WORDS),
    "lines": lambda: lines(many(), bands=[("low", "high")], **LINES, **WORDS),
    "marks": lambda: lines(
        many(), names_at_ends=True, across={"a level": 9}, **LINES | {"x": "x"}, **MARKS, **WORDS
    ),
    "panels of lines": lambda: lines(many(), panel="s", **LINES | {"series": None}, **WORDS),
    "levels": lambda: levels(
        table(), figures="words", head="seller + duty", marks={"100": 100}, **LEVELS, **WORDS
    ),
    "upright": lambda: levels(
        table().assign(name=range(2026, 2032)), upright=True, **LEVELS | {"unit": "jobs"}, **WORDS
    ),
    "cells": lambda: cells(grid(), row="row", column="column", value="value", unit="%", **WORDS),
    "words": lambda: cells(
        grid(), row="row", column="column", value="value", words="words", unit="%", **WORDS
    ),
    "tiles": lambda: cells(
        tiles(), row="row", column="column", value="value", words="words", unit="%", square=True,
        **WORDS,
    ),
    "steps": lambda: plot_rate_steps(**steps(), **WORDS),
}  # fmt: skip


def boxes(figure):
    """Give each text that is seen with its box, in pixels from the lower left."""
    figure.set_dpi(DPI)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    stored = set(stored_labels(figure))
    for text in figure.findobj(Text):
        axes = text.axes
        seen = text.get_visible() and (axes is None or axes.get_visible()) and text not in stored
        if seen and text.get_text().strip():
            # Without the arrow of an annotation.
            yield text.get_text(), Text.get_window_extent(text, renderer)


def stored_labels(figure):
    """Give the labels of ticks that matplotlib keeps but does not draw."""
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            shown = axes.axison and axes.get_visible()
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                seen = shown and low <= tick.get_loc() <= high
                yield from () if seen else (tick.label1, tick.label2)


def faults(figure):
    """Name the texts that are cut off or touch."""
    found, (width, height) = list(boxes(figure)), figure.get_size_inches() * DPI
    cut = [
        f"cut: {text}"
        for text, box in found
        if box.x0 < -SLACK or box.y0 < -SLACK or box.x1 > width + SLACK or box.y1 > height + SLACK
    ]
    touch = [
        f"touch: {one} | {two}"
        for (one, a), (two, b) in itertools.combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK
    ]
    return cut + touch


@pytest.mark.parametrize("kind", CHARTS)
def test_no_word_is_cut_off_or_lies_on_another(kind):
    wide, narrow = CHARTS[kind](), at(NARROW, CHARTS[kind])
    assert (wide.get_figwidth(), narrow.get_figwidth()) == (WIDE, NARROW) == (8, 360 / 96)
    assert (faults(wide), faults(narrow)) == ([], [])
    told = [text.get_text() for text in narrow.findobj(Text)]
    assert not any(text.startswith(("A title", "Source:")) for text in told)


def test_a_cut_and_a_covered_word_are_found():
    figure = CHARTS["bars"]()
    figure.text(0.99, 0.5, "beyond the edge")
    (axes,) = figure.body.axes
    axes.annotate("on a name", (0, 0), (-60, 0), textcoords="offset points", annotation_clip=False)
    assert {fault.split(":")[0] for fault in faults(figure)} == {"cut", "touch"}
