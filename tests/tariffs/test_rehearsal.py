"""What can be known of the tariff notebook's parameters is refused before it runs, all at once."""

import pytest

from research.errors import InputError
from research.report.notebooks import NOTEBOOKS
from research.tariffs.models.games import average_rate
from research.tariffs.rehearsal import rehearse, setting_of
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.who_pays import monthly_rates

DEFAULTS = NOTEBOOKS[2].defaults()

OWN = """\
title: own
reason: a test
rates:
  - {{importer: USA, exporters: [JPN], rate_share: {rate}}}
  - {{importer: USA, exporters: [{other}], rate_share: 0.1}}
"""
ANSWER = "retaliation:\n  - {{importer: {importer}, exporters: [USA], rate_share: 0.1}}\n"


def faults_of(**changes):
    with pytest.raises(InputError) as caught:
        rehearse(DEFAULTS | changes)
    return list(map(str, caught.value.faults))


@pytest.fixture
def file(tmp_path):
    def write(name="own", rate=0.15, other="CHN", answer="", more=""):
        path = tmp_path / f"{name}.yaml"
        text = OWN.format(rate=rate, other=other)
        text += ANSWER.format(importer=answer) if answer else ""
        path.write_text(text + more, encoding="utf-8")
        return str(path)

    return write


def test_the_defaults_can_be_run():
    rehearse(DEFAULTS)


def test_parameters_become_the_setting_they_name():
    changes = {"model": "one_sector", "data_year": 2023, "retaliation": True}
    setting = setting_of(DEFAULTS | changes)
    assert (setting.scenario.name, setting.counterfactual.name) == ("deal_15", "letter_25")
    assert (setting.model, setting.year, setting.retaliation) == ("one_sector", 2023, True)


@pytest.mark.parametrize(
    ("scenario", "counterfactual"),
    [("deal_15", "deal_15"), ("2025-09-16", "2025-09-17"), ("deal_15", "2025-09-16")],
)
def test_states_with_the_same_rates_are_refused_whatever_they_are_called(scenario, counterfactual):
    (fault,) = faults_of(scenario=scenario, counterfactual=counterfactual)
    assert fault.startswith("counterfactual: asked for another state than the scenario; found ")
    assert counterfactual in fault
    assert fault.endswith("Nothing would change; compare with another state.")


def test_retaliation_makes_a_state_another():
    """The deal knows an answer of Japan, the law of its day does not."""
    same = {"scenario": "deal_15", "counterfactual": "2025-09-16"}
    assert setting_of(DEFAULTS | same | {"retaliation": True}).retaliation


def test_options_of_the_scenario_hold_in_both_states(file):
    """They are no tariffs: in one state alone they would be called an effect of tariffs."""
    own = file(more="firm_pass_through: 0.8\nrevenue_use: income_tax\n")
    setting = setting_of(DEFAULTS | {"scenario": own})
    for state in (setting.scenario, setting.counterfactual):
        assert (state.firm_pass_through, state.revenue_use) == (0.8, "income_tax")
    assert setting.counterfactual.title == load_scenario("letter_25").title


def test_all_others_pay_what_customs_collect_unless_asked_or_written_otherwise(file):
    """Nobody but Japan paid a duty in both states."""
    main, none = (setting_of(DEFAULTS | {"duties_on_others": one}) for one in ("collected", "none"))
    collected = monthly_rates().dropna().iloc[-1]
    for setting, share in ((main, collected), (none, 0.0)):
        for state in (setting.scenario, setting.counterfactual):
            rates = us_rates(state).drop("JPN")
            assert rates.to_numpy() == pytest.approx(share)
        assert average_rate(setting.scenario) == pytest.approx(
            average_rate(load_scenario("deal_15"))
        )
    own = setting_of(DEFAULTS | {"scenario": file(more="on_others_share: 0.02\n")})
    assert us_rates(own.counterfactual).at["KOR", "FOD"] == 0.02
    assert us_rates(own.scenario).loc[["KOR", "CHN"], "FOD"].tolist() == [0.02, 0.1]


@pytest.mark.parametrize("until", ["2025-08-06", "2026-02-30"])
def test_a_last_day_before_the_deal_or_that_is_none_is_refused(until):
    (fault,) = faults_of(until=until)
    assert fault.startswith("until")
    assert "from 2025" in fault


def test_an_option_of_the_counterfactual_alone_is_refused(file):
    """Duties on others could differ between the two states without a word."""
    more = "deficit_left_share: 0.0\nlabour_supply_elasticity: 0.5\non_others_share: 0.05\n"
    other = file("other", rate=0.3, more=more)
    faults = faults_of(scenario="deal_15", counterfactual=other)
    assert faults[0].startswith("counterfactual, labour_supply_elasticity: asked for 0.0, as in ")
    assert "found 0.5. The world around tariffs is one" in faults[0]
    assert faults[1].startswith("counterfactual, deficit_left_share: asked for 1.0")
    assert faults[2].startswith("counterfactual, on_others_share: asked for None, as in ")
    assert len(faults) == 3


def test_two_states_with_one_title_are_refused(file):
    (fault,) = faults_of(scenario=file(), counterfactual=file("other", rate=0.3))
    assert fault.startswith("counterfactual, title: asked for another than the scenario's; found")
    assert fault.endswith("Write a title of its own into the YAML file.")


def test_retaliation_that_no_state_knows_is_refused():
    (fault,) = faults_of(scenario="2025-09-16", counterfactual="mfn", retaliation=True)
    assert fault.startswith("retaliation: asked for a state with lines of retaliation; found none")
    assert "2025-09-16 and mfn. Set retaliation to false, or write its lines" in fault


def test_all_faults_of_files_are_told_with_their_places(file):
    faults = faults_of(
        scenario=file("a", rate=15.0, other="XXX"), counterfactual=file("b", rate=-1)
    )
    assert [fault.split(":")[0] for fault in faults] == [
        "scenario, a, rates, entry 1, rate_share",
        "scenario, a, rates, entry 2, exporters, entry 1",
        "counterfactual, b, rates, entry 1, rate_share",
    ]


def test_faults_of_different_parameters_are_told_at_once():
    faults = faults_of(
        scenario="deal_51",
        counterfactual="2024-12-31",
        elasticity_set="boehm_short",
    )
    assert [fault.split(":")[0].split(",")[0] for fault in faults] == [
        "scenario",
        "counterfactual",
        "elasticity_set",
    ]


@pytest.mark.parametrize(
    ("trade", "hidden"),
    [
        ({"model": "many_sectors", "data_year": 2011}, "VNM"),
        ({"model": "one_sector", "data_year": 2023}, "TWN"),
    ],
)
def test_a_country_that_the_model_does_not_tell_apart_is_refused(file, trade, hidden):
    (fault,) = faults_of(scenario=file(other=hidden), **trade)
    assert fault.startswith(f"scenario, rates on {hidden}: asked for a country of ")
    assert fault.endswith("Leave the country out, or use a model that tells it apart.")
    (fault,) = faults_of(scenario=file(answer=hidden), **trade)
    assert fault.startswith(f"scenario, rates on {hidden}: ")


def test_a_country_that_only_other_models_hide_is_no_reason_to_refuse(file):
    setting = setting_of(DEFAULTS | {"scenario": file(other="TWN")})
    assert average_rate(setting.scenario) == pytest.approx(0.15)
