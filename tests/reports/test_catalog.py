import ast
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from research import paths
from research.errors import InputError
from research.reports.catalog import NOTEBOOKS, nearest, select
from research.reports.checking import defaults
from research.reports.execute import execute

PROJECT = Path(__file__).parents[2]


def parameters_cell_faults(spec):
    """Compare a notebook's parameters cell with its model: names, defaults, types, comments."""
    notebook = nbformat.read(spec.path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if "parameters" not in code[0].metadata.get("tags", []):
        return ["the first code cell is not tagged parameters"]
    statements = ast.parse(code[0].source).body
    bare = [ast.unparse(one) for one in statements if not isinstance(one, ast.AnnAssign)]
    written = {
        one.target.id: one for one in statements if isinstance(one, ast.AnnAssign) and one.value
    }
    defaults = {name: ast.literal_eval(one.value) for name, one in written.items()}
    lines = code[0].source.splitlines()
    faults = [f"no type: {text}" for text in bare]
    faults += [
        f"no comment: {name}"
        for name, one in written.items()
        if "#" not in "".join(lines[one.lineno - 1 : one.end_lineno])
    ]
    if defaults != spec.model()().model_dump(mode="json"):
        faults.append(f"other defaults than the model: {defaults}")
    return faults


@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_the_parameters_cell_and_the_model_agree(spec):
    assert parameters_cell_faults(spec) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"deal"', '"letter"', "other defaults"),
        ("pause: float = 0.0", "pause: float = 1.0", "other defaults"),
        ("event_id", "evnt_id", "other defaults"),
        ("pause: float =", "pause =", "no type"),
        ("  # seconds", "", "no comment"),
    ],
)
def test_a_parameters_cell_that_strays_is_found(toy, old, new, fault):
    spec = toy.SPECS[0]
    assert parameters_cell_faults(spec) == []
    notebook = nbformat.read(spec.path, as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace(old, new)
    nbformat.write(notebook, spec.path)
    assert any(found.startswith(fault) for found in parameters_cell_faults(spec))


def test_a_notebook_whose_first_code_cell_is_another_is_found(toy):
    spec = toy.SPECS[0]
    notebook = nbformat.read(spec.path, as_version=4)
    notebook.cells.insert(0, new_code_cell("1 + 1"))
    nbformat.write(notebook, spec.path)
    assert parameters_cell_faults(spec) == ["the first code cell is not tagged parameters"]


@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_the_tables_are_there_with_their_sidecars(spec):
    for table in spec.tables:
        assert list(paths.data().glob(f"{table}.[cj]s*")), table
        assert (paths.data() / f"{table}.yaml").is_file(), table


def test_names_are_told_apart():
    assert len({spec.name for spec in NOTEBOOKS}) == len(NOTEBOOKS)


def test_no_name_means_all_and_each_comes_once(toy):
    assert select([], toy.SPECS) == list(toy.SPECS)
    assert select(["02_two", "02_two.ipynb"], toy.SPECS) == [toy.SPECS[1]]


def test_every_unknown_notebook_is_named_with_the_nearest(toy):
    with pytest.raises(InputError) as caught:
        select(["01_on", "../01_one", "02_two"], toy.SPECS)
    assert [fault.found for fault in caught.value.faults] == ["'01_on'", "'../01_one'"]
    assert "Did you mean 01_one?" in str(caught.value)


def test_nearest_lists_what_there_is_when_nothing_is_close():
    assert nearest("zzz", ["alpha", "beta"]) == "Known: alpha, beta."


# Fewer draws read the same tables.
QUICK = {"02_jobs": {"draws": 500}, "03_tariffs": {"draws": 50, "elasticity_set": "ilms"}}


@pytest.mark.slow
@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_a_notebook_declares_the_tables_it_reads(spec, tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    (tmp_path / "data").symlink_to(PROJECT / "data")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(PROJECT / f"notebooks/{spec.name}.ipynb", as_version=4)
    ask = "from research.data.catalog import tables_read\nprint(*tables_read())"
    notebook.cells.append(new_code_cell(ask))
    nbformat.write(notebook, spec.path)
    done = execute(spec, defaults(spec) | QUICK.get(spec.name, {}), folder=tmp_path)
    read = set(done.cells[-1].outputs[0].text.split())
    assert read
    # A table that is only compared with on load, as printed levels are, is declared but not read.
    assert read <= set(spec.tables)
