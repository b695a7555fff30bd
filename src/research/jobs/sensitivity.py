"""What drives the spread: Sobol indices over all rungs at once, and each rung by itself."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from SALib.analyze import sobol as sobol_indices
from SALib.sample import sobol as sobol_sample

from research.jobs.ladder import Ladder
from research.jobs.model import JobDraws, JobsModel, run
from research.jobs.projects import Array

#: Gives one figure a draw.
Outcome = Callable[[JobDraws], Array]


def sobol(
    model: JobsModel, ladder: Ladder, outcome: Outcome, *, n_base: int, seed: int
) -> pd.DataFrame:
    """Share out the variance of an outcome over the rungs that vary.

    With Y the outcome and X_i a rung, the first-order index is ``Var(E[Y | X_i]) / Var(Y)`` and
    the total index ``E[Var(Y | all but X_i)] / Var(Y)``, by Saltelli's sample (SALib).
    ``outcome`` is such as ``JobDraws.mean_net``; the model runs ``n_base (k + 2)`` times, with
    ``n_base`` a power of 2. Index rung, largest total first: first, total, first_conf and
    total_conf (half widths of 95 % intervals); empty where no rung varies or the outcome does not.

    Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics
    Communications 181(2).
    """
    varying, columns = ladder.varying, ["first", "total", "first_conf", "total_conf"]
    empty = pd.DataFrame(columns=columns, index=pd.Index([], name="rung"), dtype=float)
    if not varying:
        return empty
    problem = {"num_vars": len(varying), "names": varying, "bounds": [[0, 1]] * len(varying)}
    sample = sobol_sample.sample(problem, n_base, calc_second_order=False, seed=seed)
    uniforms = np.full((len(sample), len(ladder.names)), 0.5)
    uniforms[:, [ladder.names.index(name) for name in varying]] = sample
    values = outcome(run(model, ladder.at(uniforms), places=False))
    if np.ptp(values) == 0:
        return empty
    found = sobol_indices.analyze(problem, values, calc_second_order=False, seed=seed)
    indices = (found[key] for key in ("S1", "ST", "S1_conf", "ST_conf"))
    table = dict(zip(columns, indices, strict=True))
    return pd.DataFrame(table, pd.Index(varying, name="rung")).sort_values("total", ascending=False)


def one_at_a_time(model: JobsModel, ladder: Ladder, outcome: Outcome) -> pd.DataFrame:
    """Move each rung from low to high, the others at their central value.

    Index rung, widest first, what rounding alone tells apart as in the ladder: low, central, high
    (of the rung), at_low, at_central, at_high (of the outcome).
    """
    central = ladder.central()
    table = ladder.table.loc[ladder.varying, ["low", "central", "high"]]
    moved = [{name: end} for end in ("low", "high") for name, end in table[end].items()]
    cases = pd.DataFrame([central | one for one in ({}, *moved)])
    first, *ends = outcome(run(model, {name: cases[name].to_numpy() for name in cases}))
    at_low, at_high = np.reshape(ends, (2, -1))
    table = table.assign(at_low=at_low, at_central=first, at_high=at_high)
    width = (table["at_high"] - table["at_low"]).abs().round(6)
    return table.loc[width.sort_values(ascending=False, kind="stable").index]
