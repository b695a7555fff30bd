"""The page that leads to all reports."""

from __future__ import annotations

import json
import os

import pytest
from bs4 import BeautifulSoup

from research.data.catalog import file_digest
from research.findings import KeptFindings
from research.report.files import run_files, write_json
from research.report.manifest import sealed
from research.report.pages.index import write_index
from research.report.pages.validation import NOTE, PAGE

GOOD = {
    "run": "01_market_reactions",
    "notebook": "01_market_reactions",
    "title": "Market reactions",
    "question": "How did they react?",
    "scenario": None,
    "scenario_reason": None,
    "parameters": {"event_id": "consultation_2", "window": [0, 0]},
    "inputs": {
        "notebook": "n",
        "lock": "l",
        "tables": {},
        "sidecars": {},
        "files": {},
        "source": {},
    },
    "sources": {},
    "versions": {"python": "3.13.5"},
    "commit": None,
    "dirty": None,
    "started_utc": "2026-11-24T10:12:03+00:00",
    "seconds": 14.2,
    "state": "ok",
    "error": None,
    "files": {},
    "sha256": None,
}
ERROR = {"cell": 7, "heading": "The day", "name": "KeyError", "message": "'chip' <b>"}
LATER = "2026-11-24T11:00:00+00:00"


def put_good(folder, run="01_market_reactions", findings=("Cars rose.",), **changes):
    files = run_files(run, folder)
    told = [
        {
            "id": f"a.n{number}",
            "question": "How?",
            "answer": answer,
            "basis": "data",
            "headline": answer != "Not on top.",
        }
        for number, answer in enumerate(findings)
    ]
    kept = KeptFindings(run=run, notebook="n", parameters={}, findings=told)
    write_json(files.findings, kept.model_dump(mode="json"))
    files.report.write_text("page", encoding="utf-8")
    made = {one.name: file_digest(one) for one in (files.report, files.findings)}
    write_json(files.manifest, sealed(GOOD | {"run": run, "files": made} | changes))


def put_failed(folder, run="01_market_reactions", **changes):
    failed = GOOD | {"run": run, "state": "failed", "error": ERROR} | changes
    write_json(folder / "failed" / f"{run}.manifest.json", failed)


def index_of(folder) -> BeautifulSoup:
    write_index(folder)
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")


def words(element) -> str:
    return " ".join(element.get_text().split())


def test_without_reports_it_says_how_to_build_them(tmp_path):
    soup = index_of(tmp_path / "reports")
    assert "make reports" in words(soup.main)
    assert soup.select("main a") == []


def test_a_report_is_shown_with_question_findings_and_time(tmp_path):
    put_good(tmp_path, findings=["Cars rose <6 %>.", "Not on top.", "Energy fell."])
    soup = index_of(tmp_path)
    assert words(soup.h2) == "Market reactions"
    assert "How did they react?" in words(soup.section)
    assert [words(one) for one in soup.select(".runs ul li")] == [
        "Cars rose <6 %>.",
        "Energy fell.",
    ]
    assert words(soup.select_one(".built")) == "Built on 24 November 2026, 10:12 UTC, in 14 seconds"
    assert soup.select_one(".runs a")["href"] == "01_market_reactions.html"


def test_runs_of_a_notebook_stand_together_with_what_they_changed(tmp_path):
    put_good(tmp_path)
    put_good(
        tmp_path, "01_market_reactions__w", parameters=GOOD["parameters"] | {"window": [-1, 1]}
    )
    put_good(
        tmp_path,
        "01_market_reactions__calm",
        scenario="calm",
        scenario_reason="No news.",
        parameters={"event_id": "x"},
    )
    put_good(tmp_path, "02_jobs", notebook="02_jobs", title="Jobs")
    soup = index_of(tmp_path)
    assert [words(one) for one in soup.select("h2")] == ["Market reactions", "Jobs"]
    assert [words(one) for one in soup.select("h3")] == [
        "Report with default parameters",
        "Scenario calm",
        "Report with window = [-1, 1]",
        "Report with default parameters",
    ]
    assert "No news. Parameters: event_id = x" in words(soup)


