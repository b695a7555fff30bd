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

# A share that is worth a sentence.
_LEAST = 0.05


@dataclass(frozen=True, eq=False, slots=True)
class Shares:
    """First-order shares of the variance of a number, by parameter, the largest first.

    ``share`` is missing where chance may have made it: ``chance`` is what the largest share of
    parameters without effect reaches in one sample of twenty. ``error`` is half of the 95 %
    interval, zero for lists; ``rest`` what no parameter moves by itself.
    """

    share: pd.Series
    error: pd.Series
    chance: float
    rest: float

    @property
    def leaders(self) -> list[str]:
        """Name the parameter with the largest share that counts, and those that may be as large."""
        low = max(float((self.share - self.error).max()), 0.0)
        counts = (self.share > max(self.chance, _LEAST)) & (self.share + self.error >= low)
        return [str(name) for name in self.share.index[counts]]


def shares(x: pd.DataFrame, y: pd.Series, sampled: Collection[str], seed: int = 1) -> Shares | None:
    """Split the variance of ``y`` over the columns of ``x``; nothing if it does not vary.

    Of a list: the variance of the effects of its values, fitted by least squares as a sum over the
    lists. On a grid in full they are the means by value, and the shares exact; for runs that failed
    the fit stands in. Of a sampled parameter: RBD-FAST as SALib has it (Tarantola and others 2006,
    bias taken out as in Tissot and Prieur 2012), on the means over the lists at each point.
    """
    if y.std(ddof=0) <= 1e-9 * y.abs().max():
        return None
    levels = {
        name: pd.get_dummies(x[name].astype(str), dtype=float) for name in x if name not in sampled
    }
    design = pd.concat([pd.DataFrame({"": 0.0}, x.index), *levels.values()], axis=1).to_numpy()
    effects = np.linalg.lstsq(design, y - y.mean(), rcond=None)[0]
    left = y - y.mean() - design @ effects
    ends = np.cumsum([1, *(one.shape[1] for one in levels.values())])
    parts = np.split(effects, ends)[1:-1]
    moved = {name: float(np.var(part)) for name, part in zip(levels, parts, strict=True)}
    total, error = sum(moved.values()) + float(np.var(left)), dict[str, float]()
    points = left.groupby([x[name] for name in sampled]).mean() if sampled else left[:0]
    is_left = bool(sampled) and float(np.var(left)) > 1e-18 * total
    chance = float(np.var(left)) if is_left else 0.0  # of too few points: all of it
    moved |= dict.fromkeys(sampled, np.nan if is_left else 0.0)
    if len(points) >= FEWEST_POINTS and points.var() > 1e-18 * total:
        found, error, chance = _of_sample(points, seed)
        moved |= {name: one if one > chance else np.nan for name, one in found.items()}
    share = (pd.Series(moved) / total).clip(0, 1).sort_values(ascending=False, kind="stable")
    errors = pd.Series(error, share.index, dtype=float).fillna(0.0) / total
    return Shares(share, errors, chance / total, max(0.0, 1 - float(share.sum())))


def _of_sample(points: pd.Series, seed: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Give the variance that each parameter moves, its error, and what chance reaches."""
    from SALib.analyze import rbd_fast

    # Equal values are sorted as they stand: in the order of a Sobol sequence that is a pattern.
    points = points.sample(frac=1, random_state=seed)
    x, y = points.index.to_frame().to_numpy(float), points.to_numpy()
    names, size, rng = points.index.names, float(np.var(y)), np.random.default_rng(seed)
    waves = max(1, min(_MOST_WAVES, len(points) // FEWEST_POINTS))

    def by_chance(column: Any) -> float:
        shuffled = rbd_fast.permute_outputs(column, rng.permutation(y))
        share = rbd_fast.compute_first_order(shuffled, waves)
        return float(rbd_fast.unskew_S1(share, waves, len(y)))

    problem = {"num_vars": len(names), "names": names}
    found = rbd_fast.analyze(problem, x, y, M=waves, seed=rng)
    share, error = (
        {name: size * float(one) for name, one in zip(names, found[key], strict=True)}
        for key in ("S1", "S1_conf")
    )
    largest = [max(map(by_chance, x.T)) for _ in range(_SHUFFLES)]
    return share, error, size * float(np.quantile(largest, _CHANCE))
