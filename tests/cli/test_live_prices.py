"""``research data fetch`` and ``compare``: what they print and how they end."""

import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from research.cli import main
from research.data.prices import fetch

from ..data.prices.chart_service import NOW, ChartService

DATA = Path(__file__).resolve().parents[2] / "data"

# Nothing listens on port 1 of this machine: every question ends at once, unanswered.
NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:1")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("market", "checksums.sha256"):
        (tmp_path / "data" / name).symlink_to(DATA / name)
    return tmp_path


@pytest.fixture
def research(project, monkeypatch, capfd):
    """Call the command in this process; give its exit code, output and messages."""
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    monkeypatch.setenv("RESEARCH_ROOT", str(project))
    monkeypatch.chdir(project)

    def research(*words):
        monkeypatch.setattr(sys, "argv", ["research", "data", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capfd.readouterr()

    return research


def stored_returns(project, by_bp=0.0):
    returns = pd.read_csv(DATA / "market" / "daily_returns_bp.csv", index_col="date")
    returns.loc["2025-12-24", "N225"] += by_bp
    returns[["N225", "NVDA"]].to_csv(project / "mine.csv")
    (project / "mine.yaml").write_text("figures: returns\nunit: bp\n", encoding="utf-8")


def test_compare_prints_each_difference_and_ends_well(project, research):
    stored_returns(project, by_bp=25)
    code, out, told = research("compare", "mine.csv")
    assert (code, told) == (0, "")
    line = next(line for line in out.splitlines() if "2025-12-24" in line)
    # The bundled return of the day is -13.6 bp.
    assert line.split() == ["N225", "2025-12-24", "-13.6", "11.4", "25.0"]
    assert "1, of 1 series, differ" in out


def test_compare_keeps_to_the_tolerance_asked_for(project, research):
    stored_returns(project, by_bp=25)
    wide = research("compare", "mine.csv", "--tolerance-bp", "30")
    assert "0, of 0 series, differ by more than 30 bp" in wide[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["compare"], 3, "research data fetch"),
        (["compare", "none.csv"], 2, "no such file"),
        (["compare", "--tolerance-bp", "-1", "bundled"], 2, "tolerance"),
        (["fetch", "--series", "NVDX"], 2, "Did you mean NVDA?"),
        (["fetch", "--start", "soon"], 2, "does not match"),
        (["fetch"], 4, "no answer"),
    ],
)
def test_failures_have_their_exit_code_and_no_traceback(
    project, research, monkeypatch, words, code, said
):
    monkeypatch.setattr(fetch, "ATTEMPTS", 1)
    ended, out, told = research(*words)
    assert (ended, out) == (code, ""), told
    assert said in told
    assert "Traceback" not in told
    assert told.splitlines()[0]
    assert not (project / "data" / "cache" / "prices.parquet").exists()


def test_fetch_tells_what_it_stored_and_what_is_missing(research, monkeypatch):
    with ChartService() as service:
        service.play("NVDA", "unknown")
        of_the_service = {"session": service.session(), "now": NOW}
        asked = partial(fetch.fetch_prices, **of_the_service)
        monkeypatch.setattr(fetch, "fetch_prices", asked)
        ids = [word for name in ("TOPIX", "NVDA", "USDJPY") for word in ("--series", name)]
        code, out, told = research("fetch", *ids, "--start", "2025-11-04", "--allow-partial")
    assert code == 0
    assert "2 series, 2025-11-03 to 2026-01-06" in out
    assert "note: TOPIX is the fund 1306.T" in out
    assert "missing: NVDA" in told
