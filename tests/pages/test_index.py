"""The front page: answers, scenarios, and what went wrong said plainly."""

import base64
import os
import re

import pytest
from bs4 import BeautifulSoup

from research.data.catalog import file_digest
from research.findings import KeptFindings
from research.report.files import run_files, write_json
from research.report.manifest import KEYS, sealed
from research.report.pages.index import write_index

GOOD = dict.fromkeys(KEYS) | {
    "run": "01_market_reactions",
    "title": "Market reactions",
    "question": "How did they react?",
    "parameters": {"event_id": "consultation_2", "window": [0, 0]},
    "started_utc": "2026-11-24T10:12:03+00:00",
    "seconds": 14.2,
    "state": "ok",
    "files": {},
}
ERROR = {"cell": 7, "heading": "The day", "name": "KeyError", "message": "'chip' <b>"}
LATER = "2026-11-24T11:00:00+00:00"


def put_good(folder, run="01_market_reactions", findings=("Cars rose.",), picture=b"", **changes):
    files = run_files(run, folder)
    told = [
        {
            "id": f"a.n{number}",
            "question": "How?",
            "answer": answer,
            "basis": "model",
            "headline": answer != "Not on top.",
            "claimed": "up 4 %",
            **{"value": 7.1, "low": 3.0, "high": 9.0, "unit": "pct", "interval": "95 %"},
        }
        for number, answer in enumerate(findings)
    ]
    more = {"data_to": "prices to 7 July", "figure_alt": "Three lines.", "figure_title": "Lines"}
    kept = KeptFindings(run=run, notebook="n", parameters={}, findings=told, **more)
    write_json(files.findings, kept.model_dump(mode="json"))
    files.report.write_text("page", encoding="utf-8")
    made = [files.report, files.findings]
    if picture:
        made.append(folder / f"{run}.narrow.png")
        made[-1].write_bytes(picture)
    digests = {one.name: file_digest(one) for one in made}
    write_json(files.manifest, sealed(GOOD | {"run": run, "files": digests} | changes))


def put_failed(folder, run="01_market_reactions", **changes):
    failed = GOOD | {"run": run, "state": "failed", "error": ERROR} | changes
    write_json(folder / "failed" / f"{run}.manifest.json", failed)


def index_of(folder):
    write_index(folder)
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_without_reports_it_says_how_to_build_them(tmp_path):
    soup = index_of(tmp_path / "reports")
    assert "make reports" in words(soup.main)
    assert soup.select("main a") == []


def test_a_topic_has_one_answer_with_claim_interval_basis_and_date(tmp_path):
    put_good(tmp_path, findings=["Not on top.", "Cars rose <7.1 %>.", "Energy fell."], picture=b"x")
    soup = index_of(tmp_path)
    (topic,) = soup.select(".answers section")
    assert topic.h2.a["href"] == "01_market_reactions.html"
    assert words(topic) == (
        "Market reactions How did they react? Cars rose <7.1 %>. Claimed: up 4 %. "
        "Interval: 3 to 9 % (95 %). Rests on a model. Prices to 7 July."
    )
    (picture,) = soup.select(".pictures img")
    assert picture["alt"] == "Three lines."
    assert base64.b64decode(picture["src"].partition(",")[2]) == b"x"
    assert "Energy fell" not in words(soup)


def test_the_scorecard_stands_before_the_answers_with_its_other_headlines(tmp_path):
    put_good(tmp_path)
    put_good(
        tmp_path, "05_claims", ["3 of 5 <stand>.", "No: 9 jobs.", "Not on top."], title="Claims"
    )
    soup = index_of(tmp_path)
    first, answers = soup.select_one(".scorecard"), soup.select_one(".answers")
    assert answers in first.find_next_siblings()
    assert first.select_one(".answer").get_text() == "3 of 5 <stand>."
    (card,) = first.select(".cards li")
    assert words(card) == "How? 7.1 % Claimed: up 4 %. Interval: 3 to 9 % (95 %). Rests on a model."
    assert [words(one) for one in answers.select("h2")] == ["Market reactions"]
    (tmp_path / "05_claims.html").unlink()  # its answer cannot be trusted any more
    assert "05_claims.html is gone" in words(index_of(tmp_path).select_one(".scorecard"))


def test_scenarios_stand_in_one_table_with_the_finding_that_is_their_own(tmp_path):
    put_good(tmp_path)
    calm = {"scenario": "calm", "scenario_title": "A calm day", "scenario_reason": "No news."}
    changed = GOOD["parameters"] | {"window": [-1, 1]}
    told = ["Cars rose.", "Not on top."]
    put_good(tmp_path, "01_market_reactions__calm", told, scenario_finding="a.n1", **calm)
    put_good(tmp_path, "01_market_reactions__w", parameters=changed)
    put_good(tmp_path, "02_jobs", notebook="02_jobs", title="Jobs")
    soup = index_of(tmp_path)
    assert [words(one) for one in soup.select(".answers h2")] == ["Market reactions", "Jobs"]
    rows = [[words(cell) for cell in row.select("td")] for row in soup.select("tbody tr")]
    interval = "Interval: 3 to 9 % (95 %)."
    assert rows == [
        ["A calm day Market reactions", f"Not on top. {interval}", "No news."],
        ["window = [-1, 1] Market reactions", f"Cars rose. {interval}", "window = [-1, 1]"],
    ]
    links = [link["href"] for link in soup.select("tbody a")]
    assert links == ["01_market_reactions__calm.html", "01_market_reactions__w.html"]


