import re

import pytest
from pydantic import ValidationError

from research.data.groups import NOT_SHARES
from research.reports.catalog import NOTEBOOKS
from research.reports.checking import check_parameters, read_column
from research.reports.parameters import MarketReactions


def faults(**given):
    with pytest.raises(ValidationError) as caught:
        MarketReactions.model_validate(given)
    return {
        error["loc"][0] if error["loc"] else "": error["msg"] for error in caught.value.errors()
    }


BAD = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("event_id", 5),
        ("event_id", ["deal_announced"]),
        ("groups", []),
        ("groups", "chip"),
        ("groups", ["chip", "chip"]),
        ("groups", ["chip", 1]),
        ("window", [0]),
        ("window", [0, 1, 2]),
        ("window", [1, 0]),
        ("window", [-21, 0]),
        ("window", [0, 21]),
        ("window", [0.0, 1.0]),
        ("window", ["0", "1"]),
        ("window", [False, True]),
        ("estimation", [-50, -11]),
        ("estimation", [-401, -11]),
        ("model", "markets"),
        ("source", ""),
        ("source", "Yahoo"),
        ("source", "prices.xlsx"),
        ("source", "prices\n.csv"),
        ("evnt_id", "x"),
    ],
)


@BAD
def test_a_bad_value_is_a_fault_of_its_parameter(name, value):
    assert set(faults(**{name: value})) == {name}


@BAD
def test_a_fault_is_worded_by_us(name, value):
    _, (fault, *more) = check_parameters(NOTEBOOKS[0], {name: value})
    library = r"validation|should|valid |error|Value|Extra|items"
    assert [str(one) for one in (fault, *more) if re.search(library, one.asked)] == []


def test_the_estimation_window_ends_before_the_event_window():
    assert "ends at session -5" in faults(window=[-5, 5], estimation=[-130, -5])[""]
    assert MarketReactions(window=[-5, 5], estimation=[-130, -6]).window == [-5, 5]


def test_every_bad_parameter_is_reported_at_once():
    assert set(faults(event_id=1, window=[3, 1], model="x", nonsense=1)) == {
        "event_id",
        "window",
        "model",
        "nonsense",
    }


@pytest.mark.parametrize("group", NOT_SHARES)
def test_a_group_that_is_no_share_is_no_choice(group):
    (spec,) = [spec for spec in NOTEBOOKS if spec.name == "01_market_reactions"]
    assert group in read_column("market/series", "group")
    _, (fault,) = check_parameters(spec, {"groups": ["chip", group]})
    assert str(fault).startswith("01_market_reactions, groups: asked for a value that")
    assert "other than index and etf; found" in str(fault)
    assert "etf," not in fault.todo


@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_every_parameter_says_what_it_means(spec):
    for name, field in spec.model().model_fields.items():
        assert field.description, name


@pytest.mark.parametrize("spec", NOTEBOOKS, ids=lambda spec: spec.name)
def test_defaults_are_valid(spec):
    assert spec.model()()
