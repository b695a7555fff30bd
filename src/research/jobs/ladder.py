"""The ladder from pledged to real: ranges of what lies between, and draws from them.

Each rung is a modified PERT distribution: a Beta stretched over low to high whose mean is
(low + 4 central + high) / 6. Rungs are independent of each other.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.data import load_table
from research.errors import Fault, InputError, raise_if

Array = NDArray[np.float64]

#: Smallest and largest value of a rung by its unit.
RANGES: Mapping[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "factor": (0.0, 100.0),
    "years": (0.0, 50.0),
    "USD billion": (0.0, 100_000.0),
    "per cent a year": (-50.0, 50.0),
}

#: Weight of the central value in the modified PERT distribution.
PERT_WEIGHT = 4.0

_FIGURES = ("low", "central", "high")

#: What one rung is changed to: one figure for all three, or some of low, central, high.
Override = float | Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing between the pledge and real jobs, with its range.

    Attributes
    ----------
    low, central, high
        Smallest, most likely and largest value, in ``unit``.
    unit
        ``share`` (0 to 1), ``factor``, ``years``, ``USD billion`` or ``per cent a year``.
    basis
        ``sourced`` or ``assumption``.
    source
        The source, or the reason of an assumption.
    meaning
        What the figure is.
    """

    name: str
    low: float
    central: float
    high: float
    unit: str
    basis: str
    source: str
    meaning: str


