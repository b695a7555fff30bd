"""What studies and one price index say of who pays, in the shape of the frames of the report."""

from __future__ import annotations

import math

import pandas as pd

from research.data import load_table
from research.errors import DataError, Fault
from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.pass_through_report import bundled_prices
from research.tariffs.rates import goods_rates, japan_goods

#: Words for the groups of studies -> parts of the names of their episodes; the first that fits.
EPISODES = {
    "washing machines, 2018": ("washing machines",),
    "sugar, 1890 to 1930": ("raw sugar",),
    "goods of Japan, 1980s": ("compact trucks", "heavy motorcycles"),
    "tariffs of 2018 and 2019": ("2018",),
    "tariffs of 2025": ("2025",),
}

#: Episodes beside which the notebook puts its own estimates -> words of one line.
SHOWN = {
    "goods of Japan, 1980s": "studies: Japan, 1980s",
    "tariffs of 2018 and 2019": "studies: 2018-19",
    "tariffs of 2025": "studies: 2025",
}

#: Claim on the export price of cars, and the last day of its month.
CAR_PRICE_CLAIM, CAR_PRICE_DAY = "auto_01", "2025-06-30"


def literature_ranges() -> pd.DataFrame:
    """Give the range that studies span, by stage, definition and episode.

    Shares of different definitions are never put in one range.

    Returns
    -------
    ``stage``, ``definition``, ``episode`` (of `EPISODES`), ``low_share``, ``high_share`` (lowest
    and highest figure), ``findings``, ``seen`` (findings whose source was read).

    Raises
    ------
    DataError
        If the table has an episode of no group.
    """
    table = load_table("tariffs/pass_through_literature")
    figures = table[["low", "central", "high"]]
    table = table.assign(
        episode=[_group(name) for name in table["episode"]],
        low_share=figures.min(axis=1),
        high_share=figures.max(axis=1),
        seen=table["evidence"] == "seen",
    )
    by = table.groupby(["stage", "definition", "episode"], sort=False)
    ranges = by.agg(
        low_share=("low_share", "min"),
        high_share=("high_share", "max"),
        findings=("study", "count"),
        seen=("seen", "sum"),
    )
    return ranges.reset_index()


def _group(episode: str) -> str:
    """Find the group of an episode."""
    for name, parts in EPISODES.items():
        if any(part in episode for part in parts):
            return name
    known = ", ".join(part for parts in EPISODES.values() for part in parts)
    fault = Fault("episode", f"words of one of: {known}", repr(episode), "Extend EPISODES.")
    raise DataError("The studies cannot be grouped.", [fault])


def literature_bands() -> pd.DataFrame:
    """Give what studies found at the border, for `plot_pass_through`.

    Shares in shops are of other definitions than a response of the consumer price index, which
    holds home goods too; no band stands beside it.

    Returns
    -------
    ``price`` (the import price of `bundled_prices`), ``label``, ``low_pct``, ``high_pct``.
    """
    ranges = literature_ranges().query("stage == 'border'").set_index("episode").loc[list(SHOWN)]
    return pd.DataFrame(
        {
            "price": bundled_prices()[0].name,
            "label": [SHOWN[episode] for episode in ranges.index],
            "low_pct": 100 * ranges["low_share"].to_numpy(),
            "high_pct": 100 * ranges["high_share"].to_numpy(),
        }
    )


def car_buyers_share() -> pd.Series:
    r"""Give the share of the car duty that buyers paid, by the Bank of Japan's export price.

    .. math:: 1 + \ln(p' / p) \,/\, \ln\frac{1 + \tau'}{1 + \tau}

    Returns
    -------
    ``price_change_share`` (of the price before duty, year on year), ``rate_before_share``,
    ``rate_share``, ``buyers_share``.

    Notes
    -----
    The index is of cars for North America, many of them sold to a maker's own US firm; such a price
    says what customs value the duty is taken of, not what a dealer pays.
    """
    cut = float(load_table("deal/claims").at[CAR_PRICE_CLAIM, "quantity"]) / 100
    schedule, goods = japan_schedule(), japan_goods()
    before, after = (
        float(goods_rates(schedule, goods, on=day, known_on=None).at["cars", "total_share"])
        for day in (FIRST_DAY, CAR_PRICE_DAY)
    )
    share = 1 + math.log1p(cut) / (math.log1p(after) - math.log1p(before))
    return pd.Series(
        {
            "price_change_share": cut,
            "rate_before_share": before,
            "rate_share": after,
            "buyers_share": share,
        }
    )
