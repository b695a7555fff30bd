"""Plots of what a group test can see, and of differences between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from research.data.groups import group_name
from research.plots.style import BLUE, GREEN, GREY, ORANGE, RED, clean, new_figure, zero_line
from research.words import p_words, signed

# Colour and dash change together: no two of ten lines look alike, also in grey.
_COLOURS = (BLUE, RED, GREEN, ORANGE, GREY)
_DASHES = ("-", "--", "-.", ":")


def plot_power(
    curves: pd.DataFrame, smallest: pd.DataFrame, power: float, title: str, source: str
) -> Figure:
    """Draw the power of a test against the effect, one line a group.

    Parameters
    ----------
    curves
        Columns group, effect_pct, power_pct, in the order wanted.
    smallest
        Columns group, mde_pct: the effect that reaches ``power``, marked on the line; NaN where
        none does.
    power
        Power of the minimal detectable effect, a share.
    title, source
        Finding and source line.
    """
    figure, body = new_figure(3.9, title, source)
    axes = body.add_subplot()
    found = smallest.set_index("group")["mde_pct"]
    for number, (group, curve) in enumerate(curves.groupby("group", sort=False)):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        label = f"{group_name(str(group))}: {_percent(found[group])}"
        axes.plot(curve["effect_pct"], curve["power_pct"], dash, color=colour, lw=1.8, label=label)
        axes.plot(found[group], 100 * power, "o", color=colour, markersize=7, zorder=3)
    axes.axhline(100 * power, color=GREY, linewidth=1, linestyle=":", zorder=0)
    axes.set_xlabel("mean abnormal return of the group, per cent")
    axes.set_ylabel("chance that the test sees it, per cent")
    axes.set_ylim(0, 102)
    clean(axes)
    body.legend(
        loc="outside right upper", frameon=False, fontsize=9, title=f"seen in {100 * power:.0f} %",
        title_fontsize=9, alignment="left",
    )  # fmt: skip
    return figure


def _percent(value: float) -> str:
    return "no effect is" if pd.isna(value) else f"{value:.1f} %"


def plot_contrasts(table: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw differences of two groups with their intervals, the adjusted p beside each.

    Parameters
    ----------
    table
        Columns label, difference_pct, low_pct, high_pct, pvalue, holm_pvalue; rows in the order
        wanted, from the top.
    title, source
        Finding and source line.
    """
    figure, body = new_figure(0.42 * len(table) + 0.8, title, source)
    axes = body.add_subplot()
    y = np.arange(len(table))[::-1]
    clear = (table["holm_pvalue"] < 0.05).to_numpy()
    for chosen, colour, fill, label in (
        (clear, BLUE, BLUE, "adjusted p below 0.05"),
        (~clear, GREY, "white", "adjusted p 0.05 or above"),
    ):
        if chosen.any():
            rows = table[chosen]
            axes.hlines(y[chosen], rows["low_pct"], rows["high_pct"], color=colour, linewidth=2.4)
            axes.scatter(
                rows["difference_pct"], y[chosen], s=48, facecolor=fill, edgecolor=colour,
                linewidth=1.8, zorder=3, label=label,
            )  # fmt: skip
    _write_pvalues(axes, table, y)
    axes.set_yticks(y, table["label"])
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.set_xlabel("first group less second, per cent")
    clean(axes)
    axes.grid(visible=False, axis="y")
    zero_line(axes, horizontal=False)
    body.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _write_pvalues(axes: Axes, table: pd.DataFrame, y: np.ndarray) -> None:
    """Write the difference and both p-values at the right edge of each row."""
    for position, row in zip(y, table.itertuples(), strict=True):
        pvalues = f"p {p_words(row.pvalue)}, adjusted {p_words(row.holm_pvalue)}"
        text = f"{signed(row.difference_pct, 1)}, {pvalues}"
        axes.annotate(
            text, (1.02, position), xycoords=("axes fraction", "data"), va="center", fontsize=8.5
        )
