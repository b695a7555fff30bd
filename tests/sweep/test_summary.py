"""The report of a sweep, on made-up sweeps whose answers are known."""

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from scipy.stats import qmc

from research.report.files import as_sorted_json, digest
from research.report.sweep.folder import opened
from research.report.sweep.grid import Plan
from research.report.sweep.runs import Result, Task
from research.report.sweep.shares import shares
from research.report.sweep.summary import write_summary

SCRIPT = "<script>alert(1)</script>"


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sample(parameters, n, method=qmc.Sobol):
    drawn = method(len(parameters), rng=np.random.default_rng(2)).random(n)
    return pd.DataFrame(drawn, columns=[*parameters])


def test_shares_of_a_sample_are_those_known_of_the_ishigami_function():
    x = sample("abc", 1024) * 2 * np.pi - np.pi
    found = shares(x, pd.Series(ishigami(x.to_numpy())), ["a", "b", "c"])
    # Saltelli and others, Global Sensitivity Analysis (2008), for 7 and 0.1.
    known = {"b": 0.442, "a": 0.314, "c": 0.0}
    assert list(found.share.index[:2]) == ["b", "a"]
    for name, share in known.items():
        assert np.nan_to_num(found.share[name]) == pytest.approx(share, abs=0.05)
    assert found.rest == pytest.approx(1 - 0.756, abs=0.06)


def test_what_chance_makes_of_a_small_sample_is_not_told():
    x, rng = sample("abc", 16, qmc.LatinHypercube), np.random.default_rng(0)
    found = [shares(x, pd.Series(rng.normal(size=16)), ["a", "b", "c"]) for _ in range(20)]
    assert sum(bool(one.leaders) for one in found) <= 5  # one in twenty, about
    assert shares(x[:8], pd.Series(x["a"][:8]), ["a", "b", "c"]).leaders == []
    few = pd.concat([x[:8].assign(kind=kind) for kind in (0, 1)], ignore_index=True)
    assert shares(few, 0.1 * few["kind"] + few["a"], ["a", "b", "c"]).leaders == []
    assert shares(few, 9.0 * few["kind"] + few["a"], ["a", "b", "c"]).leaders == ["kind"]


def test_shares_of_a_grid_are_the_variances_of_means():
    grid = pd.MultiIndex.from_product([(0, 1), (0, 1, 2), ("u", "v")], names=[*"abc"])
    x = grid.to_frame(index=False)
    y = 3.0 * x["a"] + x["b"] + 2.0 * x["a"] * x["b"]
    found = shares(x, y, [])
    by_hand = {name: y.groupby(x[name]).mean().var(ddof=0) / y.var(ddof=0) for name in x}
    assert found.share.to_dict() == pytest.approx(by_hand, abs=1e-12)
    assert found.rest == pytest.approx(1 - sum(by_hand.values()))
    assert found.rest > 0.03
    assert list(found.share.index) == ["a", "b", "c"]
    assert found.leaders == ["a"]
    together = (x["a"] - 0.5) * (x["b"] - 1.0)
    assert shares(x, together, []).leaders == []
    assert shares(x, together, []).rest == pytest.approx(1)


def test_a_list_crossed_with_a_sample_does_not_leak_into_it():
    x = pd.concat([sample("ab", 64).assign(kind=kind) for kind in (0, 1)], ignore_index=True)
    for order in (x.index, x.sort_values(["a", "b"]).index):
        shuffled = x.loc[order].reset_index(drop=True)
        found = shares(shuffled, 2.0 * shuffled["kind"] + shuffled["a"], ["a", "b"])
        # A step of 2 has variance 1, a uniform number 1/12.
        assert found.share["kind"] == pytest.approx(12 / 13, abs=0.01)
        assert found.share["a"] == pytest.approx(1 / 13, abs=0.01)
        assert np.isnan(found.share["b"])


