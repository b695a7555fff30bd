"""Assumptions on elasticities, games and what results are held against, with their values."""

from __future__ import annotations

from research.data import load_table
from research.tariffs import (
    deal_value,
    elasticities,
    welfare_draws,
    worlds,
)
from research.tariffs.assumed import OWN, Assumption, pct, year_of
from research.tariffs.models import games
from research.tariffs.models import registry as models

_SETS, _ESTIMATES = "tariffs/elasticity_sets", "tariffs/trade_elasticities"
_REGIONS = "tariffs/world_regions_2023"


def of_elasticities() -> tuple[Assumption, ...]:
    """Give what elasticities and their draws take for granted."""
    table = elasticities.elasticity_sets()
    mixed = table.loc[list(elasticities.sets_of(elasticities.MIXTURE))]
    theta = mixed["one_good_theta"]
    left_out = [f"`{name}`" for name in table.index if name not in mixed.index]
    return (
        Assumption(
            "All sets of the long run have the same weight",
            f"{len(mixed)} sets of {pct(1 / len(mixed))} each; theta of all goods from "
            f"{theta.min():.2f} to {theta.max():.2f}",
            "No study says how far each is to be believed",
            (OWN, _SETS),
            "Sets with a low theta make a duty better for the United States and worse for Japan; "
            "with other weights the chance of a gain is another. Studies with two sets count twice",
            "elasticities.sets_of",
            "parameter `elasticity_set`",
        ),
        Assumption(
            "Answers within one year, and conventions, are not mixed in",
            ", ".join(left_out),
            "Models of equilibrium are of the long run; a default of a program is no estimate",
            (_SETS,),
            "Trade answers more than it would in the first year",
            "elasticities.sets_of",
            "parameter `elasticity_set`",
        ),
        Assumption(
            "Theta is drawn from a normal distribution, cut off near zero",
            f"above {elasticities.LOWEST_THETA:g}",
            "Models need more than zero, and their answers explode near it",
            (OWN,),
            "Raises estimates that are small against their error, cars of `cp_estimated` most",
            "elasticities.LOWEST_THETA",
            "argument `lowest` of `draw_theta`",
            measured=("Cars of `cp_estimated`: 1.01 published, 1.20 in the draws", "Draws"),
        ),
        Assumption(
            "Estimates are drawn independently",
            "no covariance",
            "None is published",
            (_ESTIMATES,),
            "Intervals too narrow if sectors are wrong in the same direction",
            "elasticities.draw_theta",
            "argument `theta` of `welfare_effect`",
        ),
        Assumption(
            "Estimates without a standard error are repeated",
            f"{int((~mixed['has_errors']).sum())} of {len(mixed)} sets",
            "Nothing says how far off they may be",
            (_ESTIMATES,),
            "Intervals too narrow",
            "elasticities.draw_theta",
            "table `tariffs/trade_elasticities`",
        ),
        Assumption(
            "Each study is read as an elasticity of shares or of flows at customs value",
            f"{load_table('tariffs/elasticity_sets')['reading'].nunique()} readings",
            "What each study says; where it does not, the note of the row says so",
            (_SETS,),
            "The wrong reading moves theta by one",
            "elasticities.elasticity_sets",
            "column `reading` of `tariffs/elasticity_sets`",
        ),
        Assumption(
            "A sector with several estimates has their mean; wider sectors weigh by what is bought "
            "from Japan; services have that of all goods",
            f"US imports of {year_of('us_imports_2024_musd')}",
            "Sectors of the studies are not those of the tables",
            (_SETS, "tariffs/us_imports_2024_musd", "tariffs/sector_codes"),
            "High estimates of small sectors hardly count",
            "elasticities.theta_table",
            "table `tariffs/elasticity_sets`",
        ),
        Assumption(
            "Where one theta is asked of all sets, it is their median by sector",
            f"theta of all goods {elasticities.one_good_theta(elasticities.MIXTURE):.2f}",
            "Markets, models side by side and games take one set of elasticities",
            (_SETS,),
            "Hides that the sign hangs on the set",
            "elasticities.theta_table",
            "parameter `elasticity_set`",
        ),
        Assumption(
            "Intervals leave out both ends of the draws",
            f"{pct(welfare_draws.LOW)} to {pct(welfare_draws.HIGH)}",
            "Usual",
            (OWN,),
            "They hold what sets and errors differ by, not what all models share",
            "welfare_draws.LOW",
            "constants; parameter `draws` for how many",
        ),
    )


