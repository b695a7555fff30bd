"""Checks of the parameters of the tariff notebook that only its tables and models can answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from research.errors import Fault, InputError, raise_if
from research.tariffs.dated_value import daily_value
from research.tariffs.elasticities import draw_theta, sets_of, theta_table
from research.tariffs.scenario import OPTIONS, Scenario, find_scenario
from research.tariffs.scenario_rates import pair_rates, us_rates
from research.tariffs.welfare import Setting, last_collected
from research.tariffs.worlds import ONE_GOOD, Source

_SUMMARY = "The states of tariffs cannot be compared."


def setting_of(parameters: Mapping[str, Any]) -> Setting:
    """Build what the notebook solves for each draw, from its parameters.

    The world around tariffs is the same in both states: options of the scenario (labour supply,
    pass-through of firms, deficits, use of revenue) hold in the counterfactual as well, and so do
    US duties on all others, its own or what ``duties_on_others`` says. Every fault
    of scenarios and retaliation is in one `InputError`.
    """
    model, year = parameters["model"], parameters["data_year"]
    source = ONE_GOOD.get(year, "us_imports_2024")
    states: dict[str, Scenario] = {}
    faults = []
    for name in ("scenario", "counterfactual"):
        find = partial(_find, states, name, str(parameters[name]), source)
        faults += _faults(name, find)
    if not faults:
        faults += _pair_faults(parameters, source, **states)
    elif parameters["scenario"] == parameters["counterfactual"]:
        faults.append(_same("the same"))
    raise_if(InputError, _SUMMARY, faults)
    options = {name: getattr(states["scenario"], name) for name in OPTIONS}
    states["counterfactual"] = states["counterfactual"].model_copy(update=options)
    others = last_collected() if parameters["duties_on_others"] == "collected" else 0.0
    for name, state in states.items():
        others = others if state.on_others_share is None else state.on_others_share
        states[name] = state.model_copy(update={"on_others_share": others})
    return Setting(**states, model=model, year=year, retaliation=parameters["retaliation"])


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Do, before a kernel starts, what of the notebook can fail for its parameters."""
    asked = str(parameters["elasticity_set"])
    rng, faults = np.random.default_rng(0), []
    for name in sets_of(asked):
        faults += _faults("elasticity_set", partial(draw_theta, name, "one_good", 1, rng))
    if parameters["until"]:
        faults += _faults("until", partial(daily_value, "day_before", str(parameters["until"])))
    try:
        setting = setting_of(parameters)
    except InputError as error:
        raise InputError(_SUMMARY, [*error.faults, *faults]) from error
    raise_if(InputError, _SUMMARY, faults)
    setting.effect(theta_table(asked, setting.level)["theta"].to_frame().T)


def _find(states: dict[str, Scenario], name: str, asked: str, source: Source) -> None:
    """Find a state and see that all its rates can be made ready, retaliation among them."""
    state = find_scenario(asked)
    us_rates(state)
    pair_rates(state, source, retaliation=True)
    states[name] = state


def _pair_faults(
    parameters: Mapping[str, Any], source: Source, scenario: Scenario, counterfactual: Scenario
) -> list[Fault]:
    new, old, retaliation = scenario, counterfactual, bool(parameters["retaliation"])
    tables = [pair_rates(one, source, retaliation=retaliation) for one in (new, old)]
    pairs = tables[0].index.union(tables[1].index)
    rates = [table.reindex(pairs, fill_value=0.0) for table in tables]
    faults = []
    if rates[0].equals(rates[1]):
        faults.append(_same(f"{parameters['counterfactual']!r}, which has the same rates"))
    elif new.title == old.title:
        asked, todo = "another than the scenario's", "Write a title of its own into the YAML file."
        faults.append(Fault("counterfactual, title", asked, old.title, todo))
    for name in (*OPTIONS, "on_others_share"):
        ours, theirs = getattr(new, name), getattr(old, name)
        if theirs not in (Scenario.model_fields[name].default, ours):
            asked = f"{ours!r}, as in the scenario, or none"
            todo = "The world around tariffs is one; write the same option into both files."
            faults.append(Fault(f"counterfactual, {name}", asked, repr(theirs), todo))
    if retaliation and not (new.retaliation or old.retaliation):
        found = f"none in {new.name} and {old.name}"
        todo = "Set retaliation to false, or write its lines into a YAML file."
        faults.append(Fault("retaliation", "a state with lines of retaliation", found, todo))
    return faults


def _same(found: str) -> Fault:
    todo = "Nothing would change; compare with another state."
    return Fault("counterfactual", "another state than the scenario", found, todo)


def _faults(parameter: str, step: Callable[[], object]) -> list[Fault]:
    """Do a step; give its faults, the parameter before the place in what it stands for."""
    try:
        step()
    except InputError as error:
        whole = ("scenario", parameter)
        return [
            replace(one, where=parameter if one.where in whole else f"{parameter}, {one.where}")
            for one in error.faults
        ]
    return []
