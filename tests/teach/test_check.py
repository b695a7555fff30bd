"""What a student is told of an answer."""

import re

import numpy as np
import pytest

from research.teach import Checker, Question

CHECK = Checker(
    {
        "q1": Question(lambda: 0.2, "a share", slips={"the sum for the mean": lambda: 1.4}),
        "q2": Question(lambda: "Chips", slips={"the largest group": lambda: "Cars"}),
        "q3": Question(lambda: -3.0, tolerance=0.1),
    }
)


def told(name, value):
    return CHECK._verdict(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q1", 0.2),
        ("q1", np.float32(0.2)),
        ("q1", np.array(0.2)),
        ("q1", 0.2009),
        ("q2", " chips "),
        ("q3", np.int64(-3)),
    ],
)
def test_right_answers_pass_in_any_type(name, value):
    assert CHECK.passes(name, value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("q1", 0.2011, "too large, within 1 %"),
        ("q1", 0.185, "too small, within 10 %"),
        ("q1", 0.35, "too large, within a factor of two"),
        ("q1", 0.01, "too small, by more than a factor of two"),
        ("q1", 0.0, "too small"),
        ("q1", 1.4, "It is what one gets with the sum for the mean"),
        ("q1", 20.0, "per cent for a share"),
        ("q1", 0.002, "a share for per cent"),
        ("q1", -0.2, "the other sign"),
        ("q1", -7.0, "the sign is not that of the answer"),
        ("q1", "0.2", r"A number is asked for \(a share\), not str"),
        ("q1", [0.2], "not list"),
        ("q1", True, "not bool"),
        ("q1", float("nan"), "not nan"),
        ("q1", float("inf"), "not inf"),
        ("q1", ..., "No answer yet"),
        ("q1", None, "No answer yet"),
        ("q2", "cars ", r"Not right. The slip: the largest group\.$"),
        ("q2", 3, "A text is asked for, not int"),
        ("q11", 3, "no such question. Did you mean q1"),
    ],
)
def test_wrong_answers_are_told_how_far_off_and_by_which_slip(name, value, words, capsys):
    CHECK(name, value)
    said = capsys.readouterr().out
    assert re.search(words, said), said
    assert not CHECK.passes(name, value)


@pytest.mark.parametrize("value", [0.1, 0.19, 0.21, 1, "x", None])
def test_the_answer_itself_is_never_told(value, capsys):
    CHECK("q1", value)
    CHECK("q2", value)
    said = capsys.readouterr().out
    assert "0.2 " not in said.replace(f"{value}", "")
    assert "hips" not in said
