"""Assumptions on trade and on the models, with values from code and tables."""

from __future__ import annotations

from typing import Any, get_args

from research.data import load_gsim_example
from research.tariffs import (
    gsim_steps,
    hat_checks,
    hat_result,
    market_frames,
    models,
    scenario,
    scenario_rates,
    worlds,
)
from research.tariffs.assumed import OWN, Assumption, pct, year_of

_IMPORTS, _CODES = "tariffs/us_imports_2024_musd", "tariffs/sector_codes"
_TRADE, _REGIONS = "tariffs/world_trade_2023_musd", "tariffs/world_regions_2023"
_IO, _EXAMPLE = "tariffs/world_io_2011_musd", "tariffs/gsim_4x4_textbook"


def of_trade() -> tuple[Assumption, ...]:
    """Give what the trade that models start from takes for granted."""
    world, markets = worlds.world_of_2011(), worlds.us_markets()
    income = (world.flows_musd[worlds.HOME]).sum()
    home = markets.loc[worlds.HOME].sum() / markets.to_numpy().sum()
    flat = scenario_rates.one_good_rates(
        scenario.load_scenario("flat_15"), min(worlds.ONE_GOOD), retaliation=False
    )
    years = ", ".join(map(str, sorted(worlds.ONE_GOOD)))
    return (
        Assumption(
            "Old trade stands for that of today",
            f"US markets of {year_of('us_imports_2024_musd')}; world of one good {years}; sectors "
            f"with inputs {year_of('world_io_2011_musd')}",
            "The last years that are bundled",
            (_IMPORTS, _TRADE, _IO),
            "Size and sign of effects follow the weight of Japan in US trade of that year; the "
            "weights show two years beside each other",
            "worlds.ONE_GOOD",
            "parameters `model` and `data_year`",
        ),
        Assumption(
            "US home sales of a sector over its imports are those of the world table",
            f"{pct(home)} of what is bought in the {markets.shape[1]} sectors",
            "No table has home sales of these sectors",
            (_IO, _CODES),
            "If imports have gained since, home sales are too large: home sellers gain too much "
            "from a duty, and imports from Japan answer a little too much",
            "worlds.us_markets",
            "argument `trade` of `armington.armington`",
            ("the tariff",),
        ),
        Assumption(
            "In the world of one good home sales are domestic product less exports of goods",
            f"{len(worlds.one_good(max(worlds.ONE_GOOD)).flows_musd)} regions",
            "Services are sold at home, and so is trade inside a region",
            (_TRADE, _REGIONS),
            "Exports are gross and domestic product is not: countries look more open than their "
            "output is, and effects in per cent of income move with that",
            "worlds.one_good",
            "argument `flows_musd` of `solve_one_sector`",
        ),
        Assumption(
            "Negative cells of the world table are set to zero",
            f"{len(world.set_to_zero)} cells, {-world.set_to_zero['musd'].sum():,.0f} USD million",
            "Stocks that were run down cannot be sold again",
            (_IO,),
            f"None to speak of: {pct(-world.set_to_zero['musd'].sum() / income)} of what the "
            "United States buy",
            "hat_many_sectors.accounts_of_world_io",
            "an own table",
        ),
        Assumption(
            "Services pay no duty, and are part of the one good of the oldest world",
            f"{pct(scenario.load_scenario('flat_15').rates[0].rate_share or 0.0)} on goods of "
            f"Japan is {pct(float(flat.at[models.PARTNER, worlds.HOME]))} there",
            "The world table has services among its sectors",
            (_IO,),
            "Duties look milder in that model",
            "scenario_rates.one_good_rates",
            "parameter `data_year`",
            ("the tariff",),
        ),
        Assumption(
            "Rates on wider sectors are means with weights that do not answer to the rate",
            f"US imports of {year_of('us_imports_2024_musd')} from the exporter",
            "What is bought under no duty is not known",
            (_IMPORTS, _CODES),
            "The mean rate of a sector is too high once buyers turn to its cheaper goods, and what "
            "differs inside a sector costs nothing",
            "scenario_rates.world_sector_rates",
            "lines with `sectors` and `rate_share` in a YAML file",
        ),
        Assumption(
            "Countries are grouped as each table groups them",
            ", ".join(
                f"{len(worlds.countries_of(one))} in {one}" for one in get_args(worlds.Source)
            ),
            "No table tells all apart; a state that names a hidden one is refused",
            ("tariffs/region_codes",),
            "A duty on part of a group cannot be asked for",
            "worlds.countries_of",
            "table `tariffs/region_codes`",
        ),
        Assumption(
            "Effects in per cent are carried to dollars by income of one year",
            f"gross domestic product of {year_of('world_regions_2023')}, "
            f"{worlds.gdp_musd()[worlds.HOME] / 1e6:.1f} USD trillion in the United States",
            "The last year that is bundled",
            (_REGIONS,),
            "Revenue in dollars keeps the weight of Japan of the year of the trade",
            "worlds.gdp_musd",
            "table `tariffs/world_regions_2023`",
        ),
    )


