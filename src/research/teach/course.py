"""Editions of lessons and their marks, by nbgrader in a folder that is thrown away."""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import nbformat
from nbgrader.apps import NbGraderAPI  # type: ignore[import-untyped]
from nbgrader.preprocessors import (  # type: ignore[import-untyped]
    CheckCellMetadata,
    ClearHiddenTests,
    Execute,
    GetGrades,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets.config import Config

from research.errors import Fault, RunError
from research.report.execute import kernel_manager
from research.report.pages.prose import Labels, to_html

#: Messages of a cell beyond these are not kept, nor are longer texts: a loop can print without end.
MOST_OUTPUTS, MOST_CHARS = 300, 20_000

# nbgrader's page asks another place for MathJax.
_FROM_OUTSIDE = re.compile(r'<script src="https?:[^>]*>\s*</script>')


class Marks(NamedTuple):
    """Points by question, the most that tests give, and the questions whose tests were gone.

    A question that the teacher marks has no points yet: NaN.
    """

    points: dict[str, float]
    most: float
    lost: list[str]


class CarefulExecute(Execute):  # type: ignore[misc]
    """Executes a submission; what a kernel that ended did not run counts as failed."""

    def output(self, outs: list[Any], msg: Any, display_id: str, cell_index: int) -> Any:
        """Keep an output, unless there are too many."""
        self.seen[cell_index] += 1
        if self.seen[cell_index] > MOST_OUTPUTS:
            return None
        if "text" in msg["content"]:
            msg["content"]["text"] = msg["content"]["text"][:MOST_CHARS]
        return super().output(outs, msg, display_id, cell_index)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        """Run a cell, and note that it was begun."""
        self.begun = cell_index
        return super().preprocess_cell(cell, resources, cell_index)

    def preprocess(self, nb: Any, resources: Any, **more: Any) -> Any:
        """Run all cells that can be run."""
        self.begun, self.seen = 0, Counter[int]()
        try:
            return super().preprocess(nb, resources, **more)
        except Exception as error:  # The kernel is gone, or talks no more.
            name = type(error).__name__
            for cell in nb.cells[self.begun :]:
                if cell.cell_type == "code":
                    told = {"ename": name, "evalue": "", "traceback": [f"Not run: {name}."]}
                    cell.outputs = [nbformat.from_dict({"output_type": "error", **told})]  # type: ignore[no-untyped-call]
            return nb, resources


class Discreet(NbGraderPreprocessor):  # type: ignore[misc]
    """Leaves of a failed test its name alone, and of what a student wrote no markup of his own.

    A traceback would show the lines of a test that are hidden.
    """

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        """Shorten the errors of a cell of tests, and show text as it is on our pages."""
        if cell.cell_type == "markdown":
            labels = Labels(place="notebooks/teaching/lesson.ipynb")
            html = to_html(cell.source, labels, "feedback")
            cell.source = html if not labels.faults else f"<pre>{escape(cell.source)}</pre>"
        for output in cell.get("outputs", []):
            for kind in {*output.get("data", {})} - {"text/plain", "image/png"}:
                del output.data[kind]
            if output.output_type == "error" and cell.metadata.get("nbgrader", {}).get("grade"):
                output.traceback, output.evalue = [f"{output.ename}: not passed"], ""
        return cell, resources


@contextmanager
def course(seconds: int = 60) -> Iterator[Course]:
    """Open a course without lessons; it is gone when this ends. A cell has so many seconds."""
    with TemporaryDirectory(prefix="course-") as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Object of type", module="nbgrader")
        yield Course(Path(folder).resolve(), seconds)


class Course:
    """A course of nbgrader in a folder: lessons, and what students hand in."""

    def __init__(self, folder: Path, seconds: int) -> None:
        self.folder = folder
        config = Config()
        config.CourseDirectory.root = config.Exchange.root = str(folder)
        config.CourseDirectory.db_url = f"sqlite:///{folder}/grades.db"
        # Of an empty database nbgrader would ask another program for the version, which takes long.
        with closing(sqlite3.connect(folder / "grades.db")) as database:
            database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        config.Autograde.autograde_preprocessors = [
            CarefulExecute, LimitOutput, SaveAutoGrades, CheckCellMetadata,
        ]  # fmt: skip
        config.CarefulExecute.timeout = seconds
        config.CarefulExecute.kernel_manager_class = kernel_manager(folder)
        config.ClearSolutions.code_stub = {"python": ""}
        config.ClearSolutions.text_stub = "Your answer:"
        config.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, Discreet]
        self.api = NbGraderAPI(config=config)

    def release(self, lesson: Path) -> str:
        """Take a lesson into the course and give its student edition."""
        self._put(lesson.stem, "source", ".", lesson.read_text(encoding="utf-8"))
        self._do("generate_assignment", lesson.stem)
        return self._made(lesson.stem, "release", ".", "ipynb")

    def grade(self, lesson: str, student: str, submission: str) -> Marks:
        """Run what a student handed in of a lesson, and mark it."""
        self._put(lesson, "submitted", student, submission)
        self._do("autograde", lesson, student)
        found = self.api.gradebook.find_submission(lesson, student)
        grades = [one for notebook in found.notebooks for one in notebook.grades]
        tested = [one for one in grades if one.cell.cell_type == "code"]
        return Marks(
            {_question(one): float("nan") for one in grades}
            | {_question(one): float(one.auto_score or 0) for one in tested},
            sum(float(one.max_score) for one in tested),
            [_question(one) for one in tested if one.auto_score is None],
        )

    def feedback(self, lesson: str, student: str) -> str:
        """Give the page that tells a student what was right."""
        self._do("generate_feedback", lesson, student)
        html = self._made(lesson, "feedback", student, "html")
        return _FROM_OUTSIDE.sub("", html)

    def _put(self, lesson: str, kind: str, who: str, text: str) -> None:
        file = self.folder / kind / who / lesson / f"{lesson}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")

    def _made(self, lesson: str, kind: str, who: str, end: str) -> str:
        file = self.folder / kind / who / lesson / f"{lesson}.{end}"
        return file.read_text(encoding="utf-8")

    def _do(self, step: str, *names: str) -> None:
        done = getattr(self.api, step)(*names)
        if not done["success"]:
            said = [*filter(None, done.get("log", "").splitlines()), "no word"][-1]
            raise RunError("nbgrader stopped.", [Fault(step, "an end", said[:300])])


def _question(grade: Any) -> str:
    return str(grade.name).removesuffix("-test")
