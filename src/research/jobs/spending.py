"""From the pledge to spending by group and year: the money half of the model, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from research.data import load_table
from research.jobs.economies import DOLLAR_YEAR, ON_SITE
from research.jobs.employment import price_ratio
from research.jobs.io import TABLE_YEAR, load_io_table
from research.jobs.projects import REST_RULES, Array, spent_by

if TYPE_CHECKING:
    from research.jobs.model import JobsModel

#: Interest on what is spent while a plant is being built, per cent a year: what the Japan Bank for
#: International Cooperation pays for dollars, the ten-year Treasury and a third of a point.
BUILDING_INTEREST_PCT = 4.8

#: How much likelier a dollar of a candidate is to be selected than one that no candidate asks for:
#: all three finalists that the press named before round 1 were selected, against a rung of 0.4.
CANDIDATE_ODDS = 3.0

# USD million in a billion.
_MILLIONS = 1_000.0


@dataclass(frozen=True, eq=False, slots=True)
class Spending:
    """Money and staff of every draw.

    ``money_bn``: USD billion left after each rung, (draws,) each: pledged, selected, financed,
    additional, built inside the years of interest, bought from producers. ``paid_bn`` (draws,
    groups): bought to build inside the years, dollars of the day; ``dollars_2025`` (draws,): what
    one that is built is worth in dollars of 2025, 1 where nothing is. By (draws, groups, years):
    ``capital``, bought to build, USD million of 2025; ``operation``, bought to run what stands, own
    staff apart; ``staff`` at work. ``permanent`` (draws,): staff once all stands, however late.
    """

    money_bn: tuple[Array, ...]
    paid_bn: Array
    dollars_2025: Array
    capital: Array
    operation: Array
    staff: Array
    permanent: Array


def spend(model: JobsModel, r: Mapping[str, Array]) -> Spending:
    """Compute what is spent on which group in which year.

    A line that is selected already is counted in full; of the others, candidates first, the pledge
    as a whole reaches its selected share. Scenarios that name their projects take them as selected.
    The pledge is a number of dollars, whatever they buy: each line is worth
    ``(1 + inflation)^-(m - 2025)`` of its amount in dollars of 2025, m the middle of its building.
    """
    lines = model.projects.lines
    chosen = amounts_bn(model, r) * selected_shares(model, r)[:, turns(model)]
    financed = chosen * r["financed_share"][:, None]
    amounts = financed * r["additional_share"][:, None]
    ends, position = _of_lines(model), r["operation_position"]
    build = _placed(ends["build_years"], r["build_time_position"])
    edges = np.arange(model.years[0], model.years[1] + 2, dtype=float)
    start = lines["start_year"].to_numpy() + r["delay_years"][:, None]
    # With years first the draws of all lines lie side by side: (years, draws, lines).
    done = spent_by(edges[:, None, None], start, build)
    running = np.clip(edges[1:, None, None] - (start + build), 0, 1)
    middle = start + build / 2
    real = amounts * (1 + r["inflation_pct"][:, None] / 100) ** -(middle - DOLLAR_YEAR)
    staff = real * _placed(ends["staff_per_bn_usd"], position) * r["staff_factor"][:, None]
    spent = _MILLIONS * real
    cost = _placed(ends["operating_cost_share"], position)
    inside, member = done[-1] - done[0], ends["member"].T
    built, worth = amounts * inside, (real * inside).sum(axis=1)
    total = built.sum(axis=1)
    buys = 1 - idle_share(ends, build, r["build_time_position"])
    left = (one.sum(axis=1) for one in (chosen, financed, amounts, built, built * buys))
    return Spending(
        money_bn=(r["pledged_bn_usd"], *left),
        paid_bn=(built * buys) @ member,
        dollars_2025=np.divide(worth, total, out=np.ones_like(total), where=total > 0),
        capital=np.moveaxis((spent * buys * np.diff(done, axis=0)) @ member, 0, 2),
        operation=np.moveaxis((spent * cost * running) @ member, 0, 2),
        staff=np.moveaxis((staff * running) @ member, 0, 2),
        permanent=staff.sum(axis=1),
    )


def idle_share(ends: Mapping[str, Array], build_years: Array, position: Array) -> Array:
    """Give the part of a cost that buys nothing from producers, (draws, lines).

    Land and contingency are placed between their ``ends`` like building times; with T years of
    building, money is out for T / 2 on average, so that interest is ``i / (1 + i)`` of the cost,
    ``i = r T / 2``.
    """
    i = BUILDING_INTEREST_PCT / 100 * build_years / 2
    land, reserve = (_placed(ends[f"{one}_share"], position) for one in ("land", "contingency"))
    return np.asarray(land + i / (1 + i) + reserve)


def current_account_pct_gdp(model: JobsModel, rungs: Mapping[str, Array]) -> Array:
    """Give what a net inflow of the new money adds to the current account, % of GDP.

    By identity the current account is minus the net inflow of capital: ``-100 inflow / GDP`` by
    draw and year, below zero. GDP is the value added of the table's year in dollars of 2025;
    growth since then would make the share smaller.
    """
    table, deflator = load_io_table(), load_table("jobs/gdp_deflator")
    gdp_musd = table.value_added.to_numpy().sum() * deflator[DOLLAR_YEAR] / deflator[TABLE_YEAR]
    money = spend(model, rungs)
    *_, built, bought = money.money_bn
    whole = np.divide(built, bought, out=np.ones_like(built), where=bought > 0)
    return np.asarray(-100 * whole[:, None] * money.capital.sum(axis=1) / gdp_musd)


def best_building_bn(model: JobsModel, rungs: Mapping[str, Array], price_year: int) -> Array:
    """Give what is spent on construction in the best year of each draw, (draws,).

    USD billion in dollars of ``price_year``; machines, servers and engineering are left out.
    """
    k, price = model.kernels, price_ratio(DOLLAR_YEAR, price_year)[ON_SITE]
    capital = np.moveaxis(spend(model, rungs).capital, 2, 0)
    building = (capital @ k.capital_mix)[:, :, k.site_cells].sum(axis=2)
    return np.asarray(price * building.max(axis=0) / _MILLIONS)


def amounts_bn(model: JobsModel, r: Mapping[str, Array]) -> Array:
    """Give the amounts of the lines, (draws, lines), USD billion.

    Where the rule for the rest is drawn, ``a`` = ``rest_announced_share`` weighs the projects so
    far, ``(1 - a) e`` with ``e`` = ``rest_expressions_share`` the expressions of interest, and
    ``(1 - a) (1 - e)`` the sectors of the memorandum.
    """
    by_rule, a = _of_lines(model)["amounts"], r["rest_announced_share"]
    if len(by_rule) == 1:
        return np.broadcast_to(by_rule, (len(a), by_rule.shape[1]))
    e = r["rest_expressions_share"]
    weights = np.stack([(1 - a) * (1 - e), a, (1 - a) * e], axis=1)
    return np.asarray(weights @ by_rule)


@lru_cache(maxsize=16)
def turns(model: JobsModel) -> NDArray[np.intp]:
    """Tell the lines that are selected already (0), candidates (1) and all others (2)."""
    status = model.projects.lines["status"]
    return np.select([status == "selected", status == "candidate"], [0, 1], 2)


def selected_shares(model: JobsModel, r: Mapping[str, Array]) -> Array:
    """Give the share of its amount that is selected of a line, (draws, 3) by its `turns`."""
    pledged, amounts = r["pledged_bn_usd"], model.projects.lines["amount_bn_usd"]
    if model.projects.scenario != "pledge":
        return np.ones((len(pledged), 3))
    certain, first, others = np.bincount(turns(model), amounts)
    # A pledge smaller than what is selected already cannot pay for more than itself.
    kept = np.minimum(1, pledged / certain)
    wanted = np.maximum(r["selected_share"] * pledged - certain, 0)
    # Beyond all of the candidates the others have what is missing.
    likelier = np.minimum(1, CANDIDATE_ODDS * wanted / (CANDIDATE_ODDS * first + others))
    rest = (wanted - likelier * first) / others
    return np.stack([kept, likelier, rest], axis=1)


@lru_cache(maxsize=16)
def _of_lines(model: JobsModel) -> dict[str, Array]:
    """Give low, central and high of each quantity, (3, lines), and what else no draw changes.

    ``amounts`` (rules, lines) by each of `REST_RULES`, or as they are; ``member`` (groups, lines) 1
    where a line is of a group.
    """
    lines, kinds = model.projects.lines, model.projects.kinds
    rules = [*lines.columns.intersection(REST_RULES)] or ["amount_bn_usd"]
    groups, figures = model.kernels.groups["lines"], kinds.templates[["low", "central", "high"]]
    ends = {
        str(quantity): rows.droplevel("quantity").loc[lines["template"]].to_numpy(float).T
        for quantity, rows in figures.groupby(level="quantity")
    }
    member = np.array([np.isin(range(len(lines)), one) for one in groups], dtype=float)
    return ends | {"amounts": lines[rules].to_numpy(float).T, "member": member}


def _placed(ends: Array, position: Array) -> Array:
    """Place each draw between low (0), central (0.5) and high (1), (draws, lines)."""
    low, central, high = ends
    p = position[:, None]
    below, above = low + 2 * p * (central - low), central + (2 * p - 1) * (high - central)
    return np.asarray(np.where(p < 0.5, below, above))
