"""The worked examples of docs/how_time_works.md are recomputed, cell by cell."""

from pathlib import Path

import pandas as pd
import pytest

from research.data import load_market, load_table
from research.events import previous_sessions
from research.sessions import first_session

PAGE = Path(__file__).parents[1] / "docs" / "how_time_works.md"
CITIES = {"America/New_York": "New York", "Asia/Tokyo": "Tokyo"}


@pytest.fixture(scope="module")
def text():
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def rows_of(heading):
    """Give the cells of the table under a heading."""
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_events_is_recomputed():
    events, rows = load_table("deal/events"), rows_of("Worked examples")
    assert len(rows) >= 8
    for name, moment, *cells in rows:
        row = events.loc[name.strip("`")]
        city = CITIES[row["timezone"]]
        assert moment == f"{row['date_local']:%Y-%m-%d} {row['time_used']} {city}"
        found = [first_session(row["moment_utc"], code) for code in ("XTKS", "XNYS")]
        assert cells == [text for f in found for text in (f"{f.used:%Y-%m-%d}", f.phase)]


def test_the_correlations_are_recomputed(text):
    returns = load_market().returns
    before = previous_sessions(returns["SP500"], "XNYS", "XTKS")["return"]
    known = pd.DataFrame({"n": returns["N225"], "before": before, "same": returns["SP500"]})
    found = known.corr()["n"]
    assert f"correlation of {found['before']:.2f} with New York's sessions before it" in text
    assert f"of {found['same']:.2f} with New York's session of the same date" in text
