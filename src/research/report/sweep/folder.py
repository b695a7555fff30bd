"""The folder of a sweep: a file for each finished run, so that a killed sweep goes on from there.

``sweep.json`` says what is asked for and from what; ``dataset/ID.parquet`` are the rows of a run,
``runs/ID.findings.json`` its result with their digest, which makes it a finished one.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from research.report.sweep.runs import Result, Task

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of the dataset beside one for each parameter, ``p_NAME``: one row a run and finding.
_BEFORE = dict.fromkeys(("run", "status", "error", "cell"), "string") | {"seconds": "double"}
_AFTER = {"finding": "string", **dict.fromkeys(("value", "low", "high"), "double")}
_AFTER |= {"unit": "string", "headline": "bool", "answer": "string"}


def schema_of(tasks: Sequence[Task]) -> pa.Schema:
    """Give the columns of a sweep's dataset: numbers and texts as they are, else JSON text."""
    import pyarrow as pa

    types = {f"p_{name}": _kind(one.parameters[name] for one in tasks) for name in _names(tasks)}
    columns = {**_BEFORE, "inputs": "string", **types, **_AFTER}
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])


def _names(tasks: Sequence[Task]) -> list[str]:
    return list(dict.fromkeys(name for one in tasks for name in one.parameters))


def _kind(values: Iterable[Any]) -> str:
    kinds = {type(one) for one in values if one is not None}
    if kinds in ({bool}, {int}):
        return "bool" if bool in kinds else "int64"
    return "double" if kinds and kinds <= {int, float} else "string"


def rows_of(task: Task, result: Result, schema: pa.Schema) -> pa.Table:
    """Give the rows of a run: one for each finding, and one without for a failed run."""
    import pyarrow as pa

    error = result.error or {}
    told = ": ".join(str(error[key]) for key in ("name", "message") if error.get(key))
    about: dict[str, Any] = {
        "run": task.id,
        "status": result.state,
        "error": told or None,
        "cell": _place(error),
        "seconds": result.seconds,
        "inputs": result.inputs,
    }
    for name, value in task.parameters.items():
        text = schema.field(f"p_{name}").type == pa.string() and not isinstance(value, str)
        about[f"p_{name}"] = json.dumps(value) if text and value is not None else value
    rows = [
        {**about, "finding": one["id"], **{key: one.get(key) for key in _AFTER if key != "finding"}}
        for one in result.findings
    ]
    return pa.Table.from_pylist(rows or [about], schema=schema)


def _place(error: dict[str, Any]) -> str | None:
    if not error.get("cell"):
        return None
    return f"{error['cell']}" + (f" ({error['heading']})" if error.get("heading") else "")


def as_parquet(table: pa.Table) -> bytes:
    """Give the bytes of a Parquet file."""
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
