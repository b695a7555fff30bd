"""Plot of the paths of an event study."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from research.errors import Fault, InputError
from research.plots.charts import lines


def plot_paths(paths: pd.DataFrame, title: str, source: str) -> Figure:
    """Draw the cumulative abnormal return of each group with its band, one panel a group."""
    groups = paths["group"].unique()
    if not (paths["n"] > 0).any():
        found = f"none in {', '.join(map(str, groups)) or 'no group'}"
        todo = "The study lists what it left out, and why, in `dropped`."
        fault = Fault("paths", "a group with at least one share", found, todo)
        raise InputError("There is no path to draw.", [fault])
    shares = paths["group"].map(paths.groupby("group")["n"].max())
    names = [f"{group} ({n:.0f} shares)" for group, n in zip(paths["group"], shares, strict=True)]
    bands = [("low_pct", "high_pct")]
    frame = paths.assign(panel=names)
    return lines(
        frame, x="day", y="caar_pct", panel="panel", bands=bands, title=title, source=source
    )
