"""The first steps of the market notebook, taken to see whether the figures allow them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from research.data import load_market, load_table
from research.errors import Fault, InputError, raise_if
from research.events.news import NEEDED, day_moves, index_reaction, reported_moves, with_day
from research.events.study import react


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Find out whether an event can be studied with parameters of ``01_market_reactions``.

    A source that lacks a series, and an event or windows beyond it, are an `InputError`.
    """
    own = parameters.get("own_groups", {})
    market = load_market(parameters["source"], own)
    events, event_id = load_table("deal/events"), parameters["event_id"]
    if day := parameters.get("event_date"):
        events, event_id = with_day(events, day), "own_day"
    events = events.loc[[event_id]]
    firms = pd.Series(parameters["firms"], parameters["firms"])
    groups = [*own, *parameters["groups"]]
    claims = reported_moves(load_table("deal/claims"), market)
    settings = {name: parameters[name] for name in ("model", "window", "estimation")}
    steps = [
        partial(day_moves, market, events, groups, claims),
        partial(react, market, events, groups, **settings),
        partial(react, market, events, firms, **settings),
    ]
    if all(name in market.returns for name in NEEDED):
        steps.append(partial(index_reaction, market, events, settings["estimation"], controls=[]))
    faults: list[Fault] = []
    for step in steps:
        try:
            step()
        except InputError as error:
            faults += error.faults
    raise_if(InputError, "This event cannot be studied.", list(dict.fromkeys(faults)))
