"""What a million dollars calls for, made once: jobs by industry and state of each purchase.

Every result of the model is linear in what is bought where, so that draws need no more than
products of small matrices.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.jobs.economies import ON_SITE, Economy, us_economy
from research.jobs.projects import Array, Portfolio
from research.jobs.states import Method, regions


@dataclass(frozen=True, eq=False, slots=True)
class Kernels:
    """Everything that does not depend on a draw.

    A cell is a commodity bought for a place, that is, for one set of shares of the states. K cells,
    V counts of jobs, S states, I industries, G groups.

    ``groups`` has ``template``, ``place`` and the positions of its ``lines`` in the portfolio,
    ``group_shares`` (G, S) rows that add up to 1, ``cells`` the columns ``place``, ``commodity``,
    ``capital_import`` and ``operation_import`` (import shares of an average buyer). Mixes (G, K)
    are shares of a group's spending that go to each cell.

    Jobs per USD million of domestic purchase: ``direct`` (V, K) in the industries that deliver,
    ``all_state`` (V, K, S) and ``all_industry`` (V, K, I) in all rounds of suppliers, ``site``
    (V, cells that build on site, S) of the building industry there. ``income_state`` (K, S) is
    compensation per USD, all rounds. Per USD million that households of a state spend:
    ``household_state`` (V, S, S), jobs where the goods are made, ``household_industry`` (V, I) the
    same by industry, the nation; ``rho`` compensation per USD of it.

    ``wage_musd`` is compensation per employee, USD million a year, all industries; ``trades``
    employees in building trades and ``jobs`` all jobs by state; ``staff_industry`` (G,
    I) 1 in the industry of the template's staff. Dollars are those of `DOLLAR_YEAR`.
    """

    industries: pd.Index
    states: pd.Index
    groups: pd.DataFrame
    group_shares: pd.DataFrame
    cells: pd.DataFrame
    capital_mix: Array
    operation_mix: Array
    direct: Array
    all_state: Array
    all_industry: Array
    income_state: Array
    site_cells: NDArray[np.intp]
    site: Array
    household_state: Array
    household_industry: Array
    rho: float
    wage_musd: float
    trades: pd.Series
    jobs: pd.Series
    staff_industry: Array


def kernels(
    projects: Portfolio, *, method: Method, delta: float, economy: Economy | None = None
) -> Kernels:
    """Compute the jobs that each purchase of a portfolio calls for, in the US by default."""
    economy = economy or us_economy()
    W, own = economy.market_shares, economy.market_shares.index
    jobs, income = economy.jobs_per_musd.to_numpy().T, economy.pay.to_numpy()
    place = regions(economy.inputs, economy.state_jobs, method=method, delta=delta)
    groups, shares = _groups(projects)
    mixes = projects.kinds.mixes
    bought = mixes.index.to_frame(index=False)
    cells = groups.merge(bought, on="template")[["place", "commodity"]]
    cells = cells.drop_duplicates().sort_values(["place", "commodity"], ignore_index=True)
    cells = cells.join(economy.import_shares, on="commodity")
    places = shares.groupby(groups["place"]).first()
    # A dollar of each cell: (K, I, S) of the first round and of all rounds.
    first, stands = W[cells["commodity"]].to_numpy().T, places.loc[cells["place"]].to_numpy()
    direct, total = place.place(first, stands, (ON_SITE,))
    site = np.flatnonzero(cells["commodity"] == ON_SITE)
    on_site = own == ON_SITE
    # By (state of the household, industry, state that makes it) per dollar spent.
    here = np.eye(place.jobs.shape[1])
    basket = (W @ economy.basket).to_numpy()
    household = place.place(np.tile(basket, (len(here), 1)), here, ())[1]
    output = place.national_inverse @ basket
    staff = groups["template"].map(dict(projects.kinds.staff_industry))
    return Kernels(
        industries=own,
        states=place.jobs.columns,
        groups=groups,
        group_shares=shares,
        cells=cells,
        capital_mix=_mix(mixes, "capital", groups, cells),
        operation_mix=_mix(mixes, "operation", groups, cells),
        direct=np.einsum("vi,kis->vk", jobs, direct),
        all_state=np.einsum("vi,kis->vks", jobs, total),
        all_industry=np.einsum("vi,kis->vki", jobs, total),
        income_state=np.einsum("i,kis->ks", income, total),
        site_cells=site,
        site=np.einsum("vi,kis->vks", jobs[:, on_site], direct[site][:, on_site]),
        household_state=np.einsum("vi,fit->vft", jobs, household),
        household_industry=jobs * output,
        rho=float(income @ output),
        wage_musd=economy.wage_musd,
        trades=economy.trades,
        jobs=place.jobs.sum(),
        staff_industry=np.eye(len(own))[own.get_indexer(staff)],
    )


def _groups(projects: Portfolio) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the lines that buy the same in the same states: they differ in time alone."""
    shares = projects.state_shares
    place = shares.groupby(list(shares.columns), sort=False).ngroup()
    keys = [projects.lines["template"], place]
    number = projects.lines.groupby(keys, sort=False).ngroup()
    first = ~number.duplicated()
    groups = pd.DataFrame({"template": keys[0][first], "place": place[first]})
    groups["lines"] = [list(np.flatnonzero(number == group)) for group in number[first]]
    index = pd.Index(number[first], name="group")
    return groups.set_axis(index), shares[first].set_axis(index)


def _mix(mixes: pd.Series, phase: str, groups: pd.DataFrame, cells: pd.DataFrame) -> Array:
    shares = mixes.xs(phase, level="phase").unstack(fill_value=0.0)
    shares = shares.reindex(columns=cells["commodity"].unique(), fill_value=0.0)
    bought = shares.loc[groups["template"], cells["commodity"]].to_numpy()
    return np.asarray(bought * (groups["place"].to_numpy()[:, None] == cells["place"].to_numpy()))
