"""A map of the states as tiles of one size, the figure on each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from research.errors import Fault, InputError, raise_if
from research.plots.style import BLUE, GREY, RED, WIDTH, clean, new_figure

# Light to dark in one direction, so that a print in grey keeps the order.
_PALE, _DEEP_BLUE, _DEEP_RED = "#F3F6F9", "#00344F", "#6B2F00"
_BLANK = "#FFFFFF"

# Inches: a state's row in the panel of ranges, and what its axis and heading take.
_ROW, _FRAME = 0.29, 0.75


def plot_tiles(
    values: pd.Series,
    title: str,
    source: str,
    *,
    tiles: pd.DataFrame,
    unit: str,
    ranges: pd.DataFrame | None = None,
    largest: int = 8,
) -> Figure:
    """Draw a figure for every state on a tile map, and how far methods differ below it.

    Parameters
    ----------
    values
        State -> figure; NaN is drawn as having none. Tiles below zero have a dashed edge.
    title, source
        Finding and source line.
    tiles
        Columns state, abbreviation, row, column (whole numbers from the top left).
    unit
        Of the figures, for the colour bar.
    ranges
        Index state, columns low and high: the spread over methods, drawn for the states with the
        largest figures (default: no such panel).
    largest
        How many states the panel of ranges shows.

    Raises
    ------
    InputError
        If states differ between the arguments, stand twice or share a tile, a figure is infinite
        or all are missing, or a range does not hold its figure.
    """
    raise_if(InputError, "These states cannot be drawn.", _faults(values, tiles, ranges, largest))
    rows, columns = (int(np.ptp(tiles[name])) + 1 for name in ("row", "column"))
    heights = [WIDTH * rows / columns + 0.55]
    shown = values.dropna().sort_values(ascending=False, kind="stable").index[:largest]
    if ranges is not None:
        heights.append(_ROW * len(shown) + _FRAME)
    figure, body = new_figure(sum(heights), title, source)
    panels = np.atleast_1d(
        np.asarray(body.subfigures(len(heights), 1, height_ratios=heights), dtype=object)
    )
    _draw_map(panels[0], values, tiles, unit)
    if ranges is not None:
        _draw_ranges(panels[1].add_subplot(), values[shown], ranges.loc[shown], unit)
    return figure


def _draw_map(panel: SubFigure, values: pd.Series, tiles: pd.DataFrame, unit: str) -> None:
    axes = panel.add_subplot()
    colours, norm = _colours(values)
    for tile in tiles.itertuples():
        value = float(values[tile.state])
        fill = _BLANK if np.isnan(value) else colours(norm(value))
        _draw_tile(axes, tile, value, fill)
    axes.set_xlim(tiles["column"].min() - 0.5, tiles["column"].max() + 0.5)
    axes.set_ylim(tiles["row"].max() + 0.5, tiles["row"].min() - 0.5)
    axes.set_aspect("equal")
    axes.axis("off")
    bar = panel.colorbar(
        ScalarMappable(norm, colours), ax=axes, location="bottom", aspect=45, shrink=0.8, pad=0.01
    )
    bar.ax.xaxis.set_major_formatter(lambda value, _: short_number(value))
    bar.ax.tick_params(labelsize=11)
    bar.set_label(f"{unit} (k: thousand, m: million)", fontsize=11)
    bar.outline.set_visible(False)


def _draw_tile(axes: Axes, tile: Any, value: float, fill: Any) -> None:
    """Draw one state: abbreviation above, figure below, in what reads on the fill."""
    below = value < 0
    box = Rectangle(
        (tile.column - 0.47, tile.row - 0.47), 0.94, 0.94, facecolor=fill,
        edgecolor="#1E252B" if below else "#AEB8C1", linewidth=1.6 if below else 0.7,
        linestyle="--" if below else "-",
    )  # fmt: skip
    axes.add_patch(box)
    red, green, blue = to_rgb(fill)
    ink = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else "#1E252B"
    place: dict[str, Any] = {"ha": "center", "va": "center", "color": ink}
    axes.text(tile.column, tile.row - 0.22, tile.abbreviation, fontsize=11, **place)
    number = "n/a" if np.isnan(value) else short_number(value)
    size = 14 if len(number) < 4 else 12.5
    axes.text(tile.column, tile.row + 0.15, number, fontsize=size, fontweight="bold", **place)


def _draw_ranges(axes: Axes, values: pd.Series, ranges: pd.DataFrame, unit: str) -> None:
    """Draw each state's figure with the lowest and highest of the methods."""
    y = np.arange(len(values))
    axes.hlines(y, ranges["low"], ranges["high"], color=GREY, linewidth=5, alpha=0.55)
    axes.plot(values.to_numpy(), y, "o", color=BLUE, markersize=8, zorder=3)
    axes.set_yticks(y, values.index)
    axes.set_ylim(len(values) - 0.4, -0.6)
    if min(ranges["low"].min(), 0) == 0:
        axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(lambda value, _: short_number(value))
    axes.set_xlabel(f"{unit}: the map's figure (dot), lowest to highest method (bar)", fontsize=11)
    clean(axes)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#E7EAED", linewidth=0.8)
    axes.tick_params(labelsize=11)


