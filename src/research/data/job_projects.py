"""What the projects are made of: templates, cost mixes, links to the pledge, rules for the rest."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.bea_codes import CODES, codes_of
from research.data.employment import OCCUPATIONS, STATES, TRADES, state_names
from research.data.identities import ranges_are_ordered
from research.data.pledge import AMOUNT_ROUNDING_BN_USD, INTEREST, PROJECTS, ROUNDS
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Quantities that each template has.
QUANTITIES = ("build_years", "staff_per_bn_usd", "operating_cost_share")

#: Capital is spent while building; operation is bought every year after it.
PHASES = ("capital", "operation")

#: A figure was found in the source, or it is an assumption with its reason.
BASES = ("sourced", "assumption")

#: Rules of the table; a third, as the projects announced so far, needs no table.
REST_RULES = ("mou_sectors", "expressions")

#: Decimal years in which the rest of the pledge starts, in equal parts: an assumption. The
#: memorandum lets investments be made until 19 January 2029.
REST_START_YEARS = (2027.0, 2028.0, 2029.0)

# Shares have at most four decimals, so their sums differ from one by rounding of floats alone.
_SUM_SLACK = 1e-9

_TEMPLATES, _MIX, _LINKS = "jobs/project_templates", "jobs/cost_mix", "jobs/project_links"
_REST = "jobs/rest_rules"


def load_project_templates() -> pd.DataFrame:
    """Load building time, staff and operating cost of each kind of project.

    Returns
    -------
    Index (``template``, ``quantity``: build_years, staff_per_bn_usd, operating_cost_share);
    ``low``, ``central``, ``high`` in the ``unit``, ``basis`` (sourced or assumption), ``source``.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TEMPLATES).set_index(["template", "quantity"])


def load_cost_mix() -> pd.DataFrame:
    """Load what each kind of project buys, as shares of BEA commodities.

    Returns
    -------
    Index (``template``, ``phase``: capital or operation, ``commodity``: BEA code); ``share``
    (adds up to 1 in each phase of each template), ``basis``, ``source``.

    Raises
    ------
    DataError
        If the table is not as compiled, or shares do not add up to 1.
    """
    return tables.load(MIX).set_index(["template", "phase", "commodity"])


def load_project_links() -> pd.DataFrame:
    """Load the template, states and start of each project of the pledge.

    Returns
    -------
    One row per project and state: ``project``, ``template``, ``state`` (NaN where none is named),
    ``state_share``, ``amount_bn_usd`` (USD billion; NaN where `load_projects` has the amount),
    ``start_lag_years`` (from the announcement to the start of building), ``reason``.

    Raises
    ------
    DataError
        If the table is not as compiled, or does not fit the projects.
    """
    return tables.load(LINKS).reset_index(drop=True)


def load_rest_rules() -> pd.DataFrame:
    """Load how the unnamed rest of the pledge may be spread over templates.

    Returns
    -------
    One row per ``rule``, ``item`` (sector of the memorandum, or expression of interest) and
    ``template``: ``share`` of the item, ``reason``.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(REST).reset_index(drop=True)


def template_names() -> list[str]:
    """List the templates in the order of their table."""
    return [str(name) for name in tables.read(TEMPLATES)["template"].unique()]


def _templates_schema() -> pa.DataFrameSchema:
    figures = {name: schemas.number(0, 1000) for name in ("low", "central", "high")}
    return schemas.table(
        {"template": schemas.text(), "quantity": schemas.text(one_of=QUANTITIES)}
        | figures
        | {
            "unit": schemas.text(),
            "basis": schemas.text(one_of=BASES),
            "source": schemas.text(),
        },
        unique=("template", "quantity"),
    )


def _mix_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "template": schemas.text(one_of=template_names()),
            "phase": schemas.text(one_of=PHASES),
            "commodity": schemas.text(one_of=codes_of("commodity")),
            "share": schemas.number(0.0001, 1),
            "basis": schemas.text(one_of=BASES),
            "source": schemas.text(),
        },
        unique=("template", "phase", "commodity"),
    )


def _links_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "project": schemas.text(one_of=tables.read(PROJECTS)["project"]),
            "template": schemas.text(one_of=template_names()),
            "state": schemas.text(one_of=state_names(), blank=True),
            "state_share": schemas.number(0.0001, 1),
            "amount_bn_usd": schemas.number(0.01, 550, blank=True),
            "start_lag_years": schemas.number(0, 10),
            "reason": schemas.text(),
        },
        unique=("project", "state"),
    )


def _rest_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "rule": schemas.text(one_of=REST_RULES),
            "item": schemas.text(),
            "template": schemas.text(one_of=template_names()),
            "share": schemas.number(0.0001, 1),
            "reason": schemas.text(),
        },
        unique=("rule", "item", "template"),
    )


def _quantity_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for each quantity of each template, and for building that takes time."""
    present = set(zip(frame["template"], frame["quantity"], strict=True))
    missing = [
        Fault(place(_TEMPLATES), f"a row {quantity} of {template}", "none")
        for template in frame["template"].unique()
        for quantity in QUANTITIES
        if (template, quantity) not in present
    ]
    instant = frame[(frame["quantity"] == "build_years") & (frame["low"] <= 0)]
    return missing + [
        Fault(place(_TEMPLATES, line, "low"), "more than 0 years", f"{low:g}")
        for line, low in instant["low"].items()
    ]


