"""Tables for people."""

from __future__ import annotations

import pandas as pd
import pytest

from research.errors import InputError
from research.tables import present


def test_columns_are_chosen_named_and_rounded() -> None:
    frame = pd.DataFrame({"a": [1.234, None]}, index=pd.Index(["x", "y"], name="key"))
    shown = present(frame, {"key": ("row", "{}"), "a": ("value, %", "{:+.1f}")})
    assert shown.to_dict("list") == {"row": ["x", "y"], "value, %": ["+1.2", "n/a"]}


def test_unknown_columns_are_named() -> None:
    with pytest.raises(InputError, match=r"'b'.*\n.*'c'"):
        present(pd.DataFrame({"a": [1]}), {"b": ("b", "{}"), "c": ("c", "{}")})
