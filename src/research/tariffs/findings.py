"""What the numbers of the tariff notebook mean, in sentences computed from them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data import load_claims, load_statutory_rate
from research.tariffs.deal_value import avoided_claim_bn_usd
from research.tariffs.rate_frames import DEAL_DAY, NY_FED_CLAIM, longest_high
from research.tariffs.scenario import Scenario
from research.words import counted, percent, signed

#: Ids of deal/claims that the notebook tests.
CLAIMS = ("nyb_06", "jp_04", "wh_07", "tar_01", "auto_01")

#: Largest difference to the published rate that counts as following it.
FOLLOWS_POINTS = 0.5

# The month whose realised rate the claim is about.
_NY_FED_MONTH = pd.Timestamp("2025-07-01")


def letter_sentence(most_goods: pd.DataFrame, cars: pd.DataFrame, letter_pct: float) -> str:
    """Say whether the rate of the letter ever applied to most goods.

    Parameters
    ----------
    most_goods, cars
        From `research.tariffs.rate_frames`: ``most_goods_rates`` and ``cars_steps``.
    letter_pct
        Rate that the letter named, on top of normal rates.
    """
    reached = most_goods["added_pct"] >= letter_pct
    top = most_goods.loc[most_goods["added_pct"].idxmax()]
    lasting = most_goods.loc[most_goods["days"].fillna(0) > 1, "added_pct"].max()
    verdict = "did apply" if reached.any() else "never applied"
    high = cars.loc[cars["rate_pct"].idxmax()]
    days = "one day" if top["days"] == 1 else f"{top['days']:.0f} days"
    return (
        f"**{letter_pct:g} % {verdict} to most goods.** The highest duty on top of normal rates "
        f"was {top['added_pct']:.1f} %, for {days} from {_day(top['from_day'])}; no other was "
        f"above {lasting:.1f} %. Cars did pay {high['rate_pct']:g} % from "
        f"{_day(high['from_day'])}, and pay {cars['rate_pct'].iloc[-1]:g} % now."
    )


def engine_sentence(compared: pd.DataFrame) -> str:
    """Say how well the schedule follows the published rate.

    Parameters
    ----------
    compared
        From `research.tariffs.rates.against_published`.
    """
    points = 100 * compared["difference_share"]
    off = points[points.abs() > FOLLOWS_POINTS]
    held = len(points) - len(off)
    tail = (
        f" The others are off by {', '.join(signed(value, 2) for value in off)} points, from "
        f"{_day(off.index[0])} on: {compared.loc[off.index[0], 'why']}."
        if len(off)
        else ""
    )
    return (
        f"**From laws to a rate.** Measure by measure, the schedule follows the published average "
        f"rate within {FOLLOWS_POINTS:g} points on {held} of {len(points)} days of change, with a "
        f"median difference of {points.abs().median():.2f} points.{tail}"
    )


def average_sentence(parts: pd.DataFrame, rates: pd.DataFrame) -> str:
    """Say what the average rate was, and what the New York Fed found to be collected.

    Parameters
    ----------
    parts, rates
        From `research.tariffs.rate_frames`: ``rate_steps`` and ``side_by_side``.
    """
    total = parts.sum(axis=1)
    ruling = total[total.index >= "2026-02-20"]
    claim = float(str(load_claims().at[NY_FED_CLAIM, "quantity"]))
    law, after = (rates.at[_NY_FED_MONTH, name] for name in rates.columns[:2])
    day, height = longest_high(parts)
    after_deal = "after the deal was announced" if day >= DEAL_DAY else "before the deal"
    return (
        f"**The average rate stood highest {after_deal}.** For longer than a day it was highest "
        f"from {_day(day)}, {height:.1f} %; it fell to {ruling.iloc[0]:.1f} % with the "
        f"ruling of {_day(ruling.index[0])} and is {total.iloc[-1]:.1f} % by the last law in the "
        f"schedule. For July 2025 the New York Fed reported {claim:g} % realised; the law asked "
        f"{law:.1f} %, and {after:.1f} % is left when buyers turn elsewhere."
    )


def trade_sentence(diverted: pd.DataFrame, peaks: pd.DataFrame, peaks_cut: pd.DataFrame) -> str:
    """Say what the change of rates does to imports from Japan, revenue and where it peaks.

    Parameters
    ----------
    diverted
        From `research.tariffs.market_frames.diversion`.
    peaks, peaks_cut
        From `research.tariffs.captions.laffer_peaks`: with prices kept, and with sellers that cut.
    """
    before = diverted["imports_bn_usd"]
    value = (before * diverted["imports_pct"]).sum() / before.sum()
    home, others, revenue = (
        diverted[f"{name}_bn_usd"].sum() for name in ("home", "others", "revenue")
    )
    first = diverted.iloc[0]
    kept, cut = (table["peak_pct"].dropna() for table in (peaks, peaks_cut))
    return (
        f"**Trade and revenue.** Imports from Japan change by {percent(value, 1)} "
        f"({first['sector_name']}: {percent(first['imports_pct'], 1)}), US sales at home by "
        f"{_bn(home)}, imports from others by {_bn(others)} and US revenue by {_bn(revenue)} a "
        f"year. If sellers keep their prices, revenue peaks at {_span(kept)}; if they cut them, at "
        f"{_span(cut)}."
    )


def welfare_sentence(table: pd.DataFrame, scenario: Scenario, counterfactual: Scenario) -> str:
    """Say who gains, how surely, and that the sign hangs on the elasticity where it does.

    Parameters
    ----------
    table
        From `research.tariffs.model_frames.welfare_frame`; the last set of a country is all of
        them together.
    """
    us, japan = (table[table["country"] == name] for name in ("United States", "Japan"))
    all_us, all_japan = us.iloc[-1], japan.iloc[-1]
    signs = {"gain": (us["central"] > 0), "lose": (us["central"] < 0)}
    single = us if len(us) == 1 else us.iloc[:-1]
    gain, lose = (single.loc[sign.reindex(single.index), "elasticities"] for sign in signs.values())
    split = (
        f" The sign hangs on the elasticity: the United States gain with {_listed(gain)}, and lose "
        f"with {_listed(lose)}."
        if len(gain) and len(lose)
        else f" The sign is the same with every set: a {'gain' if len(gain) else 'loss'}."
    )
    return (
        f"**Welfare: {scenario.title} against {counterfactual.title}.** US real income changes by "
        f"{percent(all_us['central'], 3)} (90 % of draws: {_interval(all_us, 3)}), with a chance "
        f"of a gain of {100 * all_us['chance_of_gain']:.0f} %; Japan's by "
        f"{percent(all_japan['central'], 3)} ({_interval(all_japan, 3)}).{split}"
    )


def models_sentence(table: pd.DataFrame) -> str:
    """Say how far the models are apart, and why.

    Parameters
    ----------
    table
        From `research.tariffs.models.compare`.
    """
    known = table[table["refused"] == ""]
    low, high = (known.loc[known["welfare_pct"].agg(one)] for one in ("idxmin", "idxmax"))
    trade = known["imports_pct"]
    refused = len(table) - len(known)
    tail = f" {counted(refused)} do not take the case." if refused else ""
    return (
        f"**Models disagree too.** Of {len(known)} models on the same rates and elasticities, "
        f"imports from Japan move by {percent(trade.min(), 0)} to {percent(trade.max(), 0)}; US "
        f"welfare is lowest ({percent(low['welfare_pct'], 3)}) in "
        f"*{low['title']}* and highest ({percent(high['welfare_pct'], 3)}) in "
        f"*{high['title']}*.{tail}"
    )


def forecasts_sentence(table: pd.DataFrame) -> str:
    """Hold forecasts of Japan's domestic product against both of our measures.

    Parameters
    ----------
    table
        From `research.tariffs.model_frames.forecasts_frame`.
    """
    theirs = table[table["group"] == "forecast"]["central"]
    ours = table[table["group"] != "forecast"]
    income, lost = (
        ours[ours["label"].str.startswith(words)] for words in ("real income", "exports lost")
    )
    beyond = int((theirs < lost["low"].min()).sum())
    return (
        f"**Forecasts for Japan's GDP are no welfare.** They run from "
        f"{percent(theirs.max(), 1)} to {percent(theirs.min(), 1)}. Real income in equilibrium, "
        f"where people and goods find other uses, falls by {_range(income)}; exports lost with "
        f"nothing in their place come to {_range(lost)} of GDP. {counted(beyond)} of "
        f"{len(theirs)} forecasts {'is' if beyond == 1 else 'are'} worse than even that."
    )


def value_sentence(values: pd.DataFrame) -> str:
    """Hold the tariffs that were said to be avoided against what the cap is worth a year.

    Parameters
    ----------
    values
        From `research.tariffs.deal_value.yearly_value`.
    """
    rows = values.set_index("what")
    static, answered, japan, us = (row for _, row in rows.iterrows())
    years = (
        f", so that the {avoided_claim_bn_usd():g} billion of the claim take "
        f"{static['claimed_years']:.1f} years"
        if static["central"] > 0
        else ""
    )
    return (
        f"**What the cap is worth.** At the trade of 2024 it avoids duties of "
        f"{static['central']:.1f} USD billion a year{years}; once trade answers, "
        f"{answered['central']:.1f}. Japan's real income changes by {_bn(japan['central'])} a year "
        f"({signed(japan['low'], 1)} to {signed(japan['high'], 1)}), that of the United States by "
        f"{_bn(us['central'])} ({signed(us['low'], 1)} to {signed(us['high'], 1)})."
    )


def drivers_sentence(drivers: pd.DataFrame) -> str:
    """Name the drivers that move US welfare most."""
    width = (drivers["at_high"] - drivers["at_low"]).abs()
    top = drivers.loc[width.nlargest(3).index]
    read = "; ".join(
        f"{row.driver} ({row.low_label} to {row.high_label}: {percent(row.at_low, 3)} to "
        f"{percent(row.at_high, 3)})"
        for row in top.itertuples()
    )
    return f"**What US welfare hangs on,** one at a time: {read}."


def game_sentence(games: pd.DataFrame, rate_pct: float) -> str:
    """Set the rate in force beside those that a country would choose for itself.

    Parameters
    ----------
    games
        From `research.tariffs.game_frames.best_rates`.
    rate_pct
        Average rate of the scenario on Japan.
    """
    alone, everybody, nash = (row for _, row in games.iterrows())
    side = "above" if rate_pct > alone["us_rate_pct"] else "below"
    return (
        f"**The best tariff is a small one.** On Japan alone and unanswered, "
        f"{alone['us_rate_pct']:.0f} % would be best for the United States "
        f"({percent(alone['us_welfare_pct'], 3)}), at a cost to Japan of "
        f"{percent(-alone['japan_welfare_pct'], 2)[1:]}; the scenario's average of "
        f"{rate_pct:.1f} % is {side} it. On everybody it would be "
        f"{everybody['us_rate_pct']:.0f} %, and {nash['us_rate_pct']:.0f} % where Japan "
        f"sets its own best of {nash['japan_rate_pct']:.0f} % on everybody in turn."
    )


def published_rate() -> pd.Series:
    """Give the published average rate, named for the legend, per cent."""
    return (100 * load_statutory_rate()["total_share"]).rename("published (Yale Budget Lab)")


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _bn(value: float) -> str:
    return f"{signed(value, 1)} USD billion"


def _interval(row: pd.Series, digits: int) -> str:
    return f"{signed(row['low'], digits)} to {signed(row['high'], digits)}"


def _span(values: pd.Series) -> str:
    if values.empty:
        return "no rate looked at"
    low, high = values.min(), values.max()
    return f"{low:.0f} %" if low == high else f"{low:.0f} to {high:.0f} %"


def _range(rows: pd.DataFrame) -> str:
    return f"{abs(rows['high'].max()):.2f} to {abs(rows['low'].min()):.2f} %"


def _listed(words: Sequence[str] | pd.Series) -> str:
    given = list(words)
    return " and ".join([", ".join(given[:-1]), given[-1]] if given[1:] else given)
