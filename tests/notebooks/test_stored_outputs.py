"""The stored notebooks are executed, clean and guarded: a changed output is caught."""

from __future__ import annotations

import ast
import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from research.data import load_table
from research.findings import bundle_of, escaped
from research.report.pages.prose import Labels, to_html
from research.words import day_words

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = sorted((ROOT / "notebooks" / "teaching").glob("*.ipynb"))
SANITIZE = ROOT / "tests" / "notebooks" / "sanitize.cfg"

#: House style, lines of a cell and signs of a line: what is longer belongs in the package.
LONGEST_CELL, LONGEST_LINE = 15, 100


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def never_executed(notebook: nbformat.NotebookNode) -> list[str]:
    """Ids of code cells that nbval would pass over because they hold no count."""
    return [cell.id for cell in code_cells(notebook) if cell.execution_count is None]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return read(request.param)


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return read(request.param)


def test_lessons_are_executed_clean_and_of_short_cells(lesson: nbformat.NotebookNode) -> None:
    assert not never_executed(lesson)
    for cell in code_cells(lesson):
        outputs = cell.outputs
        assert not [out for out in outputs if "error" in (out.output_type, out.get("name"))]
        assert "stderr" not in [out.get("name") for out in outputs]
        assert str(ROOT) not in json.dumps(outputs)
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len([line for line in lines if not line.startswith("###")]) <= LONGEST_CELL + 2
        assert max(map(len, lines)) <= LONGEST_LINE


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_every_code_cell_was_executed_in_order(notebook: nbformat.NotebookNode) -> None:
    assert not never_executed(notebook)
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_a_cell_without_a_count_is_seen(notebook: nbformat.NotebookNode) -> None:
    broken = copy.deepcopy(notebook)
    code_cells(broken)[2].execution_count = None
    assert never_executed(broken) == [code_cells(broken)[2].id]


def test_outputs_hold_no_warning_no_error_and_no_path(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert not [out for out in cell.outputs if out.output_type in ("stream", "error")]
        assert str(ROOT) not in json.dumps(cell.outputs)
        assert set(cell.metadata) <= {"tags"}


def test_cells_are_short_and_define_nothing(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        # Findings are data, one after the other, not steps.
        assert len(lines) <= LONGEST_CELL or "findings" in cell.metadata.get("tags", [])
        assert max(map(len, lines)) <= LONGEST_LINE
        tree = ast.parse(cell.source)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]


#: Figures that name a thing or say how sure one is; all others in a sentence are computed.
NAMES = re.compile(
    r"S&P 500|Section \d+|\$550bn|day 0|(?:19|20)\d\d|\b(?:90|95|5 to 95) %|5 in 100|(?:80|95) of 100"
    r"|100,000|under 1|by 1 %|1 % or more|1 is as announced|[<>] 0\.\d+"
)


def typed_figures(source: str) -> list[str]:
    """Find figures written into the words of answers, titles and descriptions of a cell."""

    def words(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not isinstance(node, ast.FormattedValue):
            for child in ast.iter_child_nodes(node):
                yield from words(child)

    told = [
        node.value
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.keyword) and node.arg in {"answer", "claimed", "title", "alt"})
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "title")
    ]
    texts = [text for node in told for text in words(node) if re.search(r"\d", NAMES.sub("", text))]
    return [text for text in texts if not text.isidentifier()]


def test_no_figure_of_a_sentence_is_typed(notebook: nbformat.NotebookNode) -> None:
    assert [text for cell in code_cells(notebook) for text in typed_figures(cell.source)] == []
    assert typed_figures("title = f'Japan loses {cents:.0f} of 100 cents'") == [" of 100 cents"]
    assert typed_figures("Finding(answer=f'It fell 0.14 % on {day}')") == ["It fell 0.14 % on "]


def test_first_code_cell_holds_typed_and_explained_parameters(
    notebook: nbformat.NotebookNode,
) -> None:
    first, last = code_cells(notebook)[0], code_cells(notebook)[-1]
    assert first.metadata.tags == ["parameters"]
    assert last.metadata.tags == ["assertions"]
    for statement in ast.parse(first.source).body:
        assert isinstance(statement, ast.AnnAssign), f"no type: {ast.unparse(statement)}"
        last_line = first.source.splitlines()[statement.end_lineno - 1]
        assert "#" in last_line, f"no comment: {last_line}"


