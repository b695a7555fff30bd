"""The first steps of the market notebook, taken to see whether the figures allow them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from research.data import load_market, load_table
from research.errors import Fault, InputError, raise_if
from research.events.news import NEEDED, day_moves, index_reaction, reported_moves
from research.events.study import react


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Find out whether an event can be studied with these parameters.

    Parameters
    ----------
    parameters
        Those of ``01_market_reactions``, each checked for itself.

    Raises
    ------
    InputError
        If the source lacks a series, the event lies outside of its figures, or the windows
        reach beyond them; with the faults of every step.
    DataError
        If the source or a bundled table cannot be read.
    """
    market, events = (
        load_market(parameters["source"]),
        load_table("deal/events").loc[[parameters["event_id"]]],
    )
    groups, estimation = parameters["groups"], parameters["estimation"]
    steps: list[Callable[[], object]] = [
        lambda: day_moves(
            market, events, groups, reported_moves(load_table("deal/claims"), market)
        ),
        lambda: react(
            market,
            events,
            groups,
            model=parameters["model"],
            window=parameters["window"],
            estimation=estimation,
        ),
    ]
    if all(name in market.returns for name in NEEDED):
        steps.append(
            lambda: index_reaction(market, events, estimation, controls=[]),
        )
    faults = [fault for step in steps for fault in _faults(step)]
    raise_if(InputError, "This event cannot be studied.", list(dict.fromkeys(faults)))


def _faults(step: Callable[[], object]) -> list[Fault]:
    try:
        step()
    except InputError as error:
        return list(error.faults)
    return []
