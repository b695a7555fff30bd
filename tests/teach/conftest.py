"""A lesson of two questions and an open one, in a project of its own."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CHECK = """from research.teach import Checker, Question

check = Checker({"q1": Question(lambda: 3.25), "q2": Question(lambda: 4320 + 1.5)})"""


def marked(cell, name, **told):
    usual = {"grade": False, "solution": False, "locked": True, "task": False}
    cell.id, cell.metadata["nbgrader"] = (
        name,
        {"schema_version": 3, "grade_id": name, **usual, **told},
    )
    return cell


def question(name, points, solution, hidden):
    answer = f"{name} = ...\n### BEGIN SOLUTION\n{name} = {solution}\n### END SOLUTION"
    hidden = f"assert check.passes('{name}', {name})\n{hidden}"
    hidden = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return [
        marked(new_markdown_cell(f"What is {name}?"), f"{name}-text"),
        marked(new_code_cell(answer), name, solution=True, locked=False),
        marked(
            new_code_cell(f'{CHECK}\n\ncheck("{name}", {name})\n{hidden}'),
            f"{name}-test",
            grade=True,
            points=points,
        ),
    ]


@pytest.fixture(scope="session")
def toy():
    """Give the notebook of the teacher."""
    text = "# A toy\n\nWhere $a < 3$, see [draws](../../docs/glossary.md#draw)."
    first = marked(new_markdown_cell(text), "first")
    first.metadata["slideshow"] = {"slide_type": "slide"}
    told = "### BEGIN SOLUTION\nNobody knows, says the model answer.\n### END SOLUTION"
    cells = [
        first,
        marked(new_code_cell("given = 1 + 1\ngiven"), "given"),
        *question("q1", 1, "3 + 0.25", "assert q1 + 1000 < 1003.5"),
        *question("q2", 2, "4320 + 1.5", "assert float(q2) * 2 == 8643"),
        marked(new_markdown_cell(told), "q3", solution=True, grade=True, locked=False, points=5),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "lesson": "01_toy"})


@pytest.fixture
def project(tmp_path, monkeypatch, toy):
    """Give a project whose one lesson is the toy."""
    (tmp_path / "notebooks" / "teaching").mkdir(parents=True)
    nbformat.write(toy, tmp_path / "notebooks" / "teaching" / "01_toy.ipynb")
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    return tmp_path
