"""What the deal is worth by dated law: duties on Japan's goods against the law without it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from research.data import catalog, load_table, once
from research.errors import Fault, InputError
from research.shared import shared
from research.tariffs.law import Day, check_days, japan_schedule
from research.tariffs.rates import MOST_GOODS, corner_shares, goods_rates, japan_goods
from research.tariffs.worlds import PARTNER, us_imports

#: States of the law without the deal, as ``tariffs/counterfactual_law``, in words.
COUNTERFACTUALS = {
    "letter": "25 % of the letter",
    "day_before": "law of the day before the deal",
    "all_others": "general rates, as without a deal",
}

#: Last full day of the presidential term.
END_OF_TERM = pd.Timestamp("2029-01-19")

#: Groups of goods, by the duty in force on them.
GROUPS = ("cars", "parts", "metals", "other")

#: Tracks of the law that are duties on metals.
METALS = ("s232_steel", "s232_aluminum", "s232_copper")

_OF_TRACK = {"s232_autos": "cars", "s232_auto_parts": "parts"} | dict.fromkeys(METALS, "metals")


def law_known_to() -> pd.Timestamp:
    """Give the day of the table of measures: duties are cumulated to it unless told otherwise."""
    return pd.Timestamp(catalog.sidecar("tariffs/us_tariff_timeline_japan").as_of)


@once
@shared
def yearly_by_law(counterfactual: str) -> pd.DataFrame:
    r"""Give the duties a year that the deal avoids at the law of each day of change.

    .. math:: V_g = M \sum_{i \in g} w_i (t_i^{\text{without}} - t_i^{\text{law}})

    with imports :math:`M` and shares :math:`w` of 2024, which do not answer. Days x `GROUPS` and
    ``total``, USD billion a year, negative where the deal raised duties; ``low`` and ``high`` are
    the total at the ends of ``tariffs/goods_splits``. Unknown counterfactuals: `InputError`.
    """
    law, without = japan_schedule(), japan_schedule(counterfactual=counterfactual)
    goods, corners, rows = japan_goods(), corner_shares(law), {}
    for day in sorted({*law.change_days(), *without.change_days()}):
        new, old = (goods_rates(x, goods, on=day, known_on=None) for x in (law, without))
        gap = us_imports().loc[PARTNER].sum() / 1e3 * (old["total_share"] - new["total_share"])
        tracks = [[m.track for m in law.law(x, day.date(), date.max)] for x in goods.index]
        groups = [_OF_TRACK.get(named[0], "other") if named else "other" for named in tracks]
        row = (gap * goods["import_share"]).groupby(groups).sum()
        ends = corners.mul(gap, axis=0).sum()
        totals = {"total": row.sum(), "low": ends.min(), "high": ends.max()}
        rows[day] = dict.fromkeys(GROUPS, 0.0) | row.to_dict() | totals
    table = pd.DataFrame(rows).T.rename_axis("from_day")
    return table[(table["total"].abs() > 1e-12).cummax()]


def daily_value(counterfactual: str, until: Day) -> pd.DataFrame:
    """Spread `yearly_by_law` over days to ``until``, a year over its days: days x columns, USD bn.

    After the last day of change its law goes on. Sums of groups, days and years add up. A last day
    before the first day of change or after `END_OF_TERM` is an `InputError`.
    """
    yearly, last = yearly_by_law(counterfactual), check_days(until, None)[0]
    if not yearly.index[0].date() <= last <= END_OF_TERM.date():
        asked = f"a day from {yearly.index[0]:%Y-%m-%d} to {END_OF_TERM:%Y-%m-%d}"
        raise InputError("No duties are told of that day.", [Fault("until", asked, f"{last}")])
    days = pd.date_range(yearly.index[0], last, name="day")
    return yearly.reindex(days, method="ffill").div(np.where(days.is_leap_year, 366, 365), axis=0)


def worth(until: Day | None = None) -> pd.DataFrame:
    """Sum `daily_value` to ``until``, by default `law_known_to`, and to `END_OF_TERM`, USD bn.

    (counterfactual, last day) x columns of `yearly_by_law`, and its total on the last day, ``now``.
    """
    rows = {}
    for name in COUNTERFACTUALS:
        for last in (pd.Timestamp(until or law_known_to()), END_OF_TERM):
            rows[name, last] = daily_value(name, last).sum()
            rows[name, last]["now"] = yearly_by_law(name).loc[:last, "total"].iloc[-1]
    return pd.DataFrame(rows).T.rename_axis(["counterfactual", "last_day"])


def most_goods_moved() -> pd.Series:
    """Tell what the deal did to most goods, once its rate on cars held as well: per cent.

    ``before_pct`` and ``after_pct``, rates on `MOST_GOODS` without and with it; ``raised_pct`` and
    ``lowered_pct``, shares of imports from Japan on which the rate went up, and down.
    """
    rows, goods = load_table("tariffs/counterfactual_law"), japan_goods()
    day = rows.loc[rows["counterfactual"] == "day_before", "effective_date"].max()
    schedules = (japan_schedule(), japan_schedule(counterfactual="day_before"))
    law, before = (goods_rates(x, goods, on=day, known_on=None)["total_share"] for x in schedules)
    up, share = (law - before).round(9), goods["import_share"]
    rates = {"before_pct": before[MOST_GOODS], "after_pct": law[MOST_GOODS]}
    shares = {"raised_pct": share[up > 0].sum(), "lowered_pct": share[up < 0].sum()}
    return 100 * pd.Series(rates | shares)
