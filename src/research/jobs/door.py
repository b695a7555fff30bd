"""What a user brings to the model: own projects and own kinds of projects, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, nearest, raise_if
from research.jobs import FIRST_YEAR
from research.jobs.economies import Economy
from research.jobs.projects import STAFF_INDUSTRY, Kinds, Portfolio
from research.labels import figure_faults, label_faults, one_of
from research.words import listed

#: Columns of own projects, a row a project (a project in two states is two rows).
PROJECT_COLUMNS = ("template", "bn_usd", "start_year", "state")

#: What a template has a low, central and high figure of; the last three are shares.
QUANTITIES = (
    "build_years", "staff_per_bn_usd", "operating_cost_share", "land_share", "contingency_share",
)  # fmt: skip

_ENDS = pd.Index(["low", "central", "high"])
_PHASES = ("capital", "operation")


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
    bundled = Kinds()
    faults = [*_template_faults(templates), *_mix_faults(mixes)]
    if faults:  # what cannot be read cannot be looked up
        templates = mixes = None
    kinds = Kinds(
        bundled.templates if templates is None else _more(bundled.templates, templates),
        bundled.mixes if mixes is None else _more(bundled.mixes, mixes),
        {**STAFF_INDUSTRY, **(staff_industry or {})},
    )
    if isinstance(projects, pd.DataFrame):
        missing = [one for one in PROJECT_COLUMNS if one not in projects]
    if not isinstance(projects, pd.DataFrame) or missing:
        found = f"no {listed(missing)}" if isinstance(projects, pd.DataFrame) else type(projects)
        faults.append(Fault("projects", f"a frame with {listed(PROJECT_COLUMNS)}", str(found)))
        raise_if(InputError, _SUMMARY, faults)
    faults += label_faults(projects.index, "projects")
    for name, row in projects.iterrows():
        faults += _project_faults(f"projects, {name}", row, kinds.names, economy, last_year)
    for name in dict.fromkeys(one for one in projects["template"] if one in kinds.names):
        faults += _kind_faults(name, kinds, economy)
    raise_if(InputError, _SUMMARY, faults)
    lines = pd.DataFrame(
        {
            "template": projects["template"],
            "status": "selected",
            "amount_bn_usd": projects["bn_usd"].astype(float),
            "start_year": projects["start_year"].astype(float),
        }
    )
    states, blank = economy.trades.index, projects["state"].isna().to_numpy()[:, None]
    here = projects["state"].to_numpy()[:, None] == states.to_numpy()
    shares = np.where(blank, (economy.trades / economy.trades.sum()).to_numpy(), here)
    placed = pd.DataFrame(shares.astype(float), lines.index, states)
    return Portfolio(lines, placed, "own projects", "none", kinds)


_SUMMARY = "These projects cannot be modelled."


def _more(bundled: Any, own: Any) -> Any:
    """Put a user's kinds in front of the bundled ones of other names."""
    others = ~bundled.index.get_level_values(0).isin(own.index.get_level_values(0))
    return pd.concat([own.rename_axis(bundled.index.names), bundled[others]])


def _project_faults(
    where: str, row: pd.Series, kinds: list[str], economy: Economy, last_year: int
) -> list[Fault]:
    faults = []
    if row["template"] not in kinds:
        todo = nearest(str(row["template"]), kinds)
        faults.append(Fault(f"{where}, template", "a kind of project", repr(row["template"]), todo))
    for name, asked, low, high in (
        ("bn_usd", "USD billion, above zero", 0.0, np.inf),
        ("start_year", f"a year from {FIRST_YEAR} to {last_year}", FIRST_YEAR, last_year + 1),
    ):
        value = row[name]
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not low <= value < high or value == 0:
            faults.append(Fault(f"{where}, {name}", asked, repr(value)))
    state, states = row["state"], list(map(str, economy.trades.index))
    if not pd.isna(state) and state not in states:
        faults.append(Fault(f"{where}, state", "a state", repr(state), nearest(str(state), states)))
    return faults


def _template_faults(templates: object) -> list[Fault]:
    """Word what keeps a frame from being one of templates."""
    if templates is None:
        return []
    layout = "a frame by template and quantity with low, central and high"
    if not isinstance(templates, pd.DataFrame) or templates.index.nlevels != 2:
        return [Fault("templates", layout, _shape(templates))]
    faults = label_faults(templates.columns, "templates, columns", _ENDS)
    return faults or [
        *label_faults(templates.index, "templates"),
        *figure_faults(templates, "templates", at_least=0),
    ]


def _mix_faults(mixes: object) -> list[Fault]:
    """Word what keeps a Series from being one of mixes."""
    if mixes is None:
        return []
    layout = "a Series of shares by template, phase and commodity"
    if not isinstance(mixes, pd.Series) or mixes.index.nlevels != 3:
        return [Fault("mixes", layout, _shape(mixes))]
    return [*label_faults(mixes.index, "mixes"), *figure_faults(mixes, "mixes", at_least=0)]


def _shape(given: object) -> str:
    levels = getattr(getattr(given, "index", None), "nlevels", 0)
    return f"{type(given).__name__}, {levels} levels" if levels else type(given).__name__


def _kind_faults(name: str, kinds: Kinds, economy: Economy) -> list[Fault]:
    """Word what a template lacks, or has that the economy does not know."""
    own, industry = kinds.templates.loc[name], kinds.staff_industry.get(name)
    commodities, industries = economy.market_shares.columns, economy.market_shares.index
    faults = [
        Fault(f"templates, {name}", one, "nothing") for one in QUANTITIES if one not in own.index
    ]
    falling = own.index[~(own["low"].le(own["central"]) & own["central"].le(own["high"]))]
    faults += [
        Fault(f"templates, {name}, {one}", "low <= central <= high", "not so") for one in falling
    ]
    if not faults and not own.at["build_years", "low"] > 0:
        faults.append(Fault(f"templates, {name}, build_years", "years above zero", "0"))
    if not faults and own.loc[["land_share", "contingency_share"], "high"].sum() >= 1:
        faults.append(Fault(f"templates, {name}", "land and contingency below 1 together", "more"))
    if industry not in industries:
        todo = "Name it in staff_industry."
        faults.append(Fault(f"staff_industry, {name}", one_of(industries), repr(industry), todo))
    found = kinds.mixes.index.get_level_values(0) == name
    mix = kinds.mixes[found].groupby(level=[1, 2]).sum()
    for phase in _PHASES:
        shares = mix[mix.index.get_level_values(0) == phase]
        if not abs(shares.sum() - 1) < 1e-6:
            where = f"mixes, {name}, {phase}"
            faults.append(Fault(where, "shares that add up to 1", f"{shares.sum():g}"))
    bought = mix.index.get_level_values(1).unique()
    return faults + label_faults(bought, f"mixes, {name}", commodities, whole=False)
