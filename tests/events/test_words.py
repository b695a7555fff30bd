"""Sentences and captions follow the numbers, whatever they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.events import captions, findings, frames
from research.events.inference import TESTS
from research.words import counted, p_words, signed, window_words


def moves(nikkei: float, reported: float = np.nan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Nikkei", "chip fund", "energy fund", "S&P 500"],
            "date": pd.Timestamp("2025-12-24"),
            "return_pct": [nikkei, 0.28, -0.29, 0.32],
            "reported_pct": [reported, np.nan, np.nan, np.nan],
        },
        index=["N225", "SMH", "XLE", "SP500"],
    )


def claims(reported: float, same: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claimant": ["A paper"],
            "series_id": ["N225"],
            "date": [pd.Timestamp("2025-12-24")],
            "reported_pct": [reported],
            "difference_pp": [-0.54],
            "same_sign": [same],
        }
    )


def groups() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [12, 7],
            "caar": [-0.006, 0.062],
            "csect_t": [-4.6, 2.6],
            "bmp_t": [-5.8, 2.5],
            "kp_t": [-2.0, 1.2],
            "portfolio_t": [-0.4, 3.9],
            "kp_pvalue": [0.07, 0.01],
            "correlation": [0.39, 0.31],
            "n_larger": [199, 0],
            "n_quiet": [264, 252],
            "low": [-0.04, 0.02],
            "high": [0.02, 0.10],
        },
        index=pd.Index(["energy", "jp_auto"], name="group"),
    )


@pytest.mark.parametrize(
    ("value", "text"), [(-0.136, "\u22120.14"), (0.4, "+0.40"), (-0.001, "0.00"), (0.0, "0.00")]
)
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text


def test_windows_and_counts_in_words() -> None:
    assert window_words([0, 0]) == "on day 0"
    assert window_words([-1, 1]) == "from day \u22121 to day +1"
    assert (counted(0), counted(2), counted(53)) == ("None", "Two", "53")


def test_a_wrong_report_is_called_wrong_and_a_right_one_right() -> None:
    wrong = findings.reported_sentence(claims(0.4, same=False), moves(-0.14, 0.4))
    right = findings.reported_sentence(claims(-0.4, same=True), moves(-0.14, -0.4))
    silent = findings.reported_sentence(claims(0.4, same=True).iloc[:0], moves(-0.14))
    assert "\u22120.14\u00a0% on 24 December 2025; A paper reported +0.4\u00a0%" in wrong
    assert "direction is wrong" in wrong
    assert "direction is right" in right
    assert "No claim" in silent


def test_funds_sentence_turns_with_the_sign() -> None:
    assert "Chips up, energy down" in findings.funds_sentence(moves(0.1))
    turned = moves(0.1)
    turned.loc["SMH", "return_pct"] = -1.0
    turned.loc["XLE", "return_pct"] = 2.0
    assert "Chips down, energy up" in findings.funds_sentence(turned)


def test_group_counts_and_the_widest_gap() -> None:
    sentence = findings.groups_sentence(groups(), [0, 1], "market")
    assert sentence.startswith("**One of 2 groups moved beyond chance")
    assert "what their market explains" in sentence
    assert "p-value is 0.010 (Japan cars, mean +6.20\u00a0%)" in sentence
    assert findings.widest_gap(groups()) == "energy"
    assert "199 of 264 quiet dates" in findings.disagreement_sentence(groups())


def test_one_group_and_one_firm_read_as_one() -> None:
    one = groups().iloc[:1]
    assert "One of 1 group moved" in findings.groups_sentence(
        one.assign(kp_pvalue=0.01), [0, 0], "mean"
    )
    assert "correction" not in findings.groups_sentence(one, [0, 0], "mean")
    assert "their own mean return" in findings.groups_sentence(one, [0, 0], "mean")
    single = one.assign(kp_t=np.nan, bmp_t=np.nan, kp_pvalue=np.nan)
    assert "not defined" in findings.groups_sentence(single, [0, 0], "market")
    assert "One firm" in findings.disagreement_sentence(single)


def test_a_tiny_p_is_not_printed_as_zero() -> None:
    tiny = groups().assign(kp_pvalue=0.00004)
    assert "is below 0.001" in findings.groups_sentence(tiny, [0, 1], "market")
    assert p_words(0.0499) == "= 0.050"
    assert p_words(0.0001) == "< 0.001"


def test_few_quiet_dates_are_not_turned_into_shares() -> None:
    alarms = pd.DataFrame({test: [7.0] for test in TESTS}, index=["energy"])
    assert "raised 7" in findings.false_alarm_sentence(alarms, pd.Series([264]))
    assert "Too few quiet dates" in findings.false_alarm_sentence(alarms, pd.Series([264, 2]))


def test_all_events_are_held_against_the_rate_of_quiet_dates() -> None:
    heat = pd.DataFrame(
        {
            "event_id": ["a", "b", "same_day_as_b"],
            "group": ["chip"] * 3,
            "date": pd.to_datetime(["2025-01-02", "2025-01-03", "2025-01-03"]),
            "kp_pvalue": [0.01, 0.5, 0.5],
            "bh_pvalue": [0.02, 0.5, 0.5],
        }
    ).set_index(["event_id", "group"])
    sentence = findings.all_events_sentence(heat, pd.DataFrame({"kp_t": {"chip": 50.0}}))
    assert "Of 2 pairs" in sentence
    assert "1 (50.0 %)" in sentence
    assert "quiet dates it is 1." in sentence
    assert sentence.endswith("one remains.")


def test_the_largest_move_is_the_largest_portfolio_t() -> None:
    table = groups()
    car = pd.DataFrame({"car": [-0.02, 0.14, 0.5], "group": ["jp_auto", "jp_auto", "energy"]})
    sentence = findings.largest_sentence(table, car)
    assert "Japan cars, +6.20\u00a0%" in sentence
    assert "0 of 252 quiet dates" in sentence
    assert "from \u22122.0 to +14.0\u00a0%" in sentence


def test_precision_names_the_detectable_effects_and_the_blind_groups() -> None:
    table = groups().assign(kp_t_mde=[5.6, 4.44])
    sentence = findings.precision_sentence(table, [0, 1])
    assert "at least 4.4 % (Japan cars), and 5.6 % (US energy) where" in sentence
    assert "however large" not in sentence
    table.loc["energy", "kp_t_mde"] = np.nan
    sentence = findings.precision_sentence(table, [0, 1])
    assert "must be at least 4.4 % (Japan cars)." in sentence
    assert "In US energy it would find no effect, however large" in sentence
    nothing = findings.precision_sentence(table.assign(kp_t_mde=np.nan), [0, 1])
    assert "too little" in nothing


def test_titles_follow_the_numbers() -> None:
    path = pd.DataFrame(
        {
            "group": ["chip", "energy"],
            "day": [1, 1],
            "caar_pct": [2.0, 0.1],
            "low_pct": [1.0, -1.0],
            "high_pct": [3.0, 1.0],
        }
    )
    title = captions.path_title(path, "An event")
    assert "one of 2 groups moved beyond" in title
    assert title.endswith(": US chips")
    actual = pd.DataFrame({"group": ["chip"], "statistic": [3.0], "pvalue": [0.01]})
    assert captions.placebo_title(actual).startswith("One of 1 group had")
    assert "(reported: +0.4\u00a0%)" in captions.day_title(moves(-0.14, 0.4))


def test_each_exchange_gets_its_own_date() -> None:
    apart = moves(0.87)
    apart.loc["N225", "date"] = pd.Timestamp("2026-02-24")
    assert captions.day_title(apart) == (
        "Tokyo on 24 February 2026: Nikkei +0.87\u00a0%. New York on 24 December 2025: chip fund "
        "+0.28\u00a0%, energy fund \u22120.29\u00a0%"
    )
    assert "In New York on 24 December 2025" in findings.funds_sentence(apart)


def test_group_means_get_both_intervals() -> None:
    car = pd.DataFrame(
        {"car": [0.01, np.nan], "se": [0.005, 0.005], "df": [100, 100], "group": "energy"},
        index=pd.Index(["XOM", "CVX"], name="asset"),
    )
    firms, means = frames.firm_intervals(car, groups(), ["energy"])
    assert list(firms["asset"]) == ["XOM"]
    # t(100) at 97.5 % is 1.98397; t(11) is 2.20099.
    assert firms["high_pct"].iloc[0] == pytest.approx(1 + 0.5 * 1.98397, abs=1e-4)
    half = 0.6 / 4.6 * 2.20099
    assert means["naive_low_pct"].iloc[0] == pytest.approx(-0.6 - half, abs=1e-4)
    assert means["low_pct"].iloc[0] == pytest.approx(-4.0)
