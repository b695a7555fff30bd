"""What is refused before a kernel starts."""

import os
import shutil

import pandas as pd
import pytest

from research import paths
from research.errors import DataError, InputError, RunError
from research.reports.catalog import NOTEBOOKS
from research.reports.plan import plan
from research.reports.ready import check_ready

#: Shares and indices that are enough for one group in New York.
ENOUGH = ["N225", "TOPIX", "SP500", "SMH", "XLE", "NVDA", "AMD"]


def refused(error, specs, **asked):
    with pytest.raises(error) as caught:
        check_ready(plan(specs, **asked))
    assert caught.value.exit_code == {InputError: 2, DataError: 3}[error]
    return "\n".join(str(fault) for fault in caught.value.faults)


def test_a_whole_project_is_ready_and_nothing_is_left_behind(toy, root):
    check_ready(plan(toy.SPECS))
    assert os.listdir(root / "reports") == [".work"]


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("events.csv", b"deal,1", b"deal,7", "events.csv, line 2"),
        ("events.csv", b"letter,2\n", b"", "SHA-256"),
        ("events.csv", b"\n", b"\r\n", "SHA-256"),
        ("events.yaml", None, b"", "events.yaml: asked for named fields"),
        ("events.yaml", None, b"{", "events.yaml: asked for a YAML file"),
    ],
)
def test_a_damaged_table_is_refused_once(toy, root, file, old, new, part):
    path = root / "data/deal" / file
    content = path.read_bytes()
    path.write_bytes(new if old is None else content.replace(old, new))
    assert path.read_bytes() != content
    told = refused(DataError, toy.SPECS)
    assert part in told
    assert len(told.splitlines()) == len(set(told.splitlines()))


def test_what_the_figures_do_not_allow_names_each_run(toy):
    asked = {"names": ["01_one", "02_two"], "values": [("text", "after the end")]}
    told = refused(InputError, toy.SPECS, label="x", **asked)
    assert told.splitlines() == [
        "01_one__x: toy: asked for figures; found none.",
        "02_two__x: toy: asked for figures; found none.",
    ]


def test_prices_that_cannot_be_used_are_told_once(toy):
    told = refused(DataError, toy.SPECS, values=[("text", "no prices")])
    assert told == "toy: asked for figures; found none."


def test_a_reports_folder_that_is_a_file_is_refused(toy, root):
    (root / "reports").rmdir()
    (root / "reports").write_text("mine")
    with pytest.raises(RunError, match="reports: asked for a file that can be written"):
        check_ready(plan(toy.SPECS))


@pytest.fixture
def market(tmp_path, monkeypatch):
    """Give what is refused of the market notebook, on a copy of the project."""
    for name in ("data", "notebooks"):
        ignore = shutil.ignore_patterns("cache")
        shutil.copytree(paths.root() / name, tmp_path / name, ignore=ignore)
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    returns = pd.read_csv(tmp_path / "data/market/daily_returns_bp.csv", index_col="date")

    def own(columns, said="figures: returns\nunit: bp\n"):
        returns[columns].to_csv(tmp_path / "mine.csv")
        (tmp_path / "mine.yaml").write_text(said)
        return {"names": ["01_market_reactions"], "values": [("source", "mine.csv")]}

    return own


def test_the_kept_scenarios_and_the_defaults_can_be_studied(market):
    check_ready(plan(NOTEBOOKS))


def test_an_event_after_the_last_return_is_refused_with_the_reason(market):
    values = [("event_id", "s122_expiry_scheduled")]
    told = refused(InputError, NOTEBOOKS, names=["01_market_reactions"], values=values)
    assert "s122_expiry_scheduled: asked for day 0 inside the figures, which go from" in told
    assert "2026-07-07; found 2026-07-24" in told


def test_an_own_file_is_refused_when_it_is_not_what_it_says(market):
    told = refused(DataError, NOTEBOOKS, **market(ENOUGH, "figures: prices\n"))
    assert "mine.csv, N225: asked for prices" in told


def test_an_own_file_that_lacks_an_index_says_which(market):
    asked = market(["NVDA", "AMD", "SP500"])
    asked["values"] += [("groups", "[chip]")]
    told = refused(InputError, NOTEBOOKS, **asked)
    assert "returns: asked for N225, TOPIX, SP500, SMH, XLE; found no N225" in told
    short = market(["NVDA", "AMD"])
    told = refused(InputError, NOTEBOOKS, **short)
    assert "found no N225, TOPIX, SP500, SMH, XLE" in told


def test_an_own_file_without_the_yen_is_ready(market):
    asked = market(ENOUGH)
    asked["values"] += [("groups", "[chip]")]
    check_ready(plan(NOTEBOOKS, **asked))
