"""Real kernels, started as a user's run would start them."""

import json
import sys
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from research.errors import RunError
from research.reports.checking import defaults
from research.reports.execute import NotebookError, Step, execute, step_of

HOSTILE = [
    "'; import os; os._exit(3) #",
    '"""\nraise SystemExit\n"""',
    "back\\slash \\n",
    "</script><img src=x onerror=alert(1)>",
    "{braces} %s $HOME `id`",
    "línea\nnueva\tñ 日本",
]


@pytest.fixture
def run(toy, root):
    (root / "work").mkdir()

    def start(tell=lambda step: None, spec=toy.SPECS[0], **changed):
        return execute(spec, {**defaults(spec), **changed}, folder=root / "work", tell=tell)

    return start


def printed(notebook, cell):
    return "".join(out.get("text", "") for out in notebook.cells[cell].outputs)


def test_a_notebook_runs_under_this_interpreter_in_the_project_folder(run, root):
    steps = []
    notebook = run(tell=steps.append)
    executable, folder = printed(notebook, -1).split()[:2]
    assert (executable, folder) == (sys.executable, str(root))
    assert steps[0] == Step(1, 4, "A toy")
    assert steps[-2:] == [Step(3, 4, "Act on [red]it[/red]"), Step(4, 4, "Act on [red]it[/red]")]


def test_the_executed_notebook_carries_no_time_and_no_path_of_papermill(run, root):
    notebook = run()
    nbformat.validate(notebook)
    assert "papermill" not in json.dumps(notebook)
    assert str(root) not in json.dumps([cell.metadata for cell in notebook.cells])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_parameter_arrives_as_it_is_and_is_never_code(run, text):
    assert printed(run(text=text), 4) == repr(text)


def test_braces_in_the_folder_names_do_no_harm(toy, root, monkeypatch):
    odd = root / "{run} {0}"
    odd.mkdir()
    spec = toy.SPECS[0]
    assert execute(spec, defaults(spec), folder=odd)


def test_an_error_names_cell_heading_type_and_message(run):
    with pytest.raises(NotebookError) as caught:
        run(action="raise")
    error = caught.value
    assert error.step == Step(3, 4, "Act on [red]it[/red]")
    assert (error.name, error.message) == ("ValueError", "the toy is broken")
    assert error.notebook.cells[6].outputs[0].ename == "ValueError"
    assert "papermill" not in json.dumps(error.notebook)


def test_an_error_message_carries_no_terminal_codes():
    error = NotebookError(
        "E", "\x1b[31mred\x1b[0m \x1b]0;title\x07 two\nlines" + "x" * 9000, None, None
    )
    assert error.message.startswith("red ]0;title two\nlines")
    assert len(error.message) < 5000


def test_a_kernel_that_is_killed_is_named(run):
    with pytest.raises(NotebookError) as caught:
        run(action="die")
    assert (caught.value.name, caught.value.step.cell) == ("KernelDied", 3)


def test_a_cell_that_runs_too_long_is_stopped(run, toy):
    spec = replace(toy.SPECS[0], cell_timeout_seconds=1)
    with pytest.raises(NotebookError) as caught:
        run(spec=spec, pause=30.0)
    assert (caught.value.name, caught.value.step.cell) == ("CellTimeout", 2)
    assert "longer than 1 seconds" in caught.value.message


def test_a_parameters_cell_that_lacks_a_parameter_stops_the_run(run, toy):
    # papermill alone would set a new variable that nothing reads, and run with the default.
    file = toy.SPECS[0].path
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace("pause", "sleep")
    nbformat.write(notebook, file)
    with pytest.raises(RunError, match="parameter pause") as caught:
        run()
    assert len(caught.value.faults) == 2


def test_cells_are_counted_without_the_injected_one():
    cells = [
        new_code_cell("a = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
        new_markdown_cell("# One\ntext\n## Two ##"),
        new_code_cell("b"),
        new_markdown_cell("no heading\n#hash"),
        new_code_cell("c"),
    ]
    found = [step_of(cells, index) for index in (0, 1, 3, 5)]
    assert found == [Step(1, 3, None), Step(0, 3, None), Step(2, 3, "Two"), Step(3, 3, "Two")]
