"""The reference class: every kind of submission gets its line, and its marks."""

import json
import os

import nbformat
import pandas as pd
import psutil
import pytest
from typer.testing import CliRunner

from research.cli.commands import app
from research.errors import InputError
from research.teach.course import course
from research.teach.grade import collect, grade

STUBBORN = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
FLOOD = "for number in range(3_000): display(number)\nq2 = 4321.5"

ODD = "class Odd(float):\n    __float__ = lambda _: 1\nq2 = Odd(4321.5)"

#: Cells of a submission that differ from the student edition; None: taken out.
CLASS = {
    "right": {"q1": "q1 = 3.25", "q2": "q2 = 4321.5", "q3": "I think that nobody does."},
    "wrong": {"q1": "q1 = 'three'", "q2": "q2 = float('nan')"},
    "empty": {},
    "looping": {"q1": "q1 = 3.25", "q2": STUBBORN},
    "killing": {"q1": "q1 = 3.25", "q2": "import os\nos.kill(os.getpid(), 9)"},
    "altered": {"q1": "q1 = 0", "q1-test": "pass", "q2": "q2 = 4321.5"},
    "<b>cut & / ' out": {"q1": "q1 = 3.25", "q2-test": None},
    "flooding": {"q1": "q1 = 3.25", "q2": FLOOD},
    "hidden": {"q1": "q1 = 3.25", "q2": ODD},
}  # fmt: skip

#: Points of both questions, of 1 and 2.
MARKS = {
    "right": (1, 2), "wrong": (0, 0), "empty": (0, 0), "looping": (1, 0), "killing": (1, 0),
    "altered": (0, 2), "<b>cut &  ' out": (1, 0), "flooding": (1, 2), "hidden": (1, 0),
}  # fmt: skip


def handed_in(student, changes):
    notebook = nbformat.reads(student, as_version=4)
    for cell in [*notebook.cells]:
        if cell.id in changes:
            if changes[cell.id] is None:
                notebook.cells.remove(cell)
            else:
                cell.source = changes[cell.id]
    return notebook


@pytest.fixture
def submissions(project):
    """Hand in the whole class, and what is no submission."""
    folder = project / "submissions"
    folder.mkdir()
    with course() as taken:
        student = taken.release(project / "notebooks/teaching/01_toy.ipynb")
    for name, changes in CLASS.items():
        nbformat.write(handed_in(student, changes), folder / f"{name.replace('/', '')}.ipynb")
    other = nbformat.reads(student, as_version=4)
    other.metadata["lesson"] = "07_other"
    nbformat.write(other, folder / "other.ipynb")
    (folder / "essay.docx").write_bytes(b"\x00\xff")
    (folder / "list.ipynb").write_text("[1]")
    (folder / "twice").mkdir()
    for age, answer in ((100, "3.25"), (50, "0")):
        file = folder / "twice" / f"{answer}.ipynb"
        nbformat.write(handed_in(student, {"q1": f"q1 = {answer}"}), file)
        os.utime(file, (10_000 - age, 10_000 - age))
    return folder


def test_the_reference_class_gets_its_marks_and_nothing_leaks(submissions, project):
    kernels = {one.pid for one in psutil.process_iter()}
    table = grade(submissions, project / "grades", seconds=10)
    by_name = table.set_index("student")
    for name, marks in MARKS.items():
        assert tuple(by_name.loc[name, ["q1", "q2"]]) == marks, name
    done = table[table["points"].notna()]
    assert (done["points"] == done["q1"] + done["q2"]).all()
    assert (done["of"] == 3).all()
    assert done["q3"].isna().all()  # the teacher reads it
    notes = by_name["note"]
    assert notes["<b>cut &  ' out"] == "tests are gone: q2"
    assert notes["other"] == "other.ipynb is of no lesson here"
    assert notes["essay"].startswith("essay.docx is no notebook")
    assert notes["list"].startswith("list.ipynb is no notebook")
    new, old = by_name.loc["twice"].to_dict("records")
    assert "a newer one was handed in" in old["note"]
    assert new["points"] == 0
    written = pd.read_csv(project / "grades" / "grades.csv")
    assert written["student"].tolist() == table["student"].tolist()
    for page in done["feedback"]:
        html = (project / "grades" / page).read_text()
        leaked = [one for one in ("BEGIN", "1003.5", "8643", "Nobody knows") if one in html]
        assert leaked == []
        assert "<script src" not in html
        assert "<math" in html
    empty = (project / "grades" / by_name.loc["empty", "feedback"]).read_text()
    assert "4321.5" not in empty
    assert "No answer yet" in empty
    left = [one for one in psutil.process_iter() if one.pid not in kernels]
    assert [one for one in left if "ipykernel" in " ".join(one.cmdline())] == []


def test_a_failure_of_the_grader_costs_one_student_only(submissions, project, monkeypatch):
    from research.teach.course import Course

    marked = Course.grade

    def fails_once(self, lesson, student, text):
        if student == "student-1":
            raise OSError("disk full")
        return marked(self, lesson, student, text)

    monkeypatch.setattr(Course, "grade", fails_once)
    for file in submissions.glob("[f-z]*.ipynb"):
        file.unlink()
    table = grade(submissions, project / "grades", seconds=10)
    assert table["note"].str.contains("not marked: OSError: disk full").sum() == 1
    assert table["points"].notna().sum() >= 3


def test_nothing_handed_in_is_said(tmp_path, project):
    with pytest.raises(InputError, match="nothing to mark"):
        grade(tmp_path / "submissions-of-nobody", tmp_path / "grades")


def test_students_whose_names_have_dots_are_two(project, toy):
    for name in ("Kim A.", "Kim B.ipynb"):
        (project / "dots" / name).mkdir(parents=True)
        nbformat.write(toy, project / "dots" / name / "my.first.ipynb")
    found = collect(project / "dots")
    assert [one.student for one in found] == ["Kim A.", "Kim B.ipynb"]
    assert [one.note for one in found] == ["", ""]


def test_a_million_stored_outputs_are_not_read_into_the_run(project, toy):
    folder = project / "many"
    folder.mkdir()
    notebook = json.loads(nbformat.writes(toy))
    output = {"output_type": "stream", "name": "stdout", "text": "x"}
    notebook["cells"][1]["outputs"] = [output] * 500_000
    (folder / "many.ipynb").write_text(json.dumps(notebook))
    (one,) = collect(folder)
    assert one.note == ""
    assert len(one.notebook) < 20_000


def test_the_command_prints_a_table(project):
    folder = project / "submissions"
    (folder / "[b]Anna[").mkdir(parents=True)
    with course() as taken:
        student = taken.release(project / "notebooks/teaching/01_toy.ipynb")
    nbformat.write(handed_in(student, CLASS["right"]), folder / "[b]Anna[" / "first.ipynb")
    asked = ["teach", "grade", str(folder), "--to", str(project / "grades")]
    done = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "01_toy" in done.output
    line = next(line for line in done.output.splitlines() if line.startswith("[b]Anna["))
    assert line.split()[:5] == ["[b]Anna[", "01_toy", "1", "2", "3"]
