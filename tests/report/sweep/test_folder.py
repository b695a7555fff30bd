"""What a folder of a sweep keeps, and what it refuses without losing anything."""

import errno
import os
from functools import partial

import duckdb
import pytest
from scripts.make_site import make_site

from research.errors import InputError, RunError
from research.report.pages.folder import write_folder
from research.report.status import status
from research.report.sweep import kept_as_they_end, sweep
from research.report.sweep.folder import opened
from research.report.sweep.grid import plan_sweep
from research.report.sweep.runs import Result, inputs_digest

GRID = {"parameters": {"pause": [0.0, 1.5], "text": ["a", "b"], "action": ["go on"]}}
FOUND = {"id": "toy.answer", "value": 2.0, "unit": "jobs", "headline": True, "answer": "Two."}
BROKEN = {"name": "ValueError", "message": "no", "cell": 3, "heading": "Act"}


@pytest.fixture
def folder(toy, tmp_path):
    return tmp_path / "sweep"


def planned(toy, grid=GRID):
    return plan_sweep(toy.SPECS[0], grid, toy.SPECS)


def runner(toy, stop_after=99, asked=None):
    """Give what stands for the runs: a failure where the text is b, an end after a few."""

    def run(tasks):
        for number, one in enumerate(tasks):
            if number == stop_after:
                raise KeyboardInterrupt
            if asked is not None:
                asked.append(one.id)
            inputs, bad = inputs_digest(one, toy.SPECS[0]), one.parameters["text"] == "b"
            found, error = ([], BROKEN) if bad else ([FOUND, {**FOUND, "id": "toy.more"}], None)
            yield Result(one.id, "failed" if bad else "ok", found, 1.0, error, inputs)

    return run


def go_on(toy, folder, run, *, grid=GRID, retry=False):
    with opened(folder, planned(toy, grid)) as kept:
        for _ in kept_as_they_end(kept, kept.todo(retry=retry), run):
            pass
        return kept


def test_the_dataset_has_a_row_for_each_finding_and_one_for_a_failed_run(toy, folder):
    frame = go_on(toy, folder, runner(toy)).frame()
    assert list(frame["p_text"]) == ["a", "a", "b"] * 2
    assert list(frame["p_pause"]) == [0.0] * 3 + [1.5] * 3
    failed = frame[frame["status"] == "failed"]
    assert set(failed["error"]) == {"ValueError: no"}
    assert set(failed["cell"]) == {"3 Act"}
    assert failed["finding"].isna().all()
    asked = f"FROM '{folder}/dataset/*.parquet' SELECT finding, p_pause, avg(value) GROUP BY ALL"
    assert ("toy.more", 1.5, 2.0) in duckdb.sql(asked).fetchall()


def test_a_stopped_sweep_goes_on_and_repeats_nothing_unless_a_failure_is_tried_again(toy, folder):
    with pytest.raises(KeyboardInterrupt):
        go_on(toy, folder, runner(toy, stop_after=3))
    (folder / "dataset/.x.parquet.1.part").write_text("left by a kill")
    first = {file.name: file.stat().st_mtime_ns for file in folder.glob("dataset/*.parquet")}
    assert len(first) == 3
    asked = []
    kept = go_on(toy, folder, runner(toy, asked=asked))
    assert len(asked) == 1
    assert len(kept.done) == 4
    assert len(kept.failed) == 2
    now = {file.name: file.stat().st_mtime_ns for file in folder.glob("dataset/*")}
    assert first.items() <= now.items()
    assert not [*folder.glob("*/.*.part")]
    assert kept.todo() == []
    again = []
    go_on(toy, folder, runner(toy, asked=again), retry=True)
    assert again == [*kept.failed]


def test_rows_without_a_result_are_of_no_finished_run(toy, folder):
    go_on(toy, folder, runner(toy))
    next(folder.glob("runs/*.json")).unlink()  # as a kill between the two leaves it
    asked = []
    go_on(toy, folder, runner(toy, asked=asked))
    assert len(asked) == 1


@pytest.mark.parametrize("what", ["dataset/*.parquet", "runs/*.json", "sweep.json"])
def test_an_edited_file_is_named(toy, folder, what):
    go_on(toy, folder, runner(toy))
    file = next(folder.glob(what))
    content = file.read_bytes()
    file.write_bytes(content.replace(b"e", b"f", 1))
    with pytest.raises(RunError, match=f"{file.name}: asked for the file that the sweep wrote"):
        go_on(toy, folder, runner(toy))
    file.write_bytes(content)
    assert len(go_on(toy, folder, runner(toy)).done) == 4


def change_table(root):
    (root / "data/deal/events.csv").write_text("event_id,day\ndeal,1\nletter,3\n")


def change_notebook(root):
    file = root / "notebooks/01_one.ipynb"
    file.write_text(file.read_text().replace("# no heading", "# still none"))


OTHER = {"parameters": {**GRID["parameters"], "text": ["a", "c"]}}


