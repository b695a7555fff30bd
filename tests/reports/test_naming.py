import re

import pytest

from research.reports.naming import is_name, is_run, parameter_label


@pytest.mark.parametrize("name", ["a", "deal_announced", "2025-04-02", "a" * 60])
def test_names_that_may_be_file_names(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "A", "é", "a b", "a\n", "a.html", "-a", "a" * 61]
)
def test_names_that_may_not(name):
    assert not is_name(name)
    assert not is_run(f"{name}/x")


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({}, ""),
        ({"event_id": "deal_announced"}, "event_id-deal_announced"),
        ({"window": [-5, 5]}, "window-m5_5"),
        ({"model": "mean", "event_id": "x"}, "event_id-x__model-mean"),
        ({"n": 3}, "n-3"),
    ],
)
def test_short_parameters_are_readable(changed, label):
    assert parameter_label(changed) == label


def test_values_that_look_alike_have_names_of_their_own():
    values = ["../x", "..-x", "A", "a", ["a_b", "c"], ["a", "b_c"], [5, 5], [-5, 5], 1.5, True, ""]
    labels = [parameter_label({"p": value}) for value in values]
    assert len(set(labels)) == len(values)
    assert all(re.fullmatch(r"p-[a-z0-9_]+", label) for label in labels)


def test_many_parameters_give_a_short_name():
    label = parameter_label({f"parameter_{number}": "x" * 30 for number in range(20)})
    assert len(label) < 40
    assert is_run(f"01_market_reactions__{label}")
