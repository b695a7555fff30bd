import re
from datetime import datetime

import pytest
from pydantic import ValidationError

from research.data.groups import NOT_SHARES
from research.reports.catalog import NOTEBOOKS
from research.reports.checking import check_parameters, read_column
from research.reports.parameters import MarketReactions
from research.values import parse_yaml


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


TARIFFS = next(spec for spec in NOTEBOOKS if spec.name == "03_tariffs")


def tariff_faults(**given):
    parameters, found = check_parameters(TARIFFS, given)
    assert (parameters == {}) == bool(found)
    return [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scenario", ""),
        ("scenario", "x" * 1001),
        ("scenario", 15),
        ("scenario", ["deal_15"]),
        ("scenario", datetime(2026, 7, 24, 12, 0)),
        ("scenario", "a\nb.yaml"),
        ("scenario", "\u202elmay.yaml"),
        ("counterfactual", "a\0.yaml"),
        ("counterfactual", None),
        ("elasticity_set", 1.01),
        ("elasticity_set", ""),
        ("model", "two_sectors"),
        ("model", True),
        ("data_year", 2024),
        ("data_year", "2011"),
        ("retaliation", "yes"),
        ("retaliation", 1),
        ("draws", 49),
        ("draws", 2001),
        ("draws", 200.0),
        ("draws", True),
        ("seed", -1),
        ("seed", 2**32),
        ("scenrio", "deal_15"),
    ],
)
def test_a_bad_value_of_the_tariffs_is_one_fault_worded_by_us(name, value):
    (fault,) = tariff_faults(**{name: value})
    assert name in fault
    assert not re.search(r"validation|should|valid |error|Value|Extra|items", fault)


def test_the_bounds_of_draws_and_seed_are_themselves_taken():
    for name, bounds in (("draws", (50, 2000)), ("seed", (0, 2**32 - 1))):
        for value in bounds:
            assert tariff_faults(**{name: value}) == []


def test_trade_of_2023_is_for_one_good():
    (fault,) = tariff_faults(data_year=2023)
    assert "data_year 2011 for the model many_sectors" in fault
    assert tariff_faults(data_year=2023, model="one_sector") == []
    assert tariff_faults(data_year=2011, model="one_sector") == []


def test_an_unknown_set_of_elasticities_names_the_nearest():
    (fault,) = tariff_faults(elasticity_set="cp_estimate")
    assert fault.endswith("found 'cp_estimate' (str). Did you mean cp_estimated?")
    for name in {*read_column("tariffs/elasticity_sets", "set"), "mixture"}:
        assert tariff_faults(elasticity_set=name) == []


def test_a_day_is_the_same_with_and_without_quotes():
    parameters, _ = check_parameters(TARIFFS, parse_yaml("{scenario: 2026-07-24}"))
    assert parameters["scenario"] == "2026-07-24"
    assert check_parameters(TARIFFS, {"scenario": "2026-07-24"})[0] == parameters


def test_every_bad_parameter_of_the_tariffs_is_reported_at_once():
    found = tariff_faults(draws=1, seed=-1, model="x", elasticity_set="cp", retalation=True)
    for part in ("draws", "seed", "model", "elasticity_set", "Did you mean retaliation?"):
        assert any(part in fault for fault in found)
    assert len(found) == 5
