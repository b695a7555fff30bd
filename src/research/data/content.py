"""What must hold in a table by its own sidecar: rules, all labels, their order, sums."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data import catalog
from research.data.catalog import Sidecar
from research.data.tables import labels, written
from research.errors import Fault

# Shares have at most four decimals, so their sums differ from one by rounding of floats alone.
_SUM_SLACK = 1e-9


def place(name: str, line: object = None, column: object = None) -> str:
    """Write where in a table something is, for a fault."""
    parts = [catalog.show(catalog.path(name))]
    parts += [] if line is None else [f"line {line}"]
    parts += [] if column is None else [f"column {column}"]
    return ", ".join(parts)


def content_faults(name: str, about: Sidecar, frame: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with a table whose columns and cells are those of its sidecar."""
    faults = [
        fault
        for column, says in about.columns.items()
        if says.exactly
        for fault in _order_faults(name, frame[column], labels(says.exactly))
    ]
    if faults:
        # Sums are taken by label, so they wait until the labels are right.
        return faults
    faults += _rule_faults(name, about, frame) + _whole_faults(name, about, frame)
    return faults + _sum_faults(name, about, frame)


def _rule_faults(name: str, about: Sidecar, frame: pd.DataFrame) -> list[Fault]:
    return [
        Fault(place(name, line, rule.column), rule.asked, written(found))
        for rule in about.rules
        for line, found in frame.query(rule.wrong, engine="python")[rule.column].items()
    ]


def _whole_faults(name: str, about: Sidecar, frame: pd.DataFrame) -> list[Fault]:
    faults = []
    asked = [*((one, False) for one in about.every), *((one, True) for one in about.ones)]
    for one, adds_up in asked:
        rows = frame.query(one.where, engine="python") if one.where else frame
        known = labels(one.labels or about.columns[one.column].one_of)
        groups = rows.groupby(one.by, sort=False) if one.by else [((), rows)]
        for group, part in groups:
            where = ", ".join([place(name, None, one.column), *group])
            cells = part[one.column]
            if adds_up:
                off = abs(cells.sum() - 1) > _SUM_SLACK
                faults += [Fault(where, "a sum of 1", f"{cells.sum():.6g}")] * bool(off)
                continue
            there = dict.fromkeys(cells.dropna())
            faults += [Fault(where, f"a row {x}", "none") for x in known if x not in there]
            faults += [Fault(where, "a known label", repr(x)) for x in there if x not in known]
    return faults


def _sum_faults(name: str, about: Sidecar, frame: pd.DataFrame) -> list[Fault]:
    faults, by_row = [], frame.set_index(frame.columns[0])
    for one in about.sums:
        table = by_row.T if one.down else by_row
        rows = table.loc[labels(one.rows)] if one.rows else table
        if one.total not in rows:  # that a row is missing, ``every`` says
            continue
        sums = rows[labels(one.of, (name, frame))].sum(axis=1)
        faults += differences(sums, rows[one.total], one.within, place(name), f"sum to {one.total}")
    return faults


def _order_faults(name: str, column: pd.Series, wanted: Sequence[str]) -> list[Fault]:
    """Ask for these labels in this order: a row out of place marks a table sorted by hand."""
    end, todo = "no further row", "Rows must stand in the order of the source, each once."
    lines, there = [*column.index, None], [*column, end]
    for line, found, asked in zip(lines, there, [*wanted, end], strict=False):
        if found != asked:  # the first alone: all below it may have moved
            return [Fault(place(name, line, column.name), str(asked), str(found), todo)]
    return []


def differences(
    sums: pd.Series, printed: pd.Series, tolerance: float | pd.Series, where: str, what: str
) -> list[Fault]:
    """Word a fault for each label at which a sum and the printed figure differ by too much.

    ``tolerance`` is the largest difference that rounding explains, in the unit of the figures.
    """
    if set(sums.index) != set(printed.index):
        raise ValueError(f"{what}: the labels of sums and printed figures differ")
    gap = (sums.reindex(printed.index) - printed).abs()
    return [
        Fault(f"{where}, {label}", f"{what}: {sums[label]:,.10g}", f"{printed[label]:,.10g}")
        for label in gap.index[gap > tolerance]
    ]
