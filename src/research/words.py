"""Numbers in words."""

import re
from collections.abc import Iterable
from datetime import date


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, a real minus and no negative zero."""
    text = f"{value:+.{digits}f}"
    if float(text) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def plain(value: float, digits: int = 2) -> str:
    """Write a number that is no change: a sign only below zero, a real minus, no negative zero."""
    return signed(value, digits).removeprefix("+")


def about(value: float, digits: int = 2) -> str:
    """Write a number to its first digits, as a person would say it: ``11,000``, ``5.2``, ``0``."""
    return f"{float(f'{value:.{digits}g}'):,.12g}".replace("-", "\N{MINUS SIGN}")


def percent(value: float, digits: int = 2) -> str:
    """Write a signed percentage whose sign and unit stay on one line."""
    return f"{signed(value, digits)}\N{NO-BREAK SPACE}%"


def unbroken(text: str) -> str:
    """Keep every number and its per cent sign on one line."""
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", text)


def spread(values: Iterable[float], digits: int | None = None) -> str:
    """Write the lowest and the highest of some numbers, once if they read alike.

    Without ``digits`` the ends are written by `about`.
    """
    given = list(values)
    low, high = (about(x) if digits is None else plain(x, digits) for x in (min(given), max(given)))
    return low if low == high else f"{low} to {high}"


def counted(number: int) -> str:
    """Write a small count as a word, a larger one in digits."""
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def counted_of(number: int, total: int, noun: str) -> str:
    """Write how many of how many: ``None of 8 groups``, ``One of 1 group``."""
    return f"{counted(number)} of {total:,} {noun}{'' if total == 1 else 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words with commas and a last ``and``, or ``or``."""
    given = list(words)
    return f" {last} ".join([", ".join(given[:-1]), given[-1]] if given[1:] else given)


def day_words(day: date) -> str:
    """Write a day: ``4 July 2026``; the format code without a zero is not on every system."""
    return f"{day.day} {day:%B %Y}"
