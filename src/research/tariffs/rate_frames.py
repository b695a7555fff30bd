"""Old names of `research.tariffs.rates` that the notebook still calls, with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs import rates
from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.models import EXPORT_SUPPLY_ELASTICITY, PARTNER, Case, us_market_states
from research.tariffs.pass_through_report import monthly_rates
from research.tariffs.rates import DIFFERENCES, MOST_GOODS, PART_NAMES, PARTS, longest_high
from research.tariffs.scenario import load_scenario
from research.tariffs.thetas import Thetas
from research.words import day_words, signed

__all__ = ["MOST_GOODS", "longest_high"]

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

DEAL_DAY = pd.Timestamp("2025-07-22")

#: Claims that the section on rates tests.
NY_FED_CLAIM, CAR_PRICE_CLAIM = "tar_01", "auto_01"

#: Why ours is not the published rate, by the day from which the reason holds.
_REASONS = {
    "2025-01-01": "MFN rate held at its first value; cars at 2.5 %, all other goods at one mean",
    "2025-08-18": "one MFN rate for all but cars; shares of content that do not move",
    "2026-04-06": "metals annexes by three groups of goods, not by tariff line",
    "2026-06-08": "the lines that the annex expansion moves are not bundled",
    "2026-07-24": "published without the Section 301 duty; ours without the annex expansion",
}


def rate_steps() -> tuple[pd.DataFrame, pd.Series]:
    """Give `rates.rate_steps` and the published total."""
    published = 100 * load_table("tariffs/japan_statutory_rate")["total_share"]
    return rates.rate_steps(), published


rate_marks, cars_steps = rates.marks, rates.cars


def most_goods_rates() -> pd.DataFrame:
    """Give `rates.most_goods` with a note in words."""
    table = rates.most_goods()
    notes = [
        "" if pd.isna(day) else f"by law; {collected_words(day)}"
        for day in table["collected_until"]
    ]
    return table.drop(columns="collected_until").assign(note=notes)


def collected_words(until: pd.Timestamp) -> str:
    """Say until when customs collected a duty that had ended in law."""
    return f"the duty that ended was collected until {day_words(until)}"


def with_reasons(compared: pd.DataFrame) -> pd.DataFrame:
    """Say why ours is not the published rate."""
    starts = np.array(list(_REASONS), dtype="datetime64[us]")
    last = np.searchsorted(starts, compared.index.to_numpy(), side="right") - 1
    return compared.assign(why=[list(_REASONS.values())[place] for place in last])


def largest_differences(compared: pd.DataFrame, count: int) -> pd.DataFrame:
    """Give the days on which our rate is furthest from the published one, in order of time."""
    furthest = compared["difference_share"].abs().nlargest(count).index
    rows = with_reasons(compared).loc[furthest].sort_index()
    columns = ["ours_share", "published_share", "difference_share"]
    points = (100 * rows[columns]).rename(columns=lambda name: name.replace("share", "pct"))
    words = [parts_words(row) for _, row in rows.iterrows()]
    tested = rows["tested"].map({True: "yes", False: "no"})
    return points.assign(parts=words, tested=tested, why=rows["why"]).reset_index()


def parts_words(row: pd.Series) -> str:
    """Say in which authorities a difference to the published rate lies, the largest first."""
    points = pd.Series(
        {part: 100 * row[name] for part, name in zip(PARTS, DIFFERENCES, strict=True)}
    )
    told = points[points.abs() >= LEAST_PART_POINTS].sort_values(key=abs, ascending=False)
    read = [f"{PART_NAMES[str(part)]} {signed(value, 2)}" for part, value in told.items()]
    return ", ".join(read) or "no one part"


def side_by_side(thetas: Thetas) -> pd.DataFrame:
    """Give statutory, post-substitution and collected rates by month.

    Returns
    -------
    Months x `LINES`: statutory on Japan, after substitution (buyers answer with ``thetas`` at once)
    with sellers that cut and that keep their prices, collected on all imports; per cent.
    """
    collected = 100 * monthly_rates()
    schedule, goods = japan_schedule(), rates.japan_goods()
    changes = schedule.change_days()
    months = pd.date_range(FIRST_DAY, max(changes), freq="MS")
    law = {m: max(day for day in changes if day <= m + pd.Timedelta(days=14)) for m in months}
    by_day = {}
    for day in sorted(set(law.values())):
        statutory = rates.effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        answers = (_after_substitution(day, thetas, supply) for supply in _SUPPLIES)
        by_day[day] = [100 * rate for rate in (statutory, *answers)]
    rows = {month: [*by_day[day], collected.get(month, float("nan"))] for month, day in law.items()}
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
    steps = rates.cars()["rate_pct"]
    highest, deal = steps.max() / 100, load_scenario("deal_15")
    cut = float(load_table("deal/claims").at[CAR_PRICE_CLAIM, "quantity"]) / 100
    model = us_market_states(Case(deal, thetas), EXPORT_SUPPLY_ELASTICITY)[1]
    own = 1 - float(model.loc[("MVH", PARTNER), "world_price_ratio"])
    now = float(steps.iloc[-1]) / 100
    cases = [
        ("until 2 April 2025", 0.0, rates.CARS_MFN_SHARE),
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
