"""What the numbers of a market study mean, in sentences computed from them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data.groups import group_name
from research.events.inference import SUMMARY
from research.words import counted, counted_of, day_words, p_words, percent, signed, window_words

#: Nominal size of the tests that the sentences speak of.
LEVEL = 0.05

#: Fewest quiet dates whose shares are worth printing.
MIN_QUIET = 20

#: What a return is measured against under each model.
YARDSTICK = {
    "market": "what their market explains",
    "market_adjusted": "the return of their market",
    "mean": "their own mean return",
}


def event_sentence(event: pd.Series, who: pd.DataFrame) -> str:
    """Name the event and its day 0 on each exchange."""
    days = " and ".join(
        f"{day_words(day)} in {city}"
        for day, city in zip(who["day_zero"], who["city"], strict=True)
    )
    return f"**The event: {event['title']}.** Its day 0 is {days}."


def reported_sentence(reported: pd.DataFrame, moves: pd.DataFrame) -> str:
    """Hold what was reported of the Nikkei's day against its close."""
    row = moves.loc["N225"]
    day = day_words(row["date"])
    head = f"**The Nikkei closed at {percent(row['return_pct'])} on {day}"
    hits = reported[(reported["series_id"] == "N225") & (reported["date"] == row["date"])]
    if hits.empty:
        return f"{head}.** No claim in the list states a percentage move of that day."
    claim = hits.iloc[0]
    verdict = "the direction is right" if claim["same_sign"] else "the direction is wrong"
    return (
        f"{head}; {claim['claimant']} reported {percent(claim['reported_pct'], 1)}.** The report "
        f"is off by {abs(claim['difference_pp']):.2f} points and {verdict} at the close."
    )


def funds_sentence(moves: pd.DataFrame) -> str:
    """Say what the chip and energy funds did beside the S&P 500."""
    smh, xle, market = (float(moves.loc[name, "return_pct"]) for name in ("SMH", "XLE", "SP500"))
    up = {True: "up", False: "down"}
    place = {True: "ahead of", False: "behind"}
    chips, energy = smh > market, xle > market
    against = (
        f"both were {place[chips]} the market"
        if chips == energy
        else f"chips were {place[chips]} the market, energy {place[energy]} it"
    )
    return (
        f"**Chips {up[smh > 0]}, energy {up[xle > 0]}, as funds.** In New York on "
        f"{day_words(moves.loc['SMH', 'date'])} the chip fund SMH moved {percent(smh)} and the "
        f"energy fund XLE {percent(xle)}, while the S&P 500 moved {percent(market)}: {against}."
    )


def index_sentence(index: pd.DataFrame) -> str:
    """Say what part of the Nikkei's move New York's sessions before it explain."""
    row = index.xs("N225", level="asset").iloc[0]
    usual = 100 * (row["return"] - row["car"])
    verdict = "within" if row["pvalue"] >= LEVEL else "outside"
    return (
        f"**The Nikkei against New York's session before it.** The S&P 500 had moved "
        f"{percent(100 * row['previous_new_york'])}, which usually goes with {percent(usual)} in "
        f"Tokyo. The rest, {signed(100 * row['car'])} points (t = {signed(row['t'], 1)}), is "
        f"{verdict} what chance does on {100 * (1 - LEVEL):.0f} of 100 days."
    )


def groups_sentence(table: pd.DataFrame, window: Sequence[int], model: str) -> str:
    """Count the groups that moved by the headline test."""
    defined = table[table["kp_pvalue"].notna()]
    if defined.empty:
        return (
            "**The Kolari-Pynnonen test is not defined here:** it needs a group with at least two "
            "firms that have figures."
        )
    n, hits = len(defined), int((defined["kp_pvalue"] < LEVEL).sum())
    asked = "" if n == 1 else f", before any correction for asking {n} times"
    row = defined.loc[defined["kp_pvalue"].idxmin()]
    return (
        f"**{counted_of(hits, n, 'group')} moved beyond chance by the Kolari-Pynnonen test** "
        f"{window_words(window)}, against {YARDSTICK[model]}{asked}. The smallest p-value "
        f"{p_words(row['kp_pvalue']).replace('= ', 'is ').replace('< ', 'is below ')} "
        f"({group_name(str(row.name))}, mean {percent(100 * row['caar'])})."
    )


def disagreement_sentence(table: pd.DataFrame) -> str:
    """Show the group where the naive test claims most beyond the headline test."""
    row = table.loc[widest_gap(table)]
    portfolio = f"portfolio t of {signed(row['portfolio_t'], 1)}, {_quiet_dates(row)}"
    if pd.isna(row["kp_t"]):
        return (
            f"**One firm cannot disagree with itself.** {group_name(str(row.name))} has a "
            f"{portfolio}."
        )
    return (
        f"**Where the tests disagree most: {group_name(str(row.name))}.** Taking its "
        f"{row['n']:.0f} firms as independent gives t = {signed(row['bmp_t'], 1)}; allowing "
        f"for their correlation of {row['correlation']:.2f} leaves {signed(row['kp_t'], 1)} "
        f"(p {p_words(row['kp_pvalue'])}). The group as a whole has a {portfolio}."
    )


def largest_sentence(table: pd.DataFrame, car: pd.DataFrame) -> str:
    """Name the group that moved most for its usual swings, and what the headline test makes of it.

    Parameters
    ----------
    table
        Index group; caar, portfolio_t, n_larger, n_quiet, kp_t, kp_pvalue.
    car
        CAR of each share (columns car, group).
    """
    name = str(table["portfolio_t"].abs().idxmax())
    row, firms = table.loc[name], 100 * car.loc[car["group"] == name, "car"].dropna()
    head = (
        f"**The largest abnormal move for its usual swings: {group_name(name)}, "
        f"{percent(100 * row['caar'])}.** It has a portfolio t of {signed(row['portfolio_t'], 1)}, "
        f"{_quiet_dates(row)}."
    )
    if pd.isna(row["kp_t"]):
        return head
    return (
        f"{head} The Kolari-Pynnonen t is {signed(row['kp_t'], 1)} (p "
        f"{p_words(row['kp_pvalue'])}); the abnormal returns of its firms run from "
        f"{signed(firms.min(), 1)} to {percent(firms.max(), 1)}."
    )


