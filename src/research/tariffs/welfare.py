"""Welfare in general equilibrium: one draw of the elasticities, all draws, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from research.data import load_table
from research.shared import shared
from research.tariffs.elasticities import (
    ALL_GOODS,
    SET_NAMES,
    Level,
    draw_theta,
    draws_of,
    theta_table,
)
from research.tariffs.models.equilibrium import Economy
from research.tariffs.models.registry import economy_of
from research.tariffs.scenario import Scenario
from research.tariffs.who_pays import monthly_rates
from research.tariffs.worlds import HOME, PARTNER, gdp_musd, world_of_2011
from research.words import listed

#: General-equilibrium models that elasticities can be drawn for.
ModelName = Literal["many_sectors", "one_sector"]

#: Quantiles of the intervals shown: of the draws of all studies, or of one set's standard errors.
LOW, HIGH = 0.05, 0.95

#: Driver that has every switch on at once.
TOGETHER = "all switches together"

_SOLD = {"vehicles": ["TRQ"], "machinery": ["MCH"], "electronics": ["ELE"]}


@dataclass(frozen=True, slots=True)
class Setting:
    """Two states of tariffs in one model; the effect is scenario less counterfactual.

    ``year`` is that of the trade: 2011, or 2023 with one good; ``retaliation`` says whether its
    lines are in force, in both states.
    """

    scenario: Scenario
    counterfactual: Scenario
    model: ModelName = "many_sectors"
    year: int = 2011
    retaliation: bool = False

    @property
    def level(self) -> Level:
        """What elasticities are asked for: the sectors of the world table, or all goods."""
        return "one_good" if self.model == "one_sector" else "world_sectors"

    def economy(self, state: Scenario, theta: pd.Series) -> Economy:
        """Make a state ready to be solved, with elasticities of `level`."""
        one = self.model == "one_sector"
        ready = economy_of(state, self.year if one else None, retaliation=self.retaliation)
        return ready.with_theta(float(theta[ALL_GOODS]) if one else theta)

    def welfare_pct(self, state: Scenario, thetas: pd.DataFrame) -> pd.DataFrame:
        """Give welfare in a state by country for each row of ``thetas``, per cent of income."""
        economy = self.economy(state, thetas.iloc[0])
        if self.model == "one_sector":
            thetas = thetas[[ALL_GOODS]].set_axis(economy.sectors, axis=1)
        return economy.welfare_pct(thetas)

    def effect(self, thetas: pd.DataFrame) -> pd.DataFrame:
        """Give the effect on welfare by country for each row of ``thetas``, points of income."""
        new, old = (self.welfare_pct(x, thetas) for x in (self.scenario, self.counterfactual))
        return new - old

    def changed(self, *, retaliation: bool | None = None, **options: Any) -> Setting:
        """Change options of both states, the US duty on all others among them."""
        states = [one.model_copy(update=options) for one in (self.scenario, self.counterfactual)]
        answers = self.retaliation if retaliation is None else retaliation
        return replace(self, scenario=states[0], counterfactual=states[1], retaliation=answers)


@dataclass(frozen=True, eq=False, slots=True)
class WelfareDraws:
    """Welfare in both states for each draw of the elasticities.

    (set, draw) x countries: equivalent variation against the base, per cent of income there;
    ``theta`` (set, draw) x sectors.
    """

    scenario_pct: pd.DataFrame
    counterfactual_pct: pd.DataFrame
    theta: pd.DataFrame

    @property
    def effect_pct(self) -> pd.DataFrame:
        """(set, draw) x countries: the scenario less the counterfactual, points of income."""
        return self.scenario_pct - self.counterfactual_pct


@shared
def draw_welfare(setting: Setting, sets: Sequence[str], *, draws: int, seed: int) -> WelfareDraws:
    """Solve both states for ``draws`` draws from each study of elasticities, all studies alike.

    Sets of one study share its draws; those without standard errors repeat their estimates, which
    are solved once. Faults are those of `draw_theta`; an equilibrium that is not found is a
    `ConvergenceError`.
    """
    theta = pd.concat(
        {
            name: draw_theta(name, setting.level, number, np.random.default_rng([seed, place]))
            for place, (name, number) in enumerate(draws_of(sets, draws).items())
        },
        names=["set", "draw"],
    )
    case = theta.groupby(list(theta), sort=False).ngroup()
    once = theta[~case.duplicated()]
    scenario, counterfactual = (
        setting.welfare_pct(state, once).iloc[case].set_axis(theta.index)
        for state in (setting.scenario, setting.counterfactual)
    )
    return WelfareDraws(scenario, counterfactual, theta)


def summarise(welfare: pd.DataFrame) -> pd.DataFrame:
    r"""Give quantiles by country and the chance of a gain, from (set, draw) x countries.

    Sets are given, and only draws within them are random, so that with the share :math:`w` of
    each set in all :math:`n` draws the Monte Carlo error of the chance is

    .. math:: \sqrt{\sum_s w_s \, p_s (1 - p_s) / n}

    Countries x ``low``, ``central`` (median), ``high``, ``chance_of_gain``, ``standard_error``.
    """
    gain = welfare > 0
    within = gain.groupby(level="set").transform("mean")
    return pd.DataFrame(
        {
            "low": welfare.quantile(LOW),
            "central": welfare.median(),
            "high": welfare.quantile(HIGH),
            "chance_of_gain": gain.mean(),
            "standard_error": np.sqrt((within * (1 - within)).mean() / len(welfare)),
        }
    ).rename_axis("country")


@shared
def gains_by_set(setting: Setting, sets: Sequence[str]) -> pd.DataFrame:
    r"""Give who gains in the long run, set by set, at its estimates.

    ``elasticities`` (words); at gross domestic product of 2023, USD a year: ``us_bn``,
    ``japan_bn`` (real income, exact), ``us_first_order_bn``, ``us_terms_bn`` (the terms of trade
    in it), ``us_household`` (exact, for each household); and ``us_price_pct``: change of
    :math:`P / w`, the price of all that US households buy over wages.
    """
    states = (setting.scenario, setting.counterfactual)
    households, rows = load_table("tariffs/observed").at["us_households", "value"], []
    for name in sets:
        theta = theta_table(name, setting.level)["theta"]
        new, old = (setting.economy(one, theta).solve().countries for one in states)
        change = (new - old).mul(
            gdp_musd().reindex(new.index) / new["old_income_musd"] / 1e3, axis=0
        )
        us_bn, japan_bn = change.loc[[HOME, PARTNER], "equivalent_variation_musd"]
        us_first_order, us_terms = change.loc[HOME, ["first_order_musd", "terms_of_trade_musd"]]
        after, before = (np.log(one["price_hat"] / one["wage_hat"])[HOME] for one in (new, old))
        of_us = 1e9 * us_bn / households, 100 * np.expm1(after - before), us_first_order, us_terms
        rows.append((SET_NAMES[name], us_bn, japan_bn, *of_us))
    of = ["us_bn", "japan_bn", "us_household", "us_price_pct", "us_first_order_bn", "us_terms_bn"]
    return pd.DataFrame(rows, columns=["elasticities", *of])


@shared
def one_at_a_time(setting: Setting, theta: pd.DataFrame, country: str = HOME) -> pd.DataFrame:
    """Move one driver of a country's welfare at a time, all else at the median of the draws.

    ``driver``, ``low_label``, ``high_label``, ``at_low``, ``at_high`` and ``base``: points of
    income. Elasticities (``theta`` of `WelfareDraws`) move between the quantiles of their draws
    (labels: means with weights of what Japan sold the United States in 2011); what the models leave
    out is switched off and on, whatever the setting has. Answers of others are left out where a
    state knows none: they would stand in the other one alone.
    """
    middle, groups = theta.median(), _groups(theta.columns)
    ends = [
        theta[sectors].quantile(quantile).combine_first(middle)
        for sectors in groups.values()
        for quantile in (LOW, HIGH)
    ]
    base, *moved = setting.effect(pd.DataFrame([middle, *ends], range(1 + len(ends))))[country]
    sold = world_of_2011().flows_musd[HOME].xs(PARTNER, level="exporter")
    rows: list[tuple[Any, ...]] = []
    for place, (words, sectors) in enumerate(groups.items()):
        here = slice(2 * place, 2 * place + 2)
        weights = sold.reindex(sectors, fill_value=1.0)  # all goods are one
        labels = [f"{np.average(end[sectors], weights=weights):.1f}" for end in ends[here]]
        rows.append((f"elasticity of {words}", *labels, *moved[here]))
    for words, off, on, *options in _switches(setting):
        states = [setting.changed(**one) for one in options]
        at = (
            base if one == setting else float(one.effect(middle.to_frame().T)[country].iloc[0])
            for one in states
        )
        rows.append((words, off, on, *at))
    columns = ["driver", "low_label", "high_label", "at_low", "at_high"]
    return pd.DataFrame(rows, columns=columns).assign(base=base)


def _groups(sectors: pd.Index) -> Mapping[str, list[str]]:
    """Group sectors: those that Japan sells most of, and the others."""
    if ALL_GOODS in sectors:
        return {"all goods": [ALL_GOODS]}
    taken = [sector for group in _SOLD.values() for sector in group]
    return _SOLD | {"all other sectors": [one for one in sectors if one not in taken]}


def last_collected() -> float:
    """Give the rate collected on all imports in the last month known, a share.

    Japan's goods are among them: no bundled table has duties by country.
    """
    return float(monthly_rates().dropna().iloc[-1])


def _switches(setting: Setting) -> list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]:
    """Name what can be switched, its labels, and the changes that switch it off and on."""
    collected, psi = last_collected(), "labour_supply_elasticity"
    taxed = "revenue cuts income tax, labour at 0.5"
    rows: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("duties on all others", "none", f"{100 * collected:.0f} %",
         {"on_others_share": 0.0}, {"on_others_share": collected}),
        ("sellers bear part of a duty", "none", "a fifth",
         {"firm_pass_through": 1.0}, {"firm_pass_through": 0.8}),
        ("labour supply elasticity", "0", "0.5", {psi: 0.0}, {psi: 0.5}),
        (taxed, "no", "yes",
         {psi: 0.0, "revenue_use": "lump_sum"}, {psi: 0.5, "revenue_use": "income_tax"}),
        ("trade deficits", "stay", "close",
         {"deficit_left_share": 1.0}, {"deficit_left_share": 0.0}),
    ]  # fmt: skip
    states = (setting.scenario, setting.counterfactual)
    if all(state.retaliation for state in states):
        codes = dict.fromkeys(line.importer for state in states for line in state.retaliation)
        names = load_table("tariffs/region_codes")["country_name"]
        who = f"{listed([names[code] for code in codes])} answer{'s' if len(codes) == 1 else ''}"
        rows.append((who, "no", "yes", {"retaliation": False}, {"retaliation": True}))
    off: dict[str, Any] = {}
    on: dict[str, Any] = {}
    for *_, one, other in rows:
        off |= one
        on |= other
    return [*rows, (TOGETHER, "off", "on", off, on)]
