"""Fixed points by Anderson mixing, with the trail of residuals."""

from __future__ import annotations

from collections.abc import Callable

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

# Added to the diagonal of the normal equations.
_RIDGE = 1e-13

#: Residuals of the trail that an error prints.
_SHOWN = 5


class ConvergenceError(ResearchError):
    """An equilibrium was not found (exit code 1); ``point`` is where the search ended, if known."""

    point: Array | None = None


def solve_fixed_points(
    step: Callable[[Array], Array], start: Array, *, tolerance: float, most_iterations: int
) -> tuple[Array, Array]:
    r"""Find :math:`x = g(x)` by Anderson mixing, for each column of ``start`` by itself.

    Gives the points, and the largest absolute residuals, iteration x column; a column that is found
    stays as it is.

    A column is found when no figure moves by more than ``tolerance`` times the largest figure in
    it, or times one where that is smaller.

    With :math:`f_t = g(x_t) - x_t`, the next point is :math:`g(x_t) - \Delta G\,\gamma`, where
    :math:`\gamma` is the least-squares solution of :math:`\Delta F\,\gamma = f_t` and the columns
    of :math:`\Delta F, \Delta G` are the latest changes of f and g. After a step that makes the
    residual much worse the memory is emptied and a plain step follows. Anderson 1965, Journal of
    the ACM 12, 547-560; Walker and Ni 2011, SIAM Journal on Numerical Analysis 49, 1715-1735.
    """
    x, trail = start.astype(float), []
    memory = np.zeros((2, _MEMORY, *x.shape))
    products = np.zeros((x.shape[1], _MEMORY, _MEMORY))
    last = np.stack([x, x])
    for turn in range(most_iterations):
        # Where the search leaves the numbers, the residual says so.
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            g = step(x)
            f = g - x
        trail.append(np.abs(f).max(axis=0))
        done = trail[-1] <= tolerance * np.maximum(np.abs(x).max(axis=0), 1)
        if done.all():
            return g, np.array(trail)
        if not np.isfinite(trail[-1]).all():
            break
        if turn:
            here, forget = turn % _MEMORY, done | (trail[-1] > _WORSE * trail[-2])
            memory[:, here] = f - last[0], g - last[1]
            memory[..., forget] = products[forget] = 0.0
            new = np.einsum("anc,nc->ca", memory[0], memory[0, here])
            products[:, here] = products[:, :, here] = new
        last = np.stack([f, g])
        x = np.where(done, x, g - _shift(memory, products, f))
    worst = int(np.argmax(np.nan_to_num(trail[-1], nan=np.inf)))
    shown = ", ".join(f"{values[worst]:.1e}" for values in trail[-_SHOWN:])
    found = f"{shown} in the last of {len(trail)} iterations"
    todo = "Ask a smaller change, or look for who hardly trades."
    fault = Fault("largest residual", f"at most {tolerance:.0e}", found, todo)
    error = ConvergenceError("The equilibrium was not found.", [fault])
    error.point = x[:, [worst]]
    raise error


def _shift(memory: Array, products: Array, f: Array) -> Array:
    """Give what mixing takes off the latest values of the map; nothing where nothing is kept."""
    d_f, d_g = memory
    length = np.sqrt(np.einsum("caa->ca", products))
    length[length == 0] = 1.0
    # Normal equations of unit columns, held off singularity.
    normal = products / (length[:, :, None] * length[:, None]) + _RIDGE * np.eye(_MEMORY)
    asked = np.einsum("anc,nc->ca", d_f, f) / length
    weights = np.linalg.solve(normal, asked[:, :, None])[:, :, 0] / length
    shift = np.einsum("ca,anc->nc", weights, d_g)
    # Far from the solution the mixing may point anywhere: its length is bounded.
    return np.asarray(shift * (_LONGEST / np.maximum(np.abs(shift).max(axis=0), _LONGEST)))
