"""What the numbers of a market study mean, in sentences computed from them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data.groups import group_name
from research.events.inference import SUMMARY
from research.words import counted, signed, window_words

#: Nominal size of the tests that the sentences speak of.
LEVEL = 0.05


def event_sentence(event: pd.Series, who: pd.DataFrame) -> str:
    """Name the event and its day 0 on each exchange."""
    days = " and ".join(
        f"{day:%-d %B %Y} in {city}" for day, city in zip(who["day_zero"], who["city"], strict=True)
    )
    return f"**The event: {event['title']}.** Its day 0 is {days}."


def reported_sentence(reported: pd.DataFrame, moves: pd.DataFrame) -> str:
    """Hold what was reported of the Nikkei's day against its close."""
    row = moves.loc["N225"]
    day = f"{row['date']:%-d %B %Y}"
    measured = f"{signed(row['return_pct'])} %"
    hits = reported[(reported["series_id"] == "N225") & (reported["date"] == row["date"])]
    if hits.empty:
        return f"**The Nikkei closed at {measured} on {day}.** No claim of ours reports that day."
    claim = hits.iloc[0]
    verdict = "the direction is right" if claim["same_sign"] else "the direction is wrong"
    return (
        f"**The Nikkei closed at {measured} on {day}; {claim['claimant']} reported "
        f"{signed(claim['reported_pct'], 1)} %.** The report is off by "
        f"{abs(claim['difference_pp']):.2f} points and {verdict} at the close."
    )


def funds_sentence(moves: pd.DataFrame) -> str:
    """Say what the chip and energy funds did beside the S&P 500."""
    smh, xle, market = (moves.loc[name, "return_pct"] for name in ("SMH", "XLE", "SP500"))
    up = {True: "up", False: "down"}
    place = {True: "ahead of", False: "behind"}
    chips, energy = bool(smh > market), bool(xle > market)
    against = (
        f"both were {place[chips]} the market"
        if chips == energy
        else f"chips were {place[chips]} the market, energy {place[energy]} it"
    )
    return (
        f"**Chips {up[bool(smh > 0)]}, energy {up[bool(xle > 0)]}, as funds.** In New York the "
        f"chip fund SMH moved {signed(smh)} % and the energy fund XLE {signed(xle)} %, while the "
        f"S&P 500 moved {signed(market)} %: {against}."
    )


def index_sentence(index: pd.DataFrame) -> str:
    """Say what part of the Nikkei's move New York's sessions before it explain."""
    row = index.xs("N225", level="asset").iloc[0]
    usual = 100 * (row["return"] - row["car"])
    verdict = "within" if row["pvalue"] >= LEVEL else "outside"
    return (
        f"**The Nikkei against New York's session before it.** The S&P 500 had moved "
        f"{signed(100 * row['previous_new_york'])} %, which usually goes with "
        f"{signed(usual)} % in Tokyo. The rest, {signed(100 * row['car'])} points "
        f"(t = {signed(row['t'], 1)}), is {verdict} what chance does on "
        f"{100 * (1 - LEVEL):.0f} of 100 days."
    )


def groups_sentence(table: pd.DataFrame, window: Sequence[int]) -> str:
    """Count the groups that moved by the headline test."""
    defined = table[table["kp_pvalue"].notna()]
    if defined.empty:
        return (
            "**The Kolari-Pynnonen test is not defined here:** it needs a group with at least two "
            "firms that have figures."
        )
    hits = defined[defined["kp_pvalue"] < LEVEL]
    best = defined["kp_pvalue"].idxmin()
    row = defined.loc[best]
    head = (
        f"**{counted(len(hits))} of {len(defined)} groups moved against its market by the "
        f"Kolari-Pynnonen test** {window_words(window)}, before any correction for asking "
        f"{len(defined)} times."
    )
    return (
        f"{head} The smallest p-value is {row['kp_pvalue']:.2f} ({group_name(str(best))}, mean "
        f"{signed(100 * row['caar'])} %)."
    )


def disagreement_sentence(table: pd.DataFrame) -> str:
    """Show the group where the naive test claims most beyond the headline test."""
    row = table.loc[widest_gap(table)]
    if pd.isna(row["kp_t"]):
        return (
            f"**One firm cannot disagree with itself.** {group_name(str(row.name))} has a "
            f"portfolio t of {signed(row['portfolio_t'], 1)}; "
            f"{100 * row['portfolio_rank_pvalue']:.0f} of 100 quiet dates moved it as much."
        )
    return (
        f"**Where the tests disagree most: {group_name(str(row.name))}.** Taking its "
        f"{row['n']:.0f} firms as independent gives t = {signed(row['bmp_t'], 1)}; allowing "
        f"for their correlation of {row['correlation']:.2f} leaves {signed(row['kp_t'], 1)} "
        f"(p = {row['kp_pvalue']:.2f}); the portfolio has t = {signed(row['portfolio_t'], 1)}, "
        f"and {100 * row['portfolio_rank_pvalue']:.0f} of 100 quiet dates moved it as much."
    )


