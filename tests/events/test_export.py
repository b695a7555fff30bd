"""Tables as files: read back, escaped, and readable by a screen reader."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import export

AWKWARD = pd.DataFrame(
    {
        "group": ["a & b_1", "50 % <b>", "C:\\x {#1} ~^$"],
        "t": [-1.23456, np.nan, np.inf],
        "n": [3, 4, 5],
        "note": ["x < y & z", "", "<i>"],
        "day": pd.to_datetime(["2025-07-23", None, "2025-07-24"]),
    }
)


class Cells(HTMLParser):
    """Collects the cells of a table as text, with the attributes of its headers."""

    def __init__(self):
        super().__init__()
        self.rows, self.scopes, self.tags, self.caption, self.open = [], [], [], "", ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        self.open = ""

    def handle_data(self, data):
        if self.open in ("th", "td"):
            self.rows[-1][-1] += data
        elif self.open == "caption":
            self.caption += data


def parsed(path):
    cells = Cells()
    cells.feed(path.read_text(encoding="utf-8"))
    return cells


def test_csv_gives_every_digit_back(tmp_path, panel):
    tests = panel().study().tests()
    path = export(tests, tmp_path / "tests.csv")
    found = pd.read_csv(path, keep_default_na=False, na_values=[""])
    assert found["statistic"].tolist() == tests["statistic"].tolist()
    assert list(found.columns) == list(tests.columns)


def test_levels_of_the_index_are_columns(tmp_path, panel):
    summary = panel().study().summary()
    path = export(summary, tmp_path / "summary.csv")
    assert list(pd.read_csv(path).columns[:3]) == ["event_id", "group", "n"]


def test_html_shows_what_the_frame_holds(tmp_path):
    cells = parsed(export(AWKWARD, tmp_path / "t.html", caption="What <it> shows", digits=2))
    assert cells.caption == "What <it> shows"
    assert cells.rows == [
        ["group", "t", "n", "note", "day"],
        ["a & b_1", "\N{MINUS SIGN}1.23", "3", "x < y & z", "2025-07-23"],
        ["50 % <b>", "\N{EN DASH}", "4", "", "\N{EN DASH}"],
        ["C:\\x {#1} ~^$", "\N{INFINITY}", "5", "<i>", "2025-07-24"],
    ]
    assert cells.scopes == ["col"] * 5 + ["row"] * 3
    assert not {"b", "i", "it"} & set(cells.tags)


def test_latex_is_escaped(tmp_path):
    text = export(AWKWARD, tmp_path / "t.tex", caption="50 % & more", digits=2).read_text("utf-8")
    assert r"\caption{50 \% \& more}" in text
    assert r"a \& b\_1 & $-$1.23 & 3 & x < y \& z & 2025-07-23 \\" in text
    assert r"50 \% <b> & -- & 4 &  & -- \\" in text
    assert r"C:\textbackslash{}x \{\#1\} \textasciitilde{}\textasciicircum{}\$ & $\infty$" in text
    assert r"\begin{tabular}{lrrll}" in text
    for rule in ("toprule", "midrule", "bottomrule"):
        assert text.count(f"\\{rule}") == 1
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert [row.replace(r"\&", "").count("&") for row in rows] == [4] * 4


def test_the_frame_is_left_alone(tmp_path):
    before = AWKWARD.copy()
    for ending in ("csv", "tex", "html"):
        export(AWKWARD, tmp_path / f"t.{ending}", caption="a table")
    pd.testing.assert_frame_equal(AWKWARD, before)


def test_every_fault_is_named_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        export(AWKWARD.iloc[:0], tmp_path / "t.xlsx")
    assert [fault.where for fault in caught.value.faults] == ["path", "caption", "frame"]
    assert not list(tmp_path.iterdir())
