"""What must hold before frames make an input-output table: shapes, positive output, balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.errors import Fault
from research.labels import frame_faults

if TYPE_CHECKING:
    from research.jobs.io_table import IOTable

_BALANCE = "Check the table, or raise tolerance_musd if rounding explains the gap."


def balances(table: IOTable) -> dict[str, pd.Series]:
    """Compute the gaps of the accounting identities, USD million, by industry or commodity."""
    inputs = table.use.sum() + table.value_added.sum()
    uses = table.use.sum(axis=1) + table.final_demand.sum(axis=1)
    gaps = {
        "inputs and value added = industry output": inputs - table.industry_output,
        "uses and final demand = commodity output": uses - table.commodity_output,
    }
    if table.imports is not None and table.imported_final_demand is not None:
        imported = table.imports.sum(axis=1) + table.imported_final_demand.sum(axis=1)
        gaps["imported uses = imports"] = imported
    return gaps


def shape_faults(
    make: pd.DataFrame, frames: Mapping[str, pd.DataFrame | None], scrap: Sequence[str]
) -> list[Fault]:
    """Word what is wrong with the labels and figures of frames that are to make a table."""
    industries, commodities = _labels(make)
    categories = _labels(frames["final_demand"])[1]
    wanted = {
        "use": (commodities, industries),
        "value_added": (None, industries),
        "final_demand": (commodities, None),
        "imports": (commodities, industries),
        "imported_final_demand": (commodities, categories),
    }
    faults = frame_faults(make, "make")
    for name, (rows, columns) in wanted.items():
        if frames[name] is not None or not name.startswith("import"):
            faults += frame_faults(frames[name], name, rows, columns)
    if (frames["imports"] is None) != (frames["imported_final_demand"] is None):
        asked = "imports and imported_final_demand together"
        faults.append(Fault("imports", asked, "one of the two"))
    known = () if commodities is None else commodities
    return faults + [
        Fault("scrap", "a commodity of the table", repr(code))
        for code in scrap
        if code not in known
    ]


def _labels(frame: object) -> tuple[pd.Index | None, pd.Index | None]:
    """Give rows and columns; ``None`` for what is no frame, so that nothing is held against it."""
    if not isinstance(frame, pd.DataFrame):
        return None, None
    return frame.index, frame.columns


def output_faults(table: IOTable) -> list[Fault]:
    """Word which industries and commodities have no output, or less than none."""
    made = table.commodity_output.drop(list(table.scrap))
    todo = "Name a commodity that is not made at home in scrap."
    faults = [
        Fault(f"make, industry {label}", "output above zero", f"{value:,.10g}")
        for label, value in table.industry_output.items()
        if not value > 0
    ]
    return faults + [
        Fault(f"make, commodity {label}", "output above zero", f"{value:,.10g}", todo)
        for label, value in made.items()
        if not value > 0
    ]


def balance_faults(table: IOTable) -> list[Fault]:
    """Word where sums differ by more than the tolerance of the table."""
    if not (np.isfinite(table.tolerance_musd) and table.tolerance_musd >= 0):
        return [Fault("tolerance_musd", "zero or more", repr(table.tolerance_musd))]
    made = {"industry": table.industry_output, "commodity": table.commodity_output}
    faults = []
    for name, gaps in balances(table).items():
        for label, gap in gaps[gaps.abs() > table.tolerance_musd].items():
            target = 0.0 if name.startswith("imported") else made[str(gaps.index.name)][label]
            where = f"{gaps.index.name} {label}, {name}"
            found = f"{target + gap:,.10g}, a gap of {gap:,.10g}"
            faults.append(Fault(where, f"{target:,.10g}", found, _BALANCE))
    return faults
