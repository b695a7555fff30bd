"""The accounts of an economy: checked Make and Use tables, and what must balance in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import figure_faults, frame_faults, label_faults, series_faults

#: Labels that a table must have: the category of household consumption, of which the basket is
#: read, and the component of value added that is paid to employees.
CONSUMPTION, COMPENSATION = "F010", "V001"

# Rows and columns of each frame.
_AXES = {
    "make": ("industry", "commodity"),
    "use": ("commodity", "industry"),
    "value_added": ("component", "industry"),
    "final_demand": ("commodity", "category"),
    "imports": ("commodity", "industry"),
    "imported_final_demand": ("commodity", "category"),
}


@dataclass(frozen=True, eq=False, slots=True)
class IOTable:
    """A checked Make and Use table; frames are aligned, USD million at producer prices.

    ``make`` is industry x commodity, ``use`` commodity x industry with imported goods, ``imports``
    its imported part (``None``: not known); ``final_demand`` commodity x category, imports as a
    negative category, and ``imported_final_demand`` its imported part, rows of which add up to zero
    with those of ``imports``; ``value_added`` component x industry. No industry makes ``scrap`` to
    order. Gaps up to ``tolerance_musd`` are rounding.
    """

    make: pd.DataFrame
    use: pd.DataFrame
    final_demand: pd.DataFrame
    value_added: pd.DataFrame
    scrap: tuple[str, ...]
    tolerance_musd: float
    imports: pd.DataFrame | None = None
    imported_final_demand: pd.DataFrame | None = None

    @property
    def industries(self) -> pd.Index:
        """Labels of the industries."""
        return self.make.index

    @property
    def commodities(self) -> pd.Index:
        """Labels of the commodities."""
        return self.make.columns

    @property
    def industry_output(self) -> pd.Series:
        """Output of each industry, USD million: the rows of Make."""
        return self.make.sum(axis=1)

    @property
    def commodity_output(self) -> pd.Series:
        """Domestic output of each commodity, USD million: the columns of Make."""
        return self.make.sum(axis=0)


def io_table(
    make: pd.DataFrame,
    use: pd.DataFrame,
    *,
    value_added: pd.DataFrame,
    final_demand: pd.DataFrame,
    imports: pd.DataFrame | None = None,
    imported_final_demand: pd.DataFrame | None = None,
    scrap: Sequence[str] = (),
    tolerance_musd: float,
) -> IOTable:
    """Build a table of any size from labelled frames, after checking that it balances.

    Arguments are the attributes of `IOTable`; the labels of ``make`` and their order are those of
    the table, rows and columns of the others may stand in any order. ``final_demand`` has a column
    `CONSUMPTION`, ``value_added`` a row `COMPENSATION`; of a table that knows of none it is zero.

    Every fault of what is given is named in one `InputError`.
    """
    summary = "This input-output table cannot be used."
    frames = {"make": make, "use": use, "value_added": value_added, "final_demand": final_demand}
    frames |= {"imports": imports, "imported_final_demand": imported_final_demand}
    labels = {
        "industry": getattr(make, "index", None),
        "commodity": getattr(make, "columns", None),
        "component": getattr(value_added, "index", None),
        "category": getattr(final_demand, "columns", None),
    }
    faults = label_faults(pd.Index(scrap), "scrap", labels["commodity"], whole=False)
    faults += [
        Fault(name, f"{label}, zero where it is not known", "none")
        for name, label, known in (
            ("final_demand", CONSUMPTION, labels["category"]),
            ("value_added", COMPENSATION, labels["component"]),
        )
        if known is not None and label not in known
    ]
    if (imports is None) != (imported_final_demand is None):
        asked = "imports and imported_final_demand together"
        faults.append(Fault("imports", asked, "one of the two"))
    aligned: dict[str, Any] = {}
    for name, (rows, columns) in _AXES.items():
        frame = frames[name]
        if frame is None and name.startswith("import"):
            continue
        wrong = frame_faults(frame, name, labels[rows], labels[columns])
        faults += wrong
        if not wrong:
            frame = frame.astype(float).reindex(index=labels[rows], columns=labels[columns])
            aligned[name] = frame.rename_axis(index=rows, columns=columns)
    raise_if(InputError, summary, faults)
    table = IOTable(**aligned, scrap=tuple(scrap), tolerance_musd=tolerance_musd)
    raise_if(InputError, summary, _sum_faults(table))
    return table


def matrix_table(
    *,
    inputs: pd.DataFrame | None = None,
    inverse: pd.DataFrame | None = None,
    pay: pd.Series | None = None,
    basket: pd.Series | None = None,
) -> IOTable:
    """Build a table from one labelled matrix, industry x industry, in which each makes one good.

    ``inputs`` is A: domestic inputs (rows) per dollar of output of each industry (columns);
    ``inverse`` the published total requirements L = (I - A)^-1, taken as they are. What can be
    checked of L alone is that ``A = I - L^-1`` is one of inputs: none below zero, and no industry
    buys for more than its output. ``pay`` (by industry) is compensation per dollar of output,
    ``basket`` what households buy, in any unit; without both there are no induced jobs.

    Every fault of what is given is named in one `InputError`.
    """
    name, matrix = ("inputs", inputs) if inverse is None else ("inverse", inverse)
    own = matrix.index if isinstance(matrix, pd.DataFrame) else None
    faults = frame_faults(matrix, name, columns=own)
    A = pd.DataFrame()
    if matrix is not None and not faults:
        A = matrix.reindex(columns=own).astype(float)
        if name == "inverse":
            own_needs = pd.Series(np.diag(A), A.index)  # I + A + A^2 + ..., none below zero
            faults = figure_faults(A, name, at_least=0)
            faults += figure_faults(own_needs, f"{name}, diagonal", at_least=1 - _PRINTED)
            A = np.eye(len(A)) - pd.DataFrame(np.linalg.pinv(A), A.index, A.columns)
        faults += _input_faults(A, name)
    if inputs is not None and inverse is not None:
        faults.append(Fault("inputs, inverse", "one of the two", "both"))
    for what, values in (("pay", pay), ("basket", basket)):
        if values is not None:
            faults += series_faults(values, what, own, at_least=0)
    if not faults and pay is not None and (over := pay + A.sum() - 1).max() > _PRINTED:
        found = f"{1 + over.max():.4g} in {over.idxmax()}"
        faults.append(Fault("pay", "inputs and pay of at most a dollar of output", found))
    raise_if(InputError, "This matrix makes no input-output table.", faults)
    none = pd.Series(0.0, A.index)
    paid, spent = (none if x is None else x.reindex(A.index) for x in (pay, basket))
    return io_table(
        pd.DataFrame(np.eye(len(A)), A.index, A.index),
        A,
        value_added=pd.DataFrame({COMPENSATION: paid, "others": 1 - A.sum() - paid}).T,
        final_demand=pd.DataFrame({CONSUMPTION: spent, "others": 1 - A.sum(axis=1) - spent}),
        tolerance_musd=_PRINTED,
    )


# Published coefficients have four digits or more.
_PRINTED = 1e-3


def _input_faults(A: pd.DataFrame, name: str) -> list[Fault]:
    words = "inputs" if name == "inputs" else "inverse, I - L^-1"
    faults = figure_faults(A, words, at_least=-_PRINTED)
    bought, sold = A.sum(), A.sum(axis=1)
    if bought.max() > 1 + _PRINTED:
        turned = sold.max() <= 1 + _PRINTED
        todo = "Its rows do not: transposed? Buyers are columns." if turned else ""
        found = f"{bought.max():.4g} in column {bought.idxmax()}"
        faults.append(Fault(words, "inputs of at most a dollar of output", found, todo))
    return faults


def import_matrices(table: IOTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the imported part of uses by industries and by final demand, if the table has it."""
    if table.imports is None or table.imported_final_demand is None:
        fault = Fault("imports", "an import matrix", "none", "Give it to io_table.")
        raise InputError("Domestic figures need the imported part of uses.", [fault])
    return table.imports, table.imported_final_demand


