"""Plots of who pays a tariff: how much of it prices took up, and one car of 100."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError, raise_if
from research.plots.checks import check_at_most, check_frame, check_not_below_zero
from research.plots.labels import name_ends
from research.plots.rows import FRAME, INK, SIZE, head_figures, legend_below, name_rows, rows_height
from research.plots.style import BLUE, ORANGE, RED, clean, new_figure, zero_line

# Shape, colour and fill of a method.
_METHODS = (("o", BLUE, BLUE), ("s", RED, "white"))

# Months between the points of two methods.
_ASIDE = 0.16

# Inches of a panel, its axes alone, and of its share of the title and the axis.
_PANEL, _HEADING = 2.1, 0.5

# Widths of the axes: from its edge to the first bracket of a band, and between brackets.
_BRACKET, _BRACKETS = 0.02, 0.022
_BAND_CHARACTERS = 22

# What rounding may take from a sum of parts.
_ROUNDING = 0.11


def plot_pass_through(frame: pd.DataFrame, bands: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw what share of a tariff each price took up by month, one panel a price.

    Parameters
    ----------
    frame
        Columns price, method, months (since the change), share_pct (of the change of the tariff),
        low_pct, high_pct; two methods at most.
    bands
        Columns price (one of ``frame``), label, low_pct, high_pct: what studies found, shaded,
        named at the right of a bracket.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column, a figure or a name is missing, an interval falls, a month stands twice, a
        band is of another price or there are more than two methods.
    """
    intervals = ["low_pct", "share_pct", "high_pct"]
    check_frame(
        frame, words=["price", "method"], numbers=["months", *intervals], rising=intervals,
        key=["price", "method", "months"],
    )  # fmt: skip
    span = ["low_pct", "high_pct"]
    check_frame(bands, words=["price", "label"], numbers=span, rising=span, key=["price", "label"])
    prices, methods = list(frame["price"].unique()), list(frame["method"].unique())
    check_at_most("methods", len(methods), len(_METHODS))
    faults = [
        Fault("bands, price", " or ".join(map(repr, prices)), repr(price))
        for price in bands["price"].unique()
        if price not in prices
    ]
    raise_if(InputError, "These bands cannot be drawn.", faults)
    figure, body = new_figure(len(prices) * (_PANEL + _HEADING) + 0.4, title, source)
    panels = body.subplots(len(prices), 1, sharex=True, squeeze=False)
    for axes, price in zip(panels.flat, prices, strict=True):
        _draw_shares(axes, frame[frame["price"] == price], methods)
        _draw_bands(axes, bands[bands["price"] == price])
        axes.set_title(price, fontsize=SIZE, loc="left", fontweight="bold")
    panels.flat[-1].set_xlabel("months since the change of the tariff", fontsize=SIZE)
    legend_below(body, panels.flat[0])
    return figure


def _draw_shares(axes: Axes, rows: pd.DataFrame, methods: list[str]) -> None:
    for number, method in enumerate(methods):
        shape, colour, fill = _METHODS[number]
        found = rows[rows["method"] == method]
        months = found["months"] + (2 * number - 1) * _ASIDE * (len(methods) > 1)
        axes.vlines(months, found["low_pct"], found["high_pct"], color=colour, linewidth=2)
        axes.plot(
            months, found["share_pct"], shape, color=colour, markerfacecolor=fill, markersize=7,
            markeredgewidth=1.6, label=method,
        )  # fmt: skip
    zero_line(axes)
    axes.axhline(100, color="#3C454D", linewidth=0.9, linestyle="--", zorder=1)
    clean(axes)
    axes.tick_params(labelsize=SIZE, labelbottom=True)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_ylabel("% of the tariff", fontsize=SIZE)


def _draw_bands(axes: Axes, bands: pd.DataFrame) -> None:
    """Shade bands and name them at the right, each beside a bracket of its own."""
    across: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "clip_on": False}
    ends = []
    for number, band in enumerate(bands.itertuples()):
        x = 1 + _BRACKET + number * _BRACKETS
        axes.axhspan(band.low_pct, band.high_pct, color=ORANGE, alpha=0.2, linewidth=0, zorder=0)
        axes.plot(
            [x, x], [band.low_pct, band.high_pct], "_-", color=INK, linewidth=1.6, markersize=5,
            **across,
        )  # fmt: skip
        ends.append((x, (band.low_pct + band.high_pct) / 2, band.label))
    axes.set_ylim(axes.get_ylim())
    if ends:
        labels = pd.DataFrame(ends, columns=["x", "y", "name"])
        labels["name"] = [textwrap.fill(name, _BAND_CHARACTERS) for name in labels["name"]]
        place = 1 + 2 * _BRACKET + len(bands) * _BRACKETS
        name_ends(axes, labels.assign(colour=INK), inches=_PANEL, place=place, across=True)


def plot_cars(frame: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw the price of a car that cost 100 before a tariff, as what is left for whom.

    Parameters
    ----------
    frame
        Columns case (in words), seller_receives, duty, buyer_pays; all an index, 100 being the
        price with the ordinary duty before the tariff. What the buyer pays at the border is the
        sum of both parts.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column, a figure or a case is missing, a case stands twice, a figure is below zero or
        parts do not add up.
    """
    parts = ["seller_receives", "duty"]
    check_frame(frame, words=["case"], numbers=[*parts, "buyer_pays"], key=["case"])
    check_not_below_zero(frame, parts)
    off = (frame[parts].sum(axis=1) - frame["buyer_pays"]).abs() > _ROUNDING
    faults = [
        Fault(
            f"case {row.case!r}",
            f"a buyer who pays both parts, {row.seller_receives + row.duty:,.6g}",
            f"{row.buyer_pays:,.6g}",
        )
        for row in frame[off].itertuples()
    ]
    raise_if(InputError, "This frame cannot be drawn.", faults)
    names, y = list(frame["case"]), range(len(frame))
    figure, body = new_figure(1.1 * rows_height(names) + FRAME + 0.6, title, source)
    axes = body.add_subplot()
    axes.barh(y, frame["seller_receives"], height=0.62, color=BLUE, label="the seller receives")
    axes.barh(
        y, frame["duty"], left=frame["seller_receives"], height=0.62, label="the duty takes",
        facecolor="#F6CF86", edgecolor=INK, linewidth=0.8, hatch="////",
    )  # fmt: skip
    axes.axvline(100, color=INK, linewidth=1.4, linestyle="--")
    head_figures(axes, "seller + duty = buyer")
    axes.annotate(
        "100 ", (100, 1.01), xycoords=("data", "axes fraction"), ha="center", va="bottom",
        fontsize=SIZE, color=INK,
    )  # fmt: skip
    axes.set_xlabel("price of the car, 100 before the tariff", fontsize=SIZE)
    name_rows(
        axes, names,
        [
            f"{row.seller_receives:.1f} + {row.duty:.1f} = {row.buyer_pays:.1f}"
            for row in frame.itertuples()
        ],
    )  # fmt: skip
    legend_below(body, axes)
    return figure
