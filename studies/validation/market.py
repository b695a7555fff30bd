"""Moves of indices: the bundled returns beside what the press printed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from research.data import load_table
from studies.validation.published import targets_of


def press_moves(_: Path | None) -> dict[str, float]:
    """Look up the return of each quantity, named ``series_year_month_day``, in per cent."""
    returns = 100 * load_table("market/daily_returns_bp")
    returns.columns = returns.columns.str.lower()
    named = {name: name.split("_", 1) for name in targets_of("press_moves").index}
    return {
        name: float(returns.at[pd.Timestamp(day.replace("_", "-")), series])
        for name, (series, day) in named.items()
    }
