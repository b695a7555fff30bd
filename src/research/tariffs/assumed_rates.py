"""Assumptions on the rate on Japan and on states of tariffs, with values from code and tables."""

from __future__ import annotations

import pandas as pd

from research.data import load_table
from research.tariffs import (
    law,
    rates,
    scenario,
)
from research.tariffs.assumed import OWN, Assumption, pct, year_of
from research.tariffs.models import registry as models

_GOODS = "Goods and average"
_COVERAGE, _PUBLISHED = "tariffs/japan_coverage_2024", "tariffs/japan_statutory_rate"
_TIMELINE, _SCOPES = "tariffs/us_tariff_timeline_japan", "tariffs/japan_scopes"
_MONTHS = "tariffs/us_monthly_duties_and_prices"


def of_rates() -> tuple[Assumption, ...]:
    """Give what the rate on Japan takes for granted."""
    goods = rates.japan_goods()
    return (
        Assumption(
            "Shares of goods do not answer to the rate",
            f"{len(goods)} goods, shares of {year_of('us_imports_2024_musd')}",
            "The published rate, which ours is held against, has fixed weights too",
            (_COVERAGE, _PUBLISHED),
            "Average rate too high once buyers turn to goods with lower duties; "
            "`who_pays.rates_by_month` shows the rate after substitution",
            "rates.japan_goods",
            "argument `goods` of `rates.effective_rate`",
            ("free trade",),
        ),
        Assumption(
            "Some shares are measured from jumps of the published rate",
            ", ".join(
                f"{name} {pct(goods.at[name, 'import_share'])}"
                for name in ("timber", "semiconductors", "patented_pharma", "derivatives")
            ),
            "No table has these shares by themselves",
            (_PUBLISHED,),
            "A first rate fits by construction: the comparison with the published rate tests later "
            "rates, dates and stacking, not shares",
            "rates.japan_goods",
            "argument `goods` of `rates.effective_rate`",
            measured=(
                "On the first 28 change points the largest difference is 0.21 points",
                _GOODS,
            ),
        ),
        Assumption(
            "All cars pay the normal rate of passenger cars, light trucks with them",
            pct(rates.CARS_MFN_SHARE),
            "Heading of passenger cars; no table has light trucks apart",
            ("tariffs/us_mfn_2025_by_sector",),
            "A higher value raises the rate on cars one for one under the add-on of the letter and "
            "not at all under the floor of the deal, which is above it",
            "rates.CARS_MFN_SHARE",
            "column `mfn_share` of `goods`",
        ),
        Assumption(
            "All other goods pay one normal rate",
            pct(goods.at["general", "mfn_share"]),
            "It gives the published mean of the first day",
            (_PUBLISHED,),
            "Under a floor the average is too low: where the normal rate is above the floor, goods "
            "pay more than it",
            "rates.japan_goods",
            "column `mfn_share` of `goods`",
            ("the deal",),
        ),
        Assumption(
            "Normal rates by sector are simple means over tariff lines, scaled to the mean above",
            f"{len(load_table('tariffs/us_mfn_2025_by_sector'))} sectors",
            "No table has them weighted by imports from Japan",
            ("tariffs/us_mfn_2025_by_sector",),
            "Moves the rate between sectors, not the average",
            "sectors.sector_rates",
            "argument `goods` for the mean",
        ),
        Assumption(
            "Goods are split over sectors as evenly as both totals allow",
            "iterative proportional fitting",
            "Measures name goods; only which goods can be in which sector is known",
            ("tariffs/goods_sectors", "Deming and Stephan (1940)"),
            "Rates on machinery, electrical equipment and electronics depend on it, those on "
            "vehicles and steel hardly",
            "sectors.sector_goods",
            "table `tariffs/goods_sectors`",
            measured=("The mean over sectors is within 0.05 points of the total", "By sector"),
        ),
        Assumption(
            "Goods that fall under several Section 232 duties pay the first of a list",
            ", ".join(track.removeprefix("s232_") for track in law.TRACKS_232),
            "The orders let one duty stand; the order among them is our reading",
            (_TIMELINE,),
            "Moves duties between authorities; the sum only where two rates differ",
            "law.TRACKS_232",
            "constant; or own `measures` with other goods",
        ),
        Assumption(
            "A measure holds for whole days, with later corrections where `known_on` is none",
            f"from {law.FIRST_DAY:%Y-%m-%d} on",
            "Law is dated by days; the deal rate was made a floor after the fact",
            (_TIMELINE,),
            "A rate of some hours counts for one day; the emergency duties end with the ruling, "
            "though customs collected them for some days more",
            "law.FIRST_DAY",
            "arguments `on` and `known_on`",
        ),
        Assumption(
            "What is due is paid: no drawback, quota, rule on US content or delay",
            "statutory rate",
            "No table has what was collected on Japan alone",
            (_MONTHS,),
            "Rates and revenue too high",
            "rates.effective_rate",
            "own `measures` with a lower rate",
        ),
        Assumption(
            "Civil aircraft pay like other goods, although the deal exempts them",
            f"{_exempt_rows()} of {len(law.not_applied())} rows of the "
            "timeline that are not applied",
            "No table says what share of imports they are",
            (_SCOPES,),
            "Rate after the deal too high",
            "law.Schedule",
            "own `measures`, with a good of its own in `goods`",
            ("its critics",),
        ),
        Assumption(
            "Metals annexes apply by groups of goods, not by line",
            "rows marked *Assumed* below",
            "The annexes are not bundled by line; chosen is what fits the published rate best",
            (_SCOPES, _PUBLISHED),
            "The fit on that day is no evidence; higher rates on derivatives raise the average",
            "law.japan_schedule",
            "table `tariffs/japan_scopes`, or own `measures`",
            measured=(
                "Other choices move the average on 6 April 2026 to between 0.52 points below and "
                "1.25 above the published rate",
                _GOODS,
            ),
        ),
        Assumption(
            "A month has the law of its middle, and buyers answer within it",
            "rates by month, after substitution",
            "Collected duties are known by month",
            (_MONTHS,),
            "After a change the rate after substitution falls too soon",
            "who_pays.rates_by_month",
            "argument `thetas`",
        ),
        Assumption(
            "Our rate follows the published one where the difference is small",
            f"at most {rates.FOLLOWS_POINTS:g} points",
            "A bound for words, no test",
            (OWN,),
            "A wider bound lets more days follow",
            "rates.FOLLOWS_POINTS",
            "constant",
        ),
    )


