"""Welfare under drawn elasticities: intervals, the chance of a gain, and what moves the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal, get_args

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.tariffs.elasticities import ALL_GOODS, Level, Thetas, draw_theta
from research.tariffs.models.registry import many_sectors_solver, one_sector_solver
from research.tariffs.models.result import Equilibrium
from research.tariffs.scenario import Rate, Scenario
from research.tariffs.who_pays import monthly_rates
from research.tariffs.worlds import HOME, ONE_GOOD, PARTNER, countries_of, world_of_2011
from research.words import listed

#: General-equilibrium models that elasticities can be drawn for.
ModelName = Literal["many_sectors", "one_sector"]

#: Quantiles of the intervals shown: 90 % of the draws lie between.
LOW, HIGH = 0.05, 0.95

#: Driver that has every switch on at once.
TOGETHER = "all switches together"

Solver = Callable[[Thetas], Equilibrium]


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
        """Refuse a model that is not known, or a year that it has no trade for."""
        raise_if(InputError, "There is no trade to solve.", trade_faults(self.model, self.year))

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


def trade_faults(model: str, year: int) -> list[Fault]:
    """List why there is no trade to solve: no such model, or none of the year for it."""
    models = get_args(ModelName)
    if model not in models:
        return [Fault("model", f"one of {', '.join(models)}", repr(model))]
    known = [2011] if model == "many_sectors" else list(ONE_GOOD)
    years = " or ".join(map(str, known))
    return [] if year in known else [Fault("year", f"{years} for the model {model}", str(year))]


Switch = Callable[[Setting], Setting]


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
        solved = {tuple(row): solve(_thetas(row)).welfare_pct for _, row in once.iterrows()}
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
    return _ready(setting)(theta)


def _ready(setting: Setting) -> Callable[[pd.Series], pd.Series]:
    """Give a function from elasticities to the effect on welfare, rates made ready once."""
    solvers = setting.solvers()

    def effect(theta: pd.Series) -> pd.Series:
        new, old = (solve(_thetas(theta)).welfare_pct for solve in solvers)
        return new - old

    return effect


def summarise(welfare: pd.DataFrame) -> pd.DataFrame:
    r"""Give quantiles by country and the chance of a gain.

    Sets are given, and only draws within them are random, so that with the share :math:`w` of
    each set in all :math:`n` draws the Monte Carlo error of the chance is

    .. math:: \sqrt{\sum_s w_s \, p_s (1 - p_s) / n}

    Parameters
    ----------
    welfare
        Draws x countries, or (set, draw) x countries.

    Returns
    -------
    Countries x ``low``, ``central`` (median), ``high``, ``chance_of_gain`` and its Monte Carlo
    error ``standard_error``.
    """
    gain = welfare > 0
    sets = (
        welfare.index.get_level_values("set") if "set" in welfare.index.names else [0] * len(gain)
    )
    within = gain.groupby(sets).transform("mean")
    return pd.DataFrame(
        {
            "low": welfare.quantile(LOW),
            "central": welfare.median(),
            "high": welfare.quantile(HIGH),
            "chance_of_gain": gain.mean(),
            "standard_error": np.sqrt((within * (1 - within)).mean() / len(welfare)),
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
    income. Elasticities move between the quantiles of their draws (labels: means with weights of
    what Japan sold the United States in 2011); what the models leave out is
    switched off and on, whatever the setting has. Answers of others are left out where a state
    knows none: they would stand in the other one alone.
    """
    middle, effect = theta.median(), _ready(setting)
    base = float(effect(middle)[country])

    def at(one: Setting) -> float:
        return base if one == setting else float(welfare_effect(one, middle)[country])

    rows = [
        *_theta_rows(effect, _groups(setting, theta.columns), theta, country),
        *(
            {
                "driver": words,
                "low_label": before,
                "high_label": after,
                "at_low": at(off),
                "at_high": at(on),
            }
            for words, before, after, off, on in _switches(setting)
        ),
    ]
    return pd.DataFrame(rows).assign(base=base)


def _theta_rows(
    effect: Callable[[pd.Series], pd.Series],
    groups: Mapping[str, list[str]],
    theta: pd.DataFrame,
    country: str,
) -> list[dict[str, float | str]]:
    middle = theta.median()
    rows: list[dict[str, float | str]] = []
    for words, sectors in groups.items():
        ends: dict[str, float | str] = {}
        for end, quantile in (("low", LOW), ("high", HIGH)):
            moved = middle.copy()
            moved[sectors] = theta[sectors].quantile(quantile)
            ends[f"at_{end}"] = float(effect(moved)[country])
            shown = np.average(moved[sectors], weights=_sold_musd(sectors))
            ends[f"{end}_label"] = f"{shown:.1f}"
        rows.append({"driver": f"elasticity of {words}", **ends})
    return rows


