"""What the cap of the deal is worth a year, beside the sum that was named for it."""

from __future__ import annotations

import pandas as pd

from research.data import load_table
from research.tariffs.welfare import HIGH, LOW, WelfareDraws
from research.tariffs.worlds import HOME, PARTNER, gdp_musd

#: The claim on tariffs that Japan avoids.
AVOIDED_CLAIM = "jp_04b"

#: The sector that holds cars.
CARS = "MVH"

_US_INCOME = "US real income"


def avoided_claim_bn_usd() -> float:
    """Give the tariffs that Japan's negotiator said the deal avoids, USD billion."""
    return float(load_table("deal/claims").at[AVOIDED_CLAIM, "quantity_low"])


def avoided_duties(diverted: pd.DataFrame) -> pd.DataFrame:
    """Give the duties a year that the lower rate avoids, at the imports of 2024.

    From `research.tariffs.markets.diversion`: ``goods`` (vehicles, all others, all),
    ``imports_bn_usd``, ``old_rate_pct``, ``new_rate_pct`` (import-weighted), ``avoided_bn_usd``.
    """
    cars = diverted.index == CARS
    parts = {
        "motor vehicles and parts": diverted[cars],
        "all other goods": diverted[~cars],
        "all goods": diverted,
    }
    rows = []
    for words, part in parts.items():
        imports = part["imports_bn_usd"]
        old, new = ((imports * part[f"{one}_rate_pct"]).sum() for one in ("old", "new"))
        rates = (imports.sum(), old / imports.sum(), new / imports.sum())
        rows.append((words, *rates, (old - new) / 100))
    columns = ["goods", "imports_bn_usd", "old_rate_pct", "new_rate_pct", "avoided_bn_usd"]
    return pd.DataFrame(rows, columns=columns)


def yearly_value(
    kept: pd.DataFrame, cut: pd.DataFrame, draws: WelfareDraws, *, of_deal: bool
) -> pd.DataFrame:
    """Set what can be called the worth of the lower rate side by side, USD billion a year.

    ``kept`` and ``cut`` are from `research.tariffs.markets.diversion`, with sellers that keep and
    that cut their prices; ``of_deal`` says whether the states are the deal and what it took the
    place of, which the claim is about.

    ``what``, ``low``, ``central``, ``high`` (90 % of the draws; equal where nothing is drawn) and
    ``claimed_years``: years until the middle figure adds up to the claim, NaN where it does not, or
    where it is nothing that Japan could have meant.
    """
    static = float(avoided_duties(cut)["avoided_bn_usd"].iloc[-1])
    effect, gdp = draws.effect_pct, gdp_musd() / 1e3
    answered = [-float(one["revenue_bn_usd"].sum()) for one in (kept, cut)]
    rows = [
        ("duties avoided, trade as in 2024", *[static] * 3),
        ("duties avoided, trade answers, prices kept", *[answered[0]] * 3),
        ("duties avoided, trade answers, prices cut", *[answered[1]] * 3),
    ]
    for country, words in ((PARTNER, "Japan's real income"), (HOME, _US_INCOME)):
        bn = effect[country] * gdp[country] / 100
        rows.append((words, bn.quantile(LOW), bn.median(), bn.quantile(HIGH)))
    table = pd.DataFrame(rows, columns=["what", "low", "central", "high"])
    years = avoided_claim_bn_usd() / table["central"]
    meant = (table["central"] > 0) & (table["what"] != _US_INCOME) & of_deal
    return table.assign(claimed_years=years.where(meant))
