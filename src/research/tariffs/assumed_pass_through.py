"""Assumptions on who pays a duty, with values from code and tables."""

from __future__ import annotations

import pandas as pd

from research.tariffs import (
    pass_through,
    power,
    who_pays,
)
from research.tariffs.assumed import OWN, Assumption, default, pct

_WHO_PAYS = "Pass-through: `research.tariffs.pass_through`"
_MONTHS = "tariffs/us_monthly_duties_and_prices"


def of_pass_through() -> tuple[Assumption, ...]:
    """Give what the answer to who pays takes for granted."""
    first, report = who_pays.bundled_prices()[0], who_pays
    known = first.index.loc[first.index.first_valid_index() : first.index.last_valid_index()]
    missing = pd.DatetimeIndex(known.index[known.isna()])
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
            "who_pays.DUTY_LAG_MONTHS",
            "argument `duty_lag_months` of `monthly_rates`",
            measured=("0.80 with the month after, 0.92 with the same month", _WHO_PAYS),
        ),
        Assumption(
            "The rate on all imports stands for that on Japan, and so does the price",
            first.name,
            "Neither is bundled for Japan alone",
            (_MONTHS, "tariffs/pass_through_literature"),
            "Says nothing of whether Japan's sellers cut more than others; cars suggest they do",
            "who_pays.monthly_rates",
            "arguments `prices` and `rate_share` of `estimates`",
        ),
        Assumption(
            "Pass-through is read some months after the change",
            f"{report.HORIZON_MONTHS} months",
            "Longer horizons leave too few months",
            (OWN,),
            "What comes later, in contracts that run out, is not in it",
            "who_pays.HORIZON_MONTHS",
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
            "A dollar that falls with the tariffs makes pass-through too large; buying ahead can "
            "make it too small",
            "who_pays.estimates",
            "argument `controls`, field `control` of `Price`",
        ),
        Assumption(
            "Errors are correlated for some months",
            ", ".join(f"{number} lags with {words}" for words, number in lags.items())
            + f"; intervals of {pct(1 - default(pass_through.estimate, 'level'))}",
            "Rule of thumb by the number of months, at least the horizon for local projections",
            ("Newey and West (1987)", "Jorda (2005)"),
            "Intervals are too narrow on these months",
            "pass_through.local_projections",
            "arguments `hac_lags` and `level`",
            measured=(
                "Over all months intervals of 95 % hold the truth in 51 % of simulated samples "
                "with distributed lags and in 92 % with local projections",
                _WHO_PAYS,
            ),
        ),
        Assumption(
            "Months without a figure are left out, and keep their place in time",
            f"{missing.strftime('%B %Y').str.cat(sep=', ')} without an import price",
            "Nothing is filled in",
            (_MONTHS,),
            "Wider intervals: each gap takes several months of local projections with it",
            "pass_through.distributed_lags",
            "argument `prices`, with figures of one's own",
        ),
        Assumption(
            "Estimates need some degrees of freedom to be quoted",
            f"{report.FEWEST_DF}",
            "With fewer, an interval moves with every month",
            (OWN,),
            "Hides what the months since the tariffs alone would say",
            "who_pays.FEWEST_DF",
            "constant",
        ),
        Assumption(
            "The smallest share that can be told from none has a chance of being told",
            pct(power.POWER),
            "Usual; simulated prices have the spread and first autocorrelation of the real ones",
            ("Bloom (1995)",),
            "A higher chance asks for larger shares",
            "power.POWER",
            "constant; `replications` and `seed` of `identification`",
        ),
        Assumption(
            "Consumer prices hold home goods and margins",
            f"{sum(not one.before_duty for one in report.bundled_prices())} of "
            f"{len(report.bundled_prices())} prices",
            "No bundled price is of imported goods in shops alone",
            (_MONTHS,),
            "Their figure is no share of a duty: full pass-through gives far less than one",
            "who_pays.bundled_prices",
            "argument `prices`",
        ),
        Assumption(
            "The whole change of the export price of cars is the answer to the duty",
            pct(float(who_pays.car_buyers_share()["buyers_share"])) + " borne by buyers",
            "One index, year on year; no other price of cars is bundled",
            ("deal/claims",),
            "Many cars go to a maker's own US firm, whose price is one on paper: buyers' share too "
            "small",
            "who_pays.car_buyers_share",
            "table `deal/claims`",
            ("the tariff",),
        ),
        Assumption(
            "Published shares of different definitions are never put together",
            f"{len(who_pays.literature_ranges())} ranges",
            "A price at the border, a price in shops and a share of cost are three things",
            ("tariffs/pass_through_literature",),
            "No band beside consumer prices",
            "who_pays.literature_ranges",
            "table `tariffs/pass_through_literature`",
        ),
    )