def largest_sentence(table: pd.DataFrame, car: pd.DataFrame) -> str:
    """Name the group that moved most for its usual swings, and what the headline test makes of it.

    Parameters
    ----------
    table
        Index group; caar, portfolio_t, portfolio_rank_pvalue, n_quiet, kp_t, kp_pvalue.
    car
        CAR of each share (columns car, group).
    """
    name = str(table["portfolio_t"].abs().idxmax())
    row, firms = table.loc[name], 100 * car.loc[car["group"] == name, "car"].dropna()
    larger = round(row["portfolio_rank_pvalue"] * (1 + row["n_quiet"])) - 1
    head = (
        f"**The largest move for its usual swings: {group_name(name)}, "
        f"{signed(100 * row['caar'])} %.** Its portfolio t is {signed(row['portfolio_t'], 1)}; "
        f"{larger:.0f} of {row['n_quiet']:.0f} quiet dates moved the group as much."
    )
    if pd.isna(row["kp_t"]):
        return head
    return (
        f"{head} The Kolari-Pynnonen t is {signed(row['kp_t'], 1)} (p = {row['kp_pvalue']:.2f}); "
        f"its firms moved by {signed(firms.min(), 1)} to {signed(firms.max(), 1)} %."
    )


def widest_gap(table: pd.DataFrame) -> str:
    """Name the group with the largest distance between the naive and the headline t.

    Where no group has two firms, the first one.
    """
    gap = (table["bmp_t"].abs() - table["kp_t"].abs()).dropna()
    return str(table.index[0] if gap.empty else gap.idxmax())


def false_alarm_sentence(alarms: pd.DataFrame) -> str:
    """Say how often (per cent) each test sees an effect on dates without an event."""
    share = alarms[list(SUMMARY)].mean()
    if share.isna().any():
        return (
            f"**How far to trust the portfolio t.** On quiet dates, where nothing happened, it "
            f"raised {share['portfolio_t']:.0f} alarms in 100 at the nominal {100 * LEVEL:.0f} %."
        )
    return (
        f"**How far to trust each test.** On quiet dates, where nothing happened, tests at the "
        f"nominal {100 * LEVEL:.0f} % should raise {100 * LEVEL:.0f} alarms in 100. In these "
        f"groups the cross-sectional t raised {share['csect_t']:.0f}, the standardised "
        f"cross-sectional t {share['bmp_t']:.0f}, Patell's z {share['patell_z']:.0f}, "
        f"Kolari-Pynnonen {share['kp_t']:.0f} and the portfolio t {share['portfolio_t']:.0f}."
    )


def all_events_sentence(heat: pd.DataFrame) -> str:
    """Count what remains of all events and groups after adjusting for their number."""
    once = heat.reset_index().drop_duplicates(["group", "date"])
    once = once[once["kp_pvalue"].notna()]
    raw = int((once["kp_pvalue"] < LEVEL).sum())
    left = int((once["bh_pvalue"] < LEVEL).sum())
    return (
        f"**All steps of the deal together.** Of {len(once):,} pairs of a day 0 and a group, "
        f"{raw} ({100 * raw / len(once):.1f} %) have a Kolari-Pynnonen p below {LEVEL}; chance "
        f"alone gives {LEVEL * len(once):.0f}. After adjusting for their number (Benjamini and "
        f"Hochberg) {counted(left).lower()} remain{'s' if left == 1 else ''}."
    )


def robustness_sentence(checks: pd.DataFrame) -> str:
    """Count how often another setting would have found an effect, and where."""
    defined = checks[checks["kp_pvalue"].notna()]
    hits = defined[defined["kp_pvalue"] < LEVEL]
    names = ", ".join(
        f"{group_name(group)} under '{variant}' (p = {pvalue:.2f})"
        for group, variant, pvalue in zip(
            hits["group"], hits["variant"], hits["kp_pvalue"], strict=True
        )
    )
    return (
        f"**Other settings.** Of {len(defined)} combinations of a group and a setting, "
        f"{counted(len(hits)).lower()} {'has' if len(hits) == 1 else 'have'} p below {LEVEL}"
        f"{': ' + names if names else ''}. Whoever picks the setting after seeing the result "
        f"can find an effect that is not there."
    )


def precision_sentence(table: pd.DataFrame, window: Sequence[int]) -> str:
    """Say how small an effect one date can show at all."""
    half = 100 * (table["high"] - table["low"]) / 2
    narrow, wide = half.idxmin(), half.idxmax()
    return (
        f"**What one date can show.** The 95 % band of a group mean {window_words(window)} is "
        f"between \N{PLUS-MINUS SIGN}{half[narrow]:.1f} % ({group_name(str(narrow))}) and "
        f"\N{PLUS-MINUS SIGN}{half[wide]:.1f} % ({group_name(str(wide))}): a true effect "
        f"smaller than that cannot be told from none, so no finding here means no large effect."
    )
