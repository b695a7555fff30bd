"""Which closing prices are final at a moment, and which day a currency rate belongs to."""

import pandas as pd
import pytest

from research.data.prices.days import FX, last_settled
from research.errors import InputError


@pytest.mark.parametrize(
    ("calendar", "now", "expected"),
    [
        # Tokyo closes at 15:30 = 06:30 UTC; two hours later the price is final.
        ("XTKS", "2026-01-06 08:29", "2026-01-05"),
        ("XTKS", "2026-01-06 08:30", "2026-01-06"),
        # 31 December to 3 January are holidays in Tokyo.
        ("XTKS", "2026-01-04 12:00", "2025-12-30"),
        # New York closes at 21:00 UTC in winter, 18:00 on Christmas Eve, 20:00 in summer.
        ("XNYS", "2026-01-05 22:59", "2026-01-02"),
        ("XNYS", "2026-01-05 23:00", "2026-01-05"),
        ("XNYS", "2025-12-24 20:00", "2025-12-24"),
        ("XNYS", "2025-07-22 22:00", "2025-07-22"),
        # The row of a day holds the rate of the trading day before.
        (FX, "2026-01-06 12:00", "2026-01-02"),
        (FX, "2026-01-07 00:00", "2026-01-05"),
        (FX, "2026-01-10 12:00", "2026-01-08"),
        # In summer London's day ends at 23:00 UTC.
        (FX, "2025-07-22 23:30", "2025-07-21"),
    ],
)
def test_last_settled(calendar, now, expected):
    assert last_settled(calendar, pd.Timestamp(now, tz="UTC")) == pd.Timestamp(expected)


@pytest.mark.parametrize("now", ["2035-01-01", "1999-01-01"])
def test_a_day_beyond_the_calendar_is_an_error_and_not_its_last_session(now):
    with pytest.raises(InputError, match="does not reach"):
        last_settled("XTKS", pd.Timestamp(now, tz="UTC"))
