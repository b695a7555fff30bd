"""Tables for people: chosen columns, plain headings, rounded numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from research.errors import Fault, InputError, raise_if


def present(
    frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], missing: str = "n/a"
) -> pd.DataFrame:
    """Choose, name and format the columns of a table for reading.

    Parameters
    ----------
    frame
        Table with figures; its index is left out unless a column of ``columns`` names it.
    columns
        Column of ``frame`` -> (heading with the unit, format string such as ``{:+.2f}``).
    missing
        What stands in place of a missing value.

    Returns
    -------
    pandas.DataFrame
        Texts under the headings, in the order of ``columns``.

    Raises
    ------
    InputError
        If a column is not in the table.
    """
    table = frame.reset_index()
    faults = [
        Fault("columns", "a column of the table", repr(name))
        for name in columns
        if name not in table
    ]
    raise_if(InputError, "The table cannot be presented.", faults)
    out = {
        heading: [missing if pd.isna(value) else pattern.format(value) for value in table[name]]
        for name, (heading, pattern) in columns.items()
    }
    return pd.DataFrame(out)
