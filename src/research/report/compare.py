"""Two runs held against each other: what went in, what was found, numbers of figures and tables."""

import io
import json
import math
import os
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pandas as pd

from research import paths
from research.errors import Fault, InputError, nearest, raise_if
from research.findings import Finding, bundle_of, read_findings
from research.report.files import as_json
from research.report.manifest import LABELS, changed_files, notebook_digest, read_manifest
from research.report.notebooks import declared
from research.report.pages.theme import as_text, moment
from research.report.pages.workbook import numbers, sheets
from research.tables import UNITS
from research.words import about, counted_of

#: Stands for outputs stored in the notebook of the other side.
STORED = "committed"
#: What is nearer to zero than this, in its own unit, is measured by this.
FLOOR = 0.01

_FILES = re.compile(r"\.(html|xlsx|results\.csv|(findings|manifest)\.json)$")
_CAPTION = re.compile(r"<strong>(Figure \d+)\.</strong> (.*?)</p>")
_ENDS, _PLACE = ["value", "low", "high"], ["kind", "item", "row", "column"]
_TABLES = {
    "Findings that moved or read otherwise": "finding A B change % outside",
    "Numbers of figures and tables, the largest change first": "item row column A B change %",
    "What went in": "what name A B",
}
_COUNTED = {"words": "read otherwise", "only A": "only A has", "only B": "only B has"}


class Side(NamedTuple):
    """A run, or stored outputs: ``numbers`` as in its CSV, ``inputs`` by kind and name.

    ``titles`` are captions by the number on the page; of a run, those of figures.
    """

    name: str
    notebook: str
    findings: tuple[Finding, ...]
    numbers: str
    titles: dict[str, str]
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
        return bool(self.findings["state"].isin(["same", "words"]).all())

    @property
    def answer(self) -> str:
        """Say in one line what moved."""
        count = self.findings["state"].value_counts().to_dict()
        left = int(self.findings[["left_A", "left_B"]].any(axis=1).sum())
        head = counted_of(count.get("moved", 0), len(self.findings), "finding")
        told = [f"{head} moved by more than {100 * self.tolerance:g} %"]
        told += [f"{left} left its interval"] * bool(left)
        told += [f"{count[state]} {words}" for state, words in _COUNTED.items() if state in count]
        return "; ".join(told) + "."

    def json(self) -> str:
        """Give all of it as JSON."""
        told = {key: getattr(self, key) for key in ("answer", "within", "tolerance")}
        told |= {"A": self.sides[0].name, "B": self.sides[1].name}
        for key in ("findings", "figures", "inputs"):
            told[key] = json.loads(getattr(self, key).reset_index().to_json(orient="records"))
        return as_json(told)


def compare(a: str | Path, b: str | Path, *, tolerance: float = 0.01) -> Comparison:
    """Hold two runs of a notebook against each other.

    Each is the name of a run in ``reports/``, the path of one of its files (also of another
    checkout) or of a notebook, or ``committed``. A number moved if the difference is more than
    ``tolerance`` of the larger of the two, or of 0.01 where both are nearer to zero. What is
    missing, edited or damaged on either side, and two notebooks, are one `InputError`.
    """
    both = (str(a), str(b)), (str(b), str(a))
    is_stored = [x[0] == STORED or x[0].endswith(".ipynb") for x in both]
    read = [_stored(*x) if y else _run(x[0]) for x, y in zip(both, is_stored, strict=True)]
    sides = [one for one in read if isinstance(one, Side)]
    faults = [one for one in read if isinstance(one, Fault)]
    if not 0 <= tolerance < math.inf:
        faults.append(Fault("tolerance", "a share, 0 or more", repr(tolerance)))
    if len(books := {one.notebook: one.name for one in sides}) > 1:
        faults.append(Fault("A and B", "runs of one notebook", " and ".join(books)))
    raise_if(InputError, "These cannot be compared.", list(dict.fromkeys(faults)))
    one, two = (side.inputs for side in sides)
    known = [(kind, name) for kind in one if kind in two for name in one[kind] | two[kind]]
    rows = [(*key, one[key[0]].get(key[1]), two[key[0]].get(key[1])) for key in known]
    inputs = pd.DataFrame(rows, columns=["kind", "name", "A", "B"], dtype=object)
    inputs = inputs[[x != y for *_, x, y in rows]].set_index(["kind", "name"])
    found = _findings(sides, tolerance), _figures(sides, tolerance)
    return Comparison(sides, tolerance, *found, inputs)


def _run(asked: str) -> Side | Fault:
    name, here = _FILES.sub("", PurePath(asked).name), Path(asked)
    folder = here.parent if here.name != asked or os.path.isfile(asked) else paths.reports()
    manifest, problem = read_manifest(folder / f"{name}.manifest.json")
    kept = read_findings(folder / f"{name}.findings.json", manifest or {})
    table = folder / f"{name}.results.csv"
    if manifest and not problem:
        problem = "; ".join(changed_files(folder, manifest))
    if problem or not manifest or not kept or manifest["state"] != "ok":
        wanted, end = f"a run, a file of one, a notebook or {STORED!r}", ".manifest.json"
        built = sorted(file.name.removesuffix(end) for file in folder.glob(f"*{end}"))
        is_there = manifest or problem
        todo = "Build the report again." if is_there else nearest(name, built or ["none"])
        return Fault(asked, wanted, problem or "none that ended well", todo)
    given, titles = manifest["inputs"], manifest["sources"]
    inputs = {"parameter": manifest["parameters"], "version": manifest["versions"]}
    inputs |= {label: given[part] for part, label in LABELS.items()}
    inputs["table"] = {f"{x}: {titles[x]['title']}": one for x, one in given["tables"].items()}
    inputs |= {"notebook": {"cells": given["notebook"]}, "source": given["source"]}
    commit, when = manifest["commit"] or "unknown", moment(manifest["started_utc"])
    told = f"{asked}, built on {when}, commit {commit[:8]}"
    captions = _CAPTION.findall((folder / f"{name}.html").read_text("utf-8"))
    titles = {number: unescape(words) for number, words in captions}
    return Side(told, manifest["notebook"], kept.findings, table.read_text("utf-8"), titles, inputs)


