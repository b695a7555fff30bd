"""What docs/live_data.md says a file of one's own needs is what the notebook needs."""

from __future__ import annotations

import re
from pathlib import Path

from research.events.news import NEEDED

PAGE = Path(__file__).parents[1] / "docs" / "live_data.md"


def test_the_series_that_notebook_01_needs_are_listed() -> None:
    (sentence,) = re.findall(r"Notebook 01 needs the series (.*?) beside", PAGE.read_text())
    assert re.findall(r"`(\w+)`", sentence) == list(NEEDED)