def test_a_scenario_without_its_finding_says_so(tmp_path):
    put_good(tmp_path, "01_market_reactions__x", scenario="x", scenario_finding="a.gone")
    assert "no finding a.gone" in words(index_of(tmp_path).select_one("td .failed"))


def test_only_what_is_there_is_linked(tmp_path):
    put_good(tmp_path)
    always = [link["href"] for link in index_of(tmp_path).select(".rooms a")]
    assert always == ["results.csv", "datapackage.json", "MANIFEST.json"]  # written after it
    pages = [f"docs/{name}.html" for name in ("glossary", "validation")]
    pages += ["01_market_reactions.xlsx"]
    for page in pages:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).write_text("x")
    soup = index_of(tmp_path)
    assert sorted(link["href"] for link in soup.select(".rooms a")) == sorted(always + pages)
    assert re.search(r"\d+ of \d+ results .* are met", words(soup))


def test_a_failed_run_is_shown_beside_the_last_good_report(tmp_path):
    put_good(tmp_path)
    put_failed(tmp_path, started_utc=LATER)
    soup = index_of(tmp_path)
    assert soup.select_one(".answers a")["href"] == "01_market_reactions.html"
    told = words(soup.select_one(".failed"))
    assert "the last good one" in told
    assert "cell 7 (under 'The day'): KeyError: 'chip' <b>" in told
    put_good(tmp_path, started_utc="2026-11-24T12:00:00+00:00")
    assert index_of(tmp_path).select(".failed") == []  # The failure is history.


@pytest.mark.parametrize("run", ["01_market_reactions", "01_market_reactions__x"])
def test_a_run_that_never_worked_has_no_link(tmp_path, run):
    put_failed(tmp_path, run, error=ERROR | {"cell": None, "heading": None})
    soup = index_of(tmp_path)
    assert soup.select("main a") == []
    assert "there is no report. KeyError" in words(soup.select_one(".failed"))


@pytest.mark.parametrize("content", ["{broken", "{}"])
def test_a_damaged_manifest_is_told_and_the_others_stay(tmp_path, content):
    put_good(tmp_path)
    (tmp_path / "02_jobs.manifest.json").write_text(content, encoding="utf-8")
    soup = index_of(tmp_path)
    assert len(soup.select(".answers a")) == 1
    assert "02_jobs.manifest.json is no manifest" in words(soup.select_one(".failed"))


def test_what_is_gone_or_edited_is_told_and_not_shown(tmp_path):
    put_good(tmp_path)
    files = run_files("01_market_reactions", tmp_path)
    good = files.findings.read_text()
    for bad in (good.replace("Cars", "Cats"), good.replace('_version": 2', '_version": 3'), "{"):
        files.findings.write_text(bad)
        soup = index_of(tmp_path)
        assert "rose" not in words(soup.main)
        told = words(soup.select_one(".failed"))
        assert told.startswith("Not as it was built.")
        assert f"{files.findings.name} is not the one its manifest describes. Build" in told
    files.findings.write_text(good)
    assert index_of(tmp_path).select(".failed") == []
    put_good(tmp_path, picture=b"x")
    assert len(index_of(tmp_path).select("img")) == 1
    (tmp_path / "01_market_reactions.narrow.png").write_bytes(b"another")
    assert index_of(tmp_path).select("img") == []
    files.manifest.write_text(files.manifest.read_text().replace("14.2", "15.2"))
    assert "is not as the run wrote it" in words(index_of(tmp_path).select_one(".failed"))
    put_good(tmp_path)
    files.report.unlink()
    assert "01_market_reactions.html is gone" in words(index_of(tmp_path).select_one(".failed"))


def test_untrusted_text_is_escaped(tmp_path):
    bomb = "<img src=x onerror=alert(1)>"
    put_good(tmp_path, title=bomb, question=bomb, findings=[bomb])
    told = {"scenario": bomb, "scenario_title": bomb, "scenario_reason": bomb}
    put_good(tmp_path, "01_market_reactions__x", parameters={bomb: bomb}, **told)
    put_failed(tmp_path, started_utc=LATER, error=ERROR | {"message": bomb})
    soup = index_of(tmp_path)
    assert soup.find_all("img") == []
    assert words(soup).count(bomb) >= 5


@pytest.mark.parametrize("change", ["nothing", "edit", "failed"])
def test_the_index_is_written_again_when_something_changed(tmp_path, change):
    put_good(tmp_path)
    write_index(tmp_path)
    index = tmp_path / "index.html"
    if change == "edit":
        index.write_text("The deal was a triumph.", encoding="utf-8")
    if change == "failed":
        put_failed(tmp_path, started_utc=LATER)
    os.utime(index, (0, 0))
    write_index(tmp_path)
    assert (index.stat().st_mtime == 0) is (change == "nothing")
    assert "Market reactions" in index.read_text(encoding="utf-8")
