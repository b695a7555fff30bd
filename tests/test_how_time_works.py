"""The worked examples of docs/how_time_works.md are recomputed, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from research.data import load_market, load_table
from research.events import previous_sessions
from research.sessions import first_session, sessions

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


def test_the_counts_of_events_are_recomputed(text):
    events = load_table("deal/events")
    tokyo, new_york = events["first_tokyo_session"], events["first_ny_session"]
    for count, words in (
        ((tokyo == new_york).sum(), "have the same date on both exchanges"),
        ((tokyo > new_york).sum(), "come a day or more later in Tokyo"),
        ((tokyo < new_york).sum(), "later in New York"),
    ):
        assert f"{count} {words}" in text
    assert f"differs from Tokyo's day 0 for {(events['date_local'] != tokyo).sum()}." in text
    assumed = (events["time_status"] == "assumed").sum()
    assert f"For the other {assumed} the table" in text
    assert f"clock time of {len(events) - assumed} events" in text


def test_the_counts_of_sessions_are_recomputed(text):
    days = [sessions(code, "2024-06-04", "2026-07-07") for code in ("XTKS", "XNYS")]
    both = len(days[0].intersection(days[1]))
    said = re.findall(r"Tokyo had (\d+) .*?, New York (\d+), and (\d+)", text)
    assert said == [(str(len(days[0])), str(len(days[1])), str(both))]


def test_the_correlations_are_recomputed(text):
    returns = load_market().returns
    before = previous_sessions(returns["SP500"], "XNYS", "XTKS")["return"]
    known = pd.DataFrame({"n": returns["N225"], "before": before, "same": returns["SP500"]})
    found = known.corr()["n"]
    assert f"correlation of {found['before']:.2f} with New York's sessions before it" in text
    assert f"of {found['same']:.2f} with New York's session of the same date" in text
