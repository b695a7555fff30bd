"""When a project spends: an S-curve from the start of building to operation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from research.errors import Fault, InputError, raise_if

Array = NDArray[np.float64]


def spent_by(
    year_edges: ArrayLike,
    start_year: ArrayLike,
    build_years: ArrayLike,
    delay_years: ArrayLike = 0.0,
) -> Array:
    """Compute the share of a project's capital that is spent by each moment.

    With u = (t - start - delay) / build, held between 0 and 1, the share is 3 u^2 - 2 u^3: the
    distribution function of a Beta(2, 2), slow at both ends and fastest in the middle.

    Parameters
    ----------
    year_edges
        (m,): moments in decimal years, rising along the last axis; 2027.5 is mid-2027.
    start_year, build_years, delay_years
        Decimal year of the planned start, years of building (above 0), and years by which the
        start slips (0 or more). They broadcast against ``year_edges``: give several projects as
        (n, 1) for a result of (n, m).

    Returns
    -------
    numpy.ndarray
        Cumulative shares, 0 to 1, of the broadcast shape.

    Raises
    ------
    InputError
        If a figure is not finite, edges do not rise, or years are out of range.
    """
    arrays = {
        "year_edges": np.asarray(year_edges, dtype=float),
        "start_year": np.asarray(start_year, dtype=float),
        "build_years": np.asarray(build_years, dtype=float),
        "delay_years": np.asarray(delay_years, dtype=float),
    }
    _check(arrays)
    edges, start, build, delay = arrays.values()
    u = np.clip((edges - start - delay) / build, 0.0, 1.0)
    shares: Array = u * u * (3.0 - 2.0 * u)
    return shares


def yearly_shares(
    year_edges: ArrayLike,
    start_year: ArrayLike,
    build_years: ArrayLike,
    delay_years: ArrayLike = 0.0,
) -> Array:
    """Compute the share of a project's capital that is spent between neighbouring edges.

    Differences of `spent_by` along the last axis: m edges give m - 1 shares, which add up to 1
    when the edges span the building. What falls outside the edges is in no share.

    Parameters
    ----------
    year_edges, start_year, build_years, delay_years
        As in `spent_by`; at least two edges.

    Raises
    ------
    InputError
        As in `spent_by`, or if there is no second edge.
    """
    if np.ndim(year_edges) == 0 or np.shape(year_edges)[-1] < 2:
        fault = Fault("year_edges", "at least two edges", repr(year_edges))
        raise InputError("Shares of years need the edges of years.", [fault])
    shares: Array = np.diff(spent_by(year_edges, start_year, build_years, delay_years), axis=-1)
    return shares


def _check(arrays: dict[str, Array]) -> None:
    faults = [
        Fault(name, "finite numbers", str(values[~np.isfinite(values)].flat[0]))
        for name, values in arrays.items()
        if not np.isfinite(values).all()
    ]
    edges, build, delay = arrays["year_edges"], arrays["build_years"], arrays["delay_years"]
    if edges.ndim and (np.diff(edges, axis=-1) <= 0).any():
        faults.append(Fault("year_edges", "edges that rise", str(edges.tolist())))
    if (build <= 0).any():
        faults.append(Fault("build_years", "more than 0 years", f"{build.min():g}"))
    if (delay < 0).any():
        faults.append(Fault("delay_years", "0 or more years", f"{delay.min():g}"))
    try:
        np.broadcast_shapes(*(values.shape for values in arrays.values()))
    except ValueError:
        found = ", ".join(f"{name} {values.shape}" for name, values in arrays.items())
        todo = "Give several projects as a column: start_year[:, None]."
        faults.append(Fault("shapes", "shapes that broadcast", found, todo))
    raise_if(InputError, "The spending of projects cannot be scheduled.", faults)
