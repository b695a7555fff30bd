"""The folder of a sweep: a file for each finished run, so that a killed sweep goes on from there.

``sweep.json`` says what is asked for and from what; ``dataset/ID.parquet`` are the rows of a run,
``runs/ID.findings.json`` its result with their digest, which makes it a finished one.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.data.catalog import file_digest, show
from research.errors import Fault, InputError, RunError, raise_if
from research.report.files import as_json, as_sorted_json, digest, write_together, writing
from research.report.manifest import LABELS, differences, sealed
from research.report.sweep.grid import Plan
from research.report.sweep.runs import Result, Task, inputs_told

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_END = ".findings.json"
_OTHER = "Take another name with --as, or the grid and inputs that it began with."

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


def frame_of(tasks: Sequence[Task], results: Mapping[str, Result]) -> pd.DataFrame:
    """Give the dataset of results that stand in no folder, in the order of the tasks."""
    import pyarrow as pa

    schema = schema_of(tasks)
    return pa.concat_tables(rows_of(x, results[x.id], schema) for x in tasks).to_pandas()


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


class Folder:
    """What a sweep has finished so far; it holds the folder's lock.

    ``done`` are the finished runs by id: the error of one that failed, else None, and seconds.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.tasks = {one.id: one for one in plan.tasks}
        self.schema = schema_of(plan.tasks)
        self.done = dict[str, tuple[dict[str, Any] | None, float]]()
        each = plan.made_from()
        self._digests = {inputs_told(one) for one in each}
        files = {name: one for x in each for name, one in x.get("files", {}).items()}
        sets = {"runs": len(self.tasks), "sets": digest("".join(self.tasks))}
        self.about = {**plan.about, **sets, "inputs": {**each[0], "files": files}}
        self._begin(self.about)
        self._read()

    def _begin(self, about: dict[str, Any]) -> None:
        """Write what is asked for, or hold it against what the folder began with."""
        file = self.path / "sweep.json"
        if not file.is_file() or not any((self.path / "runs").glob(f"*{_END}")):
            write_together({file: as_json(sealed(about))})
            return
        before, now = _parts(_sealed(file)), _parts(about)
        told = [one.strip() for part in now for one in differences(part, before[part], now[part])]
        asked = "the grid and inputs that it began with"
        faults = [Fault(show(self.path), asked, one) for one in told]
        raise_if(InputError, f"Nothing was run, and nothing is lost. {_OTHER}", faults)

    def _read(self) -> None:
        """Read the finished runs; one that was edited is an error, drafts of a kill are cleared."""
        for name in ("runs", "dataset"):
            with writing(self.path / name):
                (self.path / name).mkdir(exist_ok=True)
                for draft in (self.path / name).glob(".*.part"):
                    draft.unlink(missing_ok=True)
        faults = list[Fault]()
        for file in sorted((self.path / "runs").glob(f"*{_END}")):
            try:
                kept = _sealed(file)
                rows = self._files(kept["id"])[0]
                if not rows.is_file() or file_digest(rows) != kept["dataset"]:
                    raise _edited(rows)
                self.done[kept["id"]] = kept["error"], kept["seconds"]
            except RunError as error:
                faults += error.faults
        there = {file.stem for file in (self.path / "dataset").glob("*.parquet")}
        for name in sorted(there - {*self.tasks}):
            faults += _edited(self._files(name)[0]).faults
        raise_if(RunError, "Nothing was run.", faults)

    def _files(self, run: str) -> tuple[Path, Path]:
        return self.path / "dataset" / f"{run}.parquet", self.path / "runs" / f"{run}{_END}"

    def add(self, result: Result) -> None:
        """Keep a run that ended: its rows, then its result, both or none.

        One that was made from something else than the sweep is a `RunError`.
        """
        if result.inputs not in self._digests:
            asked, found = "the inputs that the sweep began with", "others: a file was changed"
            fault = Fault(f"{show(self.path)}, run {result.id}", asked, found, "Put it back.")
            raise RunError("The sweep stops; what is finished stays.", [fault])
        table = rows_of(self.tasks[result.id], result, self.schema)
        rows, file = self._files(result.id)
        content = as_parquet(table)
        kept = sealed({**asdict(result), "dataset": digest(content)})
        write_together({rows: content, file: as_sorted_json(kept)})
        self.done[result.id] = result.error, result.seconds

    def todo(self, *, retry: bool = False) -> list[Task]:
        """List the tasks that are not finished, with ``retry`` those that failed as well."""
        return [
            one
            for name, one in self.tasks.items()
            if name not in self.done or (retry and self.done[name][0])
        ]

    @property
    def failed(self) -> dict[str, dict[str, Any]]:
        """Give the errors of the runs that failed, by id."""
        return {name: error for name, (error, _) in self.done.items() if error}

    def query(self) -> str:
        """Write a question to the dataset, as DuckDB answers it: a finding by a parameter."""
        good = next((name for name, (error, _) in self.done.items() if not error), "")
        found = json.loads(self._files(good)[1].read_bytes())["findings"] if good else []
        heads = [one for one in found if one.get("value") is not None]
        finding = next((x["id"] for x in heads if x.get("headline")), "FINDING")
        column, files = f"p_{self.about['moved'][0]}", f"{show(self.path)}/dataset/*.parquet"
        return (
            f"SELECT {column}, avg(value) FROM '{files}' "  # noqa: S608 - shown, never run here
            f"WHERE finding = '{finding}' GROUP BY 1 ORDER BY 1"
        )

    def frame(self) -> pd.DataFrame:
        """Read the dataset, runs in the order of the grid."""
        import pyarrow.dataset as ds

        files = [str(self._files(name)[0]) for name in self.tasks if name in self.done]
        return ds.dataset(files, schema=self.schema).to_table().to_pandas()


def _parts(about: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give all that makes a sweep what it is, by the label of each part in messages."""
    grid, inputs = about["grid"], about["inputs"]
    one = {"sample": grid.get("sample"), "scenario": grid.get("scenario")}
    one |= {"order of the sets or a default": about["sets"], "of the notebook": about["notebook"]}
    one |= {f"{x} of the inputs": inputs.get(x) for x in ("notebook", "lock", "python")}
    parts = {label: inputs.get(part, {}) for part, label in LABELS.items()}
    return {"parameter": grid["parameters"], "": one, **parts}


def _sealed(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content == sealed(content):
            return dict(content)
    except (OSError, ValueError, TypeError):
        pass
    raise _edited(file)


def _edited(file: Path) -> RunError:
    todo = "Restore it, or remove the run's file in runs/ to run it again."
    fault = Fault(show(file), "the file that the sweep wrote", "another, or none", todo)
    return RunError("A file of the sweep was edited.", [fault])


@contextmanager
def opened(path: Path, plan: Plan) -> Iterator[Folder]:
    """Open the folder of a sweep, to begin it or to go on; one at work in it is a `RunError`."""
    from filelock import FileLock, Timeout

    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / ".lock", blocking=False):
            yield Folder(path, plan)
    except Timeout as error:
        todo = "Wait for its end, or take another name with --as."
        fault = Fault(show(path), "a folder of its own", "a sweep at work in it", todo)
        raise RunError("Nothing was run.", [fault]) from error
