"""Two runs held against each other: what went in, what was found, numbers of figures and tables."""

import io
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pandas as pd

from research import paths
from research.errors import Fault, InputError, nearest, raise_if
from research.findings import Finding, bundle_of, read_findings
from research.report.files import is_run, run_files
from research.report.manifest import changed_files, git, notebook_digest, read_manifest
from research.report.notebooks import declared
from research.report.pages.theme import as_text, moment
from research.report.pages.workbook import numbers, sheets
from research.tables import UNITS
from research.words import about, counted_of

#: Stands for the outputs stored in the other's notebook; ``committed:REVISION`` for those in git.
STORED = "committed"

#: What is nearer to zero than this, in its own unit, is measured by this.
FLOOR = 0.01

#: States of a finding that are within the tolerance: ``words`` is an answer that reads otherwise.
WITHIN = ("same", "words")

_FILES = re.compile(r"\.(html|xlsx|results\.csv|(findings|manifest)\.json)$")
_ENDS, _PLACE = ["value", "low", "high"], ["item", "row", "column"]


class Side(NamedTuple):
    """A run, or stored outputs: ``numbers`` as in its CSV, ``inputs`` by kind and name."""

    name: str
    about: str
    notebook: str
    findings: tuple[Finding, ...]
    numbers: str
    inputs: dict[str, dict[str, Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """How two runs differ.

    ``findings``: a row for each of either, by id: ``state``, ``change`` (B less A, in ``unit``),
    ``relative`` (to A), ``left_A`` where B's value left A's interval, and the reverse.
    ``figures``: a row for each number of figures and tables that differs, the largest change
    first. ``inputs``: a row for each that differs, of those known of both.
    """

    sides: Sequence[Side]
    tolerance: float
    findings: pd.DataFrame
    figures: pd.DataFrame
    inputs: pd.DataFrame

    @property
    def within(self) -> bool:
        """Say whether both have every finding, with the same number within the tolerance."""
        return bool(self.findings["state"].isin(WITHIN).all())

    @property
    def answer(self) -> str:
        """Say in one line what moved."""
        count = self.findings["state"].value_counts()
        left = int(self.findings[["left_A", "left_B"]].any(axis=1).sum())
        rest = {"words": "read otherwise", "only A": "only A has", "only B": "only B has"}
        rest = {"interval": "moved in the interval alone", **rest}
        head = counted_of(int(count.get("moved", 0)), len(self.findings), "finding")
        told = [f"{head} moved by more than {100 * self.tolerance:g} %"]
        told += [f"{left} left its interval"] * bool(left)
        return "; ".join([*told, *(f"{count[x]} {rest[x]}" for x in rest if x in count)]) + "."

    def data(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        frames = {"findings": self.findings.reset_index(), "figures": self.figures}
        frames |= {"inputs": self.inputs}
        told = {"answer": self.answer, "within": self.within, "tolerance": self.tolerance}
        sides = {x: [y.name, y.about] for x, y in zip("AB", self.sides, strict=True)}
        records = {name: json.loads(x.to_json(orient="records")) for name, x in frames.items()}
        return {**told, **sides, **records}


def compare(a: str | Path, b: str | Path, *, tolerance: float = 0.01) -> Comparison:
    """Hold two runs of a notebook against each other.

    Each is the name of a run in ``reports/``, the path of one of its files (also of another
    checkout) or of a notebook, or ``committed``. A number moved if the difference is more than
    ``tolerance`` of the larger of the two, or of 0.01 where both are nearer to zero.

    Raises
    ------
    InputError
        With each side that is missing, edited or damaged, and where they are of two notebooks.
    """
    both = (str(a), str(b)), (str(b), str(a))
    is_stored = [x.partition(":")[0] == STORED or x.endswith(".ipynb") for x, _ in both]
    read = [_stored(*x) if y else _run(x[0]) for x, y in zip(both, is_stored, strict=True)]
    sides = [one for one in read if isinstance(one, Side)]
    faults = [one for one in read if isinstance(one, Fault)]
    if not 0 <= tolerance < math.inf:
        faults.append(Fault("tolerance", "a share, 0 or more", repr(tolerance)))
    if len(books := {one.notebook: one.name for one in sides}) > 1:
        faults.append(Fault("A and B", "runs of one notebook", " and ".join(books)))
    raise_if(InputError, "These cannot be compared.", list(dict.fromkeys(faults)))
    one, two = (side.inputs for side in sides)
    names = [(kind, name) for kind in one if kind in two for name in {**one[kind], **two[kind]}]
    rows = [(kind, name, one[kind].get(name), two[kind].get(name)) for kind, name in names]
    inputs = pd.DataFrame(rows, columns=["kind", "name", "A", "B"], dtype=object)
    inputs = inputs[[x != y for *_, x, y in rows]]
    found = _findings(sides, tolerance), _figures(sides, tolerance)
    return Comparison(sides, tolerance, *found, inputs)


def _run(asked: str) -> Side | Fault:
    name, here = _FILES.sub("", PurePath(asked).name), Path(asked)
    folder = here.parent if here.name != asked or here.is_file() else paths.reports()
    built = sorted(x.name.removesuffix(".manifest.json") for x in folder.glob("*.manifest.json"))
    if name not in built or not is_run(name):
        wanted = f"a run, a file of one, a notebook or {STORED!r}"
        return Fault(asked, wanted, "none", nearest(name, built) if built else "")
    files = run_files(name, folder)
    manifest, problem = read_manifest(files.manifest)
    if manifest and manifest["state"] == "ok":
        problem = "; ".join(changed_files(folder, manifest))
    kept = read_findings(files.findings, manifest or {})
    if problem or not manifest or not kept:
        problem = problem or "those of a run that failed, or of another version"
        return Fault(asked, "files as a run left them", problem, "Build the report again.")
    given, titles = manifest["inputs"], manifest["sources"]
    inputs = {
        "parameter": manifest["parameters"],
        "table": {f"{x}: {titles[x]['title']}": digest for x, digest in given["tables"].items()},
        **{"sidecar": given["sidecars"], "file": given["files"], "version": manifest["versions"]},
        **{"notebook": {"cells": given["notebook"]}, "code": given["source"]},
    }
    commit = manifest["commit"] or "unknown"
    when = f"built on {moment(manifest['started_utc'])}, commit {commit[:8]}"
    text = (folder / f"{name}.results.csv").read_text(encoding="utf-8")
    return Side(asked, when, manifest["notebook"], kept.findings, text, inputs)


def _stored(asked: str, other: str) -> Side | Fault:
    word, _, revision = asked.partition(":")
    source = PurePath(other if word == STORED else asked)
    name = source.name.partition(".")[0].partition("__")[0]
    is_ours = word == STORED or (source.name == asked and not Path(asked).is_file())
    file = paths.notebooks() / f"{name}.ipynb" if is_ours else Path(asked)
    try:
        text = _in_git(revision, file.name) if revision else file.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        bundle = bundle_of(notebook.cells)
        tagged = (x.source for x in notebook.cells if "parameters" in x.metadata.get("tags", []))
        given = {key: one.default for key, one in declared(next(tagged, "")).items()}
        text = numbers({"run": name, "notebook": name}, bundle, sheets(notebook))
        found = "" if bundle.findings else "none"
    except Exception as error:  # A file may hold anything.
        found = f"{type(error).__name__}: {error}"
    if found:
        todo = f"Beside {STORED!r} name a run or a notebook; a notebook has to be stored executed."
        return Fault(asked, f"findings stored in {file.name}", found, todo)
    inputs = {"parameter": given, "notebook": {"cells": notebook_digest(notebook.cells)}}
    when = f"outputs stored in {file.name}" + f" at {revision}" * bool(revision)
    return Side(asked, when, name, bundle.findings, text, inputs)


def _in_git(revision: str, name: str) -> str:
    # What starts with a dash would be an option of git.
    text = revision[0].isalnum() and git("show", f"{revision}:./notebooks/{name}")
    if not text:
        raise LookupError(f"git has no revision {revision!r} with it")
    return text


def _gaps(both: pd.DataFrame, of: str = "") -> pd.DataFrame:
    """Give B less A, that relative to A, and its size: relative to the larger of the two."""
    a, b = both[f"{of}A"], both[f"{of}B"]
    gaps = {"change": b - a, "relative": (b - a) / a.abs().where(a != 0)}
    larger = np.fmax(np.fmax(a.abs(), b.abs()), FLOOR)
    return pd.DataFrame({**gaps, "size": (b - a).abs() / larger})


def _findings(sides: Sequence[Side], tolerance: float) -> pd.DataFrame:
    read = [pd.DataFrame([dict(x) for x in side.findings]).set_index("id") for side in sides]
    kinds = dict.fromkeys(_ENDS, float)
    frames = [x[["question", "answer", "unit", *_ENDS]].astype(kinds) for x in read]
    both = pd.concat([frames[0].add_suffix("_A"), frames[1].add_suffix("_B")], axis=1)
    far = {end: _gaps(both, f"{end}_")["size"] > tolerance for end in _ENDS}
    far = {end: far[end] | (both[f"{end}_A"].isna() != both[f"{end}_B"].isna()) for end in _ENDS}
    other = {key: both[f"{key}_A"] != both[f"{key}_B"] for key in ("answer", "unit")}
    # Without a number the answer is all there is.
    moved = far["value"] | other["unit"] | (other["answer"] & both["value_A"].isna())
    states = {"only B": both["answer_A"].isna(), "only A": both["answer_B"].isna(), "moved": moved}
    states |= {"interval": far["low"] | far["high"], "words": other["answer"]}
    both["state"] = np.select([*states.values()], [*states], "same")
    for mine, its in ("AB", "BA"):
        value = both[f"value_{its}"].mask(other["unit"])
        both[f"left_{mine}"] = (value < both[f"low_{mine}"]) | (value > both[f"high_{mine}"])
    for key in ("question", "unit"):
        both[key] = both.pop(f"{key}_B").fillna(both.pop(f"{key}_A"))
    return both.join(_gaps(both, "value_")[["change", "relative"]])


def _figures(sides: Sequence[Side], tolerance: float) -> pd.DataFrame:
    read = [pd.read_csv(io.StringIO(x.numbers), keep_default_na=False) for x in sides]
    shown = [x[x["kind"] != "finding"].set_index(["kind", *_PLACE])["value"] for x in read]
    both = pd.concat(shown, axis=1, keys=["A", "B"]).query("A != B")
    both = both.join(_gaps(both)).sort_values("size", ascending=False, kind="stable")
    return both.assign(moved=~(both["size"] <= tolerance)).reset_index()


def tables(found: Comparison, most: int) -> dict[str, pd.DataFrame]:
    """Give what differs as tables of texts to read, by title; rows beyond ``most`` are counted."""

    def told(value: Any, sign: str = "") -> str:
        if isinstance(value, float):
            return "" if math.isnan(value) else sign * (value > 0) + about(value, 4)
        return "" if value is None else as_text(value)

    def ends(row: Any, side: str) -> str:
        value, low, high = (told(row[f"{end}_{side}"]) for end in _ENDS)
        return value + f" ({low} to {high})" * bool(low)

    def gap(row: Any) -> dict[str, str]:
        return {"change": told(row["change"], "+"), "%": told(100 * row["relative"], "+")}

    moved, words, cells, inputs = (list[dict[str, str]]() for _ in range(4))
    for row in found.findings.query("state != 'same'").to_dict("records"):
        unit = UNITS.get(row["unit"], row["unit"].replace("_", " "))
        asked = {"finding": row["question"] + f" ({unit})" * bool(unit)}
        if row["state"] == "words" or not unit:
            words.append(asked | {side: told(row[f"answer_{side}"]) for side in "AB"})
        else:
            left = " and ".join(side for side in "AB" if row[f"left_{side}"])
            numbers_told = {side: ends(row, side) for side in "AB"} | gap(row)
            moved.append(asked | numbers_told | {"outside of": left})
    for row in found.figures.query("moved").to_dict("records"):
        cells.append({key: told(row[key]) for key in (*_PLACE, "A", "B")} | gap(row))
    for row in found.inputs.to_dict("records"):
        cut = 60 if row["kind"] in {"parameter", "version"} else 8
        sides = {side: told(row[side])[:cut] for side in "AB"}
        inputs.append({"what": row["kind"], "name": row["name"], **sides})
    parts = {"Findings that moved": moved, "Answers that read otherwise": words}
    parts |= {"Numbers of figures and tables, the largest change first": cells}
    parts |= {"What went in": inputs}
    for rows in parts.values():
        if (more := len(rows) - most) > 0:
            rows[most:] = [{next(iter(rows[0])): f"{more:,} more"}]
    return {title: pd.DataFrame(rows).fillna("") for title, rows in parts.items() if rows}
