"""Sentences on rates turn with their facts: signs, counts, reasons, ends of range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.tariffs import rate_words
from research.tariffs.rate_frames import LINES
from research.tariffs.rates import DIFFERENCES

from .sound_words import sound

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


def goods(*rows):
    """Rates on most goods: first day, days it holds (None: still in force), per cent added.

    A fourth number is what goods without a normal rate pay, under a floor.
    """
    filled = [row if len(row) == 4 else (*row, row[2]) for row in rows]
    columns = ["from_day", "days", "added_pct", "without_normal_pct"]
    table = pd.DataFrame(filled, columns=columns)
    return table.assign(
        from_day=pd.to_datetime(table["from_day"]), days=table["days"].astype(float)
    )


def cars(*rates):
    days = pd.date_range("2025-01-01", periods=len(rates), freq="100D")
    return pd.DataFrame({"from_day": days, "rate_pct": rates})


def compared(points, why=None, tested=()):
    """Differences to the published rate, all of them in Section 232; numbers of days that test."""
    days = pd.date_range("2025-03-12", periods=len(points), freq="30D")
    reasons = why or ["lines that are not bundled"] * len(points)
    share = np.array(points) / 100
    parts = dict.fromkeys(DIFFERENCES, 0.0) | {"s232_difference_share": share}
    table = pd.DataFrame({"difference_share": share, **parts, "why": reasons}, index=days)
    return table.assign(tested=[place in tested for place, _ in enumerate(points)])


def parts(**totals):
    days = pd.to_datetime([day.strip("_").replace("_", "-") for day in totals])
    total = np.array(list(totals.values()))
    return pd.DataFrame({"normal (MFN)": 1.0, "emergency powers": total - 1}, index=days)


def beside():
    row = dict(zip(LINES, (17.0, 15.8, 13.9, 9.0), strict=True))
    return pd.DataFrame(row, index=pd.DatetimeIndex(["2025-07-01"]))


# The rate that was named in the letter.


def letter(table, steps=(2.5, 27.5, 15.0)):
    return sound(rate_words.letter_sentence(table, cars(*steps), 25))


def test_a_rate_that_was_never_reached_never_applied():
    text = letter(goods(("2025-01-01", 98, 0.0), ("2025-04-09", 1, 24.0), ("2025-04-10", None, 10)))
    assert text.startswith("**25 % never applied to most goods.**")
    assert "was 24.0 %, for one day from 9 April 2025; no other was above 10.0 %." in text
    assert text.endswith("Cars did pay 27.5 % from 11 April 2025, and pay 15 % now.")


def test_a_rate_that_was_reached_did_apply_and_cars_are_no_exception():
    text = letter(goods(("2025-04-05", 10, 25.0), ("2025-04-15", None, 3.0)))
    assert text.startswith("**25 % did apply to most goods.**")
    assert "for 10 days from 5 April 2025" in text
    assert "Cars paid 27.5 %" in text


def test_what_is_still_in_force_counts_among_the_others_and_as_the_highest():
    other = letter(
        goods(("2025-04-09", 1, 24.0), ("2025-04-10", 5, 10.0), ("2025-04-15", None, 20))
    )
    assert "no other was above 20.0 %" in other
    highest = letter(goods(("2025-04-10", 5, 10.0), ("2025-04-15", None, 20.0)))
    assert "was 20.0 %, from 15 April 2025 on; no other was above 10.0 %" in highest


def test_a_highest_rate_that_lasted_is_not_called_the_other():
    text = letter(goods(("2025-04-05", 4, 24.0), ("2025-04-09", 1, 12.0), ("2025-04-10", 9, 10.0)))
    assert "for 4 days from 5 April 2025; no other was above 12.0 %" in text


def test_a_floor_among_the_others_is_a_mean_that_goods_without_a_normal_rate_pass():
    rows = (("2025-04-09", 1, 24.0), ("2025-04-10", 9, 10.0), ("2025-04-19", None, 13.8, 15.0))
    words = "no other averaged above 13.8 %, with normal rates inside the 15 % that goods without"
    assert words in letter(goods(*rows))
    # The floor has the lower mean here, and yet what some goods pay in full.
    higher = letter(goods(rows[0], ("2025-04-10", 9, 14.0), rows[2]))
    assert "no other averaged above 14.0 %, with normal rates inside the 15 %" in higher
    lower = letter(goods(rows[0], ("2025-04-10", 9, 16.0), rows[2]))
    assert "no other was above 16.0 %." in lower


def test_one_rate_has_no_others():
    text = letter(goods(("2025-01-01", None, 10.0)))
    assert "other was" not in text
    assert "was 10.0 %, from 1 January 2025 on." in text


def test_cars_that_pay_their_highest_rate_now_did_not_pay_it_once():
    assert letter(goods(("2025-01-01", None, 1.0)), (2.5, 15.0)).endswith(
        "Cars pay 15 %, their highest rate."
    )
    below = letter(goods(("2025-01-01", None, 1.0)), (2.5, 20.0, 15.0))
    assert "Cars paid 20 % from" in below


# From laws to a rate.


def test_days_that_are_off_are_counted_with_each_reason():
    why = ["one", "one", "lines; not bundled", "no duty", "no duty"]
    text = sound(rate_words.engine_sentence(compared([0.1, -0.2, 0.62, 3.21, -3.2], why)))
    assert "on 2 of 5 days of change, with a median difference of 0.62 points" in text
    assert (
        "The others are off by +0.62 points on 11 May 2025 (Section 232 +0.62: lines; not "
        f"bundled), by +3.21 and {MINUS}3.20 points from 10 June 2025 (Section 232 +3.21: no duty)."
    ) in text


def test_one_day_off_is_one():
    text = sound(rate_words.engine_sentence(compared([0.1, 0.6])))
    assert "The other is off by +0.60 points on 11 April 2025 (Section 232 +0.60: lines" in text


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([0.1, -0.5], "on 2 of 2 days of change, with a median difference of 0.30 points."),
        ([0.1], "on 1 of 1 day of change, with a median difference of 0.10 points."),
    ],
)
def test_a_schedule_that_follows_has_no_days_off(points, words):
    text = sound(rate_words.engine_sentence(compared(points)))
    assert f"{words} Shares of goods were read off" in text


@pytest.mark.parametrize(
    ("tested", "words"),
    [
        ((0, 1, 2), "Of the three days on which the published duties moved and no share was read, "
         "ours follows on two."),
        ((2,), "Of one day on which the published duties moved and no share was read, ours follows "
         "on none."),
        ((), "a first rate fits by construction; no day of change tests more."),
    ],
)  # fmt: skip
def test_days_that_no_share_was_read_from_are_counted_apart(tested, words):
    table = compared([0.1, -0.5, 0.6, 0.1], tested=tested)
    text = sound(rate_words.engine_sentence(table))
    assert "on 3 of 4 days of change" in text
    assert text.endswith(words)


def test_a_schedule_that_never_follows_has_no_others():
    assert "on 0 of 2 days of change" in rate_words.engine_sentence(compared([1.0, 2.0]))
    assert "All are off by +1.00 and +2.00 points" in rate_words.engine_sentence(
        compared([1.0, 2.0])
    )
    assert "It is off by +1.00 points" in sound(rate_words.engine_sentence(compared([1.0])))


# The average rate.


def average(**totals):
    return sound(rate_words.average_sentence(parts(**totals), beside()))


def test_the_highest_rate_is_placed_around_the_deal_and_the_ruling():
    fell = average(_2025_01_01=1.5, _2025_08_18=21.0, _2026_02_20=10.7, _2026_02_24=13.8)
    assert "**The average rate stood highest after the deal was announced.**" in fell
    assert "from 18 August 2025, 21.0 %; it fell to 10.7 % with the ruling of 20 February" in fell
    assert "is 13.8 % by the last law" in fell
    before = average(_2025_01_01=1.5, _2025_05_01=22.0, _2025_08_18=21.0, _2026_02_20=10.7)
    assert "**The average rate stood highest before the deal.**" in before


def test_the_ruling_lowers_raises_or_leaves_the_rate():
    rose = average(_2025_08_18=12.0, _2026_02_20=14.0)
    assert "it rose to 14.0 % with the ruling" in rose
    stayed = average(_2025_08_18=12.0, _2026_03_01=14.0)
    assert "it stayed at 12.0 % with the ruling of 20 February 2026 (by law; the duty" in stayed
    assert "that ended was collected until 23 February 2026) and is 14.0 % by" in stayed


def test_the_reserve_banks_figure_stands_beside_ours():
    text = average(_2025_08_18=12.0, _2026_02_20=14.0)
    claim = float(load_table("deal/claims").at["tar_01", "quantity"])
    assert (
        f"reported {claim:g} % realised; the law asked 17.0 %, and 13.9 to 15.8 % is left" in text
    )
