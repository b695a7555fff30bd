"""Loans, equity and guarantees: who bears a default, what room there is, what clauses are worth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from research.data import load_table
from research.deal.terms import Terms, dated_value
from research.deal.value import Array, irr, npv
from research.deal.waterfall import share_out


def parameter(name: str, end: str = "central") -> float:
    """Give a figure of ``deal/deal_parameters``, in the unit of its row."""
    return float(load_table("deal/deal_parameters").at[name, end])


def default_losses(
    paid_in: float, *, cover_share: float, recovery_share: float, hazard_pct: float
) -> pd.DataFrame:
    """Say who bears what in a default: equity all of it, lenders what is not recovered.

    Parts and fee as ``deal/deal_parameters``: JBIC holds the equity, NEXI guarantees
    ``cover_share`` of what banks lend. Instruments x ``bearer``, and as ``paid_in``: ``exposure``,
    ``loss`` if all of it fails, ``a_year`` at the hazard, ``fee`` a year.
    """
    names = ("jbic_share_of_envelope", "nexi_share_of_envelope", "equity_share_of_pledge")
    jbic, nexi, equity = (paid_in * parameter(name) / 100 for name in names)
    index = ["equity", "loans", "guarantees", "uncovered loans"]
    table = pd.DataFrame({"bearer": ["JBIC", "JBIC", "NEXI", "banks"]}, index)
    table["exposure"] = [equity, jbic - equity, nexi * cover_share, nexi * (1 - cover_share)]
    table["loss"] = table["exposure"] * [1.0, *3 * [1 - recovery_share]]
    fee = table["exposure"].where(table["bearer"] == "NEXI", 0) * parameter("guarantee_fee") / 100
    return table.assign(a_year=table["loss"] * hazard_pct / 100, fee=fee)


def limits(needed_bn_usd_year: float) -> pd.Series:
    """Hold the pledge against what Japan has, per cent, and a yearly need against Korea's ceiling.

    NEXI's part of it is a contingent liability; ``lent_already_pct``: by the reserves to JBIC.
    """
    pledge, nexi = dated_value("pledge", "US dollars"), parameter("nexi_share_of_envelope") / 100
    of_gdp = 100 * pledge / parameter("japan_gdp_2023")
    reserves, lent = parameter("fx_reserves_2025_06"), parameter("fx_reserve_loans_to_jbic")
    held = {"gdp_pct": of_gdp, "guaranteed_gdp_pct": nexi * of_gdp}
    held |= {"reserves_pct": 100 * pledge / reserves, "lent_already_pct": 100 * lent / pledge}
    over = {"times_ceiling": needed_bn_usd_year / ceiling(), "years_at_ceiling": pledge / ceiling()}
    return pd.Series(held | over)


def ceiling() -> float:
    """Give the most that Korea pays in a year, USD billion."""
    deals = load_table("deal/comparator_deals")
    return float(deals.at["Korea (cash part)", "ceiling_bn_usd_per_year"])


def yen_table(jpy_per_usd: Iterable[float], needed_bn_usd_year: float) -> pd.DataFrame:
    """Show what the pledge takes at rates of the yen, against room at NEXI and JBIC: JPY trillion.

    JPY per USD x ``pledge``; ``nexi_need``, ``nexi_left`` of its planned cover (negative: too
    little); ``jbic_need``, ``jbic_years`` of its US line in the loan plan; ``needed_a_year``.
    """
    yen = pd.Index(jpy_per_usd, name="jpy_per_usd", dtype=float).to_series() / 1e3
    table = pd.DataFrame({"pledge": dated_value("pledge", "US dollars") * yen})
    for name in ("nexi", "jbic"):
        table[f"{name}_need"] = table["pledge"] * parameter(f"{name}_share_of_envelope") / 100
    table["nexi_left"] = parameter("nexi_guarantee_capacity", "high") / 1e3 - table["nexi_need"]
    table["jbic_years"] = 1e3 * table["jbic_need"] / parameter("jbic_us_line_fy2026")
    return table.assign(needed_a_year=needed_bn_usd_year * yen)


def dividend_cost(return_pct: float, terms: Terms, jpy_per_usd: float) -> pd.Series:
    """Price 90/10 in place of 50/50 on dividends of the equity slice, JPY billion a year.

    At the low, central and high share of equity: the negotiator's "tens of billions" is of this
    kind. The memorandum shares all cash: `split_cost`.
    """
    equity = load_table("deal/deal_parameters").loc["equity_share_of_pledge"]
    points = terms.phase_one_japan_share - terms.phase_two_japan_share
    unit = dated_value("pledge", "US dollars") * jpy_per_usd * points * return_pct / 1e4
    return equity[["low", "central", "high"]].astype(float) * unit


def split_cost(
    cash: ArrayLike, paid_in: ArrayLike, terms: Terms, cost_pct: float, jpy_per_usd: float
) -> pd.DataFrame:
    """Price 90/10 in place of 50/50 after recovery on all cash, for Japan, JPY billion by draw.

    Flows are draws x projects x years, USD billion. ``a_year`` is the mean over the years after the
    first, ``whole`` the present value at Japan's cost; zero where no project recovers.
    """
    half = {f"phase_two_{x}_share": getattr(terms, f"phase_one_{x}_share") for x in ("japan", "us")}
    both = (share_out(cash, paid_in, x) for x in (terms.model_copy(update=half), terms))
    kept, left = (jpy_per_usd * one.japan.sum(axis=-2) for one in both)
    gap = kept - left
    return pd.DataFrame({"a_year": gap[..., 1:].mean(axis=-1), "whole": npv(gap, cost_pct)})


def korea_clauses(
    cash: Array, paid_in: Array, terms: Terms, cost_pct: float, years: float
) -> pd.DataFrame:
    r"""Put Korea's clauses into Japan's deal, one at a time, at Japan's cost of funds.

    *Ceiling*: paid evenly over :math:`n` = pledge / ceiling years, not ``years``, values move with
    :math:`(1 - e^{-\rho n}) / \rho n`. *Re-set*: a project not recovered in 20 years gives Japan
    all cash until it is, the most the clause could mean. *Reasonable*: projects whose mean cash
    returns less than the deemed rate are left out (nothing left: NaN).

    Claw-back costs only where Japan refuses. Flows are draws x projects x years. ``low``,
    ``central``, ``high``: Japan's present value, per cent of what is paid in (5, 50, 95 % of
    draws); ``value_bn_usd``, central, on all that is paid; ``a_year_bn_usd`` paid.
    """
    pledge, rho = dated_value("pledge", "US dollars"), np.log1p(cost_pct / 100)
    spans = np.array([pledge / ceiling(), years])
    later, sooner = -np.expm1(-rho * spans) / (rho * spans)
    own, paid = share_out(cash, paid_in, terms), npv(paid_in, cost_pct)
    whole = terms.model_copy(update={"phase_one_japan_share": 1.0, "phase_one_us_share": 0.0})
    late = ~(own.recoupment_year <= 20)[..., None]
    reset = np.where(late, share_out(cash, paid_in, whole).japan_net, own.japan_net)
    keep = (irr((cash - paid_in).mean(axis=0)).round(9) >= terms.deemed_rate_pct)[:, None]
    some, kept = share_out(cash * keep, paid_in * keep, terms).japan_net, paid @ keep[:, 0]
    nets = {"as signed": own.japan_net, "ceiling": own.japan_net, "re-set": reset}
    value = pd.DataFrame({k: npv(net, cost_pct).sum(axis=-1) / paid.sum(axis=-1)
                          for k, net in nets.items()})  # fmt: skip
    value["reasonable"] = npv(some, cost_pct).sum(axis=-1) / kept
    table = 100 * value.quantile([0.05, 0.5, 0.95]).T.set_axis(["low", "central", "high"], axis=1)
    part = pd.Series(1.0, table.index)
    part["reasonable"] = kept.sum() / paid.sum()
    table["value_bn_usd"] = table["central"] / 100 * pledge * part
    table["a_year_bn_usd"] = part * pledge / years
    table.loc["ceiling", "value_bn_usd":] *= [later / sooner, years / spans[0]]
    return table.rename_axis("clause")
