"""One scenario in every model: what each says of the same change of rates, and what each adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from research.errors import InputError
from research.tariffs.armington import armington
from research.tariffs.gsim_steps import gsim_limit
from research.tariffs.hat_many_sectors import ready_many_sectors
from research.tariffs.hat_one_sector import solve_one_sector
from research.tariffs.hat_result import HatResult
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.scenario_rates import one_good_rates, us_rates, world_sector_rates
from research.tariffs.solver import ConvergenceError
from research.tariffs.thetas import Thetas
from research.tariffs.worlds import HOME, gdp_musd, one_good, us_markets, world_of_2011

#: Supply elasticity of every seller in partial equilibrium, that of the textbook of `gsim`.
EXPORT_SUPPLY_ELASTICITY = 1.5

#: Elasticity of a market's demand in partial equilibrium: spending on it does not move.
DEMAND_ELASTICITY = -1.0

#: Rates that the trade in the tables was observed under.
BASE = "mfn"

#: Most that a rate may be: Laffer curves go far beyond any law.
HIGHEST_RATE_SHARE = 10.0

PARTNER = "JPN"


@dataclass(frozen=True, slots=True)
class Case:
    """What a model is asked: rates, elasticities, and whether the partner answers.

    Attributes
    ----------
    scenario
        State of tariffs.
    thetas
        Share elasticities.
    retaliation
        Whether the scenario's lines of retaliation are in force.
    """

    scenario: Scenario
    thetas: Thetas
    retaliation: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model that takes a case.

    Attributes
    ----------
    title
        In words.
    adds
        What it holds that the one before it does not.
    run
        Gives the state of a case: ``imports_bn_usd`` and ``other_imports_bn_usd`` (of the United
        States, before duty), ``revenue_bn_usd`` (theirs), ``price_ratio`` (Japan's goods before
        duty against American ones, base 1), ``welfare_pct`` and ``japan_welfare_pct`` (equivalent
        variation against the base, per cent of gross domestic product or income).
    """

    title: str
    adds: str
    run: Callable[[Case], dict[str, float]]


def effects(model: Model, case: Case, counterfactual: Scenario) -> pd.Series:
    """Give what a scenario changes against another one, each solved from the trade observed.

    Returns
    -------
    ``imports_pct``, ``other_imports_pct``, ``price_pct``: per cent of the counterfactual;
    ``revenue_bn_usd``: a year; ``welfare_pct``, ``japan_welfare_pct``: points of income.

    Raises
    ------
    InputError
        If the model does not take the case: a country it does not tell apart, an elasticity below
        its bound.
    ConvergenceError
        If an equilibrium is not found.
    """
    new = model.run(case)
    old = model.run(Case(counterfactual, case.thetas, case.retaliation))
    return pd.Series(
        {
            "imports_pct": 100 * (new["imports_bn_usd"] / old["imports_bn_usd"] - 1),
            "other_imports_pct": 100
            * (new["other_imports_bn_usd"] / old["other_imports_bn_usd"] - 1),
            "price_pct": 100 * (new["price_ratio"] / old["price_ratio"] - 1),
            "revenue_bn_usd": new["revenue_bn_usd"] - old["revenue_bn_usd"],
            "welfare_pct": new["welfare_pct"] - old["welfare_pct"],
            "japan_welfare_pct": new["japan_welfare_pct"] - old["japan_welfare_pct"],
        }
    )


