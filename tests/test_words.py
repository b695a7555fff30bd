"""Numbers and lists in words."""

import datetime

import pytest

from research.words import about, day_words, listed, spread, unbroken

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (listed([]), ""),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed(["a", "b", "c"], "or"), "a, b or c"),
        (unbroken("from 7 to 38 % by set"), f"from 7 to 38{NBSP}% by set"),
        (unbroken("1.5 % and 2 %"), f"1.5{NBSP}% and 2{NBSP}%"),
        (unbroken("rates, %"), "rates, %"),
        (spread([2.0, -0.4, 3.04], 1), f"{MINUS}0.4 to 3.0"),
        (spread([16.11, 16.14], 1), "16.1"),
        (spread([270_206.0, 187_233.0]), "190,000 to 270,000"),
        (day_words(datetime.date(2026, 7, 4)), "4 July 2026"),
        (about(11_236.0, 2), "11,000"),
        (about(288_841.0, 3), "289,000"),
        (about(5.18, 2), "5.2"),
        (about(0.0, 2), "0"),
        (about(-3_120.0, 2), f"{MINUS}3,100"),
    ],
)
def test_numbers_and_lists_read_as_a_person_would_say_them(said, text):
    assert said == text
