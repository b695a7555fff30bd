"""Checks of the parameters of the tariff notebook that only its tables and models can answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from research.errors import Fault, InputError, ResearchError, raise_if
from research.tariffs.elasticities import draw_theta, sets_of
from research.tariffs.scenario import find_scenario
from research.tariffs.scenario_rates import pair_rates, us_rates
from research.tariffs.solver import ConvergenceError
from research.tariffs.thetas import load_thetas
from research.tariffs.welfare_draws import Setting
from research.tariffs.worlds import ONE_GOOD

_SUMMARY = "The states of tariffs cannot be compared."
_SAME = Fault(
    "counterfactual",
    "another state than the scenario",
    "the same",
    "Nothing would change; compare with another state.",
)


def setting_of(parameters: Mapping[str, Any]) -> Setting:
    """Build what the notebook solves for each draw.

    Parameters
    ----------
    parameters
        ``scenario``, ``counterfactual``, ``model``, ``data_year``, ``retaliation``.

    Raises
    ------
    InputError
        If a scenario is not known or not usable, names a country that the model does not tell
        apart, both are the same, or the model has no trade of the year.
    """
    states, faults = {}, []
    for name in ("scenario", "counterfactual"):
        try:
            states[name] = find_scenario(str(parameters[name]))
            us_rates(states[name])
        except InputError as error:
            faults += _named(name, error)
    if parameters["scenario"] == parameters["counterfactual"]:
        faults.append(_SAME)
    raise_if(InputError, _SUMMARY, faults)
    setting = Setting(
        **states,
        model=parameters["model"],
        year=parameters["data_year"],
        retaliation=parameters["retaliation"],
    )
    raise_if(InputError, _SUMMARY, _model_faults(setting))
    return setting


def _named(parameter: str, error: ResearchError) -> list[Fault]:
    """Name the parameter, and the place in its file, in what is asked of it."""
    return [
        replace(
            fault,
            where=parameter if fault.where == "scenario" else f"{parameter}, {fault.where}",
        )
        for fault in error.faults
    ]


def _model_faults(setting: Setting) -> list[Fault]:
    """Ask whether the model tells all countries apart, and whether anything changes in it."""
    source = ONE_GOOD[setting.year]
    states = {"scenario": setting.scenario, "counterfactual": setting.counterfactual}
    faults = []
    for name, state in states.items():
        try:
            # The notebook switches retaliation on, to see what it does.
            pair_rates(state, source, retaliation=True)
        except InputError as error:
            faults += _named(name, error)
    if faults:
        return faults
    new, old = (pair_rates(one, source, retaliation=setting.retaliation) for one in states.values())
    options = [
        replace(one, name="", title="", reason="", rates=(), retaliation=())
        for one in states.values()
    ]
    return [_SAME] if new.equals(old) and options[0] == options[1] else []


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Do, before a kernel starts, what of the notebook can fail for its parameters.

    Raises
    ------
    InputError
        With the faults of scenarios, elasticities and models; also if no equilibrium is found at
        the central elasticities.
    """
    setting = setting_of(parameters)
    rng = np.random.default_rng(parameters["seed"])
    for name in sets_of(str(parameters["elasticity_set"])):
        draw_theta(name, setting.level, 1, rng)
    thetas = load_thetas(str(parameters["elasticity_set"]))
    faults = []
    for name, solve in zip(("scenario", "counterfactual"), setting.solvers(), strict=True):
        try:
            solve(thetas)
        except ConvergenceError as error:
            faults += _named(name, error)
    raise_if(InputError, "There is no equilibrium to show.", faults)
