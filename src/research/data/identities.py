"""What the checks of tables share: places, sums that must agree, ranges in order."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from research.data import catalog
from research.errors import Fault


def place(name: str, line: object = None, column: object = None) -> str:
    """Write where in a table something is, for a fault."""
    parts = [catalog.show(catalog.path(name))]
    parts += [] if line is None else [f"line {line}"]
    parts += [] if column is None else [f"column {column}"]
    return ", ".join(parts)


def low_central_high_rise(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask for low <= central <= high in each row; a blank is compared with nothing."""
    return [
        Fault(
            place(name, line, second),
            f"at least {frame.at[line, first]:g}, the {first}",
            f"{frame.at[line, second]:g}",
        )
        for first, second in (("low", "central"), ("central", "high"), ("low", "high"))
        for line in frame.index[frame[first] > frame[second]]
    ]


def marked(
    frame: pd.DataFrame, name: str, wrong: Iterable[tuple[str, str, pd.Series]]
) -> list[Fault]:
    """Word a fault for each row marked in one of ``wrong``: column, what is asked for, marks."""
    return [
        Fault(place(name, line, column), asked, repr(frame.at[line, column]))
        for column, asked, rows in wrong
        for line in frame.index[rows]
    ]


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
