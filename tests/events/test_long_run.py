"""Buy-and-hold abnormal returns against exact fractions and loops over days."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.events import buy_and_hold
from research.sessions import sessions

# Products of a few dozen numbers.
SAME = 1e-12

DAYS = pd.bdate_range("2020-01-06", periods=5)


def table(**columns):
    return pd.DataFrame(columns, index=DAYS) / 100


def events_of(names, day=DAYS[1]):
    return pd.DataFrame({"event_id": "e", "asset": names, "date": day})


def test_an_example_for_a_sheet_of_paper():
    returns = table(A=[9, 10, -20, 50, 9], B=[9, 0, 25, -20, 9])
    index = table(index=[9, 10, 10, 0, 9])["index"]
    run = buy_and_hold(returns, index, events_of(["A", "B"]), horizon=(0, 2))
    # A: 1.1 x 0.8 x 1.5 = 1.32; B: 1 x 1.25 x 0.8 = 1; index: 1.1 x 1.1 x 1 = 1.21.
    expected = {"A": Fraction(132, 100) - Fraction(121, 100), "B": 1 - Fraction(121, 100)}
    found = run["bhar"].droplevel("event_id").to_dict()
    assert found == pytest.approx(
        {name: float(value) for name, value in expected.items()}, abs=SAME
    )


def reference_bhar(returns, members, asset, days):
    """Multiply day after day; a member without a day is left out, a share without one is NaN."""
    held = 1.0
    for day in days:
        held *= 1 + returns.at[day, asset]
    growth = []
    for member in members:
        total = 1.0
        for day in days:
            total *= 1 + members.at[day, member]
        if np.isfinite(total):
            growth.append(total - 1)
    return held - 1 - sum(growth) / len(growth), len(growth)


def test_loops_give_the_same():
    rng = np.random.default_rng(4)
    days = pd.bdate_range("2020-01-01", periods=80)
    returns = pd.DataFrame(rng.normal(0, 0.02, (80, 6)), days, list("abcdef"))
    members = pd.DataFrame(rng.normal(0, 0.02, (80, 5)), days, list("uvwxy"))
    returns.iloc[30, 0], members.iloc[40, 2] = np.nan, np.nan
    events = pd.DataFrame(
        {"event_id": list("eeefff"), "asset": list("abcdef"), "date": days[[20, 20, 22, 35, 35, 5]]}
    )
    run = buy_and_hold(returns, members, events, horizon=(1, 30))
    for row in events.itertuples():
        start = days.get_loc(row.date)
        expected, n = reference_bhar(returns, members, row.asset, days[start + 1 : start + 31])
        found = run.loc[(row.event_id, row.asset)]
        assert found["n_reference"] == n
        assert found["bhar"] == pytest.approx(expected, abs=SAME, nan_ok=True)
    assert run["bhar"].isna().sum() == 1


def test_each_share_counts_the_sessions_of_its_own_exchange():
    """Marine Day, 21 July 2025, was no session in Tokyo."""
    codes = {"XTKS": "T", "XNYS": "Y"}
    days = sessions("XNYS", "2025-07-14", "2025-07-31").union(
        sessions("XTKS", "2025-07-14", "2025-07-31")
    )
    returns = pd.DataFrame(0.01, index=days, columns=["T", "Y"])
    returns.loc[returns.index.difference(sessions("XTKS", days[0], days[-1])), "T"] = np.nan
    events = pd.DataFrame(
        {"event_id": "e", "asset": ["T", "Y"], "date": days[4], "calendar": list(codes)}
    )
    assert days[4] == pd.Timestamp("2025-07-18")
    index = pd.Series(np.arange(len(days)) / 1000, days)
    run = buy_and_hold(returns, index, events, horizon=(0, 2))
    for asset, own in (("T", ["18", "22", "23"]), ("Y", ["18", "21", "22"])):
        total = np.prod([1 + index[pd.Timestamp(f"2025-07-{day}")] for day in own]) - 1
        row = run.loc[("e", asset)]
        assert row["held"] == pytest.approx(1.01**3 - 1, abs=SAME)
        assert row["reference"] == pytest.approx(total, abs=SAME)


def test_every_fault_is_named_at_once():
    returns = table(A=[0, -150, 0, 0, 0])
    with pytest.raises(InputError) as caught:
        buy_and_hold(returns, table(i=[0] * 5).iloc[:4], events_of(["Z"]), horizon=(3, 1))
    assert [fault.where for fault in caught.value.faults] == [
        "returns",
        "reference",
        "events.asset",
        "horizon",
    ]
