"""The claim put to the test: how likely the jobs are, and what it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.jobs.ladder import Ladder
from research.jobs.model import MONEY, JobDraws, JobsModel, run
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
    """Give the capital spent in the best year of each draw, USD billion, imports included."""
    by_year = spend(model, checked_rungs(rungs)).capital.sum(axis=1)
    best: Array = by_year.max(axis=1) / 1_000
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
        Columns count (gross, best year; gross; net), where (all states or swing states),
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
        best year; gross; net.

    Raises
    ------
    InputError
        As `research.jobs.model.run`.
    """
    parts = []
    for premise, fixed in PREMISES.items():
        n = len(next(iter(rungs.values())))
        drawn = dict(rungs) | {name: np.full(n, value) for name, value in fixed.items()}
        table = chances(run(model, drawn), swing_states, thresholds)
        nation = table[table["where"] == "all states"]
        wide = nation.pivot(index="threshold", columns="count", values="probability")
        parts.append(wide.reset_index().assign(premise=premise))
    columns = ["premise", "threshold", "gross, best year", "gross", "net"]
    return pd.concat(parts, ignore_index=True)[columns].rename_axis(columns=None)


def series(draws: JobDraws, swing_states: Sequence[str]) -> dict[tuple[str, str], Array]:
    """Give the jobs of each draw by count and place: means a year, and the gross of the best year.

    Raises
    ------
    InputError
        If a state is unknown or named twice.
    """
    return {
        ("gross, best year", "all states"): draws.peak_gross(),
        ("gross", "all states"): draws.mean_gross(),
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


def job_years_per_musd(draws: JobDraws) -> pd.DataFrame:
    """Give job-years of building per USD million, as studies of public spending count them.

    Returns
    -------
    pandas.DataFrame
        Index label, columns of `interval`: gross per million spent on building; net, when
        displaced work is taken out in the proportion of all jobs; net and new, per million
        financed, when money that would have come anyway is taken out as well. Draws in which
        nothing is built are left out.
    """
    built, financed = (draws.money_bn[:, MONEY.index(name)] for name in ("built", "financed"))
    some = built > 0
    building = draws.gross[some, :, :3].sum(axis=(1, 2))
    kept = draws.net[some].sum(axis=1) / draws.gross[some].sum(axis=(1, 2))
    rows = {
        "gross, per dollar built": building / (1_000 * built[some]),
        "net of displaced jobs": building * kept / (1_000 * built[some]),
        "net and new, per dollar financed": building * kept / (1_000 * financed[some]),
    }
    table = {label: interval(values) for label, values in rows.items()}
    return pd.DataFrame.from_dict(table, orient="index").rename_axis("label")
