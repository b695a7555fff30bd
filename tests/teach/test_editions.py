"""Students' and teachers' editions, slides and pages: nothing of a solution gets out."""

import importlib
import math
import re
import subprocess

import nbformat
import pytest
from bs4 import BeautifulSoup

from research import paths
from research.errors import InputError
from research.report.pages.lessons import lessons, render_lesson
from research.teach.course import course
from research.teach.editions import REVEAL, build, slides, start

SOLUTION = re.compile(r"(?s)### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def cells_of(text):
    return nbformat.reads(text, as_version=4).cells


def secret_lines(lesson):
    """Lines of solutions and hidden tests that are given nowhere else."""
    own = "\n".join(SOLUTION.sub("", cell.source) for cell in cells_of(lesson))
    hidden = "\n".join(part for cell in cells_of(lesson) for part in SOLUTION.findall(cell.source))
    lines = {line.strip() for line in hidden.split("\n")}
    return {line for line in lines if len(line) > 12 and line not in own}


def answers(document):
    """Answers of a lesson that are too long to stand anywhere by chance."""
    name = document.rpartition("/")[2][3:].removesuffix(".ipynb")
    questions = importlib.import_module(f"research.teach.lessons.{name}").check.questions
    truths = [one.truth() for one in questions.values()]
    assert len(truths) >= 6
    return [
        abs(one) for one in truths if isinstance(one, float) and len(f"{one:.4g}".strip("-0.")) > 4
    ]


def told(numbers, text):
    """Those numbers that a text tells, to four digits."""
    found = [float(one.replace(",", "")) for one in NUMBER.findall(text)]
    found = [one for one in found if len(f"{one:.15g}".replace(".", "").strip("0")) >= 4]
    return [
        one for one in numbers if any(math.isclose(one, other, rel_tol=2e-4) for other in found)
    ]


@pytest.fixture(scope="module", params=lessons())
def lesson(request):
    """A lesson of the project: its path, as teachers and as students have it."""
    source = paths.root() / request.param
    with course() as taken:
        return request.param, source.read_text("utf-8"), taken.release(source)


def test_there_are_five_lessons():
    assert len(lessons()) == 5


def test_students_see_no_solution_no_hidden_test_and_no_output(lesson):
    document, instructor, student = lesson
    shown = "\n".join(cell.source for cell in cells_of(student))
    secret = secret_lines(instructor)
    assert len(secret) > 5
    assert [line for line in secret if line in shown] == []
    assert told(answers(document), shown) == []
    assert "### BEGIN" in instructor
    assert "### BEGIN" not in student
    assert not any(cell.get("outputs") for cell in cells_of(student))
    assert [cell.id for cell in cells_of(student)] == [cell.id for cell in cells_of(instructor)]


def test_pages_and_slides_tell_no_answer_and_load_nothing(lesson):
    document, instructor, _ = lesson
    made = {"page": render_lesson(instructor, document)}
    if (paths.root() / REVEAL).is_dir():
        made["slides"] = slides(instructor, document)
    for kind, html in made.items():
        soup = BeautifulSoup(html, "html.parser")
        for code in soup(["script", "style"]):
            code.decompose()
        text = soup.get_text()
        assert [line for line in secret_lines(instructor) if line in text] == [], kind
        assert told(answers(document), text) == [], kind
        loads = soup.select("[src], link[href], source[srcset]")
        addresses = [one.get("src") or one.get("srcset") or one.get("href") for one in loads]
        assert [one for one in addresses if not one.startswith("data:")] == []
        assert "url(http" not in html
        assert "@import" not in html
        assert all(one.get("alt") for one in soup("img"))


def test_a_leak_is_seen(toy):
    text = nbformat.writes(toy)
    assert secret_lines(text) >= {"Nobody knows, says the model answer.", "q2 = 4320 + 1.5"}
    assert told([4321.5], "some 4,321.5 of them") == [4321.5]
    assert told([4321.5], "4332 of 4,399.5, 1.2") == []


def test_copies_of_students_are_made_once_and_never_written_over(project):
    folder = project / "notebooks" / "mine"
    assert start(folder) == [folder / "01_toy.ipynb"]
    (folder / "01_toy.ipynb").write_text("my answers")
    assert start(folder) == []
    assert (folder / "01_toy.ipynb").read_text() == "my answers"


def test_git_and_tests_pass_over_the_copies_of_students():
    asked = ["git", "check-ignore", "-q", "notebooks/mine/01_event_studies.ipynb"]
    assert subprocess.run(asked, check=False, cwd=paths.root()).returncode == 0


def test_all_editions_are_written_or_none(project, monkeypatch):
    with pytest.raises(InputError, match="Run npm ci in tests/pages"):
        build(project / "out")
    assert not (project / "out").exists()
    reveal = project / REVEAL
    (reveal / "theme").mkdir(parents=True)
    for file in ("reveal.js", "reveal.css", "theme/white.css"):
        (reveal / file).write_text("@import url(fonts.css);")
    made = build(project / "out")
    assert {edition: [file.name for file in files] for edition, files in made.items()} == {
        "student": ["01_toy.ipynb"],
        "instructor": ["01_toy.ipynb"],
        "slides": ["01_toy.html"],
    }
    shown = (project / "out/slides/01_toy.html").read_text()
    assert "<math" in shown
    assert "<section" in shown
    assert "What is q1" not in shown


def test_a_lesson_that_no_page_can_show_is_named(project, toy):
    broken = nbformat.from_dict(toy.copy())
    broken.cells[0].source = "# A toy\n\n$\\foo$"
    with pytest.raises(Exception, match="01_toy"):
        render_lesson(nbformat.writes(broken), "notebooks/teaching/01_toy.ipynb")
