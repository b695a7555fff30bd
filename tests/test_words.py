"""Numbers and lists in words."""

from __future__ import annotations

import datetime

import pytest

from research.words import about, day_words, listed, spread, unbroken

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_ends_with_and(words, text):
    assert listed(words) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from 7 to 38 % by set", f"from 7 to 38{NBSP}% by set"),
        ("1.5 % and 2 %", f"1.5{NBSP}% and 2{NBSP}%"),
        ("rates, %", "rates, %"),
    ],
)
def test_a_number_keeps_its_per_cent_sign(before, after):
    assert unbroken(before) == after


def test_ends_that_read_alike_are_told_once():
    assert spread([2.0, -0.4, 3.04], 1) == "\N{MINUS SIGN}0.4 to 3.0"
    assert spread([16.11, 16.14], 1) == "16.1"


def test_a_list_may_end_with_or():
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_a_day_has_no_zero_in_front():
    assert day_words(datetime.date(2026, 7, 4)) == "4 July 2026"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (11_236.0, 2, "11,000"),
        (288_841.0, 3, "289,000"),
        (5.18, 2, "5.2"),
        (0.0, 2, "0"),
        (-3_120.0, 2, "\N{MINUS SIGN}3,100"),
    ],
)
def test_a_number_to_its_first_digits(number, digits, text):
    assert about(number, digits) == text
