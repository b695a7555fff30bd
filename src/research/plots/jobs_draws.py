"""Plots of the draws of the jobs model: fans by year, chances, and what drives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.plots.checks import check_frame, check_marks
from research.plots.labels import LINE, name_marks
from research.plots.rows import (
    FRAME,
    INK,
    SIZE,
    apart,
    log_axis,
    name_rows,
    rows_height,
    short_figure,
    wrapped,
)
from research.plots.style import BLUE, LOOKS, RED, clean, new_figure, zero_line

Array = NDArray[np.float64]

# Chances nearer to 0 and 1 than this, in per cent, are left to the table: the tails are long.
_TAIL = 0.5

# A curve may end this far from a chance of 0 or 1 and still be read beyond its end.
_OPEN = 0.01


def plot_years(frame: pd.DataFrame, marks: pd.Series, title: str, source: str) -> Figure:
    """Draw the jobs of each year as a fan, one panel a series, all on one scale.

    Parameters
    ----------
    frame
        Columns year, series, p5, p25, median, p75, p95 (thousand jobs).
    marks
        Label -> thousand jobs: horizontal lines in every panel, named in the first.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, quantiles fall or a year of a series stands twice.
    """
    quantiles = ["p5", "p25", "median", "p75", "p95"]
    check_frame(
        frame, words=["series"], numbers=["year", *quantiles], rising=quantiles,
        key=["series", "year"],
    )  # fmt: skip
    check_marks(marks)
    series = list(frame["series"].unique())
    figure, body = new_figure(4.0, title, source)
    panels = body.subplots(1, len(series), sharex=True, sharey=True, squeeze=False)
    for axes, name in zip(panels.flat, series, strict=True):
        _draw_fan(axes, frame[frame["series"] == name].sort_values("year"), name)
        for style, value in zip(_mark_styles(marks), marks, strict=True):
            axes.axhline(value, color=INK, linewidth=1.3, linestyle=style)
    first = panels.flat[0]
    top = max(frame["p95"].max(), marks.max() if len(marks) else 0)
    first.set_ylim(min(frame["p5"].min(), 0), 1.12 * top or 1)
    first.set_ylabel("thousand jobs", fontsize=SIZE)
    _name_levels(first, marks)
    handles, labels = first.get_legend_handles_labels()
    body.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=SIZE)
    return figure


def _draw_fan(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    years = rows["year"]
    for low, high, alpha, label in (
        ("p5", "p95", 0.22, "5 to 95 % of draws"),
        ("p25", "p75", 0.5, "25 to 75 %"),
    ):
        axes.fill_between(
            years, rows[low], rows[high], color=BLUE, alpha=alpha, linewidth=0, label=label
        )
    axes.plot(years, rows["median"], color="#00344F", linewidth=2.2, label="median")
    zero_line(axes)
    clean(axes)
    axes.set_title(name, fontsize=SIZE + 1, loc="left")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.tick_params(labelsize=SIZE)
    axes.margins(x=0.02)


def _mark_styles(marks: pd.Series) -> list[str]:
    return [("--", "-.", ":")[number % 3] for number in range(len(marks))]


def _name_levels(axes: Axes, marks: pd.Series) -> None:
    """Write the name of each line above it, higher where two lines are close."""
    bottom, top = axes.get_ylim()
    gap = LINE * (top - bottom)
    heights = apart(list(marks), gap)
    for (label, value), height in zip(marks.items(), heights, strict=True):
        axes.annotate(
            f"{label}: {short_figure(value)}", (0.02, height),
            xycoords=("axes fraction", "data"), xytext=(0, 2), textcoords="offset points",
            va="bottom", fontsize=SIZE - 0.5, color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
        )  # fmt: skip


def plot_exceedance(frame: pd.DataFrame, marks: pd.Series, title: str, source: str) -> Figure:
    """Draw the chance of at least so many jobs, one curve a series, with the chances at marks.

    Parameters
    ----------
    frame
        Columns series, jobs_thousand (mean jobs a year), probability (0 to 1) that they are
        reached; four series at most.
    marks
        Label -> thousand jobs, above zero: vertical lines, with the chance of each series at each
        in a table below. Below the first figure of a series the chance is 1, beyond the last 0.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, a chance is not within 0 and 1 or rises with jobs, or
        no figure is above zero.
    """
    check_frame(frame, words=["series"], numbers=["jobs_thousand", "probability"])
    check_marks(marks, above_zero=True)
    marks = marks.sort_values()
    _check_chances(frame, marks)
    names = list(frame["series"].unique())
    heights = [3.4 + 0.22 * len(marks), rows_height([*names, ""])]
    figure, body = new_figure(sum(heights), title, source)
    axes, table = body.subplots(2, 1, height_ratios=heights)
    chances = {}
    for name, look in zip(names, LOOKS, strict=False):
        curve = frame[frame["series"] == name].sort_values("jobs_thousand", kind="stable")
        chances[name] = _at_marks(curve, marks)
        _draw_chances(axes, curve, marks, chances[name], look)
    bulk = frame["probability"].between(_TAIL / 100, 1 - _TAIL / 100)
    shown = frame.loc[bulk if bulk.any() else slice(None), "jobs_thousand"]
    log_axis(axes, [*shown, *marks])
    axes.set_ylim(0, 104)
    name_marks(axes, marks)
    axes.set_xlabel("mean jobs a year, thousand (log scale)", fontsize=SIZE)
    axes.set_ylabel("chance of at least so many, %", fontsize=SIZE)
    clean(axes)
    axes.tick_params(labelsize=SIZE)
    _write_chances(table, marks, chances)
    return figure


def _at_marks(curve: pd.DataFrame, marks: pd.Series) -> Array:
    """Read the chances, per cent, off a curve at the marks."""
    x, percent = curve["jobs_thousand"], 100 * curve["probability"]
    chances: Array = np.interp(marks, x, percent, left=100, right=0)
    return chances


def _draw_chances(
    axes: Axes, curve: pd.DataFrame, marks: pd.Series, at_marks: Array, look: tuple[str, str, str]
) -> None:
    colour, dash, shape = look
    x, percent = curve["jobs_thousand"], 100 * curve["probability"]
    axes.plot(x, percent, dash, color=colour, linewidth=2.2)
    axes.plot(
        marks, at_marks, shape, color=colour, markersize=9, markeredgecolor="white", zorder=4,
        clip_on=False,
    )  # fmt: skip


def _write_chances(table: Axes, marks: pd.Series, chances: dict[str, Array]) -> None:
    """Write a row a series with its line, its name and its chance at each mark."""
    columns = np.linspace(0.98, 0.46, max(len(marks), 2))[: len(marks)][::-1]
    table.set(xlim=(0, 1), ylim=(len(chances) + 0.5, -0.5))
    table.axis("off")
    words: dict[str, Any] = {"va": "center", "fontsize": SIZE, "color": INK}
    table.text(0.06, 0, "chance of at least", **words)
    for x, value in zip(columns, marks, strict=True):
        table.text(x, 0, f"{1000 * value:,.0f}", ha="right", **words)
    for row, ((name, at_marks), look) in enumerate(zip(chances.items(), LOOKS, strict=False), 1):
        colour, dash, shape = look
        table.plot([0, 0.045], [row, row], dash, color=colour, linewidth=2.2)
        table.plot(0.0225, row, shape, color=colour, markersize=9, markeredgecolor="white")
        table.text(0.06, row, wrapped([name])[0], **words)
        for x, chance in zip(columns, at_marks, strict=True):
            table.text(x, row, chance_words(chance), ha="right", fontweight="bold", **words)


def _check_chances(frame: pd.DataFrame, marks: pd.Series) -> None:
    """Refuse chances outside 0 to 1, that rise with jobs or stop short of a mark."""
    faults = [
        Fault(f"probability, row {row}", "0 to 1", f"{value:,.6g}")
        for row, value in enumerate(frame["probability"])
        if not 0 <= value <= 1
    ]
    curves = frame.sort_values("jobs_thousand", kind="stable").groupby("series", sort=False)
    if len(curves) > len(LOOKS):
        faults.append(Fault("series", f"{len(LOOKS)} at most", str(len(curves))))
    for name, curve in curves:
        faults += _curve_faults(f"series {name!r}", curve, marks)
    raise_if(InputError, "This frame cannot be drawn.", faults)


def _curve_faults(where: str, curve: pd.DataFrame, marks: pd.Series) -> list[Fault]:
    if (curve["probability"].diff() > 0).any():
        return [Fault(where, "chances that do not rise with jobs", "one that rises")]
    first, last = curve.iloc[0], curve.iloc[-1]
    faults = []
    if (marks > last["jobs_thousand"]).any() and last["probability"] > _OPEN:
        asked = f"figures up to {marks.max():,.6g} thousand or a last chance of at most {_OPEN}"
        faults.append(Fault(where, asked, f"{last['probability']:.3g}"))
    if (marks < first["jobs_thousand"]).any() and first["probability"] < 1 - _OPEN:
        asked = f"figures from {marks.min():,.6g} thousand or a first chance above {1 - _OPEN}"
        faults.append(Fault(where, asked, f"{first['probability']:.3g}"))
    return faults


def chance_words(percent: float) -> str:
    """Write a chance in whole per cent; draws cannot show that a thing is certain."""
    if percent <= 0.5:
        return "< 1 %"
    return "> 99 %" if percent >= 99.5 else f"{percent:.0f} %"


def plot_drivers(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw what share of the variance each uncertain input brings, the largest first.

    Parameters
    ----------
    frame
        Columns label, first (alone), total (with all that it acts with), conf (95 % half width of
        total).
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column, a figure or a label is missing or a label stands twice.
    """
    check_frame(frame, words=["label"], numbers=["first", "total", "conf"], key=["label"])
    rows = frame.sort_values("total", ascending=False, kind="stable")
    names, y = list(rows["label"]), np.arange(len(rows))
    figure, body = new_figure(rows_height(names) + FRAME + 0.3, title, source)
    axes = body.add_subplot()
    low, high = rows["total"] - rows["conf"], rows["total"] + rows["conf"]
    axes.hlines(y, low, high, color=BLUE, linewidth=5, alpha=0.4, label="95 % interval of total")
    axes.plot(rows["total"], y, "o", color=BLUE, markersize=9, label="total, with others")
    axes.plot(
        rows["first"], y, "D", markerfacecolor="white", markeredgecolor=RED, markersize=7,
        markeredgewidth=1.8, label="alone",
    )  # fmt: skip
    zero_line(axes, horizontal=False)
    axes.set_xlabel("share of the variance (Sobol index), total in figures", fontsize=SIZE)
    name_rows(axes, names, [f"{total:.2f}" for total in rows["total"]])
    handles, labels = axes.get_legend_handles_labels()
    body.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=SIZE)
    return figure
