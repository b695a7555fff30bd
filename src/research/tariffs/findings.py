"""What the numbers of the tariff notebook mean, in sentences computed from them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data import load_claims, load_statutory_rate
from research.tariffs.captions import LEAST_MOVE
from research.tariffs.deal_value import avoided_claim_bn_usd
from research.tariffs.model_frames import levels_near
from research.tariffs.rate_frames import DEAL_DAY, NY_FED_CLAIM, longest_high, parts_words
from research.tariffs.scenario import Scenario
from research.tariffs.welfare_draws import TOGETHER
from research.words import counted, percent, plain, signed

#: Ids of deal/claims that the notebook tests.
CLAIMS = ("nyb_06", "jp_04", "wh_07", "tar_01", "auto_01")

#: Largest difference to the published rate that counts as following it.
FOLLOWS_POINTS = 0.5

# Words for exports that are lost, gained, or one in one state and the other in the other.
_EXPORTS = ("lost come to", "gained come to", "change by")

# Half of the last digit of forecasts: what is worse by less is a tie.
_ROUNDING_PCT = 0.05

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
    others = most_goods["added_pct"].drop(index=top.name)
    verdict = "did apply" if reached else "never applied"
    tail = f"; no other was above {others.max():.1f} %" if len(others) else ""
    return (
        f"**{letter_pct:g} % {verdict} to most goods.** The highest duty on top of normal rates "
        f"was {top['added_pct']:.1f} %, {_how_long(top)}{tail}. "
        f"{_cars(cars, did=not reached, letter_pct=letter_pct)}"
    )


def _how_long(row: pd.Series) -> str:
    day = _day(row["from_day"])
    if pd.isna(row["days"]):
        return f"from {day} on"
    return f"for {'one day' if row['days'] == 1 else f'{row.days:.0f} days'} from {day}"


def _cars(cars: pd.DataFrame, letter_pct: float, *, did: bool) -> str:
    """Say what cars paid at most and pay now; they ``did`` where most goods did not."""
    high, now = cars.loc[cars["rate_pct"].idxmax()], cars["rate_pct"].iloc[-1]
    if high["rate_pct"] == now:
        return f"Cars pay {now:g} %, their highest rate."
    paid = "did pay" if did and high["rate_pct"] >= letter_pct else "paid"
    return (
        f"Cars {paid} {high['rate_pct']:g} % from {_day(high['from_day'])}, and pay {now:g} % now."
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
    return (
        f"**From laws to a rate.** Measure by measure, the schedule follows the published average "
        f"rate within {FOLLOWS_POINTS:g} points on {held} of {len(points)} "
        f"day{'' if len(points) == 1 else 's'} of change, with a median difference of "
        f"{points.abs().median():.2f} points.{_off(off, compared, held)}"
    )


def _off(off: pd.Series, compared: pd.DataFrame, held: int) -> str:
    """List the days that are off by reason, in order of their first days, with the parts."""
    if off.empty:
        return ""
    reasons = [
        f"by {_listed([signed(value, 2) for value in rows])} points "
        f"{'from' if len(rows) > 1 else 'on'} {_day(rows.index[0])} "
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
    claim = float(str(load_claims().at[NY_FED_CLAIM, "quantity"]))
    law, after = (rates.at[_NY_FED_MONTH, name] for name in rates.columns[:2])
    day, height = longest_high(parts)
    after_deal = "after the deal was announced" if day >= DEAL_DAY else "before the deal"
    return (
        f"**The average rate stood highest {after_deal}.** For longer than a day it was highest "
        f"from {_day(day)}, {height:.1f} %; {_ruling(total)} and is {total.iloc[-1]:.1f} % by the "
        f"last law in the schedule. For July 2025 the New York Fed reported {claim:g} % realised; "
        f"the law asked {law:.1f} %, and {after:.1f} % is left when buyers turn elsewhere."
    )


def _ruling(total: pd.Series) -> str:
    """Say what the rate did on the day of the ruling against the days before."""
    before, after = (
        total[days].iloc[-1] for days in (total.index < _RULING, total.index <= _RULING)
    )
    move = signed(after - before, 1)[0]
    verb = {"+": "rose to", "\N{MINUS SIGN}": "fell to"}.get(move, "stayed at")
    return f"it {verb} {after:.1f} % with the ruling of {_day(_RULING)}"


def trade_sentence(diverted: pd.DataFrame, peaks: pd.DataFrame, peaks_cut: pd.DataFrame) -> str:
    """Say what the change of rates does to imports from Japan, revenue and where it peaks.

    Parameters
    ----------
    diverted
        From `research.tariffs.market_frames.diversion`.
    peaks, peaks_cut
        From `research.tariffs.captions.laffer_peaks`: with prices kept, and with sellers that cut.
    """
    before = diverted["counterfactual_bn_usd"]
    value = (before * diverted["imports_pct"]).sum() / before.sum()
    home, others, revenue = (
        diverted[f"{name}_bn_usd"].sum() for name in ("home", "others", "revenue")
    )
    first = diverted.iloc[0]
    kept, cut = (table["peak_pct"] for table in (peaks, peaks_cut))
    return (
        f"**Trade and revenue.** Imports from Japan change by {percent(value, 1)} "
        f"({first['sector_name']}: {percent(first['imports_pct'], 1)}), US sales at home by "
        f"{_bn(home)}, imports from others by {_bn(others)} and duties on goods from Japan by "
        f"{_bn(revenue)} a year. If sellers keep their prices, revenue peaks at {_span(kept)}; if "
        f"they cut them, at {_span(cut)}."
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
    return (
        f"**Welfare: {scenario.title} against {counterfactual.title}.** US real income changes by "
        f"{percent(all_us['central'], 3)} ({_drawn(all_us)}; Japan's by "
        f"{percent(all_japan['central'], 3)}{_around(all_japan)}.{_signs(us)}"
    )


def _drawn(row: pd.Series) -> str:
    if row["low"] == row["high"]:
        return "all draws alike, for no standard error is published)"
    chance = 100 * row["chance_of_gain"]
    shown = f"{chance:.0f}"
    if shown == "100" and chance < 100:
        shown = "more than 99"
    elif shown == "0" and chance > 0:
        shown = "less than 1"
    return f"90 % of draws: {_interval(row, 3)}), with a chance of a gain of {shown} %"


def _around(row: pd.Series) -> str:
    return f" ({_interval(row, 3)})" if row["low"] < row["high"] else ""


def _signs(us: pd.DataFrame) -> str:
    """Say whether sets agree on the sign of US welfare; one set alone has nothing to agree with."""
    if len(us) == 1:
        return ""
    single = us.iloc[:-1]
    words = {"gain": single["central"] > 0, "lose": single["central"] < 0}
    gain, lose = (single.loc[sign, "elasticities"] for sign in words.values())
    if len(gain) and len(lose):
        return (
            f" The sign hangs on the elasticity: the United States gain with {_listed(gain)}, and "
            f"lose with {_listed(lose)}."
        )
    if max(len(gain), len(lose)) < len(single):
        return " Not every set has an effect on the United States."
    return f" The median has the same sign with every set: a {'gain' if len(gain) else 'loss'}."


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
    verb = "does" if refused == 1 else "do"
    tail = f" {counted(refused)} {verb} not take the case." if refused else ""
    return (
        f"**Models disagree too.** Of {len(known)} models on the same rates and elasticities, "
        f"imports from Japan move by {percent(trade.min(), 0)} to {percent(trade.max(), 0)}; US "
        f"welfare is lowest ({percent(low['welfare_pct'], 3)}) in "
        f"*{low['title']}* and highest ({percent(high['welfare_pct'], 3)}) in "
        f"*{high['title']}*.{tail}"
    )


def forecasts_sentence(table: pd.DataFrame) -> str:
    """Hold forecasts of Japan's domestic product against both of our measures, state by state.

    Levels alone are held against ours, and those alone that are for about the rate of the state.

    Parameters
    ----------
    table
        From `research.tariffs.model_frames.forecasts_frame`.
    """
    theirs = table[table["group"] == "forecast"]
    levels = int((theirs["kind"] == "level").sum())
    states = table.loc[table["group"] != "forecast", "state"].unique()
    return (
        f"**Forecasts for Japan's GDP are no welfare.** {len(theirs)} figures of "
        f"{theirs['source'].nunique()} forecasters run from {percent(theirs['high'].max(), 1)} to "
        f"{percent(theirs['low'].min(), 1)}; {levels} are levels against no tariffs, and only "
        "these are compared. Real income lets people and goods find other uses; exports are gross, "
        "and nothing takes their place. "
        f"{' '.join(_beside_levels(table, state) for state in states)}"
    )


def _beside_levels(table: pd.DataFrame, state: str) -> str:
    """Set the measures of one state beside the levels forecast for about its rate."""
    ours = table[table["state"] == state].set_index("kind")
    income, exports = ours.loc[["real income"]], ours.loc[["exports lost"]]
    rate = float(ours["rate_pct"].iloc[0])
    levels = levels_near(table, rate)["central"]
    if len(levels):
        span = " to ".join(dict.fromkeys(percent(end, 2) for end in (levels.max(), levels.min())))
        theirs = f"levels forecast for about that rate: {span}{_worse(levels, exports)}"
    else:
        theirs = "no level is forecast for about that rate"
    return (
        f"*{state}*, {rate:.1f} % on average: real income "
        f"{_range(income, 'falls by', 'rises by', 'changes by')}, exports "
        f"{_range(exports, *_EXPORTS)} of GDP; {theirs}."
    )


def _worse(levels: pd.Series, exports: pd.DataFrame) -> str:
    """Count the levels that are worse than the exports lost, by more than rounding."""
    lost = float(exports["low"].iloc[0])
    if lost >= 0:
        return ""
    worse = int((levels < lost - _ROUNDING_PCT).sum())
    verb = "is" if worse == 1 else "are"
    return f", {counted(worse).lower()} of {len(levels)} {verb} worse than the exports lost"


def value_sentence(values: pd.DataFrame) -> str:
    """Hold the tariffs that were said to be avoided against what the cap is worth a year.

    Parameters
    ----------
    values
        From `research.tariffs.deal_value.yearly_value`.
    """
    rows = values.set_index("what")
    static, answered, japan, us = (row for _, row in rows.iterrows())
    return (
        f"{_duties(static, answered)} Japan's real income changes by {_bn(japan['central'])} a "
        f"year ({_interval(japan, 1)}), that of the United States by {_bn(us['central'])} "
        f"({_interval(us, 1)})."
    )


def _duties(static: pd.Series, answered: pd.Series) -> str:
    if round(static["central"], 1) <= 0:
        return (
            f"**No duty is avoided.** At the trade of 2024 duties change by "
            f"{_bn(-static['central'])} a year; once trade answers, by {_bn(-answered['central'])}."
        )
    return (
        f"**What the lower rates are worth.** At the trade of 2024 they avoid duties of "
        f"{static['central']:.1f} USD billion a year, so that the {avoided_claim_bn_usd():g} "
        f"billion of the claim take {static['claimed_years']:.1f} years; once trade answers, "
        f"{plain(answered['central'], 1)}."
    )


def drivers_sentence(drivers: pd.DataFrame) -> str:
    """Name the drivers that move US welfare most, and what all switches together make of it.

    Parameters
    ----------
    drivers
        From `research.tariffs.welfare_draws.one_at_a_time`.
    """
    single = drivers[drivers["driver"] != TOGETHER]
    width = (single["at_high"] - single["at_low"]).abs()
    top = single.loc[width[width >= LEAST_MOVE].nlargest(3).index]
    head, base = "**What US welfare hangs on.**", percent(drivers["base"].iloc[0], 3)
    read = "; ".join(
        f"{row.driver} ({row.low_label} to {row.high_label}: {percent(row.at_low, 3)} to "
        f"{percent(row.at_high, 3)})"
        for row in top.itertuples()
    )
    one = f"One at a time, from {base}: {read}."
    if top.empty:
        one = f"No driver alone moves it by {LEAST_MOVE:g} points of income; it is {base}."
    return f"{head} {one}{_together(drivers)}"


def _together(drivers: pd.DataFrame) -> str:
    """Say what US welfare is with every switch on, and whether its sign turns."""
    every = drivers[drivers["driver"] == TOGETHER]
    if every.empty:
        return ""
    off, on = float(every["at_low"].iloc[0]), float(every["at_high"].iloc[0])
    turned = "the sign turns" if off * on < 0 else "the sign stays"
    return (
        " With all that the models leave out switched on together, at the same elasticities, it is "
        f"{percent(on, 3)}: {turned}."
    )


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
    move = signed(alone["us_rate_pct"] - rate_pct, 1)[0]
    side = {"+": "higher than", "\N{MINUS SIGN}": "lower than"}.get(move, "as high as")
    japan = alone["japan_welfare_pct"]
    return (
        f"**The best tariff on Japan is {side} the scenario's.** On Japan alone and unanswered, "
        f"{alone['us_rate_pct']:.1f} % would be best for the United States "
        f"({percent(alone['us_welfare_pct'], 3)}), {'at a cost' if japan <= 0 else 'with a gain'} "
        f"to Japan of {abs(japan):.2f} %; the scenario's average is {rate_pct:.1f} %. On everybody "
        f"it would be {everybody['us_rate_pct']:.0f} %, and {nash['us_rate_pct']:.0f} % where "
        f"Japan sets its own best of {nash['japan_rate_pct']:.0f} % on everybody in turn."
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
    missing = int(values.isna().sum())
    if missing == len(values):
        return "no rate looked at"
    low, high = f"{values.min():.0f}", f"{values.max():.0f}"
    tail = f", and at no rate looked at in {counted(missing).lower()} of {len(values)} sectors"
    return f"{low if low == high else f'{low} to {high}'} %{tail if missing else ''}"


def _range(rows: pd.DataFrame, falls: str, rises: str, changes: str) -> str:
    """Put a range behind the words for its sign, with signs of its own where it has both."""
    low, high = round(rows["low"].min(), 2), round(rows["high"].max(), 2)
    if low < 0 < high:
        return f"{changes} {signed(low, 2)} to {signed(high, 2)} %"
    if low == high == 0:
        return f"{changes} {plain(0, 2)} %"
    ends = [f"{size:.2f}" for size in sorted((abs(low), abs(high)))]
    sizes = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    return f"{rises if high > 0 else falls} {sizes} %"


def _listed(words: Sequence[str] | pd.Series) -> str:
    given = list(words)
    return " and ".join([", ".join(given[:-1]), given[-1]] if given[1:] else given)
