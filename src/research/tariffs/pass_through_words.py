"""What the frames of pass-through mean, in sentences computed from them."""

from __future__ import annotations

import pandas as pd

from research.tariffs.pass_through_report import NO_CONTROL
from research.words import counted

#: Sample and method that sentences quote: the ones whose intervals come nearest to 95 %.
QUOTED_SAMPLE, QUOTED_METHOD = "all months", "local projections"

#: Sample that holds the tariffs since 2025 alone.
RECENT = "from January 2025"

# Shares of the buyer that sentences test.
_CASES = {0.0: "that sellers bear all", 0.5: "an even split", 1.0: "that buyers bear all"}


def sample_sentence(estimates: pd.DataFrame) -> str:
    """Say what the months say of the first price, a price before duty.

    Parameters
    ----------
    estimates
        From `research.tariffs.pass_through_report.estimate_frame`.
    """
    row = _quoted(estimates, str(estimates["price"].iloc[0]))
    held = [words for share, words in _CASES.items() if row.low_share <= share <= row.high_share]
    out = [words for share, words in _CASES.items() if not row.low_share <= share <= row.high_share]
    return (
        f"**What the months say.** {row.price}, before duty: {_share(row.estimate_share)} of a "
        f"duty was borne by buyers ({_interval(row)}), by {QUOTED_METHOD} over {row.months_used} "
        f"months of prices from {row.first_month:%B %Y} to {row.last_month:%B %Y}. That leaves "
        f"room for {_listed(held)}, and none for {_listed(out)}."
    )


def recent_sentence(estimates: pd.DataFrame, identification: pd.DataFrame) -> str:
    """Say what the months since 2025 alone cannot say.

    Parameters
    ----------
    estimates
        From `research.tariffs.pass_through_report.estimate_frame`.
    identification
        From `research.tariffs.pass_through_power.identification_frame`.
    """
    first = str(estimates["price"].iloc[0])
    row = _quoted(estimates, first, RECENT)
    chance = _chance(identification, RECENT, QUOTED_METHOD)
    quote = (
        f"{_share(row.estimate_share)} ({_interval(row)})"
        if row.quotable
        else f"too few to be quoted, with {_freedom(row.residual_df)}"
    )
    return (
        f"**What 2025-26 alone cannot say.** From January 2025 there are {row.months_used} usable "
        f"months: {quote}. Where prices are simulated that do not answer to the tariff at all, so "
        f"that buyers bear 100 %, {chance.covers_0_and_1_pct:.0f} % of the intervals from these "
        f"months hold both 0 and 100 %, and {chance.rules_out_half_pct:.0f} % rule out one half."
    )


def trust_sentence(identification: pd.DataFrame) -> str:
    """Say how far intervals and standard errors can be trusted, and what is told from zero."""
    parts = []
    for row in identification.query("sample == @QUOTED_SAMPLE").itertuples():
        parts.append(
            f"{row.method} hold the truth in {row.holds_truth_pct:.0f} % of simulated samples and "
            f"tell {_share(row.smallest_spread_share)} or more from zero, where their own "
            f"standard error promises {_share(row.smallest_share)}"
        )
    return (
        f"**How far to trust intervals.** They should hold the truth in 95 %. "
        f"Over all months {'; '.join(parts)} (four samples of five)."
    )


def shops_sentence(estimates: pd.DataFrame) -> str:
    """Say what consumer prices say, and that it is no share of a duty."""
    names = [str(name) for name in estimates["price"].unique()[1:]]
    rows = [_quoted(estimates, name) for name in names]
    read = "; ".join(
        f"{row.price.lower()} {_share(row.estimate_share)} ({_interval(row)})" for row in rows
    )
    zero = sum(row.low_share <= 0 <= row.high_share for row in rows)
    return (
        f"**In shops.** For each per cent that tariffs add to the price at the border, {read}. "
        f"These prices hold home goods and margins, so that 100 % is not what full pass-through "
        f"looks like. {counted(zero)} of {len(rows)} intervals "
        f"{'holds' if zero == 1 else 'hold'} zero."
    )