def unescaped(source: str) -> list[str]:
    """Values that a cell puts into Markdown as they are; formatted numbers may stand so."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [(getattr(node.func, "id", ""), node) for node in nodes if isinstance(node, ast.Call)]
    safe = {part for name, call in calls if name == "escaped" for part in ast.walk(call)}
    put = [part for name, call in calls if name == "Markdown" for part in ast.walk(call.args[0])]
    texts = [
        one.value for one in put if isinstance(one, ast.FormattedValue) and not one.format_spec
    ]
    texts += [one for one in put if isinstance(one, ast.Attribute) and one.attr == "answer"]
    return [ast.unparse(one) for one in texts if one not in safe]


def test_texts_of_tables_and_parameters_are_escaped(notebook: nbformat.NotebookNode) -> None:
    assert [found for cell in code_cells(notebook) for found in unescaped(cell.source)] == []
    assert unescaped('Markdown(f"{row.title} {share:.0f} {escaped(a)}" + b.answer)') == [
        "row.title",
        "b.answer",
    ]


def test_the_texts_of_an_event_are_no_markup() -> None:
    hostile, event = "*[x](y)* <b> $a$ `c` _d_ ~~e~~ |", load_table("deal/events").iloc[0].copy()
    event[event.map(lambda cell: isinstance(cell, str) or pd.isna(cell))] = hostile
    event["expected_sign_japan"], shown = "?", []
    space = {"event": event, "escaped": escaped, "day_words": day_words, "Markdown": shown.append}
    space |= {"links": {"x": ""}, "event_id": "x", "claimed": pd.DataFrame()}
    for cell in code_cells(read(NOTEBOOKS[0])):
        if "Markdown(" in cell.source and cell.metadata.get("tags") != ["assertions"]:
            exec(cell.source, space)
    html = "".join(to_html(text, Labels(), "cell") for text in shown)
    page = BeautifulSoup(html, "html.parser")
    assert page.find_all(["a", "b", "em", "code", "s", "math"]) == []
    assert page.get_text().count(hostile) == 12


def test_the_first_screen_tells_the_day_of_the_deal_and_why_two_tests_part() -> None:
    """Kolari and Pynnonen's p alone hid it, and New York had one of its two days."""
    found = {one.id: one for one in bundle_of(read(NOTEBOOKS[0]).cells)}
    cars, kp = found["market.deal_day_cars"], found["market.deal_day_kolari_pynnonen"]
    assert cars.headline
    assert kp.headline
    assert all(words in cars.answer for words in ("7.1 %", "+6.2", "none of 250 quiet dates"))
    assert "(p = 0.20, 0.27 over two sessions)" in kp.answer
    assert found["market.stated_hypotheses"].headline
    assert "dates moved on together give 50 to 85" in found["market.all_steps"].answer


@pytest.fixture
def short_notebook() -> nbformat.NotebookNode:
    """The first notebook up to its first figure: enough to prove the guard, quick to run."""
    notebook = read(NOTEBOOKS[0])
    for position, cell in enumerate(notebook.cells):
        outputs = cell.get("outputs", [])
        if any("image/png" in out.get("data", {}) for out in outputs):
            notebook.cells = notebook.cells[: position + 1]
            return notebook
    raise AssertionError("no figure in the first notebook")


def test_nbval_catches_one_changed_digit_in_the_data_of_a_figure(
    short_notebook: nbformat.NotebookNode, tmp_path: Path
) -> None:
    """That it passes what is stored, the notebooks themselves show in every run of the tests."""
    data = short_notebook.cells[-1].outputs[0].data["application/vnd.research.figure+json"]
    assert "-0.1360" in data["csv"]
    data["csv"] = data["csv"].replace("-0.1360", "-0.1361")
    path = tmp_path / "changed.ipynb"
    nbformat.write(short_notebook, path)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"),
        *("-p", "research.report", "--rootdir", str(tmp_path), "--nbval", "--nbval-current-env"),
        *("--nbval-sanitize-with", str(SANITIZE), str(path)),
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert f"1 failed, {len(code_cells(short_notebook)) - 1} passed" in result.stdout
    assert "application/vnd.research.figure+json" in result.stdout