def _colours(values: pd.Series) -> tuple[Colormap, Normalize]:
    """Run from pale to deep blue, and to deep red for figures below zero, zero being pale."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    if low == 0:
        blues = LinearSegmentedColormap.from_list("blues", [_PALE, BLUE, _DEEP_BLUE])
        return blues, Normalize(0, high or 1)
    both = [_DEEP_RED, RED, _PALE, BLUE, _DEEP_BLUE]
    limit = max(-low, high)
    return LinearSegmentedColormap.from_list("both", both), Normalize(-limit, limit)


def short_number(value: float) -> str:
    """Write a number in at most four characters and a sign: ``850``, ``1.2k``, ``35k``."""
    size, suffix = abs(value), ""
    for limit, divisor, name in ((999_500, 1e6, "m"), (999.5, 1e3, "k")):
        if size >= limit:
            size, suffix = size / divisor, name
            break
    whole = not suffix or size >= 9.95
    digits = f"{size:.0f}" if whole else f"{size:.1f}".removesuffix(".0")
    minus = "\N{MINUS SIGN}" if value < 0 and digits != "0" else ""
    return f"{minus}{digits}{suffix}"


def _faults(
    values: pd.Series, tiles: pd.DataFrame, ranges: pd.DataFrame | None, largest: int
) -> list[Fault]:
    missing = {"state", "abbreviation", "row", "column"} - set(tiles.columns)
    if missing:
        return [Fault("tiles", f"a column {name}", "none") for name in sorted(missing)]
    faults = []
    for what, labels in (("values", values.index), ("tiles", pd.Index(tiles["state"]))):
        twice = labels[labels.duplicated()].unique()
        faults += [Fault(what, "each state once", f"{state} twice") for state in twice]
    faults += _differing("values", values.index, tiles["state"])
    shared = tiles[tiles.duplicated(["row", "column"])]
    faults += [Fault(f"tiles, {state}", "a tile of its own", "one taken") for state in shared.state]
    if np.isinf(values.to_numpy(float)).any() or values.isna().all():
        faults.append(Fault("values", "figures, at least one", "infinite or none"))
    if largest < 1:
        faults.append(Fault("largest", "one state or more", repr(largest)))
    if ranges is not None and not faults:
        faults += _range_faults(values, ranges)
    return faults


def _differing(what: str, found: pd.Index, known: pd.Series) -> list[Fault]:
    strange, lost = sorted(set(found) - set(known)), sorted(set(known) - set(found))
    return [
        *(Fault(what, "a state of the tiles", repr(state)) for state in strange),
        *(Fault(what, f"a figure for {state}", "none", "NaN says so.") for state in lost),
    ]


def _range_faults(values: pd.Series, ranges: pd.DataFrame) -> list[Fault]:
    if not {"low", "high"} <= set(ranges.columns):
        return [Fault("ranges", "columns low and high", ", ".join(map(str, ranges.columns)))]
    faults = _differing("ranges", ranges.index, pd.Series(values.index))
    if faults:
        return faults
    both = ranges.reindex(values.index)
    out = values[(values < both["low"]) | (values > both["high"])]
    return [
        Fault(
            f"ranges, {state}",
            f"a range around {value:,.6g}",
            f"{both.at[state, 'low']:,.6g} to {both.at[state, 'high']:,.6g}",
        )
        for state, value in out.items()
    ]
