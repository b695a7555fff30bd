"""Tables for people."""

from __future__ import annotations

import pandas as pd
import pytest

from research.errors import InputError
from research.tables import present


def test_columns_are_chosen_named_and_rounded() -> None:
    frame = pd.DataFrame({"a": [1.234, None]}, index=pd.Index(["x", "y"], name="key"))
    shown = present(frame, {"key": ("row", "{}"), "a": ("value, %", "{:+.1f}")})
    assert shown.columns.name == "row"
    assert shown["value, %"].to_dict() == {"x": "+1.2", "y": "n/a"}


def test_numbers_have_a_real_minus_and_no_negative_zero_and_dates_stay() -> None:
    day = pd.Timestamp("2025-12-24")
    frame = pd.DataFrame({"a": ["s", "t", "u"], "b": [-1.26, -0.04, 0.0], "c": [day, day, day]})
    shown = present(frame, {"a": ("key", "{}"), "b": ("b", "{:+.1f}"), "c": ("day", "{:%Y-%m-%d}")})
    assert list(shown["b"]) == ["\u22121.3", "0.0", "0.0"]
    assert list(shown["day"]) == ["2025-12-24"] * 3


def test_unknown_columns_are_named() -> None:
    with pytest.raises(InputError, match=r"'b'.*\n.*'c'"):
        present(pd.DataFrame({"a": [1]}), {"b": ("b", "{}"), "c": ("c", "{}")})