def of_scenarios() -> tuple[Assumption, ...]:
    """Give what states of tariffs take for granted."""
    base, deal, letter = map(scenario.load_scenario, (models.BASE, "deal_15", "letter_25"))
    own, answer = letter.rates[0].measures[0], deal.retaliation[0]
    return (
        Assumption(
            "All trade was observed under the rates of one state",
            f"`{models.BASE}`: law of {base.rates[0].law_of}",
            "One base for all models, so that differences between them are not differences of base",
            (_TIMELINE,),
            "The trade of the world tables is older and had other rates; what that does is not "
            "known",
            "models.BASE",
            "constant",
        ),
        Assumption(
            "The letter would have taken effect without the deal",
            f"{pct(own.rate_share)} in place of the emergency duty, on top of normal rates, on the "
            f"law of {letter.rates[0].law_of}",
            "The letter names the rate and the day; cars, parts and metals stay as they were",
            ("deal/claims", _TIMELINE),
            "The deal is held against a rate that never applied; if less would have come in its "
            "place, it is worth less",
            "scenario.load_scenario",
            "parameter `counterfactual`: a state, a day or a YAML file",
            ("the deal",),
        ),
        Assumption(
            "The deal is the law of one day",
            f"law of {deal.rates[0].law_of}, "
            f"{_days_between(letter, deal)} after that of the letter",
            "The first day on which the car duty was down as well; duties that the deal did not "
            "touch, such as those on metal content, are in both states",
            (_TIMELINE,),
            "What began later, and what Japan may have been spared later, stands in neither",
            "scenario.load_scenario",
            "parameters `scenario` and `counterfactual`, such as other days",
        ),
        Assumption(
            "US duties on all others, and all duties elsewhere, are zero in every state",
            f"{len(deal.rates)} line of rates in the deal",
            "What is compared is the rate on Japan",
            (OWN,),
            "Buyers turn to others a little more than with duties on these in force, and a duty "
            "costs the United States more. Japan loses less by it, as it sells less to begin with; "
            "see the weights",
            "scenario.Scenario",
            "a line with `exporters: [all]` in a YAML file",
            ("free trade",),
        ),
        Assumption(
            "Nobody retaliates; where it is asked for, Japan alone does, in both states",
            f"{pct(answer.rate_share or 0.0)} on all US goods",
            "No table has a duty of Japan in answer; the rate mirrors that of the deal",
            (OWN,),
            "Without an answer a duty looks better for the United States; as it is in both states "
            "most of it cancels, see the weights. `given_prices` and `armington` have one importer "
            "and no answer",
            "scenario.Scenario",
            "parameter `retaliation`, lines `retaliation` of a YAML file",
            ("the tariff",),
        ),
        Assumption(
            "Rates stay, and everybody knows",
            "no dates in a state",
            "Models of equilibrium compare two adjusted worlds",
            (OWN,),
            "The cost of not knowing the rate is left out",
            "scenario.Scenario",
            "not to be changed",
            ("the tariff",),
        ),
    )


def _days_between(one: scenario.Scenario, other: scenario.Scenario) -> str:
    """Count the days from the law of one state to that of another."""
    first, second = (pd.Timestamp(each.rates[0].law_of) for each in (one, other))
    days = (second - first).days
    return f"{days} day{'' if days == 1 else 's'}"


def _exempt_rows() -> int:
    left_out = law.not_applied()
    return int((left_out["basis"] == "exempt").sum())