def control_sentence(estimates: pd.DataFrame) -> str:
    """Say what a control changes."""
    rows = estimates[
        (estimates["control"] != NO_CONTROL) & (estimates["method"] == QUOTED_METHOD)
    ].itertuples()
    read = "; ".join(
        f"{row.price.lower()}, with {row.control}: {_share(row.estimate_share)} ({_interval(row)})"
        for row in rows
    )
    return f"**With a control.** {read}."


def dating_sentence(estimates: pd.DataFrame, same_month: pd.DataFrame) -> str:
    """Say what it changes to date duties to the month in which they are received.

    Parameters
    ----------
    estimates, same_month
        From `research.tariffs.pass_through_report.estimate_frame`, with the duties of the month
        after and of the same month.
    """
    first = str(estimates["price"].iloc[0])
    ours, other = _quoted(estimates, first), _quoted(same_month, first)
    return (
        f"**Dating.** Duties come in weeks after the goods. With those of the month after, buyers "
        f"bear {_share(ours.estimate_share)} ({_interval(ours)}); with those of the same month "
        f"{_share(other.estimate_share)} ({_interval(other)})."
    )


def literature_sentence(ranges: pd.DataFrame) -> str:
    """Say what studies found, each definition by itself.

    Parameters
    ----------
    ranges
        From `research.tariffs.pass_through_bands.literature_ranges`.
    """
    parts = []
    for (stage, definition), rows in ranges.groupby(["stage", "definition"], sort=False):
        read = "; ".join(
            f"{row.episode} {_span(row.low_share, row.high_share)} ({row.findings})"
            for row in rows.itertuples()
        )
        where = {"border": "At the border", "retail": "In shops"}[str(stage)]
        parts.append(f"{where}, {definition}: {read}")
    seen, all_of_them = int(ranges["seen"].sum()), int(ranges["findings"].sum())
    return (
        f"**What studies say,** with the number of findings. {'. '.join(parts)}. "
        f"{seen} of {all_of_them} findings were read in the source, the others are told by another "
        f"page."
    )


def cars_sentence(cars: pd.Series) -> str:
    """Say what the export price of cars says, and why it is not the last word.

    Parameters
    ----------
    cars
        From `research.tariffs.pass_through_bands.car_buyers_share`.
    """
    return (
        f"**Cars are the exception, on paper.** Their export price to North America fell by "
        f"{-100 * cars['price_change_share']:.1f} % in the year to June 2025, when the duty had "
        f"gone from {100 * cars['rate_before_share']:.1f} to {100 * cars['rate_share']:.1f} %: "
        f"buyers at the border paid {_share(cars['buyers_share'])} of it. Most of these sales are "
        f"within a firm, and a firm that cuts such a price also cuts the duty."
    )


def _quoted(estimates: pd.DataFrame, price: str, sample: str = QUOTED_SAMPLE) -> pd.Series:
    row = estimates[
        (estimates["price"] == price)
        & (estimates["sample"] == sample)
        & (estimates["method"] == QUOTED_METHOD)
        & (estimates["control"] == NO_CONTROL)
    ]
    return row.squeeze(axis=0)


def _chance(identification: pd.DataFrame, sample: str, method: str) -> pd.Series:
    frame = identification
    return frame[(frame["sample"] == sample) & (frame["method"] == method)].squeeze(axis=0)


def _share(share: float) -> str:
    text = f"{100 * share:.0f}"
    return f"{'0' if text == '-0' else text}\N{NO-BREAK SPACE}%".replace("-", "\N{MINUS SIGN}")


def _interval(row: pd.Series) -> str:
    return f"95\N{NO-BREAK SPACE}% interval {_span(row.low_share, row.high_share)}"


def _span(low: float, high: float) -> str:
    first, last = _share(low), _share(high)
    return first if first == last else f"{first.split(chr(160))[0]} to {last}"


def _freedom(df: int) -> str:
    return f"{df} degree of freedom" if df == 1 else f"{df} degrees of freedom"


def _listed(words: list[str]) -> str:
    if not words:
        return "none of the cases"
    return " and for ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
