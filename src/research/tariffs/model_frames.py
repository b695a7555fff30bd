"""Welfare, models, forecasts and best rates as the notebook shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs.elasticities import Thetas
from research.tariffs.models.games import average_rate
from research.tariffs.models.registry import BASE, EXPORT_SUPPLY_ELASTICITY, Case, us_market_states
from research.tariffs.names import SET_NAMES
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.welfare_draws import Setting, WelfareDraws, summarise
from research.tariffs.worlds import HOME, PARTNER, gdp_musd

#: Measures of `research.tariffs.models.registry.effects` that the figure shows, with its headings.
MEASURES = {
    "imports_pct": "US imports from Japan, %",
    "welfare_pct": "US welfare, % of income or GDP",
    "japan_welfare_pct": "Japan's welfare, % of income or GDP",
}

_PERCENT = 100.0

#: Points between the average rate of a state and the rate of a forecast that is held against it:
#: 15 % on most goods are 16.4 % on average, for metals pay more.
NEAR_POINTS = 1.5


def welfare_frame(draws: WelfareDraws, countries: Sequence[str]) -> pd.DataFrame:
    """Give the effect on welfare by country and set of elasticities, and for all sets together.

    Parameters
    ----------
    draws
        From `research.tariffs.welfare_draws.draw_welfare`.
    countries
        Codes, such as those of `research.tariffs.scenario_frames.shown_countries`.

    Returns
    -------
    ``country``, ``elasticities`` (words), ``low``, ``central``, ``high`` (points of income),
    ``chance_of_gain`` and ``standard_error``.
    """
    effect, names = draws.effect_pct, load_table("tariffs/region_codes")["country_name"]
    sets = list(dict.fromkeys(effect.index.get_level_values("set")))
    groups = [(SET_NAMES[name], effect.xs(name, level="set")) for name in sets]
    groups += [(SET_NAMES["mixture"], effect)] if len(sets) > 1 else []
    rows = [
        {"country": names[country], "elasticities": words, **table.loc[country]}
        for country in countries
        for words, table in ((words, summarise(drawn)) for words, drawn in groups)
    ]
    return pd.DataFrame(rows)


def decomposition_frame(setting: Setting, thetas: Thetas) -> pd.DataFrame:
    """Set exact welfare of both states beside its first-order parts, against the base.

    Parameters
    ----------
    setting
        States and model.
    thetas
        Share elasticities.

    Returns
    -------
    ``state`` (title), ``country`` (name), ``exact_pct`` (equivalent variation), ``first_order_pct``
    and what it is the sum of: ``terms_of_trade_pct``, ``volume_of_trade_pct``, ``other_pct``
    (labour, deficits); per cent of income.

    Raises
    ------
    ConvergenceError
        If an equilibrium is not found.
    """
    names, rows = load_table("tariffs/region_codes")["country_name"], []
    states = (setting.scenario, setting.counterfactual)
    for state, solve in zip(states, setting.solvers(), strict=True):
        table = solve(thetas).countries
        pct = table.filter(like="_musd").div(table["old_income_musd"], axis=0).mul(_PERCENT)
        for country in (HOME, PARTNER):
            row = pct.loc[country]
            parts = [row["terms_of_trade_musd"], row["volume_of_trade_musd"]]
            rows.append(
                {
                    "state": state.title,
                    "country": names[country],
                    "exact_pct": row["equivalent_variation_musd"],
                    "first_order_pct": row["first_order_musd"],
                    "terms_of_trade_pct": parts[0],
                    "volume_of_trade_pct": parts[1],
                    "other_pct": row["first_order_musd"] - sum(parts),
                }
            )
    return pd.DataFrame(rows)


def models_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Give the table of `registry.compare` with the headings of the figure."""
    named = table.rename(columns=MEASURES).assign(model=table["title"])
    return named[["model", *MEASURES.values()]].reset_index(drop=True)


