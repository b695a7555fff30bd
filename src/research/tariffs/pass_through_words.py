"""What the frames of pass-through mean, in sentences computed from them."""

from __future__ import annotations

import pandas as pd

from research.tariffs.pass_through_report import NO_CONTROL
from research.words import counted, listed

#: Sample and method that sentences quote: the ones whose intervals come nearest to 95 %.
QUOTED_SAMPLE, QUOTED_METHOD = "all months", "local projections"
OTHER_METHOD = "distributed lags"

#: Sample that holds the tariffs since 2025 alone.
RECENT = "from January 2025"

#: A share so near an end of an interval is neither held nor ruled out: other months or another
#: control move the ends by about as much.
EDGE_SHARE = 0.03

# Shares of the buyer that sentences test.
_CASES = {0.0: "sellers bearing all", 0.5: "an even split", 1.0: "buyers bearing all"}


def sample_sentence(estimates: pd.DataFrame) -> str:
    """Say what the months say of the first price, a price before duty.

    Parameters
    ----------
    estimates
        From `research.tariffs.pass_through_report.estimate_frame`.
    """
    row = _quoted(estimates, str(estimates["price"].iloc[0]))
    return (
        f"**What the months say.** {row.price} took up {_share(row.estimate_share)} of a change "
        f"of the tariff within {_months(row.months_after)} ({_interval(row)}), by {QUOTED_METHOD} "
        f"over {row.months_used} months between {row.first_month:%B %Y} and "
        f"{row.last_month:%B %Y}. This {_verdict(row.low_share, row.high_share)}."
    )


def _verdict(low_share: float, high_share: float) -> str:
    """Say which of the cases an interval holds, has at its edge and rules out."""
    edge: list[str] = []
    held: list[str] = []
    out: list[str] = []
    for share, words in _CASES.items():
        near = min(abs(share - low_share), abs(share - high_share)) <= EDGE_SHARE
        inside = low_share <= share <= high_share
        (edge if near else held if inside else out).append(words)
    parts = [
        words.format(listed(cases, "or"))
        for words, cases in (
            ("does not rule out {}", held), ("has {} at the edge", edge), ("rules out {}", out),
        )
        if cases
    ]  # fmt: skip
    return listed(parts)


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
    other = _quoted(estimates, first, RECENT, OTHER_METHOD)
    chance, caught = (
        _chance(identification, RECENT, method) for method in (QUOTED_METHOD, OTHER_METHOD)
    )
    quote = (
        f"{_share(row.estimate_share)} ({_interval(row)})"
        if row.quotable
        else f"too few to be quoted, with {_freedom(row.residual_df)}"
    )
    return (
        f"**What 2025-26 alone cannot say.** From January 2025 there are {row.months_used} usable "
        f"months for {QUOTED_METHOD}: {quote}. Where prices are simulated that do not answer to "
        f"the tariff at all, so that buyers bear 100 %, {chance.covers_0_and_1_pct:.0f} % of the "
        f"intervals from these months hold both 0 and 100 %, and "
        f"{chance.rules_out_half_pct:.0f} % rule out one half. {OTHER_METHOD.capitalize()} give "
        f"{_share(other.estimate_share)} ({_interval(other)}), by a kind of interval that holds "
        f"the truth in {caught.holds_truth_pct:.0f} % of simulated samples instead of 95."
    )


def trust_sentence(identification: pd.DataFrame) -> str:
    """Say how far intervals and standard errors can be trusted, and what is told from zero."""
    parts = [
        f"those of {row.method} hold it in {row.holds_truth_pct:.0f} %, and a pass-through has to "
        f"be {_share(row.smallest_spread_share)} or more to be told from none in four samples of "
        f"five, where their standard error promises {_share(row.smallest_share)}"
        for row in identification.query("sample == @QUOTED_SAMPLE").itertuples()
    ]
    return (
        f"**How far to trust intervals.** They should hold the truth in 95 % of simulated samples. "
        f"Over all months {'; '.join(parts)}."
    )


def shops_sentence(estimates: pd.DataFrame) -> str:
    """Say what consumer prices say, and that it is no share of a duty."""
    names = [str(name) for name in estimates["price"].unique()[1:]]
    rows = [_quoted(estimates, name) for name in names]
    read = "; ".join(
        f"{_small(row.price)} {_share(row.estimate_share)} ({_interval(row)})" for row in rows
    )
    zero = sum(row.low_share <= 0 <= row.high_share for row in rows)
    holding = {len(rows): "Every interval holds", 0: "No interval holds"}.get(
        zero, f"{counted(zero)} of {len(rows)} intervals hold"
    )
    return (
        f"**In shops.** Of a change of the tariff, this much stood in prices "
        f"{_months(rows[0].months_after)} later: {read}. They hold home goods and margins, so that "
        f"full pass-through is far less than 100 %. {holding} zero."
    )


def control_sentence(estimates: pd.DataFrame) -> str:
    """Say what a control changes."""
    rows = estimates[
        (estimates["control"] != NO_CONTROL) & (estimates["method"] == QUOTED_METHOD)
    ].itertuples()
    read = "; ".join(
        f"{_small(row.price)}, given {row.control}: {_share(row.estimate_share)} ({_interval(row)})"
        for row in rows
    )
    return f"**With a control.** By {QUOTED_METHOD} over all months: {read}."


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
            f"{row.episode}: {_span(row.low_share, row.high_share)} ({row.findings})"
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
        f"**Cars are the exception, on paper.** Their export price to North America, not to the "
        f"United States alone, fell by {-100 * cars['price_change_share']:.1f} % in the year to "
        f"June 2025, when the US duty had gone from {100 * cars['rate_before_share']:.1f} to "
        f"{100 * cars['rate_share']:.1f} %: as if buyers at the border had paid "
        f"{_share(cars['buyers_share'])} of it, had prices stood still without the duty. Many of "
        f"these sales go to a maker's own US firm, and who cuts such a price also cuts the duty."
    )


def _quoted(
    estimates: pd.DataFrame, price: str, sample: str = QUOTED_SAMPLE, method: str = QUOTED_METHOD
) -> pd.Series:
    row = estimates[
        (estimates["price"] == price)
        & (estimates["sample"] == sample)
        & (estimates["method"] == method)
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


def _months(number: int) -> str:
    return f"{counted(number).lower()} month{'' if number == 1 else 's'}"


def _small(name: str) -> str:
    return name[0].lower() + name[1:]
