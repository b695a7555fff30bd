"""The folder of a sweep: a file for each finished run, so that a killed sweep goes on from there.

``sweep.json`` says what is asked for and from what; ``dataset/ID.parquet`` are the rows of a run,
``runs/ID.findings.json`` its result with their digest, which makes it a finished one.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.data.catalog import file_digest, show
from research.errors import Fault, InputError, RunError, raise_if
from research.report.files import as_json, as_sorted_json, digest, write_together, writing
from research.report.manifest import differences, sealed
from research.report.sweep.grid import Plan
from research.report.sweep.runs import Result, Task

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Columns of the dataset beside one for each parameter, ``p_NAME``: one row a run and finding.
_BEFORE = dict.fromkeys(("run", "status", "error", "cell", "inputs"), "string")
_BEFORE |= {"seconds": "double"}
_AFTER = {"finding": "string", **dict.fromkeys(("value", "low", "high"), "double")}
_AFTER |= {"unit": "string", "headline": "bool", "answer": "string"}

_END = ".findings.json"


def schema_of(tasks: Sequence[Task]) -> pa.Schema:
    """Give the columns of a sweep's dataset: numbers and texts as they are, else JSON text."""
    import pyarrow as pa

    types = {f"p_{x}": _kind(one.parameters[x] for one in tasks) for x in tasks[0].parameters}
    columns = {**_BEFORE, **types, **_AFTER}
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])


def _kind(values: Iterable[Any]) -> str:
    kinds = {type(one) for one in values}
    if kinds in ({bool}, {int}):
        return "bool" if bool in kinds else "int64"
    return "double" if kinds <= {int, float} else "string"


def rows_of(task: Task, result: Result, schema: pa.Schema) -> pa.Table:
    """Give the rows of a run: one for each finding, and one without for a failed run."""
    import pyarrow as pa

    about = {"run": task.id, "status": result.state, "seconds": result.seconds}
    about |= {"inputs": result.inputs}
    if error := result.error:
        place = " ".join(f"{error[key]}" for key in ("cell", "heading") if error.get(key))
        about |= {"error": f"{error['name']}: {error['message']}", "cell": place}
    for name, value in task.parameters.items():
        as_it_is = isinstance(value, str) or schema.field(f"p_{name}").type != pa.string()
        about[f"p_{name}"] = value if as_it_is else json.dumps(value)
    keys = {key: key for key in _AFTER} | {"finding": "id"}
    found = [{name: one.get(key) for name, key in keys.items()} for one in result.findings]
    return pa.Table.from_pylist([about | one for one in found or [{}]], schema=schema)


def frame_of(tasks: Sequence[Task], results: Mapping[str, Result]) -> pd.DataFrame:
    """Give the dataset of results that stand in no folder, in the order of the tasks."""
    import pyarrow as pa

    schema = schema_of(tasks)
    return pa.concat_tables(rows_of(x, results[x.id], schema) for x in tasks).to_pandas()