def widest_gap(table: pd.DataFrame) -> str:
    """Name the group with the largest distance between the naive and the headline t.

    Where no group has two firms, the first one.
    """
    gap = (table["bmp_t"].abs() - table["kp_t"].abs()).dropna()
    return str(table.index[0] if gap.empty else gap.idxmax())


def false_alarm_sentence(alarms: pd.DataFrame, n_quiet: pd.Series) -> str:
    """Say how often (per cent) each test sees an effect on dates without an event."""
    if n_quiet.min() < MIN_QUIET:
        return (
            f"**Too few quiet dates to judge the tests by.** With these windows a group has as "
            f"few as {n_quiet.min():.0f}; {MIN_QUIET} are the least that a share says something of."
        )
    share = alarms[list(SUMMARY)].mean()
    nominal = f"{100 * LEVEL:.0f}"
    if share.isna().any():
        return (
            f"**How far to trust the portfolio t.** On quiet dates, without an event of the list, "
            f"it raised {share['portfolio_t']:.0f} alarms in 100 at the nominal {nominal} %."
        )
    return (
        f"**How far to trust each test.** On quiet dates, without an event of the list, a test at "
        f"the nominal {nominal} % should raise {nominal} alarms in 100. In these groups the "
        f"cross-sectional t raised {share['csect_t']:.0f}, the standardised cross-sectional t "
        f"{share['bmp_t']:.0f}, Patell's z {share['patell_z']:.0f}, Kolari-Pynnonen "
        f"{share['kp_t']:.0f} and the portfolio t {share['portfolio_t']:.0f}."
    )


def all_events_sentence(heat: pd.DataFrame, alarms: pd.DataFrame) -> str:
    """Count what remains of all events and groups after adjusting for their number.

    Parameters
    ----------
    heat
        Result of `research.events.many_tests.adjust`.
    alarms
        False alarms of kp_t on quiet dates by group, per cent.
    """
    once, raw, left = hypotheses(heat)
    usual = float(alarms["kp_t"].reindex(once["group"]).sum()) / 100
    return (
        f"**All steps of the deal together.** Of {len(once):,} pairs of a day 0 and a group, "
        f"{raw} ({100 * raw / len(once):.1f} %) have a Kolari-Pynnonen p below {LEVEL}. An exact "
        f"test would give {LEVEL * len(once):.0f} by chance alone; at the rates of the quiet "
        f"dates it is {usual:.0f}. After adjusting for their number (Benjamini and Hochberg) "
        f"{counted(left).lower()} remain{'s' if left == 1 else ''}."
    )


def hypotheses(heat: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    """Take each tested pair of a group and a day 0 once; count the hits before and after adjusting.

    Parameters
    ----------
    heat
        Result of `research.events.many_tests.adjust`.

    Returns
    -------
    tuple
        The pairs, how many have kp_pvalue below `LEVEL`, how many have bh_pvalue below it.
    """
    once = heat[heat["kp_pvalue"].notna()].reset_index().drop_duplicates(["group", "date"])
    raw, left = (int((once[name] < LEVEL).sum()) for name in ("kp_pvalue", "bh_pvalue"))
    return once, raw, left


def robustness_sentence(others: pd.DataFrame) -> str:
    """Count how often another setting than that of the report would have found an effect."""
    defined = others[others["kp_pvalue"].notna()]
    hits = defined[defined["kp_pvalue"] < LEVEL]
    names = ", ".join(
        f"{group_name(group)} under '{variant}' (p {p_words(pvalue)})"
        for group, variant, pvalue in zip(
            hits["group"], hits["variant"], hits["kp_pvalue"], strict=True
        )
    )
    return (
        f"**Other settings.** Of {len(defined)} combinations of a group and another setting, "
        f"{counted(len(hits)).lower()} {'has' if len(hits) == 1 else 'have'} p below {LEVEL}"
        f"{': ' + names if names else ''}. Whoever picks the setting after seeing the result "
        f"can find an effect that is not there."
    )


def precision_sentence(table: pd.DataFrame, window: Sequence[int]) -> str:
    """Say how large an effect the headline test would have found on one date.

    Parameters
    ----------
    table
        Index group; kp_t_mde, the effect found in 80 of 100 cases, per cent (NaN: none is).
    window
        First and last session of the CAR.
    """
    found = table["kp_t_mde"].dropna().sort_values()
    blind = ", ".join(group_name(str(name)) for name in table.index.difference(found.index, False))
    never = f" In {blind} it would find no effect, however large, that often." if blind else ""
    if found.empty:
        return f"**What one date can show: too little.**{never}"
    first = f"{found.iloc[0]:.1f} % ({group_name(str(found.index[0]))})"
    last = f"{found.iloc[-1]:.1f} % ({group_name(str(found.index[-1]))})"
    size = first if len(found) == 1 else f"{first}, and {last} where the test is bluntest"
    return (
        f"**What one date can show.** To be found in 80 of 100 cases {window_words(window)}, a "
        f"mean effect must be at least {size}.{never} Where nothing is found, a smaller effect may "
        f"still be there."
    )


def _quiet_dates(row: pd.Series) -> str:
    return f"which {row['n_larger']:.0f} of {row['n_quiet']:.0f} quiet dates reach"
