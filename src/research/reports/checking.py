"""Checks a notebook's parameters before anything runs, and lists every fault."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from research.data import catalog
from research.errors import DataError, Fault
from research.reports.catalog import NotebookSpec, nearest
from research.reports.values import shown

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
        If a table that lists the valid values cannot be read.
    """
    model = spec.model()
    try:
        parameters = model.model_validate(dict(given)).model_dump(mode="json")
    except ValidationError as error:
        return {}, [_fault(spec, model, detail) for detail in error.errors()]
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
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    part = "".join(f"[{step}]" for step in detail["loc"][1:])
    found = shown(detail["input"]) if detail["loc"] else "the values given"
    return Fault(f"{spec.name}, {name}{part}", message, found, _meaning(model, name))


def _meaning(model: type[BaseModel], name: str) -> str:
    field = model.model_fields.get(name)
    return f"It is: {field.description}." if field and field.description else ""


def _unlisted(
    spec: NotebookSpec, model: type[BaseModel], parameters: Mapping[str, Any]
) -> list[Fault]:
    faults = []
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        match extra.get("choices") if isinstance(extra, dict) else None:
            case [str(table), str(column)]:
                known = list(dict.fromkeys(read_column(table, column)))
                where = f"{spec.name}, {name}"
                faults += _unknown_values(where, parameters[name], known, table)
    return faults


def _unknown_values(where: str, value: object, known: Sequence[str], table: str) -> list[Fault]:
    values = value if isinstance(value, list) else [value]
    return [
        Fault(where, f"a value that {table} lists", shown(one), nearest(str(one), known))
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
