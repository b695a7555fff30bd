"""The claim put to the test: how many jobs, how likely, what it hangs on, what others found."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.jobs.economies import DOLLAR_YEAR
from research.jobs.model import KINDS, MONEY, JobDraws, jobs_model, run
from research.jobs.projects import REST_RULES, Array

#: Ends of the intervals shown: 90 in 100 draws lie between.
INTERVAL = (0.05, 0.95)

#: What a number of jobs counts, (draws, years); docs/methods/jobs.md has the same words.
COUNTS: Mapping[str, Callable[[JobDraws], Array]] = {
    "gross, planned anyway included": lambda draws: draws.gross.sum(axis=2) * _all_over_new(draws),
    "gross": lambda draws: draws.gross.sum(axis=2),
    "net": lambda draws: draws.net,
}

#: Which time a number of jobs stands for, (draws,).
SPANS: Mapping[str, Callable[[Array], Array]] = {
    "mean year": lambda jobs: jobs.mean(axis=1),
    "best year": lambda jobs: jobs.max(axis=1),
    "job-years": lambda jobs: jobs.sum(axis=1),
}

_THOUSAND, _USD_PER_MUSD = 1_000.0, 1e6


def interval(values: Array) -> dict[str, float]:
    """Give mean, median and the ends of the 90 % interval: mean, low, median, high."""
    low, median, high = (float(x) for x in np.quantile(values, [INTERVAL[0], 0.5, INTERVAL[1]]))
    return {"mean": float(values.mean()), "low": low, "median": median, "high": high}


def _all_over_new(draws: JobDraws) -> Array:
    """Give the money financed over that of it that is new, (draws, 1); NaN where none is."""
    financed, new = (draws.money_bn[:, [MONEY.index(one)]] for one in ("financed", "new money"))
    return np.asarray(np.divide(financed, new, out=np.full_like(new, np.nan), where=new > 0))


def measures(draws: JobDraws) -> pd.DataFrame:
    """Give every number of jobs by what it counts and which time it stands for.

    Columns count (`COUNTS`), span (`SPANS`) and those of `interval`. The best year is that of each
    draw, which differs between draws: no calendar year has as many jobs on average as the mean
    over draws of the best year.
    """
    rows = [
        {"count": count, "span": span, **interval(over(of(draws)))}
        for count, of in COUNTS.items()
        for span, over in SPANS.items()
    ]
    return pd.DataFrame(rows)


def by_rule(
    settings: Mapping[str, Any], rungs: Mapping[str, Array], face: Mapping[str, Array]
) -> pd.DataFrame:
    """Compare the rules that spread the unnamed rest of the pledge, with the same draws.

    ``settings`` are those of `research.jobs.model.jobs_model`, their rule replaced by each; one
    row where the scenario has no rest. Columns rule, gross, net (mean year), best (gross, best
    year), staff (permanent), and face_gross, face_best and face_staff, with the rungs ``face``;
    thousands.
    """
    rules = REST_RULES if settings["scenario"] == "pledge" else ("no unnamed money",)
    rows = []
    for rule in rules:
        asked = {**settings, **({"rest_rule": rule} if rule in REST_RULES else {})}
        model, row = jobs_model(**asked), {"rule": rule.replace("_", " ")}
        for kind, values in (("", rungs), ("face_", face)):
            draws = run(model, values, places=False)
            jobs = {"gross": draws.mean_gross(), "net": draws.mean_net()}
            jobs |= {"best": draws.peak_gross(), "staff": draws.permanent}
            row |= {f"{kind}{name}": found.mean() / _THOUSAND for name, found in jobs.items()}
        rows.append(row)
    return pd.DataFrame(rows).drop(columns="face_net")


def waterfall(draws: JobDraws) -> pd.DataFrame:
    """Give money after each rung, the job-years that it calls for, and jobs, gross and net.

    Job-years of building over the dollars spent in the US are the step from dollars to jobs.

    Columns label, unit, central (mean of the draws, so that steps add up), low, high, kind (level,
    or step from the row before), start (where its bar begins).
    """
    rows = [(name, "USD bn", draws.money_bn[:, i], "level") for i, name in enumerate(MONEY)]
    by_kind = draws.gross.mean(axis=1) / _THOUSAND
    gross, net = draws.mean_gross() / _THOUSAND, draws.mean_net() / _THOUSAND
    n, spent = len(draws.years), _THOUSAND * draws.money_bn[:, -1].mean()
    built, run_by = n * by_kind[:, :3].sum(axis=1), n * by_kind[:, 3:].sum(axis=1)
    each = _THOUSAND * built.mean() / spent if spent else 0.0
    work, jobs = "thousand job-years", f"thousand jobs in a mean year: job-years over {n} years"
    rows += [
        (f"building: {each:.1f} per million dollars spent in the US", work, built, "step"),
        ("running the plants", work, run_by, "step"),
        ("gross job-years", work, built + run_by, "level"),
    ]
    rows += [(kind, jobs, by_kind[:, i], "step") for i, kind in enumerate(KINDS)]
    rows += [
        ("gross jobs", jobs, gross, "level"),
        ("displaced elsewhere", jobs, net - gross, "step"),
        ("net jobs", jobs, net, "level"),
    ]
    out, end, above = [], 0.0, ""
    for label, unit, values, kind in rows:
        row = interval(values)
        start, central = (end if kind == "step" and unit == above else 0.0), row["mean"]
        above, end = unit, start + central
        out.append((label, unit, central, row["low"], row["high"], kind, start))
    return pd.DataFrame(out, columns=["label", "unit", "central", "low", "high", "kind", "start"])


def by_year(draws: JobDraws) -> pd.DataFrame:
    """Give quantiles of gross and net jobs by year: year, series, p5 to p95, thousand jobs."""
    quantiles = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
    parts = []
    for name, jobs in (("gross", draws.gross.sum(axis=2)), ("net", draws.net)):
        found = np.quantile(jobs / _THOUSAND, list(quantiles.values()), axis=0)
        columns = dict(zip(quantiles, found, strict=True))
        parts.append(pd.DataFrame({"year": draws.years, "series": name} | columns))
    return pd.concat(parts, ignore_index=True)


def by_state(draws: JobDraws, others: Mapping[str, JobDraws]) -> pd.DataFrame:
    """Give mean jobs a year by state, and their spread over draws by other quotients.

    Index state: jobs (gains), displaced_jobs (losses, to projects in any state), net_jobs (the
    difference), low, high (smallest and largest mean gross jobs of all methods).
    """
    own, net = draws.gross_state.mean(axis=0), draws.net_state.mean(axis=0)
    every = np.stack([own, *(one.gross_state.mean(axis=0) for one in others.values())])
    columns = {"jobs": own, "displaced_jobs": own - net, "net_jobs": net}
    columns |= {"low": every.min(axis=0), "high": every.max(axis=0)}
    return pd.DataFrame(columns, index=draws.states.rename("state"))


def job_years_per_musd(draws: JobDraws, dollar_year: int = DOLLAR_YEAR) -> pd.DataFrame:
    """Give job-years of building per USD million, as studies of public spending count them.

    Index label, columns of `interval`: gross per million spent on building; net, when displaced
    work is taken out in the proportion of all jobs; net and new, per million financed, when money
    that would have come anyway is taken out as well. Dollars are those of ``dollar_year``, by the
    GDP deflator. Draws in which nothing is built are left out.
    """
    money = dict(zip(MONEY, draws.money_bn.T, strict=True))
    some = money["built in the horizon"] > 0
    if not some.any():
        index = pd.Index([], name="label")
        return pd.DataFrame(columns=["mean", "low", "median", "high"], index=index, dtype=float)
    worth = _THOUSAND * draws.dollars_2025[some] * _deflator(DOLLAR_YEAR, dollar_year)
    built, financed = (worth * money[name][some] for name in ("built in the horizon", "financed"))
    building = draws.gross[some, :, :3].sum(axis=(1, 2))
    kept = draws.net[some].sum(axis=1) / draws.gross[some].sum(axis=(1, 2))
    rows = {
        "gross, per dollar built": building / built,
        "net of displaced jobs": building * kept / built,
        "net and new, per dollar financed": building * kept / financed,
    }
    table = {label: interval(values) for label, values in rows.items()}
    return pd.DataFrame.from_dict(table, orient="index").rename_axis("label")


def spending_effects(dollar_year: int = DOLLAR_YEAR) -> pd.DataFrame:
    """Give what studies found as job-years per USD million of spending.

    A cost of c dollars a job-year is 1e6 / c job-years per USD million, so the lowest cost is the
    highest effect. A dollar of the study's year is carried to ``dollar_year`` by the GDP deflator,
    so that effects of a dearer year are smaller. Index study.
    """
    literature = load_table("jobs/jobs_literature").query("kind == 'usd_per_job_year'")
    costs, ends = literature.set_index("study"), ["low", "central", "high"]
    effects = _USD_PER_MUSD / costs[ends[::-1]].set_axis(ends, axis=1)
    return effects.div(_deflator(costs["dollar_year"], dollar_year), axis=0)


def _deflator(from_year: int | pd.Series, to_year: int) -> Any:
    """Give what a dollar of one year or of many is worth in those of another, by GDP's prices."""
    levels = load_table("jobs/gdp_deflator")
    own = from_year.map(levels) if isinstance(from_year, pd.Series) else levels[from_year]
    return levels[to_year] / own