def forecasts_frame(
    draws: WelfareDraws, scenario: Scenario, counterfactual: Scenario, thetas: Thetas
) -> pd.DataFrame:
    """Set forecasts of Japan's gross domestic product beside ours, per cent, state by state.

    Ours are against the rates before 2025: real income in general equilibrium (90 % of the draws),
    and exports to the United States lost with nothing sold or made in their place (between
    sellers that cut prices and sellers that do not). Levels forecast for about the rate of a
    state stand above ours of that state, all other forecasts come last.

    Returns
    -------
    ``group``, ``kind`` (of ``tariffs/gdp_forecasts``, or ``real income`` and
    ``exports lost``), ``source`` (who made it), ``state`` (title; ``none`` for a forecast),
    ``rate_pct`` (average rate on Japan; for a forecast the one it assumes, NaN where that is on
    some goods alone), ``label``, ``low``, ``central``, ``high``.
    """
    theirs = _forecast_rows()
    pieces, placed = [], pd.Series(False, theirs.index)
    for state, drawn in (
        (scenario, draws.scenario_pct),
        (counterfactual, draws.counterfactual_pct),
    ):
        ours = _state_rows(state, drawn, thetas)
        near = levels_near(theirs[~placed], float(ours["rate_pct"].iloc[0])).index
        placed[near] = True
        pieces += [theirs.loc[near], ours]
    return pd.concat([*pieces, theirs[~placed]], ignore_index=True)


def levels_near(table: pd.DataFrame, rate_pct: float) -> pd.DataFrame:
    """Give the forecasts that can be held against a state: levels, for about its average rate.

    Parameters
    ----------
    table
        From `forecasts_frame`.
    rate_pct
        Average rate of the state on goods from Japan.
    """
    near = (table["rate_pct"] - rate_pct).abs() <= NEAR_POINTS
    return table[(table["group"] == "forecast") & (table["kind"] == "level") & near]


def _state_rows(state: Scenario, drawn: pd.DataFrame, thetas: Thetas) -> pd.DataFrame:
    """Give real income and exports lost of one state."""
    income = summarise(drawn).loc[PARTNER, list(_RANGE)]
    lost = sorted(
        lost_exports_pct(Case(state, thetas), supply)
        for supply in (EXPORT_SUPPLY_ELASTICITY, np.inf)
    )
    ends = dict(zip(_RANGE, (lost[0], float(np.mean(lost)), lost[1]), strict=True))
    ours = {
        "group": "this repository",
        "source": "this repository",
        "state": state.title,
        "rate_pct": 100 * average_rate(state),
    }
    return pd.DataFrame(
        [
            ours | {"kind": kind, "label": f"{kind}: {state.title}", **values}
            for kind, values in (("real income", income), ("exports lost", ends))
        ]
    )[_FORECAST_COLUMNS]


def lost_exports_pct(case: Case, export_supply_elasticity: float) -> float:
    """Give the fall of US imports from Japan against the base, per cent of Japan's GDP."""
    base = Case(load_scenario(BASE), case.thetas)
    new, old = (
        us_market_states(one, export_supply_elasticity)[0]["imports_bn_usd"] for one in (case, base)
    )
    return float(100 * (new - old) / (gdp_musd()[PARTNER] / 1e3))


_RANGE = ("low", "central", "high")
_FORECAST_COLUMNS = ["group", "kind", "source", "state", "rate_pct", "label", *_RANGE]

# What the rate of a forecast has to be on, to be held against an average over all goods.
_WHOLE = ("most goods", "average")


def _forecast_rows() -> pd.DataFrame:
    """Name each forecast by who made it, of what, for when and of which kind."""
    table = load_table("tariffs/gdp_forecasts")
    words = table["forecaster"] + ": " + table["scenario_words"]
    label = words + ", " + table["horizon"].astype(str) + ", " + table["effect_kind"]
    return table.assign(
        group="forecast",
        kind=table["effect_kind"],
        source=table["forecaster"],
        state="none",
        rate_pct=table["rate_on_japan_pct"].where(table["rate_of"].isin(_WHOLE)).astype(float),
        label=label.str.replace(" %", "\N{NO-BREAK SPACE}%"),
        **dict.fromkeys(_RANGE, table["effect_pct"]),
    )[_FORECAST_COLUMNS]
