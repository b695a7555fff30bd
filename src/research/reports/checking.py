"""Checks a notebook's parameters before anything runs, and lists every fault."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from research.data import catalog
from research.data.files import read_bytes
from research.errors import DataError, Fault, raise_if
from research.reports.catalog import NotebookSpec, nearest
from research.values import shown
from research.wording import asked_for

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails


def check_parameters(
    spec: NotebookSpec, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """Fill in the defaults of a notebook's parameters and check all of them.

    Parameters
    ----------
    spec
        The notebook.
    given
        Parameters that were asked for, by name.

    Returns
    -------
    parameters
        Every parameter of the notebook by name; empty when there is a fault.
    faults
        Unknown names (with the nearest valid one), wrong types, values out of range, values
        that the bundled tables do not know.

    Raises
    ------
    DataError
        If a table that lists the valid values cannot be read, or lacks the value and is damaged.
    """
    model = spec.model()
    try:
        parameters = model.model_validate(dict(given)).model_dump(mode="json")
    except ValidationError as error:
        faults = [_fault(spec, model, detail) for detail in error.errors()]
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
        rest = {name: value for name, value in given.items() if name not in wrong}
        return {}, faults + _unlisted(spec, model, rest)
    faults = _unlisted(spec, model, parameters)
    return ({} if faults else parameters), faults


def defaults(spec: NotebookSpec) -> dict[str, Any]:
    """Give the default of every parameter of a notebook."""
    dumped: dict[str, Any] = spec.model()().model_dump(mode="json")
    return dumped


def _fault(spec: NotebookSpec, model: type[BaseModel], detail: ErrorDetails) -> Fault:
    name = str(detail["loc"][0]) if detail["loc"] else "parameters together"
    if detail["type"] == "extra_forbidden":
        known = list(model.model_fields)
        return Fault(spec.name, "a known parameter", repr(name[:80]), nearest(name, known))
    part = "".join(f"[{step}]" for step in detail["loc"][1:])
    found = shown(detail["input"]) if detail["loc"] else "the values given"
    return Fault(f"{spec.name}, {name}{part}", asked_for(detail), found, _meaning(model, name))


def _meaning(model: type[BaseModel], name: str) -> str:
    field = model.model_fields.get(name)
    return f"It is: {field.description}." if field and field.description else ""


def _unlisted(
    spec: NotebookSpec, model: type[BaseModel], parameters: Mapping[str, Any]
) -> list[Fault]:
    faults = []
    for name, field in model.model_fields.items():
        match field.json_schema_extra:
            case {"choices": [str(table), str(column)], **more} if name in parameters:
                excepted = _texts(more.get("except"))
                known = dict.fromkeys([*read_column(table, column), *_texts(more.get("also"))])
                choices = [value for value in known if value not in excepted]
                asked = f"a value that {table} lists"
                asked += f", other than {' and '.join(excepted)}" if excepted else ""
                where = f"{spec.name}, {name}"
                unknown = _unknown_values(where, parameters[name], choices, asked)
                # A value may be unknown because its row was lost.
                damage = read_bytes(table)[1] if unknown else []
                raise_if(DataError, "A table that lists valid values is damaged.", damage)
                faults += unknown
    return faults


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _unknown_values(where: str, value: object, known: Sequence[str], asked: str) -> list[Fault]:
    values = value if isinstance(value, list) else [value]
    return [
        Fault(where, asked, shown(one), nearest(str(one), known))
        for one in values
        if one not in known
    ]


def read_column(table: str, column: str) -> list[str]:
    """Read one column of a bundled table, as text and without loading pandas.

    Raises
    ------
    DataError
        If the table is missing, cannot be read as UTF-8 CSV, or has no such column.
    """
    file = catalog.path(table)
    where = catalog.show(file)
    todo = "Restore the file from the repository; `research data check` checks all tables."
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            if column not in (rows.fieldnames or []):
                found = ", ".join(rows.fieldnames or []) or "no header"
                raise DataError(
                    "A table lacks a column.", [Fault(where, f"column {column}", found, todo)]
                )
            return [row[column] for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            "A table that lists valid values cannot be read.",
            [Fault(where, "a readable table", f"{type(error).__name__}: {error}", todo)],
        ) from error
