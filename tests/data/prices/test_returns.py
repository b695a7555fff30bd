"""Returns from prices against a plain loop over the calendar."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.data.prices.days import price_days, returns_from_prices

# The same division of the same two numbers.
RELATIVE = 1e-15

CALENDARS = {"7203.T": "XTKS", "NVDA": "XNYS"}
DAYS = {name: price_days(code, "2025-12-15", "2026-01-16") for name, code in CALENDARS.items()}

prices_of_a_session = st.none() | st.floats(1, 1e5)


def column(name):
    count = len(DAYS[name])
    known_at_the_ends = st.floats(1, 1e5)
    middle = st.lists(prices_of_a_session, min_size=count - 2, max_size=count - 2)
    return st.tuples(known_at_the_ends, middle, known_at_the_ends).map(
        lambda parts: pd.Series([parts[0], *parts[1], parts[2]], DAYS[name], dtype=float)
    )


# No deadline: a busy machine is no fault of the code.
@settings(deadline=None, max_examples=50)
@given(column("7203.T"), column("NVDA"))
def test_returns_are_those_of_a_loop_over_each_calendar(tokyo, new_york):
    table = pd.concat({"7203.T": tokyo, "NVDA": new_york}, axis=1, sort=True)
    returns = returns_from_prices(table, CALENDARS)
    for name, days in DAYS.items():
        for before, day in pairwise(days):
            earlier, later = table.at[before, name], table.at[day, name]
            if np.isnan(earlier) or np.isnan(later):
                assert np.isnan(returns.at[day, name])
            else:
                assert returns.at[day, name] == pytest.approx(later / earlier - 1, rel=RELATIVE)
    # On a day without a session there is no return.
    for name, days in DAYS.items():
        assert returns[name][~returns.index.isin(days)].isna().all()


def test_a_series_listed_later_has_no_gap_before_it():
    table = pd.DataFrame({name: pd.Series(100.0, DAYS[name]) for name in CALENDARS})
    table.loc[:"2025-12-26", "NVDA"] = np.nan
    returns = returns_from_prices(table, CALENDARS)
    assert returns["NVDA"].first_valid_index() == pd.Timestamp("2025-12-30")


def test_a_factor_spans_days_without_a_fixing():
    days = price_days("FX", "2025-12-22", "2025-12-30").drop("2025-12-26")
    prices = pd.DataFrame({"USDJPY": [150, 151, 152, 153, 154.0]}, index=days)
    changes = returns_from_prices(prices, {})
    assert changes["USDJPY"]["2025-12-29"] == pytest.approx(153 / 152 - 1)
