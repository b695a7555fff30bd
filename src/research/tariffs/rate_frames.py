"""The rate on Japan over time, by authority, and beside what was collected and what was paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs.measures import duty_share
from research.tariffs.models import EXPORT_SUPPLY_ELASTICITY, PARTNER, Case, us_market_states
from research.tariffs.names import PART_NAMES
from research.tariffs.pass_through_report import monthly_rates
from research.tariffs.rates import (
    CARS_MFN_SHARE,
    DIFFERENCES,
    PARTS,
    effective_rate,
    goods_rates,
    japan_goods,
)
from research.tariffs.scenario import load_scenario
from research.tariffs.schedule import FIRST_DAY, Schedule, collected_longer, japan_schedule
from research.tariffs.thetas import Thetas
from research.words import day_words, signed

#: Goods of `research.tariffs.rates.japan_goods` that no Section 232 duty takes.
MOST_GOODS = "general"

#: Days of the timeline that the figure of the rate marks, by authority, with the words for them.
_MARKS = {
    ("2025-04-03", "s232_autos"): "cars 25 %",
    ("2025-04-05", "ieepa_reciprocal"): "10 % on most goods",
    ("2025-06-04", "s232_steel_alu"): "metals 50 %",
    ("2025-08-07", "ieepa_reciprocal"): "15 % deal, most goods",
    ("2025-09-16", "s232_autos"): "15 % deal, cars",
    ("2026-02-20", "scotus"): "Supreme Court ends emergency duties",
    ("2026-02-24", "s122"): "Section 122, 10 %",
    ("2026-07-24", "s301_forced_labour"): "Section 301, 12.5 %",
}

#: Parts of a difference below this, in points, are not told.
LEAST_PART_POINTS = 0.1

#: Rates by month, set side by side.
LINES = (
    "statutory on Japan",
    "after substitution, prices cut",
    "after substitution, prices kept",
    "collected on all imports",
)

# Supply elasticities of sellers that cut their prices, and that keep them.
_SUPPLIES = (EXPORT_SUPPLY_ELASTICITY, np.inf)

#: Day on which the deal was announced.
DEAL_DAY = pd.Timestamp("2025-07-22")

#: Claims that the section on rates tests.
NY_FED_CLAIM, CAR_PRICE_CLAIM = "tar_01", "auto_01"


def change_days(schedule: Schedule) -> list[pd.Timestamp]:
    """Give the first day and every day on which a measure begins."""
    days = {measure.effective_date for measure in schedule.measures} | {FIRST_DAY}
    return sorted(day for day in days if day >= FIRST_DAY)


def rate_steps() -> tuple[pd.DataFrame, pd.Series]:
    """Give the rate by authority on each day of change, and the published one.

    Returns
    -------
    parts
        Days x the words of `PART_NAMES`, per cent of customs value; each row holds until the next.
    published
        Days -> total of ``tariffs/japan_statutory_rate``, per cent.
    """
    schedule, goods = japan_schedule(), japan_goods()
    rows = {
        day: effective_rate(schedule, goods, on=day, known_on=None) for day in change_days(schedule)
    }
    parts = 100 * pd.DataFrame.from_dict(rows, orient="index")[list(PART_NAMES)]
    published = 100 * load_table("tariffs/japan_statutory_rate")["total_share"]
    return parts.rename(columns=dict(PART_NAMES)).rename_axis("day"), published


def longest_high(parts: pd.DataFrame) -> tuple[pd.Timestamp, float]:
    """Give first day and height of the highest rate that held for more than a day, per cent.

    Neighbours with the same total are one rate: a measure may begin that does not move it.

    Parameters
    ----------
    parts
        From `rate_steps`.
    """
    total = parts.sum(axis=1).round(9)
    total = total[total.diff() != 0]
    days = (-total.index.to_series().diff(-1)).dt.days
    lasting = total[days.fillna(np.inf) > 1]
    return lasting.idxmax(), float(lasting.max())


def rate_marks() -> pd.DataFrame:
    """Give the announcements and days of effect that the figure marks: day, label and kind."""
    timeline = load_table("tariffs/us_tariff_timeline_japan")
    key = list(
        zip(timeline["effective_date"].dt.strftime("%Y-%m-%d"), timeline["authority"], strict=True)
    )
    shown = timeline.assign(label=[_MARKS.get(one, "") for one in key])
    threat = timeline[timeline["basis"] == "threat"]
    rows = [(row.effective_date, row.label, "in force") for row in shown.itertuples() if row.label]
    rows = [(day, label, "ruling" if "Court" in label else kind) for day, label, kind in rows]
    for row in threat.itertuples():
        start = row.effective_date
        words = f"letter: {100 * row.rate_share:g} % from {start.day} {start:%B}"
        rows.append((pd.Timestamp(row.announced_date), words, "threat"))
    rows.append((DEAL_DAY, "deal announced", "announced"))
    marks = pd.DataFrame(rows, columns=["day", "label", "kind"])
    return marks.drop_duplicates(["day", "label"]).sort_values("day", ignore_index=True)


def most_goods_rates() -> pd.DataFrame:
    """Give the rate on most goods, those no Section 232 duty takes, on each day of change.

    Returns
    -------
    ``from_day``, ``to_day`` (missing where it still holds), ``days``, ``added_pct`` (on top of the
    normal rate), ``total_pct``, ``without_normal_pct`` (on goods without a normal rate) and
    ``note`` (where customs collected otherwise than the law says); neighbours with the same rate
    are one row. ``added_pct`` is a mean over goods: under a floor the normal rate lies inside, so
    that it is less than the floor, which goods without a normal rate pay in full.
    """
    schedule, goods = japan_schedule(), japan_goods()
    longer, rows = collected_longer(MOST_GOODS), []
    for day in change_days(schedule):
        rate = goods_rates(schedule, goods, on=day, known_on=None).loc[MOST_GOODS]
        added = 100 * (rate["total_share"] - rate["base_share"])
        law = schedule.in_force(MOST_GOODS, day, known_on=None)
        full = 100 * sum(duty_share(measure, 0.0) for measure in law)
        note = f"by law; {collected_words(longer[day])}" if day in longer.index else ""
        rows.append((day, round(added, 6), 100 * rate["total_share"], round(full, 6), note))
    columns = ["from_day", "added_pct", "total_pct", "without_normal_pct", "note"]
    table = pd.DataFrame(rows, columns=columns)
    table = table[table["added_pct"].diff() != 0].reset_index(drop=True)
    table["to_day"] = table["from_day"].shift(-1) - pd.Timedelta(days=1)
    table["days"] = (table["to_day"] - table["from_day"]).dt.days + 1
    return table[["from_day", "to_day", "days", *columns[1:]]]


def collected_words(until: pd.Timestamp) -> str:
    """Say until when customs collected a duty that had ended in law."""
    return f"the duty that ended was collected until {day_words(until)}"


def largest_differences(compared: pd.DataFrame, count: int) -> pd.DataFrame:
    """Give the days on which our rate is furthest from the published one, in order of time.

    Parameters
    ----------
    compared
        From `research.tariffs.rates.against_published`.

    Returns
    -------
    ``date``, ``ours_pct``, ``published_pct``, ``difference_pct``, ``parts`` (words, see
    `parts_words`), ``tested`` (yes or no) and ``why``.
    """
    furthest = compared["difference_share"].abs().nlargest(count).index
    rows = compared.loc[furthest].sort_index()
    columns = ["ours_share", "published_share", "difference_share"]
    points = (100 * rows[columns]).rename(columns=lambda name: name.replace("share", "pct"))
    words = [parts_words(row) for _, row in rows.iterrows()]
    tested = rows["tested"].map({True: "yes", False: "no"})
    return points.assign(parts=words, tested=tested, why=rows["why"]).reset_index()


def parts_words(row: pd.Series) -> str:
    """Say in which authorities a difference to the published rate lies, the largest first.

    Parameters
    ----------
    row
        One day of `research.tariffs.rates.against_published`.
    """
    points = pd.Series(
        {part: 100 * row[name] for part, name in zip(PARTS, DIFFERENCES, strict=True)}
    )
    told = points[points.abs() >= LEAST_PART_POINTS].sort_values(key=abs, ascending=False)
    read = [f"{PART_NAMES[str(part)]} {signed(value, 2)}" for part, value in told.items()]
    return ", ".join(read) or "no one part"


def cars_steps() -> pd.DataFrame:
    """Give the rate on passenger cars on each day it changed, with the law behind it."""
    schedule, goods = japan_schedule(), japan_goods()
    rows = []
    for day in change_days(schedule):
        total = goods_rates(schedule, goods, on=day, known_on=None).at["cars", "total_share"]
        law = schedule.in_force("cars", day, known_on=None)
        words = "; ".join(f"{one.source} ({one.basis})" for one in law) or "heading 8703"
        rows.append((day, 100 * total, words))
    table = pd.DataFrame(rows, columns=["from_day", "rate_pct", "law"])
    return table[table["rate_pct"].diff() != 0].reset_index(drop=True)


def side_by_side(thetas: Thetas) -> pd.DataFrame:
    """Give statutory, post-substitution and collected rates by month.

    Returns
    -------
    Months x `LINES`: statutory on Japan, after substitution (buyers answer with ``thetas`` at once)
    with sellers that cut and that keep their prices, collected on all imports; per cent.
    """
    collected = 100 * monthly_rates()
    schedule, goods = japan_schedule(), japan_goods()
    changes = change_days(schedule)
    months = pd.date_range(FIRST_DAY, max(changes), freq="MS")
    law = {m: max(day for day in changes if day <= m + pd.Timedelta(days=14)) for m in months}
    rates = {}
    for day in sorted(set(law.values())):
        statutory = effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        answers = (_after_substitution(day, thetas, supply) for supply in _SUPPLIES)
        rates[day] = [100 * rate for rate in (statutory, *answers)]
    rows = {month: [*rates[day], collected.get(month, float("nan"))] for month, day in law.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(LINES)).rename_axis("month")


def _after_substitution(day: pd.Timestamp, thetas: Thetas, supply: float) -> float:
    case = Case(load_scenario(f"{day:%Y-%m-%d}"), thetas)
    suppliers = us_market_states(case, supply)[1]
    partner = suppliers.xs(PARTNER, level="supplier")
    duties = (partner["trade_value"] * partner["rate_share"]).sum()
    return float(duties / partner["trade_value"].sum())


def car_prices(thetas: Thetas) -> pd.DataFrame:
    """Follow a car that Japan sold for 100 before April 2025 through duties and price cuts.

    Returns
    -------
    ``case`` (words), ``seller_receives``, ``duty``, ``buyer_pays``: index, seller's price before
    April 2025 = 100. The cut of the press comes from the claims; that of the model from US markets
    in which sellers' supply rises with the price.
    """
    steps = cars_steps()["rate_pct"]
    highest, deal = steps.max() / 100, load_scenario("deal_15")
    cut = float(load_table("deal/claims").at[CAR_PRICE_CLAIM, "quantity"]) / 100
    model = us_market_states(Case(deal, thetas), EXPORT_SUPPLY_ELASTICITY)[1]
    own = 1 - float(model.loc[("MVH", PARTNER), "world_price_ratio"])
    now = float(steps.iloc[-1]) / 100
    cases = [
        ("until 2 April 2025", 0.0, CARS_MFN_SHARE),
        (f"{100 * highest:g} %, price kept", 0.0, highest),
        (f"{100 * highest:g} %, price cut as the Bank of Japan's index fell", -cut, highest),
        (f"{100 * now:g} %, price kept", 0.0, now),
        (f"{100 * now:g} %, price cut as in the model", own, now),
    ]
    frame = pd.DataFrame(cases, columns=["case", "cut_share", "rate_share"])
    frame["seller_receives"] = 100 * (1 - frame["cut_share"])
    frame["duty"] = frame["seller_receives"] * frame["rate_share"]
    frame["buyer_pays"] = frame["seller_receives"] + frame["duty"]
    return frame.drop(columns=["cut_share", "rate_share"])
