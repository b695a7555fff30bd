"""Tables behind the figures of the jobs notebook, in USD billion and thousand jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.data import load_table
from research.jobs.literature import plants, spending_effects
from research.jobs.model import KINDS, JobDraws
from research.jobs.names import MONEY_NAMES, RUNG_NAMES
from research.jobs.verdict import INTERVAL, interval, money, series

Array = NDArray[np.float64]

_THOUSAND = 1_000.0
_QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def ladder_frame(draws: JobDraws) -> pd.DataFrame:
    """Give the waterfall: money after each rung, then the kinds of jobs, gross and net.

    Returns
    -------
    pandas.DataFrame
        label, unit, central (mean of the draws, so that steps add up), low, high (90 % interval),
        kind (level or step).
    """
    rows = [
        {"label": MONEY_NAMES[name], "unit": "USD bn", "kind": "level", **_ends(row)}
        for name, row in money(draws).to_dict("index").items()
    ]
    by_kind = draws.gross.mean(axis=1) / _THOUSAND
    gross, net = draws.mean_gross() / _THOUSAND, draws.mean_net() / _THOUSAND
    jobs = [(kind, by_kind[:, i], "step") for i, kind in enumerate(KINDS)]
    jobs += [
        ("gross jobs", gross, "level"),
        ("displaced elsewhere", net - gross, "step"),
        ("net jobs", net, "level"),
    ]
    rows += [
        {"label": label, "unit": "thousand jobs a year", "kind": kind, **_ends(interval(values))}
        for label, values, kind in jobs
    ]
    return pd.DataFrame(rows)[["label", "unit", "central", "low", "high", "kind"]]


def years_frame(draws: JobDraws) -> pd.DataFrame:
    """Give quantiles of gross and net jobs by year: year, series, p5 to p95, thousand jobs."""
    parts = []
    for name, jobs in (("gross", draws.gross.sum(axis=2)), ("net", draws.net)):
        found = np.quantile(jobs / _THOUSAND, list(_QUANTILES.values()), axis=0)
        part = pd.DataFrame(dict(zip(_QUANTILES, found, strict=True)))
        parts.append(part.assign(year=draws.years, series=name))
    return pd.concat(parts, ignore_index=True)[["year", "series", *_QUANTILES]]


def phases_frame(draws: JobDraws) -> pd.DataFrame:
    """Give mean gross jobs of building and operation by year, thousand."""
    mean = draws.gross.mean(axis=0) / _THOUSAND
    n = len(KINDS) // 2
    return pd.DataFrame(
        {"year": draws.years, "building": mean[:, :n].sum(1), "operation": mean[:, n:].sum(1)}
    )


def industries_frame(draws: JobDraws) -> pd.DataFrame:
    """Give gross jobs by industry, most first: industry, mean, p5, p95, thousand jobs a year."""
    names = load_table("jobs/bea_codes").query("kind == 'industry'").set_index("code")["name"]
    jobs = draws.gross_industry / _THOUSAND
    low, high = np.quantile(jobs, INTERVAL, axis=0)
    table = pd.DataFrame(
        {"industry": names.reindex(draws.industries).to_numpy(), "mean": jobs.mean(axis=0)}
    ).assign(p5=low, p95=high)
    return table.sort_values("mean", ascending=False, ignore_index=True)


def states_frame(draws: JobDraws, others: Mapping[str, JobDraws]) -> pd.DataFrame:
    """Give mean gross jobs a year by state, and the spread over quotients.

    Parameters
    ----------
    draws
        Of the report.
    others
        Name of a method of location quotients -> draws of the same rungs by it.

    Returns
    -------
    pandas.DataFrame
        Index state: jobs, net_jobs, low, high (smallest and largest mean over all methods).
    """
    every = pd.DataFrame(
        {name: one.gross_state.mean(axis=0) for name, one in others.items()}, index=draws.states
    )
    table = pd.DataFrame(
        {"jobs": draws.gross_state.mean(axis=0), "net_jobs": draws.net_state.mean(axis=0)},
        index=draws.states.rename("state"),
    )
    spread = every.join(table["jobs"])
    return table.assign(low=spread.min(axis=1), high=spread.max(axis=1))


def drivers_frame(indices: pd.DataFrame) -> pd.DataFrame:
    """Name the rungs of `research.jobs.sensitivity.sobol`: label, first, total, conf."""
    return pd.DataFrame(
        {
            "label": [RUNG_NAMES[name] for name in indices.index],
            "first": indices["first"].to_numpy(),
            "total": indices["total"].to_numpy(),
            "conf": indices["total_conf"].to_numpy(),
        }
    )


def literature_frame(ours: pd.DataFrame) -> pd.DataFrame:
    """Set the model beside studies: label, low, central, high, group, what they count.

    Parameters
    ----------
    ours
        From `research.jobs.verdict.job_years_per_musd`; figures are job-years per USD million.
    """
    model = ours[["low", "median", "high"]].set_axis(["low", "central", "high"], axis=1)
    model = model.rename_axis("label").reset_index().assign(group="this model", what="building")
    found = spending_effects()
    # A rule of thumb of a trade body is no finding.
    found = found[found["kind"] == "usd_per_job_year"]
    studies = found[["low", "central", "high"]].rename_axis("label").reset_index()
    studies["what"] = found["what"].to_numpy()
    studies = studies.sort_values("central", ascending=False).assign(group="studies")
    return pd.concat([model, studies], ignore_index=True)


def plants_frame() -> pd.DataFrame:
    """Give realised over announced jobs of plants: label, ratio, what."""
    table = plants()
    parts = [
        table[column].dropna().rename("ratio").rename_axis("label").reset_index().assign(what=what)
        for column, what in (("staff_ratio", "staff so far"), ("construction_ratio", "builders"))
    ]
    return pd.concat(parts, ignore_index=True)


def exceedance_frame(
    draws: JobDraws, swing_states: Sequence[str], points: int = 200
) -> pd.DataFrame:
    """Give how likely at least so many jobs are: series, jobs_thousand, probability.

    One point a quantile: the share of draws at or above it. Four curves can be told apart: net
    jobs of the best year and of the swing states stand in `research.jobs.verdict.chances` alone.
    """
    parts = []
    levels = np.linspace(0, 1, points)
    curves = series(draws, swing_states)
    for left_out in (("net", "swing states"), ("net, best year", "all states")):
        curves.pop(left_out)
    for (count, where), jobs in curves.items():
        part = pd.DataFrame(
            {"jobs_thousand": np.quantile(jobs, levels) / _THOUSAND, "probability": 1 - levels}
        )
        parts.append(part.assign(series=f"{count}, {where}"))
    return pd.concat(parts, ignore_index=True)[["series", "jobs_thousand", "probability"]]


def _ends(row: Mapping[str, float]) -> dict[str, float]:
    return {"central": row["mean"], "low": row["low"], "high": row["high"]}
