"""Tables for people: chosen columns, plain headings, rounded numbers; the whole table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.figures import wanted

#: Mime type that carries the whole table behind the one that is shown.
MIME = "application/vnd.research.table+json"

#: Rows of the whole table that travel with the shown one; how many there are is said beside them.
MOST_ROWS = 500

#: How the units at the end of a column's name read behind a heading.
UNITS = {
    **{"pct": "%", "pp": "points", "bp": "bp", "bn_usd": "USD bn", "musd": "USD million"},
    **{"usd": "USD", "job_years": "job-years", "jobs": "jobs", "share": "share", "days": "days"},
}


@dataclass(frozen=True, eq=False, slots=True)
class Presented:
    """A table as it is read, and the ``whole`` one: every column, unrounded, headings with units.

    A cell shows ``shown``; the whole travels beside it into the workbook, to ten digits.
    """

    shown: pd.DataFrame
    whole: pd.DataFrame

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if wanted() == "findings":
            return {"text/plain": f"{len(self.whole)} rows"}
        whole = self.whole.infer_objects()
        sizes = whole.select_dtypes("float").abs()
        # What is left of zero where numbers of the column's size were subtracted.
        is_nothing = (sizes <= 1e-12 * sizes.max()).reindex(columns=whole.columns, fill_value=False)
        whole = whole.mask(is_nothing, 0.0)[:MOST_ROWS]
        text = whole.to_csv(index=False, float_format="%.10g", lineterminator="\n")
        with pd.option_context("display.max_rows", None):
            shown = {"text/html": self.shown._repr_html_(), "text/plain": repr(self.shown)}
        return {**shown, MIME: {"rows": len(self.whole), "csv": text}}


def present(
    frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], missing: str = "n/a",
    links: Mapping[str, str] | None = None,
) -> Presented:  # fmt: skip
    """Choose, name and format the columns of a table for reading.

    ``columns``, in their order: column of ``frame``, or name of its index -> (heading with the
    unit, format such as ``{:+.2f}``). The first is the index of what is shown: texts, numbers with
    a real minus and no negative zero. Columns that are not chosen stand in the whole table alone.
    ``links`` (column -> column of addresses, blank for none) make cells lead to another place.
    """
    table = frame.reset_index()
    faults = [
        Fault("columns", "a column of the table", repr(name))
        for name in [*columns, *(links or {}).values()]
        if name not in table
    ]
    raise_if(InputError, "The table cannot be presented.", faults)
    out = pd.DataFrame(
        {
            heading: [_text(value, pattern, missing) for value in table[name]]
            for name, (heading, pattern) in columns.items()
        }
    )
    for name, addresses in (links or {}).items():
        told = zip(out[columns[name][0]], table[addresses].fillna(""), strict=True)
        out[columns[name][0]] = [f"[{text}]({to})" if to else text for text, to in told]
    # The first column heads its row; its heading goes where pandas prints it in the same line.
    shown = out.set_index(out.columns[0]).rename_axis(index=None, columns=out.columns[0])
    rest = [name for name in table if name not in columns and name != "index"]
    headings = unique([*(heading for heading, _ in columns.values()), *map(heading_of, rest)])
    return Presented(shown, table[[*columns, *rest]].set_axis(headings, axis=1))


def heading_of(name: object) -> str:
    """Write the name of a column as a heading: ``imports_bn_usd`` is ``imports, USD bn``."""
    text = str(name)
    end = next((end for end in UNITS if text.endswith(f"_{end}")), "")
    words = text.removesuffix(f"_{end}").replace("_", " ")
    return f"{words}, {UNITS[end]}" if end else words


def unique(headings: list[str]) -> list[str]:
    """Give headings that come again a number; spaces make no other heading."""
    told = [" ".join(heading.split()) for heading in headings]
    return [
        f"{one} ({before + 1})" if (before := told[:place].count(one)) else one
        for place, one in enumerate(told)
    ]


def _text(value: object, pattern: str, missing: str) -> str:
    if pd.isna(value):
        return missing
    text = pattern.format(value)
    if not isinstance(value, float | int):
        return text
    if not text.strip("+-0.,% "):
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")
