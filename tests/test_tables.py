"""Tables for people."""

import pandas as pd
import pytest

from research.errors import InputError
from research.tables import MIME, MOST_ROWS, present


def test_columns_are_chosen_named_and_rounded():
    frame = pd.DataFrame({"a": [1.234, None]}, index=pd.Index(["x", "y"], name="key"))
    shown = present(frame, {"key": ("row", "{}"), "a": ("value, %", "{:+.1f}")}).shown
    assert shown.columns.name == "row"
    assert shown["value, %"].to_dict() == {"x": "+1.2", "y": "n/a"}


def test_numbers_have_a_real_minus_and_no_negative_zero_and_dates_stay():
    day = pd.Timestamp("2025-12-24")
    frame = pd.DataFrame({"a": ["s", "t", "u"], "b": [-1.26, -0.04, 0.0], "c": [day, day, day]})
    shown = present(
        frame, {"a": ("key", "{}"), "b": ("b", "{:+.1f}"), "c": ("day", "{:%Y-%m-%d}")}
    ).shown
    assert list(shown["b"]) == ["\u22121.3", "0.0", "0.0"]
    assert list(shown["day"]) == ["2025-12-24"] * 3


def test_unknown_columns_are_named():
    with pytest.raises(InputError, match=r"'b'.*\n.*'c'"):
        present(pd.DataFrame({"a": [1]}), {"b": ("b", "{}"), "c": ("c", "{}")})


def whole(frame, **columns):
    shown = present(frame, {name: (heading, "{}") for name, heading in columns.items()})
    bundle = shown._repr_mimebundle_()
    assert bundle["text/html"].count("<tr") == len(frame) + 1  # pandas cuts after 60
    return bundle[MIME]["rows"], bundle[MIME]["csv"].splitlines()


def test_the_whole_table_travels_unrounded_with_units_and_with_columns_that_are_not_shown():
    day, third = pd.Timestamp("2025-12-24"), 1 / 3
    frame = pd.DataFrame(
        {"car_pct": [third, None, 1e-17], "day": day, "sold_bn_usd": [1, 2, 3], "ok": [True] * 3},
        index=pd.Index(["=x", "y", "z"], name="key"),
    )
    assert whole(frame, key="firm", car_pct="return, %") == (
        3,
        [
            'firm,"return, %",day,"sold, USD bn",ok',
            "=x,0.3333333333,2025-12-24,1,True",
            "y,,2025-12-24,2,True",
            "z,0,2025-12-24,3,True",
        ],
    )


def test_headings_come_once_and_of_a_very_long_table_the_first_rows_travel():
    frame = pd.DataFrame({"a": range(MOST_ROWS + 1), "note": "x", "b": "y"})
    count, lines = whole(frame, a="number", b="note ")
    assert (count, len(lines)) == (MOST_ROWS + 1, MOST_ROWS + 1)
    assert lines[0] == "number,note,note (2)"


def test_where_findings_alone_are_wanted_no_table_is_written_out(monkeypatch):
    shown = present(pd.DataFrame({"a": [1.0, 2.0]}), {"a": ("a", "{}")})
    monkeypatch.setenv("RESEARCH_OUTPUTS", "findings")
    assert shown._repr_mimebundle_() == {"text/plain": "2 rows"}


def test_a_cell_leads_where_its_row_says_and_the_whole_table_keeps_the_words():
    frame = pd.DataFrame({"claim": ["It rose", "It fell"], "card": ["#claim-a", None]})
    made = present(frame, {"claim": ("claim", "{}")}, links={"claim": "card"})
    assert list(made.shown.index) == ["[It rose](#claim-a)", "It fell"]
    assert list(made.whole["claim"]) == ["It rose", "It fell"]
    with pytest.raises(InputError, match="'gone'"):
        present(frame, {"claim": ("claim", "{}")}, links={"claim": "gone"})
