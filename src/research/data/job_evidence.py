"""How far pledges and forecasts carry: rungs from pledged to real, and what studies found."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.identities import ranges_are_ordered
from research.data.job_projects import BASES, TEMPLATES, template_names
from research.data.tables import Check, Table, place
from research.errors import Fault

#: What a row of the literature measures.
KINDS = ("job_years_per_musd", "usd_per_job_year", "ratio", "plant")

#: Kinds that convert to job-years per USD million of spending; they need a dollar year.
CONVERTIBLE = ("job_years_per_musd", "usd_per_job_year")

#: What is known of a plant.
PLANT_FACTS = (
    "investment_bn_usd",
    "announced_staff_jobs",
    "realised_staff_jobs",
    "announced_construction_jobs",
    "realised_construction_jobs",
)

_RUNGS, _LITERATURE = "jobs/ladder_rungs", "jobs/jobs_literature"


def load_ladder_rungs() -> pd.DataFrame:
    """Load the rungs between the pledged amount and real net jobs.

    Returns
    -------
    One row per ``rung``: ``low``, ``central``, ``high`` in the ``unit``, ``basis`` (sourced or
    assumption), ``source``, ``meaning``.

    Raises
    ------
    DataError
        If the table is not as compiled, a range is out of order, or a share is not one.
    """
    return tables.load(RUNGS).set_index("rung")


def load_jobs_literature() -> pd.DataFrame:
    """Load what studies and plants found on jobs per dollar.

    Returns
    -------
    One row per finding: ``study``, ``what``, ``kind`` (job_years_per_musd, usd_per_job_year,
    ratio, plant), ``low``, ``central``, ``high`` (NaN where not given) in the ``unit``,
    ``dollar_year`` (NaN where there are no dollars to convert), ``template`` (of plants
    that are like one, else NaN), ``source``, ``note``.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(LITERATURE).reset_index(drop=True)


def _rungs_schema() -> pa.DataFrameSchema:
    figures = {name: schemas.number(-100, 1000) for name in ("low", "central", "high")}
    texts = {"unit": schemas.text(), "basis": schemas.text(one_of=BASES)}
    return schemas.table(
        {"rung": schemas.text(pattern="[a-z_]+", unique=True)}
        | figures
        | texts
        | {"source": schemas.text(), "meaning": schemas.text()}
    )


def _literature_schema() -> pa.DataFrameSchema:
    figures = {name: schemas.number(0, 1e6, blank=True) for name in ("low", "central", "high")}
    return schemas.table(
        {
            "study": schemas.text(),
            "what": schemas.text(),
            "kind": schemas.text(one_of=KINDS),
        }
        | figures
        | {
            "unit": schemas.text(),
            "dollar_year": schemas.number(2000, 2026, blank=True),
            "template": schemas.text(one_of=template_names(), blank=True),
            "source": schemas.text(),
            "note": schemas.text(blank=True),
        },
        unique=("study", "what"),
    )


def _share_faults(frame: pd.DataFrame) -> list[Fault]:
    shares = frame[frame["unit"] == "share"]
    return [
        Fault(place(_RUNGS, line, column), "a share from 0 to 1", f"{shares.at[line, column]:g}")
        for line in shares.index
        for column in ("low", "central", "high")
        if not 0 <= shares.at[line, column] <= 1
    ]


def _finding_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for a figure in each row, for dollars of a known year, and for known facts of plants."""
    bare = frame.index[frame[["low", "central", "high"]].isna().all(axis=1)]
    faults = [Fault(place(_LITERATURE, line), "a figure", "none") for line in bare]
    for line, row in frame.iterrows():
        if row["kind"] in CONVERTIBLE and pd.isna(row["dollar_year"]):
            faults.append(Fault(place(_LITERATURE, line, "dollar_year"), "a year", "a blank"))
        if row["kind"] == "plant" and row["what"] not in PLANT_FACTS:
            asked = "one of " + ", ".join(PLANT_FACTS)
            faults.append(Fault(place(_LITERATURE, line, "what"), asked, repr(row["what"])))
        if row["kind"] != "plant" and isinstance(row["template"], str):
            asked = "no template where there is no plant"
            faults.append(Fault(place(_LITERATURE, line, "template"), asked, repr(row["template"])))
    return faults


RUNGS = Table(
    _RUNGS,
    _rungs_schema,
    (
        ranges_are_ordered(_RUNGS),
        Check("shares are from 0 to 1", _share_faults),
    ),
)
LITERATURE = Table(
    _LITERATURE,
    _literature_schema,
    (
        ranges_are_ordered(_LITERATURE),
        Check("figures, dollar years and facts of plants", _finding_faults),
    ),
    needs=(TEMPLATES.name,),
)
TABLES = (RUNGS, LITERATURE)
