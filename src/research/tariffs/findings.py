"""What the numbers of the tariff notebook mean, in sentences computed from them."""

from __future__ import annotations

import pandas as pd

from research.tariffs.captions import LEAST_MOVE
from research.tariffs.deal_value import avoided_claim_bn_usd
from research.tariffs.market_frames import buyers_share
from research.tariffs.model_frames import levels_near
from research.tariffs.scenario import Scenario
from research.tariffs.welfare_draws import TOGETHER
from research.words import counted, listed, percent, plain, signed, spread

#: Ids of deal/claims that the notebook tests.
CLAIMS = ("nyb_06", "jp_04", "wh_07", "tar_01", "auto_01")

# Words for exports that are lost, gained, or one in one state and the other in the other.
_EXPORTS = ("lost come to", "gained come to", "change by")

# Digits of welfare where exact and first order are compared: the exact one may be tiny.
_FIRST_ORDER_DIGITS = 4

# Half of the last digit of forecasts: what is worse by less is a tie.
_ROUNDING_PCT = 0.05


def trade_sentence(
    kept: pd.DataFrame, cut: pd.DataFrame, peaks: pd.DataFrame, peaks_cut: pd.DataFrame
) -> str:
    """Say what the change of rates does to imports from Japan and duties, and where these peak.

    Parameters
    ----------
    kept, cut
        From `research.tariffs.market_frames.diversion`: with sellers that keep their prices, and
        with sellers that change them.
    peaks, peaks_cut
        From `research.tariffs.captions.laffer_peaks`, in the same order.
    """
    sectors = f"{counted(len(peaks)).lower()} largest sector{'' if len(peaks) == 1 else 's'}"
    return (
        f"**Trade and revenue hang on what sellers do.** If they keep their prices, imports from "
        f"Japan change by {_moved(kept)}. If they change them so that buyers have "
        f"{100 * buyers_share(cut):.0f} % of the change of duties, it is {_moved(cut)}. In the "
        f"{sectors} revenue peaks at {_span(peaks['peak_pct'])} in the first case, and at "
        f"{_span(peaks_cut['peak_pct'])} in the second."
    )


