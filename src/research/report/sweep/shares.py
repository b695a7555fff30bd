"""Which parameter moves a number: shares of its variance over the runs of a sweep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Fewest points of a sample of which shares are computed, and most waves that count as a shape.
FEWEST_POINTS, _MOST_WAVES = 12, 10

# A share counts if chance makes the largest of them smaller in so many samples.
_CHANCE = 0.95

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

    Of a list: the variance of the means by its values; on lists that are crossed in full the share
    is exact. Of a sampled parameter: RBD-FAST as SALib has it (Tarantola and others 2006, bias
    taken out as in Tissot and Prieur 2012), on the means over the lists at each point.
    """
    if y.std(ddof=0) <= 1e-9 * y.abs().max():
        return None
    lists = {name: y.groupby(x[name].astype(str)) for name in x if name not in sampled}
    effects = {name: by.transform("mean") - y.mean() for name, by in lists.items()}
    left = y - y.mean() - sum(effects.values())
    moved = pd.Series({name: np.var(one) for name, one in effects.items()}, dtype=float)
    total, chance = float(np.var(y)), 0.0
    found = pd.DataFrame({"S1": 0.0, "S1_conf": 0.0}, [*sampled])
    if sampled and np.var(left) > 1e-18 * total:
        points = left.groupby([x[name] for name in sampled]).mean()
        found["S1"], chance = np.nan, float(np.var(left))  # of too few points: all of it
        if len(points) >= FEWEST_POINTS and points.var() > 1e-18 * total:
            found, chance = _of_sample(points, seed)
            found["S1"] = found["S1"].where(found["S1"] > chance)
    share = pd.concat([moved, found["S1"]]) / total
    share = share.clip(0, 1).sort_values(ascending=False, kind="stable")
    error = found["S1_conf"].reindex(share.index, fill_value=0.0) / total
    return Shares(share, error, chance / total, max(0.0, 1 - float(share.sum())))


def _of_sample(points: pd.Series, seed: int) -> tuple[pd.DataFrame, float]:
    """Give the variance that each parameter moves, its error, and what chance reaches.

    Waves of shuffled points are alike: the part of a few of them follows a beta distribution.
    """
    from SALib.analyze import rbd_fast
    from scipy.stats import beta

    # Equal values are sorted as they stand: in the order of a Sobol sequence that is a pattern.
    points = points.sample(frac=1, random_state=seed)
    x, size, names = points.index.to_frame().to_numpy(float), len(points), [*points.index.names]
    waves = max(1, min(_MOST_WAVES, size // FEWEST_POINTS))
    problem, rng = {"num_vars": len(names), "names": names}, np.random.default_rng(seed)
    told = rbd_fast.analyze(problem, x, points.to_numpy(), M=waves, seed=rng)
    largest = beta.ppf(_CHANCE ** (1 / len(names)), waves, (size - 1) / 2 - waves)
    chance = float(rbd_fast.unskew_S1(largest, waves, size))
    variance = float(np.var(points))
    found = pd.DataFrame({key: told[key] for key in ("S1", "S1_conf")}, names)
    return found * variance, chance * variance