def of_games() -> tuple[Assumption, ...]:
    """Give what the best rates take for granted."""
    year = max(worlds.ONE_GOOD)
    return (
        Assumption(
            "Every deficit is closed before the game begins",
            f"world of {year} with deficits of {pct(0.0)}",
            "With deficits that stay, a country that buys more than it sells gains from any duty",
            ("tariffs/world_trade_2023_musd", OWN),
            "Best rates are finite; with deficits that stay there are none",
            "games.balanced_world",
            "argument `flows_musd` of `best_tariff`",
            ("free trade",),
            (
                "With deficits that stay US welfare still rises at 400 %, at $\\theta = 4$",
                "Best answers to each other",
            ),
        ),
        Assumption(
            "A rate is best for the real income of the country that sets it",
            "one good, one rate on all of it",
            "Governments that weigh industries, and rates by good, need more data",
            ("Gros (1987)", "Ossa (2014)"),
            "What a country could take by its size; no forecast, and what it costs others counts "
            "for nothing",
            "games.best_tariff",
            "argument `on` for whose goods",
            ("the tariff",),
        ),
        Assumption(
            "Rates are looked at up to a bound",
            pct(games.HIGHEST_GAME_RATE_SHARE),
            "Beyond it welfare that still rises is an error, not an answer",
            (OWN,),
            "A second, narrow peak between rates of the grid could go unseen",
            "games.HIGHEST_GAME_RATE_SHARE",
            "argument `highest_rate_share`",
        ),
        Assumption(
            "Where both play, each sets one rate on everybody; all others keep theirs",
            f"{worlds.HOME} and {worlds.PARTNER}; rates settled to {games.TOLERANCE_SHARE:g}",
            "The question is about these two",
            (OWN,),
            "Others would answer a duty on their goods: both gain too much",
            "games.TOLERANCE_SHARE",
            "argument `players` of `nash_tariffs`",
            ("the tariff",),
        ),
    )


def of_comparisons() -> tuple[Assumption, ...]:
    """Give what forecasts and the worth of the deal take for granted."""
    return (
        Assumption(
            "Forecasts of domestic product stand beside real income and exports lost",
            f"{len(load_table('tariffs/gdp_forecasts'))} forecasts",
            "No model here has idle plants, so that none gives domestic product",
            ("tariffs/gdp_forecasts",),
            "They measure different things; all were read in press reports",
            "model_frames.forecasts_frame",
            "table `tariffs/gdp_forecasts`",
        ),
        Assumption(
            "Exports lost find no other buyer, and nothing is made in their place",
            f"over gross domestic product of {year_of('world_regions_2023')}; supply between "
            f"{models.EXPORT_SUPPLY_ELASTICITY:g} and prices given",
            "What output would lose at first, were all of them made at home",
            (_REGIONS, OWN),
            "Too large: other buyers are found, and exports hold inputs from abroad; but incomes "
            "that fall in turn are not in it",
            "model_frames.lost_exports_pct",
            "argument `export_supply_elasticity`",
            ("free trade", "the deal"),
        ),
        Assumption(
            "Duties avoided are the fall of rates on the trade as it was",
            f"US imports of {year_of('us_imports_2024_musd')}",
            "The claim names no method; this is the simplest",
            ("tariffs/us_imports_2024_musd",),
            "Too large, as trade would have fallen under the higher rate; the two rows below it "
            "let trade answer",
            "deal_value.avoided_duties",
            "parameters `scenario` and `counterfactual`",
            ("the deal",),
        ),
        Assumption(
            "The sum that was claimed adds up over years, all alike",
            f"{deal_value.avoided_claim_bn_usd():g} USD billion (`{deal_value.AVOIDED_CLAIM}`)",
            "The claim names no period",
            ("deal/claims",),
            "With trade that grows, or a rate that ends, the years are fewer or never over; told "
            "for the deal against the letter alone",
            "deal_value.avoided_claim_bn_usd",
            "table `deal/claims`",
        ),
        Assumption(
            "What the investment of the pledge costs or brings is no part of the worth",
            "tariffs alone",
            "The pledge has a model of its own, of jobs",
            (OWN,),
            "For Japan the deal looks cheaper than it is, for the United States less is gained",
            "deal_value.yearly_value",
            "not to be changed",
            ("the deal",),
        ),
    )
