"""One scenario in every model: what each says of the same change of rates, and what each adds.

A new model is one entry of `MODELS`: a function from a `Case` to a state, and what it adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from research.data import once
from research.errors import InputError
from research.shared import shared
from research.tariffs.elasticities import Thetas
from research.tariffs.models.armington import Market
from research.tariffs.models.equilibrium import Economy, prepare
from research.tariffs.models.gsim import gsim_limit
from research.tariffs.models.solver import Array, ConvergenceError
from research.tariffs.scenario import OPTIONS, Scenario, load_scenario
from research.tariffs.scenario_rates import one_good_rates, us_rates, world_sector_rates
from research.tariffs.worlds import HOME, PARTNER, gdp_musd, one_good, us_markets, world_of_2011

#: Supply elasticity of every seller in partial equilibrium, that of the textbook of `gsim`.
EXPORT_SUPPLY_ELASTICITY = 1.5

#: Elasticity of a market's demand in partial equilibrium: spending on it does not move.
DEMAND_ELASTICITY = -1.0

#: Rates that the trade in the tables was observed under.
BASE = "mfn"

#: Most that a rate may be: Laffer curves go far beyond any law.
HIGHEST_RATE_SHARE = 10.0

#: What a state gives of the United States (imports before duty) and Japan.
State = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """What a model is asked: a state of tariffs, elasticities, and whether others answer."""

    scenario: Scenario
    thetas: Thetas
    retaliation: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model that takes a case, and what it ``adds`` to the one before it.

    ``run`` gives ``imports_bn_usd`` and ``other_imports_bn_usd`` (of the United States, before
    duty), ``revenue_bn_usd`` (theirs), ``price_ratio`` (Japan's goods before duty against American
    ones, base 1), ``welfare_pct`` and ``japan_welfare_pct`` (equivalent variation against the base,
    per cent of gross domestic product or income). It refuses by `InputError` or `ConvergenceError`.
    """

    title: str
    adds: str
    run: Callable[[Case], State]


def effects(model: Model, case: Case, counterfactual: Scenario) -> pd.Series:
    """Give what a scenario changes against another one, each solved from the trade observed.

    ``imports_pct``, ``other_imports_pct``, ``price_pct``: per cent of the counterfactual;
    ``revenue_bn_usd``: a year; ``welfare_pct``, ``japan_welfare_pct``: points of income.
    """
    new, old = (model.run(one) for one in (case, replace(case, scenario=counterfactual)))
    ratios = {
        "imports_pct": "imports_bn_usd",
        "other_imports_pct": "other_imports_bn_usd",
        "price_pct": "price_ratio",
    }
    differences = ("revenue_bn_usd", "welfare_pct", "japan_welfare_pct")
    changed = {name: 100 * (new[of] / old[of] - 1) for name, of in ratios.items()}
    return pd.Series(changed | {name: new[name] - old[name] for name in differences})