def _sums_to_one(name: str, keys: list[str], column: str) -> Check:
    def run(frame: pd.DataFrame) -> list[Fault]:
        sums = frame.groupby(keys, sort=False)[column].sum()
        off = sums[(sums - 1).abs() > _SUM_SLACK]
        return [
            Fault(f"{place(name, column=column)}, {_joined(key)}", "a sum of 1", f"{value:.6g}")
            for key, value in off.items()
        ]

    return Check(f"each {' and '.join(keys)} adds up to 1", run)


def _joined(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _has_all(name: str, says: str, asked: Callable[[], set[str]], found: str) -> Check:
    def run(frame: pd.DataFrame) -> list[Fault]:
        present = set(frame[found])
        return [
            Fault(place(name, column=found), f"a row {label}", "none")
            for label in sorted(asked() - present)
        ]

    return Check(says, run)


def _phase_faults(frame: pd.DataFrame) -> list[Fault]:
    present = set(zip(frame["template"], frame["phase"], strict=True))
    return [
        Fault(place(_MIX), f"rows {phase} of {template}", "none")
        for template in template_names()
        for phase in PHASES
        if (template, phase) not in present
    ]


def _one_project_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for one template, amount and start in all rows of a project, and no half-known states."""
    faults = []
    for project, rows in frame.groupby("project", sort=False):
        for column in ("template", "amount_bn_usd", "start_lag_years"):
            values = rows[column].unique()
            if len(values) > 1:
                found = ", ".join(map(str, values))
                where = f"{place(_LINKS, column=column)}, {project}"
                faults.append(Fault(where, "one value in all rows of the project", found))
        if len(rows) > 1 and rows["state"].isna().any():
            where = f"{place(_LINKS, column='state')}, {project}"
            faults.append(Fault(where, "a state in each of several rows", "a blank"))
    return faults


def _amount_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for an amount exactly where the project has none, that completes the round's total."""
    projects = tables.read(PROJECTS).set_index("project")
    own = frame.drop_duplicates("project").set_index("project")["amount_bn_usd"]
    known = projects["amount_bn_usd"].reindex(own.index)
    faults = [
        Fault(
            f"{place(_LINKS, column='amount_bn_usd')}, {project}",
            "an amount here or in deal/projects, not both",
            "none" if pd.isna(own[project]) else "both",
        )
        for project in own.index[own.isna() == known.isna()]
    ]
    filled = own.fillna(known).reindex(projects.index)
    for row in tables.read(ROUNDS).itertuples():
        amounts = filled[projects["round"] == row.round]
        off = abs(amounts.sum() - row.total_bn_usd)
        if amounts.notna().all() and off > AMOUNT_ROUNDING_BN_USD * (len(amounts) + 1):
            where = f"{place(_LINKS, column='amount_bn_usd')}, round {row.round}"
            faults.append(Fault(where, f"{row.total_bn_usd:g} bn", f"{amounts.sum():g} bn"))
    return faults


def _interest_faults(frame: pd.DataFrame) -> list[Fault]:
    mapped = set(frame.loc[frame["rule"] == "expressions", "item"])
    listed = set(tables.read(INTEREST)["interest"])
    where = place(_REST, column="item")
    return [
        *(Fault(where, f"a row {item} of expressions", "none") for item in sorted(listed - mapped)),
        *(
            Fault(where, "an item of deal/expressions_of_interest", repr(item))
            for item in sorted(mapped - listed)
        ),
    ]


TEMPLATES = Table(
    _TEMPLATES,
    _templates_schema,
    (
        ranges_are_ordered(_TEMPLATES),
        Check("each template has each quantity", _quantity_faults),
    ),
)
MIX = Table(
    _MIX,
    _mix_schema,
    (
        Check("each template has each phase", _phase_faults),
        _sums_to_one(_MIX, ["template", "phase"], "share"),
    ),
    needs=(_TEMPLATES, CODES.name),
)
LINKS = Table(
    _LINKS,
    _links_schema,
    (
        _has_all(
            _LINKS,
            "each project of the pledge is linked",
            lambda: set(tables.read(PROJECTS)["project"]),
            "project",
        ),
        Check("one template, amount and start a project", _one_project_faults),
        _sums_to_one(_LINKS, ["project"], "state_share"),
        Check("amounts complete those of the projects and rounds", _amount_faults),
    ),
    needs=(_TEMPLATES, PROJECTS.name, ROUNDS.name, STATES.name, TRADES.name, OCCUPATIONS.name),
)
REST = Table(
    _REST,
    _rest_schema,
    (
        _sums_to_one(_REST, ["rule", "item"], "share"),
        Check("each expression of interest is mapped", _interest_faults),
    ),
    needs=(_TEMPLATES, INTEREST.name),
)
TABLES = (TEMPLATES, MIX, LINKS, REST)
