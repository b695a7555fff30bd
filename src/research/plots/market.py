"""Plots of market reactions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from research.data.groups import group_name
from research.errors import Fault, InputError
from research.plots.style import BLUE, GREEN, GREY, ORANGE, RED, clean, new_figure, zero_line
from research.words import signed


def plot_day(moves: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw the returns of one day as bars, reported figures as open diamonds.

    Parameters
    ----------
    moves
        Columns label, return_pct, kind (``index``, ``fund`` or ``group``), reported_pct (NaN
        where nothing was reported).
    title, source
        Finding and source line.
    """
    figure, body = new_figure(0.33 * len(moves) + 0.7, title, source)
    axes = body.add_subplot()
    y = np.arange(len(moves))[::-1]
    colours = moves["kind"].map({"index": BLUE, "fund": GREEN, "group": GREY})
    axes.barh(y, moves["return_pct"], color=colours, height=0.62)
    reported = moves["reported_pct"].notna().to_numpy()
    axes.scatter(
        moves.loc[reported, "reported_pct"], y[reported], marker="D", s=55, facecolor="white",
        edgecolor=RED, linewidth=1.8, zorder=3, label="as reported",
    )  # fmt: skip
    for position, value in zip(y, moves["return_pct"], strict=True):
        shift = 4 if value >= 0 else -4
        axes.annotate(
            signed(value), (value, position), (shift, 0), textcoords="offset points",
            ha="left" if value >= 0 else "right", va="center", fontsize=8.5,
        )  # fmt: skip
    axes.set_yticks(y, moves["label"])
    axes.set_xlabel("return on day 0, per cent")
    axes.margins(x=0.14)
    clean(axes)
    axes.grid(visible=False, axis="y")
    zero_line(axes, horizontal=False)
    if reported.any():
        axes.legend(loc="best", frameon=False, fontsize=9)
    return figure


