"""Numbers of the tariff notebook's running text, in sentences computed from tables and models."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data import load_table
from research.tariffs.deal_value import AVOIDED_CLAIM
from research.tariffs.elasticities import LOWEST_THETA, theta_table
from research.tariffs.market_frames import buyers_share
from research.tariffs.models.registry import EXPORT_SUPPLY_ELASTICITY
from research.tariffs.pass_through_words import QUOTED_METHOD
from research.tariffs.worlds import HOME, PARTNER, one_good, us_imports, us_markets, world_of_2011
from research.words import counted, day_words

# Both rows of these cars: the estimate with its error, and what the study computed with.
_ESTIMATED, _USED, _CARS = "cp_estimated", "cp_used", "MVH"


def markets_sentence() -> str:
    """Say how many markets there are, and what sellers do in them."""
    markets, partners = us_markets(), us_imports()
    return (
        f"{counted(markets.shape[1])} US markets of 2024, each with American goods beside those of "
        f"{len(partners)} partners. Sellers here supply less when their price falls (elasticity "
        f"{EXPORT_SUPPLY_ELASTICITY:g}), so that they cut prices to keep buyers; with prices "
        "given, trade answers more and prices before duty not at all."
    )


def buyers_sentence(cut: pd.DataFrame, path: pd.DataFrame) -> str:
    """Hold what sellers that change prices leave to buyers against what the months say.

    Parameters
    ----------
    cut
        From `research.tariffs.market_frames.diversion`.
    path
        From `research.tariffs.pass_through_report.path_frame`: the first price is one with duty.
    """
    first = path[path["price"] == path["price"].iloc[0]]
    months = first[first["method"] == QUOTED_METHOD].iloc[-1]
    share = 100 * buyers_share(cut)
    inside = months["low_pct"] <= share <= months["high_pct"]
    return (
        f"With sellers that change their prices buyers have {share:.0f} % of the change of "
        f"duties, with prices kept all of it. The months above say {months['share_pct']:.0f} % "
        f"({months['low_pct']:.0f} to {months['high_pct']:.0f}): the "
        f"first is {'within' if inside else 'outside'} that interval, and the truth may well lie "
        "between the two."
    )


def sets_sentence(sets: Sequence[str]) -> str:
    """Say what is drawn, how far apart the estimates are, and what was done about cars.

    Parameters
    ----------
    sets
        From `research.tariffs.elasticities.sets_of`.
    """
    low, high = _theta_range(sets)
    estimated = theta_table(_ESTIMATED, "us_sectors").loc[_CARS]
    used = theta_table(_USED, "us_sectors").at[_CARS, "theta"]
    return (
        "Each set of estimates gives each sector a θ; those with a standard error are drawn, cut "
        f"off below {LOWEST_THETA:g}. In what is asked for here the estimates run from {low:.2g} "
        f"to {high:.2g}. *Caliendo-Parro* stands twice in the table: cars were estimated at "
        f"{estimated['theta']:.2f} with a standard error of {estimated['standard_error']:.2f}, "
        f"and {used:.2f} was used. Effects within one year are too small for any model of "
        "equilibrium."
    )


def avoided_sentence() -> str:
    """Say what was claimed of tariffs avoided."""
    claim = load_table("deal/claims").loc[AVOIDED_CLAIM]
    number, _, dollars = str(claim["quantity"]).partition(" ")
    currency, _, scale = str(claim["unit"]).partition(" ")
    return (
        f"{claim['claimant']} spoke of {currency} {number} {scale} {dollars} of tariffs avoided, "
        "without a period. At the trade of 2024 the difference of rates avoids each year:"
    )


def not_exempt_sentence(left_out: pd.DataFrame) -> str:
    """Say which exemptions are not applied, and which way that moves what is avoided.

    Parameters
    ----------
    left_out
        `research.tariffs.schedule.Schedule.not_applied`.
    """
    exempt = left_out[left_out["basis"] == "exempt"]
    if exempt.empty:
        return "Every exemption in the timeline is applied."
    rows = "; ".join(
        f"{row.scope_japan} from {day_words(row.effective_date)} "
        f"({row.note[0].lower()}{row.note[1:]})"
        for row in exempt.itertuples()
    )
    return (
        f"{counted(len(exempt))} exemption{'' if len(exempt) == 1 else 's'} of the law "
        f"{'is' if len(exempt) == 1 else 'are'} not applied: {rows}. These goods pay like others "
        "here: a state of tariffs in which the exemption holds has too high a rate, so that what "
        "it avoids or wins against another one is too little, and what another one does against it "
        "too much."
    )


def limits(sets: Sequence[str]) -> list[str]:
    """List what the results leave out, with the size where the tables know it.

    Parameters
    ----------
    sets
        From `research.tariffs.elasticities.sets_of`.
    """
    thetas = [float(theta_table(name, "one_good")["theta"].iloc[0]) for name in sets]
    apart = max(thetas) / min(thetas)
    spread = (
        f"Estimates for all goods together differ by a factor of {apart:.1f}, and no data of 2025 "
        "and 2026 bundled here can tell them apart. All sets have the same weight; with other "
        "weights the chance of a gain is another."
        if len(thetas) > 1
        else "One set alone was asked for here; others give other answers, and may "
        "give another sign."
    )
    old, new = (f"{100 * share:.1f} %" for share in (_share_of_2011(), _share_of_2023()))
    return [
        f"**Elasticities decide.** {spread}",
        "**Old trade.** The world with many sectors is that of 2011; the one of 2023 has one "
        f"good. Of what the United States bought abroad, goods alone, {old} came from Japan in "
        f"2011 and {new} in 2023.",
        "**Sectors are averages.** Rates fall on lines of the tariff schedule; a sector holds "
        "many. Goods of Japan are split over sectors as evenly as known totals allow.",
        "**No time.** The models compare two states, both adjusted. They know no idle plants, no "
        "uncertainty, no stocks and no monetary policy, which forecasts are about.",
        "**Firms are simple.** Perfect competition everywhere; a maker that sells to its own US "
        "firm sets a price on paper. The switch *sellers bear part of a duty* is no more than a "
        "hint.",
        "**Japan alone.** In the scenarios of the package rates on all other countries stay as "
        "they were before 2025. With the duties on them in force, buyers have fewer places to "
        "turn to; the driver *duties on all others* shows what that changes.",
        "**The other side of the deal is not here.** What the investment brings or costs is no "
        "part of this.",
    ]


def _theta_range(sets: Sequence[str]) -> tuple[float, float]:
    thetas = pd.concat([theta_table(name, "us_sectors")["theta"] for name in sets])
    return float(thetas.min()), float(thetas.max())


def _share_of_2011() -> float:
    goods = set(load_table("tariffs/sector_codes"))
    abroad = world_of_2011().flows_musd[HOME].drop(HOME, level="exporter")
    abroad = abroad[abroad.index.get_level_values("sector").isin(goods)]
    return float(abroad.xs(PARTNER, level="exporter").sum() / abroad.sum())


def _share_of_2023() -> float:
    abroad = one_good(2023)[HOME].drop(HOME)
    return float(abroad[PARTNER] / abroad.sum())
