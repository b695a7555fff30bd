"""Plots of what models say of a tariff: its revenue, its welfare, and the best rate."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from research.errors import Fault, InputError, raise_if
from research.plots.checks import check_at_most, check_frame, check_marks
from research.plots.labels import name_ends, name_marks
from research.plots.rows import (
    FRAME,
    INK,
    SIZE,
    digits_of,
    name_rows,
    rows_height,
    signed_range,
)
from research.plots.style import BLUE, GREY, LOOKS, RED, clean, new_figure, zero_line
from research.words import signed

_MOST_SECTORS, _MOST_COUNTRIES, _MOST_SETS = 8, 4, 8

# Shape, colour and fill by sign: a change differs from its opposite in grey as well.
_SIGNS = {
    "gain": ("^", BLUE, BLUE),
    "loss": ("v", RED, RED),
    "sign open: the interval holds zero": ("o", GREY, "white"),
}


def plot_laffer(frame: pd.DataFrame, marks: pd.Series, title: str, source: str) -> Figure:
    """Draw revenue against the rate, one panel a sector, with the peak and the rate in force.

    Parameters
    ----------
    frame
        Columns sector, rate_pct, revenue_bn_usd (a year); eight sectors at most. A peak is marked
        if revenue is highest within the rates drawn, not at their end.
    marks
        Sector -> rate in force, per cent, within the rates drawn.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, a rate of a sector stands twice or the rates in force
        are not those of the sectors drawn.
    """
    check_frame(
        frame, words=["sector"], numbers=["rate_pct", "revenue_bn_usd"], key=["sector", "rate_pct"]
    )
    check_marks(marks)
    curves = {
        str(name): rows.sort_values("rate_pct")
        for name, rows in frame.groupby("sector", sort=False)
    }
    check_at_most("sectors", len(curves), _MOST_SECTORS)
    _check_in_force(curves, marks)
    columns = min(len(curves), 2)
    lines = -(-len(curves) // columns)
    figure, body = new_figure(2.05 * lines + 0.3, title, source)
    panels = body.subplots(lines, columns, squeeze=False)
    for axes, (name, curve) in zip(panels.flat, curves.items(), strict=False):
        _draw_laffer(axes, name, curve, float(marks[name]))
    for axes in panels.flat[len(curves) :]:
        axes.set_visible(False)
    body.supxlabel("rate of the tariff, %", fontsize=SIZE)
    body.supylabel("revenue, USD bn a year", fontsize=SIZE)
    return figure


def _check_in_force(curves: dict[str, pd.DataFrame], marks: pd.Series) -> None:
    faults = [
        Fault("marks", "a sector that is drawn", repr(name))
        for name in marks.index
        if name not in curves
    ]
    for name, curve in curves.items():
        first, last = curve["rate_pct"].iloc[[0, -1]]
        if name not in marks.index:
            faults.append(Fault("marks", f"a rate in force of {name!r}", "none"))
        elif not first <= marks[name] <= last:
            asked = f"a rate within {first:g} and {last:g} %"
            faults.append(Fault(f"mark {name!r}", asked, f"{marks[name]:g} %"))
    raise_if(InputError, "These rates in force cannot be drawn.", faults)


def _draw_laffer(axes: Axes, name: str, curve: pd.DataFrame, in_force: float) -> None:
    """Draw a curve; its rates stand above it, beside their markers, where nothing crosses them."""
    rates, revenue = curve["rate_pct"].to_numpy(), curve["revenue_bn_usd"].to_numpy()
    axes.plot(rates, revenue, color=BLUE, linewidth=2.2)
    axes.axvline(in_force, color=INK, linewidth=1.3, linestyle="--", zorder=1)
    at_force = np.interp(in_force, rates, revenue)
    axes.plot(in_force, at_force, "o", color=INK, markersize=8, zorder=5, clip_on=False)
    top = int(revenue.argmax())
    peak = f"no peak up to {rates[-1]:.3g} %"
    if 0 < top < len(rates) - 1:
        axes.plot(rates[top], revenue[top], "D", color=RED, markersize=8, zorder=4)
        peak = f"\N{BLACK DIAMOND} peak {rates[top]:.3g} %"
    axes.set_title(name, fontsize=SIZE, loc="left", fontweight="bold", pad=21)
    axes.annotate(
        f"\N{BLACK CIRCLE} scenario {in_force:.3g} %   {peak}", (0, 1), (0, 5), fontsize=SIZE,
        xycoords="axes fraction", textcoords="offset points", color=INK,
    )  # fmt: skip
    zero_line(axes)
    clean(axes)
    axes.tick_params(labelsize=SIZE)
    axes.margins(x=0.02, y=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(4))


def plot_welfare(frame: pd.DataFrame, title: str, source: str, unit: str = "% of income") -> Figure:
    """Draw the change of welfare with its interval for each set of elasticities, by country.

    Parameters
    ----------
    frame
        Columns country, elasticities (name of the set), low, central, high; four countries of
        eight sets at most, in order.
    title, source
        Finding and source line.
    unit
        Of the figures, for the axis.

    Raises
    ------
    InputError
        If a column, a figure or a name is missing, an interval falls or a set stands twice.
    """
    values = ["low", "central", "high"]
    check_frame(
        frame, words=["country", "elasticities"], numbers=values, rising=values,
        key=["country", "elasticities"],
    )  # fmt: skip
    groups = [(str(name), rows) for name, rows in frame.groupby("country", sort=False)]
    check_at_most("countries", len(groups), _MOST_COUNTRIES)
    check_at_most("sets of elasticities", frame["elasticities"].nunique(), _MOST_SETS)
    each = rows_height(list(frame["elasticities"].unique())) / frame["elasticities"].nunique()
    heights = [each * len(rows) + 0.35 for _, rows in groups]
    figure, body = new_figure(sum(heights) + FRAME + 0.3, title, source)
    panels = body.subplots(len(groups), 1, sharex=True, squeeze=False, height_ratios=heights)
    digits = digits_of(frame[values])
    for axes, (name, rows) in zip(panels.flat, groups, strict=True):
        _draw_welfare(axes, rows, digits)
        axes.set_title(name, fontsize=SIZE, loc="left", fontweight="bold")
    panels.flat[-1].set_xlabel(f"change of welfare, {unit}", fontsize=SIZE)
    panels.flat[-1].xaxis.set_major_locator(MaxNLocator(5))
    _name_signs(body, panels.flat)
    return figure


def _draw_welfare(axes: Axes, rows: pd.DataFrame, digits: int) -> None:
    y = np.arange(len(rows))
    signs = np.select(
        [rows["low"] > 0, rows["high"] < 0], list(_SIGNS)[:2], default=list(_SIGNS)[2]
    )
    for sign, (shape, colour, fill) in _SIGNS.items():
        chosen = signs == sign
        if chosen.any():
            found = rows[chosen]
            axes.hlines(
                y[chosen], found["low"], found["high"], color=colour, linewidth=2, linestyle=":"
            )
            for end in ("low", "high"):
                axes.plot(found[end], y[chosen], "|", color=colour, markersize=8)
            axes.plot(
                found["central"], y[chosen], shape, color=colour, markerfacecolor=fill,
                markersize=8, markeredgewidth=1.6, label=sign,
            )  # fmt: skip
    zero_line(axes, horizontal=False)
    figures = [signed_range(row.central, row.low, row.high, digits) for row in rows.itertuples()]
    name_rows(axes, list(rows["elasticities"]), figures)


def _name_signs(body: SubFigure, panels: Iterable[Axes]) -> None:
    """Write a legend of the signs that occur in any panel."""
    found = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    shown = [sign for sign in _SIGNS if sign in found]
    body.legend(
        [found[sign] for sign in shown], shown, loc="outside lower center", ncols=3,
        frameon=False, fontsize=SIZE,
    )  # fmt: skip


def plot_game(frame: pd.DataFrame, marks: pd.Series, title: str, source: str) -> Figure:
    """Draw the welfare of countries against the tariff of one of them, with rates that matter.

    Parameters
    ----------
    frame
        Columns country, rate_pct (of the tariff, the same for all countries), welfare_pct (change
        of welfare, per cent); four countries at most.
    marks
        Label (such as ``in force`` and ``best``) -> rate, per cent, within the rates drawn. The
        welfare of each country there is read off its curve and written at its end.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If a column or a figure is missing, a rate of a country stands twice or a mark lies
        outside of the rates of a country.
    """
    check_frame(
        frame, words=["country"], numbers=["rate_pct", "welfare_pct"], key=["country", "rate_pct"]
    )
    check_marks(marks)
    curves = {
        str(name): rows.sort_values("rate_pct")
        for name, rows in frame.groupby("country", sort=False)
    }
    check_at_most("countries", len(curves), len(LOOKS))
    _check_within(curves, marks)
    figure, body = new_figure(3.6 + 0.2 * len(marks), title, source)
    axes = body.add_subplot()
    digits = digits_of(frame["welfare_pct"])
    ends = [
        _draw_country(axes, curve, marks, look, digits)
        for curve, look in zip(curves.values(), LOOKS, strict=False)
    ]
    zero_line(axes)
    clean(axes)
    axes.tick_params(labelsize=SIZE)
    axes.set_xlim(frame["rate_pct"].min(), frame["rate_pct"].max())
    axes.set_ylim(axes.get_ylim())
    axes.set_xlabel("rate of the tariff, %", fontsize=SIZE)
    axes.set_ylabel("change of welfare, %", fontsize=SIZE)
    name_marks(axes, marks.rename({name: f"{name}, {marks[name]:.3g} %" for name in marks.index}))
    name_ends(axes, pd.DataFrame(ends), inches=3)
    return figure


def _draw_country(
    axes: Axes, curve: pd.DataFrame, marks: pd.Series, look: tuple[str, str, str], digits: int
) -> dict[str, object]:
    """Draw a curve with points at the marks; give its end and what to write there."""
    colour, dash, shape = look
    rates, welfare = curve["rate_pct"], curve["welfare_pct"]
    axes.plot(rates, welfare, dash, color=colour, linewidth=2.2)
    at_marks = np.interp(marks, rates, welfare)
    axes.plot(
        marks, at_marks, shape, color=colour, markersize=9, markeredgecolor="white", clip_on=False
    )
    read = [
        f"{signed(value, digits)} {label}"
        for label, value in zip(marks.index, at_marks, strict=True)
    ]
    name = "\n".join([str(curve["country"].iloc[0]), *read])
    return {"x": rates.iloc[-1], "y": welfare.iloc[-1], "name": name, "colour": colour}


def _check_within(curves: dict[str, pd.DataFrame], marks: pd.Series) -> None:
    faults = [
        Fault(
            f"mark {label!r}",
            f"a rate within those of {name}, {curve['rate_pct'].iloc[0]:g} and "
            f"{curve['rate_pct'].iloc[-1]:g} %",
            f"{rate:g} %",
        )
        for name, curve in curves.items()
        for label, rate in marks.items()
        if not curve["rate_pct"].iloc[0] <= rate <= curve["rate_pct"].iloc[-1]
    ]
    raise_if(InputError, "These marks cannot be drawn.", faults)