def write_sweep(
    folder, sets, findings, grid, failed=(), unit="jobs", headline=True, ask="How many {}?"
):
    """Keep a sweep and its summary: ``findings`` maps id -> function of a set of parameters."""
    about = {"notebook": "02_jobs", "title": "Jobs", "question": "How many jobs?", "grid": grid}
    tasks = tuple(Task(f"{number:012x}", "02_jobs", one) for number, one in enumerate(sets))
    bad = {"name": "ValueError", "message": SCRIPT, "cell": 7, "heading": "Mix"}
    plan = Plan(tasks, about, inputs={"files": {}})
    made = digest(as_sorted_json(plan.inputs))
    rest = {"unit": unit, "headline": headline, "answer": ""}
    with opened(folder, plan) as kept:
        for number, task in enumerate(tasks):
            numbers = {name: of(**task.parameters) for name, of in findings.items()}
            found = [
                {"id": x, "question": ask.format(x, **task.parameters), **rest}
                | dict(zip(("value", "low", "high"), y, strict=True))
                for x, y in numbers.items()
            ]
            result = Result(task.id, "ok", found, 2.0, inputs=made)
            if number in failed:
                result = Result(task.id, "failed", [], 2.0, bad, made)
            kept.add(result)
        write_summary(kept)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two lists in full, one run failed: jobs follow the mix, staff both together."""
    place = tmp_path_factory.mktemp("project") / "reports/sweeps/toy"
    mixes, years = {"as drawn": 3000, f"a {SCRIPT}": 4000}, (2015, 2020, 2025)
    runs = [{"mix": mix, "year": year, "states": '["AL"]'} for mix in mixes for year in years]
    findings = {
        "jobs": lambda mix, year, states: (mixes[mix] + year - 2020, 1000, 9000),
        "staff": lambda mix, year, states: ((mixes[mix] - 3500) * (year - 2020), None, None),
        "places": lambda mix, year, states: (12, None, None),
    }
    grid = {"parameters": {"mix": [*mixes], "year": [*years]}}
    return write_sweep(place, runs, findings, grid, failed={4})


@pytest.fixture(scope="module")
def page(folder):
    return BeautifulSoup((folder / "summary.html").read_text("utf-8"), "html.parser")


def text_of(part):
    return " ".join(part.get_text(" ").split())


def test_the_answer_comes_first_in_few_words(page):
    answers = [text_of(one) for one in page.select(".findings .answer")]
    assert answers[0].startswith("3,000 to 4,000 jobs; mix moves it most, 100 % of its variance")
    assert answers[2] == "12 jobs in every run."
    for one in answers:
        assert len(one.split()) <= 25
        assert len(re.findall(r"\d[\d,.]*", one)) <= 3


def test_a_failed_run_is_listed_and_left_out(folder, page):
    (row,) = page.select("#failed ~ .table-box tbody tr")
    assert text_of(row) == f"000000000004 mix a {SCRIPT}, year 2020 7 Mix ValueError: {SCRIPT}"
    assert "5 runs done, 1 failed and left out" in text_of(page.select_one("header"))
    assert len(pd.read_csv(folder / "summary.csv")) == 5 * 3 + 1


def test_tables_have_the_ends_and_who_moves_what(page):
    rows = [text_of(row) for row in page.select("#ranges + .table-box tbody tr")]
    assert rows[1] == "How many staff? −2,500 jobs 0 jobs 2,500 jobs"
    rows = [text_of(row) for row in page.select("#shares + .table-box tbody tr")]
    assert rows[1] == "How many staff? 0 % 0 % 100 %"


def test_markup_in_a_text_stays_text(folder, page):
    assert "alert" not in "".join(one.get_text() for one in page.select("script, style"))
    assert SCRIPT not in (folder / "summary.html").read_text("utf-8")
    assert SCRIPT in page.get_text()


def test_the_page_needs_nothing_else_and_can_be_heard(page):
    addresses = [
        one.get(key, "") for one in page.select("[src], [href]") for key in ("src", "href")
    ]
    near = ("data:", "#", "summary.", "../../index.html")
    assert all(one.startswith(near) for one in addresses if one)
    assert all(len(one["alt"]) > 20 for one in page.select("img"))
    widths = [len(row.find_all(["td", "th"])) for row in page.select("tr")]
    assert max(widths) <= 7
    anchors = {one["href"] for one in page.select("nav a")}
    assert anchors == {f"#{one['id']}" for one in page.select(".text h2")}


def test_the_documented_query_and_the_file_hold_the_whole_dataset(folder, page, monkeypatch):
    monkeypatch.chdir(folder.parents[2])
    rows = duckdb.sql(page.select_one("#query").get_text()).fetchall()
    assert dict(rows) == {"as drawn": 3000.0, f"a {SCRIPT}": 4000.0}
    whole = pd.concat(map(pd.read_parquet, sorted(folder.glob("dataset/*.parquet"))))
    csv = pd.read_csv(folder / "summary.csv")
    assert list(csv) == list(whole)
    assert csv["value"].sum() == whole["value"].sum()


def test_without_a_question_of_all_runs_and_without_units_names_stand(tmp_path):
    runs = [{"rate": rate} for rate in np.linspace(0, 1, 30)]
    grid = {"parameters": {"rate": {"low": 0, "high": 1}}}
    grid["sample"] = {"method": "sobol", "n": 32, "seed": 1}
    findings = {f"number {i}": lambda rate, i=i: (rate * i + 0.5, None, None) for i in range(1, 9)}
    more = {"unit": None, "headline": None, "ask": "How much at {rate}?"}
    place = write_sweep(tmp_path / "own", runs, findings, grid, **more)
    page = BeautifulSoup((place / "summary.html").read_text("utf-8"), "html.parser")
    assert text_of(page.select_one(".lead")) == "number 1: 0.5 to 1.5 over the values of rate."
    assert len(page.select("#ranges + .table-box tbody tr")) == 8
    assert len(page.select("figure")) == 6
    assert "the first 6 of 8 findings" in page.get_text()


def test_a_sweep_of_failures_says_so(tmp_path):
    runs, grid = [{"mix": "a"}, {"mix": "b"}], {"parameters": {"mix": ["a", "b"]}}
    place = write_sweep(
        tmp_path / "bad", runs, {"jobs": lambda mix: (1, None, None)}, grid, failed={0, 1}
    )
    page = BeautifulSoup((place / "summary.html").read_text("utf-8"), "html.parser")
    assert "No run has a finding with a number." in page.get_text()
    assert len(page.select("#failed ~ .table-box tbody tr")) == 2