@dataclass(frozen=True, eq=False, slots=True)
class Ladder:
    """The rungs by name, in the order of their table.

    Attributes
    ----------
    rungs
        Name -> rung; the order is that of the columns of ``at``.
    """

    rungs: Mapping[str, Rung]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the rungs, in the order of the columns of ``at``."""
        return tuple(self.rungs)

    def central(self) -> dict[str, float]:
        """Give the most likely value of each rung."""
        return {name: rung.central for name, rung in self.rungs.items()}

    def at(self, uniforms: Array) -> dict[str, Array]:
        """Turn uniforms into values of the rungs by their inverse distribution functions.

        Parameters
        ----------
        uniforms
            (n, k): numbers from 0 to 1, one column a rung in the order of ``names``; pseudo-random
            or a Sobol sequence.

        Returns
        -------
        dict
            Name -> (n,) values, in the unit of the rung; rising in the uniform.

        Raises
        ------
        InputError
            If the shape is not (n, k) or a number is not from 0 to 1.
        """
        u = np.asarray(uniforms, dtype=float)
        _check_uniforms(u, self.names)
        low, central, high = self._figures()
        values = _pert_quantile(u, low, central, high)
        return {name: values[:, i] for i, name in enumerate(self.names)}

    def draw(self, n: int, generator: np.random.Generator) -> dict[str, Array]:
        """Draw ``n`` independent values of each rung.

        Returns
        -------
        dict
            Name -> (n,) values, in the unit of the rung.

        Raises
        ------
        InputError
            If ``n`` is not a positive whole number.
        """
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
            raise InputError("Nothing to draw.", [Fault("n", "a whole number from 1", repr(n))])
        return self.at(generator.random((int(n), len(self.rungs))))

    def mean(self) -> dict[str, float]:
        """Give the mean of each rung, (low + 4 central + high) / 6."""
        low, central, high = self._figures()
        means = (low + PERT_WEIGHT * central + high) / (PERT_WEIGHT + 2)
        return dict(zip(self.names, means.tolist(), strict=True))

    def table(self) -> pd.DataFrame:
        """Give the rungs as a table: index ``rung``, the columns of ``jobs/ladder_rungs``."""
        rows = pd.DataFrame([asdict(rung) for rung in self.rungs.values()])
        return rows.rename(columns={"name": "rung"}).set_index("rung")

    def _figures(self) -> tuple[Array, Array, Array]:
        low, central, high = (
            np.array([getattr(rung, figure) for rung in self.rungs.values()]) for figure in _FIGURES
        )
        return low, central, high


def load_ladder(overrides: Mapping[str, Override] | None = None) -> Ladder:
    """Load the bundled rungs, with some of them changed.

    Parameters
    ----------
    overrides
        Rung -> one number, which fixes it, or some of ``low``, ``central`` and ``high``. A rung
        that is changed becomes an assumption of the caller.

    Raises
    ------
    InputError
        If a rung or a figure of that name does not exist, a range is out of order, or a share is
        not from 0 to 1; every fault is named.
    """
    table = load_table("jobs/ladder_rungs")
    rungs = {
        str(name): Rung(name=str(name), **{key: row[key] for key in _columns()})
        for name, row in table.to_dict("index").items()
    }
    faults: list[Fault] = []
    for name, override in (overrides or {}).items():
        if name in rungs:
            figures, wrong = _overriding(name, override)
            faults += wrong
            own = replace(rungs[name], basis="assumption", source="set by the caller")
            rungs[name] = Rung(**(asdict(own) | figures))
        else:
            faults.append(_unknown(name, rungs))
    faults += _range_faults(rungs.values())
    raise_if(InputError, "The ladder cannot be built.", faults)
    return Ladder(rungs)


def _columns() -> list[str]:
    return [field.name for field in fields(Rung) if field.name != "name"]


def _overriding(name: str, override: Override) -> tuple[dict[str, float], list[Fault]]:
    """Read one override; figures that are none are left out and named."""
    given = dict(override) if isinstance(override, Mapping) else dict.fromkeys(_FIGURES, override)
    faults, figures = [], {}
    for key, value in given.items():
        if key not in _FIGURES:
            faults.append(Fault(f"rung {name}", "low, central or high", repr(key)))
        elif isinstance(value, bool) or not isinstance(value, int | float | np.number):
            faults.append(Fault(f"rung {name}, {key}", "a number", repr(value)))
        else:
            figures[key] = float(value)
    return figures, list(dict.fromkeys(faults))


def _unknown(name: str, rungs: Iterable[str]) -> Fault:
    known = list(rungs)
    near = difflib.get_close_matches(str(name), known, n=1)
    todo = f"Did you mean {near[0]}?" if near else f"Rungs: {', '.join(known)}."
    return Fault("overrides", "a rung of the ladder", repr(name), todo)


def _range_faults(rungs: Iterable[Rung]) -> list[Fault]:
    faults = []
    for rung in rungs:
        figures = [rung.low, rung.central, rung.high]
        found = f"{rung.low:g}, {rung.central:g}, {rung.high:g}"
        where = f"rung {rung.name}"
        if not np.isfinite(figures).all():
            faults.append(Fault(where, "finite low, central and high", found))
        elif not rung.low <= rung.central <= rung.high:
            todo = "Give all three with an override."
            faults.append(Fault(where, "low <= central <= high", found, todo))
        smallest, largest = RANGES[rung.unit]
        if not all(smallest <= figure <= largest for figure in figures):
            asked = f"{rung.unit}, from {smallest:g} to {largest:g}"
            faults.append(Fault(where, asked, found))
    return faults


def _check_uniforms(u: Array, names: tuple[str, ...]) -> None:
    faults = []
    if u.ndim != 2 or u.shape[1] != len(names):
        asked = f"an array (n, {len(names)}), a column for each of {', '.join(names)}"
        faults.append(Fault("uniforms", asked, f"shape {u.shape}"))
    if not ((u >= 0) & (u <= 1)).all():
        outside = u[~((u >= 0) & (u <= 1))].flat[0]
        faults.append(Fault("uniforms", "numbers from 0 to 1", f"{outside:g}"))
    raise_if(InputError, "The rungs cannot be drawn.", faults)


def _pert_quantile(u: Array, low: Array, central: Array, high: Array) -> Array:
    """Invert modified PERT distributions, one a column; a range of no width gives its value."""
    width = high - low
    span = np.where(width > 0, width, 1.0)
    alpha = 1 + PERT_WEIGHT * (central - low) / span
    beta = 1 + PERT_WEIGHT * (high - central) / span
    values: Array = low + width * stats.beta.ppf(u, alpha, beta)
    return values