def compare(case: Case, counterfactual: Scenario) -> pd.DataFrame:
    """Run every model on one case.

    Returns
    -------
    Models x ``title``, ``adds``, the columns of `effects`, and ``refused``: why a model did not
    take the case, or empty.
    """
    rows = {}
    for name, model in MODELS.items():
        try:
            row = effects(model, case, counterfactual).to_dict() | {"refused": ""}
        except (InputError, ConvergenceError) as error:
            row = {"refused": "; ".join(map(str, error.faults))}
        rows[name] = {"title": model.title, "adds": model.adds} | row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def us_market_states(
    case: Case, export_supply_elasticity: float
) -> tuple[dict[str, float], pd.DataFrame]:
    """Solve the 18 US markets; give the state of all, and suppliers of each sector.

    Returns
    -------
    state
        As in `Model`.
    suppliers
        (sector, supplier) x the columns of `research.tariffs.armington.ArmingtonResult.suppliers`
        and ``trade_musd`` (before), ``rate_share`` (in force).
    """
    markets, rates = us_markets(), us_rates(case.scenario)
    base = us_rates(load_scenario(BASE))
    found, consumers_musd = {}, 0.0
    for sector in markets.columns:
        trade = markets[sector][markets[sector] > 0]
        old, new = (table[sector].reindex(trade.index, fill_value=0.0) for table in (base, rates))
        result = armington(
            trade,
            1 + old,
            1 + new,
            import_demand_elasticity=DEMAND_ELASTICITY,
            export_supply_elasticity=export_supply_elasticity,
            substitution_elasticity_sigma=1 + float(case.thetas.us_sectors[sector]),
            largest_rate_share=HIGHEST_RATE_SHARE,
        )
        consumers_musd += result.consumer_surplus_change
        found[sector] = result.suppliers.assign(trade_musd=trade, rate_share=new)
    suppliers = pd.concat(found, names=["sector"])
    return _partial_state(suppliers, consumers_musd), suppliers


def _partial_state(suppliers: pd.DataFrame, consumers_musd: float) -> dict[str, float]:
    of, gdp = suppliers.index.get_level_values("supplier"), gdp_musd()
    value, earned = suppliers["trade_value"], suppliers["producer_surplus_change"]
    partner = suppliers[of == PARTNER].droplevel("supplier")
    home = suppliers[of == HOME].droplevel("supplier").reindex(partner.index)
    ratio = partner["world_price_ratio"] / home["world_price_ratio"]
    welfare = consumers_musd + suppliers["revenue_change"].sum() + earned[of == HOME].sum()
    return {
        "imports_bn_usd": partner["trade_value"].sum() / 1e3,
        "other_imports_bn_usd": value[(of != PARTNER) & (of != HOME)].sum() / 1e3,
        "revenue_bn_usd": (value * suppliers["rate_share"]).sum() / 1e3,
        "price_ratio": float(np.average(ratio, weights=partner["trade_musd"])),
        "welfare_pct": 100 * welfare / gdp[HOME],
        "japan_welfare_pct": 100 * earned[of == PARTNER].sum() / gdp[PARTNER],
    }


def _gsim_state(case: Case) -> dict[str, float]:
    world, gdp = one_good(2023).flows_musd, gdp_musd()
    base = 1 + one_good_rates(load_scenario(BASE), 2023, retaliation=False)
    rates = one_good_rates(case.scenario, 2023, retaliation=case.retaliation)
    path = gsim_limit(
        world,
        base,
        1 + rates,
        import_demand_elasticity=DEMAND_ELASTICITY,
        export_supply_elasticity=EXPORT_SUPPLY_ELASTICITY,
        substitution_elasticity_sigma=1 + case.thetas.one_good,
        largest_rate_share=HIGHEST_RATE_SHARE,
    )
    price, welfare = path.world_price_ratio, path.welfare["net_welfare_change"]
    return _trade_state(path.trade_value[HOME], rates[HOME], 1.0) | {
        "price_ratio": price[PARTNER] / price[HOME],
        "welfare_pct": 100 * welfare[HOME] / gdp[HOME],
        "japan_welfare_pct": 100 * welfare[PARTNER] / gdp[PARTNER],
    }


def one_sector_solver(
    scenario: Scenario, year: int, *, retaliation: bool
) -> Callable[[Thetas], HatResult]:
    """Give a function that solves a world of one good for elasticities, rates made ready once."""
    world = one_good(year).flows_musd
    base = one_good_rates(load_scenario(BASE), year, retaliation=False)
    rates = one_good_rates(scenario, year, retaliation=retaliation)

    def solve(thetas: Thetas) -> HatResult:
        return solve_one_sector(
            world,
            theta=thetas.one_good,
            old_rate_share=base,
            new_rate_share=rates,
            highest_rate_share=HIGHEST_RATE_SHARE,
            **_options(scenario),
        )

    return solve


