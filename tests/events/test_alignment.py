"""Returns of one exchange between two closes of another, by brute force on real calendars."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import previous_sessions
from research.sessions import closing_times, sessions

# Compounding a few returns in logs or by products: a few units in the last place.
SAME = 1e-14

FIRST, LAST = "2024-06-03", "2026-07-07"


@pytest.fixture(scope="module")
def returns():
    made = {}
    for seed, code in enumerate(("XNYS", "XTKS")):
        days = sessions(code, FIRST, LAST)
        made[code] = pd.Series(np.random.default_rng(seed).normal(0, 0.02, len(days)), days)
    return made


def brute_force(own, source, target):
    """For each target session list the source closes since the target's previous close."""
    closes, targets = closing_times(source), closing_times(target)
    rows = {}
    for position in range(1, len(targets)):
        day = targets.index[position]
        if targets.iloc[position] <= closes[own.index[0]] or day > own.index[-1]:
            continue
        after, until = targets.iloc[position - 1], targets.iloc[position]
        between = [d for d, close in closes.loc[:day].tail(15).items() if after <= close < until]
        growth = 1.0
        for one in between:
            growth *= 1.0 + own.get(one, np.nan)
        rows[day] = (growth - 1.0, len(between))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["return", "sessions"])


@pytest.mark.parametrize(("source", "target"), [("XNYS", "XTKS"), ("XTKS", "XNYS")])
def test_every_session_of_two_years(returns, source, target):
    found = previous_sessions(returns[source], source, target)
    expected = brute_force(returns[source], source, target)
    assert list(found.index) == list(expected.index)
    assert found["sessions"].tolist() == expected["sessions"].tolist()
    assert found["return"].to_numpy() == pytest.approx(expected["return"], abs=SAME, nan_ok=True)
    # Holidays on both sides are in the sample.
    assert {0, 1, 2} <= set(found["sessions"])


def test_a_close_at_the_very_close_is_known_one_session_later(returns):
    """Both sides on one exchange: each session knows the session before, not itself."""
    own = returns["XNYS"]
    found = previous_sessions(own, "XNYS", "XNYS")["return"]
    assert found.to_numpy() == pytest.approx(own.shift(1).iloc[1:].to_numpy(), abs=SAME)


def test_a_missing_return_is_not_a_return_of_zero(returns):
    holed = returns["XNYS"].copy()
    holed["2025-07-18"] = np.nan
    found = previous_sessions(holed, "XNYS", "XTKS")["return"]
    assert np.isnan(found["2025-07-22"])  # compounds the 18th and the 21st
    assert found.drop(pd.Timestamp("2025-07-22")).isna().sum() == 0


def test_a_sample_that_starts_inside_a_compounded_return_has_none(returns):
    """Half of a compounded return once passed for the whole of it."""
    late = returns["XNYS"]["2025-07-21":]
    found = previous_sessions(late, "XNYS", "XTKS")
    assert found.index[0] == pd.Timestamp("2025-07-22")
    assert np.isnan(found["return"].iloc[0])
    assert found["return"].iloc[1:].notna().all()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda s: s * np.nan, "none"),
        (lambda s: pd.concat([s, s.tail(1)]), "1 other values"),
        (lambda s: pd.concat([s, pd.Series([0.1], [pd.Timestamp("2026-07-11")])]), "2026-07-11"),
    ],
)
def test_returns_that_cannot_be_aligned(returns, damage, words):
    with pytest.raises(InputError, match=words):
        previous_sessions(damage(returns["XNYS"]), "XNYS", "XTKS")


@pytest.mark.parametrize(
    ("own", "columns", "found"),
    [({"XTKS", "XNYS"}, ["calendar"], "none of a column calendar"), ({"XNYS"}, [], "none of XTKS")],
)
def test_a_benchmark_by_exchange_needs_both(two_exchanges, own, columns, found):
    drawn = two_exchanges()
    benchmark = dict.fromkeys(own, drawn.benchmark)
    with pytest.raises(InputError) as caught:
        type(drawn)(drawn.returns, benchmark, drawn.events.drop(columns=columns)).study()
    assert [fault.found for fault in caught.value.faults if fault.where == "benchmark"] == [found]
