"""The claim put to the test: how likely the jobs are, and what it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.jobs.ladder import Ladder
from research.jobs.model import MONEY, JobDraws, JobsModel, jobs_model, run
from research.jobs.portfolio import REST_RULES
from research.jobs.spending import checked_rungs, spend

Array = NDArray[np.float64]

#: Jobs a year that "hundreds of thousands" is held against.
THRESHOLDS = (100_000, 200_000, 300_000)

#: What the claim itself takes for granted: every dollar is selected, paid, new and on time, is
#: spent as an average buyer spends it, and takes no worker from other work.
FACE_VALUE = {
    "selected_share": 1.0,
    "financed_share": 1.0,
    "additional_share": 1.0,
    "delay_years": 0.0,
    "inflation_pct": 0.0,
    "import_factor": 1.0,
    "crowding_out_share": 0.0,
    "trades_slack_share": 1.0,
}

#: Ends of the intervals shown: 90 in 100 draws lie between.
INTERVAL = (0.05, 0.95)


def face_value(ladder: Ladder) -> dict[str, Array]:
    """Give the rungs as the claim takes them, the others at their central value; one draw."""
    return {name: np.array([value]) for name, value in (ladder.central() | FACE_VALUE).items()}


def best_building_bn(model: JobsModel, rungs: Mapping[str, Array]) -> Array:
    """Give what is spent on construction in the best year of each draw.

    Construction alone: machines, servers and engineering are left out.

    Returns
    -------
    numpy.ndarray
        (draws,): USD billion in dollars of the price year.

    Raises
    ------
    InputError
        As `research.jobs.model.run`.
    """
    k = model.kernels
    capital = np.moveaxis(spend(model, checked_rungs(rungs)).capital, 2, 0)
    building = (capital @ k.capital_mix)[:, :, k.site_cells].sum(axis=2)
    best: Array = building.max(axis=0) / 1_000
    return best


def chances(
    draws: JobDraws, swing_states: Sequence[str], thresholds: Sequence[int] = THRESHOLDS
) -> pd.DataFrame:
    """Count how often the jobs of `series` reach a threshold.

    Parameters
    ----------
    draws
        From `research.jobs.model.run`.
    swing_states
        States that are counted apart as well.
    thresholds
        Jobs a year.

    Returns
    -------
    pandas.DataFrame
        Columns count (gross or net, best or mean year), where (all states or swing states),
        threshold, probability (0 to 1), standard_error (of the draws, ``sqrt(p (1 - p) / n)``).

    Raises
    ------
    InputError
        If a state is unknown or named twice.
    """
    rows = []
    for (count, where), jobs in series(draws, swing_states).items():
        for threshold in thresholds:
            p = float((jobs >= threshold).mean())
            error = float(np.sqrt(p * (1 - p) / len(jobs)))
            rows.append((count, where, threshold, p, error))
    columns = ["count", "where", "threshold", "probability", "standard_error"]
    return pd.DataFrame(rows, columns=columns)


#: What may be taken for granted, one after the other: rungs that are fixed.
PREMISES: Mapping[str, Mapping[str, float]] = {
    "all rungs drawn": {},
    "all selected and paid": {"selected_share": 1.0, "financed_share": 1.0},
    "all of it new as well": {
        "selected_share": 1.0,
        "financed_share": 1.0,
        "additional_share": 1.0,
    },
}

#: Name of the row in which what is selected much is also paid much.
TOGETHER = "selected and paid go together"


def premises(
    model: JobsModel,
    rungs: Mapping[str, Array],
    swing_states: Sequence[str],
    thresholds: Sequence[int] = THRESHOLDS,
) -> pd.DataFrame:
    """Count how often a threshold is reached when rungs are taken for granted.

    Parameters
    ----------
    model, rungs
        As in `research.jobs.model.run`; the other rungs keep their draws.
    swing_states, thresholds
        As in `chances`.

    Returns
    -------
    pandas.DataFrame
        Columns premise, threshold, and the probability (0 to 1) for all states by count: gross,
        best year; gross; net. The last premise keeps every rung's own distribution and draws the
        shares selected and paid as one, the largest with the largest.

    Raises
    ------
    InputError
        As `research.jobs.model.run`.
    """
    parts = []
    n = len(next(iter(rungs.values())))
    cases = {
        premise: {name: np.full(n, value) for name, value in fixed.items()}
        for premise, fixed in PREMISES.items()
    }
    rank = np.argsort(np.argsort(rungs["selected_share"]))
    cases[TOGETHER] = {"financed_share": np.sort(rungs["financed_share"])[rank]}
    for premise, changed in cases.items():
        drawn = dict(rungs) | changed
        table = chances(run(model, drawn), swing_states, thresholds)
        nation = table[table["where"] == "all states"]
        wide = nation.pivot(index="threshold", columns="count", values="probability")
        parts.append(wide.reset_index().assign(premise=premise))
    columns = ["premise", "threshold", "gross, best year", "gross", "net"]
    return pd.concat(parts, ignore_index=True)[columns].rename_axis(columns=None)


def by_rule(settings: Mapping[str, Any], rungs: Mapping[str, Array]) -> pd.DataFrame:
    """Compare the rules that spread the unnamed rest of the pledge, with the same draws.

    Parameters
    ----------
    settings
        Arguments of `research.jobs.model.jobs_model`; its rule is replaced by each.
    rungs
        As in `research.jobs.model.run`.

    Returns
    -------
    pandas.DataFrame
        Columns rule, gross, net, best (thousand jobs: mean, mean, and best year), staff (thousand,
        permanent), chance_pct (of the lowest threshold in the best year, per cent). One row where
        the scenario has no rest.

    Raises
    ------
    InputError
        As `research.jobs.model.jobs_model`.
    """
    rules = REST_RULES if settings["scenario"] == "pledge" else ("no rest",)
    rows = []
    for rule in rules:
        asked = dict(settings) | ({"rest_rule": rule} if rule in REST_RULES else {})
        draws = run(jobs_model(**asked), rungs)
        peak = draws.peak_gross()
        rows.append(
            {
                "rule": rule.replace("_", " "),
                "gross": draws.mean_gross().mean() / 1_000,
                "net": draws.mean_net().mean() / 1_000,
                "best": peak.mean() / 1_000,
                "staff": draws.permanent.mean() / 1_000,
                "chance_pct": 100 * (peak >= THRESHOLDS[0]).mean(),
            }
        )
    return pd.DataFrame(rows)


def series(draws: JobDraws, swing_states: Sequence[str]) -> dict[tuple[str, str], Array]:
    """Give the jobs of each draw by count and place: means a year, and those of the best year.

    Raises
    ------
    InputError
        If a state is unknown or named twice.
    """
    return {
        ("gross, best year", "all states"): draws.peak_gross(),
        ("gross", "all states"): draws.mean_gross(),
        ("net, best year", "all states"): draws.net.max(axis=1),
        ("net", "all states"): draws.mean_net(),
        ("gross", "swing states"): draws.mean_gross(swing_states),
        ("net", "swing states"): draws.mean_net(swing_states),
    }


def interval(values: Array) -> dict[str, float]:
    """Give mean, median and the ends of the 90 % interval: mean, low, median, high."""
    low, median, high = np.quantile(values, [INTERVAL[0], 0.5, INTERVAL[1]])
    return {
        "mean": float(values.mean()),
        "low": float(low),
        "median": float(median),
        "high": float(high),
    }


def money(draws: JobDraws) -> pd.DataFrame:
    """Give what is left after each rung, USD billion: index rung, columns of `interval`."""
    rows = {name: interval(draws.money_bn[:, i]) for i, name in enumerate(MONEY)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("rung")


def job_years(draws: JobDraws, thresholds: Sequence[int] = THRESHOLDS) -> pd.DataFrame:
    """Give the sum of all years, gross and net, and how likely it reaches a threshold.

    Returns
    -------
    pandas.DataFrame
        Index count (gross, net): columns of `interval` in job-years, and one for each threshold
        (probability, 0 to 1).
    """
    totals = {"gross": draws.gross.sum(axis=(1, 2)), "net": draws.net.sum(axis=1)}
    rows = {
        count: interval(total) | {one: float((total >= one).mean()) for one in thresholds}
        for count, total in totals.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("count")


def job_years_per_musd(draws: JobDraws) -> pd.DataFrame:
    """Give job-years of building per USD million, as studies of public spending count them.

    Returns
    -------
    pandas.DataFrame
        Index label, columns of `interval`: gross per million spent on building; net, when
        displaced work is taken out in the proportion of all jobs; net and new, per million
        financed, when money that would have come anyway is taken out as well. Draws in which
        nothing is built are left out; empty if there are no others.
    """
    built, financed = (draws.money_bn[:, MONEY.index(name)] for name in ("built", "financed"))
    some = built > 0
    if not some.any():
        return pd.DataFrame(columns=["mean", "low", "median", "high"], dtype=float)
    building = draws.gross[some, :, :3].sum(axis=(1, 2))
    kept = draws.net[some].sum(axis=1) / draws.gross[some].sum(axis=(1, 2))
    rows = {
        "gross, per dollar built": building / (1_000 * built[some]),
        "net of displaced jobs": building * kept / (1_000 * built[some]),
        "net and new, per dollar financed": building * kept / (1_000 * financed[some]),
    }
    table = {label: interval(values) for label, values in rows.items()}
    return pd.DataFrame.from_dict(table, orient="index").rename_axis("label")
