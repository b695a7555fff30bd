"""Assumptions on rates, on states of tariffs and on who pays, with values from code and tables."""

from __future__ import annotations

from research.data import load_mfn_rates
from research.tariffs import (
    findings,
    measures,
    models,
    pass_through,
    pass_through_bands,
    pass_through_power,
    pass_through_report,
    rates,
    scenario,
    schedule,
    sectors,
)
from research.tariffs.assumed import OWN, Assumption, default, pct, year_of

_GOODS = "Goods and average"
_WHO_PAYS = "Pass-through: `research.tariffs.pass_through`"
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
            "`rate_frames.side_by_side` shows the rate after substitution",
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
            "The comparison with the published rate tests dates, rates and stacking, not shares",
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
            f"{len(load_mfn_rates())} sectors",
            "No table has them weighted by imports from Japan",
            ("tariffs/us_mfn_2025_by_sector",),
            "Moves the rate between sectors, not the average",
            "sectors.sector_rates",
            "argument `goods` for the mean",
        ),
        Assumption(
            "Goods are split over sectors as evenly as both totals allow",
            f"totals met to {sectors.MARGIN_TOLERANCE_SHARE:g} of imports",
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
            ", ".join(track.removeprefix("s232_") for track in measures.TRACKS_232),
            "The orders let one duty stand; the order among them is our reading",
            (_TIMELINE,),
            "Moves duties between authorities; the sum only where two rates differ",
            "measures.TRACKS_232",
            "constant; or own `measures` with other goods",
        ),
        Assumption(
            "A measure holds for whole days, with later corrections where `known_on` is none",
            f"from {schedule.FIRST_DAY:%Y-%m-%d} on",
            "Law is dated by days; the deal rate was made a floor after the fact",
            (_TIMELINE,),
            "A rate of some hours counts for one day",
            "schedule.FIRST_DAY",
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
            ("free trade",),
        ),
        Assumption(
            "Civil aircraft pay like other goods, although the deal exempts them",
            f"{len(schedule.japan_schedule().not_applied)} rows of the timeline are not applied",
            "No table says what share of imports they are",
            (_SCOPES,),
            "Rate after the deal too high",
            "schedule.Schedule",
            "own `measures`, with a good of its own in `goods`",
            ("its critics",),
        ),
        Assumption(
            "Metals annexes apply by groups of goods, not by line",
            "rows marked *Assumed* below",
            "The annexes are not bundled by line; chosen is what fits the published rate best",
            (_SCOPES, _PUBLISHED),
            "The fit on that day is no evidence; higher rates on derivatives raise the average",
            "schedule.japan_schedule",
            "table `tariffs/japan_scopes`, or own `measures`",
            measured=(
                "Other choices move the average on 6 April 2026 to between 0.52 points below and "
                "1.25 above the published rate",
                _GOODS,
            ),
        ),
        Assumption(
            "Our rate follows the published one where the difference is small",
            f"at most {findings.FOLLOWS_POINTS:g} points",
            "A bound for words, no test",
            (OWN,),
            "A wider bound lets more days follow",
            "findings.FOLLOWS_POINTS",
            "constant",
        ),
    )


