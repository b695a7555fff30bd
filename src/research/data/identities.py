"""Labels that must match across tables and sums that must agree, as checks of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from research.data.tables import Check, place
from research.errors import Fault


def dates_rise(name: str, column: str = "date") -> Check:
    """Check that a column of dates (or of months written YYYY-MM) rises from row to row."""

    def run(frame: pd.DataFrame) -> list[Fault]:
        values = frame[column]
        late = frame.index[1:][(values.iloc[1:].array <= values.iloc[:-1].array)]
        return [
            Fault(place(name, line, column), "a later date than the row above", "not later")
            for line in late
        ]

    return Check("dates rise", run)


def labels_are(name: str, column: str, expected: Callable[[], Sequence[str]], says: str) -> Check:
    """Check that a column holds exactly these labels in this order.

    Order counts because tables are printed in the order of their source, and a row out of place
    is the mark of a table sorted by hand.
    """

    def run(frame: pd.DataFrame) -> list[Fault]:
        wanted, found = list(expected()), list(frame[column])
        faults = [
            Fault(place(name, None, column), f"a row {label}", "none")
            for label in wanted
            if label not in set(found)
        ]
        faults += [
            Fault(place(name, line, column), "a known label", repr(label))
            for line, label in frame[column].items()
            if label not in set(wanted)
        ]
        if not faults and found != wanted:
            pairs = zip(frame.index, found, wanted, strict=False)
            line, is_there, should_be = next((n, f, w) for n, f, w in pairs if f != w)
            todo = "Rows must stand in the order of the source."
            faults.append(Fault(place(name, line, column), should_be, is_there, todo))
        return faults

    # Sums are taken by label, so they wait until the labels are right.
    return Check(says, run, first=True)


def ranges_are_ordered(name: str) -> Check:
    """Check that low <= central <= high in each row; a blank is compared with nothing."""

    def run(frame: pd.DataFrame) -> list[Fault]:
        return [
            Fault(
                place(name, line, second),
                f"at least {frame.at[line, first]:g}, the {first}",
                f"{frame.at[line, second]:g}",
            )
            for first, second in (("low", "central"), ("central", "high"), ("low", "high"))
            for line in frame.index[frame[first] > frame[second]]
        ]

    return Check("low <= central <= high", run)


def differences(
    sums: pd.Series, printed: pd.Series, tolerance: float | pd.Series, where: str, what: str
) -> list[Fault]:
    """Word a fault for each label at which a sum and the printed figure differ by too much.

    Parameters
    ----------
    sums, printed
        Same labels; the labels are put into the message.
    tolerance
        Largest difference that rounding explains, in the unit of the figures.
    where
        Table of the printed figure.
    what
        What was added up.

    Raises
    ------
    ValueError
        If the labels differ: that is a mistake of the caller, not of the data.
    """
    if set(sums.index) != set(printed.index):
        raise ValueError(f"{what}: the labels of sums and printed figures differ")
    gap = (sums.reindex(printed.index) - printed).abs()
    return [
        Fault(f"{where}, {label}", f"{what}: {sums[label]:,.10g}", f"{printed[label]:,.10g}")
        for label in gap.index[gap > tolerance]
    ]