@shared
def compare(case: Case, counterfactual: Scenario) -> pd.DataFrame:
    """Run every model on one case.

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


@once
def us_market_states(case: Case, export_supply_elasticity: float) -> tuple[State, pd.DataFrame]:
    """Solve the 18 US markets, once; give the state of all, and a row for each (sector, supplier).

    Rows have the columns of `Market.figures`, ``trade_musd`` (before) and ``rate_share``
    (in force).
    """
    markets, gdp = ready_us_markets(case.thetas, export_supply_elasticity), gdp_musd()
    powers = _us_powers(case.scenario)
    found = [market.figures(powers[sector]) for sector, market in markets.items()]
    columns = {name: np.concatenate([of[name] for of, _ in found]) for name in found[0][0]}
    columns["trade_musd"] = np.concatenate([market.trade for market in markets.values()])
    columns["rate_share"] = np.concatenate([*powers.values()]) - 1
    labels = [(sector, name) for sector, market in markets.items() for name in market.names]
    index = pd.MultiIndex.from_tuples(labels, names=["sector", "supplier"])
    suppliers = pd.DataFrame(columns, index)
    of, earned = suppliers.index.get_level_values("supplier"), suppliers["producer_surplus_change"]
    partner, home = (suppliers[of == name].droplevel("supplier") for name in (PARTNER, HOME))
    ratio = partner["world_price_ratio"] / home["world_price_ratio"].reindex(partner.index)
    consumers_musd = sum(consumers for _, consumers in found)
    welfare = consumers_musd + suppliers["revenue_change"].sum() + earned[of == HOME].sum()
    bought, rate_share = suppliers["trade_value"], suppliers["rate_share"]
    state = _trade_state(bought, (bought * rate_share).sum(), 1.0) | {
        "price_ratio": float(np.average(ratio, weights=partner["trade_musd"])),
        "welfare_pct": 100 * welfare / gdp[HOME],
        "japan_welfare_pct": 100 * earned[of == PARTNER].sum() / gdp[PARTNER],
    }
    return state, suppliers


def us_trade_musd(case: Case, export_supply_elasticity: float) -> pd.DataFrame:
    """Give what the United States buy before duty in a case, supplier x 18 sectors, 0 for none."""
    bought, powers = us_markets(), _us_powers(case.scenario)
    found, sold = np.zeros(bought.shape), bought.to_numpy() > 0
    markets = ready_us_markets(case.thetas, export_supply_elasticity)
    for place, (sector, market) in enumerate(markets.items()):
        found[sold[:, place], place] = market.figures(powers[sector])[0]["trade_value"]
    return pd.DataFrame(found, bought.index, bought.columns)


@once
def _us_powers(scenario: Scenario) -> dict[str, Array]:
    bought = us_markets()
    power = 1 + us_rates(scenario).reindex_like(bought).fillna(0.0)
    return {sector: power.loc[trade > 0, sector].to_numpy() for sector, trade in bought.items()}


@once
def ready_us_markets(thetas: Thetas, export_supply_elasticity: float) -> dict[str, Market]:
    """Make the 18 US markets ready to be solved, as they were under the rates of the base."""
    markets, base = {}, us_rates(load_scenario(BASE))
    for sector, bought in us_markets().items():
        trade = bought[bought > 0]
        markets[sector] = Market(
            names=trade.index,
            trade=trade.to_numpy(float),
            before=1 + base[sector].reindex(trade.index, fill_value=0.0).to_numpy(float),
            eta=DEMAND_ELASTICITY,
            supply=export_supply_elasticity,
            sigma=1 + float(thetas.us_sectors[sector]),
        )
    return markets


@once
def economy_of(
    state: Scenario, year: int | None, *, retaliation: bool, inputs: float = 1.0
) -> Economy:
    """Make a state ready to be solved with elasticities of `Economy.with_theta`.

    ``year`` is that of the world of one good; ``None`` is the world of 2011 with 17 sectors, in
    which with ``inputs`` of zero output is all value added.
    """
    trade: dict[str, Any]
    if year is None:
        rates: Callable[..., pd.DataFrame] = world_sector_rates
        world = world_of_2011()
        trade = {"flows_musd": world.flows_musd, "input_shares": world.input_shares * inputs}
    else:
        rates, trade = partial(one_good_rates, year=year), {"flows_musd": one_good(year)}
    return prepare(
        **trade,
        old_rate_share=rates(load_scenario(BASE), retaliation=False),
        new_rate_share=rates(state, retaliation=retaliation),
        highest_rate_share=HIGHEST_RATE_SHARE,
        theta=1.0 if year else pd.Series(1.0, world_of_2011().input_shares.columns),
        **{name: getattr(state, name) for name in OPTIONS},
    )


def _gsim_state(case: Case) -> State:
    gdp, base = gdp_musd(), one_good_rates(load_scenario(BASE), 2023, retaliation=False)
    rates = one_good_rates(case.scenario, 2023, retaliation=case.retaliation)
    path = gsim_limit(
        one_good(2023),
        1 + base,
        1 + rates,
        import_demand_elasticity=DEMAND_ELASTICITY,
        export_supply_elasticity=EXPORT_SUPPLY_ELASTICITY,
        substitution_elasticity_sigma=1 + case.thetas.one_good,
    )
    price, welfare = path.world_price_ratio, path.welfare["net_welfare_change"]
    bought = path.trade_value[HOME]
    return _trade_state(bought, (bought * rates[HOME]).sum(), 1.0) | {
        "price_ratio": price[PARTNER] / price[HOME],
        "welfare_pct": 100 * welfare[HOME] / gdp[HOME],
        "japan_welfare_pct": 100 * welfare[PARTNER] / gdp[PARTNER],
    }


def _general_state(case: Case, year: int | None, inputs: float = 1.0) -> State:
    """Solve general equilibrium for what `MODELS` are asked."""
    retaliation = case.retaliation
    economy = economy_of(case.scenario, year, retaliation=retaliation, inputs=inputs)
    theta = case.thetas.world_sectors if year is None else case.thetas.one_good
    result = economy.with_theta(theta).solve()
    # Dollars of 2011 are carried to 2023 by US income.
    carried = gdp_musd()[HOME] / result.countries.at[HOME, "old_income_musd"]
    welfare, price = result.welfare_pct, result.seller_price_hat[HOME]
    of = price.index.get_level_values(-1)
    ratio = price[of == PARTNER].to_numpy() / price[of == HOME].to_numpy()
    weights = economy.flows_musd.loc[of == PARTNER, HOME]
    revenue = result.countries.at[HOME, "new_revenue_musd"]
    return _trade_state(result.flows_musd[HOME], revenue, carried) | {
        "price_ratio": float(np.average(ratio, weights=weights)),
        "welfare_pct": welfare[HOME],
        "japan_welfare_pct": welfare[PARTNER],
    }


def _trade_state(bought_musd: pd.Series, revenue_musd: float, carried: float) -> State:
    of = bought_musd.index.get_level_values(-1)
    others = (of != PARTNER) & (of != HOME)
    return {
        "imports_bn_usd": carried * bought_musd[of == PARTNER].sum() / 1e3,
        "other_imports_bn_usd": carried * bought_musd[others].sum() / 1e3,
        "revenue_bn_usd": carried * revenue_musd / 1e3,
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
        lambda case: _general_state(case, 2023),
    ),
    "one_sector_2011": Model(
        "The same, trade of 2011",
        "older trade, with services in it",
        lambda case: _general_state(case, 2011),
    ),
    "no_inputs": Model(
        "General equilibrium, 17 sectors",
        "sectors with their own rates and elasticities",
        lambda case: _general_state(case, None, inputs=0.0),
    ),
    "many_sectors": Model(
        "General equilibrium, 17 sectors and inputs",
        "sectors buy from each other: duties on inputs raise costs at home",
        lambda case: _general_state(case, None),
    ),
}
