"""Marks of a class: what was handed in, a row each, and a page for each student."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pandas as pd

from research import paths
from research.errors import Fault, InputError
from research.report.files import write_together
from research.report.pages.lessons import lessons

if TYPE_CHECKING:
    from research.teach.course import Marks

#: Largest file that is read: outputs are not needed, and somebody's could be without end.
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in: of which lesson, and its notebook, or why there is none."""

    student: str
    file: Path
    lesson: str = ""
    notebook: str = ""
    note: str = ""


def grade(
    submissions: Path, to: Path, *, seconds: int = 60, tell: Callable[[str], None] = lambda _: None
) -> pd.DataFrame:
    """Mark all that was handed in: ``NAME.ipynb`` or ``NAME/*.ipynb``; cells end after ``seconds``.

    Written into the folder ``to`` are ``grades.csv``, which is what is given, and a page for each
    student and lesson. Table: a row a file; student, lesson, points by question (NaN where the
    teacher marks), points and of (without those), note. Nothing handed in is an `InputError`.
    """
    from research.teach.course import course

    handed_in = collect(submissions)
    rows: list[dict[str, object]] = []
    pages: dict[Path, str] = {}
    with course(seconds) as taken:
        for name in dict.fromkeys(one.lesson for one in handed_in if one.notebook):
            taken.release(paths.lessons() / f"{name}.ipynb")
        for number, one in enumerate(handed_in, start=1):
            tell(f"{number} of {len(handed_in)}: {one.student}, {one.file.name}")
            row: dict[str, object] = {"student": one.student, "lesson": one.lesson}
            row["note"] = one.note
            who = f"student-{number}"  # a student's name may be no name of a folder
            try:
                if one.notebook:
                    row |= _row(taken.grade(one.lesson, who, one.notebook))
                    page = to / f"{number:03}_{one.lesson}.html"
                    pages[page] = taken.feedback(one.lesson, who)
                    row["feedback"] = page.name
            except Exception as error:  # no student's loss is another's
                row["note"] = f"not marked: {type(error).__name__}: {_in_short(error)}"
            rows.append(row)
    table = pd.DataFrame(rows)
    last = ["points", "of", "feedback", "note"]
    questions = sorted({*table} - {"student", "lesson", *last}, key=lambda one: (len(one), one))
    table = table.reindex(columns=["student", "lesson", *questions, *last])
    write_together({**pages, to / "grades.csv": table.to_csv(index=False)})
    return table


def _row(marks: Marks) -> dict[str, object]:
    note = f"tests are gone: {', '.join(marks.lost)}" if marks.lost else ""
    reached = sum(points for points in marks.points.values() if not math.isnan(points))
    return {**marks.points, "points": reached, "of": marks.most, "note": note}


def collect(folder: Path) -> list[Submission]:
    """Read what was handed in; of several of one student for a lesson, the newest is marked."""
    files = [file for file in sorted(folder.rglob("[!.]*")) if file.is_file()]
    files = [file for file in files if ".ipynb_checkpoints" not in file.parts]
    if not files:
        todo = "Give a folder with NAME.ipynb or NAME/LESSON.ipynb for each student."
        fault = Fault("submissions", "a file of each student", f"none in {folder}", todo)
        raise InputError("There is nothing to mark.", [fault])
    found = [
        _read(file, file.stem if file.parent == folder else file.relative_to(folder).parts[0])
        for file in files
    ]
    by_age = sorted(found, key=lambda one: one.file.stat().st_mtime)
    newest = {(one.student, one.lesson): one for one in by_age if one.notebook}
    for place, one in enumerate(found):
        if one.notebook and newest[one.student, one.lesson] is not one:
            note = f"{one.file.name}: a newer one was handed in, and is marked"
            found[place] = replace(one, notebook="", note=note)
    return found


def _read(file: Path, student: str) -> Submission:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        content = json.loads(file.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []  # made anew; there may be a million
        notebook = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
        lesson = str(notebook.metadata.get("lesson", ""))
    except Exception as error:
        return Submission(student, file, note=f"{file.name} is no notebook: {_in_short(error)}")
    if lesson not in [Path(one).stem for one in lessons()]:
        return Submission(student, file, lesson, note=f"{file.name} is of no lesson here")
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return Submission(student, file, lesson, text)


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:150]
