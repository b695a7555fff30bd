"""From rungs to jobs: one run of the model for many draws at once.

For draw d, line l and year t the spending in the United States is

``pledge * selected * financed * additional * S(t) * mix * (1 - min(1, kappa * m))``

in dollars of 2025 (inflation eats into a pledge of so many dollars), with S the S-curve
of building, m the import share of an average buyer and kappa the import factor. Jobs are purchases
times `research.jobs.kernels`, less the growth of productivity since the ratios. Households spend
c = consumption_share (1 - leak) of each dollar of compensation, in rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.jobs import FIRST_YEAR, LAST_YEAR
from research.jobs.employment import price_levels
from research.jobs.kernels import DOLLAR_YEAR, Kernels, kernels
from research.jobs.ladder import checked_rungs
from research.jobs.projects import REST_RULES, SCENARIOS, Portfolio, portfolio
from research.jobs.spending import Spending, spend
from research.jobs.states import Method, method_faults

Array = NDArray[np.float64]

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
MONEY = (
    "pledged",
    "selected",
    "financed",
    "new money",
    "built in the horizon",
    "bought from producers",
    "spent in the US",
)

#: Jobs ratios are those of May 2025 and, moved by prices alone, of 2021: productivity counts from
#: the later of both.
RATIO_YEAR = 2025

# Draws computed at a time: what lies between stays in the memory next to the processor.
_BLOCK = 2000


@dataclass(frozen=True, eq=False, slots=True)
class JobsModel:
    """A portfolio, first and last year, and everything that does not depend on a draw.

    Amounts are told in dollars of ``price_year``; jobs do not depend on it.
    """

    projects: Portfolio
    years: tuple[int, int]
    kernels: Kernels
    price_year: int = DOLLAR_YEAR

    @property
    def calendar(self) -> pd.Index:
        """List the years."""
        return pd.RangeIndex(self.years[0], self.years[1] + 1, name="year")


@dataclass(frozen=True, eq=False, slots=True)
class JobDraws:
    """Jobs of every draw.

    (draws, ...): ``money_bn`` (`MONEY`), USD billion left after each rung; ``dollars_2025``, what a
    dollar spent to build is worth in dollars of 2025; ``gross`` (years, `KINDS`) and
    ``net`` (years), jobs in the year, net of those that would have stood elsewhere;
    ``gross_state``, ``net_state`` and ``gross_industry``, mean jobs a year; ``permanent``, staff
    once all stands, however late; ``site_peak_state``, jobs of the building industry on site in the
    best year of each state.
    """

    money_bn: Array
    dollars_2025: Array
    gross: Array
    net: Array
    gross_state: Array
    net_state: Array
    gross_industry: Array
    permanent: Array
    site_peak_state: Array
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
        faults = [
            Fault("states", "names of states, such as Ohio", repr(state))
            for state in states
            if state not in self.states
        ]
        twice = sorted({state for state in states if list(states).count(state) > 1})
        faults += [Fault("states", "each state once", f"{state} twice") for state in twice]
        raise_if(InputError, "These states cannot be added up.", faults)
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
    """Build the model of a scenario, for the first and last of ``years``.

    ``scenario`` and ``rest_rule`` are those of `research.jobs.projects.portfolio`, ``method`` and
    ``delta`` those of `research.jobs.states.regions`; amounts are told in dollars of
    ``price_year``, 2012 to 2025, whichever it is the jobs are the same.

    Every fault of what is given is named in one `InputError`.
    """
    pair = list(years) if isinstance(years, Sequence) else []
    whole = len(pair) == 2 and all(isinstance(year, int | np.integer) for year in pair)
    faults = []
    if not (whole and FIRST_YEAR <= pair[0] <= pair[1] <= LAST_YEAR):
        asked = f"first and last year, from {FIRST_YEAR} to {LAST_YEAR}"
        faults.append(Fault("years", asked, repr(years)))
    known: dict[str, tuple[object, Sequence[object]]] = {
        "scenario": (scenario, list(SCENARIOS)),
        "rest_rule": (rest_rule, REST_RULES),
        "price_year": (price_year, list(price_levels().columns)),
    }
    faults += [
        Fault(name, f"one of {', '.join(map(str, allowed))}", repr(value))
        for name, (value, allowed) in known.items()
        if value not in allowed
    ]
    faults += method_faults(method, delta)
    raise_if(InputError, "There is no such model of jobs.", faults)
    projects = portfolio(scenario, rest_rule)
    made = kernels(projects, method=method, delta=delta)
    return JobsModel(projects, (int(years[0]), int(years[1])), made, int(price_year))


def run(model: JobsModel, rungs: Mapping[str, Array]) -> JobDraws:
    """Compute the jobs of every draw of the rungs (name -> (n,) values), as `checked_rungs`."""
    r, k = checked_rungs(rungs), model.kernels
    n = len(r["selected_share"])
    blocks = [slice(start, start + _BLOCK) for start in range(0, n, _BLOCK)]
    parts = [_run(model, {name: values[one] for name, values in r.items()}) for one in blocks]
    draws = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return JobDraws(**draws, years=model.calendar, states=k.states, industries=k.industries)


def _run(model: JobsModel, r: Mapping[str, Array]) -> dict[str, Array]:
    k, spending = model.kernels, spend(model, r)
    # Jobs per dollar against those of the ratios, (draws, years).
    ahead = model.calendar.to_numpy() - RATIO_YEAR
    fade = (1 + r["productivity_growth_pct"][:, None] / 100) ** -ahead
    flow = _Flow.of(k, spending, r, fade)
    gross = flow.kinds()
    site, kept = flow.sites(r["trades_slack_share"][:, None] * k.trades.to_numpy())
    gross_state = flow.by_state()
    other = 1 - r["crowding_out_share"][:, None]
    home_bn = ((spending.paid_bn @ k.capital_mix) * flow.home[0]).sum(axis=1)
    return {
        "money_bn": np.column_stack([*spending.money_bn, home_bn]),
        "dollars_2025": spending.dollars_2025,
        "gross": gross,
        "net": other * (gross.sum(axis=2) - site.sum(axis=2)) + kept.sum(axis=2),
        "gross_state": gross_state,
        "net_state": other * (gross_state - site.mean(axis=1)) + kept.mean(axis=1),
        "gross_industry": flow.by_industry(),
        "permanent": spending.permanent,
        "site_peak_state": site.max(axis=1),
    }


@dataclass(frozen=True, eq=False, slots=True)
class _Flow:
    """Purchases of every draw on their way to jobs.

    Pairs are of building and of operation: ``spent`` (draws, groups, years), USD million, and
    ``home`` (draws, cells), the share of it bought at home. ``fade`` (draws, years); ``rounds``
    (draws,) the dollars that households spend in all rounds per dollar of first compensation;
    ``weight`` (draws,) that of the first count of jobs; ``faded`` (draws, cells), bought at home,
    and ``faded_staff`` (draws, groups) the mean a year, each year in what it still needs in jobs.
    """

    kernels: Kernels
    spent: tuple[Array, Array]
    home: tuple[Array, Array]
    staff: Array
    fade: Array
    rounds: Array
    weight: Array
    faded: Array
    faded_staff: Array

    @classmethod
    def of(cls, k: Kernels, money: Spending, r: Mapping[str, Array], fade: Array) -> _Flow:
        kappa, c = r["import_factor"][:, None], r["consumption_share"] * (1 - r["leak"])
        capital, operation = (
            1 - np.minimum(1, kappa * k.cells[f"{phase}_import"].to_numpy())
            for phase in ("capital", "operation")
        )
        built, run_by, staff = (
            np.einsum("ngt,nt->ng", one, fade) / fade.shape[1]
            for one in (money.capital, money.operation, money.staff)
        )
        return cls(
            kernels=k,
            spent=(money.capital, money.operation),
            home=(capital, operation),
            staff=money.staff,
            fade=fade,
            rounds=c / (1 - c * k.rho),
            weight=r["nipa_weight"],
            faded=(built @ k.capital_mix) * capital + (run_by @ k.operation_mix) * operation,
            faded_staff=staff,
        )

    def kinds(self) -> Array:
        """Give the jobs of the nation by year and kind, (draws, years, kinds)."""
        k, w = self.kernels, self.weight[:, None]
        # One product of all columns: direct and total jobs by both counts, and compensation.
        columns = np.vstack([k.direct, k.all_state.sum(axis=2), k.income_state.sum(axis=1)]).T
        basket = k.household_industry.sum(axis=1)
        per_dollar = (w * basket[0] + (1 - w) * basket[1]) * self.rounds[:, None]
        kinds, staff = [], self.staff.sum(axis=1)
        for spent, home, mix, own in zip(
            self.spent, self.home, (k.capital_mix, k.operation_mix), (0.0, staff), strict=True
        ):
            # What a group calls for is the same in all years: (draws, groups, columns).
            each = (mix.T[:, :, None] * columns[:, None]).reshape(len(columns), -1)
            each = (home @ each).reshape(len(home), len(mix), -1)
            direct_0, direct_1, total_0, total_1, paid = np.einsum("ngt,ngj->jnt", spent, each)
            direct, total = w * direct_0 + (1 - w) * direct_1, w * total_0 + (1 - w) * total_1
            induced = per_dollar * (paid + k.wage_musd * own)
            kinds += [self.fade * direct + own, self.fade * (total - direct), self.fade * induced]
        return np.stack(kinds, axis=2)

    def sites(self, slack: Array) -> tuple[Array, Array]:
        """Give the jobs on site, (draws, years, states), and those that the slack can fill."""
        k = self.kernels
        spent = (self.fade[:, None] * self.spent[0]).swapaxes(1, 2)
        here = (spent @ k.capital_mix[:, k.site_cells]) * self.home[0][:, None, k.site_cells]
        site = self._mixed(here, k.site)
        return site, np.minimum(site, slack[:, None])

    def by_state(self) -> Array:
        """Give the mean jobs a year by state."""
        k = self.kernels
        shares = k.group_shares.to_numpy()
        income = self.faded @ k.income_state + k.wage_musd * (self.faded_staff @ shares)
        induced = self._mixed(income * self.rounds[:, None], k.household_state)
        suppliers = self._mixed(self.faded, k.all_state)
        jobs: Array = self.staff.mean(axis=2) @ shares + suppliers + induced
        return jobs

    def by_industry(self) -> Array:
        """Give the mean jobs a year by industry, staff in the industry of its template."""
        k = self.kernels
        paid = self.faded @ k.income_state.sum(axis=1)
        income = paid + k.wage_musd * self.faded_staff.sum(axis=1)
        spent = (income * self.rounds)[:, None]
        induced = self._mixed(spent, k.household_industry[:, None, :])
        suppliers = self._mixed(self.faded, k.all_industry)
        jobs: Array = self.staff.mean(axis=2) @ k.staff_industry + suppliers + induced
        return jobs

    def _mixed(self, bought: Array, kernel: Array) -> Array:
        """Multiply with the kernels of both counts of jobs, each with its weight."""
        w = np.expand_dims(self.weight, tuple(range(1, bought.ndim)))
        both = np.concatenate([w * bought, (1 - w) * bought], axis=-1)
        mixed: Array = both @ np.concatenate(kernel)
        return mixed
