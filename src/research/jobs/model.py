"""From rungs to jobs: one run of the model for many draws at once.

For draw d, line l and year t the spending in the United States is

``pledge * selected * financed * additional * S(t) * mix * (1 - min(1, kappa * m))``

with S the S-curve of building, m the import share of an average buyer and kappa the import factor.
Jobs are purchases times `research.jobs.kernels`, less the growth of productivity since the ratios.
Households spend c = consumption_share (1 - leak) of each dollar of compensation, in rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.jobs.kernels import Kernels, Purchases, kernels
from research.jobs.portfolio import Portfolio, portfolio
from research.jobs.quotients import Method
from research.jobs.spending import checked_rungs, spend

Array = NDArray[np.float64]

#: Years that can be modelled: from the first selection on.
FIRST_YEAR, LAST_YEAR = 2026, 2060

#: Kinds of gross jobs, in the order of `JobDraws.gross`.
KINDS = (
    "building, direct",
    "building, indirect",
    "building, induced",
    "operation, direct",
    "operation, indirect",
    "operation, induced",
)

#: Rungs of the money, in the order of `JobDraws.money_bn`.
MONEY = ("pledged", "selected", "financed", "additional", "built", "spent_in_us")

# Jobs ratios are those of May 2025 and, moved by prices alone, of 2021: productivity counts from
# the later of both.
_RATIO_YEAR = 2025

_THOUSAND = 1_000.0


@dataclass(frozen=True, eq=False, slots=True)
class JobsModel:
    """A portfolio, the years of interest and everything that does not depend on a draw.

    Attributes
    ----------
    projects
        Lines with amounts, starts and states.
    years
        First and last year.
    kernels
        Jobs of each purchase.
    """

    projects: Portfolio
    years: tuple[int, int]
    kernels: Kernels

    @property
    def calendar(self) -> pd.Index:
        """List the years."""
        return pd.RangeIndex(self.years[0], self.years[1] + 1, name="year")


@dataclass(frozen=True, eq=False, slots=True)
class JobDraws:
    """Jobs of every draw.

    Attributes
    ----------
    money_bn
        (draws, len(`MONEY`)): USD billion that are left after each rung.
    gross
        (draws, years, len(`KINDS`)): jobs in the year.
    net
        (draws, years): jobs less those that would have stood elsewhere.
    gross_state, net_state
        (draws, states): mean jobs a year.
    gross_industry
        (draws, industries): mean gross jobs a year.
    permanent
        (draws,): permanent staff once all stands, however late.
    years, states, industries
        Labels of the axes.
    """

    money_bn: Array
    gross: Array
    net: Array
    gross_state: Array
    net_state: Array
    gross_industry: Array
    permanent: Array
    years: pd.Index
    states: pd.Index
    industries: pd.Index

    def mean_gross(self, states: Sequence[str] | None = None) -> Array:
        """Give the mean gross jobs a year of each draw, in all or in some states."""
        return self._mean(self.gross_state, states)

    def mean_net(self, states: Sequence[str] | None = None) -> Array:
        """Give the mean net jobs a year of each draw, in all or in some states."""
        return self._mean(self.net_state, states)

    def peak_gross(self) -> Array:
        """Give the gross jobs of the best year of each draw."""
        peak: Array = self.gross.sum(axis=2).max(axis=1)
        return peak

    def _mean(self, by_state: Array, states: Sequence[str] | None) -> Array:
        if states is None:
            total: Array = by_state.sum(axis=1)
            return total
        check_states(states, self.states)
        chosen: Array = by_state[:, self.states.get_indexer(list(states))].sum(axis=1)
        return chosen


def jobs_model(
    *,
    scenario: str,
    rest_rule: str,
    years: Sequence[int],
    price_year: int,
    method: Method,
    delta: float,
) -> JobsModel:
    """Build the model of a scenario.

    Parameters
    ----------
    scenario, rest_rule
        As in `research.jobs.portfolio.portfolio`.
    years
        First and last year, 2026 to 2060.
    price_year
        Year of the dollars of the pledge, 2012 to 2025.
    method, delta
        Location quotients, as `research.jobs.quotients.quotients`.

    Raises
    ------
    InputError
        If a setting is not usable.
    """
    first, last = _checked_years(years)
    projects = portfolio(scenario, rest_rule)
    made = kernels(projects, price_year=price_year, method=method, delta=delta)
    return JobsModel(projects, (first, last), made)


def run(model: JobsModel, rungs: Mapping[str, Array]) -> JobDraws:
    """Compute the jobs of every draw.

    Parameters
    ----------
    model
        From `jobs_model`.
    rungs
        Name -> (n,) values, as `research.jobs.ladder.Ladder.draw` or ``at`` give them.

    Raises
    ------
    InputError
        If a rung is missing or the lengths differ.
    """
    r = checked_rungs(rungs)
    spending = spend(model, r)
    k = model.kernels
    phases = (
        _Phase.of(k.capital, spending.capital, r),
        _Phase.of(k.operation, spending.operation, r),
    )
    rounds = _rounds(r, k.rho)
    fade = _fade(model, r["productivity_growth_pct"])
    n, n_years = fade.shape
    gross, net = np.empty((n, n_years, len(KINDS))), np.empty((n, n_years))
    gross_state, net_state = np.zeros((n, len(k.states))), np.zeros((n, len(k.states)))
    slack = r["trades_slack_share"][:, None] * k.trades.to_numpy()
    other = 1 - r["crowding_out_share"][:, None]
    for t in range(n_years):
        year = _year(k, phases, spending.staff[:, :, t], rounds, fade[:, t], r["nipa_weight"], t)
        gross[:, t] = year.kinds
        kept = other * (year.jobs - year.site) + np.minimum(year.site, slack)
        net[:, t] = kept.sum(axis=1)
        gross_state += year.jobs / n_years
        net_state += kept / n_years
    return JobDraws(
        money_bn=np.column_stack([*spending.money_bn, _spent_in_us(phases[0])]),
        gross=gross,
        net=net,
        gross_state=gross_state,
        net_state=net_state,
        gross_industry=_by_industry(k, phases, spending.staff, rounds, fade, r["nipa_weight"]),
        permanent=spending.permanent,
        years=model.calendar,
        states=k.states,
        industries=k.industries,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Phase:
    """What one phase buys at home in every draw."""

    purchases: Purchases
    groups: Array
    at_home: Array
    money: Array

    @classmethod
    def of(cls, purchases: Purchases, money: Array, r: Mapping[str, Array]) -> _Phase:
        table = purchases.table
        abroad = np.minimum(1, r["import_factor"][:, None] * table["import_share"].to_numpy())
        at_home = table["share"].to_numpy() * (1 - abroad)
        return cls(purchases, table["group"].to_numpy(), at_home, money)

    def bought(self, t: int) -> Array:
        """Give the domestic purchases of a year, (draws, purchases), USD million."""
        bought: Array = self.money[:, self.groups, t] * self.at_home
        return bought


@dataclass(frozen=True, eq=False, slots=True)
class _Year:
    kinds: Array
    jobs: Array
    site: Array


def _year(
    k: Kernels,
    phases: Sequence[_Phase],
    staff: Array,
    rounds: Array,
    fade: Array,
    weight: Array,
    t: int,
) -> _Year:
    """Compute the jobs of one year by kind and by state."""
    at_work = staff @ k.group_shares.to_numpy()
    jobs, kinds = at_work.copy(), []
    site = np.zeros_like(jobs)
    for number, phase in enumerate(phases):
        made, bought = phase.purchases, phase.bought(t)
        direct = fade * _mixed(bought, made.direct_state.sum(axis=2), weight)
        suppliers = fade[:, None] * _mixed(bought, made.all_state, weight)
        income = bought @ made.income_state
        if number == 1:
            income = income + k.wage_musd * at_work
        induced = fade[:, None] * _mixed(income * rounds[:, None], k.household_jobs, weight)
        jobs += suppliers + induced
        site += fade[:, None] * _mixed(bought, made.site, weight) if number == 0 else 0
        own = staff.sum(axis=1) if number == 1 else 0
        kinds += [direct + own, suppliers.sum(axis=1) - direct, induced.sum(axis=1)]
    return _Year(np.column_stack(kinds), jobs, site)


def _mixed(bought: Array, kernel: Array, weight: Array) -> Array:
    """Multiply with the kernels of both counts of jobs and weigh the results."""
    old, new = (bought @ one for one in kernel)
    w = weight if old.ndim == 1 else weight[:, None]
    mixed: Array = w * old + (1 - w) * new
    return mixed


def _by_industry(
    k: Kernels,
    phases: Sequence[_Phase],
    staff: Array,
    rounds: Array,
    fade: Array,
    weight: Array,
) -> Array:
    """Compute the mean jobs a year by industry, staff in the industry of its template."""
    n_years = fade.shape[1]
    out = staff.sum(axis=2) @ k.staff_industry
    spent = k.wage_musd * (staff.sum(axis=1) * fade).sum(axis=1)
    for phase in phases:
        bought = sum(phase.bought(t) * fade[:, t, None] for t in range(n_years))
        out = out + _mixed(bought, phase.purchases.all_industry, weight)
        spent = spent + bought @ phase.purchases.income_state.sum(axis=1)
    induced = _mixed((spent * rounds)[:, None], k.household_industry[:, None, :], weight)
    return (out + induced) / n_years


def _rounds(r: Mapping[str, Array], rho: float) -> Array:
    """Dollars that households spend in all rounds per dollar of first compensation."""
    c = r["consumption_share"] * (1 - r["leak"])
    rounds: Array = c / (1 - c * rho)
    return rounds


def _fade(model: JobsModel, growth_pct: Array) -> Array:
    """Jobs per dollar against those of the ratios, (draws, years)."""
    ahead = model.calendar.to_numpy() - _RATIO_YEAR
    fade: Array = (1 + growth_pct[:, None] / 100) ** -ahead
    return fade


def _spent_in_us(capital: _Phase) -> Array:
    money = capital.money.sum(axis=2)
    spent: Array = (money[:, capital.groups] * capital.at_home).sum(axis=1) / _THOUSAND
    return spent


def check_states(states: Sequence[str], known: pd.Index) -> None:
    """Refuse states that are unknown or named twice.

    Raises
    ------
    InputError
        With every one of them.
    """
    faults = [
        Fault("states", "names of states, such as Ohio", repr(state))
        for state in states
        if state not in known
    ]
    twice = sorted({state for state in states if list(states).count(state) > 1})
    faults += [Fault("states", "each state once", f"{state} twice") for state in twice]
    raise_if(InputError, "These states cannot be added up.", faults)


def _checked_years(years: Sequence[int]) -> tuple[int, int]:
    usable = len(years) == 2 and all(isinstance(y, int | np.integer) for y in years)
    if not (usable and FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR):
        asked = f"first and last year, from {FIRST_YEAR} to {LAST_YEAR}"
        raise InputError("There is no such horizon.", [Fault("years", asked, repr(years))])
    return int(years[0]), int(years[1])
