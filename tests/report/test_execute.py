"""Real kernels, started as a user's run would start them."""

import json
import os
import sys
import tempfile
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from research.report.execute import NotebookError, Step, execute, steps_of

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
    def start(tell=lambda step: None, spec=toy.SPECS[0], folder="work", **changed):
        (root / folder).mkdir(parents=True)
        return execute(spec, spec.defaults() | changed, folder=root / folder, tell=tell)

    return start


def printed(notebook, cell):
    return "".join(out.get("text", "") for out in notebook.cells[cell].outputs)


def test_a_notebook_runs_under_this_interpreter_and_says_what_it_used(run, root, monkeypatch):
    steps = []
    with tempfile.TemporaryDirectory(prefix="t") as own:  # others use the usual place as well
        monkeypatch.setattr(tempfile, "tempdir", own)
        done = run(tell=steps.append)
        assert os.listdir(own) == []
    executable, folder = printed(done.notebook, -1).split()[:2]
    assert (executable, folder) == (sys.executable, str(root))
    assert steps[0] == Step(1, 4, "A toy")
    assert steps[-2:] == [Step(3, 4, "Act on [red]it[/red]"), Step(4, 4, "Act on [red]it[/red]")]
    assert done.tables == ["deal/events"]
    assert {"research", "research.data.catalog"} <= set(done.modules)
    nbformat.validate(done.notebook)
    assert "papermill" not in json.dumps(done.notebook)
    assert len(done.notebook.cells) == 8  # the seven of the toy, and that with the values


def test_text_parameters_arrive_as_they_are_and_are_never_code(run, toy):
    file = toy.SPECS[0].path
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[3].source = "import json, os, sys; print(text, end='')"
    nbformat.write(notebook, file)
    assert json.loads(printed(run(text=json.dumps(HOSTILE)).notebook, 4)) == HOSTILE
    assert printed(run(folder="more", text=HOSTILE[1]).notebook, 4) == HOSTILE[1]


def test_a_folder_too_long_for_a_socket_does_no_harm(run):
    assert run(folder="long" * 20 + "/" + "long" * 20).tables


@pytest.mark.parametrize(
    ("change", "name", "cell", "message"),
    [
        ({"action": "raise"}, "ValueError", 3, "the toy is broken"),
        ({"action": "die"}, "KernelDied", 3, "The kernel ended"),
        ({"pause": 30.0}, "CellTimeout", 2, "longer than 4 seconds"),
    ],
)
def test_what_stops_a_notebook_is_named_with_its_cell(run, toy, change, name, cell, message):
    with pytest.raises(NotebookError) as caught:
        run(spec=replace(toy.SPECS[0], cell_timeout_seconds=4), **change)
    error = caught.value
    assert (error.name, error.step.cell) == (name, cell)
    assert message in error.message
    assert len(error.notebook.cells) == 8
    assert "papermill" not in json.dumps(error.notebook)


def test_an_error_message_carries_no_terminal_codes():
    error = NotebookError(
        "E", "\x1b[31mred\x1b[0m \x1b]0;title\x07 two\nlines" + "x" * 9000, None, None
    )
    assert error.message.startswith("red ]0;title two\nlines")
    assert len(error.message) < 5000


def test_cells_are_counted_without_those_that_are_not_the_notebooks_own():
    cells = [
        new_code_cell("a = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
        new_markdown_cell("# One\ntext\n## Two ##"),
        new_code_cell("b"),
        new_markdown_cell("no heading\n#hash"),
        new_code_cell("c"),
        new_code_cell("d", metadata={"tags": ["record-of-the-run"]}),
    ]
    found = [steps_of(cells)[index] for index in (0, 1, 3, 5)]
    assert found == [Step(1, 3, None), Step(0, 3, None), Step(2, 3, "Two"), Step(3, 3, "Two")]