def many_sectors_solver(
    scenario: Scenario, *, retaliation: bool, inputs: bool = True
) -> Callable[[Thetas], HatResult]:
    """Give a function that solves the world of 2011 with 17 sectors for elasticities.

    Without ``inputs`` output is all value added, so that sectors do not buy from each other.
    """
    world = world_of_2011()
    ready = ready_many_sectors(
        world.flows_musd,
        input_shares=world.input_shares * float(inputs),
        old_rate_share=world_sector_rates(load_scenario(BASE), retaliation=False),
        new_rate_share=world_sector_rates(scenario, retaliation=retaliation),
        highest_rate_share=HIGHEST_RATE_SHARE,
        **_options(scenario),
    )
    return lambda thetas: ready.solve(thetas.world_sectors)


def welfare_pct(result: HatResult) -> pd.Series:
    """Give the equivalent variation by country, per cent of income before."""
    countries = result.countries
    return 100 * countries["equivalent_variation_musd"] / countries["old_income_musd"]


def _options(scenario: Scenario) -> dict[str, Any]:
    names = ("labour_supply_elasticity", "revenue_use", "firm_pass_through", "deficit_left_share")
    return {name: getattr(scenario, name) for name in names}


def _one_sector_state(case: Case, year: int) -> dict[str, float]:
    rates = one_good_rates(case.scenario, year, retaliation=case.retaliation)
    solve = one_sector_solver(case.scenario, year, retaliation=case.retaliation)
    return _hat_state(solve(case.thetas), rates, one_good(year).flows_musd)


def _many_sectors_state(case: Case, *, inputs: bool) -> dict[str, float]:
    rates = world_sector_rates(case.scenario, retaliation=case.retaliation)
    solve = many_sectors_solver(case.scenario, retaliation=case.retaliation, inputs=inputs)
    return _hat_state(solve(case.thetas), rates, world_of_2011().flows_musd)


def _hat_state(
    result: HatResult, rates: pd.DataFrame, flows_musd: pd.DataFrame
) -> dict[str, float]:
    # Dollars of 2011 are carried to 2023 by US income.
    carried = gdp_musd()[HOME] / result.countries.at[HOME, "old_income_musd"]
    welfare, price = welfare_pct(result), result.seller_price_hat[HOME]
    of = price.index.get_level_values(-1)
    ratio = price[of == PARTNER].to_numpy() / price[of == HOME].to_numpy()
    return _trade_state(result.flows_musd[HOME], rates[HOME], carried) | {
        "price_ratio": float(np.average(ratio, weights=flows_musd.loc[of == PARTNER, HOME])),
        "welfare_pct": welfare[HOME],
        "japan_welfare_pct": welfare[PARTNER],
    }


def _trade_state(bought_musd: pd.Series, rate_share: pd.Series, carried: float) -> dict[str, float]:
    """Give imports and revenue from what one country buys of each exporter."""
    of = bought_musd.index.get_level_values(-1)
    others = (of != PARTNER) & (of != HOME)
    return {
        "imports_bn_usd": carried * bought_musd[of == PARTNER].sum() / 1e3,
        "other_imports_bn_usd": carried * bought_musd[others].sum() / 1e3,
        "revenue_bn_usd": carried * (bought_musd * rate_share).sum() / 1e3,
    }


MODELS: Mapping[str, Model] = {
    "given_prices": Model(
        "US market, prices abroad given",
        "18 US markets of 2024, each with home goods; sellers do not cut prices",
        lambda case: us_market_states(case, np.inf)[0],
    ),
    "armington": Model(
        "US market, sellers cut prices",
        "supply of each seller rises with its price",
        lambda case: us_market_states(case, EXPORT_SUPPLY_ELASTICITY)[0],
    ),
    "gsim": Model(
        "GSIM, 19 regions",
        "other markets, where goods can go; one good, limit of small linear steps, trade of 2023",
        _gsim_state,
    ),
    "one_sector": Model(
        "General equilibrium, one good",
        "wages and incomes, exact; every country makes one good of labour",
        lambda case: _one_sector_state(case, 2023),
    ),
    "one_sector_2011": Model(
        "The same, trade of 2011",
        "older trade, with services in it",
        lambda case: _one_sector_state(case, 2011),
    ),
    "no_inputs": Model(
        "General equilibrium, 17 sectors",
        "sectors with their own rates and elasticities",
        lambda case: _many_sectors_state(case, inputs=False),
    ),
    "many_sectors": Model(
        "General equilibrium, 17 sectors and inputs",
        "sectors buy from each other: duties on inputs raise costs at home",
        lambda case: _many_sectors_state(case, inputs=True),
    ),
}
