"""Titles that state the finding, and alt texts for readers who cannot see the picture."""

from __future__ import annotations

import pandas as pd

from research.tariffs.rate_frames import LINES, longest_high
from research.tariffs.welfare_draws import TOGETHER
from research.words import day_words, percent, plain, signed, spread

#: A driver that moves welfare by less, in points of income, does not move it.
LEAST_MOVE = 0.001

_READ_OUT = 8


def rates_title(parts: pd.DataFrame) -> str:
    """Say where the average rate stood at its highest, for longer than a day, and stands now."""
    total = parts.sum(axis=1)
    day, height = longest_high(parts)
    move = f"was {total.iloc[0]:.1f} % at first"
    if height > total.iloc[0]:
        move = f"rose from {total.iloc[0]:.1f} % to {height:.1f} % by {day_words(day)}"
    return (
        f"The average US rate on Japan {move} and is {total.iloc[-1]:.1f} % by the last law in "
        "the schedule"
    )


def rates_alt(parts: pd.DataFrame, published: pd.Series, marks: pd.DataFrame) -> str:
    """Read the days of change out, and how far the published rate is away."""
    total = parts.sum(axis=1)
    steps = "; ".join(f"{day_words(day)} {value:.1f}" for day, value in total.items())
    ours = total.reindex(total.index.union(published.index)).ffill().reindex(published.index)
    gap = (ours - published).abs()
    marked = "; ".join(
        f"{day_words(row.day)} {row.label} ({row.kind})" for row in marks.itertuples()
    )
    return (
        f"Stacked steps of the rate by authority, per cent, totals: {steps}. The published rate "
        f"differs by {gap.median():.2f} points in the median and {gap.max():.2f} at most. "
        f"Marked: {marked}."
    )


def collected_title(rates: pd.DataFrame) -> str:
    """Say what statutory and substituted rates are in the last month with all of them."""
    law, cut, kept, collected = (rates[name] for name in LINES)
    known = collected.dropna().index[-1]
    after = spread([cut[known], kept[known]], 1)
    return (
        f"In {known:%B %Y} the law asked {law[known]:.1f} % on goods from Japan, {after} % after "
        f"buyers turn elsewhere; {collected[known]:.1f} % was collected on all imports"
    )


