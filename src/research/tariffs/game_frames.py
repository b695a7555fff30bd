"""Tariffs as a game: what each rate would bring, and which ones both sides would choose.

One good, the trade of 2023, in which trade is balanced first: with deficits that stay whatever
happens, a country that buys more than it sells would gain from any tariff on everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs.elasticities import one_good_theta
from research.tariffs.hat_one_sector import solve_one_sector
from research.tariffs.models import BASE, HIGHEST_RATE_SHARE, PARTNER, welfare_pct
from research.tariffs.names import SET_NAMES
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.scenario_rates import one_good_rates, us_rates
from research.tariffs.tariff_games import best_tariff, nash_tariffs
from research.tariffs.thetas import Thetas
from research.tariffs.worlds import HOME, one_good, us_imports

#: Curves of welfare over the rate go at least so far.
LEAST_CURVE_RATE_SHARE = 0.6

#: Rates up to this are looked at.
HIGHEST_GAME_RATE_SHARE = 4.0


def balanced_world(theta: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give trade of one good in 2023 once every deficit is closed, and the rates before 2025.

    Returns
    -------
    flows_musd, rate_share
        Exporter x importer.
    """
    base = one_good_rates(load_scenario(BASE), 2023, retaliation=False)
    closed = solve_one_sector(
        one_good(2023).flows_musd,
        theta=theta,
        old_rate_share=base,
        new_rate_share=base,
        deficit_left_share=0.0,
    )
    return closed.flows_musd, base


def average_rate(scenario: Scenario) -> float:
    """Give the average rate of a scenario on all goods from Japan, a share; weights of 2024."""
    bought = us_imports().loc[PARTNER]
    return float(us_rates(scenario).loc[PARTNER] @ bought / bought.sum())


def rate_curve(thetas: Thetas, rates_share: Sequence[float]) -> pd.DataFrame:
    """Give welfare of both sides over one US rate on all goods from Japan.

    Returns
    -------
    ``country``, ``rate_pct``, ``welfare_pct`` (against the base, per cent of income).
    """
    world, base = balanced_world(thetas.one_good)
    names, rows = load_table("tariffs/region_codes")["country_name"], []
    for rate in rates_share:
        new = base.copy()
        new.loc[PARTNER, HOME] = rate
        result = solve_one_sector(
            world,
            theta=thetas.one_good,
            old_rate_share=base,
            new_rate_share=new,
            highest_rate_share=HIGHEST_RATE_SHARE,
        )
        welfare = welfare_pct(result)
        rows += [
            {"country": names[name], "rate_pct": 100 * rate, "welfare_pct": welfare[name]}
            for name in (HOME, PARTNER)
        ]
    return pd.DataFrame(rows)


def rates_looked_at(games: pd.DataFrame, average_pct: float) -> list[float]:
    """Give the rates of a curve, shares: beyond the best rate on Japan and the one in force.

    Parameters
    ----------
    games
        From `best_rates`.
    average_pct
        Average rate of the scenario, from `average_rate`.
    """
    furthest = 1.25 * max(float(games["us_rate_pct"].iloc[0]), average_pct) / 100
    return [float(rate) for rate in np.linspace(0, max(LEAST_CURVE_RATE_SHARE, furthest), 61)]


def best_by_set(sets: Sequence[str], others_share: float) -> pd.DataFrame:
    """Give the unanswered rate on Japan that each set of elasticities calls best.

    Parameters
    ----------
    sets
        From `research.tariffs.elasticities.sets_of`.
    others_share
        US duty on all others in the second answer, a share.

    Returns
    -------
    ``elasticities`` (words), ``theta``, ``best_pct`` (no duties on others) and
    ``best_others_pct`` (with that duty on all others): rates on Japan, per cent.

    Raises
    ------
    ConvergenceError
        If no best answer is found.
    """
    rows = []
    for name in sets:
        theta = one_good_theta(name)
        flows, base = balanced_world(theta)
        taxed = base.copy()
        taxed.loc[[other for other in taxed.index if other not in (HOME, PARTNER)], HOME] = (
            others_share
        )
        best = {
            column: 100
            * best_tariff(
                flows,
                HOME,
                on=[PARTNER],
                theta=theta,
                old_rate_share=base,
                new_rate_share=new,
                highest_rate_share=HIGHEST_GAME_RATE_SHARE,
            ).rate_share
            for column, new in (("best_pct", base), ("best_others_pct", taxed))
        }
        rows.append({"elasticities": SET_NAMES[name], "theta": theta, **best})
    return pd.DataFrame(rows)


def best_rates(thetas: Thetas) -> pd.DataFrame:
    """Give the rates that the United States and Japan would choose.

    Returns
    -------
    ``game`` (words), ``us_rate_pct``, ``japan_rate_pct`` (NaN where it keeps its rates),
    ``us_welfare_pct``, ``japan_welfare_pct`` (against the base).

    Raises
    ------
    ConvergenceError
        If no best answer is found.
    """
    flows, base = balanced_world(thetas.one_good)
    theta, highest = thetas.one_good, HIGHEST_GAME_RATE_SHARE
    on_japan, on_all = (
        best_tariff(
            flows, HOME, on=on, theta=theta, old_rate_share=base, highest_rate_share=highest
        )
        for on in ([PARTNER], None)
    )
    players = [HOME, PARTNER]
    nash = nash_tariffs(
        flows, players, theta=theta, old_rate_share=base, highest_rate_share=highest
    )
    rates = nash.rate_share
    rows = [
        ("best on Japan alone, unanswered", on_japan.rate_share, np.nan, on_japan.equilibrium),
        ("best on everybody, unanswered", on_all.rate_share, np.nan, on_all.equilibrium),
        ("both on everybody, each answers (Nash)", rates[HOME], rates[PARTNER], nash.equilibrium),
    ]
    return pd.DataFrame(
        [
            {
                "game": words,
                "us_rate_pct": 100 * us,
                "japan_rate_pct": 100 * japan,
                "us_welfare_pct": welfare_pct(result)[HOME],
                "japan_welfare_pct": welfare_pct(result)[PARTNER],
            }
            for words, us, japan, result in rows
        ]
    )
