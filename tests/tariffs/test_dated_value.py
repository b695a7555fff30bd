"""The worth of the deal by dated law, against plain sums over the tables on disk."""

from datetime import date, timedelta

import pandas as pd
import pytest

from research.errors import InputError
from research.tariffs.dated_value import (
    COUNTERFACTUALS,
    END_OF_TERM,
    GROUPS,
    daily_value,
    law_known_to,
    most_goods_moved,
    worth,
    yearly_by_law,
)

from .own_cases import raw, sold_by_japan_musd


def shares_by_hand():
    """Shares of imports and the normal rate on all but cars, from the tables on disk alone."""
    covered = raw("japan_coverage_2024").reset_index().set_index(["authority", "from_date"])
    share = covered["covered_share"]
    series = raw("japan_statutory_rate")
    before = series.loc[:"2025-08-07", "ieepa_share"].iloc[-1]
    fell = series.loc["2025-08-18", "ieepa_share"] / before
    emergency = share["ieepa_reciprocal", "2025-05-03"]
    listed = [x for x in series if x.startswith("s232_") and x != "s232_share"]
    left = (series["s232_share"] - series[listed].sum(axis=1)).diff()
    (steel, steel_all), (alu, _, alu_all) = share["s232_steel"], share["s232_aluminum"]
    cars, split = share["s232_autos"].item(), raw("goods_splits")["central"]
    pool = steel_all - steel + alu_all - alu + share["s122"].iloc[0] - share["s122"].iloc[1]
    return {
        "cars": cars,
        "parts": share["s232_auto_parts"].item(),
        "emergency": emergency,
        "without derivatives": emergency * fell,
        "trucks": share["s232_mhd"].item(),
        "most": share["s122"].iloc[1],
        "timber": left["2025-10-14"] / 0.15,
        "pharma": left["2026-09-29"] / 0.15,
        "phase_1": split["phase_1"],
        "moved": pool * (1 - split["annex_i_a"]) * (1 - split["annex_iii"]) * split["annex_i_c"],
        "normal": (series["base_share"].iloc[0] - cars * 0.025) / (1 - cars),
    }


def by_hand(counterfactual, until):
    """Walk day by day through the orders: sums by year and group, USD billion."""
    s, sums = shares_by_hand(), {}
    normal, bn = s["normal"], sold_by_japan_musd().sum() / 1e3
    extra = 0.25 if counterfactual == "letter" else 0.1
    day = date(2025, 8, 1)
    while day <= until:
        on, gap = day.isoformat(), dict.fromkeys(GROUPS, 0.0)
        if on >= "2025-09-16":
            gap["cars"] += s["cars"] * (0.025 + 0.25 - 0.15)
            gap["parts"] += s["parts"] * (normal + 0.25 - 0.15)
        if on < "2026-02-20":
            on_emergency = s["emergency" if on < "2025-08-18" else "without derivatives"]
            on_emergency -= s["trucks"] if on >= "2025-11-01" else 0
            law = normal + 0.1 if on < "2025-08-07" else 0.15
            gap["other"] += on_emergency * (normal + extra - law)
        if counterfactual == "all_others":
            gap["other"] += (on >= "2025-10-14") * s["timber"] * (normal + 0.25 - 0.15)
            gap["metals"] += (on >= "2026-06-08") * s["moved"] * (normal + 0.25 - 0.15)
            gap["other"] += (on >= "2026-07-24") * s["most"] * normal
            paying = (on >= "2026-09-29") or (on >= "2026-07-31") * s["phase_1"]
            gap["other"] += paying * s["pharma"] * (normal + 1 - 0.15)
        year = sums.setdefault(day.year, dict.fromkeys(GROUPS, 0.0))
        for group in GROUPS:
            year[group] += bn * gap[group] / (366 if day.year == 2028 else 365)
        day += timedelta(days=1)
    return pd.DataFrame(sums).T


@pytest.mark.parametrize("counterfactual", COUNTERFACTUALS)
def test_years_and_groups_are_those_of_a_walk_through_the_orders(counterfactual):
    """The worth was one yearly sum against the letter, which lost its legal base in between."""
    daily, hand = (f(counterfactual, END_OF_TERM.date()) for f in (daily_value, by_hand))
    ours = daily.groupby(daily.index.year).sum()
    pd.testing.assert_frame_equal(
        ours[list(GROUPS)], hand, check_names=False, check_index_type=False
    )
    assert ours["total"].sum() == pytest.approx(hand.to_numpy().sum(), abs=1e-9)
    assert ours[list(GROUPS)].sum(axis=1).to_dict() == pytest.approx(ours["total"].to_dict())
    both = worth()["total"][counterfactual]
    assert both[END_OF_TERM] == pytest.approx(hand.to_numpy().sum(), abs=1e-9)
    to_day = by_hand(counterfactual, law_known_to().date())
    assert both[law_known_to()] == pytest.approx(to_day.to_numpy().sum(), abs=1e-9)


def test_the_deal_raised_the_rate_on_most_goods():
    moved, normal = most_goods_moved(), 100 * shares_by_hand()["normal"]
    assert moved["before_pct"] == pytest.approx(10 + normal)
    assert moved["after_pct"] == pytest.approx(15)
    share = shares_by_hand()
    assert moved["raised_pct"] == pytest.approx(100 * share["without derivatives"])
    assert moved["lowered_pct"] == pytest.approx(100 * (share["cars"] + share["parts"]))


def test_ranges_hold_the_total_and_differ_where_an_assumed_share_decides():
    for name in COUNTERFACTUALS:
        table = yearly_by_law(name)
        assert (table["low"] <= table["total"] + 1e-12).all()
        assert (table["total"] <= table["high"] + 1e-12).all()
        wide = table["high"] - table["low"] > 1e-9
        assert wide.any() == (name == "all_others")
        assert not wide[wide.index < "2026-06-08"].any()


def test_unknown_states_and_days_before_the_deal_are_refused():
    with pytest.raises(InputError, match="one of letter, day_before, all_others; found free"):
        yearly_by_law("free")
    with pytest.raises(InputError, match="a day from 2025-08-01 to 2029-01-19; found 2025-07-01"):
        worth("2025-07-01")
    # Law and trade of 2026 were carried on to any year.
    with pytest.raises(InputError, match="found 2200-01-01"):
        worth("2200-01-01")