def collected_alt(rates: pd.DataFrame) -> str:
    """Read some months of each line out."""
    lines = []
    for name in rates.columns:
        known = rates[name].dropna()
        every = known.iloc[:: max(1, len(known) // 5)]
        read = ", ".join(f"{month:%b %Y} {value:.1f}" for month, value in every.items())
        lines.append(f"{name}: {read}")
    return f"Lines by month, per cent of the import value. {'. '.join(lines)}."


def cars_title(cars: pd.DataFrame) -> str:
    """Say what the press's price cut leaves of the highest duty for buyers."""
    kept, cut = (cars["buyer_pays"].iloc[place] for place in (1, 2))
    return (
        f"At the highest duty a car would cost {kept:.1f} for {cars['buyer_pays'].iloc[0]:.1f} "
        f"before; with the price cut of the Bank of Japan's index it cost {cut:.1f}"
    )


def cars_alt(cars: pd.DataFrame) -> str:
    """Read every bar out."""
    bars = "; ".join(
        f"{row.case}: seller {row.seller_receives:.1f}, duty {row.duty:.1f}, buyer "
        f"{row.buyer_pays:.1f}"
        for row in cars.itertuples()
    )
    return f"Bars of what seller and customs receive, index of the price before duty: {bars}."


def pass_through_title(shares: pd.DataFrame, price: str) -> str:
    """Say how wide the interval of one price is."""
    row = shares[(shares["price"] == price)].iloc[-1]
    return (
        f"{price}: buyers bear {plain(row.share_pct, 0)} % of a duty after {_months(row.months)} "
        f"(95 % interval {plain(row.low_pct, 0)} to {plain(row.high_pct, 0)} %)"
    )


def pass_through_alt(shares: pd.DataFrame) -> str:
    """Read the last month of each price and method out."""
    last = shares.groupby(["price", "method"], sort=False).tail(1)
    read = "; ".join(
        f"{row.price}, {row.method}, {_months(row.months)}: {plain(row.share_pct, 0)} "
        f"({plain(row.low_pct, 0)} to {plain(row.high_pct, 0)})"
        for row in last.itertuples()
    )
    return f"Share of a duty in the price by month, per cent with 95 % intervals: {read}."


def laffer_peaks(curves: pd.DataFrame) -> pd.DataFrame:
    """Give by sector the rate with most revenue, and that revenue: ``peak_pct``, ``peak_bn_usd``.

    A curve that still rises at its last rate has no peak: the rate is missing.
    """
    rows = {}
    for sector, curve in curves.groupby("sector", sort=False):
        best = curve.loc[curve["revenue_bn_usd"].idxmax()]
        inside = best["rate_pct"] < curve["rate_pct"].max()
        rows[sector] = {
            "peak_pct": best["rate_pct"] if inside else float("nan"),
            "peak_bn_usd": best["revenue_bn_usd"],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sector")


def laffer_title(curves: pd.DataFrame, in_force: pd.Series) -> str:
    """Say where the rates of the scenario lie against the peaks."""
    peaks = laffer_peaks(curves)["peak_pct"].dropna()
    beyond = [name for name, peak in peaks.items() if in_force[name] > peak]
    low, high = f"{peaks.min():.0f}", f"{peaks.max():.0f}"
    if peaks.empty:
        return "If sellers keep their prices, revenue still rises at the last rate looked at"
    spread = f"at {low if low == high else f'{low} to {high}'} %"
    end = (
        f"beyond it is the scenario's rate in {len(beyond)}: {'; '.join(beyond)}"
        if beyond
        else "no rate of the scenario is beyond it"
    )
    return f"If sellers keep their prices, revenue peaks {spread}; {end}"


def laffer_alt(curves: pd.DataFrame, in_force: pd.Series) -> str:
    """Read peak and rate in force of each sector out."""
    peaks = laffer_peaks(curves)
    read = "; ".join(
        f"{name}: {_peak(row.peak_pct)} {row.peak_bn_usd:.2f}, scenario {in_force[name]:.1f} %"
        for name, row in peaks.iterrows()
    )
    return f"Yearly revenue on goods from Japan over the rate, USD billion, by sector. {read}."


def welfare_title(table: pd.DataFrame, words: str) -> str:
    """Say whether the sign of US welfare hangs on the elasticity.

    Parameters
    ----------
    table
        From `research.tariffs.model_frames.welfare_frame`.
    words
        What changes, such as ``15 % deal against 25 % of the letter``.
    """
    us, words = table[table["country"] == "United States"], words[:1].upper() + words[1:]
    gains, losses = (us["central"] > 0).sum(), (us["central"] < 0).sum()
    spread = f"{percent(us['low'].min(), 3)} to {percent(us['high'].max(), 3)}"
    if gains and losses:
        return f"{words}: the sign of US welfare hangs on the elasticity, {spread} of income"
    if not gains and not losses:
        return f"{words}: the United States neither gain nor lose, {spread} of income"
    verb = "gain" if gains else "lose"
    of = "every set" if len(us) > 1 else "the draws"
    return f"{words}: the United States {verb} by the median of {of}, {spread} of income"


def welfare_alt(table: pd.DataFrame) -> str:
    """Read every interval out."""
    read = "; ".join(
        f"{row.country}, {row.elasticities}: {signed(row.central, 3)} ({signed(row.low, 3)} to "
        f"{signed(row.high, 3)})"
        for row in table.itertuples()
    )
    return f"Change of welfare, per cent of income, medians with 90 % of draws: {read}."


def models_title(table: pd.DataFrame) -> str:
    """Say how far the models are apart on trade and on US welfare."""
    known = table[table["refused"] == ""]
    trade, welfare = known["imports_pct"], known["welfare_pct"]
    return (
        f"One scenario, {len(known)} model{'' if len(known) == 1 else 's'}: imports from Japan "
        f"move by {percent(trade.min(), 0)} to {percent(trade.max(), 0)}, US welfare by "
        f"{percent(welfare.min(), 3)} to {percent(welfare.max(), 3)} of income"
    )


def models_alt(table: pd.DataFrame) -> str:
    """Read trade and welfare of each model out."""
    read = "; ".join(
        f"{row.title}: does not take the case"
        if row.refused
        else f"{row.title}: imports {percent(row.imports_pct, 1)}, US welfare "
        f"{percent(row.welfare_pct, 3)}, Japan {percent(row.japan_welfare_pct, 3)}"
        for row in table.itertuples()
    )
    return f"Dots by model and measure. {read}."


def game_title(games: pd.DataFrame, by_set: pd.DataFrame) -> str:
    """Say which rate is best for the United States by set, and what the middle one does to Japan.

    Parameters
    ----------
    games, by_set
        From `research.tariffs.models.games`: `best_rates` and `best_by_set`.
    """
    alone, best = games.iloc[0], by_set["best_pct"]
    japan = alone["japan_welfare_pct"]
    sets = f" ({best.min():.0f} to {best.max():.0f} % by set)" if len(best) > 1 else ""
    theta = "the middle elasticity" if sets else "this elasticity"
    return (
        f"Unanswered, {alone['us_rate_pct']:.1f} % on Japan would be best for the United States at "
        f"{theta}{sets}; Japan would "
        f"{'lose' if japan <= 0 else 'gain'} {abs(japan):.2f} %"
    )


def game_alt(curve: pd.DataFrame) -> str:
    """Read some rates of both curves out."""
    lines = []
    for name, rows in curve.groupby("country", sort=False):
        every = rows.iloc[:: max(1, len(rows) // _READ_OUT)]
        read = ", ".join(
            f"{row.rate_pct:.0f} %: {signed(row.welfare_pct, 3)}" for row in every.itertuples()
        )
        lines.append(f"{name} {read}")
    return f"Welfare over the US rate on Japan, per cent of income. {'; '.join(lines)}."


def drivers_title(drivers: pd.DataFrame) -> str:
    """Say what moves US welfare most by itself."""
    single = drivers[drivers["driver"] != TOGETHER]
    width = (single["at_high"] - single["at_low"]).abs()
    first = single.loc[width.idxmax()]
    if width.max() < LEAST_MOVE:
        base = percent(drivers["base"].iloc[0], 3)
        return f"No driver moves US welfare by {LEAST_MOVE:g} points: it stays at {base} of income"
    return (
        f"What moves US welfare most: {first['driver']}, {percent(first['at_low'], 3)} at "
        f"{first['low_label']} and {percent(first['at_high'], 3)} at {first['high_label']}"
    )


def drivers_alt(drivers: pd.DataFrame) -> str:
    """Read every bar out."""
    read = "; ".join(
        f"{row.driver}: {signed(row.at_low, 3)} at {row.low_label}, {signed(row.at_high, 3)} at "
        f"{row.high_label}"
        for row in drivers.itertuples()
    )
    base = signed(drivers["base"].iloc[0], 3)
    return f"Bars of US welfare around {base} % of income, one driver moved at a time: {read}."


def forecasts_title(table: pd.DataFrame) -> str:
    """Say between which ends forecasts and both measures of ours lie."""
    ends = {
        kind: f"{percent(rows['low'].min(), digits)} to {percent(rows['high'].max(), digits)}"
        for kind, digits, rows in (
            ("forecast", 1, table[table["group"] == "forecast"]),
            ("income", 2, table[table["kind"] == "real income"]),
            ("exports", 2, table[table["kind"] == "exports lost"]),
        )
    }
    return (
        f"Forecasts for Japan's GDP run from {ends['forecast']}; here real income moves by "
        f"{ends['income']}, exports to the United States by {ends['exports']} of GDP"
    )


def forecasts_alt(table: pd.DataFrame) -> str:
    """Read every row out."""
    read = "; ".join(
        f"{row.label}: {signed(row.central, 2)}"
        + (f" ({signed(row.low, 2)} to {signed(row.high, 2)})" if row.low < row.high else "")
        for row in table.itertuples()
    )
    return f"Effects on Japan's output or income, per cent: {read}."


def _months(number: float) -> str:
    return f"{number:.0f} month{'' if number == 1 else 's'}"


def _peak(value: float) -> str:
    return "no peak, at the last rate" if pd.isna(value) else f"peak {value:.0f} % with"
