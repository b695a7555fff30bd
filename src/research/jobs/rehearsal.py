"""Checks of the parameters of the jobs notebook that only its tables can answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from research.errors import Fault, InputError, raise_if
from research.jobs.ladder import Ladder, Override, load_ladder
from research.jobs.portfolio import portfolio
from research.jobs.prices import price_levels

#: Weight of the first count of jobs that each vintage stands for.
_VINTAGES = {"nipa_2021": 1.0, "oews_2025": 0.0}


def ladder_of(rungs: Mapping[str, float | Sequence[float]], vintage: str) -> Ladder:
    """Build the ladder that a notebook's parameters ask for.

    Parameters
    ----------
    rungs
        Rung -> one number that fixes it, or low, central and high.
    vintage
        ``both`` draws the weight of the two counts of jobs; the name of one takes that alone.

    Raises
    ------
    InputError
        As `research.jobs.ladder.load_ladder`, and if a rung has neither one nor three numbers.
    """
    given = {name: list(_numbers(value)) for name, value in rungs.items()}
    faults = [
        Fault(f"rungs, {name}", "one number, or low, central and high", f"{len(values)} numbers")
        for name, values in given.items()
        if len(values) not in (1, 3)
    ]
    if vintage in _VINTAGES and "nipa_weight" in rungs:
        todo = "Leave one of them out."
        faults.append(Fault("rungs, nipa_weight", "vintage 'both'", repr(vintage), todo))
    raise_if(InputError, "The ladder cannot be built.", faults)
    overrides: dict[str, Override] = {
        name: values[0]
        if len(values) == 1
        else dict(zip(("low", "central", "high"), values, strict=True))
        for name, values in given.items()
    }
    if vintage in _VINTAGES:
        overrides["nipa_weight"] = _VINTAGES[vintage]
    return load_ladder(overrides)


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Do, before a kernel starts, what of the notebook can fail for its parameters.

    Raises
    ------
    InputError
        With the faults of every step.
    """
    steps: list[Callable[[], object]] = [
        lambda: ladder_of(parameters["rungs"], parameters["vintage"]),
        lambda: portfolio(parameters["scenario"], parameters["mix"]),
        lambda: _of_no_effect(parameters["scenario"], parameters["rungs"]),
        lambda: _price_year(parameters["price_year"]),
    ]
    faults = [fault for step in steps for fault in _faults(step)]
    raise_if(InputError, "These jobs cannot be modelled.", faults)


def _of_no_effect(scenario: str, rungs: Mapping[str, object]) -> None:
    """Refuse rungs that do nothing where the scenario names its projects."""
    if scenario == "pledge":
        return
    todo = "Take the scenario 'pledge', or leave the rung out."
    faults = [
        Fault(f"rungs, {name}", "a scenario that selects", repr(scenario), todo)
        for name in ("pledged_bn_usd", "selected_share")
        if name in rungs
    ]
    raise_if(InputError, "Some rungs would do nothing.", faults)


def _price_year(year: int) -> None:
    years = price_levels().columns
    if year not in years:
        asked = f"a year from {years.min()} to {years.max()}"
        raise InputError("There is no price level.", [Fault("price_year", asked, repr(year))])


def _numbers(value: float | Sequence[float]) -> Sequence[float]:
    return value if isinstance(value, Sequence) else [value]


def _faults(step: Callable[[], object]) -> list[Fault]:
    try:
        step()
    except InputError as error:
        return list(error.faults)
    return []
