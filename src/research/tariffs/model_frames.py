"""Welfare, models, forecasts and best rates as the notebook shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.data import load_gdp_forecasts
from research.tariffs.models import (
    BASE,
    EXPORT_SUPPLY_ELASTICITY,
    PARTNER,
    Case,
    us_market_states,
)
from research.tariffs.names import COUNTRY_NAMES, SET_NAMES
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.thetas import Thetas
from research.tariffs.welfare_draws import WelfareDraws, summarise
from research.tariffs.worlds import HOME, gdp_musd

#: Measures of `research.tariffs.models.effects` that the figure shows, with its headings.
MEASURES = {
    "imports_pct": "US imports from Japan, %",
    "welfare_pct": "US welfare, % of income",
    "japan_welfare_pct": "Japan's welfare, % of income",
}

#: Countries whose welfare the notebook shows.
SHOWN = (HOME, PARTNER, "MEX", "KOR")


def welfare_frame(draws: WelfareDraws, countries: Sequence[str] = SHOWN) -> pd.DataFrame:
    """Give the effect on welfare by country and set of elasticities, and for all sets together.

    Returns
    -------
    ``country``, ``elasticities`` (words), ``low``, ``central``, ``high`` (points of income),
    ``chance_of_gain`` and ``standard_error``.
    """
    effect = draws.effect_pct
    sets = list(dict.fromkeys(effect.index.get_level_values("set")))
    groups = [(SET_NAMES[name], effect.xs(name, level="set")) for name in sets]
    groups += [(SET_NAMES["mixture"], effect)] if len(sets) > 1 else []
    rows = [
        {"country": COUNTRY_NAMES[country], "elasticities": words, **table.loc[country]}
        for country in countries
        for words, table in ((words, summarise(drawn)) for words, drawn in groups)
    ]
    return pd.DataFrame(rows)


def models_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Give the table of `research.tariffs.models.compare` with the headings of the figure."""
    named = table.rename(columns=MEASURES).assign(model=table["title"])
    return named[["model", *MEASURES.values()]].reset_index(drop=True)


def forecasts_frame(
    draws: WelfareDraws, scenario: Scenario, counterfactual: Scenario, thetas: Thetas
) -> pd.DataFrame:
    """Set forecasts of Japan's gross domestic product beside ours, per cent.

    Ours are against the rates before 2025: real income in general equilibrium (90 % of the draws),
    and exports to the United States lost with nothing sold or made in their place (between
    sellers that cut prices and sellers that do not).

    Returns
    -------
    ``group``, ``label``, ``low``, ``central``, ``high``.
    """
    rows = [
        {"group": "forecast", "label": row.label, **dict.fromkeys(_RANGE, row.effect_pct)}
        for row in _labelled(load_gdp_forecasts()).itertuples()
    ]
    states = (
        (scenario, draws.scenario_pct),
        (counterfactual, draws.counterfactual_pct),
    )
    for state, drawn in states:
        income = summarise(drawn).loc[PARTNER, list(_RANGE)]
        rows.append({"group": "this repository", "label": f"real income: {state.title}", **income})
    for state, _ in states:
        lost = sorted(
            lost_exports_pct(Case(state, thetas), supply)
            for supply in (EXPORT_SUPPLY_ELASTICITY, np.inf)
        )
        ends = dict(zip(_RANGE, (lost[0], float(np.mean(lost)), lost[1]), strict=True))
        rows.append({"group": "this repository", "label": f"exports lost: {state.title}", **ends})
    return pd.DataFrame(rows)


def lost_exports_pct(case: Case, export_supply_elasticity: float) -> float:
    """Give the fall of US imports from Japan against the base, per cent of Japan's GDP."""
    base = Case(load_scenario(BASE), case.thetas)
    new, old = (
        us_market_states(one, export_supply_elasticity)[0]["imports_bn_usd"] for one in (case, base)
    )
    return float(100 * (new - old) / (gdp_musd()[PARTNER] / 1e3))


_RANGE = ("low", "central", "high")


def _labelled(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Name each forecast by who made it, of what and for when."""
    words = forecasts["forecaster"] + ": " + forecasts["scenario_words"]
    label = words + ", " + forecasts["horizon"].astype(str)
    return forecasts.assign(label=label.str.replace(" %", "\N{NO-BREAK SPACE}%"))
