"""Old names of `research.tariffs.rates` that the notebook still calls, with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs import rates
from research.tariffs.rates import DIFFERENCES, MOST_GOODS, PART_NAMES, PARTS, longest_high
from research.tariffs.who_pays import LINES, car_prices, rates_by_month
from research.words import day_words, signed

__all__ = ["LINES", "MOST_GOODS", "car_prices", "longest_high", "side_by_side"]

side_by_side = rates_by_month

#: Parts of a difference below this, in points, are not told.
LEAST_PART_POINTS = 0.1

DEAL_DAY = pd.Timestamp("2025-07-22")

#: Claims that the section on rates tests.
NY_FED_CLAIM, CAR_PRICE_CLAIM = "tar_01", "auto_01"

#: Why ours is not the published rate, by the day from which the reason holds.
_REASONS = {
    "2025-01-01": "MFN rate held at its first value; cars at 2.5 %, all other goods at one mean",
    "2025-08-18": "one MFN rate for all but cars; shares of content that do not move",
    "2026-04-06": "metals annexes by three groups of goods, not by tariff line",
    "2026-06-08": "the lines that the annex expansion moves are not bundled",
    "2026-07-24": "published without the Section 301 duty; ours without the annex expansion",
}


def rate_steps() -> tuple[pd.DataFrame, pd.Series]:
    """Give `rates.rate_steps` and the published total."""
    published = 100 * load_table("tariffs/japan_statutory_rate")["total_share"]
    return rates.rate_steps(), published


rate_marks, cars_steps = rates.marks, rates.cars


def most_goods_rates() -> pd.DataFrame:
    """Give `rates.most_goods` with a note in words."""
    table = rates.most_goods()
    notes = [
        "" if pd.isna(day) else f"by law; {collected_words(day)}"
        for day in table["collected_until"]
    ]
    return table.drop(columns="collected_until").assign(note=notes)


def collected_words(until: pd.Timestamp) -> str:
    """Say until when customs collected a duty that had ended in law."""
    return f"the duty that ended was collected until {day_words(until)}"


def with_reasons(compared: pd.DataFrame) -> pd.DataFrame:
    """Say why ours is not the published rate."""
    starts = np.array(list(_REASONS), dtype="datetime64[us]")
    last = np.searchsorted(starts, compared.index.to_numpy(), side="right") - 1
    return compared.assign(why=[list(_REASONS.values())[place] for place in last])


def largest_differences(compared: pd.DataFrame, count: int) -> pd.DataFrame:
    """Give the days on which our rate is furthest from the published one, in order of time."""
    furthest = compared["difference_share"].abs().nlargest(count).index
    rows = with_reasons(compared).loc[furthest].sort_index()
    columns = ["ours_share", "published_share", "difference_share"]
    points = (100 * rows[columns]).rename(columns=lambda name: name.replace("share", "pct"))
    words = [parts_words(row) for _, row in rows.iterrows()]
    tested = rows["tested"].map({True: "yes", False: "no"})
    return points.assign(parts=words, tested=tested, why=rows["why"]).reset_index()


def parts_words(row: pd.Series) -> str:
    """Say in which authorities a difference to the published rate lies, the largest first."""
    points = pd.Series(
        {part: 100 * row[name] for part, name in zip(PARTS, DIFFERENCES, strict=True)}
    )
    told = points[points.abs() >= LEAST_PART_POINTS].sort_values(key=abs, ascending=False)
    read = [f"{PART_NAMES[str(part)]} {signed(value, 2)}" for part, value in told.items()]
    return ", ".join(read) or "no one part"
