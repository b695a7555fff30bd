"""What drives the spread: Sobol indices over all rungs at once, and each rung by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import sobol as sobol_indices
from SALib.sample import sobol as sobol_sample

from research.errors import Fault, InputError
from research.jobs.ladder import Ladder
from research.jobs.model import JobDraws, JobsModel, run

Array = NDArray[np.float64]

#: Gives one figure a draw.
Outcome = Callable[[JobDraws], Array]


def sobol(
    model: JobsModel, ladder: Ladder, outcome: Outcome, *, n_base: int, seed: int
) -> pd.DataFrame:
    """Share out the variance of an outcome over the rungs that vary.

    With Y the outcome and X_i a rung, the first-order index is ``Var(E[Y | X_i]) / Var(Y)`` and
    the total index ``E[Var(Y | all but X_i)] / Var(Y)``, by Saltelli's sample (SALib).
    ``outcome`` is such as ``JobDraws.mean_net``; the model runs ``n_base (k + 2)`` times. Index
    rung, largest total first: first, total, first_conf and total_conf (half widths of 95 %
    intervals); empty where no rung varies or the outcome does not.

    Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics
    Communications 181(2).
    """
    if n_base < 2 or n_base & (n_base - 1):
        fault = Fault("n_base", "a power of 2", repr(n_base))
        raise InputError("Indices cannot be computed.", [fault])
    varying = ladder.varying
    columns = ["first", "total", "first_conf", "total_conf"]
    empty = pd.DataFrame(columns=columns, index=pd.Index([], name="rung"), dtype=float)
    if not varying:
        return empty
    problem = {"num_vars": len(varying), "names": varying, "bounds": [[0, 1]] * len(varying)}
    sample = sobol_sample.sample(problem, n_base, calc_second_order=False, seed=seed)
    uniforms = np.full((len(sample), len(ladder.names)), 0.5)
    uniforms[:, [ladder.names.index(name) for name in varying]] = sample
    values = outcome(run(model, ladder.at(uniforms)))
    if np.ptp(values) == 0:
        return empty
    found = sobol_indices.analyze(problem, values, calc_second_order=False, seed=seed)
    keys = ("S1", "ST", "S1_conf", "ST_conf")
    table = pd.DataFrame({key: found[key] for key in keys}, index=pd.Index(varying, name="rung"))
    table = table.set_axis(columns, axis=1)
    return table.sort_values("total", ascending=False)


def one_at_a_time(model: JobsModel, ladder: Ladder, outcome: Outcome) -> pd.DataFrame:
    """Move each rung from low to high, the others at their central value.

    Index rung, widest first: low, central, high (of the rung), at_low, at_central, at_high (of the
    outcome).
    """
    central = ladder.central()
    names = ladder.varying
    cases = [central]
    for name in names:
        rung = ladder.rungs[name]
        cases += [central | {name: rung.low}, central | {name: rung.high}]
    values = outcome(
        run(model, {name: np.array([case[name] for case in cases]) for name in central})
    )
    columns = ["low", "central", "high", "at_low", "at_central", "at_high"]
    rows = [
        (rung.low, rung.central, rung.high, values[1 + 2 * i], values[0], values[2 + 2 * i])
        for i, rung in enumerate(ladder.rungs[name] for name in names)
    ]
    table = pd.DataFrame(rows, pd.Index(names, name="rung"), columns)
    width = (table["at_high"] - table["at_low"]).abs()
    return table.loc[width.sort_values(ascending=False).index]
