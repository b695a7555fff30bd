"""What studies and plants found, in units that compare with a multiplier."""

from __future__ import annotations

import pandas as pd

from research.data import load_table
from research.data.checks_jobs import CONVERTIBLE, PLANT_FACTS

_USD_PER_MUSD = 1e6


def spending_effects() -> pd.DataFrame:
    """Give what studies found as job-years per USD million of spending.

    A cost of c dollars a job-year is 1e6 / c job-years per USD million, so the lowest cost is the
    highest effect. Dollars are those of ``dollar_year``: nothing is deflated.

    Returns
    -------
    pandas.DataFrame
        Index ``study``; ``kind``, ``what``, ``low``, ``central``, ``high`` (job-years per USD
        million, NaN where not given), ``dollar_year``, ``source``, ``note``.
    """
    literature = load_table("jobs/jobs_literature")
    found = literature[literature["kind"].isin(CONVERTIBLE)].set_index("study")
    figures = found[["low", "central", "high"]]
    inverse = _USD_PER_MUSD / figures[["high", "central", "low"]].set_axis(figures.columns, axis=1)
    is_cost = found["kind"] == "usd_per_job_year"
    out = found[["kind", "what", "dollar_year", "source", "note"]].copy()
    out[figures.columns] = inverse.where(is_cost, figures)
    out["dollar_year"] = out["dollar_year"].astype("int64")
    return out[["kind", "what", "low", "central", "high", "dollar_year", "source", "note"]]


def plants() -> pd.DataFrame:
    """Give what plants promised and what they brought.

    Returns
    -------
    pandas.DataFrame
        Index ``plant``; ``template``, ``investment_bn_usd`` (as announced), announced and realised
        staff and construction jobs, ``staff_per_bn_usd`` (announced staff per USD billion),
        ``staff_ratio`` and ``construction_ratio`` (realised over announced). NaN where unknown.
        Construction jobs are peaks of workers on site; plants may still grow.
    """
    found = load_table("jobs/jobs_literature").query("kind == 'plant'")
    out = found.pivot(index="study", columns="what", values="central")
    out = out.reindex(columns=list(PLANT_FACTS), index=found["study"].unique())
    templates = found.drop_duplicates("study").set_index("study")["template"]
    out.insert(0, "template", templates)
    out["staff_per_bn_usd"] = out["announced_staff_jobs"] / out["investment_bn_usd"]
    out["staff_ratio"] = out["realised_staff_jobs"] / out["announced_staff_jobs"]
    out["construction_ratio"] = (
        out["realised_construction_jobs"] / out["announced_construction_jobs"]
    )
    return out.rename_axis(index="plant", columns=None)


def forecast_against_found() -> pd.DataFrame:
    """Give what was forecast for the CHIPS Act and what was found afterwards, jobs.

    Returns
    -------
    pandas.DataFrame
        Index ``what``; ``low``, ``central``, ``high`` (the middle where only the ends are given),
        ``ratio`` (over the forecast), ``source``, ``note``.
    """
    literature = load_table("jobs/jobs_literature")
    table = literature[literature["study"] == "CHIPS Act"].set_index("what")
    out = table[["low", "central", "high"]].copy()
    out["central"] = out["central"].fillna(out[["low", "high"]].mean(axis=1))
    forecast = out["central"].loc[[what.startswith("forecast") for what in out.index]].iloc[0]
    return out.assign(ratio=out["central"] / forecast).join(table[["source", "note"]])


def local_ratios() -> pd.DataFrame:
    """Give what studies found per job or per dollar in a place: index ``study``, all columns."""
    literature = load_table("jobs/jobs_literature").set_index("study")
    units = ("jobs per job", "USD per USD", "share")
    return literature[(literature["kind"] == "ratio") & literature["unit"].isin(units)]