def of_markets() -> tuple[Assumption, ...]:
    """Give what partial equilibrium takes for granted."""
    example = load_gsim_example()
    return (
        Assumption(
            "Supply of each seller rises with its price",
            f"elasticity {models.EXPORT_SUPPLY_ELASTICITY:g}",
            f"That of the textbook, {example.export_supply_elasticity:g}; no estimate for Japan is "
            "bundled",
            (_EXAMPLE, "Francois and Hall (2003)"),
            "Lower values make sellers cut prices more: a duty costs buyers less and Japan more. "
            "US welfare can change its sign between this value and given prices, see the weights",
            "models.EXPORT_SUPPLY_ELASTICITY",
            "argument `export_supply_elasticity`; the model `given_prices` has none",
            ("the tariff",),
        ),
        Assumption(
            "Spending on a sector does not move",
            f"elasticity of demand {models.DEMAND_ELASTICITY:g}",
            "Nothing is known of each market; the textbook has "
            f"{example.import_demand_elasticity:g}",
            (OWN, _EXAMPLE),
            "Nobody leaves the market when it gets dear: where demand is more elastic, trade falls "
            "a little more and revenue is a little lower",
            "models.DEMAND_ELASTICITY",
            "argument `import_demand_elasticity`",
        ),
        Assumption(
            "Goods of one country are alike, those of two are not",
            "one elasticity of substitution a sector, one plus theta",
            "Shares of spending follow relative prices in all models alike",
            ("Armington (1969)",),
            "Each country is the only maker of its goods, so that even a small one can gain from a "
            "duty that nobody answers",
            "models.us_market_states",
            "argument `substitution_elasticity_sigma`",
            ("the tariff",),
        ),
        Assumption(
            "Welfare is surplus and revenue on these markets alone",
            f"over gross domestic product of {year_of('world_regions_2023')}",
            "Nothing outside the market moves",
            (_REGIONS,),
            "Japan's welfare is that of its sellers in the United States; at given prices it is "
            "zero whatever the rate",
            "models.us_market_states",
            "parameter `model`, for general equilibrium",
            ("the tariff",),
        ),
        Assumption(
            "Large changes go in small linear steps, of which the limit is told",
            f"paths of {gsim_steps.STEPS} and {2 * gsim_steps.STEPS} steps",
            "The published model is linear; many steps end where constant elasticities do",
            ("Francois and Hall (2003)", "Harrison and Pearson (1996)"),
            "Fewer steps leave imports further from what constant elasticities give",
            "gsim_steps.STEPS",
            "argument `steps` of `gsim_limit`",
            measured=(
                "From the letter to the deal, with the highest set of elasticities, imports from "
                "Japan rise by 77.4 % with paths of 16 and 32 steps, 77.7 % with 32 and 64, and "
                "77.8 % with 128 and 256",
                "Many countries, linear: `research.tariffs.gsim`",
            ),
        ),
        Assumption(
            "Revenue is looked at over a grid of rates, all other rates as in the base",
            f"{len(market_frames.RATES_SHARE)} rates up to {pct(max(market_frames.RATES_SHARE))}",
            "Far beyond any law",
            (OWN,),
            "The peak is searched next to the best rate; a second, narrow one between rates of the "
            "grid could go unseen, or one above them",
            "market_frames.RATES_SHARE",
            "argument `rates_share` of `armington.laffer_curve`",
        ),
        Assumption(
            "Rates above a bound are taken for a mistake",
            f"{pct(hat_checks.HIGHEST_RATE_SHARE)}; {pct(models.HIGHEST_RATE_SHARE)} where models "
            "look at rates themselves",
            "A per cent written as a share",
            (OWN,),
            "None below the bound",
            "models.HIGHEST_RATE_SHARE",
            "arguments `highest_rate_share` and `largest_rate_share`",
        ),
    )


def of_equilibrium() -> tuple[Assumption, ...]:
    """Give what general equilibrium takes for granted."""
    plain = {name: field.default for name, field in scenario.Scenario.model_fields.items()}
    return (
        *_left_out(),
        *_options(plain),
        Assumption(
            "An equilibrium is found where all conditions hold nearly",
            f"residuals of at most {hat_result.CONDITION_TOLERANCE:g}",
            "Far below what is shown",
            (OWN,),
            "None",
            "hat_result.CONDITION_TOLERANCE",
            "constant",
        ),
    )


