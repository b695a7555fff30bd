"""What a user brings to the model: own projects and own kinds of projects, checked once."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, nearest, raise_if
from research.jobs import FIRST_YEAR
from research.jobs.economies import Economy
from research.jobs.projects import Kinds, Portfolio
from research.labels import frame_faults, label_faults, one_of, series_faults
from research.values import brief

#: Columns of own projects, a row a project (a project in two states is two rows).
PROJECT_COLUMNS = pd.Index(["template", "bn_usd", "start_year", "state"])

#: More is no project: a third of what the United States make in a year.
MOST_BN = 10_000

#: What a template has a low, central and high figure of; the last three are shares.
QUANTITIES = (
    "build_years", "staff_per_bn_usd", "operating_cost_share", "land_share", "contingency_share",
)  # fmt: skip


def own_portfolio(
    projects: pd.DataFrame,
    economy: Economy,
    last_year: int,
    *,
    templates: pd.DataFrame | None,
    mixes: pd.Series | None,
    staff_industry: Mapping[str, str] | None,
) -> Portfolio:
    """Put a user's projects together, each taken as selected; layouts as in `jobs_model`.

    Every fault of what is given is named in one `InputError`.
    """
    faults = []
    if templates is not None:
        ends = pd.Index(["low", "central", "high"])
        faults = frame_faults(templates, "templates", columns=ends, at_least=0)
    if mixes is not None:
        faults += series_faults(mixes, "mixes", at_least=0)
    faults += [
        Fault(name, f"an index of {levels}", f"{given.index.nlevels} levels")
        for name, given, levels, n in (
            ("templates", templates, "template and quantity", 2),
            ("mixes", mixes, "template, phase and commodity", 3),
        )
        if isinstance(given, pd.DataFrame | pd.Series) and given.index.nlevels != n
    ]
    bundled = Kinds()
    kinds = bundled if faults else Kinds(  # what cannot be read cannot be looked up
        _more(bundled.templates, templates),
        _more(bundled.mixes, mixes),
        {**bundled.staff_industry, **(staff_industry or {})},
    )  # fmt: skip
    if not isinstance(projects, pd.DataFrame):
        faults.append(Fault("projects", "a DataFrame", type(projects).__name__))
    elif wrong := label_faults(projects.columns, "projects, columns", PROJECT_COLUMNS):
        faults += wrong
    else:
        faults += label_faults(projects.index, "projects")
        for name, row in projects.iterrows():
            faults += _project_faults(f"projects, {name}", row, kinds.names, economy, last_year)
        for name in dict.fromkeys(one for one in projects["template"] if one in kinds.names):
            faults += _kind_faults(name, kinds, economy)
    raise_if(InputError, "These projects cannot be modelled.", faults)
    lines = projects.rename(columns={"bn_usd": "amount_bn_usd"}).drop(columns="state")
    lines = lines.astype({"amount_bn_usd": float, "start_year": float})
    states, blank = economy.trades.index, projects["state"].isna().to_numpy()[:, None]
    here = projects["state"].to_numpy()[:, None] == states.to_numpy()
    shares = np.where(blank, economy.trades / economy.trades.sum(), here).astype(float)
    placed = pd.DataFrame(shares, lines.index, states)
    return Portfolio(lines.assign(status="selected"), placed, "own projects", kinds)


def _more(bundled: Any, own: Any) -> Any:
    if own is None:
        return bundled
    others = ~bundled.index.get_level_values(0).isin(own.index.get_level_values(0))
    return pd.concat([own.rename_axis(bundled.index.names), bundled[others]])


def _project_faults(
    where: str, row: pd.Series, kinds: list[str], economy: Economy, last_year: int
) -> list[Fault]:
    states = list(map(str, economy.trades.index))
    faults = [
        Fault(f"{where}, {name}", asked, repr(row[name]), nearest(str(row[name]), known))
        for name, asked, known in (
            ("template", "a kind of project", kinds),
            ("state", "a state, its name written out", states),
        )
        # No state may be named; of a list isna is an array.
        if row[name] not in known and not (name == "state" and pd.isna(row[name]) is True)
    ]
    for name, asked, low, high in (
        ("bn_usd", f"USD billion, above zero, at most {MOST_BN:,}", 5e-324, MOST_BN),
        ("start_year", f"a year from {FIRST_YEAR} to {last_year}", FIRST_YEAR, last_year + 0.999),
    ):
        value = row[name]
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (number and low <= value <= high):
            faults.append(Fault(f"{where}, {name}", asked, brief(value)))
    return faults


def _kind_faults(name: str, kinds: Kinds, economy: Economy) -> list[Fault]:
    own, industry = kinds.templates.loc[name], kinds.staff_industry.get(name)
    where, industries = f"templates, {name}", economy.market_shares.index
    faults = [Fault(where, one, "nothing") for one in QUANTITIES if one not in own.index]
    falls = own.index[(own["low"] > own["central"]) | (own["central"] > own["high"])]
    faults += [Fault(f"{where}, {one}", "low <= central <= high", "not so") for one in falls]
    if not faults and not own.at["build_years", "low"] > 0:
        faults.append(Fault(f"{where}, build_years", "years above zero", "0"))
    if not faults and own.loc[["land_share", "contingency_share"], "high"].sum() >= 1:
        faults.append(Fault(where, "land and contingency below 1 together", "more"))
    if industry not in industries:
        todo = "Name it in staff_industry."
        faults.append(Fault(f"staff_industry, {name}", one_of(industries), repr(industry), todo))
    mix = kinds.mixes[kinds.mixes.index.get_level_values(0) == name]
    for phase in ("capital", "operation"):
        total, place = mix[mix.index.get_level_values(1) == phase].sum(), f"mixes, {name}, {phase}"
        if not abs(total - 1) < 1e-6:
            faults.append(Fault(place, "shares that add up to 1", f"{total:g}"))
    bought, known = mix.index.get_level_values(2).unique(), economy.market_shares.columns
    return faults + label_faults(bought, f"mixes, {name}", known, whole=False)
