"""What the rates of the tariff notebook mean, in sentences computed from them."""

from __future__ import annotations

import pandas as pd

from research.data import load_table
from research.tariffs.law import collected_longer
from research.tariffs.rate_frames import (
    DEAL_DAY,
    LINES,
    MOST_GOODS,
    NY_FED_CLAIM,
    collected_words,
    longest_high,
    parts_words,
    with_reasons,
)
from research.tariffs.rates import FOLLOWS_POINTS
from research.words import counted, day_words, listed, signed, spread

# The month whose realised rate the claim is about.
_NY_FED_MONTH = pd.Timestamp("2025-07-01")

# The day on which the Supreme Court ended the emergency duties.
_RULING = pd.Timestamp("2026-02-20")


def letter_sentence(most_goods: pd.DataFrame, cars: pd.DataFrame, letter_pct: float) -> str:
    """Say whether the rate of the letter ever applied to most goods.

    Parameters
    ----------
    most_goods, cars
        From `research.tariffs.rate_frames`: ``most_goods_rates`` and ``cars_steps``.
    letter_pct
        Rate that the letter named, on top of normal rates.
    """
    reached = bool((most_goods["added_pct"] >= letter_pct).any())
    top = most_goods.loc[most_goods["added_pct"].idxmax()]
    verdict = "did apply" if reached else "never applied"
    tail = _no_other(most_goods.drop(index=top.name))
    return (
        f"**{letter_pct:g} % {verdict} to most goods.** The highest duty on top of normal rates "
        f"was {top['added_pct']:.1f} %, {_how_long(top)}{tail}. "
        f"{_cars(cars, did=not reached, letter_pct=letter_pct)}"
    )


def _no_other(others: pd.DataFrame) -> str:
    """Say how high the other rates on most goods were, and where that is a mean over goods."""
    if others.empty:
        return ""
    height, full = others["added_pct"].max(), others["without_normal_pct"].max()
    if full <= height:
        return f"; no other was above {height:.1f} %"
    return (
        f"; no other averaged above {height:.1f} %, with normal rates inside the {full:g} % that "
        "goods without one pay"
    )


def _how_long(row: pd.Series) -> str:
    day = day_words(row["from_day"])
    if pd.isna(row["days"]):
        return f"from {day} on"
    return f"for {'one day' if row['days'] == 1 else f'{row.days:.0f} days'} from {day}"


def _cars(cars: pd.DataFrame, letter_pct: float, *, did: bool) -> str:
    """Say what cars paid at most and pay now; they ``did`` where most goods did not."""
    high, now = cars.loc[cars["rate_pct"].idxmax()], cars["rate_pct"].iloc[-1]
    if high["rate_pct"] == now:
        return f"Cars pay {now:g} %, their highest rate."
    paid = "did pay" if did and high["rate_pct"] >= letter_pct else "paid"
    since = day_words(high["from_day"])
    return f"Cars {paid} {high['rate_pct']:g} % from {since}, and pay {now:g} % now."


def engine_sentence(compared: pd.DataFrame) -> str:
    """Say how well the schedule follows the published rate.

    Parameters
    ----------
    compared
        From `research.tariffs.rates.against_published`.
    """
    compared = compared if "why" in compared else with_reasons(compared)
    points = 100 * compared["difference_share"]
    off = points[points.abs() > FOLLOWS_POINTS]
    held = len(points) - len(off)
    return (
        f"**From laws to a rate.** Measure by measure, the schedule follows the published average "
        f"rate within {FOLLOWS_POINTS:g} points on {held} of {len(points)} "
        f"day{'' if len(points) == 1 else 's'} of change, with a median difference of "
        f"{points.abs().median():.2f} points.{_off(off, compared, held)}"
        f"{_tested(points[compared['tested']])}"
    )


def _tested(points: pd.Series) -> str:
    """Say on how many of the days that test something ours follows."""
    first = " Shares of goods were read off the published rate, so that a first rate fits by "
    if points.empty:
        return f"{first}construction; no day of change tests more."
    held = counted((points.abs() <= FOLLOWS_POINTS).sum()).lower()
    days = "one day" if len(points) == 1 else f"the {counted(len(points)).lower()} days"
    return (
        f"{first}construction. Of {days} on which the published duties moved and no share was "
        f"read, ours follows on {held}."
    )


def _off(off: pd.Series, compared: pd.DataFrame, held: int) -> str:
    """List the days that are off by reason, in order of their first days, with the parts."""
    if off.empty:
        return ""
    reasons = [
        f"by {listed([signed(value, 2) for value in rows])} points "
        f"{'from' if len(rows) > 1 else 'on'} {day_words(rows.index[0])} "
        f"({parts_words(compared.loc[rows.index[0]])}: {reason})"
        for reason, rows in off.groupby(compared["why"].reindex(off.index), sort=False)
    ]
    who = ("The other is", "The others are") if held else ("It is", "All are")
    return f" {who[len(off) > 1]} off {', '.join(reasons)}."


def average_sentence(parts: pd.DataFrame, rates: pd.DataFrame) -> str:
    """Say what the average rate was, and what the New York Fed found to be collected.

    Parameters
    ----------
    parts, rates
        From `research.tariffs.rate_frames`: ``rate_steps`` and ``side_by_side``.
    """
    total = parts.sum(axis=1)
    claim = float(str(load_table("deal/claims").at[NY_FED_CLAIM, "quantity"]))
    law, *after = (rates.at[_NY_FED_MONTH, name] for name in LINES[:3])
    day, height = longest_high(parts)
    after_deal = "after the deal was announced" if day >= DEAL_DAY else "before the deal"
    return (
        f"**The average rate stood highest {after_deal}.** For longer than a day it was highest "
        f"from {day_words(day)}, {height:.1f} %; {_ruling(total)} and is "
        f"{total.iloc[-1]:.1f} % by the last law in the schedule. For July 2025 the New York Fed "
        f"reported {claim:g} % realised; "
        f"the law asked {law:.1f} %, and {spread(after, 1)} % is left when buyers turn "
        "elsewhere, with sellers that keep or cut their prices."
    )


def _ruling(total: pd.Series) -> str:
    """Say what the rate did on the day of the ruling against the days before."""
    before, after = (
        total[days].iloc[-1] for days in (total.index < _RULING, total.index <= _RULING)
    )
    move = signed(after - before, 1)[0]
    verb = {"+": "rose to", "\N{MINUS SIGN}": "fell to"}.get(move, "stayed at")
    longer = collected_longer(MOST_GOODS)[_RULING]
    return (
        f"it {verb} {after:.1f} % with the ruling of {day_words(_RULING)} (by law; "
        f"{collected_words(longer)})"
    )


def published_rate() -> pd.Series:
    """Give the published average rate, named for the legend, per cent."""
    return (100 * load_table("tariffs/japan_statutory_rate")["total_share"]).rename(
        "published (Yale Budget Lab)"
    )
