"""Fixed points by Anderson mixing, with the trail of residuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from research.errors import Fault, ResearchError

Array = npt.NDArray[np.float64]

#: Earlier steps that the mixing looks at.
_MEMORY = 10

#: A mixed step that multiplies the residual by more than this is given up for a plain one.
_WORSE = 10.0

#: Longest that mixing may add to a plain step: states are logs.
_LONGEST = 0.3

#: Residuals of the trail that an error prints.
_SHOWN = 5


class ConvergenceError(ResearchError):
    """An equilibrium was not found (exit code 1)."""


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """Where the step leads to itself, and the largest absolute residual of each iteration."""

    point: Array
    trail: tuple[float, ...]


def solve_fixed_point(
    step: Callable[[Array], Array], start: Array, *, tolerance: float, most_iterations: int
) -> Solution:
    r"""Find :math:`x = g(x)` by Anderson mixing.

    With :math:`f_t = g(x_t) - x_t`, the next point is :math:`g(x_t) - \Delta G\,\gamma`, where
    :math:`\gamma` is the least-squares solution of :math:`\Delta F\,\gamma = f_t` and the columns
    of :math:`\Delta F, \Delta G` are the latest changes of f and g. After a step that makes the
    residual much worse the memory is emptied and a plain step follows. Anderson 1965, Journal of
    the ACM 12, 547-560; Walker and Ni 2011, SIAM Journal on Numerical Analysis 49, 1715-1735.
    """
    x, trail = start.astype(float), []
    points: list[Array] = []
    residuals: list[Array] = []
    for _ in range(most_iterations):
        # Where the search leaves the numbers, the residual says so.
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            g = step(x)
            f = g - x
        trail.append(float(np.abs(f).max()))
        if trail[-1] <= tolerance:
            return Solution(g, tuple(trail))
        if not np.isfinite(trail[-1]):
            break
        if len(trail) > 1 and trail[-1] > _WORSE * trail[-2]:
            points, residuals = [], []
        points, residuals = [*points[-_MEMORY:], g], [*residuals[-_MEMORY:], f]
        x = _mixed(points, residuals)
    last = ", ".join(f"{value:.1e}" for value in trail[-_SHOWN:])
    found = f"{last} in the last of {len(trail)} iterations"
    todo = "Go in smaller changes of rates, or look for flows of countries that hardly trade."
    fault = Fault("largest residual", f"at most {tolerance:.0e}", found, todo)
    raise ConvergenceError("The equilibrium was not found.", [fault])


def _mixed(points: list[Array], residuals: list[Array]) -> Array:
    """Give the next point from the latest values of the map and their residuals."""
    if len(points) == 1:
        return points[0]
    changes = np.diff(np.array(residuals), axis=0).T
    weights = np.linalg.lstsq(changes, residuals[-1], rcond=1e-12)[0]
    shift: Array = np.diff(np.array(points), axis=0).T @ weights
    # Far from the solution the mixing may point anywhere: its length is bounded.
    return points[-1] - shift * (_LONGEST / max(float(np.abs(shift).max()), _LONGEST))
