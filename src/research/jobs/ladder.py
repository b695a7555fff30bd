"""The ladder from pledged to real: ranges of what lies between, and draws from them.

Each rung is a modified PERT distribution: a Beta stretched over low to high whose mean is
(low + 4 central + high) / 6. Rungs are independent but for those that follow a common factor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr, ndtri

from research.data import load_table
from research.errors import Fault, InputError, nearest, raise_if
from research.jobs.projects import DRAWN, Array
from research.labels import label_faults
from research.values import brief

#: Smallest and largest value of a rung by its unit.
RANGES: Mapping[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "factor": (0.0, 100.0),
    "years": (0.0, 50.0),
    "USD billion": (0.0, 100_000.0),
    "per cent a year": (-50.0, 50.0),
}

#: Source of a rung that a parameter changed.
OWN = "set by the caller"

#: Weight of the central value in the modified PERT distribution.
PERT_WEIGHT = 4.0

# Weight of the first count of jobs that each vintage stands for; ``both`` draws it.
_VINTAGES = {"nipa_2021": 1.0, "oews_2025": 0.0}


@dataclass(frozen=True, eq=False, slots=True)
class Ladder:
    """The rungs between the pledge and real jobs.

    ``table``, index rung: low, central and high; unit, a key of `RANGES`; basis, sourced or
    assumption; source, which may be its reason; meaning.

    ``together`` (rung -> loading from -1 to 1) are rungs that follow one common factor f, a
    Gaussian copula: ``z_i = l_i f + sqrt(1 - l_i^2) e_i``, so that two of them correlate by
    ``l_i l_j`` and the matrix, L L' + diag(1 - L^2), is positive semi-definite whatever is given.
    ``weight`` is that of the central value; with 0 every value from low to high is as likely.
    """

    table: pd.DataFrame
    together: Mapping[str, float] = field(default_factory=dict)
    weight: float = PERT_WEIGHT

    @property
    def names(self) -> tuple[str, ...]:
        """Name the rungs, in the order of the columns of ``at``."""
        return tuple(self.table.index)

    @property
    def varying(self) -> list[str]:
        """Names of the rungs that are not fixed."""
        return list(self.table.index[self.table["low"] < self.table["high"]])

    def central(self) -> dict[str, float]:
        """Give the most likely value of each rung."""
        return dict(self.table["central"])

    def face_value(self) -> dict[str, Array]:
        """Give the rungs as the claim takes them, the others at their central value; one draw."""
        taken = load_table("jobs/ladder_rungs")["face_value"].dropna().to_dict()
        return {name: np.array([x]) for name, x in (self.central() | taken).items()}

    def at(self, uniforms: Array) -> dict[str, Array]:
        """Turn uniforms (n, k) into values of the rungs by their inverse distribution functions.

        Columns are in the order of ``names``, pseudo-random or a Sobol sequence. Gives name ->
        (n,) values, in the unit of the rung.
        """
        values = {}
        for rung, column in zip(self.table.itertuples(), uniforms.T, strict=True):
            # A Sobol sample has each of its figures many times.
            once, back = np.unique(column, return_inverse=True)
            width = rung.high - rung.low
            span = width or 1.0  # a range of no width gives its value
            alpha = 1 + self.weight * (rung.central - rung.low) / span
            beta = 1 + self.weight * (rung.high - rung.central) / span
            values[rung.Index] = rung.low + width * _beta(alpha, beta, once.tobytes())[back]
        return values

    def draw(self, n: int, generator: np.random.Generator) -> dict[str, Array]:
        """Draw ``n`` values of each rung, name -> (n,), independent but for ``together``."""
        uniforms = generator.random((n, len(self.table)))
        common = generator.standard_normal(n)[:, None]
        place = [self.names.index(name) for name in self.together]
        loading = np.array(list(self.together.values()), dtype=float)
        own = ndtri(np.maximum(uniforms[:, place], np.finfo(float).tiny))
        uniforms[:, place] = ndtr(loading * common + np.sqrt(1 - loading**2) * own)
        return self.at(uniforms)


@lru_cache(maxsize=32)
def _beta(alpha: float, beta: float, uniforms: bytes) -> Array:
    """Invert the distribution function of a Beta: sets of beliefs differ in few rungs."""
    return np.asarray(betaincinv(alpha, beta, np.frombuffer(uniforms)))


def load_ladder(
    changes: Mapping[str, float | Sequence[float]] | None = None,
    vintage: str = "both",
    together: Mapping[str, float] | None = None,
) -> Ladder:
    """Load the bundled rungs, some changed to one number or to a low, central and high.

    ``vintage`` ``both`` draws the weight of the two counts of jobs; the name of one takes it alone.
    ``together`` are the loadings of rungs on a common factor, see `Ladder`.

    Every fault of what is given is named in one `InputError`.
    """
    summary, given = "The ladder cannot be built.", changes or {}
    if not isinstance(given, Mapping):
        fault = Fault("rungs", "a dict of figures by rung", brief(changes))
        raise InputError(summary, [fault])
    table = load_table("jobs/ladder_rungs").drop(columns="face_value")
    loadings = dict(together or {})
    faults = [
        Fault("rungs", "a rung of the ladder", repr(name), nearest(str(name), list(table.index)))
        for name in (*given, *loadings)
        if name not in table.index
    ]
    if vintage in _VINTAGES:
        if "nipa_weight" in given:
            todo = "Leave one of them out."
            faults.append(Fault("rungs, nipa_weight", "vintage 'both'", repr(vintage), todo))
        given = {**given, "nipa_weight": _VINTAGES[vintage]}
    for name, value in ((name, given[name]) for name in table.index if name in given):
        figures = list(value) if isinstance(value, Sequence | np.ndarray) else [value]
        wrong = _figure_faults(name, table.at[name, "unit"], figures)
        faults += wrong
        if not wrong:
            table.loc[name, ["low", "central", "high"]] = (figures * 3)[:3]
            table.loc[name, ["basis", "source"]] = ["assumption", OWN]
    faults += [
        Fault(f"together, {name}", "a loading from -1 to 1", repr(value))
        for name, value in loadings.items()
        if not (isinstance(value, int | float) and -1 <= value <= 1)
    ]
    raise_if(InputError, summary, faults)
    return Ladder(table, loadings)


def rehearse(parameters: Mapping[str, Any]) -> None:
    """Refuse what of the notebook only tables can: rungs, and those another parameter idles."""
    rungs, scenario, mix = (parameters[name] for name in ("rungs", "scenario", "mix"))
    faults = list[Fault]()
    try:
        load_ladder(rungs, parameters["vintage"], parameters["together"])
    except InputError as error:
        faults += error.faults
    used = {
        ("pledged_bn_usd", "selected_share"): scenario == "pledge",
        ("rest_announced_share", "rest_expressions_share"): (scenario, mix) == ("pledge", DRAWN),
    }
    asked, found = f"a scenario that selects, mix {DRAWN!r} for the rest", f"{scenario!r}, {mix!r}"
    faults += [
        Fault(f"rungs, {name}", asked, found, "Take that, or leave the rung out.")
        for names, applies in used.items()
        for name in names
        if name in rungs and not applies
    ]
    raise_if(InputError, "These jobs cannot be modelled.", faults)


def checked_rungs(rungs: Mapping[str, Array]) -> dict[str, Array]:
    """Give the rungs of a run as arrays of one length, each in the range of its unit."""
    units = load_table("jobs/ladder_rungs")["unit"]
    arrays = {name: np.atleast_1d(np.asarray(value, dtype=float)) for name, value in rungs.items()}
    faults = label_faults(pd.Index(rungs), "rungs", units.index)
    shapes = {value.shape for value in arrays.values()}
    if len(shapes) > 1 or any(len(shape) != 1 or not shape[0] for shape in shapes):
        found = "shapes " + ", ".join(map(str, sorted(shapes)))
        faults.append(Fault("rungs", "one value a draw, as many of each rung", found))
    for name in units.index.intersection(list(arrays)):
        faults += _range_faults(name, units[name], arrays[name])
    raise_if(InputError, "The model cannot be run.", faults)
    return arrays


def _figure_faults(name: str, unit: str, figures: Sequence[object]) -> list[Fault]:
    where = f"rung {name}"
    if len(figures) not in (1, 3):
        return [Fault(where, "one number, or low, central and high", f"{len(figures)} numbers")]
    if not all(isinstance(x, int | float | np.number) and not isinstance(x, bool) for x in figures):
        return [Fault(where, "numbers", ", ".join(map(repr, figures)))]
    numbers = np.array(figures, dtype=float)
    faults = _range_faults(name, unit, numbers)
    if not (np.diff(numbers) >= 0).all():
        found = ", ".join(f"{x:g}" for x in numbers)
        faults.append(Fault(where, "low <= central <= high", found))
    return faults


def _range_faults(name: str, unit: str, numbers: Array) -> list[Fault]:
    low, high = RANGES[unit]
    bad = numbers[~((numbers >= low) & (numbers <= high))]
    asked = f"{unit}, from {low:g} to {high:g}"
    return [Fault(f"rung {name}", asked, f"{bad.flat[0]:g}")] if bad.size else []
