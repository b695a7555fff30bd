"""What a sidecar says of its table: where it comes from, and what may stand in each column."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]

#: Labels, each written out or as ``topic/table.column``, optionally ``where column = value``.
Labels = str | list[str]


class Column(BaseModel):
    """A column, or the columns that a name in angle brackets stands for.

    ``columns`` are the names that angle brackets stand for; ``min`` and ``max`` are included;
    ``one_of`` and ``each_of`` say what a cell, or each of its words, may be, ``exactly`` all labels
    of the column in this order, ``pattern`` the form of a whole cell; ``split`` stands between
    items of a cell, which is loaded as a tuple; ``rising`` values are above the one before.
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

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.min is None) != (self.max is None):
            raise ValueError("both min and max, or neither")
        return self


class Sidecar(BaseModel):
    """A table beside its figures; a loaded table has this index and these names.

    ``index`` are the columns that become the index; ``index_name`` and ``columns_name`` what rows
    and columns are called; ``series`` the one column that is loaded; ``divide_by`` such as 10,000
    for basis points; ``finish`` a function listed in `research.data.tables`; ``key`` columns that
    hold each key once; ``as_of`` the day whose knowledge the figures have, where later law or news
    could move them; ``checks`` functions of `research.data.identities` and of the topic's
    ``checks_*`` module.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    description: Text
    unit: Text
    period: Text
    authority: Text
    rights: Text
    compiled_on: Text
    as_of: str = ""
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