def plot_paths(paths: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw the cumulative abnormal return of each group with its band, one panel a group.

    Parameters
    ----------
    paths
        Columns group, day, caar_pct, low_pct, high_pct, n.
    title, source
        Finding and source line.

    Raises
    ------
    InputError
        If no group has a share.
    """
    groups = list(paths["group"].unique())
    if not (paths["n"] > 0).any():
        found = f"none in {', '.join(map(str, groups)) or 'no group'}"
        todo = "The study lists what it left out, and why, in `dropped`."
        fault = Fault("paths", "a group with at least one share", found, todo)
        raise InputError("There is no path to draw.", [fault])
    columns = 2 if len(groups) > 1 else 1
    rows = -(-len(groups) // columns)
    figure, body = new_figure(1.75 * rows + 0.3, title, source)
    panels = body.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, group in zip(panels.flat, groups, strict=False):
        _draw_path(axes, paths[paths["group"] == group], group)
    for axes in panels.flat[len(groups) :]:
        axes.set_visible(False)
    body.supxlabel("sessions from day 0", fontsize=10)
    body.supylabel("mean cumulative abnormal return, per cent", fontsize=10)
    return figure


def _draw_path(axes: Axes, path: pd.DataFrame, group: str) -> None:
    axes.fill_between(path["day"], path["low_pct"], path["high_pct"], color=BLUE, alpha=0.18, lw=0)
    axes.plot(path["day"], path["caar_pct"], color=BLUE, marker="o", markersize=3.2, linewidth=1.6)
    axes.axvline(0, color=ORANGE, linewidth=1.2, linestyle="--", zorder=0)
    zero_line(axes)
    n = int(path["n"].max())
    axes.set_title(
        f"{group_name(group)} ({n} share{'s' if n != 1 else ''})", fontsize=10, loc="left"
    )
    clean(axes)


def plot_firms(firms: pd.DataFrame, groups: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw each firm's CAR with its interval below the mean of its group with two intervals.

    Parameters
    ----------
    firms
        Columns group, label, car_pct, low_pct, high_pct.
    groups
        Columns group, caar_pct, naive_low_pct, naive_high_pct (firms taken as independent),
        low_pct, high_pct (from the portfolio).
    title, source
        Finding and source line.
    """
    names = list(groups["group"])
    heights = [int((firms["group"] == name).sum()) + 2.4 for name in names]
    figure, body = new_figure(0.24 * sum(heights) + 0.6, title, source)
    panels = body.subplots(len(names), 1, sharex=True, squeeze=False, height_ratios=heights)
    for axes, name in zip(panels.flat, names, strict=True):
        _draw_firms(
            axes, firms[firms["group"] == name], groups[groups["group"] == name].iloc[0], name
        )
    panels.flat[-1].set_xlabel("cumulative abnormal return, per cent")
    handles, labels = panels.flat[0].get_legend_handles_labels()
    body.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def _draw_firms(axes: Axes, firms: pd.DataFrame, group: pd.Series, name: str) -> None:
    firms = firms.sort_values("car_pct")
    y = np.arange(len(firms))
    axes.hlines(y, firms["low_pct"], firms["high_pct"], color="#B8C0C8", linewidth=2)
    axes.scatter(firms["car_pct"], y, color=GREY, s=22, zorder=3, label="firm, 95 % interval")
    top = len(firms) + 0.4
    for shift, low, high, colour, label in (
        (0.0, "naive_low_pct", "naive_high_pct", RED, "mean, firms taken as independent"),
        (0.9, "low_pct", "high_pct", BLUE, "mean, portfolio (correlation kept)"),
    ):
        axes.hlines(top + shift, group[low], group[high], color=colour, linewidth=3.2)
        axes.scatter([group["caar_pct"]], [top + shift], color=colour, s=45, zorder=3, label=label)
    axes.set_yticks(y, firms["label"])
    axes.set_ylim(-0.7, top + 1.5)
    axes.set_title(group_name(name), fontsize=10, loc="left")
    clean(axes)
    axes.grid(visible=False, axis="y")
    zero_line(axes, horizontal=False)


def plot_heat_map(table: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw events x groups: colour is the mean CAR, marks are p-values.

    Parameters
    ----------
    table
        Columns row (label of the event), group, caar_pct, kp_pvalue, bh_pvalue; rows in order.
    title, source
        Finding and source line.
    """
    rows, groups = list(table["row"].unique()), list(table["group"].unique())
    grid = table.pivot(index="row", columns="group", values="caar_pct").loc[rows, groups]
    figure, body = new_figure(0.185 * len(rows) + 2.1, title, source)
    axes = body.add_subplot()
    limit = float(np.nanquantile(np.abs(grid.to_numpy()), 0.98))
    image = axes.imshow(
        grid, aspect="auto", cmap="RdBu", norm=TwoSlopeNorm(0, -limit, limit), interpolation="none"
    )
    axes.set_facecolor("#E7EAED")
    for size, column in ((2.2, "kp_pvalue"), (7.0, "bh_pvalue")):
        hits = table[table[column] < 0.05]
        axes.plot(
            [groups.index(group) for group in hits["group"]],
            [rows.index(row) for row in hits["row"]],
            "o", markersize=size, color="black", markeredgecolor="white", markeredgewidth=0.6,
        )  # fmt: skip
    axes.set_xticks(range(len(groups)), [group_name(g) for g in groups], rotation=60, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=7.5)
    axes.spines[:].set_visible(False)
    bar = body.colorbar(image, ax=axes, location="top", aspect=50, pad=0.01, extend="both")
    bar.set_label("mean cumulative abnormal return, per cent", fontsize=9)
    bar.ax.tick_params(labelsize=8)
    return figure


def plot_placebo(
    values: pd.DataFrame, actual: pd.DataFrame, statistic: str, title: str, source: str
) -> Figure:
    """Draw the statistic on quiet dates as a histogram with the true one, a panel a group.

    Parameters
    ----------
    values
        Columns group, statistic: one row a quiet date.
    actual
        Columns group, statistic, pvalue (rank of the true date).
    statistic
        Name of the statistic, for the axis.
    title, source
        Finding and source line.
    """
    groups = list(actual["group"])
    columns = 2 if len(groups) > 1 else 1
    rows = -(-len(groups) // columns)
    figure, body = new_figure(1.6 * rows + 0.3, title, source)
    panels = body.subplots(rows, columns, sharex=True, squeeze=False)
    limit = float(np.ceil(np.nanquantile(np.abs(values["statistic"]), 0.99)))
    bins = np.linspace(-limit, limit, 41)
    table = actual.set_index("group")
    for axes, group in zip(panels.flat, groups, strict=False):
        quiet = values.loc[values["group"] == group, "statistic"].dropna()
        true, pvalue = table.loc[group, ["statistic", "pvalue"]].astype(float)
        axes.hist(quiet.clip(-limit, limit), bins=bins, color="#B8C0C8")
        axes.axvline(np.clip(true, -limit, limit), color=RED, linewidth=2)
        axes.set_title(
            f"{group_name(group)}: {signed(true, 1)}, rank p = {pvalue:.2f}",
            fontsize=10,
            loc="left",
        )
        clean(axes)
    for axes in panels.flat[len(groups) :]:
        axes.set_visible(False)
    body.supxlabel(f"{statistic} (outermost bars hold all beyond)", fontsize=10)
    body.supylabel("quiet dates", fontsize=10)
    return figure
