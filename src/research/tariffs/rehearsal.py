"""Checks of the parameters of the tariff notebook that only its tables and models can answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from research.errors import Fault, InputError, raise_if
from research.tariffs.elasticities import draw_theta, sets_of, theta_table
from research.tariffs.scenario import OPTIONS, Scenario, find_scenario
from research.tariffs.scenario_rates import pair_rates, us_rates
from research.tariffs.welfare import Setting, trade_faults
from research.tariffs.worlds import ONE_GOOD, Source

_SUMMARY = "The states of tariffs cannot be compared."


def setting_of(parameters: Mapping[str, Any]) -> Setting:
    """Build what the notebook solves for each draw.

    The world around tariffs is the same in both states: options of the scenario (labour supply,
    pass-through of firms, deficits, use of revenue) hold in the counterfactual as well.

    Parameters
    ----------
    parameters
        ``scenario``, ``counterfactual``, ``model``, ``data_year``, ``retaliation``.

    Raises
    ------
    InputError
        If a scenario is not known or not usable by the models, both come to the same or have the
        same title, the counterfactual has options of its own, neither knows the retaliation asked
        for, or the model has no trade of the year: every fault.
    """
    model, year = parameters["model"], parameters["data_year"]
    source = ONE_GOOD.get(year, "us_imports_2024")
    trade = [
        replace(fault, where="data_year") if fault.where == "year" else fault
        for fault in trade_faults(model, year)
    ]
    states: dict[str, Scenario] = {}
    faults = []
    for name in ("scenario", "counterfactual"):
        try:
            states[name] = find_scenario(str(parameters[name]))
            _check_usable(states[name], source)
        except InputError as error:
            faults += [_of_parameter(name, fault) for fault in error.faults]
    if not faults:
        faults += _pair_faults(parameters, source, *states.values())
    elif parameters["scenario"] == parameters["counterfactual"]:
        faults.append(_same("the same"))
    raise_if(InputError, _SUMMARY, faults + trade)
    options = {name: getattr(states["scenario"], name) for name in OPTIONS}
    states["counterfactual"] = states["counterfactual"].model_copy(update=options)
    return Setting(**states, model=model, year=year, retaliation=parameters["retaliation"])


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Do, before a kernel starts, what of the notebook can fail for its parameters.

    Raises
    ------
    InputError
        With the faults of scenarios, elasticities and models.
    ConvergenceError
        If an equilibrium at the central elasticities is not found.
    """
    asked = str(parameters["elasticity_set"])
    steps: list[Callable[[], object]] = [
        lambda: setting_of(parameters),
        lambda: _check_drawn(asked, parameters["seed"]),
    ]
    raise_if(InputError, _SUMMARY, [fault for step in steps for fault in _faults(step)])
    setting = setting_of(parameters)
    for solve in setting.solvers():
        solve(theta_table(asked, setting.level)["theta"])


def _check_usable(state: Scenario, source: Source) -> None:
    """See that all rates can be made ready; the drivers of the notebook switch retaliation on."""
    us_rates(state)
    pair_rates(state, source, retaliation=True)


def _check_drawn(asked: str, seed: int) -> None:
    for name in sets_of(asked):
        try:
            draw_theta(name, "one_good", 1, np.random.default_rng(seed))
        except InputError as error:
            faults = [_of_parameter("elasticity_set", fault) for fault in error.faults]
            raise InputError(error.summary, faults) from error


def _pair_faults(
    parameters: Mapping[str, Any], source: Source, new: Scenario, old: Scenario
) -> list[Fault]:
    """List why two usable states make no comparison, or not the one that was asked for."""
    retaliation, faults = bool(parameters["retaliation"]), []
    tables = [pair_rates(one, source, retaliation=retaliation) for one in (new, old)]
    pairs = tables[0].index.union(tables[1].index)
    rates = [table.reindex(pairs, fill_value=0.0) for table in tables]
    if rates[0].equals(rates[1]):
        faults.append(_same(f"{parameters['counterfactual']!r}, which has the same rates"))
    elif new.title == old.title:
        todo = "Write a title of its own into the YAML file."
        faults.append(
            Fault("counterfactual, title", "another than the scenario's", old.title, todo)
        )
    faults += [
        Fault(
            f"counterfactual, {name}",
            f"{getattr(new, name)!r}, as in the scenario, or none",
            repr(getattr(old, name)),
            "The world around tariffs is one; write the same option into both files.",
        )
        for name in OPTIONS
        if getattr(old, name) not in (Scenario.model_fields[name].default, getattr(new, name))
    ]
    if retaliation and not (new.retaliation or old.retaliation):
        found = f"none in {new.name} and {old.name}"
        todo = "Set retaliation to false, or write its lines into a YAML file."
        faults.append(Fault("retaliation", "a state with lines of retaliation", found, todo))
    return faults


def _same(found: str) -> Fault:
    todo = "Nothing would change; compare with another state."
    return Fault("counterfactual", "another state than the scenario", found, todo)


def _of_parameter(name: str, fault: Fault) -> Fault:
    """Name the parameter, then the place in what it stands for."""
    return replace(fault, where=name if fault.where == "scenario" else f"{name}, {fault.where}")


def _faults(step: Callable[[], object]) -> list[Fault]:
    try:
        step()
    except InputError as error:
        return list(error.faults)
    return []
