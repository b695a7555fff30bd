"""What no sentence may hold, whatever the facts: missing figures, doubled words, wrong minus."""

from __future__ import annotations

import re

_FAULTS = {
    "a missing figure": r"\b(nan|NaN|None of them|inf|NaT|null)\b",
    "a doubled word": r"\b([A-Za-z]+) \1\b",
    "a hyphen as a minus": r"(?<![\w%])-\d",
    "a negative zero": r"[-\N{MINUS SIGN}]0(\.0+)?(?![\d.])",
    "a doubled space or stop": r"  |\.\.|,,|;;|: ?[.;]| [.,;]",
    "nothing in brackets": r"\(\s*\)",
    "one of many": r"\b[Oo]ne (do|are|were|have)\b|\b1 (months|days|sectors|models|forecasts)\b",
    "a figure without its first digit": r"(?<![\d])\.\d",
}


def faults(text):
    """List what is wrong in a text; the tests ask for none."""
    found = [f"{what}: {text!r}" for what, bad in _FAULTS.items() if re.search(bad, text)]
    if text.count("(") != text.count(")") or text.count("**") % 2 or text.count("*") % 2:
        found.append(f"open brackets or stars: {text!r}")
    return found


def sound(text):
    """Give the text if nothing is wrong with it."""
    assert faults(text) == []
    return text
