"""What two states of tariffs are made of, as the notebook shows them."""

from __future__ import annotations

import pandas as pd

from research.tariffs.measures import Measure
from research.tariffs.scenario import Rate, Scenario
from research.tariffs.welfare_draws import Setting
from research.tariffs.worlds import HOME, ONE_GOOD, countries_of
from research.words import listed

# Countries whose welfare is shown whatever the states are, in front and after those named in them.
_FIRST, _LAST, _MOST = (HOME, "JPN"), ("MEX", "KOR"), 6


def lines_frame(setting: Setting) -> pd.DataFrame:
    """Give every line of rates of both states, those of retaliation if it is asked for.

    Returns
    -------
    ``state`` (title), ``importer``, ``exporters``, ``sectors``, ``rate`` and ``own`` (own measures
    on top of a day's law), all words.
    """
    rows = [
        {
            "state": state.title,
            "importer": line.importer,
            "exporters": ", ".join(line.exporters),
            "sectors": ", ".join(line.sectors),
            "rate": _rate(line),
            "own": "; ".join(map(_measure, line.own_measures())) or "none",
        }
        for state in (setting.scenario, setting.counterfactual)
        for line in state.lines(retaliation=setting.retaliation)
    ]
    columns = ["state", "importer", "exporters", "sectors", "rate", "own"]
    return pd.DataFrame(rows, columns=columns)


def options_sentence(scenario: Scenario) -> str:
    """Say how general equilibrium is set in both states."""
    said = [
        f"labour supply elasticity {scenario.labour_supply_elasticity:g}",
        f"sellers pass on {100 * scenario.firm_pass_through:g} % of a duty",
        f"{100 * scenario.deficit_left_share:g} % of trade deficits stay",
        "revenue goes back "
        + ("in equal parts" if scenario.revenue_use == "lump_sum" else "against income tax"),
    ]
    return f"In general equilibrium, in both states: {listed(said)}."


def shown_countries(setting: Setting) -> list[str]:
    """Name the countries whose welfare is shown: those of the question, named in lines, and two.

    Six at most, and only such as the trade of the setting tells apart.
    """
    lines = [
        line
        for state in (setting.scenario, setting.counterfactual)
        for line in state.lines(retaliation=setting.retaliation)
    ]
    named = [name for line in lines for name in (line.importer, *line.exporters)]
    known = set(countries_of(ONE_GOOD[setting.year]))
    wanted = dict.fromkeys([*_FIRST, *named, *_LAST])
    return [name for name in wanted if name in known][:_MOST]


def _rate(line: Rate) -> str:
    return f"law of {line.law_of}" if line.rate_share is None else f"{100 * line.rate_share:g} %"


def _measure(measure: Measure) -> str:
    rate = f"{100 * measure.rate_share:g} % ({measure.basis}) on {', '.join(measure.goods)}"
    return f"{rate} from {measure.effective_date:%Y-%m-%d}"