class Folder:
    """What a sweep has finished so far: ``done`` are its runs, by id, with error and seconds."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.tasks = {one.id: one for one in plan.tasks}
        self.schema = schema_of(plan.tasks)
        self.done = dict[str, dict[str, Any]]()
        each = plan.made_from()
        self._digests = {digest(as_sorted_json(one)) for one in each}
        files = {name: one for x in each for name, one in x["files"].items()}
        sets = {"runs": len(self.tasks), "sets": digest("".join(self.tasks))}
        self.about = {**plan.about, **sets, "inputs": {**each[0], "files": files}}
        from pandas import json_normalize

        about, began = path / "sweep.json", any((path / "runs").glob(f"*{_END}"))
        if began:
            both = ({**one, "sha256": ""} for one in (_sealed(about), self.about))
            flat = (json_normalize(one, sep=" ").to_dict("records")[0] for one in both)
            told = differences("", *flat)
            asked = "the grid, code and tables that it began with"
            faults = [Fault(show(path), asked, one.strip()) for one in told]
            todo = "Take another name with --as, or put back what changed."
            raise_if(InputError, f"Nothing was run, and nothing is lost. {todo}", faults)
        self._read()
        if not began:  # There is nothing that could be lost.
            write_together({about: as_json(sealed(self.about))})

    def _read(self) -> None:
        """Read the finished runs; one that was edited is an error, drafts of a kill are cleared."""
        for draft in self.path.glob("*/.*.part"):
            draft.unlink(missing_ok=True)
        faults = list[Fault]()
        for file in sorted(self.path.glob(f"runs/*{_END}")):
            try:
                kept = _sealed(file)
                rows = self._files(kept["id"])[0]
                if not rows.is_file() or file_digest(rows) != kept["dataset"]:
                    raise _edited(rows)
                self.done[kept["id"]] = kept | {"findings": None}
            except RunError as error:
                faults += error.faults
        for file in sorted(self.path.glob("dataset/*.parquet")):
            faults += _edited(file).faults if file.stem not in self.tasks else ()
        raise_if(RunError, "Nothing was run.", faults)

    def _files(self, run: str) -> tuple[Path, Path]:
        return self.path / "dataset" / f"{run}.parquet", self.path / "runs" / f"{run}{_END}"

    def add(self, result: Result) -> None:
        """Keep a run that ended: its rows, then its result, both or none.

        One that was made from something else than the sweep is a `RunError`.
        """
        import pyarrow.parquet as pq

        if result.inputs not in self._digests:
            found, todo = "others: a file was changed", "Put it back."
            asked = "the code and tables that the sweep began with"
            fault = Fault(f"{show(self.path)}, run {result.id}", asked, found, todo)
            raise RunError("The sweep stops; what is finished stays.", [fault])
        (rows, file), out = self._files(result.id), io.BytesIO()
        pq.write_table(rows_of(self.tasks[result.id], result, self.schema), out, compression="zstd")
        kept = sealed({**asdict(result), "dataset": digest(out.getvalue())})
        write_together({rows: out.getvalue(), file: as_sorted_json(kept)})
        self.done[result.id] = kept | {"findings": None}

    def todo(self, *, retry: bool = False) -> list[Task]:
        """List the tasks that are not finished, with ``retry`` those that failed as well."""
        good = {*self.done} - ({*self.failed} if retry else set())
        return [one for name, one in self.tasks.items() if name not in good]

    @property
    def failed(self) -> dict[str, dict[str, Any]]:
        """Give the errors of the runs that failed, by id."""
        return {name: one["error"] for name, one in self.done.items() if one["error"]}

    def frame(self) -> pd.DataFrame:
        """Read the dataset, runs in the order of the grid."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = (self._files(name)[0] for name in self.tasks if name in self.done)
        return pa.concat_tables(pq.ParquetFile(file).read() for file in files).to_pandas()


def _sealed(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content == sealed(content):
            return dict(content)
    except (OSError, ValueError, TypeError):
        pass
    raise _edited(file)


def _edited(file: Path) -> RunError:
    todo = "Restore it. A run without its file in runs/ is run again; --as begins another sweep."
    fault = Fault(show(file), "the file that the sweep wrote", "another, or none", todo)
    return RunError("A file of the sweep was edited.", [fault])


@contextmanager
def opened(path: Path, plan: Plan) -> Iterator[Folder]:
    """Open the folder of a sweep, to begin it or to go on; one at work in it is a `RunError`.

    What ends before its first run did leaves none.
    """
    from filelock import FileLock, Timeout

    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / ".lock", blocking=False):
            kept = Folder(path, plan)
            try:
                yield kept
            finally:
                if not kept.done:  # There is nothing that could be lost.
                    shutil.rmtree(path, ignore_errors=True)
    except Timeout as error:
        todo = "Wait for its end, or take another name with --as."
        fault = Fault(show(path), "a folder of its own", "a sweep at work in it", todo)
        raise RunError("Nothing was run.", [fault]) from error
