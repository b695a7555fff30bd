"""Welfare under drawn elasticities: intervals, the chance of a gain, and what moves the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.elasticities import ALL_GOODS, Level, draw_theta
from research.tariffs.hat_result import HatResult
from research.tariffs.models import (
    PARTNER,
    many_sectors_solver,
    one_sector_solver,
    welfare_pct,
)
from research.tariffs.pass_through_report import monthly_rates
from research.tariffs.scenario import Rate, Scenario
from research.tariffs.thetas import Thetas
from research.tariffs.worlds import HOME, ONE_GOOD, countries_of

#: General-equilibrium models that elasticities can be drawn for.
ModelName = Literal["many_sectors", "one_sector"]

#: Quantiles of the intervals shown: 90 % of the draws lie between.
LOW, HIGH = 0.05, 0.95

Solver = Callable[[Thetas], HatResult]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is solved for each draw.

    Attributes
    ----------
    scenario, counterfactual
        States of tariffs; the effect is the first less the second.
    model
        ``many_sectors`` (2011) or ``one_sector``.
    year
        Of the trade: 2011, or 2023 with one good.
    retaliation
        Whether lines of retaliation are in force, in both states.
    """

    scenario: Scenario
    counterfactual: Scenario
    model: ModelName = "many_sectors"
    year: int = 2011
    retaliation: bool = False

    def __post_init__(self) -> None:
        """Refuse a year that the model has no trade for."""
        known = [2011] if self.model == "many_sectors" else list(ONE_GOOD)
        if self.year not in known:
            years = " or ".join(map(str, known))
            fault = Fault("year", f"{years} for the model {self.model}", str(self.year))
            raise_if(InputError, "There is no trade to solve.", [fault])

    @property
    def level(self) -> Level:
        """What elasticities are drawn for."""
        return "one_good" if self.model == "one_sector" else "world_sectors"

    def solvers(self) -> tuple[Solver, Solver]:
        """Make both states ready to be solved: scenario and counterfactual."""
        new, old = (self._solver(one) for one in (self.scenario, self.counterfactual))
        return new, old

    def _solver(self, scenario: Scenario) -> Solver:
        if self.model == "one_sector":
            return one_sector_solver(scenario, self.year, retaliation=self.retaliation)
        return many_sectors_solver(scenario, retaliation=self.retaliation)


@dataclass(frozen=True, eq=False, slots=True)
class WelfareDraws:
    """Welfare in both states for each draw of the elasticities.

    Attributes
    ----------
    scenario_pct, counterfactual_pct
        (set, draw) x countries: equivalent variation against the base, per cent of income there.
    theta
        (set, draw) x sectors.
    """

    scenario_pct: pd.DataFrame
    counterfactual_pct: pd.DataFrame
    theta: pd.DataFrame

    @property
    def effect_pct(self) -> pd.DataFrame:
        """(set, draw) x countries: the scenario less the counterfactual, points of income."""
        return self.scenario_pct - self.counterfactual_pct


def draw_welfare(setting: Setting, sets: Sequence[str], *, draws: int, seed: int) -> WelfareDraws:
    """Solve both states for ``draws`` draws from each set of elasticities.

    Every set has the same weight. Sets without standard errors repeat their estimates.

    Raises
    ------
    InputError
        If a set is not known, or reaches below what the models take.
    ConvergenceError
        If an equilibrium is not found.
    """
    theta = pd.concat(
        {
            name: draw_theta(name, setting.level, draws, np.random.default_rng([seed, place]))
            for place, name in enumerate(sets)
        },
        names=["set", "draw"],
    )
    once = theta.drop_duplicates()
    states = []
    for solve in setting.solvers():
        solved = {tuple(row): welfare_pct(solve(_thetas(row))) for _, row in once.iterrows()}
        rows = [solved[tuple(row)] for _, row in theta.iterrows()]
        states.append(pd.DataFrame(rows).set_axis(theta.index))
    return WelfareDraws(states[0], states[1], theta)


def welfare_effect(setting: Setting, theta: pd.Series) -> pd.Series:
    """Give the effect on welfare by country for one set of elasticities, points of income.

    Parameters
    ----------
    theta
        By the sectors of the setting.
    """
    new, old = (welfare_pct(solve(_thetas(theta))) for solve in setting.solvers())
    return new - old


def summarise(welfare: pd.DataFrame) -> pd.DataFrame:
    """Give quantiles by country and the chance of a gain.

    Returns
    -------
    Countries x ``low``, ``central`` (median), ``high``, ``chance_of_gain`` and its Monte Carlo
    error ``standard_error``.
    """
    gain = (welfare > 0).mean()
    return pd.DataFrame(
        {
            "low": welfare.quantile(LOW),
            "central": welfare.median(),
            "high": welfare.quantile(HIGH),
            "chance_of_gain": gain,
            "standard_error": np.sqrt(gain * (1 - gain) / len(welfare)),
        }
    ).rename_axis("country")