def test_published_numbers_have_a_link_once_their_page_is_there(tmp_path):
    put_good(tmp_path)
    write_json(tmp_path / NOTE, {"made_from": "it", "sentence": "3 of 4 are met."})
    assert index_of(tmp_path).select("#validation") == []
    (tmp_path / PAGE).write_text("page")
    told = index_of(tmp_path).select_one("header #validation")  # it was the last thing on the page
    assert told.a["href"] == PAGE
    assert words(told).endswith("3 of 4 are met.")
    write_json(tmp_path / NOTE, {"made_from": "it", "sentence": "4 of 4 are met."})
    assert "4 of 4" in words(index_of(tmp_path))


def test_a_failed_run_is_shown_beside_the_last_good_report(tmp_path):
    put_good(tmp_path)
    put_failed(tmp_path, started_utc=LATER)
    soup = index_of(tmp_path)
    assert soup.select_one(".runs a")["href"] == "01_market_reactions.html"
    told = words(soup.select_one(".failed"))
    assert "the last good one" in told
    assert "Cell 7, under “The day”: KeyError: 'chip' <b>" in told
    put_good(tmp_path, started_utc="2026-11-24T12:00:00+00:00")
    assert index_of(tmp_path).select(".failed") == []  # The failure is history.


def test_a_run_that_never_worked_has_no_link(tmp_path):
    put_failed(tmp_path, error=ERROR | {"cell": None, "heading": None})
    soup = index_of(tmp_path)
    assert soup.select("main a") == []
    assert "there is no report. Outside of the cells: KeyError" in words(soup.select_one(".failed"))


@pytest.mark.parametrize("content", ["{broken", json.dumps(GOOD | {"seconds": "long"})])
def test_a_damaged_manifest_is_told_and_the_others_stay(tmp_path, content):
    put_good(tmp_path)
    (tmp_path / "02_jobs.manifest.json").write_text(content, encoding="utf-8")
    soup = index_of(tmp_path)
    assert len(soup.select(".runs a")) == 1
    assert "02_jobs.manifest.json cannot be read" in words(soup.select_one(".failed"))


def test_a_report_that_is_gone_is_told(tmp_path):
    put_good(tmp_path)
    (tmp_path / "01_market_reactions.html").unlink()
    assert "01_market_reactions.html is gone" in words(index_of(tmp_path).select_one(".failed"))


def test_untrusted_text_is_escaped(tmp_path):
    bomb = "<img src=x onerror=alert(1)>"
    put_good(tmp_path, title=bomb, question=bomb)
    put_good(tmp_path, "01_market_reactions__x", parameters={bomb: bomb}, scenario=bomb)
    put_failed(tmp_path, started_utc=LATER, error=ERROR | {"message": bomb})
    soup = index_of(tmp_path)
    assert soup.find_all("img") == []
    assert words(soup).count(bomb) >= 5


def test_edited_findings_are_not_shown_and_the_report_to_build_again_is_named(tmp_path):
    put_good(tmp_path)
    files = run_files("01_market_reactions", tmp_path)
    good = files.findings.read_text()
    for bad in (good.replace("Cars", "Cats"), good.replace('_version": 2', '_version": 3'), "{"):
        files.findings.write_text(bad)
        soup = index_of(tmp_path)
        assert soup.select(".runs ul li") == []
        told = words(soup.select_one(".failed"))
        assert f"{files.findings.name} is not the one its manifest describes. Build" in told
    files.findings.write_text(good)
    write_json(files.manifest, GOOD | {"seconds": 15.0})
    assert index_of(tmp_path).select(".runs ul li") == []


@pytest.mark.parametrize("change", ["nothing", "edit", "lose", "note", "failed", "findings"])
def test_the_index_is_written_again_when_something_changed(tmp_path, change):
    put_good(tmp_path)
    write_index(tmp_path)
    index, note = tmp_path / "index.html", tmp_path / ".work/index.digests"
    os.utime(index, (0, 0))
    match change:
        case "edit":
            index.write_text("The deal was a triumph.", encoding="utf-8")
        case "lose":
            index.unlink()
        case "note":
            note.write_text("[]")
        case "failed":
            put_failed(tmp_path, started_utc=LATER)
        case "findings":
            run_files("01_market_reactions", tmp_path).findings.unlink()
    write_index(tmp_path)
    assert (index.stat().st_mtime == 0) is (change == "nothing")
    assert "Market reactions" in index.read_text(encoding="utf-8")
