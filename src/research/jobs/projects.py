"""Which projects the money goes to, and when they spend it.

The named ones, and the rest of the pledge by a stated rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.data import load_table, once

Array = NDArray[np.float64]

#: Status of the projects in each scenario; ``pledge`` adds the rest to all 550 bn.
SCENARIOS = {
    "announced": ("selected", "candidate"),
    "named": ("selected", "candidate", "discussed"),
    "pledge": ("selected", "candidate", "discussed"),
}

#: How the rest of the pledge is spread over templates.
REST_RULES = ("mou_sectors", "as_announced", "expressions")

#: In the place of a rule: draws weigh all of them, see `research.jobs.spending.amounts_bn`.
DRAWN = "drawn"

#: Decimal years in which the rest of the pledge starts, in equal parts: an assumption. The
#: memorandum lets investments be made until 19 January 2029.
REST_START_YEARS = (2027.0, 2028.0, 2029.0)

#: Construction and extraction occupations, all: they say where a building crew can be found.
TRADES_SOC = "470000"


@dataclass(frozen=True, eq=False, slots=True)
class Kinds:
    """What kinds of projects there are, by default the bundled ones.

    ``templates`` are as ``jobs/project_templates``: index template and quantity (`QUANTITIES`),
    columns low, central, high; ``mixes`` as the shares of ``jobs/cost_mix``: index template, phase
    (capital, operation) and commodity, adding up to 1 in each phase; ``staff_industry`` says where
    the permanent staff of a template works.
    """

    templates: pd.DataFrame = field(default_factory=lambda: load_table("jobs/project_templates"))
    mixes: pd.Series = field(default_factory=lambda: load_table("jobs/cost_mix")["share"])
    staff_industry: Mapping[str, str] = field(
        default_factory=lambda: dict(load_table("jobs/staff_industry")["industry"])
    )

    @property
    def names(self) -> list[str]:
        """Name the kinds."""
        return list(dict.fromkeys(self.templates.index.get_level_values(0)))


@dataclass(frozen=True, eq=False, slots=True)
class Portfolio:
    """Projects with amounts, starts and states.

    ``lines`` (name of the project, or of a part of the rest) have ``template``, ``status``
    (selected, candidate, discussed, rest), ``amount_bn_usd``, ``start_year`` (decimal year of the
    start of building, without delay), and with ``drawn`` rules also the amount by each of
    `REST_RULES`; ``state_shares``, lines x 50 states and the District of
    Columbia, rows that add up to 1.
    """

    lines: pd.DataFrame
    state_shares: pd.DataFrame
    scenario: str
    kinds: Kinds = field(default_factory=Kinds)

    @property
    def share_without_place(self) -> float:
        """Give the share of the amounts that names no state, and so is spread over all."""
        amounts = self.lines["amount_bn_usd"]
        everywhere = (self.state_shares > 0).all(axis=1)
        return float(amounts[everywhere].sum() / amounts.sum())


@once
def portfolio(scenario: str, rest_rule: str) -> Portfolio:
    """Put together the projects of a scenario; the rule matters to ``pledge`` alone.

    The rest of the pledge is spread as the sectors of the memorandum, each the same
    (``mou_sectors``), as the projects selected or put forward so far (``as_announced``), or as the
    expressions of interest of October 2025 (``expressions``); ``drawn`` has a line for what any
    rule names, its amount that of all rules on average.
    """
    named = _named_lines()
    lines = named[named["status"].isin(SCENARIOS[scenario])]
    shares = _named_shares().loc[lines.index]
    if scenario == "pledge":
        rest = _rest_lines(named, rest_rule)
        lines = pd.concat([lines, rest])
        if rest_rule == DRAWN:
            own = {rule: lines[rule].fillna(lines["amount_bn_usd"]) for rule in REST_RULES}
            lines = lines.assign(**own)
        everywhere = pd.DataFrame([trades_shares()] * len(rest), rest.index)
        shares = pd.concat([shares, everywhere])
    return Portfolio(lines, shares, scenario)


def rest_weights(rest_rule: str) -> pd.Series:
    """Compute the share of each template in the rest of the pledge; they add up to 1."""
    if rest_rule == "as_announced":
        named = _named_lines()
        now = named[named["status"].isin(SCENARIOS["announced"])]
        weights = now.groupby("template", sort=False)["amount_bn_usd"].sum()
    else:
        rules = load_table("jobs/rest_rules")
        rules = rules[rules["rule"] == rest_rule]
        weight = pd.Series(1.0, rules["item"].unique())
        if rest_rule == "expressions":
            # No amount, no weight: the table says so in its notes. What has become a named project
            # is not in the rest.
            came_from = load_table("jobs/project_links").groupby("project")["expression"].first()
            taken = _named_lines()["amount_bn_usd"].groupby(came_from).sum()
            listed = load_table("deal/expressions_of_interest")["amount_bn_usd"].fillna(0.0)
            weight = listed.sub(taken.reindex(listed.index, fill_value=0.0)).clip(lower=0.0)
        parts = rules["share"] * rules["item"].map(weight)
        weights = parts.groupby(rules["template"], sort=False).sum()
    return (weights / weights.sum()).rename("weight")


@once
def trades_jobs() -> pd.Series:
    """Give the building trades of each state, territories left out."""
    states = load_table("jobs/bea_state_jobs_2018").columns.drop("us_total")
    return load_table("jobs/oews_2025_state_trades_jobs")[TRADES_SOC].reindex(states)


def trades_shares() -> pd.Series:
    """Compute each state's share of the building trades; adds up to 1."""
    trades = trades_jobs()
    return (trades / trades.sum()).rename_axis("state").rename("share")


