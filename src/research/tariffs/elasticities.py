"""Share elasticities by set of estimates: for each sector, for one good, and drawn.

A share elasticity theta says by how many per cent spending on a supplier, duty included, falls
against all others when its price rises by one per cent. Flows before duty fall by 1 + theta, and
1 + theta is what suppliers' goods substitute with (sigma).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from research.data import load_table, once
from research.errors import Fault, InputError, near, raise_if
from research.tariffs.worlds import PARTNER, us_imports, world_of_2011

#: What elasticities are asked for: 18 sectors of US imports, 17 of the world table, all goods.
Level = Literal["us_sectors", "world_sectors", "one_good"]

#: The label of all goods together.
ALL_GOODS = "ALL"

#: Draws stay above this: the models need more than zero, and answers explode near it.
LOWEST_THETA = 0.1

#: Name of all long-run sets together; each study has the same weight, its sets share it.
MIXTURE = "mixture"

#: Theta = intercept + slope x the figure that was published.
_READINGS: Mapping[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "minus_share": (0.0, -1.0),
    "customs_value": (-1.0, -1.0),
    "substitution": (-1.0, 1.0),
}

#: Sets, as `elasticity_sets`, in words.
SET_NAMES: Mapping[str, str] = {
    "cp_used": "Caliendo-Parro as used",
    "cp_estimated": "Caliendo-Parro re-estimated",
    "ilms": "Ignatenko and others",
    "boehm_short": "Boehm and others one year",
    "boehm_long_low": "Boehm and others long run low",
    "boehm_long_high": "Boehm and others long run high",
    "fontagne": "Fontagne and others",
    "wto": "WTO guide",
    "wits": "WITS-SMART default",
    "mixture": "all sets mixed",
}

_REST = "REST"
_SUMMARY = "The elasticities cannot be used."


@dataclass(frozen=True, eq=False, slots=True)
class Thetas:
    """Share elasticities of 18 sectors of US imports, 17 of the world table, and all goods."""

    us_sectors: pd.Series
    world_sectors: pd.Series
    one_good: float


@once
def load_thetas(name: str) -> Thetas:
    """Load the estimates of a set, or the medians of `MIXTURE`, as `theta_table` gives them."""
    us_sectors = theta_table(name, "us_sectors")["theta"]
    return Thetas(us_sectors, theta_table(name, "world_sectors")["theta"], one_good_theta(name))


@once
def elasticity_sets() -> pd.DataFrame:
    """List the sets of elasticities.

    Set -> ``study``, ``horizon`` (long, short, convention), ``one_good_theta``, ``has_errors``
    (whether any estimate has a standard error), ``drawn`` (whether the models take it: theta above
    `LOWEST_THETA` in each sector) and ``mixed`` (whether it is part of `MIXTURE`).
    """
    firsts = load_table("tariffs/elasticity_sets").groupby("set", sort=False).first()
    sets = firsts[["study", "horizon"]].copy()
    found = {name: _estimates(name) for name in sets.index}
    sets["one_good_theta"] = [one_good_theta(name) for name in found]
    sets["has_errors"] = [bool(one["standard_error"].notna().any()) for one in found.values()]
    sets["drawn"] = [bool((one["theta"] >= LOWEST_THETA).all()) for one in found.values()]
    return sets.assign(mixed=sets["drawn"] & (sets["horizon"] == "long"))


def sets_of(name: str) -> tuple[str, ...]:
    """Give the sets that a name stands for: itself, or the parts of `MIXTURE`."""
    if name == MIXTURE:
        mixed = elasticity_sets()["mixed"]
        return tuple(str(one) for one in mixed.index[mixed])
    if name not in SET_NAMES:
        asked, todo = f"one of {', '.join(SET_NAMES)}", near(name, SET_NAMES)
        raise InputError(_SUMMARY, [Fault("elasticity_set", asked, repr(name), todo)])
    return (name,)


def draws_of(sets: Sequence[str], draws: int) -> pd.Series:
    """Give the draws of each set, ``draws`` for each study: sets of one study share them."""
    studies = elasticity_sets().loc[list(sets), ["study"]].groupby("study", sort=False)["study"]
    size, place = studies.transform("size").astype(int), studies.cumcount()
    return draws // size + (place < draws % size)


@once
def theta_table(name: str, level: Level) -> pd.DataFrame:
    """Give the estimates of a set by sector.

    A sector with several estimates has their mean, with the standard error of independent
    estimates; a sector of the world table, or all goods, the mean of its sectors with weights of
    US imports from Japan in 2024. Services take the elasticity of all goods.

    Sectors of the level x ``theta`` and ``standard_error`` (NaN = none published). For `MIXTURE`:
    the median, without standard errors, over its sets, each repeated until all studies stand there
    equally often.
    """
    sets = sets_of(name)
    if name == MIXTURE:
        parts = [theta_table(one, level)["theta"] for one in sets]
        votes = draws_of(sets, math.lcm(*range(1, len(sets) + 1)))
        each = pd.concat(parts, axis=1).to_numpy().repeat(votes, axis=1)
        middle = pd.Series(np.median(each, axis=1), parts[0].index)
        return pd.DataFrame({"theta": middle, "standard_error": np.nan})
    estimates, weights = _estimates(name), _weights(name, level)
    squared = (weights**2) @ estimates["standard_error"].fillna(0.0) ** 2
    has_error = weights.loc[:, estimates["standard_error"].notna()].sum(axis=1) > 0
    table = pd.DataFrame(
        {"theta": weights @ estimates["theta"], "standard_error": np.sqrt(squared).where(has_error)}
    )
    return table.rename_axis("sector")


def one_good_theta(name: str) -> float:
    """Give the elasticity of all goods together."""
    return float(theta_table(name, "one_good").at[ALL_GOODS, "theta"])


def draw_theta(name: str, level: Level, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the elasticities of a set from its estimates: draws x sectors of the level.

    Each estimate is drawn once, theta_hat + standard error x N(0, 1), cut off below
    `LOWEST_THETA`; sectors that share an estimate share the draw. Estimates without a standard
    error stay. Those that are themselves below it are an `InputError`.
    """
    estimates, weights = _estimates(name), _weights(name, level)
    todo = "Take a set of the long run: models of equilibrium have no answer here."
    faults = [
        Fault(f"{name}, {words}", f"theta of at least {LOWEST_THETA:g}", f"{theta:g}", todo)
        for words, theta in estimates["theta"].items()
        if theta < LOWEST_THETA
    ]
    raise_if(InputError, _SUMMARY, faults)
    theta, error = estimates.to_numpy(float).T
    drawn, known = np.tile(theta, (draws, 1)), error > 0
    drawn[:, known] = stats.truncnorm.rvs(
        (LOWEST_THETA - theta[known]) / error[known],
        np.inf,
        loc=theta[known],
        scale=error[known],
        size=(draws, int(known.sum())),
        random_state=rng,
    )
    rows = pd.RangeIndex(draws, name="draw")
    return pd.DataFrame(drawn @ weights.to_numpy().T, rows, weights.index)


