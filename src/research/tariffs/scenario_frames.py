"""What two states of tariffs are made of, as the notebook shows them."""

from __future__ import annotations

import pandas as pd

from research.tariffs.scenario import Scenario, lines_table
from research.tariffs.welfare_draws import Setting
from research.tariffs.worlds import HOME, ONE_GOOD, countries_of
from research.words import listed

# Countries whose welfare is shown whatever the states are, in front and after those named in them.
_FIRST, _LAST, _MOST = (HOME, "JPN"), ("MEX", "KOR"), 6


def lines_frame(setting: Setting) -> pd.DataFrame:
    """Give `lines_table` of both states."""
    return lines_table((setting.scenario, setting.counterfactual), retaliation=setting.retaliation)


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
