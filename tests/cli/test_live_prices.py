"""``research data fetch`` and ``compare``: what they print and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from research.cli import live_prices
from research.data.prices.fetch import fetch_prices
from research.data.prices.tickers import listings

from ..data.prices.chart_service import NOW, ChartService

DATA = Path(__file__).resolve().parents[2] / "data"

# Nothing listens on port 1 of this machine: every question ends at once, unanswered.
NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:1")


@pytest.fixture
def project(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("market", "checksums.sha256"):
        (tmp_path / "data" / name).symlink_to(DATA / name)
    return tmp_path


def research(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    lowered = {name.lower(): value for name, value in NO_NETWORK.items()}
    return subprocess.run(
        [sys.executable, "-c", "from research.cli import main; main()", "data", *words],
        cwd=project,
        env={**os.environ, **NO_NETWORK, **lowered, "RESEARCH_ROOT": str(project)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def stored_returns(project: Path, by_bp: float = 0.0) -> None:
    returns = pd.read_csv(DATA / "market" / "daily_returns_bp.csv", index_col="date")
    returns.loc["2025-12-24", "N225"] += by_bp
    returns.to_csv(project / "mine.csv")
    (project / "mine.yaml").write_text("figures: returns\nunit: bp\n", encoding="utf-8")


def test_compare_prints_each_difference_and_ends_well(project):
    stored_returns(project, by_bp=25)
    done = research(project, "compare", "mine.csv")
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "2025-12-24" in line)
    # The bundled return of the day is -13.6 bp.
    assert line.split() == ["N225", "2025-12-24", "-13.6", "11.4", "25.0"]
    assert "1, of 1 series, differ" in done.stdout
    assert done.stderr == ""


def test_compare_keeps_to_the_series_and_the_tolerance_asked_for(project):
    stored_returns(project, by_bp=25)
    other = research(project, "compare", "mine.csv", "--series", "NVDA")
    assert "0, of 0 series, differ" in other.stdout
    wide = research(project, "compare", "mine.csv", "--tolerance-bp", "30")
    assert "0, of 0 series, differ by more than 30 bp" in wide.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["compare"], 3, "research data fetch"),
        (["compare", "none.csv"], 2, "no such file"),
        (["compare", "--tolerance-bp", "-1", "bundled"], 2, "tolerance"),
        (["compare", "bundled", "--series", "NVDX"], 2, "Did you mean NVDA?"),
        (["fetch", "--series", "NVDX"], 2, "Did you mean NVDA?"),
        (["fetch", "--start", "soon"], 2, "a date such as"),
        (["fetch", "--attempts", "1"], 4, "no answer"),
    ],
)
def test_failures_have_their_exit_code_and_no_traceback(project, words, code, said):
    done = research(project, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines()[0]
    assert not (project / "data" / "cache" / "prices.yaml").exists()


def test_fetch_tells_what_it_stored_and_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    series = pd.DataFrame({"calendar": ["XTKS", "XNYS"]}, index=["TOPIX", "NVDA"])
    with ChartService() as service:
        service.play("NVDA", "unknown")
        fetched = fetch_prices(
            listings(series),
            auto_adjust=True,
            first="2025-11-04",
            allow_partial=True,
            session=service.session(),
            now=NOW,
        )
    live_prices._print_fetched(fetched)
    said = capsys.readouterr()
    assert "3 series, 2025-11-03 to 2026-01-06" in said.out
    assert "note: TOPIX: Yahoo has no TOPIX" in said.out
    assert "missing: NVDA" in said.err