def _rows(name: str) -> pd.DataFrame:
    table = load_table("tariffs/elasticity_sets")
    return table[table["set"] == name].set_index("sector")


@once
def _estimates(name: str) -> pd.DataFrame:
    published = load_table("tariffs/trade_elasticities").set_index(["source", "sector"])
    figures = published[["elasticity", "standard_error"]].astype(float)
    found, rows = dict(zip(figures.index, figures.itertuples(index=False), strict=True)), {}
    for row in _rows(name).itertuples():
        intercept, slope = _READINGS[row.reading]
        for sector in row.source_sectors:
            elasticity, error = found[row.source, sector]
            rows[f"{row.source}: {sector}"] = (intercept + slope * elasticity, error)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["theta", "standard_error"])


@once
def _weights(name: str, level: Level) -> pd.DataFrame:
    """Give the weight of each estimate in each sector of a level; rows add up to one."""
    japan, parts, shares = us_imports().loc[PARTNER].astype(float), {}, {}
    for row in _rows(name).itertuples():
        parts[row.Index] = [f"{row.source}: {part}" for part in row.source_sectors]
    for sector in japan.index:
        of = parts[sector if sector in parts else _REST]
        shares[sector] = dict.fromkeys(of, 1 / len(of))
    own = pd.DataFrame(shares, _estimates(name).index).fillna(0.0).T.rename_axis("sector")
    if level == "us_sectors":
        return own
    all_goods = own.mul(japan / japan.sum(), axis=0).sum().to_frame(ALL_GOODS).T
    if level == "one_good":
        return all_goods
    # Averaged to the sectors of the world table, in its order; services are as all goods.
    codes = load_table("tariffs/sector_codes").reindex(own.index)
    goods = own.mul(japan / japan.groupby(codes).transform("sum"), axis=0).groupby(codes).sum()
    sectors = world_of_2011().input_shares.columns.rename("sector")
    return goods.reindex(sectors).fillna(all_goods.loc[ALL_GOODS])
