"""Tables for people: chosen columns, plain headings, rounded numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from research.errors import Fault, InputError, raise_if


def present(
    frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], missing: str = "n/a"
) -> pd.DataFrame:
    """Choose, name and format the columns of a table for reading.

    ``columns``, in their order: column of ``frame``, or name of its index -> (heading with the
    unit, format such as ``{:+.2f}``). The first is the index of what comes out: texts, numbers with
    a real minus and no negative zero.
    """
    table = frame.reset_index()
    faults = [
        Fault("columns", "a column of the table", repr(name))
        for name in columns
        if name not in table
    ]
    raise_if(InputError, "The table cannot be presented.", faults)
    out = pd.DataFrame(
        {
            heading: [_text(value, pattern, missing) for value in table[name]]
            for name, (heading, pattern) in columns.items()
        }
    )
    # The first column heads its row; its heading goes where pandas prints it in the same line.
    shown = out.set_index(out.columns[0]).rename_axis(index=None, columns=out.columns[0])
    return shown


def _text(value: object, pattern: str, missing: str) -> str:
    if pd.isna(value):
        return missing
    text = pattern.format(value)
    if not isinstance(value, float | int):
        return text
    if not text.strip("+-0.,% "):
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")
