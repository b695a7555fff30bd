"""Plots of the draws of the jobs model: fans by year, chances, and what drives them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from research.plots.checks import check_frame, check_marks
from research.plots.rows import FRAME, INK, SIZE, apart, name_rows, rows_height, short_figure
from research.plots.style import BLUE, GREEN, GREY, ORANGE, RED, clean, new_figure, zero_line

_LOOKS = ((BLUE, "-", "o"), (RED, "--", "s"), (GREEN, "-.", "^"), (ORANGE, ":", "D"))

# Share of the height of a panel that a line of text takes.
_TEXT = 0.065


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
    first.set_ylim(min(frame["p5"].min(), 0), 1.12 * top)
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
    gap = _TEXT * (top - bottom)
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
        Label -> thousand jobs, above zero: vertical lines with the chance of each series. Beyond
        the last figure of a series its last chance stands.
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
    figure, body = new_figure(4.3, title, source)
    axes = body.add_subplot()
    chances = {}
    for (name, rows), (colour, dash, shape) in zip(
        frame.groupby("series", sort=False), _LOOKS, strict=False
    ):
        curve = rows.sort_values("jobs_thousand")
        x, percent = curve["jobs_thousand"], 100 * curve["probability"]
        axes.plot(x, percent, dash, color=colour, linewidth=2.2)
        chances[str(name)] = np.interp(marks, x, percent)
        axes.plot(
            marks, chances[str(name)], shape, color=colour, markersize=8, zorder=4,
            markeredgecolor="white",
        )  # fmt: skip
        axes.plot([], [], dash + shape, color=colour, linewidth=2.2, markersize=8, label=name)
    axes.set_xscale("log")
    axes.set_ylim(0, 104)
    _write_chances(axes, marks, chances)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.set_xlabel("mean jobs a year, thousand (log scale)", fontsize=SIZE)
    axes.set_ylabel("chance of at least so many, per cent", fontsize=SIZE)
    clean(axes)
    axes.tick_params(labelsize=SIZE)
    body.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=SIZE)
    return figure


def _write_chances(axes: Axes, marks: pd.Series, chances: dict[str, np.ndarray]) -> None:
    for number, (label, value) in enumerate(marks.items()):
        axes.axvline(float(value), color=GREY, linewidth=1.2, linestyle=":", zorder=0)
        axes.annotate(
            str(label), (float(value), 1.01), xycoords=("data", "axes fraction"), ha="center",
            va="bottom", fontsize=SIZE - 0.5, color=INK,
        )  # fmt: skip
        at_mark = [float(one[number]) for one in chances.values()]
        heights = apart(at_mark, 100 * _TEXT)
        for chance, height, (colour, _, _) in zip(at_mark, heights, _LOOKS, strict=False):
            axes.annotate(
                chance_words(chance), (float(value), height), xytext=(8, 3),
                textcoords="offset points", fontsize=SIZE, color=colour, fontweight="bold",
            )  # fmt: skip


def chance_words(percent: float) -> str:
    """Write a chance in whole per cent; draws cannot show that a thing is certain."""
    if percent < 0.5:
        return "< 1 %"
    return "> 99 %" if percent > 99.5 else f"{percent:.0f} %"


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
    axes.set_xlabel("share of the variance (Sobol index)", fontsize=SIZE)
    name_rows(axes, names, [f"{total:.2f}" for total in rows["total"]])
    handles, labels = axes.get_legend_handles_labels()
    body.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=SIZE)
    return figure
