"""What a group test gives for each group: statistic, reference, p-value, why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from research.events.models import Array

#: Condition (G,) and the words for it.
Case = tuple[NDArray[np.bool_], str]


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """One test of ``G`` groups.

    Attributes
    ----------
    statistic
        (G,): NaN where the test is undefined.
    df
        (G,): degrees of freedom of its t; infinite for the normal, NaN where neither applies.
    pvalue
        (G,): two-sided.
    reason
        (G,): why the statistic is NaN; empty where it is not.
    """

    statistic: Array
    df: Array
    pvalue: Array
    reason: NDArray[np.object_]


def t_outcome(statistic: Array, df: Array, cases: list[Case]) -> Outcome:
    """Refer a statistic to Student's t; the first case that holds says why it is NaN."""
    return Outcome(statistic, df, two_sided_p(statistic, df), reasons(statistic, cases))


def z_outcome(statistic: Array, cases: list[Case]) -> Outcome:
    """Refer a statistic to the normal; the first case that holds says why it is NaN."""
    return t_outcome(statistic, np.full(statistic.shape, np.inf), cases)


def reasons(statistic: Array, cases: list[Case]) -> NDArray[np.object_]:
    """Give the words of the first case that holds where a statistic is NaN."""
    undefined = np.isnan(statistic)
    conditions = [~undefined, *(condition for condition, _ in cases)]
    words = ["", *(text for _, text in cases)]
    return np.asarray(np.select(conditions, words, "undefined"), dtype=object)


def two_sided_p(statistic: Array, df: Array) -> Array:
    """Compute the two-sided p-value of a t (finite ``df``) or a z (infinite ``df``)."""
    with np.errstate(invalid="ignore"):
        return np.asarray(2.0 * stats.t.sf(np.abs(statistic), df))
