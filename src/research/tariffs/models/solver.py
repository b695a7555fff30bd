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

# Directions of the memory that others nearly span are left out.
_RCOND = 1e-13

#: Residuals of the trail that an error prints.
_SHOWN = 5


class ConvergenceError(ResearchError):
    """An equilibrium was not found (exit code 1)."""


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """Points that a step leads to themselves, a row each, and the largest absolute residual.

    ``trail`` is iteration x row; a row that is found stays as it is.
    """

    points: Array
    trail: Array


def solve_fixed_points(
    step: Callable[[Array], Array], start: Array, *, tolerance: float, most_iterations: int
) -> Solution:
    r"""Find :math:`x = g(x)` by Anderson mixing, for each row of ``start`` by itself.

    With :math:`f_t = g(x_t) - x_t`, the next point is :math:`g(x_t) - \Delta G\,\gamma`, where
    :math:`\gamma` is the least-squares solution of :math:`\Delta F\,\gamma = f_t` and the columns
    of :math:`\Delta F, \Delta G` are the latest changes of f and g. After a step that makes the
    residual much worse the memory is emptied and a plain step follows. Anderson 1965, Journal of
    the ACM 12, 547-560; Walker and Ni 2011, SIAM Journal on Numerical Analysis 49, 1715-1735.
    """
    x, trail = start.astype(float), []
    d_f, d_g = np.zeros((2, len(x), _MEMORY, x.shape[1]))
    last_f = last_g = x
    for turn in range(most_iterations):
        # Where the search leaves the numbers, the residual says so.
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            g = step(x)
            f = g - x
        trail.append(np.abs(f).max(axis=1))
        done = trail[-1] <= tolerance
        if done.all():
            return Solution(g, np.array(trail))
        if not np.isfinite(trail[-1]).all():
            break
        if turn:
            d_f[:, turn % _MEMORY], d_g[:, turn % _MEMORY] = f - last_f, g - last_g
            forget = done | (trail[-1] > _WORSE * trail[-2])
            d_f[forget] = d_g[forget] = 0.0
        last_f, last_g = f, g
        x = np.where(done[:, None], x, g - _shift(d_f, d_g, f))
    worst = int(np.argmax(np.nan_to_num(trail[-1], nan=np.inf)))
    last = ", ".join(f"{values[worst]:.1e}" for values in trail[-_SHOWN:])
    found = f"{last} in the last of {len(trail)} iterations"
    todo = "Go in smaller changes of rates, or look for flows of countries that hardly trade."
    fault = Fault("largest residual", f"at most {tolerance:.0e}", found, todo)
    raise ConvergenceError("The equilibrium was not found.", [fault])


def _shift(d_f: Array, d_g: Array, f: Array) -> Array:
    """Give what mixing takes off the latest values of the map; nothing where nothing is kept."""
    length = np.sqrt((d_f * d_f).sum(axis=2))
    unit = d_f / np.where(length > 0, length, 1.0)[:, :, None]
    inverse = np.linalg.pinv(unit @ unit.transpose(0, 2, 1), rcond=_RCOND, hermitian=True)
    weights = (inverse @ (unit @ f[:, :, None]))[:, :, 0] / np.where(length > 0, length, 1.0)
    shift = (weights[:, None, :] @ d_g)[:, 0]
    # Far from the solution the mixing may point anywhere: its length is bounded.
    longest = np.abs(shift).max(axis=1, keepdims=True)
    return np.asarray(shift * (_LONGEST / np.maximum(longest, _LONGEST)))