def _sold_musd(sectors: Sequence[str]) -> list[float]:
    """Give what Japan sold the United States of each sector in 2011, the weights of labels."""
    sold = world_of_2011().flows_musd[HOME].xs(PARTNER, level="exporter")
    return [1.0 if sector == ALL_GOODS else float(sold[sector]) for sector in sectors]


def _groups(setting: Setting, sectors: pd.Index) -> Mapping[str, list[str]]:
    """Group sectors for the table: those that Japan sells most of, and the others."""
    if setting.model == "one_sector":
        return {"all goods": [ALL_GOODS]}
    named = {"vehicles": ["TRQ"], "machinery": ["MCH"], "electronics": ["ELE"]}
    taken = {sector for sectors in named.values() for sector in sectors}
    return named | {"all other sectors": [one for one in sectors if one not in taken]}


def last_collected() -> float:
    """Give the rate collected on all imports in the last month known, a share."""
    return float(monthly_rates().dropna().iloc[-1])


def _switches(setting: Setting) -> list[tuple[str, str, str, Setting, Setting]]:
    """Name what can be switched on, with the settings in which it is off and on."""
    collected = last_collected()
    others, tax = f"{100 * collected:.0f} %", "revenue cuts income tax, labour at 0.5"
    plain: dict[str, float | str] = {"labour_supply_elasticity": 0.0, "revenue_use": "lump_sum"}
    switches: dict[tuple[str, str, str], tuple[Switch, Switch]] = {
        ("duties on all others", "none", others): (_with(), lambda one: _on_others(one, collected)),
        ("sellers bear part of a duty", "none", "a fifth"): (
            _with(firm_pass_through=1.0),
            _with(firm_pass_through=0.8),
        ),
        ("labour supply elasticity", "0", "0.5"): (
            _with(labour_supply_elasticity=0.0),
            _with(labour_supply_elasticity=0.5),
        ),
        (tax, "no", "yes"): (
            _with(**plain),
            _with(labour_supply_elasticity=0.5, revenue_use="income_tax"),
        ),
        ("trade deficits", "stay", "close"): (
            _with(deficit_left_share=1.0),
            _with(deficit_left_share=0.0),
        ),
    }
    if setting.scenario.retaliation and setting.counterfactual.retaliation:
        answers = (_answered(on=False), _answered(on=True))
        switches[_who_answers(setting), "no", "yes"] = answers
    each = [(*words, off(setting), on(setting)) for words, (off, on) in switches.items()]
    none, every = (reduce(_apply, side, setting) for side in zip(*switches.values(), strict=True))
    return [*each, (TOGETHER, "off", "on", none, every)]


def _apply(setting: Setting, switch: Switch) -> Setting:
    return switch(setting)


def _who_answers(setting: Setting) -> str:
    """Name the countries whose lines of retaliation the switch puts in force."""
    states = (setting.scenario, setting.counterfactual)
    codes = dict.fromkeys(line.importer for state in states for line in state.retaliation)
    names = load_table("tariffs/region_codes")["country_name"]
    return f"{listed([names[code] for code in codes])} answer{'s' if len(codes) == 1 else ''}"


def _answered(*, on: bool) -> Switch:
    return lambda setting: replace(setting, retaliation=on)


def _with(**changes: float | str) -> Switch:
    """Give a switch that changes both states."""

    def switch(setting: Setting) -> Setting:
        states = (setting.scenario, setting.counterfactual)
        new, old = (state.model_copy(update=changes) for state in states)
        return replace(setting, scenario=new, counterfactual=old)

    return switch


def _on_others(setting: Setting, rate_share: float) -> Setting:
    """Put a US duty on everybody but Japan into both states, where they have no line of their own.

    The rate is that collected on all imports, Japan's among them: no bundled table has duties by
    country.
    """
    others = [name for name in countries_of(ONE_GOOD[setting.year]) if name not in (HOME, PARTNER)]
    line = Rate(importer=HOME, exporters=tuple(others), rate_share=rate_share)
    new, old = (
        state.model_copy(update={"rates": (line, *state.rates)})
        for state in (setting.scenario, setting.counterfactual)
    )
    return replace(setting, scenario=new, counterfactual=old)


def _thetas(theta: pd.Series) -> Thetas:
    """Put drawn elasticities where the general-equilibrium models look for them."""
    one = float(theta[ALL_GOODS]) if ALL_GOODS in theta.index else float("nan")
    none: pd.Series = pd.Series(dtype=float)
    return Thetas(us_sectors=none, world_sectors=theta, one_good=one)
