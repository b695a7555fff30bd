"""What was pledged: terms of the memorandum, projects, and expressions of interest."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Amounts are printed to 0.1 bn, so a total is off by at most half of that for each project
#: and itself.
AMOUNT_ROUNDING_BN_USD = 0.05

_TERMS, _PROJECTS, _ROUNDS = "deal/mou_terms", "deal/projects", "deal/project_rounds"
_INTEREST = "deal/expressions_of_interest"


def load_mou_terms() -> pd.DataFrame:
    """Load the terms of the memorandum of 4 September 2025, with what is disputed.

    Returns
    -------
    One row per ``item``: ``term``, ``sources``, ``status``, all text.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TERMS).set_index("item")


def load_projects() -> pd.DataFrame:
    """Load the projects selected, put forward or discussed.

    Returns
    -------
    One row per ``project``; ``amount_bn_usd`` is NaN where a project has no amount of its own
    (``amount_note`` says why), ``round`` is text and NaN where there is none yet.

    Raises
    ------
    DataError
        If the table is not as compiled, or amounts exceed the total of their round.
    """
    return tables.load(PROJECTS).set_index("project")


def load_project_rounds() -> pd.DataFrame:
    """Load the announced total of each round, USD billion, by ``round`` (text).

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(ROUNDS).set_index("round")


def load_expressions_of_interest() -> pd.DataFrame:
    """Load the list of October 2025: upper bounds for investment or sales, USD billion.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(INTEREST).set_index("interest")


def _terms_schema() -> pa.DataFrameSchema:
    texts = {name: schemas.text() for name in ("term", "sources", "status")}
    return schemas.table({"item": schemas.text(unique=True)} | texts)


def _projects_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "project": schemas.text(unique=True),
            "round": schemas.text(one_of=tables.read(ROUNDS)["round"], blank=True),
            "status": schemas.text(one_of=("selected", "candidate", "discussed")),
            "amount_bn_usd": schemas.number(0.01, 550, blank=True),
            "amount_note": schemas.text(blank=True),
            "sector": schemas.text(),
            "state": schemas.text(blank=True),
            "operator": schemas.text(),
            "announced_jobs": schemas.text(blank=True),
            "date": schemas.date("2025-07-22", "2026-12-31"),
            "sources": schemas.text(),
        }
    )


def _rounds_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "round": schemas.text(pattern=r"\d", unique=True),
            "total_bn_usd": schemas.number(0.1, 550),
            "total_note": schemas.text(blank=True),
            "remark": schemas.text(),
            "sources": schemas.text(blank=True),
        }
    )


def _interest_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "interest": schemas.text(unique=True),
            "amount_bn_usd": schemas.number(0.01, 550, blank=True),
            "note": schemas.text(blank=True),
        }
    )


def _round_total_faults(frame: pd.DataFrame) -> list[Fault]:
    """Compare amounts with the round: equal where every project has one, at most that elsewhere."""
    faults = []
    for row in tables.read(ROUNDS).itertuples():
        amounts = frame.loc[frame["round"] == row.round, "amount_bn_usd"]
        slack = AMOUNT_ROUNDING_BN_USD * (len(amounts) + 1)
        above = amounts.sum() - row.total_bn_usd
        if above > slack or (amounts.notna().all() and above < -slack):
            asked = f"{row.total_bn_usd:g} bn, the total of round {row.round}"
            faults.append(
                Fault(place(_PROJECTS, column="amount_bn_usd"), asked, f"{amounts.sum():g} bn")
            )
    return faults


def _amount_note_faults(frame: pd.DataFrame) -> list[Fault]:
    bare = frame.index[frame["amount_bn_usd"].isna() & frame["amount_note"].isna()]
    return [
        Fault(place(_PROJECTS, line, "amount_note"), "why there is no amount", "a blank")
        for line in bare
    ]


TERMS = Table(_TERMS, _terms_schema)
ROUNDS = Table(_ROUNDS, _rounds_schema)
PROJECTS = Table(
    _PROJECTS,
    _projects_schema,
    (
        Check("amounts add up to the total of their round", _round_total_faults),
        Check("a blank amount has a reason", _amount_note_faults),
    ),
    needs=(_ROUNDS,),
)
INTEREST = Table(_INTEREST, _interest_schema)
TABLES = (TERMS, ROUNDS, PROJECTS, INTEREST)
