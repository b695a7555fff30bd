"""From rungs to jobs: one run of the model for many draws at once.

For draw d, line l and year t the spending in the United States is

``pledge * selected * financed * additional * S(t) * mix * (1 - min(1, kappa * m))``

in dollars of 2025 (inflation eats into a pledge of so many dollars), with S the S-curve
of building, m the import share of an average buyer and kappa the import factor. Jobs are purchases
times `research.jobs.kernels`, less the growth of productivity since the ratios. Households spend
c = consumption_share (1 - leak) of each dollar of compensation, in rounds. Of the jobs that are net
at first, a share that rises with the years is displaced as well, up to all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs import FIRST_YEAR, LAST_YEAR
from research.jobs.door import own_portfolio
from research.jobs.economies import Economy, us_economy
from research.jobs.kernels import Kernels, kernels
from research.jobs.ladder import checked_rungs
from research.jobs.projects import DRAWN, REST_RULES, SCENARIOS, Array, Portfolio, portfolio
from research.jobs.spending import Spending, spend
from research.jobs.states import METHODS, Method

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

#: Commodities that are work on the site: building, site services, repair.
SITE_WORK = ("23", "561", "81")

#: Jobs ratios are those of May 2025 and, moved by prices alone, of 2021: productivity counts from
#: the later of both.
RATIO_YEAR = 2025

# Draws computed at a time: what lies between stays in the memory next to the processor. A product
# takes rows by fours or twelves: in whole blocks equal draws give the same to the last bit.
_BLOCK = 480


@dataclass(frozen=True, eq=False, slots=True)
class JobsModel:
    """A portfolio, first and last year, and everything that does not depend on a draw."""

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

    (draws, ...): ``money_bn`` (`MONEY`), USD billion left after each rung; ``dollars_2025``, what a
    dollar spent to build is worth in dollars of 2025; ``gross`` (years, `KINDS`) and
    ``net`` (years), jobs in the year, net of those that would have stood elsewhere;
    ``gross_state``, ``net_state`` and ``gross_industry``, mean jobs a year, empty where no places
    were asked for; ``permanent``, staff once all stands, however late; ``site_peak_state``, jobs of
    the building industry on site in the best year of each state.
    ``net_state`` is less than zero where a state loses more workers than it gains jobs.
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

    def mean_gross(self) -> Array:
        """Give the mean gross jobs a year of each draw."""
        return np.asarray(self.gross.sum(axis=2).mean(axis=1))

    def mean_net(self) -> Array:
        """Give the mean net jobs a year of each draw."""
        return np.asarray(self.net.mean(axis=1))

    def peak_gross(self) -> Array:
        """Give the gross jobs of the best year of each draw."""
        return np.asarray(self.gross.sum(axis=2).max(axis=1))


def jobs_model(
    *,
    years: Sequence[int],
    scenario: str | None = None,
    rest_rule: str = DRAWN,
    method: Method = "FLQ",
    delta: float = 0.3,
    projects: pd.DataFrame | None = None,
    templates: pd.DataFrame | None = None,
    mixes: pd.Series | None = None,
    staff_industry: Mapping[str, str] | None = None,
    economy: Economy | None = None,
) -> JobsModel:
    """Build the model of a scenario of the pledge or of own projects, for some years.

    ``years`` are first and last; ``scenario`` and ``rest_rule`` those of
    `research.jobs.projects.portfolio`, ``method`` and ``delta`` those of
    `research.jobs.states.regions`.

    In place of a scenario ``projects``, a row a project by name: ``template``, ``bn_usd``,
    ``start_year`` (decimal) and ``state`` (blank: spread by building trades). ``templates``,
    ``mixes`` and ``staff_industry`` add kinds of projects, laid out as in
    `research.jobs.projects.Kinds`; ``economy`` is one of `own_economy` (default: the United
    States of 2023).

    Every fault of what is given is named in one `InputError`.
    """
    pair = list(years) if isinstance(years, Sequence) else []
    whole = len(pair) == 2 and all(isinstance(year, int | np.integer) for year in pair)
    faults = []
    if not (whole and FIRST_YEAR <= pair[0] <= pair[1] <= LAST_YEAR):
        asked = f"first and last year, from {FIRST_YEAR} to {LAST_YEAR}"
        faults.append(Fault("years", asked, repr(years)))
    known: dict[str, tuple[object, Sequence[str]]] = {
        "rest_rule": (rest_rule, [*REST_RULES, DRAWN]),
        "method": (method, METHODS),
    }
    own: dict[str, Any] = {"templates": templates, "mixes": mixes, "staff_industry": staff_industry}
    if projects is None:
        known |= {"scenario": (scenario, list(SCENARIOS))}
        faults += [
            Fault(name, "projects that are built so", "none", "Give projects.")
            for name, given in (own | {"economy": economy}).items()
            if given is not None
        ]
    elif scenario is not None:
        faults.append(Fault("scenario, projects", "one of the two", "both"))
    faults += [
        Fault(name, f"one of {', '.join(allowed)}", repr(value))
        for name, (value, allowed) in known.items()
        if value not in allowed
    ]
    if isinstance(delta, bool) or not isinstance(delta, int | float) or not 0 <= delta < 1:
        faults.append(Fault("delta", "a number from 0 up to, not including, 1", repr(delta)))
    if economy is not None and not isinstance(economy, Economy):
        found, todo = type(economy).__name__, "research.jobs.own_economy makes one."
        faults.append(Fault("economy", "an Economy", found, todo))
        economy = None
    lines = None
    if projects is not None:
        last = pair[1] if whole else LAST_YEAR
        try:
            lines = own_portfolio(projects, economy or us_economy(), last, **own)
        except InputError as error:
            faults += error.faults
    raise_if(InputError, "There is no such model of jobs.", faults)
    lines = portfolio(str(scenario), rest_rule) if lines is None else lines
    made = kernels(lines, method=method, delta=delta, economy=economy)
    return JobsModel(lines, (int(years[0]), int(years[1])), made)


def run(model: JobsModel, rungs: Mapping[str, Array], *, places: bool = True) -> JobDraws:
    """Compute the jobs of every draw of the rungs (name -> (n,) values), as `checked_rungs`.

    Without ``places`` not those by state and by industry.
    """
    r, k = checked_rungs(rungs), model.kernels
    starts = range(0, len(r["selected_share"]), _BLOCK)
    parts = [_run(model, {name: r[name][i : i + _BLOCK] for name in r}, places) for i in starts]
    draws = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return JobDraws(**draws, years=model.calendar, states=k.states, industries=k.industries)


def _run(model: JobsModel, r: Mapping[str, Array], places: bool) -> dict[str, Array]:
    k, spending = model.kernels, spend(model, r)
    # Jobs per dollar against those of the ratios, (draws, years).
    ahead = model.calendar.to_numpy() - RATIO_YEAR
    fade = (1 + r["productivity_growth_pct"][:, None] / 100) ** -ahead
    flow = _Flow.of(k, spending, r, fade)
    at_home = (_tilted(spending.paid_bn, flow.tilt) @ flow.mixes[0]) * flow.home[0]
    gross = flow.kinds()
    site, slack = flow.sites(), r["trades_slack_share"][:, None] * k.trades.to_numpy()
    free = np.minimum(site, slack[:, None]).sum(axis=2)
    other = 1 - r["crowding_out_share"][:, None]
    # What is net at first and still is, (draws, years), from the middle of the first year on.
    since = np.maximum(model.calendar.to_numpy() + 0.5 - FIRST_YEAR - r["delay_years"][:, None], 0)
    left = np.maximum(1 - r["crowding_rise_share"][:, None] * since, 0)
    total, on_site = gross.sum(axis=2), site.sum(axis=2)
    net = left * (other * (total - on_site) + free)
    by_state, by_industry = flow.by_place() if places else np.empty((2, len(net), 0))
    # Whom the projects hire leaves work in all states: builders by trades, the others by jobs.
    builders = (on_site - left * free).mean(axis=1)
    others = (total - net).mean(axis=1) - builders
    size = by_state.shape[1]
    trades, jobs = (one.to_numpy()[:size] / one.sum() for one in (k.trades, k.jobs))
    return {
        "money_bn": np.column_stack([*spending.money_bn, at_home.sum(axis=1)]),
        "dollars_2025": spending.dollars_2025,
        "gross": gross,
        "net": net,
        "gross_state": by_state,
        "net_state": by_state - np.outer(builders, trades) - np.outer(others, jobs),
        "gross_industry": by_industry,
        "permanent": spending.permanent,
        "site_peak_state": site.max(axis=1),
    }


@dataclass(frozen=True, eq=False, slots=True)
class _Flow:
    """Purchases of every draw on their way to jobs.

    Pairs are of building and of operation: ``spent`` (draws, 2 groups, years), USD million by
    ``mixes`` (2 groups, cells): the mix of each group, then what more work on the site takes from
    the rest of it; ``home`` (draws, cells), the share bought at home. ``tilt`` (draws, groups)
    part of the second mix in building; ``fade`` (draws, years); ``rounds`` (draws,) the dollars
    that households spend in all rounds per dollar of first compensation; ``weight`` (draws,) that
    of the first count of jobs.
    """

    kernels: Kernels
    spent: tuple[Array, Array]
    mixes: tuple[Array, Array]
    home: tuple[Array, Array]
    tilt: Array
    staff: Array
    fade: Array
    rounds: Array
    weight: Array

    @classmethod
    def of(cls, k: Kernels, money: Spending, r: Mapping[str, Array], fade: Array) -> Self:
        kappa, c = r["import_factor"][:, None], r["consumption_share"] * (1 - r["leak"])
        capital, operation = (
            1 - np.minimum(1, kappa * k.cells[f"{phase}_import"].to_numpy())
            for phase in ("capital", "operation")
        )
        (to_build, tilt), (to_run, run_tilt) = (
            _site_work(k, mix, r["site_work_factor"]) for mix in (k.capital_mix, k.operation_mix)
        )
        return cls(
            kernels=k,
            spent=(_tilted(money.capital, tilt), _tilted(money.operation, run_tilt)),
            mixes=(to_build, to_run),
            home=(capital, operation),
            tilt=tilt,
            staff=money.staff,
            fade=fade,
            rounds=c / (1 - c * k.rho),
            weight=r["nipa_weight"],
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
            self.spent, self.home, self.mixes, (0.0, staff), strict=True
        ):
            # What a group calls for is the same in all years: (draws, groups, columns).
            each = (mix.T[:, :, None] * columns[:, None]).reshape(len(columns), -1)
            each = (home @ each).reshape(len(home), len(mix), -1)
            found = (each.swapaxes(1, 2) @ spent).swapaxes(0, 1)
            direct_0, direct_1, total_0, total_1, paid = found
            direct, total = w * direct_0 + (1 - w) * direct_1, w * total_0 + (1 - w) * total_1
            induced = per_dollar * (paid + k.wage_musd * own)
            kinds += [self.fade * direct + own, self.fade * (total - direct), self.fade * induced]
        return np.moveaxis(np.stack(kinds), 0, 2)

    def sites(self) -> Array:
        """Give the jobs on site, (draws, years, states)."""
        k = self.kernels
        spent = (self.fade[:, None] * self.spent[0]).swapaxes(1, 2)
        here = (spent @ self.mixes[0][:, k.site_cells]) * self.home[0][:, None, k.site_cells]
        return self._mixed(here, k.site)

    def by_place(self) -> tuple[Array, Array]:
        """Give the mean jobs a year by state, and by industry (staff in that of its template)."""
        k = self.kernels
        shares, staff = k.group_shares.to_numpy(), self.staff.mean(axis=2)
        # Means a year, as they fade: what is bought at home by cell, and the staff.
        built, run_by, faded = (
            (one @ self.fade[:, :, None])[:, :, 0] / self.fade.shape[1]
            for one in (*self.spent, self.staff)
        )
        to_build, to_run = self.mixes
        bought = (built @ to_build) * self.home[0] + (run_by @ to_run) * self.home[1]
        income = bought @ k.income_state + k.wage_musd * (faded @ shares)
        induced = self._mixed(income * self.rounds[:, None], k.household_state)
        by_state = staff @ shares + self._mixed(bought, k.all_state) + induced
        spent = (income.sum(axis=1) * self.rounds)[:, None]
        induced = self._mixed(spent, k.household_industry[:, None, :])
        suppliers = self._mixed(bought, k.all_industry)
        return by_state, staff @ k.staff_industry + suppliers + induced

    def _mixed(self, bought: Array, kernel: Array) -> Array:
        """Multiply with the kernels of both counts of jobs, each with its weight."""
        w = np.expand_dims(self.weight, tuple(range(1, bought.ndim)))
        both = np.concatenate([w * bought, (1 - w) * bought], axis=-1)
        return np.asarray(both @ np.concatenate(kernel))


def _site_work(k: Kernels, mix: Array, factor: Array) -> tuple[Array, Array]:
    """Give a mix (groups, cells) with what more work on the site changes, (2 groups, cells).

    With s the share of `SITE_WORK` in a group's mix and f the factor, its commodities are bought f
    times, all others ``(1 - f s) / (1 - s)`` times, so that the sum stays; f s is at most 1. The
    second array (draws, groups) is f - 1.
    """
    here = np.array([one in SITE_WORK for one in k.cells["commodity"]])
    total, site = mix.sum(axis=1), mix[:, here].sum(axis=1)
    none = np.zeros_like(site)
    gives = np.divide(site, total - site, out=none, where=total > site)
    most = np.divide(total, site, out=none + np.inf, where=site > 0)
    change = np.where(here, mix, -gives[:, None] * mix) * (total > site)[:, None]
    return np.vstack([mix, change]), np.minimum(factor[:, None], most) - 1


def _tilted(spent: Array, tilt: Array) -> Array:
    """Put beside what is spent, (draws, groups, ...), the part that follows the second mix."""
    by = tilt.reshape(tilt.shape + (1,) * (spent.ndim - 2))
    return np.concatenate([spent, spent * by], axis=1)