def of_scenarios() -> tuple[Assumption, ...]:
    """Give what states of tariffs take for granted."""
    base, deal, letter = map(scenario.load_scenario, (models.BASE, "deal_15", "letter_25"))
    own, answer = letter.rates[0].own_measures()[0], deal.retaliation[0]
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
            "The deal is held against the highest rate ever named; against what might have come in "
            "its place it is worth less",
            "scenario.load_scenario",
            "parameter `counterfactual`: a state, a day or a YAML file",
            ("the deal",),
        ),
        Assumption(
            "The deal is the law of one day",
            f"law of {deal.rates[0].law_of}",
            "The first day on which the car duty was down as well",
            (_TIMELINE,),
            "Later duties (trucks, timber, semiconductors, patented medicines) are not in it",
            "scenario.load_scenario",
            "parameter `scenario`, such as a later day",
            ("the deal",),
        ),
        Assumption(
            "US duties on all others, and all duties elsewhere, are zero in every state",
            f"{len(deal.rates)} line of rates in the deal",
            "What is compared is the rate on Japan",
            (OWN,),
            "Buyers turn more to others than they would with duties on these in force: Japan loses "
            "more by a duty, and gains more by a lower one",
            "scenario.Scenario",
            "a line with `exporters: [all]` in a YAML file",
            ("free trade", "the deal"),
        ),
        Assumption(
            "Nobody retaliates; where it is asked for, Japan alone does, in both states",
            f"{pct(answer.rate_share or 0.0)} on all US goods",
            "No table has a duty of Japan in answer; the rate mirrors that of the deal",
            (OWN,),
            "Without an answer a duty looks better for the United States; as it is in both states "
            "most of it cancels, see the weights",
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


def of_pass_through() -> tuple[Assumption, ...]:
    """Give what the answer to who pays takes for granted."""
    first, report = pass_through_report.bundled_prices()[0], pass_through_report
    lags = {
        words: int(
            method(
                first.index,
                report.monthly_rates(),
                horizon_months=report.HORIZON_MONTHS,
                before_duty=first.before_duty,
            ).hac_lags.iloc[-1]
        )
        for words, method in report.METHODS.items()
    }
    return (
        Assumption(
            "Duties received some months later belong to a month's imports",
            f"{report.DUTY_LAG_MONTHS} month",
            "Duties come in some weeks after the goods",
            (_MONTHS,),
            "Later duties make the share that buyers bear smaller",
            "pass_through_report.DUTY_LAG_MONTHS",
            "argument `duty_lag_months` of `monthly_rates`",
            measured=("0.80 with the month after, 0.92 with the same month", _WHO_PAYS),
        ),
        Assumption(
            "The rate on all imports stands for that on Japan, and so does the price",
            first.name,
            "Neither is bundled for Japan alone",
            (_MONTHS, "tariffs/pass_through_literature"),
            "Says nothing of whether Japan's sellers cut more than others; cars suggest they do",
            "pass_through_report.monthly_rates",
            "arguments `prices` and `rate_share` of `estimate_frame`",
        ),
        Assumption(
            "Pass-through is read some months after the change",
            f"{report.HORIZON_MONTHS} months",
            "Longer horizons leave too few months",
            (OWN,),
            "What comes later, in contracts that run out, is not in it",
            "pass_through_report.HORIZON_MONTHS",
            "argument `horizon_months`",
        ),
        Assumption(
            "But for the tariff, log prices drift at one pace, which the months before show",
            f"{len(report.SAMPLES)} samples: {', '.join(report.SAMPLES)}",
            "Each regression has a constant and no other trend",
            (OWN,),
            "A pace that was above the later one in the first years makes pass-through too small",
            "pass_through.distributed_lags",
            "arguments `controls`, `first` and `last`",
        ),
        Assumption(
            "What moves together with tariffs is taken for their work",
            "no control" if report.NO_CONTROL == "none" else report.NO_CONTROL,
            "One control at a time is shown beside it; more would cost degrees of freedom",
            (_MONTHS,),
            "A dollar that falls with the tariffs makes pass-through too large, buying ahead makes "
            "it too small",
            "pass_through_report.estimate_frame",
            "argument `controls`, field `control` of `Price`",
        ),
        Assumption(
            "Errors are correlated for some months",
            ", ".join(f"{number} lags with {words}" for words, number in lags.items())
            + f"; intervals of {pct(1 - default(pass_through.distributed_lags, 'level'))}",
            "Rule of thumb by the number of months, at least the horizon for local projections",
            ("Newey and West (1987)", "Jorda (2005)"),
            "Intervals are too narrow on these months",
            "pass_through.local_projections",
            "arguments `hac_lags` and `level`",
            measured=(
                "Over all months intervals of 95 % hold the truth in 55 % of simulated samples "
                "with distributed lags and in 89 % with local projections",
                _WHO_PAYS,
            ),
        ),
        Assumption(
            "Estimates need some degrees of freedom to be quoted",
            f"{report.FEWEST_DF}",
            "With fewer, an interval moves with every month",
            (OWN,),
            "Hides what the months since the tariffs alone would say",
            "pass_through_report.FEWEST_DF",
            "constant",
        ),
        Assumption(
            "The smallest share that can be told from none has a chance of being told",
            pct(pass_through_power.POWER),
            "Usual; simulated prices have the spread and first autocorrelation of the real ones",
            ("Bloom (1995)",),
            "A higher chance asks for larger shares",
            "pass_through_power.POWER",
            "constant; `replications` and `seed` of `identification_frame`",
        ),
        Assumption(
            "Consumer prices hold home goods and margins",
            f"{sum(not one.before_duty for one in report.bundled_prices())} of "
            f"{len(report.bundled_prices())} prices",
            "No bundled price is of imported goods in shops alone",
            (_MONTHS,),
            "Their figure is no share of a duty: full pass-through gives far less than one",
            "pass_through_report.bundled_prices",
            "argument `prices`",
        ),
        Assumption(
            "The whole change of the export price of cars is the answer to the duty",
            pct(float(pass_through_bands.car_buyers_share()["buyers_share"])) + " borne by buyers",
            "One index, year on year; no other price of cars is bundled",
            ("deal/claims",),
            "Many cars go to a maker's own US firm, whose price is one on paper: buyers' share too "
            "small",
            "pass_through_bands.car_buyers_share",
            "table `deal/claims`",
            ("the tariff",),
        ),
        Assumption(
            "Published shares of different definitions are never put together",
            f"{len(pass_through_bands.literature_ranges())} ranges",
            "A price at the border, a price in shops and a share of cost are three things",
            ("tariffs/pass_through_literature",),
            "No band beside consumer prices",
            "pass_through_bands.literature_ranges",
            "table `tariffs/pass_through_literature`",
        ),
    )
