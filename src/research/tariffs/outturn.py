"""What the models make of the rates of 2025, month by month, beside what happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.data import load_table
from research.shared import shared
from research.tariffs.elasticities import SET_NAMES, load_thetas, theta_table
from research.tariffs.markets import ENDS
from research.tariffs.models.registry import BASE, Case, us_trade_musd
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.who_pays import DUTY_LAG_MONTHS, states_by_month
from research.tariffs.worlds import HOME, PARTNER, gdp_musd, us_imports

#: The year that is looked at, the sector of cars, and the set of answers within one year.
YEAR, CARS, ONE_YEAR_SET = 2025, "MVH", "boehm_short"

#: Measures of `against` -> column of `imports_by_month` and unit.
MEASURES = {
    "Japan's exports to the United States": ("japan_pct", "%"),
    "of them cars (models: with parts)": ("cars_pct", "%"),
    "all exports, share of Japan's domestic product": ("lost_pct", "%"),
    "US imports from everyone": ("all_pct", "%"),
    "duties collected on everyone": ("duties_bn_usd", "USD bn"),
}

_ENDS = (("low", "min"), ("high", "max"))


@shared
def imports_by_month(sets: Sequence[str]) -> pd.DataFrame:
    """Give what the US markets say of each month of 2025, its law and collected duties in force.

    ``elasticities`` (words), ``prices`` (kept, cut), ``month``; before duty and against the trade
    of 2024 under the rates before 2025: ``japan_pct``, ``cars_pct``, ``all_pct`` (imports from
    Japan, of its vehicles, from everyone), ``lost_pct`` (those from Japan over its domestic
    product of 2023); ``paid_pct``, what goods from Japan pay on average; and ``duties_bn_usd`` of
    the month.
    """
    old, gdp, rows = us_imports(), gdp_musd()[PARTNER], []
    states = states_by_month().loc[str(YEAR)]
    for name in sets:
        thetas = load_thetas(name)
        for prices, supply in ENDS.items():
            for month, state in states.items():
                new = us_trade_musd(Case(state, thetas), supply).drop(index=HOME)
                now = new.loc[PARTNER]
                due = new * us_rates(state).reindex(new.index)
                row = {"elasticities": SET_NAMES[name], "prices": prices, "month": month}
                row["japan_pct"] = 100 * (now.sum() / old.loc[PARTNER].sum() - 1)
                row["cars_pct"] = 100 * (now[CARS] / old.at[PARTNER, CARS] - 1)
                row["all_pct"] = 100 * (new.to_numpy().sum() / old.to_numpy().sum() - 1)
                row["lost_pct"] = 100 * (now - old.loc[PARTNER]).sum() / gdp
                row["paid_pct"] = 100 * due.loc[PARTNER].sum() / now.sum()
                rows.append(row | {"duties_bn_usd": due.to_numpy().sum() / 12e3})
    return pd.DataFrame(rows)


@shared
def within_one_year() -> pd.DataFrame:
    r"""Give imports from Japan by month by the estimate of `ONE_YEAR_SET`, prices kept.

    .. math:: \sum_s M_s \left(\frac{1 + r'_s}{1 + r_s}\right)^{-(1 + \theta_s)}

    No market model takes it, as theta is below zero. Months x ``japan_pct``, ``cars_pct``.
    """
    power = -(1 + theta_table(ONE_YEAR_SET, "us_sectors")["theta"])
    sold, base = us_imports().loc[PARTNER], us_rates(load_scenario(BASE)).loc[PARTNER]
    rows = {}
    for month, state in states_by_month().loc[str(YEAR)].items():
        ratio = ((1 + us_rates(state).loc[PARTNER]) / (1 + base)) ** power
        rows[month] = {"japan_pct": ratio @ sold / sold.sum() - 1, "cars_pct": ratio[CARS] - 1}
    return 100 * pd.DataFrame.from_dict(rows, orient="index").rename_axis("month")


def against(by_month: pd.DataFrame) -> pd.DataFrame:
    """Set the year as the models have it beside the year as it was.

    From `imports_by_month`. ``measure``, ``unit``, ``kept_low``, ``kept_high``, ``cut_low``,
    ``cut_high`` (over sets of elasticities, sellers that keep and that cut their prices),
    ``one_year`` (`within_one_year`), ``observed``, and ``gap``: what happened less the nearest of
    the models. Japan's exports are in yen; duties are those received a month later.
    """
    columns = [column for column, _ in MEASURES.values()]
    year = by_month.groupby(["prices", "elasticities"], sort=False)[columns].mean()
    year["duties_bn_usd"] *= 12
    ends = year.groupby(level="prices").agg(["min", "max"])
    short = within_one_year().mean()
    facts, months = load_table("tariffs/observed")["value"], slice(f"{YEAR}-01", f"{YEAR}-12")
    exports = facts["japan_exports_to_us"]
    share = us_imports().loc[PARTNER].sum() / gdp_musd()[PARTNER]
    monthly = load_table("tariffs/us_monthly_duties_and_prices")
    imports = monthly["imports_value_musd"]
    duties = monthly["customs_duties_musd"].shift(-DUTY_LAG_MONTHS)[months].sum() / 1e3
    everyone = 100 * (imports[months].sum() / imports[str(YEAR - 1)].sum() - 1)
    known = {
        "japan_pct": (short["japan_pct"], exports),
        "cars_pct": (short["cars_pct"], facts["japan_car_exports_to_us"]),
        "lost_pct": (short["japan_pct"] * share, exports * share),
        "all_pct": (np.nan, everyone),
        "duties_bn_usd": (np.nan, duties),
    }
    rows = []
    for words, (column, unit) in MEASURES.items():
        spans = {f"{p}_{e}": ends.at[p, (column, m)] for p in ENDS for e, m in _ENDS}
        one_year, observed = known[column]
        inside = np.clip(observed, min(spans.values()), max(spans.values()))
        more = {"one_year": one_year, "observed": observed, "gap": observed - inside}
        rows.append({"measure": words, "unit": unit} | spans | more)
    return pd.DataFrame(rows)
