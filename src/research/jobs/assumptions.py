"""Assumptions of the jobs model: what tables mark, what the code takes for granted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from research.data.assumption_page import markdown_table, notes_of
from research.data.tables import checked
from research.jobs.ladder import load_ladder
from research.jobs.model import JobDraws, JobsModel, jobs_model, run
from research.jobs.portfolio import REST_RULES, REST_START_YEARS, SCENARIOS
from research.jobs.sensitivity import one_at_a_time

_HEAD = """\
## Jobs

Figures that were not found in a source, or that a source bounds without stating, from the tables
in `data/jobs` and from the model. Each row says why its figure was chosen, what it does to the
answer and where in `research.jobs` it enters; to try another, use the parameter `rungs` of the
notebook. An effect is given in net jobs in a mean year from 2026 to 2040, with all else at its
central value.

*sourced*: the figures stand in the source. *assumption*: they are ours, and the source gives the
reason or a bound. A range of low, central and high is the smallest, most likely and largest value.
"""

#: Where each rung enters, below `research.jobs`.
PLACES = {
    "pledged_bn_usd": "spending.spend",
    "selected_share": "spending.spend",
    "financed_share": "spending.spend",
    "additional_share": "spending.spend",
    "delay_years": "schedule.spent_by",
    "inflation_pct": "spending.spend",
    "import_factor": "model.run",
    "consumption_share": "model.run",
    "leak": "model.run",
    "productivity_growth_pct": "model.run",
    "nipa_weight": "model.run",
    "staff_factor": "spending.spend",
    "trades_slack_share": "model.run",
    "crowding_out_share": "model.run",
    "build_time_position": "spending.spend",
    "operation_position": "spending.spend",
}

#: What the code takes for granted: assumption, effect, place below `research.jobs`.
IN_THE_CODE = (
    (
        "An industry uses the same inputs whatever it makes, at fixed prices and without limits",
        "gross jobs too high when much is bought at once; the rungs of slack and displaced jobs "
        "stand for it",
        "requirements.requirements",
    ),
    (
        "Each project is deflated at the middle of its building; beyond 2023 prices of all "
        "industries move with the GDP deflator",
        "jobs too high where an industry's prices rose faster",
        "prices.price_levels",
    ),
    (
        "Jobs of May 2025 stand over output of 2023",
        "jobs per dollar too high by real growth since then",
        "employment.employment_ratios",
    ),
    (
        "Productivity grows from 2025 on, in all industries alike",
        "see the rung",
        "model.run",
    ),
    (
        "Capital is imported like structures and equipment on average, running purchases like "
        "those of all industries",
        "see the rung of imports",
        "kernels.CAPITAL_BUYERS",
    ),
    (
        "All building work is done in the state of the project",
        "more jobs in those states, none in the nation",
        "kernels.ON_SITE",
    ),
    (
        "Capital is spent on an S-curve, half of it by the middle of building",
        "moves jobs between years",
        "schedule.spent_by",
    ),
    (
        "Permanent staff earn what an average employee costs and work in one industry a template",
        "moves induced jobs, and the split by industry",
        "kernels.STAFF_INDUSTRY",
    ),
    (
        "Pay is spent where it is earned, in every round on the average basket",
        "moves at most a few per cent of a state's jobs",
        "model.run",
    ),
    (
        "Builders on site beyond the free trades of the state displace others one for one, all "
        "other jobs by one share",
        "see the rungs of slack and displaced jobs",
        "model.run",
    ),
    (
        "Rungs are independent of each other, each with a PERT distribution",
        "a tighter spread than if all went well or badly together",
        "ladder.Ladder",
    ),
)

_EFFECT_OF_MIXES = (
    "What a mix does: direct and indirect jobs of a million dollars of capital of 2025, a mean of "
    "the two counts of jobs, bought as an average buyer does (`kernels.kernels`)."
)

_QUANTITIES = {
    "build_years": "Years of building",
    "staff_per_bn_usd": "Permanent staff per USD billion of capital",
    "operating_cost_share": "Operating purchases a year as a share of capital",
}


def assumptions() -> str:
    """Write all assumptions of the jobs model as Markdown, a part of the page.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    model = _model("pledge", "mou_sectors")
    sections = (
        _rungs(model),
        _choices(),
        _code(),
        _templates(),
        _mixes(model),
        _links(),
        _rest(),
    )
    return "\n".join([_HEAD, *sections])


def _rungs(model: JobsModel) -> str:
    effects = one_at_a_time(model, load_ladder(), JobDraws.mean_net)
    rows = [
        (
            f"`{row.rung}`",
            *_range(row),
            row.unit,
            row.basis,
            _effect(effects, row.rung),
            f"`{PLACES[row.rung]}`",
            f"{row.meaning}. {row.source}",
        )
        for row in checked("jobs/ladder_rungs").itertuples()
    ]
    header = (
        *("rung", "low", "central", "high", "unit", "basis", "net jobs from low to high"),
        *("place", "meaning and reason"),
    )
    return _section("From pledged to real", "jobs/ladder_rungs", [markdown_table(header, rows)])