@pytest.mark.parametrize(
    ("change", "grid", "told"),
    [
        (change_table, GRID, "found inputs tables deal/events changed"),
        (change_notebook, GRID, "found inputs notebook changed"),
        (None, OTHER, "parameters text changed"),
    ],
)
def test_other_inputs_or_another_grid_are_refused_and_nothing_is_lost(
    toy, root, folder, change, grid, told
):
    with pytest.raises(KeyboardInterrupt):
        go_on(toy, folder, runner(toy, stop_after=2))
    before = {file: file.read_bytes() for file in folder.rglob("*.*")}
    if change:
        change(root)
    with pytest.raises(InputError, match=told):
        go_on(toy, folder, runner(toy), grid=grid)
    assert before == {file: file.read_bytes() for file in folder.rglob("*.*")}


def test_a_change_while_it_runs_stops_the_sweep(toy, root, folder):
    def run(tasks):
        for number, result in enumerate(runner(toy)(tasks)):
            if number == 1:
                change_table(root)
            yield result

    with pytest.raises(RunError, match="others: a file was changed"):
        go_on(toy, folder, run)
    assert len([*folder.glob("runs/*.json")]) == 2


def test_what_ends_before_its_first_run_did_leaves_no_folder(toy, folder):
    with pytest.raises(KeyboardInterrupt):
        go_on(toy, folder, runner(toy, stop_after=0))
    assert not folder.exists()


def test_a_sweep_is_no_report_of_the_folder_and_no_part_of_a_site(toy, root):
    go_on(toy, root / "reports/sweeps/01_one__x", runner(toy))
    (root / "reports/index.html").write_text("")
    write_folder(root / "reports")
    assert "sweeps" not in (root / "reports/MANIFEST.json").read_text()
    assert [one.run for one in status(toy.SPECS)] == ["01_one", "01_one__letter", "02_two"]
    assert make_site(root / "reports", root / "site") == []
    assert not (root / "site/sweeps").exists()


def test_two_sweeps_in_one_folder_are_refused(toy, folder):
    with opened(folder, planned(toy)), pytest.raises(RunError, match="a sweep at work in it"):
        go_on(toy, folder, runner(toy))


def test_a_full_disk_is_told_and_what_is_finished_stays(toy, folder, monkeypatch):
    run, written = os.fsync, []

    def full(handle):
        written.append(handle)
        if len(written) > 6:  # sweep.json, two runs of two files, and half of the third
            raise OSError(errno.ENOSPC, "No space left on device")
        run(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"No space left on device.*Free space"):
        go_on(toy, folder, runner(toy))
    monkeypatch.setattr(os, "fsync", run)
    asked = []
    assert len(go_on(toy, folder, runner(toy, asked=asked)).done) == 4
    assert len(asked) == 2


# A function, by the same door


def square(x: float, n: int = 1) -> float:
    return x * x * n


def test_a_call_that_raises_is_a_failed_run_and_one_that_ends_its_process_is_told(toy, root):
    frame = sweep(toy.halve, {"parameters": {"x": [1, 2]}}, jobs=1, name="halves")
    assert frame.loc[frame["finding"] == "half", "value"].tolist() == [0.5]
    assert frame["error"].tolist()[-1] == "ValueError: two is one too many"
    assert not [*(root / "reports/.work").glob("*")]
    assert len([*(root / "reports/sweeps/halve__halves/dataset").glob("*.parquet")]) == 2
    with pytest.raises(RunError, match="one that ended its process"):
        sweep(toy.halve, {"parameters": {"x": [1, 3]}}, jobs=2)


@pytest.mark.parametrize(
    ("function", "other"),
    [
        (partial(square, n=3), partial(square, n=4)),
        (lambda x: 3 * x,
         lambda x: 4 * x),
    ],
)  # fmt: skip
def test_a_lambda_and_a_partial_function_are_swept_and_kept(toy, root, function, other):
    found = [sweep(function, {"parameters": {"x": [1]}}, jobs=1, name="x") for _ in range(2)]
    assert [frame["value"].tolist() for frame in found] == [[3.0], [3.0]]
    (kept,) = (root / "reports/sweeps").iterdir()
    assert kept.name in {"lambda__x", "square__x"}
    with pytest.raises(InputError, match="found inputs notebook changed"):
        sweep(other, {"parameters": {"x": [1]}}, name="x")


@pytest.mark.parametrize(
    ("parameters", "parts"),
    [
        ({"y": [1]}, ["found 'y'. Known: x, n", "values of x"]),
        ({"x": []}, ["an empty list"]),
        ({"x": [(1, 2)], "n": [{1}]}, ["grid, x: asked for numbers, texts", "grid, n"]),
    ],
)
def test_arguments_are_checked_before_the_first_call(parameters, parts):
    with pytest.raises(InputError) as caught:
        sweep(square, {"parameters": parameters})
    assert all(part in str(caught.value) for part in parts)


def test_what_is_no_number_is_a_failed_run():
    (row,) = sweep(lambda x: "text", {"parameters": {"x": [1]}}).to_dict("records")
    assert "returns a number, a mapping of names to numbers, or findings" in row["error"]
