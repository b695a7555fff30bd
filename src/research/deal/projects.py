"""Projects by kind, drawn: what is paid in, what they throw off, what a failed one brings back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.data import load_table
from research.deal.terms import dated_value
from research.deal.value import Array, npv

#: Year 0 of the flows: that of the first selection.
FIRST_YEAR = 2026

#: What a kind of project is drawn by, each from a range.
QUANTITIES = (
    "build_years", "ramp_years", "life_years", "return_pct", "overrun_pct", "delay_years",
    "hazard_pct", "hazard_times", "hazard_years", "recovery_pct",
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Flows:
    """Drawn flows, USD bn, draws x projects x years from `FIRST_YEAR`; ``salvage`` is in ``cash``.

    Draws x projects: ``return_pct`` before overrun, delay and default, and which ``failed``.
    """

    cash: Array
    paid_in: Array
    salvage: Array
    return_pct: Array
    failed: Array


def load_kinds() -> pd.DataFrame:
    """Give the range of each of `QUANTITIES`: rows (kind, quantity), columns low, central, high."""
    named = (
        load_table("deal/project_kinds")[list(QUANTITIES)]
        .rename_axis(columns="quantity")
        .T.unstack()
    )
    figures = load_table("deal/deal_parameters").loc[named, ["low", "central", "high"]]
    return figures.set_axis(named.index.set_names(["kind", "quantity"]))


def portfolio() -> pd.DataFrame:
    """List the projects selected and the candidates, repeated in whole copies up to the pledge.

    Project x kind, amount_bn_usd (announced, times what the copies leave open) and start_year of
    building.
    """
    links = load_table("jobs/project_links").drop_duplicates("project").set_index("project")
    listed = load_table("deal/projects")
    listed = listed[listed["status"].isin(["selected", "candidate"])]
    links = links.loc[listed.index]
    begins = listed["date"].dt.year + listed["date"].dt.day_of_year / 365 + links["start_lag_years"]
    amounts = listed["amount_bn_usd"].fillna(links["amount_bn_usd"])
    times = dated_value("pledge", "US dollars") / amounts.sum()
    copies = round(times)
    found = pd.DataFrame(
        {
            "kind": links["template"],
            "amount_bn_usd": amounts * (times / copies),
            "start_year": begins.astype(int),
        }
    )
    every = pd.concat({f"copy {k + 1}": found for k in range(copies)})
    return every.set_axis([f"{name}, {copy}" for copy, name in every.index]).rename_axis("project")


def project_cash(projects: pd.DataFrame, kinds: pd.DataFrame, *, draws: int, seed: int) -> Flows:
    """Draw the flows of projects to the end of their lives; the same seed gives the same flows.

    Each quantity of ``kinds`` is drawn as in PERT (mean (low + 4 central + high) / 6), each project
    by itself; years are rounded up or down by chance, so that their mean stays. The amount is paid
    in equal parts while building; operation begins a year after the last, rises over the ramp and
    stays level, at the cash that gives the return drawn. Then the overrun is paid in too, and cash
    is put off by the delay. From a default on nothing is paid or earned; that year brings back the
    recovery of what was paid in, less the share of the life that is over.

    ``projects`` are as `portfolio` gives them, ``kinds`` as `load_kinds` does; any figure may be
    changed.
    """
    # A generator for each quantity, so that a change of one leaves the draws of the others.
    chance, *own = np.random.default_rng(seed).spawn(1 + len(QUANTITIES))
    uniform = chance.random((5, draws, len(projects)))
    ranges = kinds.unstack("quantity").loc[projects["kind"]]
    drawn = {
        name: _pert(ranges.xs(name, axis=1, level=1), rng, draws)
        for name, rng in zip(QUANTITIES, own, strict=True)
    }
    build, ramp, life, delay = (
        np.floor(drawn[f"{name}_years"] + uniform[k])[..., None]
        for k, name in enumerate(("build", "ramp", "life", "delay"))
    )
    start = (projects["start_year"].to_numpy() - FIRST_YEAR)[:, None]
    opens = start + build
    year = np.arange(float((opens + delay + life).max()) + 1)
    paid_in = projects["amount_bn_usd"].to_numpy()[:, None] / build * _between(year, start, opens)

    def output(first: Array) -> Array:
        rise = np.minimum((year - first + 1) / ramp, 1)
        return np.asarray(rise * _between(year, first, first + life))

    level = npv(paid_in, drawn["return_pct"]) / npv(output(opens), drawn["return_pct"])
    opens = opens + delay
    cash = level[..., None] * output(opens)
    paid_in *= 1 + drawn["overrun_pct"][..., None] / 100
    hazard = np.minimum(drawn["hazard_pct"] * drawn["hazard_times"] / 100, 1)
    with np.errstate(divide="ignore"):
        years = np.floor(np.log(uniform[4]) / np.log1p(-hazard))
    # The first year in which a project may fail is the one after its first payment.
    fails = start + 1 + np.where(years < drawn["hazard_years"], years, np.inf)[..., None]
    running = year < fails
    left = 1 - np.clip((fails - opens) / life, 0, 1)
    paid_in, cash = paid_in * running, cash * running
    back = drawn["recovery_pct"][..., None] / 100 * left * paid_in.sum(axis=-1, keepdims=True)
    salvage = np.where(year == fails, back, 0.0)
    failed = (fails < opens + life)[..., 0]
    return Flows(cash + salvage, paid_in, salvage, drawn["return_pct"], failed)


def _between(year: Array, first: Array, end: Array) -> Array:
    return np.asarray((year >= first) & (year < end), dtype=float)


def _pert(ranges: pd.DataFrame, rng: np.random.Generator, draws: int) -> Array:
    """Draw from ranges (projects x low, central, high): draws x projects."""
    low, central, high = (ranges[name].to_numpy() for name in ("low", "central", "high"))
    width = np.where(high > low, high - low, 1.0)
    up = 4 * (central - low) / width
    return np.asarray(low + (high - low) * rng.beta(1 + up, 5 - up, (draws, len(low))))