def _moved(diverted: pd.DataFrame) -> str:
    """Say what imports, sales at home, other imports and duties on Japan do."""
    before = diverted["counterfactual_bn_usd"]
    value = (before * diverted["imports_pct"]).sum() / before.sum()
    home, others, revenue = (
        _bn(diverted[f"{name}_bn_usd"].sum()) for name in ("home", "others", "revenue")
    )
    first = diverted.iloc[0]
    return (
        f"{percent(value, 1)} ({first['sector_name']}: {percent(first['imports_pct'], 1)}), US "
        f"sales at home by {home}, imports from others by {others} and duties on goods from Japan "
        f"by {revenue} a year"
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
    return (
        f"**Welfare: {scenario.title} against {counterfactual.title}.** US real income changes by "
        f"{_spread(us)}; Japan's by {_spread(japan)}.{_signs(us)}"
    )


def _spread(rows: pd.DataFrame) -> str:
    """Give the median with the draws of one set, or with the lowest and highest of all sets."""
    every, single = rows.iloc[-1], rows.iloc[:-1]
    middle = percent(every["central"], 3)
    if len(single):
        ends = f"{signed(single['low'].min(), 3)} to {signed(single['high'].max(), 3)}"
        return f"{middle} in the median of all draws (90 % of the draws of each set: {ends})"
    if every["low"] == every["high"]:
        return f"{middle} (all draws alike, for no standard error is published)"
    return f"{middle} (90 % of draws: {_interval(every, 3)})"


def _signs(us: pd.DataFrame) -> str:
    """Say with how many sets the United States gain, or how surely with one."""
    if len(us) == 1:
        row = us.iloc[0]
        return "" if row["low"] == row["high"] else f" {_chance(row)}"
    single = us.iloc[:-1]
    open_sign = single["chance_of_gain"].between(0, 1, inclusive="neither")
    chance = f" {_chance(us.iloc[-1])}" if open_sign.any() else ""
    words = {"gain": single["central"] > 0, "lose": single["central"] < 0}
    gain, lose = (single.loc[sign, "elasticities"] for sign in words.values())
    if len(gain) and len(lose):
        return (
            f" The sign hangs on the elasticity: by the median the United States gain with "
            f"{len(gain)} of {len(single)} sets ({listed(gain)}) and lose with {len(lose)} "
            f"({listed(lose)}).{chance}"
        )
    if max(len(gain), len(lose)) < len(single):
        return f" Not every set has an effect on the United States.{chance}"
    sign = "gain" if len(gain) else "loss"
    return f" The median has the same sign with every set: a {sign}.{chance}"


def _chance(row: pd.Series) -> str:
    """Say how many draws gain, sets with equal weights."""
    chance = 100 * row["chance_of_gain"]
    shown = f"{chance:.0f}"
    if shown == "100" and chance < 100:
        shown = "more than 99"
    elif shown == "0" and chance > 0:
        shown = "less than 1"
    return f"The chance of a gain is {shown} % of the draws."


def first_order_sentence(parts: pd.DataFrame) -> str:
    """Hold exact welfare of the United States against what first order says of it.

    Parameters
    ----------
    parts
        From `research.tariffs.model_frames.decomposition_frame`; its first row is the scenario's.
    """
    row = parts[parts["country"] == "United States"].iloc[0]
    exact, first = row["exact_pct"], row["first_order_pct"]
    exact_says, first_says = (signed(value, _FIRST_ORDER_DIGITS) for value in (exact, first))
    verdict, head = "the same", "First order is enough"
    if exact_says != first_says:
        head = "First order is not enough"
        signs = exact_says[0] + first_says[0]
        alike = signs in ("++", "\N{MINUS SIGN}\N{MINUS SIGN}")
        verdict = f"{first / exact:.1f} times that" if alike else "not of the same sign"
    terms, volume = (
        signed(row[f"{one}_of_trade_pct"], _FIRST_ORDER_DIGITS) for one in ("terms", "volume")
    )
    return (
        f"**{head}.** Against the rates before 2025 *{row['state']}* changes US real income by "
        f"{percent(exact, _FIRST_ORDER_DIGITS)}, exactly. To first order it is "
        f"{percent(first, _FIRST_ORDER_DIGITS)} (terms of trade {terms}, volume of trade "
        f"{volume}): {verdict}."
    )


def models_sentence(table: pd.DataFrame) -> str:
    """Say how far the models are apart, and why.

    Parameters
    ----------
    table
        From `research.tariffs.models.registry.compare`.
    """
    known = table[table["refused"] == ""]
    low, high = (known.loc[known["welfare_pct"].agg(one)] for one in ("idxmin", "idxmax"))
    trade = known["imports_pct"]
    refused = len(table) - len(known)
    verb = "does" if refused == 1 else "do"
    tail = f" {counted(refused)} {verb} not take the case." if refused else ""
    return (
        f"**Models disagree too.** Of {len(known)} models on the same scenario and elasticities, "
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
        f"{percent(theirs['low'].min(), 1)}; {levels} are levels against no tariffs, and of "
        "these only those for about a state's rate are compared. Real income lets people and goods "
        "find other uses; exports are gross, and nothing takes their place. "
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
    static, kept, cut, japan, us = (row for _, row in rows.iterrows())
    return (
        f"{_duties(static, kept, cut)} With all that differs between the states Japan's real "
        f"income changes by {_bn(japan['central'])} a year ({_interval(japan, 1)}), that of the "
        f"United States by {_bn(us['central'])} ({_interval(us, 1)})."
    )


def _duties(static: pd.Series, kept: pd.Series, cut: pd.Series) -> str:
    """Say what duties are avoided at old trade and at new, if sellers keep or change prices."""
    if round(static["central"], 1) <= 0:
        low, high = (_bn(value) for value in sorted(-row["central"] for row in (kept, cut)))
        ends = high if low == high else f"{low.removesuffix(' USD billion')} to {high}"
        return (
            f"**No duty is avoided.** At the trade of 2024 duties change by "
            f"{_bn(-static['central'])} a year; once trade answers, by {ends}."
        )
    claim = (
        ""
        if pd.isna(static["claimed_years"])
        else f"; the {avoided_claim_bn_usd():g} billion that Japan's negotiator named for the deal "
        f"would take {static['claimed_years']:.1f} years"
    )
    return (
        f"**What the lower rates are worth.** At the trade of 2024 they avoid duties of "
        f"{static['central']:.1f} USD billion a year, which sellers and buyers share{claim}. Once "
        f"trade answers it is {spread((row['central'] for row in (kept, cut)), 1)} billion, with "
        "sellers that keep or cut their prices."
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
    base, on = (signed(float(every[name].iloc[0]), 3) for name in ("base", "at_high"))
    turned = ": the sign stays" if base[0] == on[0] else ": the sign turns"
    if "0" in (base[0], on[0]):
        turned = ""
    return (
        " With every switch of the figure on together, at the same elasticities, it is "
        f"{on}\N{NO-BREAK SPACE}%{turned}."
    )


def game_sentence(games: pd.DataFrame, by_set: pd.DataFrame, rate_pct: float) -> str:
    """Set the rate in force beside those that a country would choose for itself.

    Parameters
    ----------
    games, by_set
        From `research.tariffs.models.games`: `best_rates` and `best_by_set`.
    rate_pct
        Average rate of the scenario on Japan.
    """
    alone, everybody, nash = (row for _, row in games.iterrows())
    japan = alone["japan_welfare_pct"]
    many = len(by_set) > 1
    theta = "the middle elasticity" if many else "this elasticity"
    head = "hangs on the elasticity" if many else "hangs on the duties on others"
    sets = f" Set by set it is {_span(by_set['best_pct'])}," if many else " It is"
    return (
        f"**The best tariff on Japan {head}.** Unanswered and with no duty on others, "
        f"{alone['us_rate_pct']:.1f} % would be best for the United States at {theta} "
        f"({percent(alone['us_welfare_pct'], 3)}), {'at a cost' if japan <= 0 else 'with a gain'} "
        f"to Japan of {abs(japan):.2f} %; the scenario's average is {rate_pct:.1f} %.{sets} "
        f"{_span(by_set['best_others_pct'])} with the duty on all others that customs collect. On "
        f"everybody {everybody['us_rate_pct']:.0f} % would be best, and "
        f"{nash['us_rate_pct']:.0f} % where Japan sets its own best of "
        f"{nash['japan_rate_pct']:.0f} % on everybody in turn."
    )


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