def _stored(asked: str, other: str) -> Side | Fault:
    source = PurePath(other if asked == STORED else asked)
    name = source.name.partition(".")[0].partition("__")[0]
    is_ours = asked == STORED or (source.name == asked and not os.path.isfile(asked))
    file = paths.notebooks() / f"{name}.ipynb" if is_ours else Path(asked)
    try:
        notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
        bundle = bundle_of(notebook.cells)
        tagged = (x.source for x in notebook.cells if "parameters" in x.metadata.get("tags", []))
        given = {key: one.default for key, one in declared(next(tagged, "")).items()}
        shown = sheets(notebook)
        text = numbers({"run": name, "notebook": name}, bundle, shown)
        found = "" if bundle.findings else "none"
    except Exception as error:  # A file may hold anything.
        found = f"{type(error).__name__}: {error}"
    if found:
        todo = f"Beside {STORED!r} name a run or a notebook; a notebook has to be stored executed."
        return Fault(asked, f"findings stored in {file.name}", found, todo)
    inputs = {"parameter": given, "notebook": {"cells": notebook_digest(notebook.cells)}}
    titles = {sheet.name: sheet.title for sheet in shown}
    return Side(f"{asked}, stored in {file.name}", name, bundle.findings, text, titles, inputs)


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
    gaps = pd.DataFrame({end: _gaps(both, f"{end}_")["size"] for end in _ENDS})
    is_alone = {end: both[f"{end}_A"].isna() != both[f"{end}_B"].isna() for end in _ENDS}
    far = ((gaps > tolerance) | pd.DataFrame(is_alone)).any(axis=1)
    other = {key: both[f"{key}_A"] != both[f"{key}_B"] for key in ("answer", "unit")}
    # Without a number the answer is all there is.
    moved = far | other["unit"] | (other["answer"] & both["value_A"].isna())
    states = {"only B": both["answer_A"].isna(), "only A": both["answer_B"].isna(), "moved": moved}
    states |= {"words": other["answer"]}
    both["state"] = np.select([*states.values()], [*states], "same")
    for mine, its in ("AB", "BA"):
        value = both[f"value_{its}"].mask(other["unit"])
        both[f"left_{mine}"] = (value < both[f"low_{mine}"]) | (value > both[f"high_{mine}"])
    for key in ("question", "unit"):
        both[key] = both.pop(f"{key}_B").fillna(both.pop(f"{key}_A"))
    return both.join(_gaps(both, "value_")[["change", "relative"]])


def _figures(sides: Sequence[Side], tolerance: float) -> pd.DataFrame:
    read = [pd.read_csv(io.StringIO(x.numbers), keep_default_na=False) for x in sides]
    shown = [x[x["kind"] != "finding"].set_index(_PLACE)["value"] for x in read]
    both = pd.concat(shown, axis=1, keys=["A", "B"]).query("A != B")
    both = both.join(_gaps(both)).sort_values("size", ascending=False, kind="stable")
    titles = sides[1].titles | sides[0].titles
    named = [titles.get(item, "") for item in both.index.get_level_values("item")]
    return both.assign(title=named, moved=~(both["size"] <= tolerance))


def _told(value: Any, sign: str = "") -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else sign * (value > 0) + about(value, 4)
    text = "" if value is None else as_text(value)
    return text[:8] if re.fullmatch("[0-9a-f]{64}", text) else text


def tables(found: Comparison, most: int) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Give what differs by title, as headings and rows to read; after ``most`` they are counted."""

    def gap(row: Any) -> list[str]:
        return [_told(row.change, "+"), _told(100 * row.relative, "+")]

    def ends(row: Any, side: str) -> str:
        value, low, high = (_told(getattr(row, f"{end}_{side}")) for end in _ENDS)
        return value + f" ({low} to {high})" * bool(low)

    parts = {title: (heads.split(), list[list[str]]()) for title, heads in _TABLES.items()}
    findings, cells, inputs = (rows for _, rows in parts.values())
    for row in found.findings.query("state != 'same'").itertuples():
        if row.state == "words" or not row.unit:
            findings.append([row.question, _told(row.answer_A), _told(row.answer_B), *[""] * 3])
        else:
            unit = UNITS.get(row.unit, row.unit.replace("_", " "))
            asked, left = f"{row.question} ({unit})", ["A"] * row.left_A + ["B"] * row.left_B
            findings.append([asked, ends(row, "A"), ends(row, "B"), *gap(row), " ".join(left)])
    for row in found.figures.query("moved").itertuples():
        item = textwrap.shorten(f"{row.Index[1]}: {row.title}", 60, placeholder=" …")
        cells.append([item, *row.Index[2:], _told(row.A), _told(row.B), *gap(row)])
    inputs += [[*row.Index, _told(row.A), _told(row.B)] for row in found.inputs.itertuples()]
    for heads, rows in parts.values():
        if (more := len(rows) - most) > 0:
            rows[most:] = [[f"{more:,} more", *[""] * (len(heads) - 1)]]
    return {title: part for title, part in parts.items() if part[1]}