def _effect(effects: pd.DataFrame, rung: str) -> str:
    if rung not in effects.index:
        return "fixed"
    row = effects.loc[rung]
    return f"{row['at_low']:,.0f} to {row['at_high']:,.0f}"


def _choices() -> str:
    """Give net jobs under each scenario and rule for the rest."""
    central = {name: np.array([value]) for name, value in load_ladder().central().items()}
    cases = [("pledge", rule) for rule in REST_RULES]
    cases += [(name, REST_RULES[0]) for name in SCENARIOS if name != "pledge"]
    rows = []
    for scenario, rule in cases:
        jobs = float(run(_model(scenario, rule), central).mean_net()[0])
        shown = rule if scenario == "pledge" else "no rest"
        rows.append((scenario, shown, f"{jobs:,.0f}", "`portfolio.portfolio`"))
    header = ("scenario", "rule for the rest", "net jobs in a mean year", "place")
    return f"### Which projects\n\n{markdown_table(header, rows)}\n"


def _code() -> str:
    rows = [(what, effect, f"`{place}`") for what, effect, place in IN_THE_CODE]
    header = ("taken for granted", "effect", "place")
    return f"### In the code\n\n{markdown_table(header, rows)}\n"


def _model(scenario: str, rest_rule: str) -> JobsModel:
    return jobs_model(
        scenario=scenario,
        rest_rule=rest_rule,
        years=(2026, 2040),
        price_year=2025,
        method="FLQ",
        delta=0.3,
    )


def _templates() -> str:
    frame = checked("jobs/project_templates")
    header = ("kind of project", "low", "central", "high", "basis", "reason")
    parts = []
    for quantity, title in _QUANTITIES.items():
        rows = [
            (row.template, *_range(row), row.basis, row.source)
            for row in frame[frame["quantity"] == quantity].itertuples()
        ]
        parts += [f"#### {title}", markdown_table(header, rows)]
    return _section("Kinds of projects", "jobs/project_templates", parts)


def _mixes(model: JobsModel) -> str:
    header = ("kind of project", "building jobs per USD million", "of it imported, %")
    effect = [_EFFECT_OF_MIXES, markdown_table(header, _mix_effects(model))]
    return _section("What projects buy", "jobs/cost_mix", [*effect, "\n".join(_mix_lines())])


def _mix_effects(model: JobsModel) -> list[tuple[str, str, str]]:
    """Give direct and indirect jobs of a million of capital, bought as by an average buyer."""
    k = model.kernels
    home = 1 - k.cells["capital_import"].to_numpy()
    jobs = k.capital_mix @ (home * k.all_state.sum(axis=2).mean(axis=0))
    abroad = 100 * (1 - k.capital_mix @ home)
    rows = {
        template: (template, f"{jobs[number]:.1f}", f"{abroad[number]:.0f}")
        for number, template in enumerate(k.groups["template"])
    }
    return list(rows.values())


def _mix_lines() -> Iterator[str]:
    """Give a line for each reason in a mix, with the commodities it stands for."""
    codes = checked("jobs/bea_codes").query("kind == 'commodity'").set_index("code")["name"]
    frame = checked("jobs/cost_mix")
    for (template, phase), mix in frame.groupby(["template", "phase"], sort=False):
        yield f"- **{template}, {phase}**"
        for (basis, source), part in mix.groupby(["basis", "source"], sort=False):
            shares = "; ".join(
                f"{codes[row.commodity]} (`{row.commodity}`) {100 * row.share:g} %"
                for row in part.itertuples()
            )
            yield f"    - {shares}. *{basis}*: {source}."


def _links() -> str:
    rows = [
        (
            row.project,
            row.template,
            "not named" if pd.isna(row.state) else row.state,
            f"{row.state_share:g}",
            "" if pd.isna(row.amount_bn_usd) else f"{row.amount_bn_usd:g}",
            f"{row.start_lag_years:g}",
            row.reason,
        )
        for row in checked("jobs/project_links").itertuples()
    ]
    header = ("project", "kind", "state", "share", "bn USD", "years to start", "reason")
    return _section("Projects of the pledge", "jobs/project_links", [markdown_table(header, rows)])


def _rest() -> str:
    years = ", ".join(f"{year:g}" for year in REST_START_YEARS)
    starts = (
        f"The rest starts in equal parts at the beginning of {years}: the memorandum lets "
        "investments be made until 19 January 2029. Its states are in proportion to their building "
        "trades (SOC 47-0000)."
    )
    rows = [
        (row.rule, row.item, row.template, f"{row.share:g}", row.reason)
        for row in checked("jobs/rest_rules").itertuples()
    ]
    header = ("rule", "item", "kind of project", "share", "reason")
    return _section(
        "The rest of the pledge", "jobs/rest_rules", [starts, markdown_table(header, rows)]
    )


def _section(title: str, name: str, parts: list[str]) -> str:
    return "\n\n".join([f"### {title}", f"Table `{name}`.", *parts, notes_of(name)])


def _range(row: object) -> tuple[str, str, str]:
    low, central, high = (f"{getattr(row, name):g}" for name in ("low", "central", "high"))
    return low, central, high