@once
def _named_lines() -> pd.DataFrame:
    projects = load_table("deal/projects")
    links = load_table("jobs/project_links").drop_duplicates("project").set_index("project")
    links = links.reindex(projects.index)
    dates = projects["date"].dt
    day = (dates.day_of_year - 1) / np.where(dates.is_leap_year, 366, 365)
    lines = pd.DataFrame(
        {
            "template": links["template"],
            "status": projects["status"],
            "amount_bn_usd": projects["amount_bn_usd"].fillna(links["amount_bn_usd"]),
            "start_year": dates.year + day + links["start_lag_years"],
        }
    )
    return lines.rename_axis("line")


@once
def _named_shares() -> pd.DataFrame:
    """Spread every project over the states; by building trades where no state is named."""
    links, trades = load_table("jobs/project_links"), trades_shares()
    known = links.dropna(subset="state")
    shares = known.pivot(index="project", columns="state", values="state_share")
    shares = shares.reindex(columns=trades.index).fillna(0.0)
    unknown = links.loc[links["state"].isna(), "project"]
    everywhere = pd.DataFrame([trades] * len(unknown), unknown)
    return pd.concat([shares, everywhere]).rename_axis(index="line", columns="state")


def _rest_lines(named: pd.DataFrame, rest_rule: str) -> pd.DataFrame:
    pledged = float(load_table("jobs/ladder_rungs").at["pledged_bn_usd", "central"])
    each = (pledged - named["amount_bn_usd"].sum()) / len(REST_START_YEARS)
    rules = REST_RULES if rest_rule == DRAWN else (rest_rule,)
    weights = pd.DataFrame({rule: rest_weights(rule) for rule in rules}).fillna(0.0)
    rows = {
        f"Rest of the pledge: {template}, from {start:g}": {
            "template": template,
            "status": "rest",
            "amount_bn_usd": each * own.mean(),
            "start_year": float(start),
            **(each * own if rest_rule == DRAWN else {}),
        }
        for template, own in weights.iterrows()
        for start in REST_START_YEARS
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("line")


def spent_by(moments: Array, start_year: Array, build_years: Array) -> Array:
    """Compute the share of a project's capital that is spent by each moment.

    With u = (t - start) / build, held between 0 and 1, the share is 3 u^2 - 2 u^3: the
    distribution function of a Beta(2, 2), slow at both ends and fastest in the middle. Moments
    and starts are decimal years (2027.5 is mid-2027); all arguments broadcast.
    """
    u = np.clip((moments - start_year) / build_years, 0.0, 1.0)
    return np.asarray(u * u * (3.0 - 2.0 * u))
