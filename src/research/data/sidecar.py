"""What a sidecar says of its table: where it comes from, and what may stand in each column."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]

#: Labels, each written out or as ``topic/table.column``, optionally ``where column = value``.
Labels = str | list[str]


class Column(BaseModel):
    """A column, or the columns that a name in angle brackets stands for.

    Attributes
    ----------
    meaning
        Meaning and unit.
    type
        ``text``, ``number``, ``count`` (whole), ``date`` or ``month``; none in a JSON file.
    columns
        The names that angle brackets stand for.
    min, max
        Smallest and largest value, both included.
    one_of, each_of
        What a cell, or each of its words, may be.
    exactly
        All labels of the column, in this order.
    pattern
        Regular expression of a whole cell.
    split
        What stands between the items of a cell, which is loaded as a tuple.
    unique, rising, blank
        Whether each value stands once, is above the one before, may be missing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    meaning: Text
    type: Literal["text", "number", "count", "date", "month"] | None = None
    columns: Labels = []
    min: int | float | str | None = None
    max: int | float | str | None = None
    one_of: Labels = []
    each_of: Labels = []
    exactly: Labels = []
    pattern: str = ""
    split: str = ""
    unique: bool = False
    rising: bool = False
    blank: bool = False


class Sidecar(BaseModel):
    """A table beside its figures; a loaded table has this index and these names.

    Attributes
    ----------
    index
        Columns that become the index; none = numbered rows.
    index_name, columns_name
        What rows and columns are called, where it is not the heading.
    series
        The one column that is loaded, as a Series.
    divide_by
        What figures are divided by, such as 10,000 for basis points.
    finish
        A function of `research.data.shapes` that gives the table its last shape.
    key
        Columns that together hold each key once.
    checks
        Functions of `research.data.identities` and of the topic's ``checks_*`` module.
    notes
        The traps, one sentence or two each.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    description: Text
    unit: Text
    period: Text
    authority: Text
    rights: Text
    compiled_on: Text
    columns: Annotated[dict[str, Column], Field(min_length=1)]
    key: list[str] = []
    index: str | list[str] = []
    index_name: str = ""
    columns_name: str = ""
    series: str = ""
    divide_by: float | None = None
    finish: str = ""
    checks: list[str] = []
    notes: list[str]
