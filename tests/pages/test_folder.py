"""What a folder of reports leaves as data."""

import csv
import json
import subprocess
import sys

import pytest
from scripts.make_site import crate_of

from research.cli.run import WRITE_PAGES
from research.data.catalog import file_digest
from research.report.build import _publish
from research.report.files import run_files
from research.report.pages.folder import FIELDS, write_folder
from research.report.pages.index import write_index
from research.report.pages.workbook import outputs

RUNS = ("01_market_reactions", "01_market_reactions__letter_25")


@pytest.fixture
def folder(sample, tmp_path):
    for run in RUNS:
        manifest = sample.manifest() | {"run": run}
        made = {".html": "a page", **outputs(sample.notebook(), manifest)}
        _publish(run_files(run, tmp_path), made, manifest)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/jobs.html").write_text("a document")
    for hidden in (".work/x.json", "failed/x.log"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_text("not content")
    assert write_folder(tmp_path) == ""
    return tmp_path


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def rows(folder):
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_listed_with_its_digest_size_and_run(folder):
    told = read(folder, "MANIFEST.json")
    content = [one for one in folder.rglob("*") if one.is_file() and one.name != "MANIFEST.json"]
    content = [one for one in content if not {".work", "failed"} & {*one.parts}]
    assert {*told["files"]} == {one.relative_to(folder).as_posix() for one in content}
    for name, about in told["files"].items():
        file = folder / name
        assert (about["sha256"], about["bytes"]) == (file_digest(file), file.stat().st_size)
        assert about["run"] == next((run for run in RUNS if name.startswith(f"{run}.")), None)
    assert told["files"]["results.csv"]["rows"] == len(rows(folder))
    assert (told["commit"], told["left_out"]) == (["25a7794"], {})


def test_the_crate_of_a_site_describes_the_same_files_and_runs(folder):
    files, graph = read(folder, "MANIFEST.json")["files"], crate_of(folder)["@graph"]
    parts = {one["@id"]: one["sha256"] for one in graph if one["@type"] == "File"}
    assert parts == {name: one["sha256"] for name, one in files.items()}
    told = {one.get("name"): one.get("description", "") for one in graph}
    assert told["CC-BY-4.0"].endswith("of the data")
    assert "of the code" in told["MIT"]
    made = {one["@id"]: one["result"] for one in graph if "result" in one}
    assert {"@id": f"{RUNS[1]}.xlsx"} in made[f"#run-{RUNS[1]}"]


def test_results_hold_the_findings_of_all_runs_and_their_fields_are_described(folder):
    found = rows(folder)
    (resource,) = read(folder, "datapackage.json")["resources"]
    fields = [one["name"] for one in resource["schema"]["fields"]]
    assert fields == [*found[0]] == [*FIELDS]
    keys = [tuple(one[key] for key in resource["schema"]["primaryKey"]) for one in found]
    assert len({*keys}) == len(keys)
    for run in RUNS:
        kept = {one["id"]: one for one in read(folder, f"{run}.findings.json")["findings"]}
        told = [one for one in found if (one["run"], one["kind"]) == (run, "finding")]
        assert {one["item"] for one in told} == {*kept}
        assert all(float(one["value"]) == kept[one["item"]][one["column"]] for one in told)


def test_they_are_written_again_only_when_something_changed(folder):
    before = {one: one.stat().st_mtime_ns for one in folder.iterdir()}
    assert write_folder(folder) == ""
    assert {one: one.stat().st_mtime_ns for one in folder.iterdir()} == before
    good = (folder / "results.csv").read_bytes()
    (folder / "results.csv").write_bytes(good.replace(b"-0.136", b"+9.136"))
    assert write_folder(folder) == ""
    assert (folder / "results.csv").read_bytes() == good
    for file in folder.glob(f"{RUNS[1]}.*"):
        file.unlink()
    write_folder(folder)
    assert {one["run"] for one in rows(folder)} == {RUNS[0]}
    assert [*read(folder, "MANIFEST.json")["runs"]] == [RUNS[0]]


@pytest.mark.parametrize("end", [".findings.json", ".xlsx", ".results.csv", ".manifest.json"])
def test_an_edited_file_is_not_taken_and_the_report_to_build_again_is_named(folder, end):
    write_index(folder)
    file = folder / f"{RUNS[0]}{end}"
    edited = file.read_bytes().replace(b"market", b"Market")
    file.write_bytes(edited + b" " * (end == ".xlsx"))
    told = write_folder(folder)
    assert f"leaves out {RUNS[0]}: {file.name} is not" in told
    assert told.endswith(f"research run {RUNS[0]}")
    assert {one["run"] for one in rows(folder)} == {RUNS[1]}
    assert [*read(folder, "MANIFEST.json")["left_out"]] == [RUNS[0]]
    write_index(folder)
    assert "Build the report again." in (folder / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_is_current_needs_no_library_of_notebooks_or_tables():
    makers = "; ".join(f"import {maker.partition(':')[0]}" for maker in WRITE_PAGES)
    code = f"{makers}; import sys; print({{'nbformat', 'pandas', 'matplotlib'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