def balances(table: IOTable) -> dict[str, pd.Series]:
    """Compute the gaps of the accounting identities, USD million, by industry or commodity."""
    inputs = table.use.sum() + table.value_added.sum()
    uses = table.use.sum(axis=1) + table.final_demand.sum(axis=1)
    gaps = {
        "inputs and value added = industry output": inputs - table.industry_output,
        "uses and final demand = commodity output": uses - table.commodity_output,
    }
    if table.imports is not None:
        imported, final = import_matrices(table)
        gaps["imported uses = imports"] = imported.sum(axis=1) + final.sum(axis=1)
    return gaps


def _sum_faults(table: IOTable) -> list[Fault]:
    """Word outputs of nothing or less, and sums that differ by more than the tolerance."""
    made = {"industry": table.industry_output, "commodity": table.commodity_output}
    todo = {"commodity": "Name a commodity that is not made at home in scrap."}
    faults = [
        Fault(f"make, {kind} {label}", "output above zero", f"{value:,.10g}", todo.get(kind, ""))
        for kind, output in made.items()
        for label, value in output.items()
        if not value > 0 and label not in table.scrap
    ]
    check = "Check the table, or raise tolerance_musd if rounding explains the gap."
    for name, gaps in balances(table).items():
        for label, gap in gaps[~(gaps.abs() <= table.tolerance_musd)].items():
            target = 0.0 if name.startswith("imported") else made[str(gaps.index.name)][label]
            found = f"{target + gap:,.10g}, a gap of {gap:,.10g}"
            where = f"{gaps.index.name} {label}, {name}"
            faults.append(Fault(where, f"{target:,.10g}", found, check))
    return faults
