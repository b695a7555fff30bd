"""Tables for people: chosen columns, plain headings, rounded numbers; the whole table behind it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if

#: Mime type that carries the whole table behind the one that is shown.
MIME = "application/vnd.research.table+json"

#: Rows of the whole table that travel with the shown one; how many there are is said beside them.
MOST_ROWS = 500

#: How the units at the end of a column's name read behind a heading.
UNITS = {
    **{"pct": "%", "pp": "points", "bp": "bp", "bn_usd": "USD bn", "musd": "USD million"},
    **{"usd": "USD", "job_years": "job-years", "jobs": "jobs", "share": "share", "days": "days"},
}

# What is left of zero where numbers of a column's size were subtracted.
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class Presented:
    """A table as it is read, and the ``whole`` one: every column, unrounded, headings with units.

    Shown by a cell, it is the HTML of ``shown``; the whole travels beside it into the workbook.
    """

    shown: pd.DataFrame
    whole: pd.DataFrame

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        table = {"columns": [*self.whole.columns], "rows": rows_of(self.whole[:MOST_ROWS])}
        # As text: a notebook on disk has a line for each entry of a list.
        text = json.dumps(table, ensure_ascii=False)
        html = self.shown._repr_html_()
        shown = {"text/html": html, "text/plain": repr(self.shown)}
        return {**shown, MIME: {"rows": len(self.whole), "table": text}}


def present(
    frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], missing: str = "n/a"
) -> Presented:
    """Choose, name and format the columns of a table for reading.

    ``columns``, in their order: column of ``frame``, or name of its index -> (heading with the
    unit, format such as ``{:+.2f}``). The first is the index of what is shown: texts, numbers with
    a real minus and no negative zero. Columns that are not chosen stand in the whole table alone.
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
    rest = [name for name in table if name not in columns and name != "index"]
    whole = table[[*columns, *rest]]
    headings = [heading for heading, _ in columns.values()]
    return Presented(shown, whole.set_axis(_once([*headings, *map(heading_of, rest)]), axis=1))


def heading_of(name: object) -> str:
    """Write the name of a column as a heading: ``imports_bn_usd`` is ``imports, USD bn``."""
    text = str(name)
    for end, unit in UNITS.items():
        if text.endswith(f"_{end}"):
            return f"{text.removesuffix(f'_{end}').replace('_', ' ')}, {unit}"
    return text.replace("_", " ")


def _once(headings: Iterable[str]) -> list[str]:
    out: list[str] = []
    for heading in headings:
        count = sum(one == heading or one.startswith(f"{heading} (") for one in out)
        out.append(f"{heading} ({count + 1})" if heading in out else heading)
    return out


def rows_of(frame: pd.DataFrame) -> list[list[Any]]:
    """Give the rows of a table as JSON has them: numbers of ten digits, texts, None."""
    columns = [_values(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    sizes = (abs(float(x)) for x in column if isinstance(x, Real) and math.isfinite(x))
    nothing = _NOTHING * max(sizes, default=0.0)
    return [_value(one, nothing) for one in column]


def _value(value: Any, nothing: float) -> Any:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if not isinstance(value, Real) or math.isinf(value):
        return " ".join(str(value).removesuffix(" 00:00:00").split())
    if isinstance(value, Integral):
        return int(value)
    number = float(f"{value:.10g}")
    return number if abs(number) > nothing else 0.0


def _text(value: object, pattern: str, missing: str) -> str:
    if pd.isna(value):
        return missing
    text = pattern.format(value)
    if not isinstance(value, float | int):
        return text
    if not text.strip("+-0.,% "):
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")