def one_at_a_time(setting: Setting, theta: pd.DataFrame, country: str = HOME) -> pd.DataFrame:
    """Move one driver of a country's welfare at a time, all else at the median of the draws.

    Parameters
    ----------
    theta
        (set, draw) x sectors, as of `WelfareDraws`.

    Returns
    -------
    ``driver``, ``low_label``, ``high_label``, ``at_low``, ``at_high`` and ``base``: points of
    income. Elasticities move between the quantiles of their draws; what the models leave out is
    switched on.
    """
    middle = theta.median()
    base = float(welfare_effect(setting, middle)[country])
    rows = [
        *_theta_rows(setting, theta, country),
        *(
            {
                "driver": words,
                "low_label": before,
                "high_label": after,
                "at_low": base,
                "at_high": float(welfare_effect(changed, middle)[country]),
            }
            for words, before, after, changed in _switches(setting)
        ),
    ]
    return pd.DataFrame(rows).assign(base=base)


def _theta_rows(
    setting: Setting, theta: pd.DataFrame, country: str
) -> list[dict[str, float | str]]:
    middle = theta.median()
    rows: list[dict[str, float | str]] = []
    for words, sectors in _groups(setting, theta.columns).items():
        ends: dict[str, float | str] = {}
        for end, quantile in (("low", LOW), ("high", HIGH)):
            moved = middle.copy()
            moved[sectors] = theta[sectors].quantile(quantile)
            ends[f"at_{end}"] = float(welfare_effect(setting, moved)[country])
            shown = moved[sectors].mean()
            ends[f"{end}_label"] = f"{shown:.1f}"
        rows.append({"driver": f"elasticity of {words}", **ends})
    return rows


def _groups(setting: Setting, sectors: pd.Index) -> Mapping[str, list[str]]:
    """Group sectors for the table: those that Japan sells most of, and the others."""
    if setting.model == "one_sector":
        return {"all goods": [ALL_GOODS]}
    named = {"vehicles": ["TRQ"], "machinery": ["MCH"], "electronics": ["ELE"]}
    taken = {sector for sectors in named.values() for sector in sectors}
    return named | {"all other goods": [one for one in sectors if one not in taken]}


def _switches(setting: Setting) -> list[tuple[str, str, str, Setting]]:
    """Name what can be switched on, with the setting in which it is; what is on already is not."""
    collected = float(monthly_rates().dropna().iloc[-1])
    others, tax = f"{100 * collected:.0f} %", "revenue cuts income tax, labour at 0.5"
    switches: dict[tuple[str, str, str], Callable[[Setting], Setting]] = {
        ("duties on all others", "none", others): lambda one: _on_others(one, collected),
        ("sellers bear part of a duty", "none", "a fifth"): _with(firm_pass_through=0.8),
        ("labour supply elasticity", "0", "0.5"): _with(labour_supply_elasticity=0.5),
        (tax, "no", "yes"): _with(labour_supply_elasticity=0.5, revenue_use="income_tax"),
        ("trade deficits", "stay", "close"): _with(deficit_left_share=0.0),
        ("Japan answers", "no", "yes"): lambda one: replace(one, retaliation=True),
    }
    each = [(*words, switch(setting)) for words, switch in switches.items()]
    together = ("all of these together", "none", "all", reduce(_apply, switches.values(), setting))
    return [row for row in (*each, together) if row[-1] != setting]


def _apply(setting: Setting, switch: Callable[[Setting], Setting]) -> Setting:
    return switch(setting)


def _with(**changes: float | str) -> Callable[[Setting], Setting]:
    """Give a switch that changes both states."""

    def switch(setting: Setting) -> Setting:
        states = (setting.scenario, setting.counterfactual)
        new, old = (replace(state, **changes) for state in states)  # type: ignore[arg-type]
        return replace(setting, scenario=new, counterfactual=old)

    return switch


def _on_others(setting: Setting, rate_share: float) -> Setting:
    """Put a US duty on everybody but Japan into both states, where they have no line of their own.

    The rate is that collected on all imports, Japan's among them: no bundled table has duties by
    country.
    """
    others = [name for name in countries_of(ONE_GOOD[setting.year]) if name not in (HOME, PARTNER)]
    line = Rate(importer=HOME, exporters=others, rate_share=rate_share)
    new, old = (
        replace(state, rates=(line, *state.rates))
        for state in (setting.scenario, setting.counterfactual)
    )
    return replace(setting, scenario=new, counterfactual=old)


def _thetas(theta: pd.Series) -> Thetas:
    """Put drawn elasticities where the general-equilibrium models look for them."""
    one = float(theta[ALL_GOODS]) if ALL_GOODS in theta.index else float("nan")
    none: pd.Series = pd.Series(dtype=float)
    return Thetas(us_sectors=none, world_sectors=theta, one_good=one)
