"""Checks of the parameters of the tariff notebook that only its tables and models can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from research.errors import Fault, InputError, raise_if
from research.tariffs.elasticities import draw_theta, sets_of
from research.tariffs.scenario import find_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.thetas import load_thetas
from research.tariffs.welfare_draws import Setting


def setting_of(parameters: Mapping[str, Any]) -> Setting:
    """Build what the notebook solves for each draw.

    Parameters
    ----------
    parameters
        ``scenario``, ``counterfactual``, ``model``, ``data_year``, ``retaliation``.

    Raises
    ------
    InputError
        If a scenario is not known or not usable, both are the same, or the model has no trade of
        the year: every fault.
    """
    states, faults = {}, []
    for name in ("scenario", "counterfactual"):
        try:
            states[name] = find_scenario(str(parameters[name]))
            us_rates(states[name])
        except InputError as error:
            faults += [Fault(name, fault.asked, fault.found, fault.todo) for fault in error.faults]
    if parameters["scenario"] == parameters["counterfactual"]:
        todo = "Nothing would change; compare with another state."
        faults.append(Fault("counterfactual", "another state than the scenario", "the same", todo))
    raise_if(InputError, "The states of tariffs cannot be compared.", faults)
    return Setting(
        **states,
        model=parameters["model"],
        year=parameters["data_year"],
        retaliation=parameters["retaliation"],
    )


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Do, before a kernel starts, what of the notebook can fail for its parameters.

    Raises
    ------
    InputError
        With the faults of scenarios, elasticities and models.
    ConvergenceError
        If an equilibrium at the central elasticities is not found.
    """
    setting = setting_of(parameters)
    rng = np.random.default_rng(parameters["seed"])
    for name in sets_of(str(parameters["elasticity_set"])):
        draw_theta(name, setting.level, 1, rng)
    thetas = load_thetas(str(parameters["elasticity_set"]))
    for solve in setting.solvers():
        solve(thetas)
