"""Which parameter moves a number: shares of its variance over the runs of a sweep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

#: Fewest points of a sample of which shares are computed, and most waves that count as a shape.
FEWEST_POINTS, _MOST_WAVES = 12, 10

#: Shuffles that show what chance does; a share counts if fewer than one in twenty reaches it.
_SHUFFLES, _CHANCE = 100, 0.95


@dataclass(frozen=True, eq=False, slots=True)
class Shares:
    """First-order shares of the variance of a number, by parameter, the largest first.

    ``error`` is half of their 95 % interval (zero for lists, whose runs are counted in full),
    ``chance`` the share that a sampled parameter without any effect reaches in one sample of
    twenty, ``rest`` what no parameter moves by itself. A share that is not told apart from chance
    is missing.
    """

    share: pd.Series
    error: pd.Series
    chance: float
    rest: float

    @property
    def leaders(self) -> list[str]:
        """Name the parameter with the largest share, and those that may be as large."""
        low = float((self.share - self.error).max())
        return [str(name) for name in self.share.index[(self.share + self.error) >= low]]


def shares(x: pd.DataFrame, y: pd.Series, sampled: Collection[str], seed: int = 1) -> Shares | None:
    """Split the variance of ``y`` over the columns of ``x``; nothing if it does not vary.

    Of a list: the variance of the effects of its values, fitted by least squares as a sum over the
    lists. On a grid in full they are the means by value, and the shares exact; for runs that failed
    the fit stands in. Of a sampled parameter: RBD-FAST as SALib has it (Tarantola and others 2006,
    bias taken out as in Tissot and Prieur 2012), on the means over the lists at each point.
    """
    x, y = x[y.notna()], y.dropna().astype(float)
    if len(y) < 2 or y.std(ddof=0) <= 1e-9 * y.abs().max():
        return None
    lists = [name for name in x if name not in sampled]
    levels = [pd.get_dummies(x[name].astype(str), dtype=float).to_numpy() for name in lists]
    design = np.hstack([np.zeros((len(y), 1)), *levels])
    effects = np.linalg.lstsq(design, y - y.mean(), rcond=None)[0]
    parts = np.split(effects, np.cumsum([1, *(one.shape[1] for one in levels)])[:-1])[1:]
    left = y - y.mean() - design @ effects
    share = {name: float(np.var(part)) for name, part in zip(lists, parts, strict=True)}
    total = sum(share.values()) + float(np.var(left))
    error, chance = dict[str, float](), np.nan
    share |= dict.fromkeys(sampled, np.nan)
    if sampled:
        points = left.groupby([x[name] for name in sampled]).mean()
        if len(points) >= FEWEST_POINTS and points.var() > 1e-18 * total:
            found, error, chance = _of_sample(points, [*sampled], seed)
            share |= {name: one if one > chance else np.nan for name, one in found.items()}
    told = pd.Series(share, dtype=float) / total
    told = told.clip(0, 1).sort_values(ascending=False, kind="stable")
    errors = pd.Series(error, dtype=float).reindex(told.index).fillna(0.0) / total
    return Shares(told, errors, chance / total, max(0.0, 1 - float(told.sum())))


def _of_sample(
    points: pd.Series, names: list[str], seed: int
) -> tuple[dict[str, float], dict[str, float], float]:
    """Give the variance that each parameter moves, its error and what chance reaches."""
    from SALib.analyze import rbd_fast

    rng = np.random.default_rng(seed)
    # Equal values are sorted as they stand: in the order of a Sobol sequence that is a pattern.
    points = points.sample(frac=1, random_state=rng)
    x = points.index.to_frame().to_numpy(float)
    y, waves = points.to_numpy(), max(1, min(_MOST_WAVES, len(points) // FEWEST_POINTS))
    problem = {"num_vars": len(names), "names": names}

    def first(column: Any) -> float:
        shuffled = rbd_fast.permute_outputs(column, rng.permutation(y))
        share = rbd_fast.compute_first_order(shuffled, waves)
        return float(rbd_fast.unskew_S1(share, waves, len(y)))

    found = rbd_fast.analyze(problem, x, y, M=waves, seed=rng)
    by_chance = [max(map(first, x.T)) for _ in range(_SHUFFLES)]
    size = float(np.var(y))
    told, errors = (
        {name: size * float(one) for name, one in zip(names, found[key], strict=True)}
        for key in ("S1", "S1_conf")
    )
    return told, errors, size * float(np.quantile(by_chance, _CHANCE))