def _left_out() -> tuple[Assumption, ...]:
    """Give what no option of general equilibrium changes."""
    world = worlds.world_of_2011().input_shares
    return (
        Assumption(
            "Labour is all there is, fully employed, and free to move between sectors",
            "wages clear every market",
            "The plain model; capital, firms that enter, stocks and slow prices are left out",
            ("Dekle, Eaton and Kortum (2008)", "Caliendo and Parro (2015)"),
            "No idle plants or people: losses of the first years are too small",
            "hat_many_sectors.solve_many_sectors",
            "not to be changed; option `labour_supply_elasticity`",
            ("the tariff", "its critics"),
        ),
        Assumption(
            "Shares of spending on sectors, inputs and labour do not move",
            f"{world.shape[1]} sectors",
            "Cobb and Douglas, so that no further elasticity is needed",
            ("Caliendo and Parro (2015)", _IO),
            "Nobody turns from a dear sector to another, and inputs cannot be saved: duties on "
            "inputs cost too much",
            "hat_many_sectors.solve_many_sectors",
            "argument `input_shares`; the model `no_inputs` has none",
            ("free trade",),
        ),
        Assumption(
            "Markets are competitive, and every buyer of a sector substitutes alike",
            "one theta a sector",
            "Estimates do not tell buyers apart",
            ("Caliendo and Parro (2015)",),
            "Makers that sell to their own US firms, and plants that cannot change suppliers, "
            "answer less than the model",
            "hat_many_sectors.solve_many_sectors",
            "argument `theta`",
        ),
        Assumption(
            "World value added is the unit of money",
            "the numeraire",
            "One price has to be given",
            ("Dekle, Eaton and Kortum (2008)",),
            "None on welfare; revenue in dollars is in that unit",
            "hat_many_sectors.solve_many_sectors",
            "not to be changed",
        ),
        Assumption(
            "A flow that is zero stays zero",
            "ratios of observed flows",
            "Only ratios, new to old, are solved for",
            ("Dekle, Eaton and Kortum (2008)",),
            "No new trade begins, none ends",
            "hat_many_sectors.solve_many_sectors",
            "argument `flows_musd`",
        ),
        Assumption(
            "Households are one in each country",
            "real income of the country",
            "The models have no distribution",
            (OWN,),
            "Who gains and who loses within a country is not seen",
            "hat_result.hat_result",
            "not to be changed",
        ),
    )


def _options(plain: dict[str, Any]) -> tuple[Assumption, ...]:
    """Give what options of a state change in general equilibrium."""
    return (
        Assumption(
            "Labour does not answer to the real wage",
            f"elasticity {plain['labour_supply_elasticity']:g}",
            "The plain model; where it answers, work has a price and no income effect",
            ("Greenwood, Hercowitz and Huffman (1988)",),
            "Hardly any on welfare, see the weights: more work is no gain at first order",
            "scenario.Scenario",
            "`labour_supply_elasticity` of a YAML file",
        ),
        Assumption(
            "Revenue goes to households as it is",
            f"`{plain['revenue_use']}`",
            "The tax on income that is there already is in no table",
            (OWN,),
            "The gain from lowering a tax that keeps people from work is left out",
            "scenario.Scenario",
            "`revenue_use: income_tax` of a YAML file",
            ("free trade",),
        ),
        Assumption(
            "Prices before duty move with costs alone",
            f"pass-through of {plain['firm_pass_through']:g} at given cost",
            "Competition leaves no margin to cut",
            (OWN,),
            "Where sellers bear part of a duty it costs US buyers less: US gains from a lower rate "
            "are too large, see the weights",
            "scenario.Scenario",
            "`firm_pass_through` of a YAML file",
            ("free trade",),
        ),
        Assumption(
            "Trade deficits stay",
            f"{pct(plain['deficit_left_share'])} of each, in units of world value added",
            "Moving a deficit would be a gift from one country to another",
            ("Dekle, Eaton and Kortum (2008)",),
            "A country with a deficit gains from a duty without limit; between two states with the "
            "same deficits most of it cancels, and the lower rate looks a little better by it, see "
            "the weights",
            "scenario.Scenario",
            "`deficit_left_share` of a YAML file",
            ("the tariff", "the deal"),
            measured=(
                "With deficits that stay US welfare still rises at 400 %, at $\\theta = 4$",
                "Best answers to each other",
            ),
        ),
    )
